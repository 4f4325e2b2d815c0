//! Which float results must be made canonical, and which nobody will look at.
//!
//! WebAssembly leaves the sign and payload of a NaN that arithmetic produces to the engine; the
//! protocol does not: it is the positive quiet NaN with an otherwise empty payload. Instructions
//! that only move or flip bits (`neg`, `abs`, `copysign`, reinterpretations, loads, `pmin`,
//! `pmax`) produce what the standard says, so nothing is to be done after them.
//! Invariant: a result is left as it is only if its one consumer ignores a NaN's sign and payload.

use wasm_encoder::InstructionSink;
use wasmparser::Operator;

/// How the bits of a result are split into floats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Floats {
    /// One 32-bit float.
    F32,
    /// One 64-bit float.
    F64,
    /// A vector of four 32-bit floats.
    F32x4,
    /// A vector of two 64-bit floats.
    F64x2,
}

/// How far to look for the consumer of a result.
const LOOKAHEAD: usize = 12;

/// Returns what must be canonicalised after the instruction with this index, if anything must.
pub(super) fn needs_canonical(operators: &[Operator<'_>], index: usize) -> Option<Floats> {
    let floats = arithmetic(&operators[index])?;
    (!consumed_blindly(&operators[index + 1..], floats)).then_some(floats)
}

/// Writes code that makes the float on top of the stack canonical if it is a NaN.
pub(super) fn canonicalise(sink: &mut InstructionSink<'_>, floats: Floats, scratch: u32) {
    const NAN_32: u32 = 0x7fc0_0000;
    const NAN_64: u64 = 0x7ff8_0000_0000_0000;
    const NAN_32X4: u128 = 0x7fc0_0000_7fc0_0000_7fc0_0000_7fc0_0000;
    const NAN_64X2: u128 = 0x7ff8_0000_0000_0000_7ff8_0000_0000_0000;
    sink.local_tee(scratch);
    match floats {
        Floats::F32 => sink.f32_const(wasm_encoder::Ieee32::new(NAN_32)),
        Floats::F64 => sink.f64_const(wasm_encoder::Ieee64::new(NAN_64)),
        Floats::F32x4 => sink.v128_const(NAN_32X4.cast_signed()),
        Floats::F64x2 => sink.v128_const(NAN_64X2.cast_signed()),
    };
    sink.local_get(scratch).local_get(scratch);
    match floats {
        Floats::F32 => sink.f32_eq().select(),
        Floats::F64 => sink.f64_eq().select(),
        Floats::F32x4 => sink.f32x4_eq().v128_bitselect(),
        Floats::F64x2 => sink.f64x2_eq().v128_bitselect(),
    };
}

/// Returns what an instruction computes, if that can be a NaN of the engine's choosing.
fn arithmetic(operator: &Operator<'_>) -> Option<Floats> {
    use Operator as O;
    match operator {
        O::F32Add | O::F32Sub | O::F32Mul | O::F32Div | O::F32Sqrt | O::F32Min | O::F32Max => {
            Some(Floats::F32)
        }
        O::F32Ceil | O::F32Floor | O::F32Trunc | O::F32Nearest | O::F32DemoteF64 => {
            Some(Floats::F32)
        }
        O::F64Add | O::F64Sub | O::F64Mul | O::F64Div | O::F64Sqrt | O::F64Min | O::F64Max => {
            Some(Floats::F64)
        }
        O::F64Ceil | O::F64Floor | O::F64Trunc | O::F64Nearest | O::F64PromoteF32 => {
            Some(Floats::F64)
        }
        O::F32x4Add | O::F32x4Sub | O::F32x4Mul | O::F32x4Div | O::F32x4Sqrt => Some(Floats::F32x4),
        O::F32x4Min | O::F32x4Max | O::F32x4Ceil | O::F32x4Floor => Some(Floats::F32x4),
        O::F32x4Trunc | O::F32x4Nearest | O::F32x4DemoteF64x2Zero => Some(Floats::F32x4),
        O::F64x2Add | O::F64x2Sub | O::F64x2Mul | O::F64x2Div | O::F64x2Sqrt => Some(Floats::F64x2),
        O::F64x2Min | O::F64x2Max | O::F64x2Ceil | O::F64x2Floor => Some(Floats::F64x2),
        O::F64x2Trunc | O::F64x2Nearest | O::F64x2PromoteLowF32x4 => Some(Floats::F64x2),
        _ => None,
    }
}

/// Says whether the value on top of the stack is consumed by an instruction that ignores a NaN's
/// sign and payload, following only instructions that leave it where it is.
fn consumed_blindly(following: &[Operator<'_>], floats: Floats) -> bool {
    let mut above = 0;
    for operator in following.iter().take(LOOKAHEAD) {
        if pushes(operator) {
            above += 1;
        } else if replaces_top(operator) && above > 0 {
            // It pops and pushes values above ours.
        } else {
            return blind_operands(operator, floats).is_some_and(|operands| above < operands);
        }
    }
    false
}

fn pushes(operator: &Operator<'_>) -> bool {
    use Operator as O;
    matches!(
        operator,
        O::LocalGet { .. }
            | O::GlobalGet { .. }
            | O::I32Const { .. }
            | O::F32Const { .. }
            | O::F64Const { .. }
            | O::V128Const { .. }
    )
}

fn replaces_top(operator: &Operator<'_>) -> bool {
    use Operator as O;
    matches!(
        operator,
        O::F32Load { .. }
            | O::F64Load { .. }
            | O::V128Load { .. }
            | O::V128Load32Splat { .. }
            | O::V128Load64Splat { .. }
            | O::F32x4Splat
            | O::F64x2Splat
            | O::F32ConvertI32S
            | O::F32ConvertI32U
            | O::F64ConvertI32S
            | O::F64ConvertI32U
    )
}

/// Returns how many operands of this shape an instruction takes without regard to the sign and
/// payload of a NaN, if it is such an instruction.
fn blind_operands(operator: &Operator<'_>, floats: Floats) -> Option<usize> {
    if matches!(operator, Operator::Drop) {
        return Some(1);
    }
    let (shape, operands) = blind_scalar(operator).or_else(|| blind_vector(operator))?;
    (shape == floats).then_some(operands)
}

fn blind_scalar(operator: &Operator<'_>) -> Option<(Floats, usize)> {
    use Operator as O;
    match operator {
        O::F32Add | O::F32Sub | O::F32Mul | O::F32Div | O::F32Min | O::F32Max => {
            Some((Floats::F32, 2))
        }
        O::F32Eq | O::F32Ne | O::F32Lt | O::F32Gt | O::F32Le | O::F32Ge => Some((Floats::F32, 2)),
        O::F32Sqrt | O::F32Ceil | O::F32Floor | O::F32Trunc | O::F32Nearest => {
            Some((Floats::F32, 1))
        }
        O::I32TruncF32S | O::I32TruncF32U | O::I64TruncF32S | O::I64TruncF32U => {
            Some((Floats::F32, 1))
        }
        O::I32TruncSatF32S | O::I32TruncSatF32U | O::I64TruncSatF32S | O::I64TruncSatF32U => {
            Some((Floats::F32, 1))
        }
        O::F64PromoteF32 => Some((Floats::F32, 1)),
        O::F64Add | O::F64Sub | O::F64Mul | O::F64Div | O::F64Min | O::F64Max => {
            Some((Floats::F64, 2))
        }
        O::F64Eq | O::F64Ne | O::F64Lt | O::F64Gt | O::F64Le | O::F64Ge => Some((Floats::F64, 2)),
        O::F64Sqrt | O::F64Ceil | O::F64Floor | O::F64Trunc | O::F64Nearest => {
            Some((Floats::F64, 1))
        }
        O::I32TruncF64S | O::I32TruncF64U | O::I64TruncF64S | O::I64TruncF64U => {
            Some((Floats::F64, 1))
        }
        O::I32TruncSatF64S | O::I32TruncSatF64U | O::I64TruncSatF64S | O::I64TruncSatF64U => {
            Some((Floats::F64, 1))
        }
        O::F32DemoteF64 => Some((Floats::F64, 1)),
        _ => None,
    }
}

fn blind_vector(operator: &Operator<'_>) -> Option<(Floats, usize)> {
    use Operator as O;
    match operator {
        O::F32x4Add | O::F32x4Sub | O::F32x4Mul | O::F32x4Div | O::F32x4Min | O::F32x4Max => {
            Some((Floats::F32x4, 2))
        }
        O::F32x4Eq | O::F32x4Ne | O::F32x4Lt | O::F32x4Gt | O::F32x4Le | O::F32x4Ge => {
            Some((Floats::F32x4, 2))
        }
        O::F32x4Sqrt | O::F32x4Ceil | O::F32x4Floor | O::F32x4Trunc | O::F32x4Nearest => {
            Some((Floats::F32x4, 1))
        }
        O::I32x4TruncSatF32x4S | O::I32x4TruncSatF32x4U | O::F64x2PromoteLowF32x4 => {
            Some((Floats::F32x4, 1))
        }
        O::F64x2Add | O::F64x2Sub | O::F64x2Mul | O::F64x2Div | O::F64x2Min | O::F64x2Max => {
            Some((Floats::F64x2, 2))
        }
        O::F64x2Eq | O::F64x2Ne | O::F64x2Lt | O::F64x2Gt | O::F64x2Le | O::F64x2Ge => {
            Some((Floats::F64x2, 2))
        }
        O::F64x2Sqrt | O::F64x2Ceil | O::F64x2Floor | O::F64x2Trunc | O::F64x2Nearest => {
            Some((Floats::F64x2, 1))
        }
        O::I32x4TruncSatF64x2SZero | O::I32x4TruncSatF64x2UZero | O::F32x4DemoteF64x2Zero => {
            Some((Floats::F64x2, 1))
        }
        _ => None,
    }
}
