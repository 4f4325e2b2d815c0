//! An instance of a module: its memory, globals and table, and calls into it.
//!
//! This file owns what outlives a call. It hands a call to `execute.rs` and knows no
//! instruction. What one call may use is in [`Bounds`], so that tests can run modules that no
//! admission would accept.
//!
//! Invariant: a machine takes at most the bounded memory, the table and the value stack, which
//! is no larger than the logical stack, because a frame's price covers all its slots.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use thiserror::Error;
use wasmparser::ValType;

use super::execute::Execution;
use super::module::{Export, Module};
use super::op::Trap;
use super::slot::{Slot, Value};
use crate::limits::{MEMORY_PAGES, PAGE_BYTES, STACK_BYTES, TABLE_ENTRIES};

/// Bytes in a page of memory.
pub(super) const PAGE: usize = PAGE_BYTES as usize;

/// What a machine may use besides fuel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Pages that the memory can reach, whatever the module declares.
    pub memory_pages: u32,
    /// Entries that the table may have.
    pub table_entries: u32,
    /// Bytes of logical stack for each call.
    pub stack_bytes: u32,
}

impl Bounds {
    /// The protocol's bounds.
    pub const PROTOCOL: Bounds = Bounds {
        memory_pages: MEMORY_PAGES,
        table_entries: TABLE_ENTRIES.value as u32,
        stack_bytes: STACK_BYTES,
    };
}

/// What a call that came to its end has left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The results, first one first.
    pub results: Vec<Slot>,
    /// The exact fuel of the call.
    pub fuel_used: u64,
}

/// Why a call came to no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Stop {
    /// An instruction trapped.
    #[error("trapped: {0:?}")]
    Trap(Trap),
    /// The call would have used more fuel than its budget.
    #[error("used more fuel than its budget")]
    Fuel,
    /// The active calls would have taken more logical stack than allowed.
    #[error("took more stack than allowed")]
    Stack,
    /// The host has no memory for what the rules grant. This is no verdict on the module.
    #[error("the host has too little memory; run the call where there is more")]
    HostMemory,
}

impl From<Trap> for Stop {
    fn from(trap: Trap) -> Self {
        Stop::Trap(trap)
    }
}

/// Why a module has no instance.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InstantiateError {
    /// A data segment does not lie inside the initial memory.
    #[error("data segment {index} ends outside the initial memory")]
    DataOutOfBounds {
        /// Which segment, counted from 0.
        index: usize,
    },
    /// An element segment does not lie inside the table.
    #[error("element segment {index} ends outside the table")]
    ElementOutOfBounds {
        /// Which segment, counted from 0.
        index: usize,
    },
    /// The initial memory or table is larger than the bounds allow.
    #[error("the module starts with {got} {what}, more than the {limit} allowed")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much the module declares.
        got: u32,
        /// How much is allowed.
        limit: u32,
    },
    /// The host has no memory for the instance. This is no verdict on the module.
    #[error("the host has too little memory for the instance")]
    HostMemory,
}

/// Why a call could not be made at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvokeError {
    /// The module exports no function of that name.
    #[error("the module exports no function \"{name}\"")]
    NoSuchFunction {
        /// The name asked for.
        name: String,
    },
    /// The number of arguments is wrong.
    #[error("the function takes {expected} arguments, got {got}")]
    ArgumentCount {
        /// How many parameters the function has.
        expected: usize,
        /// How many arguments there were.
        got: usize,
    },
}

/// What the instructions of a call read and write.
#[derive(Debug)]
pub(super) struct State {
    pub(super) memory: Vec<u8>,
    /// Pages that `memory.grow` can reach.
    pub(super) memory_pages_max: u32,
    pub(super) globals: Vec<Slot>,
    pub(super) table: Vec<Option<u32>>,
    /// Locals and operands of the active functions; empty between calls.
    pub(super) stack: Vec<Slot>,
}

/// An instance of a module.
#[derive(Debug)]
pub struct Machine {
    module: Arc<Module>,
    stack_bytes: u32,
    state: State,
}

impl Machine {
    /// Makes a fresh instance: memory and table filled from the module's segments.
    ///
    /// # Errors
    ///
    /// A segment does not fit, the initial sizes exceed the bounds, or the host lacks memory.
    pub fn new(module: Arc<Module>, bounds: Bounds) -> Result<Self, InstantiateError> {
        let pages = module.memory.map_or(0, |memory| memory.initial);
        check("memory pages", pages, bounds.memory_pages)?;
        let entries = module.table_entries.unwrap_or(0);
        check("table entries", entries, bounds.table_entries)?;
        let memory_pages_max = module
            .memory
            .map_or(0, |memory| memory.declared_max.unwrap_or(u32::MAX).min(bounds.memory_pages));
        let mut state = State {
            // All that it can reach, so that growing neither fails nor moves it.
            memory: reserved(memory_pages_max as usize * PAGE)?,
            memory_pages_max,
            globals: module.globals.clone(),
            table: vec![None; entries as usize],
            // A frame's price covers its slots, so the value stack never outgrows this.
            stack: reserved(bounds.stack_bytes as usize / size_of::<Slot>())?,
        };
        state.memory.resize(pages as usize * PAGE, 0);
        for (index, segment) in module.elements.iter().enumerate() {
            let target = state.table.get_mut(segment.range());
            let target = target.ok_or(InstantiateError::ElementOutOfBounds { index })?;
            target.copy_from_slice(&segment.items);
        }
        for (index, segment) in module.data.iter().enumerate() {
            let target = state.memory.get_mut(segment.range());
            let target = target.ok_or(InstantiateError::DataOutOfBounds { index })?;
            target.copy_from_slice(&segment.items);
        }
        Ok(Machine { module, stack_bytes: bounds.stack_bytes, state })
    }

    /// Calls the exported function `name` with at most `budget` fuel.
    ///
    /// Arguments and results are bits in the low part of a slot; bits of an argument above its
    /// type's width are ignored. After a [`Stop`] the instance's state is whatever the
    /// interrupted call left; the protocol throws it away.
    ///
    /// # Errors
    ///
    /// The outer error says that there is no such call; the inner one that the call faulted, or
    /// that the host failed it.
    pub fn invoke(
        &mut self,
        name: &str,
        arguments: &[Slot],
        budget: u64,
    ) -> Result<Result<Completion, Stop>, InvokeError> {
        let Some(&Export::Function(function)) = self.module.exports.get(name) else {
            return Err(InvokeError::NoSuchFunction { name: name.to_owned() });
        };
        let module = Arc::clone(&self.module);
        let parameters = module.function_type(function).params();
        if parameters.len() != arguments.len() {
            let (expected, got) = (parameters.len(), arguments.len());
            return Err(InvokeError::ArgumentCount { expected, got });
        }
        self.state.stack.clear();
        let arguments = arguments.iter().zip(parameters);
        self.state.stack.extend(arguments.map(|(&slot, &value_type)| truncate(slot, value_type)));
        let execution = Execution::new(&module, &mut self.state, budget, self.stack_bytes);
        Ok(execution.run(function).map(|fuel_left| Completion {
            results: self.state.stack.clone(),
            fuel_used: budget - fuel_left,
        }))
    }

    /// The value of the exported global `name`, if there is one.
    pub fn global(&self, name: &str) -> Option<Slot> {
        match self.module.exports.get(name) {
            Some(&Export::Global(index)) => Some(self.state.globals[index as usize]),
            _ => None,
        }
    }

    /// The memory's bytes; empty if the module has no memory.
    pub fn memory(&self) -> &[u8] {
        &self.state.memory
    }

    /// The memory's bytes, to be written between calls.
    pub fn memory_mut(&mut self) -> &mut [u8] {
        &mut self.state.memory
    }
}

fn check(what: &'static str, got: u32, limit: u32) -> Result<(), InstantiateError> {
    if got > limit {
        return Err(InstantiateError::TooLarge { what, got, limit });
    }
    Ok(())
}

/// An empty vector with room for `count` items, or an error instead of an abort if the host has
/// no memory for them.
fn reserved<T>(count: usize) -> Result<Vec<T>, InstantiateError> {
    let mut items = Vec::new();
    items.try_reserve_exact(count).map_err(|_| InstantiateError::HostMemory)?;
    Ok(items)
}

/// `slot` without the bits that its type does not have.
fn truncate(slot: Slot, value_type: ValType) -> Slot {
    match value_type {
        ValType::I32 | ValType::F32 => u32::from_slot(slot).into_slot(),
        ValType::I64 | ValType::F64 => u64::from_slot(slot).into_slot(),
        ValType::V128 | ValType::Ref(_) => slot,
    }
}
