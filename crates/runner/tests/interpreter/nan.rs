//! The bits of NaNs: arithmetic gives the canonical one, everything else keeps what is there.

use super::decide;

const CANONICAL_32: u64 = 0x7fc0_0000;
const CANONICAL_64: u64 = 0x7ff8_0000_0000_0000;
/// Negative, signalling, with a payload; as an f32 in the low half and in every lane of a splat.
const NAN_32: u64 = 0xffa0_1234;
const NAN_64: u64 = 0xfff4_0000_0000_1234;

/// The bits that `decide` makes of its argument's.
fn bits(body: &str, argument: u64) -> u64 {
    let text = format!("(module (func (export \"decide\") (param i64) (result i64) {body}))");
    decide(&text, argument, 1_000).expect("the call ends").results[0] as u64
}

#[test]
fn arithmetic_makes_the_canonical_nan() {
    for name in ["sqrt", "ceil", "floor", "trunc", "nearest"] {
        let single = format!(
            "local.get 0 i32.wrap_i64 f32.reinterpret_i32 f32.{name}
             i32.reinterpret_f32 i64.extend_i32_u"
        );
        assert_eq!(bits(&single, NAN_32), CANONICAL_32, "{name}");
        let double = format!("local.get 0 f64.reinterpret_i64 f64.{name} i64.reinterpret_f64");
        assert_eq!(bits(&double, NAN_64), CANONICAL_64, "{name}");
    }
    for name in ["add", "sub", "mul", "div", "min", "max"] {
        for operands in [
            "local.get 0 f64.reinterpret_i64 f64.const 1",
            "f64.const 1 local.get 0 f64.reinterpret_i64",
        ] {
            let double = format!("{operands} f64.{name} i64.reinterpret_f64");
            assert_eq!(bits(&double, NAN_64), CANONICAL_64, "{double}");
        }
        let single = format!(
            "local.get 0 i32.wrap_i64 f32.reinterpret_i32 f32.const 1 f32.{name}
             i32.reinterpret_f32 i64.extend_i32_u"
        );
        assert_eq!(bits(&single, NAN_32), CANONICAL_32, "{name}");
    }
}

#[test]
fn a_nan_out_of_numbers_is_canonical_too() {
    let zero = "local.get 0 f64.reinterpret_i64";
    assert_eq!(bits(&format!("{zero} {zero} f64.div i64.reinterpret_f64"), 0), CANONICAL_64);
    let minus_one = (-1.0_f64).to_bits();
    assert_eq!(bits(&format!("{zero} f64.sqrt i64.reinterpret_f64"), minus_one), CANONICAL_64);
}

#[test]
fn conversions_between_floats_make_the_canonical_nan() {
    let promote =
        "local.get 0 i32.wrap_i64 f32.reinterpret_i32 f64.promote_f32 i64.reinterpret_f64";
    assert_eq!(bits(promote, NAN_32), CANONICAL_64);
    let demote =
        "local.get 0 f64.reinterpret_i64 f32.demote_f64 i32.reinterpret_f32 i64.extend_i32_u";
    assert_eq!(bits(demote, NAN_64), CANONICAL_32);
}

#[test]
fn sign_operations_change_one_bit() {
    let value = "local.get 0 f64.reinterpret_i64";
    let sign = 1 << 63;
    assert_eq!(bits(&format!("{value} f64.neg i64.reinterpret_f64"), NAN_64), NAN_64 ^ sign);
    assert_eq!(bits(&format!("{value} f64.abs i64.reinterpret_f64"), NAN_64), NAN_64 & !sign);
    let copied = format!("{value} f64.const 1 f64.copysign i64.reinterpret_f64");
    assert_eq!(bits(&copied, NAN_64), NAN_64 & !sign);
}

#[test]
fn vector_arithmetic_makes_the_canonical_nan_in_each_lane() {
    for name in ["add", "sub", "mul", "div", "min", "max"] {
        let four = format!(
            "local.get 0 i64x2.splat v128.const f32x4 1 1 1 1 f32x4.{name} i64x2.extract_lane 1"
        );
        let both = CANONICAL_32 << 32 | CANONICAL_32;
        assert_eq!(bits(&four, NAN_32 << 32 | NAN_32), both, "{name}");
        let two = format!(
            "v128.const f64x2 1 1 local.get 0 i64x2.splat f64x2.{name} i64x2.extract_lane 1"
        );
        assert_eq!(bits(&two, NAN_64), CANONICAL_64, "{name}");
    }
    for name in ["sqrt", "ceil", "floor", "trunc", "nearest"] {
        let two = format!("local.get 0 i64x2.splat f64x2.{name} i64x2.extract_lane 1");
        assert_eq!(bits(&two, NAN_64), CANONICAL_64, "{name}");
    }
    let promote = "local.get 0 i64x2.splat f64x2.promote_low_f32x4 i64x2.extract_lane 1";
    assert_eq!(bits(promote, NAN_32 << 32 | NAN_32), CANONICAL_64);
    let demote = "local.get 0 i64x2.splat f32x4.demote_f64x2_zero i64x2.extract_lane 0";
    assert_eq!(bits(demote, NAN_64), CANONICAL_32 << 32 | CANONICAL_32);
}

#[test]
fn choosing_and_moving_keep_the_bits() {
    for body in [
        "v128.const f64x2 1 1 drop local.get 0 i64x2.splat f64x2.extract_lane 1 i64.reinterpret_f64",
        "local.get 0 i64x2.splat v128.const f64x2 1 1 f64x2.pmin i64x2.extract_lane 0",
        "local.get 0 i64x2.splat v128.const f64x2 1 1 f64x2.pmax i64x2.extract_lane 0",
        "local.get 0 i64x2.splat f64x2.neg f64x2.neg i64x2.extract_lane 0",
        "local.get 0 f64.reinterpret_i64 f64.const 1 i32.const 1 select i64.reinterpret_f64",
        "v128.const f64x2 1 1 local.get 0 f64.reinterpret_i64 f64x2.replace_lane 1 i64x2.extract_lane 1",
    ] {
        assert_eq!(bits(body, NAN_64), NAN_64, "{body}");
    }
}
