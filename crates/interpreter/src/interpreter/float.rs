//! The float functions that WebAssembly needs beyond `+ - * /` and comparison.
//!
//! They are pure functions of bits, in software, so that a machine without a float unit computes
//! the same. Which bits a NaN result carries is not decided here: every result passes through
//! `slot.rs`, which makes NaNs canonical.

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
}

macro_rules! float {
    ($($float:ty: $sqrt:ident, $ceil:ident, $floor:ident, $trunc:ident, $even:ident;)*) => {$(
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
                libm::$ceil(self)
            }

            fn round_down(self) -> Self {
                libm::$floor(self)
            }

            fn round_to_zero(self) -> Self {
                libm::$trunc(self)
            }

            fn round_to_even(self) -> Self {
                libm::$even(self)
            }
        }
    )*};
}

float! {
    f32: sqrtf, ceilf, floorf, truncf, roundevenf;
    f64: sqrt, ceil, floor, trunc, roundeven;
}
