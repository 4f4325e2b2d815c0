//! What an agent sees of `rps`, rock-paper-scissors: SPEC.md section 8.2.
//!
//! [`Packed`] leaves out nothing but the points; [`Record`] has them too.

use crate::observation::{Observation, u16_at, u32_at};

/// The length of the full observation, in bytes.
pub const OBSERVATION_BYTES_MAX: usize = 12;

/// A throw, and the action for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Throw {
    /// Beats scissors.
    Rock = 0,
    /// Beats rock.
    Paper = 1,
    /// Beats paper.
    Scissors = 2,
}

impl Throw {
    /// All three, in the order of their actions; each is beaten by the next one, in a circle.
    pub const ALL: [Self; 3] = [Self::Rock, Self::Paper, Self::Scissors];

    /// The throw that beats this one.
    #[must_use]
    pub const fn beaten_by(self) -> Self {
        Self::ALL[(self as usize + 1) % 3]
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Rock),
            1 => Some(Self::Paper),
            2 => Some(Self::Scissors),
            _ => None,
        }
    }
}

impl From<Throw> for u64 {
    fn from(throw: Throw) -> Self {
        throw as Self
    }
}

/// The packed observation, seen from the agent's own seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed(u64);

impl Packed {
    /// The view of the number that `decide` is called with.
    pub const fn new(bits: u64) -> Self {
        Self(bits)
    }

    /// The number itself.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// How many throws each has made.
    pub const fn throws_played(self) -> u16 {
        self.0 as u16
    }

    /// How many are left, this one included.
    pub const fn throws_left(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// The agent's own last throw; none before the first.
    pub const fn own_last(self) -> Option<Throw> {
        Throw::from_byte((self.0 >> 32) as u8 & 3)
    }

    /// The opponent's last throw; none before the first.
    pub const fn their_last(self) -> Option<Throw> {
        Throw::from_byte((self.0 >> 34) as u8 & 3)
    }
}

impl From<u64> for Packed {
    fn from(bits: u64) -> Self {
        Self(bits)
    }
}

/// The full observation, turned so that the agent's own half comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// How many throws each has made.
    pub throws_played: u16,
    /// The agent's own points.
    pub own_points: u32,
    /// The opponent's points.
    pub their_points: u32,
    /// The agent's own last throw; none before the first.
    pub own_last: Option<Throw>,
    /// The opponent's last throw; none before the first.
    pub their_last: Option<Throw>,
}

impl Record {
    /// Reads an observation.
    ///
    /// # Panics
    /// When the observation is of another System than `rps`.
    pub fn new(seen: Observation<'_>) -> Self {
        let bytes = seen.bytes;
        assert!(bytes.len() == OBSERVATION_BYTES_MAX, "not an observation of rock-paper-scissors");
        let (own, their) = if seen.seat == 0 { (0, 1) } else { (1, 0) };
        Self {
            throws_played: u16_at(bytes, 0),
            own_points: u32_at(bytes, 2 + 4 * own),
            their_points: u32_at(bytes, 2 + 4 * their),
            own_last: Throw::from_byte(bytes[10 + own]),
            their_last: Throw::from_byte(bytes[10 + their]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_read_from_its_own_bits() {
        let seen = Packed::new(0b0100 << 32 | 93 << 16 | 7);
        assert_eq!((seen.throws_played(), seen.throws_left()), (7, 93));
        assert_eq!((seen.own_last(), seen.their_last()), (Some(Throw::Rock), Some(Throw::Paper)));
        assert_eq!(Packed::new(0xf << 32).own_last(), None);
    }

    #[test]
    fn each_throw_is_beaten_by_another_in_a_circle() {
        assert_eq!(Throw::Rock.beaten_by(), Throw::Paper);
        assert_eq!(Throw::Paper.beaten_by(), Throw::Scissors);
        assert_eq!(Throw::Scissors.beaten_by(), Throw::Rock);
    }
}
