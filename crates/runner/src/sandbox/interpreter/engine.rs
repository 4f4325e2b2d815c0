//! The interpreter as an [`Engine`]: the same questions as to any other, answered by the rule.
//!
//! This file owns the life of an instance across calls: after a fault, or after a call that the
//! host failed, it never runs again. It reads the admitted module's bytes and nothing of what
//! admission found out about them.

use std::sync::Arc;

use super::machine::{Bounds, InstantiateError, Machine, Stop};
use super::module::Module;
use super::op::Trap;
use crate::sandbox::engine::{
    Decision, Engine, FaultKind, HostFailure, Instance, LoadError, Program,
};
use crate::sandbox::floating_point::with_default_floats;
use crate::sandbox::module::AdmittedModule;

/// What this engine is called in reports.
const NAME: &str = "interpreter";

/// The export that decides.
const DECIDE: &str = "decide";

/// The exported constant that says where observations are written.
const OBSERVATION: &str = "nets_observation";

/// The reference interpreter: slow, simple, and independent of every other engine.
#[derive(Debug, Clone, Copy, Default)]
pub struct InterpreterEngine;

impl Engine for InterpreterEngine {
    fn name(&self) -> &'static str {
        NAME
    }

    fn load(&self, admitted: &Arc<AdmittedModule>) -> Result<Arc<dyn Program>, LoadError> {
        let module = Module::decode(admitted.bytes()).map_err(|error| LoadError {
            engine: NAME,
            code_hash: admitted.code_hash(),
            message: error.to_string(),
        })?;
        Ok(Arc::new(InterpreterProgram { module: Arc::new(module) }))
    }
}

/// A decoded module.
#[derive(Debug)]
struct InterpreterProgram {
    module: Arc<Module>,
}

impl Program for InterpreterProgram {
    fn instantiate(&self) -> Result<Box<dyn Instance>, HostFailure> {
        let machine = Machine::new(Arc::clone(&self.module), Bounds::PROTOCOL);
        let machine = machine.map_err(|error| match error {
            InstantiateError::HostMemory => HostFailure::Memory(error.to_string()),
            error => HostFailure::Engine { engine: NAME, message: error.to_string() },
        })?;
        Ok(Box::new(InterpreterInstance { machine, life: Life::Running }))
    }
}

/// Whether an instance still answers calls.
#[derive(Debug, Clone, Copy)]
enum Life {
    Running,
    /// An observation did not fit; the next call is the fault.
    ObservationLost,
    Faulted,
    Abandoned,
}

/// One seat's instance.
#[derive(Debug)]
struct InterpreterInstance {
    machine: Machine,
    life: Life,
}

impl Instance for InterpreterInstance {
    fn write_observation(&mut self, observation: &[u8]) {
        let Some(address) = self.machine.global(OBSERVATION) else { return };
        let start = address as usize;
        let range = start..start.saturating_add(observation.len());
        match (self.machine.memory_mut().get_mut(range), self.life) {
            (Some(target), _) => target.copy_from_slice(observation),
            (None, Life::Running) => self.life = Life::ObservationLost,
            (None, _) => {}
        }
    }

    fn decide(&mut self, packed: u64, fuel: u64) -> Result<Decision, HostFailure> {
        match self.life {
            Life::Running => {}
            Life::ObservationLost => return Ok(self.fault(FaultKind::ObservationOutOfBounds)),
            Life::Faulted => return Ok(Decision::Fault(FaultKind::AlreadyFaulted)),
            Life::Abandoned => return Err(HostFailure::Abandoned),
        }
        let machine = &mut self.machine;
        match with_default_floats(|| machine.invoke(DECIDE, &[packed.into()], fuel)) {
            Ok(Ok(completion)) => match completion.results[..] {
                [action] => {
                    Ok(Decision::Action { action: action as u64, fuel_used: completion.fuel_used })
                }
                ref results => Err(self.abandon(format!("decide left {} results", results.len()))),
            },
            Ok(Err(Stop::Trap(trap))) => Ok(self.fault(trap.into())),
            Ok(Err(Stop::Fuel)) => Ok(self.fault(FaultKind::OutOfFuel)),
            Ok(Err(Stop::Stack)) => Ok(self.fault(FaultKind::StackOverflow)),
            Ok(Err(stop @ Stop::HostMemory)) => {
                self.life = Life::Abandoned;
                Err(HostFailure::Memory(stop.to_string()))
            }
            Err(error) => Err(self.abandon(error.to_string())),
        }
    }
}

impl InterpreterInstance {
    fn fault(&mut self, kind: FaultKind) -> Decision {
        self.life = Life::Faulted;
        Decision::Fault(kind)
    }

    fn abandon(&mut self, message: String) -> HostFailure {
        self.life = Life::Abandoned;
        HostFailure::Engine { engine: NAME, message }
    }
}

impl From<Trap> for FaultKind {
    fn from(trap: Trap) -> Self {
        match trap {
            Trap::Unreachable => FaultKind::Unreachable,
            Trap::DivisionByZero => FaultKind::DivisionByZero,
            Trap::IntegerOverflow => FaultKind::IntegerOverflow,
            Trap::InvalidConversion => FaultKind::BadConversionToInteger,
            Trap::MemoryOutOfBounds => FaultKind::MemoryOutOfBounds,
            Trap::TableOutOfBounds => FaultKind::TableOutOfBounds,
            Trap::UninitializedElement => FaultKind::IndirectCallToNull,
            Trap::IndirectCallTypeMismatch => FaultKind::BadSignature,
        }
    }
}
