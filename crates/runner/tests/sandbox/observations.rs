//! Full observations: written where the agent asked, before the call, if they fit.

use nets_runner::sandbox::interpreter::InterpreterEngine;
use nets_runner::sandbox::{Decision, Engine, FaultKind, Instance};

use super::agents::{PLENTY, admitted, fast};

/// Instances on both engines of an agent that returns the first eight bytes of its observation.
fn readers(address: u32) -> Vec<Box<dyn Instance>> {
    let module = admitted(&format!(
        "(module (memory (export \"memory\") 1 2)
           (global (export \"nets_observation\") i32 (i32.const {address}))
           (func (export \"decide\") (param i64) (result i64)
             local.get 0 i32.wrap_i64 if i32.const 1 memory.grow drop end
             i32.const {address} i64.load))",
        address = address.cast_signed()
    ));
    let engines: [&dyn Engine; 2] = [fast(), &InterpreterEngine];
    let program = |engine: &dyn Engine| engine.load(&module).expect("it loads");
    engines.map(|engine| program(engine).instantiate().expect("there is room")).into()
}

fn action(instance: &mut dyn Instance, packed: u64) -> Option<u64> {
    match instance.decide(packed, PLENTY).expect("a verdict") {
        Decision::Action { action, .. } => Some(action),
        Decision::Fault(_) => None,
    }
}

#[test]
fn the_agent_reads_what_was_written() {
    for mut instance in readers(1_024) {
        instance.write_observation(&0x1234_u64.to_le_bytes());
        assert_eq!(action(&mut *instance, 0), Some(0x1234));
        instance.write_observation(&[9]);
        assert_eq!(action(&mut *instance, 0), Some(0x1209));
    }
}

#[test]
fn the_last_byte_of_memory_can_be_written_and_no_more() {
    for mut instance in readers(65_528) {
        instance.write_observation(&7_u64.to_le_bytes());
        assert_eq!(action(&mut *instance, 0), Some(7));
        instance.write_observation(&[0; 9]);
        let fault = Decision::Fault(FaultKind::ObservationOutOfBounds);
        assert_eq!(instance.decide(0, PLENTY), Ok(fault));
        instance.write_observation(&[0; 8]);
        let dead = Decision::Fault(FaultKind::AlreadyFaulted);
        assert_eq!(instance.decide(0, PLENTY), Ok(dead));
    }
}

#[test]
fn an_observation_may_lie_in_memory_that_the_agent_grew() {
    for mut instance in readers(65_528) {
        assert_eq!(action(&mut *instance, 1), Some(0));
        instance.write_observation(&[1; 65_544]);
        assert_eq!(action(&mut *instance, 0), Some(0x0101_0101_0101_0101));
    }
}

#[test]
fn an_address_beyond_memory_faults_at_the_first_observation() {
    for mut instance in readers(u32::MAX) {
        instance.write_observation(&[1]);
        assert_eq!(action(&mut *instance, 0), None);
    }
}

#[test]
fn an_agent_that_wants_no_observation_gets_none() {
    let module = admitted(
        "(module (memory (export \"memory\") 1)
           (func (export \"decide\") (param i64) (result i64) i32.const 0 i64.load))",
    );
    for engine in [fast() as &dyn Engine, &InterpreterEngine] {
        let mut instance = engine.load(&module).expect("it loads").instantiate().expect("room");
        instance.write_observation(&[1; 100_000]);
        assert_eq!(action(&mut *instance, 0), Some(0));
    }
}
