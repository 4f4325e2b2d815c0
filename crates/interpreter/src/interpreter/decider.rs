//! A machine in a seat: observations go in, decisions come out.
//!
//! This file owns what the protocol says about a module's exports when it plays: where observations
//! are written, and which function decides. It knows no match.

use alloc::sync::Arc;

use thiserror::Error;

use super::machine::{Bounds, InstantiateError, InvokeError, Machine, Stop};
use super::module::Module;

/// The export that decides.
const DECIDE: &str = "decide";

/// The exported constant that says where observations are written.
const OBSERVATION: &str = "nets_observation";

/// What a call of `decide` returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The bits of the i64 that it returned.
    pub action: u64,
    /// The fuel that it used, at most the budget.
    pub fuel_used: u64,
}

/// Why a call of `decide` returned nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Failure {
    /// The call came to no end.
    #[error(transparent)]
    Stopped(#[from] Stop),
    /// The observation before the call did not fit.
    #[error("the observation did not fit into memory")]
    ObservationLost,
    /// There is no such call, which admission rules out.
    #[error(transparent)]
    Invoke(#[from] InvokeError),
    /// The call returned more or fewer values than one, which admission rules out.
    #[error("decide left {count} results")]
    Results {
        /// How many.
        count: usize,
    },
}

impl Failure {
    /// Whether it is a verdict on the module; else the host fell short and nobody is to blame.
    pub fn is_fault(&self) -> bool {
        match self {
            Self::Stopped(Stop::Trap(_) | Stop::Fuel | Stop::Stack) | Self::ObservationLost => true,
            Self::Stopped(Stop::HostMemory) | Self::Invoke(_) | Self::Results { .. } => false,
        }
    }
}

/// The instance of one seat of one match. After a call that failed it must not be asked again.
#[derive(Debug)]
pub struct Decider {
    machine: Machine,
    is_observation_lost: bool,
}

impl Decider {
    /// A fresh instance under the protocol's bounds.
    ///
    /// # Errors
    /// When the host lacks memory, or the module is none that admission takes.
    pub fn new(module: Arc<Module>) -> Result<Self, InstantiateError> {
        let machine = Machine::new(module, Bounds::PROTOCOL)?;
        Ok(Self { machine, is_observation_lost: false })
    }

    /// Writes the full observation to the address that the module asked for, if it asked.
    ///
    /// If it does not fit into the memory as it is now, nothing is written and the next
    /// [`decide`](Self::decide) fails.
    pub fn write_observation(&mut self, observation: &[u8]) {
        let Some(address) = self.machine.global(OBSERVATION) else { return };
        let start = address as usize;
        let range = start..start.saturating_add(observation.len());
        match self.machine.memory_mut().get_mut(range) {
            Some(target) => target.copy_from_slice(observation),
            None => self.is_observation_lost = true,
        }
    }

    /// Calls `decide` with the packed observation and at most `fuel` fuel.
    ///
    /// # Errors
    /// When the call is a fault, or the host falls short.
    pub fn decide(&mut self, packed: u64, fuel: u64) -> Result<Answer, Failure> {
        if self.is_observation_lost {
            return Err(Failure::ObservationLost);
        }
        let completion = self.machine.invoke(DECIDE, &[packed.into()], fuel)??;
        match completion.results[..] {
            [action] => Ok(Answer { action: action as u64, fuel_used: completion.fuel_used }),
            ref results => Err(Failure::Results { count: results.len() }),
        }
    }
}
