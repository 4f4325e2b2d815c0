//! The reference interpreter: the second, independent opinion on what an agent did.
//!
//! It executes the original module, without instrumentation, and counts fuel and stack
//! instruction by instruction exactly as the rules in [`cost`](crate::cost) say. It is written
//! from those rules and the WebAssembly specification, and shares with the metering pass and the
//! fast engine nothing but the parser and the numbers, so that a mistake in one of them is not
//! repeated here. Where it differs from the fast engine, nobody is punished.
//!
//! It uses no clock, file, thread or other service of an operating system, and no recursion on
//! the host's stack. What is bounded: memory by the protocol's pages, values and calls by the
//! logical stack, time by fuel.
//!
//! Read in this order: `slot` (what a value is), `op` (what an operation is), `lower` (what each
//! instruction computes), `function` (how a body becomes operations), `execute` (the loop),
//! `machine` (an instance), `decider` (an instance in a seat).

mod decider;
mod execute;
mod float;
mod function;
mod lower;
mod machine;
mod module;
mod op;
mod slot;

pub use decider::{Answer, Decider, Failure};
pub use machine::{Bounds, Completion, InstantiateError, InvokeError, Machine, Stop};
pub use module::{DecodeError, Module};
pub use op::Trap;
pub use slot::Slot;
