//! The pendulum: swing it up with a weak torque and hold it there.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};
use core::f64::consts::PI;

use nets_core::{Action, Descriptor, Information, ParameterSpec, Score};

use super::number::{in_bits, is_within};
use super::{Moment, Numbers, Task};
use crate::drawing::Drawing;

/// The facts of the pendulum.
pub(crate) static DESCRIPTOR: Descriptor = Descriptor {
    name: "pendulum",
    version: 1,
    summary: "A pendulum and a weak torque: swing it up and hold it there.",
    rules: "\
A rod of length 1 hangs from a joint with a torque. Action a of n levels is the torque
-2 + 4 a / (n - 1); an odd number of levels has a zero torque in the middle. Each step moves on by
0.05 seconds: the speed by the torque and gravity, kept within 8, then the angle by the new speed.
A step costs the square of the angle from upright, plus a tenth of the square of the speed, plus a
thousandth of the square of the torque, all before it, in millionths rounded down. It is over when
the steps are used up. The score is minus the cost in millionths. At the start the angle is drawn
between -pi and pi, the speed between -1 and 1. Who forfeits scores minus 16273605 for each step of
the match, more than any step costs.

Source: formulas and limits as Gymnasium's Pendulum-v1, its torque in levels.",
    seat_count: 1,
    information: Information::Perfect,
    parameters: &[
        ParameterSpec {
            name: "step-limit",
            meaning: "steps in a match",
            min: 1,
            max: 10_000,
            default: 200,
        },
        ParameterSpec {
            name: "levels",
            meaning: "levels of torque from -2 to 2",
            min: 3,
            max: 255,
            default: 21,
        },
    ],
    data: None,
    packed_layout: "\
bits  0-23  angle from upright, -pi to pi
bits 24-47  speed, -8 to 8
bits 48-63  steps left
A number v from a to b is floor((v - a) / (b - a) * 16777215).",
    observation_layout: "\
bytes  0-1   steps taken, u16
bytes  2-9   angle from upright in radians, whole turns included, f64
bytes 10-17  speed, f64
bytes 18-25  cost of the steps in millionths, u64",
    tensor_planes: None,
    tensor_layout: "\
[3]: cosine and sine of the angle, speed
This is the observation of Gymnasium's Pendulum-v1.",
};

const GRAVITY: f64 = 10.0;
const SECONDS: f64 = 0.05;
const TORQUE: f64 = 2.0;
const SPEEDS: (f64, f64) = (-8.0, 8.0);
/// No step costs more, in millionths: pi squared, 6.4 and 0.004.
const COST_MAX: u64 = 16_273_605;

/// The task with its levels of torque.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pendulum {
    levels: u8,
}

impl Pendulum {
    fn torque(&self, action: u64) -> f64 {
        -TORQUE + 2.0 * TORQUE * action as f64 / f64::from(self.levels - 1)
    }
}

/// The angle without whole turns, from -pi up to but not including pi.
fn from_upright(angle: f64) -> f64 {
    let turn = 2.0 * PI;
    let rest = libm::fmod(angle + PI, turn);
    let rest = if rest < 0.0 { rest + turn } else { rest };
    rest - PI
}

impl Task for Pendulum {
    fn descriptor() -> &'static Descriptor {
        &DESCRIPTOR
    }

    const NAMES: &'static [&'static str] = &[];
    const RESET: &'static [(f64, f64)] = &[(-PI, PI), (-1.0, 1.0)];
    const HAS_COST: bool = true;

    fn new(parameters: &[u64]) -> Self {
        Self { levels: parameters[1] as u8 }
    }

    fn action_count(&self) -> u64 {
        self.levels.into()
    }

    fn action_name(action: Action) -> String {
        action.to_string()
    }

    fn advance(&self, &[angle, speed, ..]: &Numbers, action: u64) -> Numbers {
        let pull = 3.0 * GRAVITY / 2.0 * libm::sin(angle);
        let speed = speed + (pull + 3.0 * self.torque(action)) * SECONDS;
        let speed = speed.clamp(SPEEDS.0, SPEEDS.1);
        [angle + speed * SECONDS, speed, 0.0, 0.0]
    }

    fn cost(&self, &[angle, speed, ..]: &Numbers, action: u64) -> u64 {
        let (angle, torque) = (from_upright(angle), self.torque(action));
        let cost = angle * angle + 0.1 * (speed * speed) + 0.001 * (torque * torque);
        // Cutting off what is behind the point rounds down, as a cost is never negative.
        ((cost * 1e6) as u64).min(COST_MAX)
    }

    fn is_possible(moment: &Moment) -> bool {
        let [angle, speed, ..] = moment.numbers;
        // It starts within pi and turns by 0.4 in a step at most.
        let turned = 4.0 + f64::from(moment.step);
        is_within(angle, (-turned, turned))
            && is_within(speed, SPEEDS)
            && moment.cost <= u64::from(moment.step) * COST_MAX
    }

    fn score(moment: &Moment) -> Score {
        -(moment.cost as Score)
    }

    fn score_range(step_limit: u16) -> (Score, Score) {
        (-Score::from(step_limit) * COST_MAX as Score, 0)
    }

    fn observed(&[angle, speed, ..]: &Numbers) -> Vec<f64> {
        vec![libm::cos(angle), libm::sin(angle), speed]
    }

    fn packed(&[angle, speed, ..]: &Numbers, steps_left: u16) -> u64 {
        in_bits(from_upright(angle), (-PI, PI), 24)
            | in_bits(speed, SPEEDS, 24) << 24
            | u64::from(steps_left) << 48
    }

    fn words(&[angle, speed, ..]: &Numbers) -> String {
        format!("angle {:.4} at {speed:.4}", from_upright(angle))
    }

    fn draw(&[angle, ..]: &Numbers, drawing: &mut Drawing) {
        let (x, y) = ((libm::sin(angle) * 60.0) as i32, (libm::cos(angle) * -60.0) as i32);
        drawing.path("first stroke", &format!("M0 0L{x} {y}"), (120, 80));
        drawing.circle("accent", (120, 80), 5);
    }
}
