//! The tables that give each value instruction its meaning.
//!
//! One line per WebAssembly instruction: the operator on the left, what it computes on the
//! right. Control flow, locals, globals and calls are not here (`function.rs` lowers them,
//! because they need the surrounding blocks).
//!
//! Invariant: every function in a table is pure; memory instructions see only the bytes they
//! are handed.

mod conversion;
mod floating;
mod integer;
mod memory;
mod vector;

use wasmparser::Operator;

use super::op::Op;

/// The operation for `operator`, or `None` if it is no value or memory instruction of the
/// supported set.
pub(super) fn lower(operator: &Operator<'_>) -> Option<Op> {
    integer::lower(operator)
        .or_else(|| floating::lower(operator))
        .or_else(|| conversion::lower(operator))
        .or_else(|| memory::lower(operator))
        .or_else(|| vector::lower(operator))
}

/// An operation that puts what it makes of a slot in the slot's place.
macro_rules! one {
    ($of_slot:expr) => {
        $crate::interpreter::op::Op::Unary(|slot| *slot = ($of_slot)(*slot))
    };
}

/// An operation that puts what it makes of two slots in the place of the first.
macro_rules! two {
    ($of_slots:expr) => {
        $crate::interpreter::op::Op::Binary(|left, right| *left = ($of_slots)(*left, *right))
    };
}

/// An operation on one value of type `$t`.
macro_rules! unary {
    ($t:ty, |$x:ident| $result:expr) => {
        super::one!(|slot| {
            let $x = <$t as Value>::from_slot(slot);
            Value::into_slot($result)
        })
    };
}

/// An operation on two values of type `$t`.
macro_rules! binary {
    ($t:ty, |$a:ident, $b:ident| $result:expr) => {
        super::two!(|left, right| {
            let $a = <$t as Value>::from_slot(left);
            let $b = <$t as Value>::from_slot(right);
            Value::into_slot($result)
        })
    };
}

/// An operation on one value of type `$t` that may trap.
macro_rules! trapping_unary {
    ($t:ty, |$x:ident| $result:expr) => {
        Op::TrappingUnary(|slot| {
            let $x = <$t as Value>::from_slot(slot);
            $result.map(Value::into_slot)
        })
    };
}

/// An operation on two values of type `$t` that may trap.
macro_rules! trapping_binary {
    ($t:ty, |$a:ident, $b:ident| $result:expr) => {
        Op::TrappingBinary(|left, right| {
            let $a = <$t as Value>::from_slot(left);
            let $b = <$t as Value>::from_slot(right);
            $result.map(Value::into_slot)
        })
    };
}

use {binary, one, trapping_binary, trapping_unary, two, unary};
