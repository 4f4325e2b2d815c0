//! The sandbox: runs untrusted agents so that every honest host gets the same result, bit by bit.
//!
//! A tour in reading order: [`limits`] and [`cost`] are the protocol's numbers. [`admission`]
//! decides which modules may play and describes them as an [`AdmittedModule`]. [`engine`] is what
//! every way of executing one has in common. [`metering`] writes the rules into a module as plain
//! instructions, and [`fast`] runs the result as machine code. [`interpreter`] executes the
//! original module by the letter of the rules, to check the other two. What is needed without an
//! operating system, too, is in `nets-interpreter`: all but the engines and metering.
//!
//! The sandbox knows nothing of Systems, matches or money. Its invariant: action, fuel and fault
//! of a call depend on the original module, the calls before and the budget, and on nothing else.

pub mod engine;
pub mod fast;
mod floating_point;
pub mod interpreter;
pub mod metering;
mod native_stack;

pub use nets_interpreter::{admission, cost, limits, module};

pub use admission::{AdmissionError, admit};
pub use cost::METERING_VERSION;
pub use engine::{Decision, Engine, FaultKind, HostFailure, Instance, LoadError, Program};
pub use fast::{CompileWorker, FastEngine, FastOptions};
pub use module::AdmittedModule;
pub use native_stack::{MATCH_THREAD_STACK_BYTES, on_match_stack};
