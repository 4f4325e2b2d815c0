//! Functions of one number, each as a sequence of operations that IEEE 754 fixes bit by bit.
//!
//! They are written once, over [`Arithmetic`]: the evaluator runs them on numbers, the emitter turns the
//! same sequence into instructions, so that both give the same bits. No library of the host is asked.

use super::arithmetic::Arithmetic;

/// A function of one number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unary {
    /// Itself.
    Identity,
    /// 0 where it is negative.
    Relu,
    /// Times this where it is negative.
    LeakyRelu(f32),
    /// Not below the first nor above the second.
    Clip(f32, f32),
    /// Without its sign.
    Abs,
    /// With the other sign.
    Neg,
    /// The square root.
    Sqrt,
    /// 1 over it.
    Reciprocal,
    /// e to its power.
    Exp,
    /// 1 / (1 + e^-x).
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
    /// The error function.
    Erf,
    /// x (1 + erf(x / sqrt 2)) / 2.
    Gelu,
    /// `Gelu` by its approximation with a hyperbolic tangent.
    GeluTanh,
    /// x / (1 + e^-x), also called SiLU.
    Swish,
    /// Not below 0 nor above 1, of alpha x + beta.
    HardSigmoid(f32, f32),
    /// Below 0: alpha (e^x - 1).
    Elu(f32),
    /// `Elu(alpha)` times gamma.
    Selu(f32, f32),
    /// The natural logarithm; of 0 about -88.
    Log,
    /// ln(1 + e^x).
    Softplus,
    /// x tanh(ln(1 + e^x)).
    Mish,
    /// The greatest whole number that is not above it.
    Floor,
    /// The least whole number that is not below it.
    Ceil,
    /// The nearest whole number, of two the even one.
    Round,
    /// The whole number before its point.
    Trunc,
    /// 1 where it is 0, else 0.
    Not,
    /// 1 where it is no number, else 0.
    IsNan,
}

impl Unary {
    /// The function of a value.
    pub fn of<A: Arithmetic>(self, a: &mut A, x: A::Value) -> A::Value {
        match self {
            Self::Identity => x,
            Self::Relu => {
                let zero = a.number(0.0);
                a.max(zero, x)
            }
            Self::LeakyRelu(slope) => leaky_relu(a, x, slope),
            Self::Clip(least, most) => clip(a, x, least, most),
            Self::Abs => a.abs(x),
            Self::Neg => {
                let zero = a.number(-0.0);
                a.sub(zero, x)
            }
            Self::Sqrt => a.sqrt(x),
            Self::Reciprocal => {
                let one = a.number(1.0);
                a.div(one, x)
            }
            Self::Exp => exp(a, x),
            Self::Sigmoid => sigmoid(a, x),
            Self::Tanh => tanh(a, x),
            Self::Erf => erf(a, x),
            Self::Gelu => gelu(a, x),
            Self::GeluTanh => gelu_tanh(a, x),
            Self::Swish => {
                let gate = sigmoid(a, x);
                a.mul(x, gate)
            }
            Self::HardSigmoid(alpha, beta) => {
                let (alpha, beta) = (a.number(alpha), a.number(beta));
                let scaled = a.mul(alpha, x);
                let moved = a.add(scaled, beta);
                clip(a, moved, 0.0, 1.0)
            }
            Self::Elu(alpha) => elu(a, x, alpha),
            Self::Selu(alpha, gamma) => {
                let (bent, gamma) = (elu(a, x, alpha), a.number(gamma));
                a.mul(gamma, bent)
            }
            Self::Log => log(a, x),
            Self::Softplus => softplus(a, x),
            Self::Mish => {
                let sum = softplus(a, x);
                let gate = tanh(a, sum);
                a.mul(x, gate)
            }
            Self::Floor => a.floor(x),
            Self::Ceil => {
                let zero = a.number(-0.0);
                let negated = a.sub(zero, x);
                let floor = a.floor(negated);
                a.sub(zero, floor)
            }
            Self::Round => a.nearest(x),
            Self::Trunc => {
                let size = a.abs(x);
                let floor = a.floor(size);
                a.copy_sign(floor, x)
            }
            Self::Not => {
                let zero = a.number(0.0);
                a.equal(x, zero)
            }
            Self::IsNan => {
                let is_number = a.equal(x, x);
                let one = a.number(1.0);
                a.sub(one, is_number)
            }
        }
    }
}

/// Of `x` below 0 the product with the slope; of others `x`: the sum of both parts, one of which is 0.
fn leaky_relu<A: Arithmetic>(a: &mut A, x: A::Value, slope: f32) -> A::Value {
    let (zero, slope) = (a.number(0.0), a.number(slope));
    let above = a.max(zero, x);
    let below = a.min(zero, x);
    let below = a.mul(below, slope);
    a.add(above, below)
}

fn clip<A: Arithmetic>(a: &mut A, x: A::Value, least: f32, most: f32) -> A::Value {
    let (least, most) = (a.number(least), a.number(most));
    let raised = a.max(least, x);
    a.min(most, raised)
}

/// c0 + x (c1 + x (c2 + …)).
fn polynomial<A: Arithmetic>(a: &mut A, x: A::Value, coefficients: &[f32]) -> A::Value {
    let mut sum = a.number(0.0);
    for (place, &coefficient) in coefficients.iter().rev().enumerate() {
        let coefficient = a.number(coefficient);
        sum = if place == 0 {
            coefficient
        } else {
            let product = a.mul(sum, x);
            a.add(product, coefficient)
        };
    }
    sum
}

/// The higher part of ln 2, of so few bits that its products with exponents are exact.
const LN_2_HIGH: f32 = 0.693_359_4;
/// What it lacks.
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// e^x as 2^n e^r, where n is whole and r at most half of ln 2; the series of e^r to its seventh power
/// is exact to less than 1e-8 there. Beyond what a number can hold it stays at the ends.
fn exp<A: Arithmetic>(a: &mut A, x: A::Value) -> A::Value {
    const SERIES: [f32; 8] =
        [1.0, 1.0, 1.0 / 2.0, 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0, 1.0 / 5040.0];
    let x = clip(a, x, -87.0, 88.0);
    let log2_e = a.number(std::f32::consts::LOG2_E);
    let turns = a.mul(x, log2_e);
    let turns = a.nearest(turns);
    let (high, low) = (a.number(LN_2_HIGH), a.number(LN_2_LOW));
    let high = a.mul(turns, high);
    let low = a.mul(turns, low);
    let rest = a.sub(x, high);
    let rest = a.sub(rest, low);
    let power = polynomial(a, rest, &SERIES);
    let scale = a.power_of_two(turns);
    a.mul(power, scale)
}

fn sigmoid<A: Arithmetic>(a: &mut A, x: A::Value) -> A::Value {
    let (zero, one) = (a.number(0.0), a.number(1.0));
    let negated = a.sub(zero, x);
    let power = exp(a, negated);
    let sum = a.add(one, power);
    a.div(one, sum)
}

/// By e^(-2|x|), which cannot grow too large; the sign comes back at the end.
fn tanh<A: Arithmetic>(a: &mut A, x: A::Value) -> A::Value {
    let (one, factor) = (a.number(1.0), a.number(-2.0));
    let positive = a.abs(x);
    let exponent = a.mul(positive, factor);
    let power = exp(a, exponent);
    let difference = a.sub(one, power);
    let sum = a.add(one, power);
    let quotient = a.div(difference, sum);
    a.copy_sign(quotient, x)
}

/// Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26: exact to 1.5e-7.
fn erf<A: Arithmetic>(a: &mut A, x: A::Value) -> A::Value {
    const SERIES: [f32; 6] =
        [0.0, 0.254_829_6, -0.284_496_72, 1.421_413_8, -1.453_152_1, 1.061_405_4];
    let one = a.number(1.0);
    let slope = a.number(0.327_591_1);
    let positive = a.abs(x);
    let scaled = a.mul(slope, positive);
    let scaled = a.add(one, scaled);
    let t = a.div(one, scaled);
    let sum = polynomial(a, t, &SERIES);
    let square = a.mul(positive, positive);
    let zero = a.number(0.0);
    let square = a.sub(zero, square);
    let power = exp(a, square);
    let product = a.mul(sum, power);
    let result = a.sub(one, product);
    a.copy_sign(result, x)
}

fn gelu<A: Arithmetic>(a: &mut A, x: A::Value) -> A::Value {
    let (one, half) = (a.number(1.0), a.number(0.5));
    let root = a.number(std::f32::consts::FRAC_1_SQRT_2);
    let scaled = a.mul(x, root);
    let spread = erf(a, scaled);
    let sum = a.add(one, spread);
    let halved = a.mul(x, half);
    a.mul(halved, sum)
}

fn gelu_tanh<A: Arithmetic>(a: &mut A, x: A::Value) -> A::Value {
    let (one, half) = (a.number(1.0), a.number(0.5));
    let (cube, root) = (a.number(0.044_715), a.number(0.797_884_6));
    let square = a.mul(x, x);
    let cubed = a.mul(square, x);
    let bent = a.mul(cube, cubed);
    let inner = a.add(x, bent);
    let inner = a.mul(root, inner);
    let spread = tanh(a, inner);
    let sum = a.add(one, spread);
    let halved = a.mul(x, half);
    a.mul(halved, sum)
}

fn elu<A: Arithmetic>(a: &mut A, x: A::Value, alpha: f32) -> A::Value {
    let (zero, one, alpha) = (a.number(0.0), a.number(1.0), a.number(alpha));
    let above = a.max(zero, x);
    let below = a.min(zero, x);
    let power = exp(a, below);
    let fallen = a.sub(power, one);
    let fallen = a.mul(alpha, fallen);
    a.add(above, fallen)
}

/// ln(2^n f) as n ln 2 + ln f, where f is brought between the roots of 1/2 and of 2; ln f is twice the
/// series of artanh((f - 1) / (f + 1)), exact to less than 1e-9 there with its ninth power.
fn log<A: Arithmetic>(a: &mut A, x: A::Value) -> A::Value {
    const SERIES: [f32; 5] = [2.0, 2.0 / 3.0, 2.0 / 5.0, 2.0 / 7.0, 2.0 / 9.0];
    let (one, half) = (a.number(1.0), a.number(0.5));
    let (turns, fraction) = (a.exponent(x), a.fraction(x));
    let root = a.number(std::f32::consts::SQRT_2);
    let is_large = a.less(root, fraction);
    let halved = a.mul(fraction, half);
    let fraction = a.choose(is_large, halved, fraction);
    let turns = a.add(turns, is_large);
    let (difference, sum) = (a.sub(fraction, one), a.add(fraction, one));
    let slope = a.div(difference, sum);
    let square = a.mul(slope, slope);
    let series = polynomial(a, square, &SERIES);
    let rest = a.mul(slope, series);
    let (high, low) = (a.number(LN_2_HIGH), a.number(LN_2_LOW));
    let (high, low) = (a.mul(turns, high), a.mul(turns, low));
    let rest = a.add(rest, low);
    a.add(high, rest)
}

/// Of x above 0 itself and of all ln(1 + e^-|x|), so that no power grows too large.
fn softplus<A: Arithmetic>(a: &mut A, x: A::Value) -> A::Value {
    let (zero, one) = (a.number(0.0), a.number(1.0));
    let size = a.abs(x);
    let negated = a.sub(zero, size);
    let power = exp(a, negated);
    let sum = a.add(one, power);
    let rest = log(a, sum);
    let above = a.max(zero, x);
    a.add(above, rest)
}
