//! Functions of one number, against `f64` and the platform's own.

#![allow(clippy::disallowed_methods, reason = "compared with, not relied upon")]

use nets_pack::evaluate::Scalar;
use nets_pack::program::Unary;

fn check(function: Unary, exact: impl Fn(f64) -> f64) {
    for step in -4000..=4000 {
        let x = step as f32 / 200.0;
        let (got, expected) = (f64::from(function.of(&mut Scalar, x)), exact(x.into()));
        let off = (got - expected).abs();
        assert!(
            off <= 1e-6 + 1e-5 * expected.abs(),
            "{function:?} of {x}: {got}, expected {expected}"
        );
    }
}

/// By its series, which converges everywhere.
fn erf(x: f64) -> f64 {
    if x.abs() > 4.0 {
        return x.signum();
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..100 {
        term *= -x * x / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    sum * 2.0 / std::f64::consts::PI.sqrt()
}

#[test]
fn functions_are_what_they_are_called() {
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    check(Unary::Exp, f64::exp);
    check(Unary::Sigmoid, sigmoid);
    check(Unary::Tanh, f64::tanh);
    check(Unary::Erf, erf);
    check(Unary::Gelu, |x| x / 2.0 * (1.0 + erf(x / 2f64.sqrt())));
    check(Unary::Swish, |x| x * sigmoid(x));
    check(Unary::Elu(0.7), |x| if x < 0.0 { 0.7f32 as f64 * x.exp_m1() } else { x });
    check(Unary::LeakyRelu(0.1), |x| if x < 0.0 { f64::from(0.1f32) * x } else { x });
    check(Unary::Clip(-2.0, 3.0), |x| x.clamp(-2.0, 3.0));
    check(Unary::HardSigmoid(0.2, 0.5), |x| (0.2 * x + 0.5).clamp(0.0, 1.0));
    check(Unary::GeluTanh, |x| {
        let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044715 * x * x * x);
        x / 2.0 * (1.0 + inner.tanh())
    });
}

#[test]
fn nothing_grows_beyond_what_a_number_can_hold() {
    for x in [-1e30f32, -200.0, 200.0, 1e30] {
        for function in [Unary::Exp, Unary::Sigmoid, Unary::Tanh, Unary::Erf, Unary::Gelu] {
            let got = function.of(&mut Scalar, x);
            assert!(got.is_finite(), "{function:?} of {x} is {got}");
        }
    }
    assert_eq!(Unary::Tanh.of(&mut Scalar, -0.0).to_bits(), (-0.0f32).to_bits());
}
