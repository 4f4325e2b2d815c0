//! The reference interpreter against the official tests and against sums worked out by hand.

mod engine;
mod frames;
mod fuel;
mod memory;
mod nan;
mod specification;

use std::sync::Arc;

use nets_runner::sandbox::interpreter::{Bounds, Completion, Machine, Module, Slot, Stop};

/// A fresh instance of a module in text form, under the protocol's bounds.
fn machine(text: &str) -> Machine {
    machine_within(text, Bounds::PROTOCOL)
}

fn machine_within(text: &str, bounds: Bounds) -> Machine {
    let bytes = wat::parse_str(text).expect("the text is a module");
    let module = Module::decode(&bytes).expect("the module is supported");
    Machine::new(Arc::new(module), bounds).expect("the module has an instance")
}

/// Calls `decide` of a fresh instance.
fn decide(text: &str, argument: u64, budget: u64) -> Result<Completion, Stop> {
    invoke(&mut machine(text), argument, budget)
}

fn invoke(machine: &mut Machine, argument: u64, budget: u64) -> Result<Completion, Stop> {
    machine.invoke("decide", &[Slot::from(argument)], budget).expect("the module exports decide")
}
