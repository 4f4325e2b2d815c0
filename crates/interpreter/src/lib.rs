//! What an agent's module may be, what its calls cost, and the interpreter that executes them by the
//! letter of the rules.
//!
//! A crate of its own because it is compiled for another target, too: where there is neither a
//! standard library nor an operating system, as where a decision is judged on chain. The sandbox
//! of `nets-runner` is built on it and hands on what is here under its own names.
//!
//! Reading order: [`limits`] and [`cost`] are the protocol's numbers, [`admission`] says which modules
//! may play and describes them as an [`AdmittedModule`], [`interpreter`] executes them.
//!
//! It knows nothing of Systems, matches or money. Its invariant: action, fuel and fault of a call
//! depend on the module, the calls before and the budget, and on nothing else.

#![no_std]

extern crate alloc;

pub mod admission;
pub mod cost;
pub mod interpreter;
pub mod limits;
pub mod module;

pub use admission::{AdmissionError, admit, admit_hashed};
pub use cost::METERING_VERSION;
pub use module::AdmittedModule;
