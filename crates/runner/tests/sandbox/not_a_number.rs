//! NaNs: the positive quiet NaN with an empty payload after arithmetic, untouched bits elsewhere.

use nets_runner::sandbox::Decision;
use nets_runner::sandbox::fast::Tier;
use nets_runner::sandbox::interpreter::InterpreterEngine;
use nets_runner::sandbox::{Engine, admit};

use super::agents::{PLENTY, deciding, fast};

const NAN_32: u64 = 0x7fc0_0000;
const NAN_64: u64 = 0x7ff8_0000_0000_0000;

/// Asserts the action of a body on every engine.
fn yields(body: &str, action: u64) {
    let module = deciding(body);
    let mut programs = vec![
        InterpreterEngine.load(&module).expect("it loads"),
        fast().load_with(&module, Tier::Optimising).expect("it loads"),
    ];
    programs.extend(fast().load_with(&module, Tier::LinearTime));
    for program in programs {
        let mut instance = program.instantiate().expect("there is room");
        match instance.decide(0, PLENTY).expect("a verdict") {
            Decision::Action { action: found, .. } => {
                assert_eq!(found, action, "{body}: {found:#x}")
            }
            Decision::Fault(kind) => panic!("{body}: {kind}"),
        }
    }
}

fn yields_f32(body: &str, action: u64) {
    yields(&format!("{body} i32.reinterpret_f32 i64.extend_i32_u"), action);
}

fn yields_f64(body: &str, action: u64) {
    yields(&format!("{body} i64.reinterpret_f64"), action);
}

#[test]
fn arithmetic_yields_the_canonical_nan() {
    let odd = "f32.const -nan:0x123456";
    for operation in ["add", "sub", "mul", "div", "min", "max"] {
        yields_f32(&format!("{odd} f32.const 1 f32.{operation}"), NAN_32);
        yields_f32(&format!("f32.const 1 {odd} f32.{operation}"), NAN_32);
        yields_f64(&format!("f64.const -nan:0x5 f64.const 1 f64.{operation}"), NAN_64);
    }
    for operation in ["sqrt", "ceil", "floor", "trunc", "nearest"] {
        yields_f32(&format!("{odd} f32.{operation}"), NAN_32);
        yields_f64(&format!("f64.const -nan:0x5 f64.{operation}"), NAN_64);
    }
    yields_f32("f32.const 0 f32.const 0 f32.div", NAN_32);
    yields_f32("f32.const inf f32.const inf f32.sub", NAN_32);
    yields_f64("f64.const -1 f64.sqrt", NAN_64);
    yields_f32("f64.const -nan:0x5 f32.demote_f64", NAN_32);
    yields_f64("f32.const -nan:0x5 f64.promote_f32", NAN_64);
}

#[test]
fn vectors_yield_canonical_lanes() {
    let odd = "v128.const i32x4 0xffc12345 0x3f800000 0xff812345 0x7fc00001";
    for operation in ["add", "mul", "min", "max", "div"] {
        let body = format!("{odd} {odd} f32x4.{operation} i64x2.extract_lane 1");
        yields(&body, NAN_32 << 32 | NAN_32);
    }
    let body = format!("{odd} f32x4.sqrt i64x2.extract_lane 0");
    yields(&body, 0x3f80_0000 << 32 | NAN_32);
    let double = "v128.const i64x2 0xfff0000000000001 0x3ff0000000000000";
    yields(&format!("{double} {double} f64x2.sub i64x2.extract_lane 0"), NAN_64);
    yields(
        &format!("{double} f32x4.demote_f64x2_zero i64x2.extract_lane 0"),
        0x3f80_0000 << 32 | NAN_32,
    );
    yields(&format!("{odd} f64x2.promote_low_f32x4 i64x2.extract_lane 0"), NAN_64);
}

#[test]
fn moving_and_flipping_bits_keeps_them() {
    yields_f32("f32.const -nan:0x123456 f32.neg", 0x7f92_3456);
    yields_f32("f32.const -nan:0x123456 f32.abs", 0x7f92_3456);
    yields_f32("f32.const nan:0x123456 f32.const -1 f32.copysign", 0xff92_3456);
    yields_f64("i64.const 0xfff0000000000001 f64.reinterpret_i64", 0xfff0_0000_0000_0001);
    let odd = "v128.const i32x4 0xff812345 1 1 1";
    yields(&format!("{odd} {odd} f32x4.pmin i64x2.extract_lane 0"), 0x1_ff81_2345);
    yields("i32.const 8 f32.const nan:0x200001 f32.store i32.const 8 i64.load32_u", 0x7fa0_0001);
}

#[test]
fn a_nan_seen_through_later_operations_is_canonical() {
    // The product feeds the sum directly; only the sum's bits can be seen.
    yields_f32("f32.const 1 f32.const -nan:0x7 f32.const 2 f32.mul f32.add", NAN_32);
    // A comparison of other lanes' width must not hide that bits are read.
    yields(
        "v128.const i32x4 0xffc12345 0 0 0 v128.const i32x4 0 0 0 0 f32x4.add
         v128.const i64x2 0 0 i64x2.add i64x2.extract_lane 0",
        NAN_32,
    );
    // Adding in two lanes of the other shape: the first result is a pattern, not a NaN, there.
    yields(
        "v128.const i32x4 0xffc12345 0 0 0 v128.const i32x4 0 0 0 0 f32x4.add
         v128.const i64x2 0 0 f64x2.add i64x2.extract_lane 0",
        NAN_32,
    );
    // An operation on values above the result says nothing about the result.
    yields_f32(
        "f32.const -nan:0x7 f32.const 2 f32.mul f32.const 1 f32.const 2 f32.add drop",
        NAN_32,
    );
    yields_f32("f32.const 0 f32.const 0 f32.div f32.neg", 0xffc0_0000);
    yields_f32("f32.const 0 f32.const 0 f32.div f32.const -1 f32.copysign", 0xffc0_0000);
    yields("f32.const 0 f32.const 0 f32.div f32.const 1 f32.eq i64.extend_i32_u", 0);
}

#[test]
fn constants_and_globals_keep_their_bits() {
    let text = "(module (global $g f32 (f32.const -nan:0x23))
        (func (export \"decide\") (param i64) (result i64)
          global.get $g i32.reinterpret_f32 i64.extend_i32_u))";
    let module =
        std::sync::Arc::new(admit(&wat::parse_str(text).expect("text")).expect("admitted"));
    for engine in [fast() as &dyn Engine, &InterpreterEngine] {
        let mut instance = engine.load(&module).expect("it loads").instantiate().expect("room");
        let decision = instance.decide(0, PLENTY).expect("a verdict");
        assert_eq!(decision, Decision::Action { action: 0xff80_0023, fuel_used: 5 });
    }
}
