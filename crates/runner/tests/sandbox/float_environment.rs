//! A host whose thread flushes denormals to zero, as some libraries leave it.

#![allow(unsafe_code)]
#![cfg(target_arch = "x86_64")]

use std::arch::asm;

use nets_runner::sandbox::interpreter::InterpreterEngine;
use nets_runner::sandbox::{Decision, Engine};

use super::agents::{PLENTY, deciding, fast};

/// Flush results to zero and take denormals as zero.
const FLUSHING: u32 = 0x9fc0;

fn control_register() -> u32 {
    let mut value = 0u32;
    // SAFETY: stores four bytes to a variable of four bytes.
    unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut value) };
    value
}

fn set_control_register(value: u32) {
    // SAFETY: loads four bytes that set only defined bits.
    unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const value) };
}

#[test]
fn denormals_survive_a_host_that_flushes_them() {
    let body = "i32.const 8 i32.const 0x800000 i32.store
        i32.const 8 f32.load f32.const 0.5 f32.mul i32.reinterpret_f32 i64.extend_i32_u";
    let module = deciding(body);
    for engine in [fast() as &dyn Engine, &InterpreterEngine] {
        let mut instance = engine.load(&module).expect("it loads").instantiate().expect("room");
        let before = control_register();
        set_control_register(FLUSHING);
        let decision = instance.decide(0, PLENTY);
        let after = control_register();
        set_control_register(before);
        assert_eq!(
            after & !0x3f,
            FLUSHING & !0x3f,
            "{}: the host's setting is kept",
            engine.name()
        );
        match decision.expect("a verdict") {
            Decision::Action { action, .. } => assert_eq!(action, 0x40_0000, "{}", engine.name()),
            Decision::Fault(kind) => panic!("{kind}"),
        }
    }
}
