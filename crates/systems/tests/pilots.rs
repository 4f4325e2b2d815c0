//! Pilots: simple players that get further into a System than chance does.
//!
//! They read packed observations as agents do, so they test that layout too.

use nets_core::{Action, Seat, State};

/// What a Snake's packed observation says, read as SPEC.md section 8.1 has it.
struct SnakeSight {
    head: (u64, u64),
    apple: (u64, u64),
    size: (u64, u64),
    deadly: u64,
    length: u64,
}

impl SnakeSight {
    fn of(state: &dyn State, seat: Seat) -> Self {
        let packed = state.packed_observation(seat);
        let bits = |from: u32, count: u32| packed >> from & ((1 << count) - 1);
        Self {
            head: (bits(0, 4), bits(4, 4)),
            apple: (bits(8, 4), bits(12, 4)),
            size: (bits(16, 4) + 1, bits(20, 4) + 1),
            deadly: bits(24, 4),
            length: bits(32, 16),
        }
    }

    fn is_safe(&self, action: u64) -> bool {
        self.deadly >> action & 1 == 0
    }

    fn target(&self, action: u64) -> Option<(u64, u64)> {
        let (x, y) = self.head;
        let (x, y) = match action {
            0 => (x, y.checked_sub(1)?),
            1 => (x + 1, y),
            2 => (x, y + 1),
            _ => (x.checked_sub(1)?, y),
        };
        (x < self.size.0 && y < self.size.1).then_some((x, y))
    }
}

/// Heads for the apple by any action that is not deadly now.
pub(crate) fn greedy_snake(state: &dyn State, seat: Seat) -> Action {
    let sight = SnakeSight::of(state, seat);
    let distance = |action: &u64| {
        let (x, y) = sight.target(*action).unwrap_or((99, 99));
        x.abs_diff(sight.apple.0) + y.abs_diff(sight.apple.1)
    };
    Action((0..4).filter(|&action| sight.is_safe(action)).min_by_key(distance).unwrap_or(0))
}

/// Follows a circuit through all cells of a board of even height, and so fills it.
pub(crate) fn circling_snake(state: &dyn State, seat: Seat) -> Action {
    let sight = SnakeSight::of(state, seat);
    let (width, height) = sight.size;
    // The first column leads back up; every other row goes right, the rows between them left.
    let action = match sight.head {
        (0, 0) => 1,
        (0, _) => 0,
        (x, y) if y % 2 == 0 && x + 1 < width => 1,
        (x, y) if y % 2 == 1 && (x > 1 || y + 1 == height) => 3,
        _ => 2,
    };
    Action(action)
}

/// Eats until it is three long, then bites the neck right behind its head.
pub(crate) fn biting_snake(state: &dyn State, seat: Seat) -> Action {
    let sight = SnakeSight::of(state, seat);
    let body = |action: &u64| sight.target(*action).is_some() && !sight.is_safe(*action);
    match (0..4).find(body) {
        Some(action) if sight.length >= 3 => Action(action),
        _ => greedy_snake(state, seat),
    }
}

/// Eats one apple, then turns back onto its own tail again and again.
pub(crate) fn tail_chasing_snake(state: &dyn State, seat: Seat) -> Action {
    let sight = SnakeSight::of(state, seat);
    let tail = u64::from(state.observation(seat)[6]);
    let tail = (tail % sight.size.0, tail / sight.size.0);
    match (0..4).find(|&action| sight.target(action) == Some(tail)) {
        Some(action) if sight.length == 2 => Action(action),
        _ => greedy_snake(state, seat),
    }
}

/// Seat 0 throws what beats the opponent's last throw; seat 1 throws each thing twice.
pub(crate) fn beating_throws(state: &dyn State, seat: Seat) -> Action {
    let packed = state.packed_observation(seat);
    let (played, opponents_last) = (packed & 0xffff, packed >> 34 & 3);
    Action(if seat == Seat(0) { (opponents_last + 1) % 3 } else { played / 2 % 3 })
}

/// Wins where it can in one step, else takes the column nearest to the middle.
pub(crate) fn watchful_stones(state: &dyn State, seat: Seat) -> Action {
    let legal = state.legal_actions(seat);
    let wins = |action: &&Action| {
        let mut next = state.fork();
        next.step(&[**action]).unwrap();
        next.scores()[seat.index()] == 2
    };
    let middle = |action: &&Action| action.0.abs_diff(3);
    *legal.iter().find(wins).or_else(|| legal.iter().min_by_key(middle)).unwrap()
}

/// Heads for the nearest apple of an arena by any action that is neither deadly nor contested, if
/// there is one.
pub(crate) fn wary_snake(state: &dyn State, seat: Seat) -> Action {
    let sight = SnakeSight::of(state, seat);
    let contested = state.packed_observation(seat) >> 28 & 15;
    let cost = |action: &u64| {
        let (x, y) = sight.target(*action).unwrap_or((99, 99));
        let distance = x.abs_diff(sight.apple.0) + y.abs_diff(sight.apple.1);
        (!sight.is_safe(*action), contested >> *action & 1, distance)
    };
    Action((0..4).min_by_key(cost).unwrap_or(0))
}
