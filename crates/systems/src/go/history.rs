//! The past of a match of Go: what was played, and whether a position was there before.
//!
//! Positions are looked for by their keys, and a position that is found is compared stone by stone:
//! the plies since then are taken back on a copy. So no two positions are ever taken for one.
//! Invariant: the plies lead from the empty board to the position that is asked about.

use alloc::vec;
use alloc::vec::Vec;

use nets_core::Seat;

use super::board::{Board, Content, POINTS_MAX, Point};

/// What one ply did.
#[derive(Clone, Copy, Debug)]
struct Ply {
    /// The key of the position after it.
    key: u64,
    action: u16,
    /// How many stones were taken before it.
    taken_before: u16,
}

/// All plies of a match.
#[derive(Clone, Debug)]
pub(super) struct History {
    plies: Vec<Ply>,
    /// The points of all stones that were taken, in the order of the plies.
    pub(super) taken: Vec<Point>,
    /// Numbers of plies, from 1, each in the first free slot from that of its key on; 0 is free.
    slots: Vec<u16>,
}

impl History {
    /// No plies, and room for `ply_limit` of them.
    pub(super) fn new(ply_limit: u16) -> Self {
        let room = usize::from(ply_limit);
        let slots = vec![0; (2 * room).next_power_of_two()];
        Self { plies: Vec::with_capacity(room), taken: Vec::with_capacity(room), slots }
    }

    /// How many plies were played.
    pub(super) fn ply(&self) -> u16 {
        self.plies.len() as u16
    }

    /// The actions that were played, the oldest first.
    pub(super) fn actions(&self) -> impl ExactSizeIterator<Item = u16> {
        self.plies.iter().map(|ply| ply.action)
    }

    /// The last action, or one of those before it, `back` plies ago.
    pub(super) fn action_before(&self, back: usize) -> Option<u16> {
        self.plies.iter().rev().nth(back).map(|ply| ply.action)
    }

    /// Adds a ply that led to the position with this key, after `taken_before` stones were taken.
    ///
    /// A pass leads to no new position, so it is not looked for.
    pub(super) fn add(&mut self, action: u16, key: u64, taken_before: usize, is_pass: bool) {
        self.plies.push(Ply { key, action, taken_before: taken_before as u16 });
        if !is_pass {
            let slot = self.slots_of(key).find(|&slot| self.slots[slot] == 0);
            self.slots[slot.unwrap_or_default()] = self.ply();
        }
    }

    fn slots_of(&self, key: u64) -> impl Iterator<Item = usize> + use<> {
        let (first, mask) = (key as usize, self.slots.len() - 1);
        (0..=mask).map(move |further| first.wrapping_add(further) & mask)
    }

    /// Whether a stone of `seat` on `point` would make a position again that was there before;
    /// `key` is that of the position that it makes.
    ///
    /// That needs a point where a stone of `seat` was taken: only what was taken can come back.
    pub(super) fn would_repeat(&self, board: &Board, seat: Seat, point: Point, key: u64) -> bool {
        let numbers = self.slots_of(key).map(|slot| self.slots[slot]);
        let mut numbers = numbers.take_while(|number| *number != 0);
        numbers.any(|number| {
            self.plies[usize::from(number) - 1].key == key
                && self.contents_at(board, number) == board.contents_after(seat, point)
        })
    }

    /// What was on each point after ply `number`, counted from 1; `board` is what is there now.
    fn contents_at(&self, board: &Board, number: u16) -> [Content; POINTS_MAX] {
        let mut contents = board.contents();
        let mut taken = self.taken.len();
        for (index, ply) in self.plies.iter().enumerate().skip(number.into()).rev() {
            if ply.action < board.cell_count() {
                contents[usize::from(board.point(ply.action))] = Content::Free;
            }
            let other = Content::stone(Seat(1 - (index & 1) as u8));
            for &stone in &self.taken[ply.taken_before.into()..taken] {
                contents[usize::from(stone)] = other;
            }
            taken = ply.taken_before.into();
        }
        contents
    }
}
