//! Turns a neural network in an ONNX file into an agent.
//!
//! ```text
//! agent      a network as an agent of a System: the way through all of these
//! onnx       the file as it is: operators and weights
//! lower      operators become kernels, shapes numbers
//! quantize   weights of 8 bits
//! program    kernels over buffers, and in which order they add
//! evaluate   a program in plain Rust: the oracle
//! emit       a program as functions of WebAssembly
//! link       those functions and what meets a System in one module
//! hints      what to do about an error
//! ```
//!
//! The same program is evaluated here and emitted as WebAssembly, so that a module answers what the
//! evaluator answers, to the bit.

pub mod agent;
pub mod emit;
pub mod evaluate;
pub mod hints;
pub mod link;
pub mod lower;
pub mod onnx;
pub mod program;
pub mod quantize;
mod tensor;

pub use tensor::{Elements, Tensor};
