//! The reference interpreter as an [`Engine`]: the same questions as to any other, answered by the
//! rule. The interpreter itself is in `nets-interpreter`.
//!
//! This file owns the life of an instance across calls: after a fault, or after a call that the
//! host failed, it never runs again. It reads the admitted module's bytes and nothing of what
//! admission found out about them.

use std::sync::Arc;

pub use nets_interpreter::interpreter::*;

use super::engine::{Decision, Engine, FaultKind, HostFailure, Instance, LoadError, Program};
use super::floating_point::with_default_floats;
use super::module::AdmittedModule;

/// What this engine is called in reports.
const NAME: &str = "interpreter";

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
        let decider = Decider::new(Arc::clone(&self.module)).map_err(|error| match error {
            InstantiateError::HostMemory => HostFailure::Memory(error.to_string()),
            error => HostFailure::Engine { engine: NAME, message: error.to_string() },
        })?;
        Ok(Box::new(InterpreterInstance { decider, life: Life::Running }))
    }
}

/// Whether an instance still answers calls.
#[derive(Debug, Clone, Copy)]
enum Life {
    Running,
    Faulted,
    Abandoned,
}

/// One seat's instance.
#[derive(Debug)]
struct InterpreterInstance {
    decider: Decider,
    life: Life,
}

impl Instance for InterpreterInstance {
    fn write_observation(&mut self, observation: &[u8]) {
        self.decider.write_observation(observation);
    }

    fn decide(&mut self, packed: u64, fuel: u64) -> Result<Decision, HostFailure> {
        match self.life {
            Life::Running => {}
            Life::Faulted => return Ok(Decision::Fault(FaultKind::AlreadyFaulted)),
            Life::Abandoned => return Err(HostFailure::Abandoned),
        }
        match with_default_floats(|| self.decider.decide(packed, fuel)) {
            Ok(Answer { action, fuel_used }) => Ok(Decision::Action { action, fuel_used }),
            Err(failure) => self.end(failure),
        }
    }
}

impl InterpreterInstance {
    fn end(&mut self, failure: Failure) -> Result<Decision, HostFailure> {
        self.life = if failure.is_fault() { Life::Faulted } else { Life::Abandoned };
        match failure {
            Failure::Stopped(Stop::Trap(trap)) => Ok(Decision::Fault(trap.into())),
            Failure::Stopped(Stop::Fuel) => Ok(Decision::Fault(FaultKind::OutOfFuel)),
            Failure::Stopped(Stop::Stack) => Ok(Decision::Fault(FaultKind::StackOverflow)),
            Failure::ObservationLost => Ok(Decision::Fault(FaultKind::ObservationOutOfBounds)),
            Failure::Stopped(Stop::HostMemory) => Err(HostFailure::Memory(failure.to_string())),
            Failure::Invoke(_) | Failure::Results { .. } => {
                Err(HostFailure::Engine { engine: NAME, message: failure.to_string() })
            }
        }
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
