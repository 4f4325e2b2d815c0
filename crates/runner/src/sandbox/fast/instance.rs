//! One instance of a compiled module, and its calls.
//!
//! A call costs what the machine code costs plus some thirty nanoseconds; nothing is allocated.
//! Invariant: after a fault or a host failure the instance's code never runs again.

use std::sync::{Arc, Weak};

use wasmtime::{Global, Memory, Store, Trap, TypedFunc, Val, WasmParams, WasmResults};

use super::idle::{Idle, ProgramNumber};
use super::memory_budget::MemoryShare;
use super::{FastProgram, NAME};
use crate::sandbox::engine::{Decision, FaultKind, HostFailure, Instance};
use crate::sandbox::floating_point::with_default_floats;
use crate::sandbox::metering::{
    DECIDE_EXPORT, MEMORY_EXPORT, RESTART_EXPORT, TRAPPED_EXPORT, TRAPPED_FUEL,
    TRAPPED_HOST_MEMORY, TRAPPED_STACK,
};
use crate::sandbox::module::AdmittedModule;
use crate::sandbox::native_stack::with_stack;

/// The largest budget that the instrumented code can count down from; no run lives long enough to
/// use it up.
const MAX_BUDGET: u64 = i64::MAX as u64;

/// An agent in a seat.
pub(super) struct FastInstance {
    store: Store<MemoryShare>,
    decide: TypedFunc<(i64, i64), (i64, i64)>,
    trapped: Global,
    observation: Option<(Memory, usize)>,
    native_stack: usize,
    condition: Condition,
    restart: Option<Restart>,
}

/// How the instance is put back to its beginning, and where it waits then.
struct Restart {
    function: TypedFunc<(), ()>,
    program: ProgramNumber,
    /// Weak, as those that wait there have it, too.
    idle: Weak<Idle>,
}

/// Whether the instance may run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Condition {
    Ready,
    /// The last observation did not fit, which is the agent's fault.
    Overfull,
    Faulted,
    Abandoned,
}

impl FastInstance {
    pub(super) fn new(program: &FastProgram) -> Result<Self, HostFailure> {
        let share = MemoryShare::of(program.memory.as_ref());
        let is_limited = share.is_limited();
        let mut store = Store::new(program.template.module().engine(), share);
        if is_limited {
            store.limiter(|share| share);
        }
        // No code runs here and segments were checked, so only the host can be short of something.
        let instance = program
            .template
            .instantiate(&mut store)
            .map_err(|error| HostFailure::Memory(format!("{error:#}")))?;
        let decide = exported(&instance, &mut store, DECIDE_EXPORT)?;
        let trapped = instance
            .get_global(&mut store, TRAPPED_EXPORT)
            .ok_or_else(|| engine_failure("an export of the metering pass is missing"))?;
        let memory = instance.get_memory(&mut store, MEMORY_EXPORT);
        if let Some((module, memory)) = program.data.as_deref().zip(memory) {
            write_data(module, memory, &mut store)?;
        }
        let observation = memory.zip(program.observation_address.map(|address| address as usize));
        let restart = match program.number {
            None => None,
            Some(number) => Some(Restart {
                function: exported(&instance, &mut store, RESTART_EXPORT)?,
                program: number,
                idle: Arc::downgrade(&program.idle),
            }),
        };
        let (native_stack, condition) = (program.native_stack, Condition::Ready);
        Ok(Self { store, decide, trapped, observation, native_stack, condition, restart })
    }

    /// Turns a trap into a verdict, or into none.
    fn trap(&mut self, error: &wasmtime::Error) -> Result<Decision, HostFailure> {
        let outcome = self.diagnose(error);
        self.condition = if outcome.is_ok() { Condition::Faulted } else { Condition::Abandoned };
        outcome.map(Decision::Fault)
    }

    fn diagnose(&mut self, error: &wasmtime::Error) -> Result<FaultKind, HostFailure> {
        let Some(trap) = error.downcast_ref::<Trap>() else {
            return Err(engine_failure(&format!("{error:#}")));
        };
        if let Val::I32(reason) = self.trapped.get(&mut self.store) {
            match reason {
                TRAPPED_FUEL => return Ok(FaultKind::OutOfFuel),
                TRAPPED_STACK => return Ok(FaultKind::StackOverflow),
                TRAPPED_HOST_MEMORY => {
                    let message = String::from("memory.grow was refused");
                    return Err(HostFailure::Memory(message));
                }
                _ => {}
            }
        }
        Ok(match trap {
            Trap::StackOverflow => return Err(HostFailure::NativeStack),
            Trap::MemoryOutOfBounds => FaultKind::MemoryOutOfBounds,
            Trap::TableOutOfBounds => FaultKind::TableOutOfBounds,
            Trap::IndirectCallToNull => FaultKind::IndirectCallToNull,
            Trap::BadSignature => FaultKind::BadSignature,
            Trap::IntegerOverflow => FaultKind::IntegerOverflow,
            Trap::IntegerDivisionByZero => FaultKind::DivisionByZero,
            Trap::BadConversionToInteger => FaultKind::BadConversionToInteger,
            Trap::UnreachableCodeReached => FaultKind::Unreachable,
            _ => FaultKind::OtherTrap,
        })
    }

    /// Answers for an instance that must not run.
    fn refuse(&mut self) -> Result<Decision, HostFailure> {
        let kind = match self.condition {
            Condition::Abandoned => return Err(HostFailure::Abandoned),
            Condition::Overfull => FaultKind::ObservationOutOfBounds,
            Condition::Faulted | Condition::Ready => FaultKind::AlreadyFaulted,
        };
        self.condition = Condition::Faulted;
        Ok(Decision::Fault(kind))
    }
}

impl Instance for FastInstance {
    fn write_observation(&mut self, observation: &[u8]) {
        let Some((memory, address)) = self.observation else { return };
        if self.condition != Condition::Ready {
            return;
        }
        if memory.write(&mut self.store, address, observation).is_err() {
            self.condition = Condition::Overfull;
        }
    }

    fn decide(&mut self, packed: u64, fuel: u64) -> Result<Decision, HostFailure> {
        if self.condition != Condition::Ready {
            return self.refuse();
        }
        let budget = fuel.min(MAX_BUDGET).cast_signed();
        let (store, decide) = (&mut self.store, &self.decide);
        let called = with_stack(self.native_stack, || {
            with_default_floats(|| decide.call(store, (packed.cast_signed(), budget)))
        });
        match called {
            Ok((action, left)) if left >= 0 => Ok(Decision::Action {
                action: action.cast_unsigned(),
                fuel_used: (budget - left).cast_unsigned(),
            }),
            Ok(_) => {
                self.condition = Condition::Faulted;
                Ok(Decision::Fault(FaultKind::OutOfFuel))
            }
            Err(error) => self.trap(&error),
        }
    }

    fn finish(mut self: Box<Self>) {
        if self.condition != Condition::Ready {
            return;
        }
        let Self { store, restart: Some(Restart { function, program, idle }), .. } = &mut *self
        else {
            return;
        };
        let (program, idle) = (*program, idle.upgrade());
        if let (Some(idle), Ok(())) = (idle, function.call(store, ())) {
            idle.put(program, self);
        }
    }
}

fn exported<P: WasmParams, R: WasmResults>(
    instance: &wasmtime::Instance,
    store: &mut Store<MemoryShare>,
    name: &str,
) -> Result<TypedFunc<P, R>, HostFailure> {
    let function = instance.get_typed_func(store, name);
    function.map_err(|error| engine_failure(&format!("{error:#}")))
}

/// Writes what the module has in its memory at first.
fn write_data(
    module: &AdmittedModule,
    memory: Memory,
    store: &mut Store<MemoryShare>,
) -> Result<(), HostFailure> {
    for segment in module.data() {
        let bytes = &module.bytes()[segment.bytes.clone()];
        let written = memory.write(&mut *store, segment.offset as usize, bytes);
        written.map_err(|error| engine_failure(&format!("{error:#}")))?;
    }
    Ok(())
}

fn engine_failure(message: &str) -> HostFailure {
    HostFailure::Engine { engine: NAME, message: message.to_owned() }
}
