//! Seats: which side of a match an agent plays, and sets of them.

use core::fmt;

/// The most seats a System may have, so that a set of seats is one byte.
pub const MAX_SEATS: u8 = 8;

/// A side of a match, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seat(pub u8);

impl Seat {
    /// The position of this seat's entry in a list by seat.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl fmt::Display for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seat {}", self.0)
    }
}

/// A set of seats; seat `i` is bit `i` of its byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct SeatSet(pub u8);

impl SeatSet {
    /// No seat.
    pub const EMPTY: Self = Self(0);

    /// Only `seat`.
    #[inline]
    pub fn only(seat: Seat) -> Self {
        Self::EMPTY.with(seat)
    }

    /// The seats 0 to `count` - 1.
    pub fn first(count: u8) -> Self {
        Self(if count >= 8 { u8::MAX } else { (1 << count) - 1 })
    }

    /// This set and `seat`, which must be below [`MAX_SEATS`]; any other seat is in no set.
    #[must_use]
    #[inline]
    pub fn with(self, seat: Seat) -> Self {
        Self(self.0 | 1u8.checked_shl(u32::from(seat.0)).unwrap_or(0))
    }

    /// Whether `seat` is in the set.
    #[inline]
    pub fn contains(self, seat: Seat) -> bool {
        seat.0 < MAX_SEATS && self.0 >> seat.0 & 1 == 1
    }

    /// Whether no seat is in the set.
    #[inline]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many seats are in the set.
    #[inline]
    pub fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The seats in ascending order.
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = Seat> {
        let mut rest = self.0;
        core::iter::from_fn(move || {
            let seat = Seat(rest.trailing_zeros() as u8);
            let is_there = rest != 0;
            rest &= rest.wrapping_sub(1);
            is_there.then_some(seat)
        })
    }
}

impl FromIterator<Seat> for SeatSet {
    fn from_iter<I: IntoIterator<Item = Seat>>(seats: I) -> Self {
        seats.into_iter().fold(Self::EMPTY, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn a_set_lists_its_seats_in_order() {
        let set: SeatSet = [Seat(5), Seat(0), Seat(5)].into_iter().collect();
        assert_eq!(set, SeatSet(0b10_0001));
        assert_eq!(set.iter().collect::<Vec<_>>(), [Seat(0), Seat(5)]);
        assert_eq!(set.count(), 2);
    }

    #[test]
    fn seats_beyond_the_maximum_are_in_no_set() {
        assert!(SeatSet::only(Seat(8)).is_empty());
        assert!(!SeatSet(0xff).contains(Seat(8)));
        assert_eq!(SeatSet::first(8), SeatSet(0xff));
        assert_eq!(SeatSet::first(2), SeatSet(0b11));
    }
}
