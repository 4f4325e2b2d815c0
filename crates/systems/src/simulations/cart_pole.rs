//! The pole on a cart: push left or right, and keep the pole up.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use nets_core::{Descriptor, Information, ParameterSpec, Score};

use super::number::{in_bits, is_within};
use super::{Moment, Numbers, Task};
use crate::drawing::Drawing;

/// The facts of the pole on a cart.
pub(crate) static DESCRIPTOR: Descriptor = Descriptor {
    name: "cartpole",
    version: 1,
    summary: "A pole on a cart: push left or right, and keep it up.",
    rules: "\
A pole stands on a cart that rolls on a line. Each step pushes the cart with a force of 10 to the
left or to the right and moves on by 0.02 seconds (Euler's method: places by the old speeds, speeds
by the old accelerations). It is over when the cart is farther than 2.4 from the middle, the pole
leans more than 12 degrees, or the steps are used up. The score is the steps. At the start each of
the four numbers is drawn between -0.05 and 0.05. Who forfeits scores 0.

Source: Barto, Sutton and Anderson (1983); formulas and limits as Gymnasium's CartPole-v1.",
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
bits  0-15  place of the cart, -2.4 to 2.4
bits 16-31  its speed, -4 to 4
bits 32-47  angle of the pole, -0.21 to 0.21
bits 48-63  its speed, -4 to 4
A number v from a to b is floor((v - a) / (b - a) * 65535), the next bound where it is outside.",
    observation_layout: "\
bytes  0-1   steps taken, u16
bytes  2-9   place of the cart, f64
bytes 10-17  its speed, f64
bytes 18-25  angle of the pole in radians, 0 upright, to the right positive, f64
bytes 26-33  its speed, f64",
    tensor_planes: None,
    tensor_layout: "\
[4]: place of the cart, its speed, angle of the pole, its speed
This is the observation of Gymnasium's CartPole-v1.",
};

const GRAVITY: f64 = 9.8;
const MASS_POLE: f64 = 0.1;
const MASS_TOTAL: f64 = MASS_POLE + 1.0;
/// Half the length of the pole.
const LENGTH: f64 = 0.5;
const MOMENT_POLE: f64 = MASS_POLE * LENGTH;
const FORCE: f64 = 10.0;
const SECONDS: f64 = 0.02;
const PLACE_MAX: f64 = 2.4;
/// Twelve degrees.
const ANGLE_MAX: f64 = 12.0 * 2.0 * core::f64::consts::PI / 360.0;
/// No speed is beyond this while it goes on: the cart would be off the line in one step.
const GOING: f64 = 1_000.0;
/// No number is beyond this after one step more.
const ENDED: f64 = 2_000.0;

/// The task; there is nothing to choose but the steps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CartPole;

impl Task for CartPole {
    fn descriptor() -> &'static Descriptor {
        &DESCRIPTOR
    }

    const NAMES: &'static [&'static str] = &["left", "right"];
    const RESET: &'static [(f64, f64)] = &[(-0.05, 0.05); 4];

    fn new(_parameters: &[u64]) -> Self {
        Self
    }

    fn advance(&self, numbers: &Numbers, action: u64) -> Numbers {
        let [place, speed, angle, turning] = *numbers;
        let force = if action == 1 { FORCE } else { -FORCE };
        let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
        let push = (force + MOMENT_POLE * (turning * turning) * sine) / MASS_TOTAL;
        let inertia = LENGTH * (4.0 / 3.0 - MASS_POLE * (cosine * cosine) / MASS_TOTAL);
        let turning_gain = (GRAVITY * sine - cosine * push) / inertia;
        let speed_gain = push - MOMENT_POLE * turning_gain * cosine / MASS_TOTAL;
        [
            place + SECONDS * speed,
            speed + SECONDS * speed_gain,
            angle + SECONDS * turning,
            turning + SECONDS * turning_gain,
        ]
    }

    fn is_over(&[place, _, angle, _]: &Numbers) -> bool {
        !is_within(place, (-PLACE_MAX, PLACE_MAX)) || !is_within(angle, (-ANGLE_MAX, ANGLE_MAX))
    }

    fn is_possible(moment: &Moment) -> bool {
        let bound = if Self::is_over(&moment.numbers) { ENDED } else { GOING };
        moment.numbers.iter().all(|&number| is_within(number, (-bound, bound)))
    }

    fn score(moment: &Moment) -> Score {
        moment.step.into()
    }

    fn score_range(step_limit: u16) -> (Score, Score) {
        (0, step_limit.into())
    }

    fn observed(numbers: &Numbers) -> Vec<f64> {
        numbers.to_vec()
    }

    fn packed(&[place, speed, angle, turning]: &Numbers, _steps_left: u16) -> u64 {
        in_bits(place, (-PLACE_MAX, PLACE_MAX), 16)
            | in_bits(speed, (-4.0, 4.0), 16) << 16
            | in_bits(angle, (-0.21, 0.21), 16) << 32
            | in_bits(turning, (-4.0, 4.0), 16) << 48
    }

    fn words(&[place, speed, angle, turning]: &Numbers) -> String {
        format!("cart {place:.4} at {speed:.4}, pole {angle:.4} at {turning:.4}")
    }

    fn draw(&[place, _, angle, _]: &Numbers, drawing: &mut Drawing) {
        let x = 120 + (place * 45.0) as i32;
        let (tip_x, tip_y) = ((libm::sin(angle) * 90.0) as i32, (libm::cos(angle) * -90.0) as i32);
        drawing.path("line", "M-108 0L108 0", (120, 150));
        drawing.rect("accent", (x - 22, 122), (44, 24));
        drawing.path("second stroke", &format!("M0 0L{tip_x} {tip_y}"), (x, 122));
    }
}
