//! Turns a neural network in an ONNX file into an agent.
//!
//! ```text
//! onnx       the file as it is: operators and weights
//! lower      operators become kernels, shapes numbers
//! program    kernels over buffers, and in which order they add
//! evaluate   a program in plain Rust: the oracle
//! ```
//!
//! The same program is evaluated here and emitted as WebAssembly, so that a module answers what the
//! evaluator answers, to the bit.

pub mod evaluate;
pub mod lower;
pub mod onnx;
pub mod program;
mod tensor;

pub use tensor::{Elements, Tensor};
