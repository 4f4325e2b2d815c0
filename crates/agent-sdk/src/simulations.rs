//! What an agent sees of the simulations: SPEC.md section 8.10.
//!
//! One type for each System, with its numbers in floating point. It is made of the packed
//! observation, which rounds the numbers to 16 or 24 bits each, or of the full one, which has them
//! exactly: enough to compute the next state bit for bit. Fields are in the units of the formulas:
//! radians, and changes in a second, but for [`MountainCar`], whose speed is a change in a step.

use core::f64::consts::PI;

use crate::observation::{Observation, u64_at};

/// The length of the longest full observation of a simulation, in bytes.
pub const OBSERVATION_BYTES_MAX: usize = 2 + 4 * 8;

/// What an agent sees of `cartpole`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CartPole {
    /// Where the cart is; the middle is 0, and the line ends at -2.4 and 2.4.
    pub place: f64,
    /// How fast the cart rolls to the right.
    pub speed: f64,
    /// How far the pole leans to the right.
    pub angle: f64,
    /// How fast it turns to the right.
    pub turning: f64,
}

impl CartPole {
    /// The exact numbers.
    ///
    /// # Panics
    /// When the observation is shorter than one of `cartpole`.
    pub fn new(seen: Observation<'_>) -> Self {
        let [place, speed, angle, turning] = numbers(seen);
        Self { place, speed, angle, turning }
    }
}

impl From<u64> for CartPole {
    /// The numbers as the packed observation has them.
    fn from(packed: u64) -> Self {
        Self {
            place: rounded::<16>(packed, (-2.4, 2.4)),
            speed: rounded::<16>(packed >> 16, (-4.0, 4.0)),
            angle: rounded::<16>(packed >> 32, (-0.21, 0.21)),
            turning: rounded::<16>(packed >> 48, (-4.0, 4.0)),
        }
    }
}

/// What an agent sees of `mountain-car`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MountainCar {
    /// Where the car is, from -1.2 to 0.6; the goal is at 0.5.
    pub place: f64,
    /// How far the car rolls to the right in a step.
    pub speed: f64,
    /// How many steps are left until the step limit, this one included.
    pub steps_left: u16,
}

impl MountainCar {
    /// The exact numbers.
    ///
    /// # Panics
    /// When the observation is shorter than one of `mountain-car`.
    pub fn new(seen: Observation<'_>) -> Self {
        let [place, speed] = numbers(seen);
        Self { place, speed, steps_left: steps_left(seen.packed) }
    }
}

impl From<u64> for MountainCar {
    /// The numbers as the packed observation has them.
    fn from(packed: u64) -> Self {
        Self {
            place: rounded::<24>(packed, (-1.2, 0.6)),
            speed: rounded::<24>(packed >> 24, (-0.07, 0.07)),
            steps_left: steps_left(packed),
        }
    }
}

/// What an agent sees of `acrobot`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Acrobot {
    /// The angle of the upper link, 0 hanging down.
    pub upper: f64,
    /// The angle of the lower link from the upper one, 0 in one line with it.
    pub lower: f64,
    /// How fast the upper link turns.
    pub upper_turning: f64,
    /// How fast the lower link turns against the upper one.
    pub lower_turning: f64,
}

impl Acrobot {
    /// The exact numbers.
    ///
    /// # Panics
    /// When the observation is shorter than one of `acrobot`.
    pub fn new(seen: Observation<'_>) -> Self {
        let [upper, lower, upper_turning, lower_turning] = numbers(seen);
        Self { upper, lower, upper_turning, lower_turning }
    }
}

impl From<u64> for Acrobot {
    /// The numbers as the packed observation has them.
    fn from(packed: u64) -> Self {
        Self {
            upper: rounded::<16>(packed, (-PI, PI)),
            lower: rounded::<16>(packed >> 16, (-PI, PI)),
            upper_turning: rounded::<16>(packed >> 32, (-4.0 * PI, 4.0 * PI)),
            lower_turning: rounded::<16>(packed >> 48, (-9.0 * PI, 9.0 * PI)),
        }
    }
}

/// What an agent sees of `pendulum`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pendulum {
    /// The angle from upright, between -π and π.
    pub angle: f64,
    /// How fast it turns.
    pub turning: f64,
    /// How many steps are left, this one included.
    pub steps_left: u16,
}

impl Pendulum {
    /// The exact numbers; of the angle, the whole turns are left out.
    ///
    /// # Panics
    /// When the observation is shorter than one of `pendulum`.
    pub fn new(seen: Observation<'_>) -> Self {
        let [angle, turning] = numbers(seen);
        let rest = (angle + PI) % (2.0 * PI);
        let rest = if rest < 0.0 { rest + 2.0 * PI } else { rest };
        Self { angle: rest - PI, turning, steps_left: steps_left(seen.packed) }
    }
}

impl From<u64> for Pendulum {
    /// The numbers as the packed observation has them.
    fn from(packed: u64) -> Self {
        Self {
            angle: rounded::<24>(packed, (-PI, PI)),
            turning: rounded::<24>(packed >> 24, (-8.0, 8.0)),
            steps_left: steps_left(packed),
        }
    }
}

/// A push to one of the sides or none, and the action for it, in `mountain-car` and `acrobot`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Push {
    /// Against the direction in which numbers grow.
    Left = 0,
    /// Leaves it to itself.
    None = 1,
    /// In the direction in which numbers grow.
    Right = 2,
}

impl Push {
    /// All three, in the order of their actions.
    pub const ALL: [Self; 3] = [Self::Left, Self::None, Self::Right];

    /// The push that speeds up what moves at `speed`; to the right where it stands still.
    pub fn along(speed: f64) -> Self {
        if speed < 0.0 { Self::Left } else { Self::Right }
    }
}

impl From<Push> for u64 {
    fn from(push: Push) -> Self {
        push as Self
    }
}

/// A push to one of the sides, and the action for it, in `cartpole`, where the cart never rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Side {
    /// To the left.
    Left = 0,
    /// To the right.
    Right = 1,
}

impl Side {
    /// The side on which the number is: the left one where it is negative.
    pub fn of(number: f64) -> Self {
        if number < 0.0 { Self::Left } else { Self::Right }
    }
}

impl From<Side> for u64 {
    fn from(side: Side) -> Self {
        side as Self
    }
}

/// The middle of what a number of `BITS` bits stands for between the bounds.
fn rounded<const BITS: u32>(packed: u64, (low, high): (f64, f64)) -> f64 {
    let most = (1u64 << BITS) - 1;
    let steps = (packed & most) as f64 + 0.5;
    (low + (high - low) * (steps / most as f64)).min(high)
}

/// The first numbers of a full observation, behind the steps taken.
fn numbers<const COUNT: usize>(seen: Observation<'_>) -> [f64; COUNT] {
    core::array::from_fn(|i| f64::from_bits(u64_at(seen.bytes, 2 + 8 * i)))
}

/// The steps left in a packed observation that has them.
const fn steps_left(packed: u64) -> u16 {
    (packed >> 48) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_read_from_its_own_bits_as_the_middle_of_its_step() {
        let seen = CartPole::from(0xffff_0000_ffff_0000);
        assert!(seen.place > -2.4 && seen.place < -2.399);
        assert_eq!((seen.speed, seen.turning), (4.0, 4.0));
        assert!(seen.angle < -0.2099 && seen.angle > -0.21);
        let seen = MountainCar::from(199 << 48 | 0xff_ffff << 24);
        assert!(seen.place > -1.2 && seen.place < -1.199_999);
        assert_eq!((seen.speed, seen.steps_left), (0.07, 199));
    }

    #[test]
    fn a_push_along_a_speed_has_its_direction() {
        assert_eq!([-0.1, 0.0, 0.1].map(Push::along), [Push::Left, Push::Right, Push::Right]);
        assert_eq!([-0.1, 0.1].map(Side::of), [Side::Left, Side::Right]);
    }
}
