//! Swings as well, but looks ahead whether to bend early or late.
//!
//! It knows the rules, and plays three plans to the end in its head: to go on swinging, or to bend
//! to one side for a while first. It begins the shortest.

use core::f64::consts::FRAC_PI_2;

use nets_agent_sdk::simulations::{Acrobot, Push};

use crate::swinging::against_the_swing;

/// For how many steps a plan bends to one side.
const BEND_STEPS: u16 = 4;

/// A plan that takes as long as this is given up.
const LENGTH_MAX: u16 = 150;

/// The torque to apply.
pub fn decide(seen: Acrobot) -> Push {
    let links = Links([seen.upper, seen.lower, seen.upper_turning, seen.lower_turning]);
    let swinging = against_the_swing(seen.upper_turning);
    let mut best = (links.steps_to_end((swinging, 0), LENGTH_MAX), swinging);
    for side in [Push::Left, Push::Right] {
        let length = links.steps_to_end((side, BEND_STEPS), best.0);
        if length < best.0 {
            best = (length, side);
        }
    }
    best.1
}

/// Two links to think with: the angles of the upper and the lower one, then how fast they turn.
#[derive(Clone, Copy)]
struct Links([f64; 4]);

impl Links {
    /// How long it takes to bend to one side for some steps and then against the swing, until the
    /// end or until `most` steps.
    fn steps_to_end(mut self, (side, steps): (Push, u16), most: u16) -> u16 {
        for step in 0..most {
            let [upper, lower, turning, _] = self.0;
            if -libm::cos(upper) - libm::cos(upper + lower) > 1.0 {
                return step;
            }
            self = self.after(if step < steps { side } else { against_the_swing(turning) });
        }
        most
    }

    /// A step as in SPEC.md section 8.10.3, without the bounds of the numbers.
    fn after(self, push: Push) -> Self {
        let torque = f64::from(push as u8) - 1.0;
        let k1 = self.rates(torque);
        let k2 = self.moved(k1, 0.1).rates(torque);
        let k3 = self.moved(k2, 0.1).rates(torque);
        let k4 = self.moved(k3, 0.2).rates(torque);
        let mean = |i: usize| (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]) / 6.0;
        self.moved(core::array::from_fn(mean), 0.2)
    }

    fn moved(self, rates: [f64; 4], seconds: f64) -> Self {
        Self(core::array::from_fn(|i| self.0[i] + seconds * rates[i]))
    }

    /// How fast each number changes.
    fn rates(self, torque: f64) -> [f64; 4] {
        let [upper, lower, turning, lower_turning] = self.0;
        let (sine, cosine) = (libm::sin(lower), libm::cos(lower));
        let d1 = 3.5 + cosine;
        let d2 = 1.25 + 0.5 * cosine;
        let h2 = 4.9 * libm::cos(upper + lower - FRAC_PI_2);
        let h1 = 14.7 * libm::cos(upper - FRAC_PI_2) + h2
            - lower_turning * (0.5 * lower_turning + turning) * sine;
        let swing = 0.5 * turning * turning * sine;
        let lower_gain = (torque + d2 / d1 * h1 - swing - h2) / (1.25 - d2 * d2 / d1);
        [turning, lower_turning, -(d2 * lower_gain + h1) / d1, lower_gain]
    }
}
