//! Swings up as well, but plans where to turn round.
//!
//! It knows the rules. Each plan is to push to one side for some steps and then along the speed;
//! the agent plays all of them to the goal in its head and begins the shortest.

use nets_agent_sdk::simulations::{MountainCar, Push};

/// The most steps for which a plan pushes to one side.
const STEPS_MAX: u16 = 40;

/// A plan that takes as long as this is given up.
const LENGTH_MAX: u16 = 200;

/// The push to make.
pub fn decide(seen: MountainCar) -> Push {
    let car = Car { place: seen.place, speed: seen.speed };
    let swinging = Push::along(seen.speed);
    let mut best = (car.steps_to_goal((swinging, 0), LENGTH_MAX), swinging);
    for side in [Push::Left, Push::Right] {
        for steps in 1..=STEPS_MAX {
            let length = car.steps_to_goal((side, steps), best.0);
            if length < best.0 {
                best = (length, side);
            }
        }
    }
    best.1
}

/// A car to think with.
#[derive(Clone, Copy)]
struct Car {
    place: f64,
    speed: f64,
}

impl Car {
    /// How long it takes to push to one side for some steps and then along the speed, until the
    /// goal or until `most` steps.
    fn steps_to_goal(mut self, (side, steps): (Push, u16), most: u16) -> u16 {
        for step in 0..most {
            if self.place >= 0.5 && self.speed >= 0.0 {
                return step;
            }
            self.push(if step < steps { side } else { Push::along(self.speed) });
        }
        most
    }

    /// A step as in SPEC.md section 8.10.2.
    fn push(&mut self, push: Push) {
        let force = (f64::from(push as u8) - 1.0) * 0.001;
        let speed = self.speed + force - 0.0025 * libm::cos(3.0 * self.place);
        self.speed = speed.clamp(-0.07, 0.07);
        self.place = (self.place + self.speed).clamp(-1.2, 0.6);
        if self.place == -1.2 && self.speed < 0.0 {
            self.speed = 0.0;
        }
    }
}
