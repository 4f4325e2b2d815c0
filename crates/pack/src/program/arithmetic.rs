//! What every function of numbers is made of, and functions of two.

/// The operations that functions are made of, on `f32` in one lane or several.
pub trait Arithmetic {
    /// A number, or a vector of them.
    type Value: Copy;

    /// The number itself.
    fn number(&mut self, number: f32) -> Self::Value;
    /// The sum.
    fn add(&mut self, left: Self::Value, right: Self::Value) -> Self::Value;
    /// The difference.
    fn sub(&mut self, left: Self::Value, right: Self::Value) -> Self::Value;
    /// The product.
    fn mul(&mut self, left: Self::Value, right: Self::Value) -> Self::Value;
    /// The quotient.
    fn div(&mut self, left: Self::Value, right: Self::Value) -> Self::Value;
    /// The lesser; `right < left ? right : left`, as WebAssembly's `pmin`.
    fn min(&mut self, left: Self::Value, right: Self::Value) -> Self::Value;
    /// The greater; `left < right ? right : left`, as WebAssembly's `pmax`.
    fn max(&mut self, left: Self::Value, right: Self::Value) -> Self::Value;
    /// Without its sign.
    fn abs(&mut self, value: Self::Value) -> Self::Value;
    /// The square root.
    fn sqrt(&mut self, value: Self::Value) -> Self::Value;
    /// The nearest whole number, of two the even one.
    fn nearest(&mut self, value: Self::Value) -> Self::Value;
    /// 2 to the power of a whole number from -126 to 127.
    fn power_of_two(&mut self, whole: Self::Value) -> Self::Value;
    /// The greatest whole number that is not above it.
    fn floor(&mut self, value: Self::Value) -> Self::Value;
    /// n of 2^n f, where f is at least 1 and below 2; of a number above 0 that has such a form.
    fn exponent(&mut self, value: Self::Value) -> Self::Value;
    /// f of the same.
    fn fraction(&mut self, value: Self::Value) -> Self::Value;
    /// 1 where `left < right`, else 0.
    fn less(&mut self, left: Self::Value, right: Self::Value) -> Self::Value;
    /// 1 where `left == right`, else 0.
    fn equal(&mut self, left: Self::Value, right: Self::Value) -> Self::Value;
    /// `yes` where `condition` is not 0, else `no`.
    fn choose(&mut self, condition: Self::Value, yes: Self::Value, no: Self::Value) -> Self::Value;
    /// `magnitude` with the sign of `sign`.
    fn copy_sign(&mut self, magnitude: Self::Value, sign: Self::Value) -> Self::Value;
}

/// A function of two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// The sum.
    Add,
    /// The first without the second.
    Sub,
    /// The product.
    Mul,
    /// The first over the second.
    Div,
    /// The lesser.
    Min,
    /// The greater.
    Max,
    /// What is left of the first when the second is taken from it as often as goes, with its sign.
    Mod,
    /// 1 where the first is less, else 0.
    Less,
    /// 1 where the first is not greater, else 0.
    LessOrEqual,
    /// 1 where they are equal, else 0.
    Equal,
}

impl Binary {
    /// The function of two values.
    pub fn of<A: Arithmetic>(self, a: &mut A, left: A::Value, right: A::Value) -> A::Value {
        match self {
            Self::Add => a.add(left, right),
            Self::Sub => a.sub(left, right),
            Self::Mul => a.mul(left, right),
            Self::Div => a.div(left, right),
            Self::Min => a.min(left, right),
            Self::Max => a.max(left, right),
            Self::Mod => {
                let times = a.div(left, right);
                let times = a.floor(times);
                let whole = a.mul(times, right);
                a.sub(left, whole)
            }
            Self::Less => a.less(left, right),
            Self::LessOrEqual => {
                let (less, equal) = (a.less(left, right), a.equal(left, right));
                a.max(less, equal)
            }
            Self::Equal => a.equal(left, right),
        }
    }

    /// The function of whole numbers; none where there is no such number.
    pub(crate) fn of_whole(self, left: i64, right: i64) -> Option<i64> {
        match self {
            Self::Add => left.checked_add(right),
            Self::Sub => left.checked_sub(right),
            Self::Mul => left.checked_mul(right),
            Self::Div => left.checked_div(right),
            Self::Min => Some(left.min(right)),
            Self::Max => Some(left.max(right)),
            Self::Mod => {
                let rest = left.checked_rem(right)?;
                Some(if rest != 0 && (rest < 0) != (right < 0) { rest + right } else { rest })
            }
            Self::Less => Some(i64::from(left < right)),
            Self::LessOrEqual => Some(i64::from(left <= right)),
            Self::Equal => Some(i64::from(left == right)),
        }
    }
}
