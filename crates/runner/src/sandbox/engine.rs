//! What every engine is to the rest of nets: load a module, make an instance, ask for decisions.
//!
//! An [`Engine`] loads an admitted module into a [`Program`], a program makes an [`Instance`] for
//! each match, an instance answers calls with a [`Decision`]. This file knows no engine.
//!
//! Invariant: for the same module, calls and budgets all engines return the same action, the same
//! fuel and a fault at the same call. The [`FaultKind`] is a diagnostic, may differ between
//! engines, and is never hashed. What the host could not supply is a [`HostFailure`]: no verdict.

use std::sync::Arc;

use super::module::AdmittedModule;

/// What one call of `decide` came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The agent returned.
    Action {
        /// What it returned, the bits of an i64.
        action: u64,
        /// The fuel it used, at most the budget.
        fuel_used: u64,
    },
    /// The agent failed: it trapped, or used more fuel or stack than it has.
    Fault(FaultKind),
}

impl Decision {
    /// Says whether the agent failed.
    pub fn is_fault(&self) -> bool {
        matches!(self, Self::Fault(_))
    }
}

/// How an agent failed; for its author's eyes only, since engines may disagree on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FaultKind {
    /// It used more fuel than its budget.
    #[error("out of fuel")]
    OutOfFuel,
    /// Its active functions took more stack than allowed.
    #[error("stack overflow")]
    StackOverflow,
    /// It accessed memory beyond the end.
    #[error("memory access out of bounds")]
    MemoryOutOfBounds,
    /// Its memory is too small for the observation at the address it asked for.
    #[error("the observation does not fit into memory at `nets_observation`")]
    ObservationOutOfBounds,
    /// It called through a table index beyond the end.
    #[error("table index out of bounds")]
    TableOutOfBounds,
    /// It called through an empty table entry.
    #[error("indirect call of an empty table entry")]
    IndirectCallToNull,
    /// It called a function of another type through the table.
    #[error("indirect call of a function of another type")]
    BadSignature,
    /// An integer operation overflowed, such as the smallest integer divided by -1.
    #[error("integer overflow")]
    IntegerOverflow,
    /// It divided an integer by zero.
    #[error("integer division by zero")]
    DivisionByZero,
    /// It converted a NaN or too large a float to an integer.
    #[error("float not representable as an integer")]
    BadConversionToInteger,
    /// It executed `unreachable`, as a panic does.
    #[error("unreachable executed (a panic or abort)")]
    Unreachable,
    /// It trapped in another way.
    #[error("trap")]
    OtherTrap,
    /// It had failed in an earlier call; an instance never runs again after that.
    #[error("the instance had already faulted")]
    AlreadyFaulted,
}

/// Why there is no verdict: the host, not the agent, fell short, and the match is to be played
/// again elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostFailure {
    /// The host could not supply memory that the agent is entitled to.
    #[error("no verdict: the host has no memory for the agent ({0})")]
    Memory(String),
    /// The native stack ran out before the logical one.
    #[error("no verdict: the native stack ran out; run on a thread with MATCH_THREAD_STACK_BYTES")]
    NativeStack,
    /// The engine failed in a way that no agent may cause.
    #[error("no verdict: the engine {engine} failed: {message}")]
    Engine {
        /// Which engine.
        engine: &'static str,
        /// What it said.
        message: String,
    },
    /// The instance had already ended without a verdict.
    #[error("no verdict: the host had already failed this instance")]
    Abandoned,
}

/// Why an engine could not load an admitted module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("engine {engine} cannot load module {}: {message}", hex(code_hash))]
pub struct LoadError {
    /// Which engine.
    pub engine: &'static str,
    /// SHA-256 of the module.
    pub code_hash: [u8; 32],
    /// What it said.
    pub message: String,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One way of executing agents.
pub trait Engine: Send + Sync {
    /// Returns the engine's name, for people.
    fn name(&self) -> &'static str;

    /// Prepares a module for execution, once for all its matches.
    ///
    /// # Errors
    ///
    /// Returns an error if the engine fails on a module that was admitted, which is the engine's
    /// fault and never the agent's.
    fn load(&self, module: &Arc<AdmittedModule>) -> Result<Arc<dyn Program>, LoadError>;
}

/// A module ready to run on one engine.
pub trait Program: Send + Sync {
    /// Makes a fresh instance, as the module describes it and with nothing left of earlier ones.
    ///
    /// # Errors
    ///
    /// Returns an error if the host lacks the resources.
    fn instantiate(&self) -> Result<Box<dyn Instance>, HostFailure>;
}

/// The state of one agent in one seat of one match.
///
/// After a call that ended in a fault, or without a verdict, the instance never runs again.
pub trait Instance: Send {
    /// Writes the full observation to the address that the module asked for, if it asked.
    ///
    /// If it does not fit into the memory as it is now, nothing is written and the next
    /// [`decide`](Self::decide) is a fault.
    fn write_observation(&mut self, observation: &[u8]);

    /// Calls `decide` with the packed observation and at most `fuel` fuel.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no verdict because the host fell short.
    fn decide(&mut self, packed: u64, fuel: u64) -> Result<Decision, HostFailure>;

    /// Ends the instance's match; what it is made of may serve another one, which sees nothing of
    /// this.
    fn finish(self: Box<Self>) {}
}
