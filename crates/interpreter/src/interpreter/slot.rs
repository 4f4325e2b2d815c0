//! The one representation of a WebAssembly value: 128 bits, zero-extended.
//!
//! This file owns the meaning of a stack slot and the conversion between slots and Rust's number
//! types. It knows no instruction.
//!
//! Invariants: a value narrower than 128 bits sits in the low bits and the rest are zero; and a
//! float can only leave an operation through [`Value::into_slot`], which makes every NaN the
//! canonical one. Operations that must keep a NaN's bits are therefore written on integers.

/// A value of any WebAssembly type: its bits, zero-extended to 128.
pub type Slot = u128;

/// A Rust type whose values live in the low bits of a [`Slot`], or in a lane of a vector.
pub(super) trait Value: Copy {
    /// Width in bits, which is also the distance between two lanes of this type.
    const BITS: u32;

    /// Reads the low `BITS` bits of `slot`; the rest are ignored.
    fn from_slot(slot: Slot) -> Self;

    /// The bits of `self`, zero-extended; a NaN becomes the canonical, positive, quiet one.
    fn into_slot(self) -> Slot;

    /// Lane `index` of a vector; lane 0 is the lowest bits. Bytes, for a machine of 32 bits shifts 128
    /// of them in many steps.
    fn read_lane(vector: &[u8; 16], index: usize) -> Self;

    /// Puts `self` into lane `index`, as [`Value::into_slot`] does with NaNs.
    fn write_lane(self, vector: &mut [u8; 16], index: usize);
}

/// What integers and floats have in common: the lane as an integer of their width.
macro_rules! lanes_of {
    ($bits:ty, $from:expr, $into:expr) => {
        fn read_lane(vector: &[u8; 16], index: usize) -> Self {
            let lanes = vector.as_chunks::<{ size_of::<$bits>() }>().0;
            ($from)(<$bits>::from_le_bytes(lanes[index]))
        }

        fn write_lane(self, vector: &mut [u8; 16], index: usize) {
            let lanes = vector.as_chunks_mut::<{ size_of::<$bits>() }>().0;
            lanes[index] = ($into)(self).to_le_bytes();
        }
    };
}

macro_rules! integer_value {
    ($($signed:ty, $unsigned:ty;)*) => {$(
        impl Value for $unsigned {
            const BITS: u32 = <$unsigned>::BITS;

            fn from_slot(slot: Slot) -> Self {
                slot as $unsigned
            }

            fn into_slot(self) -> Slot {
                Slot::from(self)
            }

            lanes_of!($unsigned, |bits| bits, |value: Self| value);
        }

        impl Value for $signed {
            const BITS: u32 = <$signed>::BITS;

            fn from_slot(slot: Slot) -> Self {
                slot as $signed
            }

            fn into_slot(self) -> Slot {
                Slot::from(self as $unsigned)
            }

            lanes_of!($unsigned, |bits| bits as Self, |value: Self| value as $unsigned);
        }
    )*};
}

integer_value! {
    i8, u8;
    i16, u16;
    i32, u32;
    i64, u64;
}

macro_rules! float_value {
    ($($float:ty, $bits:ty, $canonical_nan:expr;)*) => {$(
        impl Value for $float {
            const BITS: u32 = <$bits>::BITS;

            fn from_slot(slot: Slot) -> Self {
                <$float>::from_bits(slot as $bits)
            }

            fn into_slot(self) -> Slot {
                Slot::from(if self.is_nan() { $canonical_nan } else { self.to_bits() })
            }

            lanes_of!($bits, <$float>::from_bits, |value: Self| match value.is_nan() {
                true => $canonical_nan,
                false => value.to_bits(),
            });
        }
    )*};
}

float_value! {
    f32, u32, 0x7fc0_0000_u32;
    f64, u64, 0x7ff8_0000_0000_0000_u64;
}

impl Value for u128 {
    const BITS: u32 = u128::BITS;

    fn from_slot(slot: Slot) -> Self {
        slot
    }

    fn into_slot(self) -> Slot {
        self
    }

    lanes_of!(u128, |bits| bits, |value: Self| value);
}

/// The result of a comparison is the `i32` 0 or 1.
impl Value for bool {
    const BITS: u32 = 32;

    fn from_slot(slot: Slot) -> Self {
        slot as u32 != 0
    }

    fn into_slot(self) -> Slot {
        Slot::from(self)
    }

    lanes_of!(u32, |bits| bits != 0, u32::from);
}
