//! The acrobot: two links hanging from a bar, moved by the joint between them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::f64::consts::PI;

use nets_core::{Descriptor, Information, ParameterSpec, Score};

use super::number::{in_bits, is_within};
use super::{Moment, Numbers, Task};
use crate::drawing::Drawing;

/// The facts of the acrobot.
pub(crate) static DESCRIPTOR: Descriptor = Descriptor {
    name: "acrobot",
    version: 1,
    summary: "Two links on a bar: swing the lower end above the line.",
    rules: "\
Two links of length 1 hang from a bar; a torque acts on the joint between them. Each step has a
torque of -1, 0 or 1 and moves on by 0.2 seconds (one step of the classical Runge-Kutta method);
then the angles are brought between -pi and pi by whole turns, and the speeds kept within 4 pi and 9
pi. It is over when the lower end is more than 1 above the bar, or the steps are used up. The score
is minus the steps, of which the last does not count if it ends so. At the start each of the four
numbers is drawn between -0.1 and 0.1. Who forfeits scores minus the step limit.

Source: Sutton (1996); formulas and limits as Gymnasium's Acrobot-v1, the book's dynamics.",
    seat_count: 1,
    information: Information::Perfect,
    parameters: &[ParameterSpec {
        name: "step-limit",
        meaning: "steps in a match at most",
        min: 1,
        max: 10_000,
        default: 500,
    }],
    data: None,
    packed_layout: "\
bits  0-15  angle of the upper link, -pi to pi
bits 16-31  angle of the lower link, -pi to pi
bits 32-47  speed of the upper, -4 pi to 4 pi
bits 48-63  speed of the lower, -9 pi to 9 pi
A number v from a to b is floor((v - a) / (b - a) * 65535).",
    observation_layout: "\
bytes  0-1   steps taken, u16
bytes  2-9   angle of the upper link in radians, 0 hanging, f64
bytes 10-17  angle of the lower link against the upper, f64
bytes 18-25  speed of the upper, f64
bytes 26-33  speed of the lower, f64",
    tensor_planes: None,
    tensor_layout: "\
[6]: cosine and sine of the upper angle, cosine and sine of the lower, speed of the upper, of the
lower
This is the observation of Gymnasium's Acrobot-v1.",
};

const LENGTH: f64 = 1.0;
const MASS: f64 = 1.0;
/// Where a link has its centre of mass.
const CENTRE: f64 = 0.5;
const INERTIA: f64 = 1.0;
const GRAVITY: f64 = 9.8;
const SECONDS: f64 = 0.2;
const ANGLES: (f64, f64) = (-PI, PI);
const UPPER_SPEEDS: (f64, f64) = (-4.0 * PI, 4.0 * PI);
const LOWER_SPEEDS: (f64, f64) = (-9.0 * PI, 9.0 * PI);

/// The task; there is nothing to choose but the steps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Acrobot;

/// How fast each number changes under this torque.
fn rates(&[upper, lower, upper_speed, lower_speed]: &Numbers, torque: f64) -> Numbers {
    let (sine, cosine) = (libm::sin(lower), libm::cos(lower));
    let square = |number: f64| number * number;
    let reach = square(LENGTH) + square(CENTRE) + 2.0 * LENGTH * CENTRE * cosine;
    let d1 = MASS * square(CENTRE) + MASS * reach + INERTIA + INERTIA;
    let d2 = MASS * (square(CENTRE) + LENGTH * CENTRE * cosine) + INERTIA;
    let phi2 = MASS * CENTRE * GRAVITY * libm::cos(upper + lower - PI / 2.0);
    let phi1 = -MASS * LENGTH * CENTRE * square(lower_speed) * sine
        - 2.0 * MASS * LENGTH * CENTRE * lower_speed * upper_speed * sine
        + (MASS * CENTRE + MASS * LENGTH) * GRAVITY * libm::cos(upper - PI / 2.0)
        + phi2;
    let swing = MASS * LENGTH * CENTRE * square(upper_speed) * sine;
    let lower_gain = (torque + d2 / d1 * phi1 - swing - phi2)
        / (MASS * square(CENTRE) + INERTIA - square(d2) / d1);
    let upper_gain = -(d2 * lower_gain + phi1) / d1;
    [upper_speed, lower_speed, upper_gain, lower_gain]
}

/// The numbers after `seconds` at these rates.
fn moved(numbers: &Numbers, rates: &Numbers, seconds: f64) -> Numbers {
    core::array::from_fn(|i| numbers[i] + seconds * rates[i])
}

/// The angle within a half turn to either side.
fn within_a_turn(mut angle: f64) -> f64 {
    while angle > PI {
        angle -= 2.0 * PI;
    }
    while angle < -PI {
        angle += 2.0 * PI;
    }
    angle
}

impl Task for Acrobot {
    fn descriptor() -> &'static Descriptor {
        &DESCRIPTOR
    }

    const NAMES: &'static [&'static str] = &["left", "none", "right"];
    const RESET: &'static [(f64, f64)] = &[(-0.1, 0.1); 4];

    fn new(_parameters: &[u64]) -> Self {
        Self
    }

    fn advance(&self, numbers: &Numbers, action: u64) -> Numbers {
        let torque = action as f64 - 1.0;
        let k1 = rates(numbers, torque);
        let k2 = rates(&moved(numbers, &k1, SECONDS / 2.0), torque);
        let k3 = rates(&moved(numbers, &k2, SECONDS / 2.0), torque);
        let k4 = rates(&moved(numbers, &k3, SECONDS), torque);
        let sum: Numbers = core::array::from_fn(|i| k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
        let [upper, lower, upper_speed, lower_speed] = moved(numbers, &sum, SECONDS / 6.0);
        [
            within_a_turn(upper),
            within_a_turn(lower),
            upper_speed.clamp(UPPER_SPEEDS.0, UPPER_SPEEDS.1),
            lower_speed.clamp(LOWER_SPEEDS.0, LOWER_SPEEDS.1),
        ]
    }

    fn is_over(&[upper, lower, ..]: &Numbers) -> bool {
        -libm::cos(upper) - libm::cos(lower + upper) > 1.0
    }

    fn is_possible(moment: &Moment) -> bool {
        let ranges = [ANGLES, ANGLES, UPPER_SPEEDS, LOWER_SPEEDS];
        moment.numbers.iter().zip(ranges).all(|(&number, range)| is_within(number, range))
    }

    fn score(moment: &Moment) -> Score {
        Score::from(Self::is_over(&moment.numbers)) - Score::from(moment.step)
    }

    fn score_range(step_limit: u16) -> (Score, Score) {
        (-Score::from(step_limit), 0)
    }

    fn observed(&[upper, lower, upper_speed, lower_speed]: &Numbers) -> Vec<f64> {
        let sides = |angle: f64| [libm::cos(angle), libm::sin(angle)];
        [sides(upper), sides(lower), [upper_speed, lower_speed]].concat()
    }

    fn packed(&[upper, lower, upper_speed, lower_speed]: &Numbers, _steps_left: u16) -> u64 {
        in_bits(upper, ANGLES, 16)
            | in_bits(lower, ANGLES, 16) << 16
            | in_bits(upper_speed, UPPER_SPEEDS, 16) << 32
            | in_bits(lower_speed, LOWER_SPEEDS, 16) << 48
    }

    fn words(&[upper, lower, upper_speed, lower_speed]: &Numbers) -> String {
        format!("upper {upper:.4} at {upper_speed:.4}, lower {lower:.4} at {lower_speed:.4}")
    }

    fn draw(&[upper, lower, ..]: &Numbers, drawing: &mut Drawing) {
        let end = |angle: f64| (libm::sin(angle) * 36.0, libm::cos(angle) * 36.0);
        let ((x1, y1), (x2, y2)) = (end(upper), end(upper + lower));
        let (joint, tip) = ((x1 as i32, y1 as i32), ((x1 + x2) as i32, (y1 + y2) as i32));
        drawing.path("line", "M-100 -36L100 -36", (120, 80));
        let upper_link = format!("M0 0L{} {}", joint.0, joint.1);
        let lower_link = format!("M{} {}L{} {}", joint.0, joint.1, tip.0, tip.1);
        drawing.path("first stroke", &upper_link, (120, 80));
        drawing.path("second stroke", &lower_link, (120, 80));
    }
}
