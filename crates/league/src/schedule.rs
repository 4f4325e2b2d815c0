//! The schedule: a formula from a match's number to its entries and its seed.
//!
//! It is a formula, not a list, so that a contract can evaluate it for the one match in dispute.

use nets_core::Seed;
use thiserror::Error;

/// The most seats of a System that leagues play: agents meet in pairs, or play alone.
pub const SEATS_MAX: u8 = 2;

/// Terms that make no schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ScheduleError {
    /// Leagues have Systems of one or two seats.
    #[error("a league's System has 1 or 2 seats, got {0}")]
    SeatCount(u8),
    /// No matches, too many, or an odd number in a league of two seats.
    #[error("matches per round must be 1 to 64, and even where a System has two seats; got {0}")]
    MatchesPerRound(u16),
}

/// Who plays a match, and on which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// The entry in each seat, as many as the System has; none in the empty seat of a bye.
    pub seats: [Option<u32>; 2],
    /// The index from which the round seed makes the match seed.
    pub seed_index: u32,
}

/// The matches of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    seat_count: u8,
    matches_per_round: u32,
    entry_count: u32,
    /// Where the rotation of pairs starts, drawn from the round seed.
    offset: u64,
}

impl Schedule {
    /// The schedule of `entry_count` entries that play `matches_per_round` matches each.
    ///
    /// # Errors
    /// When the terms are outside what leagues allow.
    pub fn new(
        seat_count: u8,
        matches_per_round: u16,
        entry_count: u32,
        round_seed: &Seed,
    ) -> Result<Self, ScheduleError> {
        if !(1..=SEATS_MAX).contains(&seat_count) {
            return Err(ScheduleError::SeatCount(seat_count));
        }
        let is_odd_pair = seat_count == 2 && !matches_per_round.is_multiple_of(2);
        if !(1..=64).contains(&matches_per_round) || is_odd_pair {
            return Err(ScheduleError::MatchesPerRound(matches_per_round));
        }
        let word = u64::from_le_bytes(round_seed.0[..8].try_into().unwrap_or_default());
        let matches_per_round = u32::from(matches_per_round);
        let mut schedule = Self { seat_count, matches_per_round, entry_count, offset: 0 };
        if schedule.is_paired() {
            schedule.offset = word % schedule.cycle();
        }
        Ok(schedule)
    }

    fn is_paired(&self) -> bool {
        self.seat_count == 2 && self.entry_count >= 2
    }

    /// How many pairs there are in a turn: half the entries, rounded up.
    fn pairs_per_turn(&self) -> u32 {
        self.entry_count.div_ceil(2)
    }

    /// How many turns there are before pairs repeat: entries rounded up to even, less one.
    fn cycle(&self) -> u64 {
        u64::from(self.pairs_per_turn()) * 2 - 1
    }

    /// How many matches there are.
    pub fn match_count(&self) -> u32 {
        match self.seat_count {
            1 => self.entry_count * self.matches_per_round,
            _ if self.is_paired() => self.pairs_per_turn() * self.matches_per_round,
            _ => 0,
        }
    }

    /// How many matches each entry has.
    pub fn matches_per_entry(&self) -> u32 {
        if self.match_count() == 0 { 0 } else { self.matches_per_round }
    }

    /// Who plays match `index`; none beyond the last.
    pub fn pairing(&self, index: u32) -> Option<Pairing> {
        if index >= self.match_count() {
            return None;
        }
        if self.seat_count == 1 {
            let entry = index / self.matches_per_round;
            let seed_index = index % self.matches_per_round;
            return Some(Pairing { seats: [Some(entry), None], seed_index });
        }
        let pair_number = index / 2;
        let [first, second] = self.pair(pair_number);
        let seats = if index.is_multiple_of(2) { [first, second] } else { [second, first] };
        Some(Pairing { seats, seed_index: pair_number })
    }

    /// The circle method, by arithmetic: positions that add up to the turn's number meet, and the
    /// one that would meet itself meets the last position, which stands still.
    fn pair(&self, pair_number: u32) -> [Option<u32>; 2] {
        let cycle = self.cycle();
        let turn = u64::from(pair_number / self.pairs_per_turn());
        let pair = u64::from(pair_number % self.pairs_per_turn());
        let shift = (turn + self.offset) % cycle;
        let centre = shift * cycle.div_ceil(2) % cycle;
        let (first, second) = match pair {
            0 => (centre, cycle),
            _ => ((centre + pair) % cycle, (centre + cycle - pair) % cycle),
        };
        [first, second].map(|position| {
            let entry = position as u32;
            (entry < self.entry_count).then_some(entry)
        })
    }

    /// The matches of `entry` in ascending order.
    pub fn matches_of(&self, entry: u32) -> impl Iterator<Item = u32> {
        (0..self.matches_per_entry()).map(move |j| self.match_of(entry, j))
    }

    /// The number of `entry`'s match `j`.
    fn match_of(&self, entry: u32, j: u32) -> u32 {
        if self.seat_count == 1 {
            return entry * self.matches_per_round + j;
        }
        let cycle = self.cycle();
        let turn = j / 2;
        let shift = (u64::from(turn) + self.offset) % cycle;
        let centre = shift * cycle.div_ceil(2) % cycle;
        let position = u64::from(entry);
        let distance = (position + cycle - centre) % cycle;
        let pair = if position == cycle { 0 } else { distance.min(cycle - distance) % cycle };
        (turn * self.pairs_per_turn() + pair as u32) * 2 + j % 2
    }
}
