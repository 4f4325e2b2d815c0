//! The float functions that WebAssembly needs beyond `+ - * /` and comparison.
//!
//! They are pure functions of bits, in software, so that a machine without a float unit computes
//! the same. Which bits a NaN result carries is not decided here: every result passes through
//! `slot.rs`, which makes NaNs canonical.

use core::cmp::Ordering;

/// Float operations whose WebAssembly meaning differs from, or is absent in, Rust's core.
pub(super) trait Float: Copy {
    /// The smaller operand, with `-0 < +0`; NaN if either is NaN.
    fn lesser(self, other: Self) -> Self;

    /// The larger operand, with `-0 < +0`; NaN if either is NaN.
    fn greater(self, other: Self) -> Self;

    /// The square root, correctly rounded.
    fn square_root(self) -> Self;

    /// The nearest integer not below.
    fn round_up(self) -> Self;

    /// The nearest integer not above.
    fn round_down(self) -> Self;

    /// The nearest integer towards zero.
    fn round_to_zero(self) -> Self;

    /// The nearest integer, the even one of two equally near.
    fn round_to_even(self) -> Self;

    /// The integer towards zero, or the nearest that there is; 0 for NaN.
    fn saturated_signed(self) -> i32;

    /// The integer towards zero, or the nearest that there is; 0 for NaN.
    fn saturated_unsigned(self) -> u32;
}

/// Rounding to integers, by bits alone: additions cost ten times as much where there is no float unit.
trait Round: Sized {
    type Bits;

    fn place(self) -> Place<Self::Bits>;

    fn rounded(self, is_away: impl Fn(Ordering, bool) -> bool) -> Self;

    /// The integer towards zero, without its sign; 2^32 for all that are larger, 0 for NaN.
    fn whole(self) -> u64;
}

/// How a number lies between two integers.
enum Place<Bits> {
    /// It is one, or no number.
    Integer,
    /// It is nearer to zero than one; how it lies to a half.
    Small(Ordering),
    /// The bits of the integer towards zero, what to add to them for the one away from it, and how the
    /// number lies to the middle.
    Between { inner: Bits, unit: Bits, middle: Ordering },
}

macro_rules! float {
    ($($float:ty: $bits:ty, $fraction:expr, $sqrt:ident;)*) => {$(
        impl Round for $float {
            type Bits = $bits;

            fn place(self) -> Place<$bits> {
                const BIAS: u32 = <$float>::MAX_EXP as u32 - 1;
                let magnitude = self.to_bits() & (<$bits>::MAX >> 1);
                let exponent = (magnitude >> $fraction) as u32;
                if magnitude == 0 || exponent >= BIAS + $fraction {
                    Place::Integer
                } else if exponent < BIAS {
                    Place::Small(magnitude.cmp(&(0.5 as $float).to_bits()))
                } else {
                    let unit = 1 << (BIAS + $fraction - exponent);
                    let rest = magnitude & (unit - 1);
                    match rest {
                        0 => Place::Integer,
                        _ => Place::Between {
                            inner: self.to_bits() - rest,
                            unit,
                            middle: rest.cmp(&(unit >> 1)),
                        },
                    }
                }
            }

            fn whole(self) -> u64 {
                const BIAS: u32 = <$float>::MAX_EXP as u32 - 1;
                const HIDDEN: $bits = 1 << $fraction;
                let magnitude = self.to_bits() & (<$bits>::MAX >> 1);
                let exponent = (magnitude >> $fraction) as u32;
                let significand = u64::from(magnitude & (HIDDEN - 1) | HIDDEN);
                match exponent {
                    _ if self.is_nan() => 0,
                    ..BIAS => 0,
                    _ if exponent >= BIAS + 32 => 1 << 32,
                    _ if exponent >= BIAS + $fraction => {
                        significand << (exponent - BIAS - $fraction)
                    }
                    _ => significand >> (BIAS + $fraction - exponent),
                }
            }

            /// The integer away from zero where `is_away` says so, of the middle and whether the inner
            /// one is odd, else the one towards zero.
            fn rounded(self, is_away: impl Fn(Ordering, bool) -> bool) -> Self {
                match self.place() {
                    Place::Integer => self,
                    Place::Small(half) if is_away(half, false) => {
                        (1.0 as $float).copysign(self)
                    }
                    Place::Small(_) => (0.0 as $float).copysign(self),
                    Place::Between { inner, unit, middle } => {
                        let away = is_away(middle, inner & unit != 0);
                        <$float>::from_bits(if away { inner + unit } else { inner })
                    }
                }
            }
        }

        impl Float for $float {
            fn lesser(self, other: Self) -> Self {
                if self.is_nan() || other.is_nan() {
                    <$float>::NAN
                } else if self == other {
                    // Equal values differ at most in the sign of a zero: keep a minus.
                    <$float>::from_bits(self.to_bits() | other.to_bits())
                } else if self < other {
                    self
                } else {
                    other
                }
            }

            fn greater(self, other: Self) -> Self {
                if self.is_nan() || other.is_nan() {
                    <$float>::NAN
                } else if self == other {
                    // Equal values differ at most in the sign of a zero: keep a plus.
                    <$float>::from_bits(self.to_bits() & other.to_bits())
                } else if self > other {
                    self
                } else {
                    other
                }
            }

            fn square_root(self) -> Self {
                libm::$sqrt(self)
            }

            fn round_up(self) -> Self {
                self.rounded(|_, _| self.is_sign_positive())
            }

            fn round_down(self) -> Self {
                self.rounded(|_, _| self.is_sign_negative())
            }

            fn round_to_zero(self) -> Self {
                self.rounded(|_, _| false)
            }

            fn round_to_even(self) -> Self {
                self.rounded(|middle, is_odd| middle.is_gt() || middle.is_eq() && is_odd)
            }

            fn saturated_signed(self) -> i32 {
                match self.whole() {
                    whole if self.is_sign_negative() => whole.min(1 << 31).wrapping_neg() as i32,
                    whole => whole.min(i32::MAX as u64) as i32,
                }
            }

            fn saturated_unsigned(self) -> u32 {
                match self.is_sign_negative() {
                    true => 0,
                    false => self.whole().min(u32::MAX.into()) as u32,
                }
            }
        }
    )*};
}

float! {
    f32: u32, 23, sqrtf;
    f64: u64, 52, sqrt;
}
