//! The car in the valley: too weak to climb out at once, so it has to swing.

use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

use nets_core::{Descriptor, Information, ParameterSpec, Score};

use super::number::{in_bits, is_within};
use super::{Moment, Numbers, Task};
use crate::drawing::Drawing;

/// The facts of the car in the valley.
pub(crate) static DESCRIPTOR: Descriptor = Descriptor {
    name: "mountain-car",
    version: 1,
    summary: "A weak car in a valley: swing until it gets up the hill.",
    rules: "\
A car stands in a valley whose height at place p is like sin(3p). Each step pushes it to the left,
not at all, or to the right: the speed grows by 0.001 times the push minus 0.0025 cos(3p) and is
kept within 0.07, then the place grows by the speed and is kept between -1.2 and 0.6; at the left
end the car stops. It is over when the car is at 0.5 or beyond, or the steps are used up. The score
is minus the steps. At the start the place is drawn between -0.6 and -0.4 and the speed is 0. Who
forfeits scores minus the step limit.

Source: Moore (1990); formulas and limits as Gymnasium's MountainCar-v0.",
    seat_count: 1,
    information: Information::Perfect,
    parameters: &[ParameterSpec {
        name: "step-limit",
        meaning: "steps in a match at most",
        min: 1,
        max: 10_000,
        default: 200,
    }],
    data: None,
    packed_layout: "\
bits  0-23  place of the car, -1.2 to 0.6
bits 24-47  its speed, -0.07 to 0.07
bits 48-63  steps left
A number v from a to b is floor((v - a) / (b - a) * 16777215).",
    observation_layout: "\
bytes  0-1   steps taken, u16
bytes  2-9   place of the car, f64
bytes 10-17  its speed, f64",
    tensor_planes: None,
    tensor_layout: "\
[2]: place of the car, its speed
This is the observation of Gymnasium's MountainCar-v0.",
};

const PUSH: f64 = 0.001;
const GRAVITY: f64 = 0.0025;
const SPEEDS: (f64, f64) = (-0.07, 0.07);
const PLACES: (f64, f64) = (-1.2, 0.6);
const GOAL: f64 = 0.5;

/// The task; there is nothing to choose but the steps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MountainCar;

impl Task for MountainCar {
    fn descriptor() -> &'static Descriptor {
        &DESCRIPTOR
    }

    const NAMES: &'static [&'static str] = &["left", "none", "right"];
    const RESET: &'static [(f64, f64)] = &[(-0.6, -0.4), (0.0, 0.0)];

    fn new(_parameters: &[u64]) -> Self {
        Self
    }

    fn advance(&self, &[place, speed, ..]: &Numbers, action: u64) -> Numbers {
        let push = (action as f64 - 1.0) * PUSH;
        let speed = speed + (push + libm::cos(3.0 * place) * -GRAVITY);
        let speed = speed.clamp(SPEEDS.0, SPEEDS.1);
        let place = (place + speed).clamp(PLACES.0, PLACES.1);
        let stops = place == PLACES.0 && speed < 0.0;
        [place, if stops { 0.0 } else { speed }, 0.0, 0.0]
    }

    fn is_over(&[place, speed, ..]: &Numbers) -> bool {
        place >= GOAL && speed >= 0.0
    }

    fn is_possible(moment: &Moment) -> bool {
        let [place, speed, ..] = moment.numbers;
        let stops = place == PLACES.0 && speed < 0.0;
        is_within(place, PLACES) && is_within(speed, SPEEDS) && !stops
    }

    fn score(moment: &Moment) -> Score {
        -Score::from(moment.step)
    }

    fn score_range(step_limit: u16) -> (Score, Score) {
        (-Score::from(step_limit), 0)
    }

    fn observed(&[place, speed, ..]: &Numbers) -> Vec<f64> {
        vec![place, speed]
    }

    fn packed(&[place, speed, ..]: &Numbers, steps_left: u16) -> u64 {
        in_bits(place, PLACES, 24) | in_bits(speed, SPEEDS, 24) << 24 | u64::from(steps_left) << 48
    }

    fn words(&[place, speed, ..]: &Numbers) -> String {
        format!("car {place:.4} at {speed:.5}")
    }

    fn draw(&[place, ..]: &Numbers, drawing: &mut Drawing) {
        let at = |place: f64| {
            let height = libm::sin(3.0 * place) * 55.0;
            ((place - PLACES.0) * 120.0, 85.0 - height)
        };
        let mut hill = String::from("M");
        for part in 0..=36 {
            let (x, y) = at(PLACES.0 + f64::from(part) * 0.05);
            let next = if part == 0 { "" } else { "L" };
            hill.push_str(&format!("{next}{} {}", x as i32, y as i32));
        }
        drawing.path("line", &hill, (12, 0));
        let (x, y) = at(GOAL);
        drawing.path("second stroke", "M0 -6L0 -28", (12 + x as i32, y as i32));
        let (x, y) = at(place);
        drawing.circle("first", (12 + x as i32, y as i32 - 7), 7);
    }
}
