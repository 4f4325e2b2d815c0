//! The simulations once more, from SPEC.md's words: each step by itself, with this machine's sines.
//!
//! Sines may differ in the last bit from one library to the next, so numbers are compared within a
//! billionth, each step from the System's own state before it.

use nets_core::{Action, Chance, Ending, Score, Seat, Seed, State, Status};
use proptest::prelude::*;

use crate::pilots::number;

const PI: f64 = std::f64::consts::PI;

/// A simulation as SPEC.md tells it.
struct Model {
    name: &'static str,
    /// How many numbers a state has.
    count: usize,
    actions: u64,
    /// From where to where the numbers of the first state are.
    starts: &'static [(f64, f64)],
    next: fn(&[f64], f64) -> Vec<f64>,
    /// The force or torque of an action.
    force: fn(u64) -> f64,
    is_over: fn(&[f64]) -> bool,
    /// What a packed observation says: the number, its range and how many bits it has.
    packed: fn(&[f64], u64) -> u64,
    /// What a step from these numbers costs.
    cost: fn(&[f64], f64) -> f64,
}

fn cart_pole(s: &[f64], force: f64) -> Vec<f64> {
    let (sine, cosine) = s[2].sin_cos();
    let push = (force + 0.05 * s[3].powi(2) * sine) / 1.1;
    let lean = (9.8 * sine - cosine * push) / (0.5 * (4.0 / 3.0 - 0.1 * cosine.powi(2) / 1.1));
    let speed = push - 0.05 * lean * cosine / 1.1;
    vec![s[0] + 0.02 * s[1], s[1] + 0.02 * speed, s[2] + 0.02 * s[3], s[3] + 0.02 * lean]
}

fn mountain_car(s: &[f64], force: f64) -> Vec<f64> {
    let speed = (s[1] + 0.001 * force - 0.0025 * (3.0 * s[0]).cos()).clamp(-0.07, 0.07);
    let place = (s[0] + speed).clamp(-1.2, 0.6);
    vec![place, if place <= -1.2 { speed.max(0.0) } else { speed }]
}

fn acrobot_rates(s: &[f64], torque: f64) -> Vec<f64> {
    let d1 = 3.5 + s[1].cos();
    let d2 = 1.25 + 0.5 * s[1].cos();
    // The cosine of an angle less a quarter turn is its sine.
    let pull = 4.9 * (s[0] + s[1]).sin();
    let rest =
        -0.5 * s[3] * s[3] * s[1].sin() - s[3] * s[2] * s[1].sin() + 14.7 * s[0].sin() + pull;
    let lower =
        (torque + d2 / d1 * rest - 0.5 * s[2] * s[2] * s[1].sin() - pull) / (1.25 - d2 * d2 / d1);
    vec![s[2], s[3], -(d2 * lower + rest) / d1, lower]
}

fn acrobot(s: &[f64], torque: f64) -> Vec<f64> {
    let moved = |by: &[f64], seconds: f64| -> Vec<f64> {
        s.iter().zip(by).map(|(number, rate)| number + seconds * rate).collect()
    };
    let a = acrobot_rates(s, torque);
    let b = acrobot_rates(&moved(&a, 0.1), torque);
    let c = acrobot_rates(&moved(&b, 0.1), torque);
    let d = acrobot_rates(&moved(&c, 0.2), torque);
    let mean: Vec<_> = (0..4).map(|i| (a[i] + 2.0 * (b[i] + c[i]) + d[i]) / 6.0).collect();
    let end = moved(&mean, 0.2);
    let turned = |angle: f64| angle.sin().atan2(angle.cos());
    let kept = |speed: f64, most: f64| speed.clamp(-most, most);
    vec![turned(end[0]), turned(end[1]), kept(end[2], 4.0 * PI), kept(end[3], 9.0 * PI)]
}

fn pendulum(s: &[f64], torque: f64) -> Vec<f64> {
    let speed = (s[1] + 0.05 * (15.0 * s[0].sin() + 3.0 * torque)).clamp(-8.0, 8.0);
    vec![s[0] + 0.05 * speed, speed]
}

fn pendulum_cost(s: &[f64], torque: f64) -> f64 {
    let angle = s[0].sin().atan2(s[0].cos());
    angle * angle + s[1] * s[1] / 10.0 + torque * torque / 1000.0
}

/// The step of `2^bits` from `-most` to `most` at or below the number.
fn even(number: f64, most: f64, bits: i32) -> u64 {
    let share = (number.clamp(-most, most) + most) / (2.0 * most);
    (share * (2f64.powi(bits) - 1.0)).floor() as u64
}

const MODELS: [Model; 4] = [
    Model {
        name: "cartpole",
        count: 4,
        actions: 2,
        starts: &[(-0.05, 0.05); 4],
        next: cart_pole,
        force: |action| if action == 0 { -10.0 } else { 10.0 },
        is_over: |s| s[0].abs() > 2.4 || s[2].abs() > 12f64.to_radians(),
        packed: |s, _| {
            even(s[0], 2.4, 16)
                + (even(s[1], 4.0, 16) << 16)
                + (even(s[2], 0.21, 16) << 32)
                + (even(s[3], 4.0, 16) << 48)
        },
        cost: |_, _| 0.0,
    },
    Model {
        name: "mountain-car",
        count: 2,
        actions: 3,
        starts: &[(-0.6, -0.4), (0.0, 0.0)],
        next: mountain_car,
        force: |action| action as f64 - 1.0,
        is_over: |s| s[0] >= 0.5 && s[1] >= 0.0,
        packed: |s, left| even(s[0] + 0.3, 0.9, 24) + (even(s[1], 0.07, 24) << 24) + (left << 48),
        cost: |_, _| 0.0,
    },
    Model {
        name: "acrobot",
        count: 4,
        actions: 3,
        starts: &[(-0.1, 0.1); 4],
        next: acrobot,
        force: |action| action as f64 - 1.0,
        is_over: |s| -s[0].cos() - (s[0] + s[1]).cos() > 1.0,
        packed: |s, _| {
            even(s[0], PI, 16)
                + (even(s[1], PI, 16) << 16)
                + (even(s[2], 4.0 * PI, 16) << 32)
                + (even(s[3], 9.0 * PI, 16) << 48)
        },
        cost: |_, _| 0.0,
    },
    Model {
        name: "pendulum",
        count: 2,
        actions: 21,
        starts: &[(-PI, PI), (-1.0, 1.0)],
        next: pendulum,
        force: |action| (action as f64 - 10.0) / 5.0,
        is_over: |_| false,
        packed: |s, left| {
            let angle = s[0].sin().atan2(s[0].cos());
            even(angle, PI, 24) + (even(s[1], 8.0, 24) << 24) + (left << 48)
        },
        cost: pendulum_cost,
    },
];

impl Model {
    fn numbers(&self, state: &dyn State) -> Vec<f64> {
        let seen = state.observation(Seat(0));
        (0..self.count).map(|index| number(&seen, index)).collect()
    }

    /// Whether two packed observations differ by one step of a number at most, as rounding may have
    /// it.
    fn is_packed(&self, ours: u64, theirs: u64) -> bool {
        let widths: &[u32] = if self.count == 4 { &[16; 4] } else { &[24, 24, 16] };
        let mut shift = 0;
        widths.iter().all(|&width| {
            let part = |packed: u64| packed >> shift & ((1 << width) - 1);
            let (ours, theirs) = (part(ours), part(theirs));
            shift += width;
            ours.abs_diff(theirs) <= 1
        })
    }

    fn compare(&self, seed: [u8; 32], choices: &[u8], limit: u64) -> Result<(), TestCaseError> {
        let system = crate::system(self.name, &[("step-limit", limit)]);
        let chance = Chance::from_seed(&Seed(seed));
        let mut state = system.start(chance);
        let starts = self.numbers(&*state).into_iter().zip(self.starts);
        for (event, (number, &(low, high))) in (0..).zip(starts) {
            let share = chance.draw(event, 1 << 53) as f64 / 2f64.powi(53);
            prop_assert!((number - low - (high - low) * share).abs() < 1e-15);
        }
        let (mut step, mut cost) = (0, 0.0);
        let mut choices = choices.iter().cycle();
        while !matches!(state.status(), Status::Terminal(_)) {
            let before = self.numbers(&*state);
            let packed = state.packed_observation(Seat(0));
            let expected = (self.packed)(&before, limit - step);
            prop_assert!(self.is_packed(packed, expected), "{packed:x} {expected:x}");
            let action = u64::from(*choices.next().unwrap()) % self.actions;
            state.step(&[Action(action)]).unwrap();
            step += 1;
            cost += (self.cost)(&before, (self.force)(action));
            let expected = (self.next)(&before, (self.force)(action));
            let after = self.numbers(&*state);
            for (ours, theirs) in after.iter().zip(&expected) {
                prop_assert!((ours - theirs).abs() < 1e-9, "{after:?} {expected:?}");
            }
            let is_over = (self.is_over)(&after);
            let ending = if is_over { Ending::Finished } else { Ending::StepLimit };
            let ends = is_over || step == limit;
            prop_assert_eq!(state.status() == Status::Terminal(ending), ends);
            let score = state.scores()[0];
            match self.name {
                "cartpole" => prop_assert_eq!(score, step as Score),
                "mountain-car" => prop_assert_eq!(score, -(step as Score)),
                "acrobot" => prop_assert_eq!(score, Score::from(is_over) - step as Score),
                _ => {
                    // Each step rounds the cost down, by less than one.
                    let spared = score as f64 + cost * 1e6;
                    prop_assert!((-0.01..=step as f64).contains(&spared), "{spared}");
                }
            }
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn simulations_are_what_their_models_say(
        seed: [u8; 32],
        choices in prop::collection::vec(any::<u8>(), 1..50),
        limit in 1u64..120,
    ) {
        for model in &MODELS {
            model.compare(seed, &choices, limit)?;
        }
    }
}
