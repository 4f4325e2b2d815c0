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

/// Completes a line of its own in tic-tac-toe, else one of the opponent's, else takes the middle,
/// a corner, a side.
pub(crate) fn blocking_stones(state: &dyn State, seat: Seat) -> Action {
    const LINES: [[u64; 3]; 8] =
        [[0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 3, 6], [1, 4, 7], [2, 5, 8], [0, 4, 8], [2, 4, 6]];
    let packed = state.packed_observation(seat);
    let is_free = |cell: &u64| packed >> (18 + cell) & 1 == 1;
    let completes = |stones: u64, cell: u64| {
        let is_there = |&other: &u64| other == cell || stones >> other & 1 == 1;
        LINES.iter().any(|line| line.contains(&cell) && line.iter().all(is_there))
    };
    let free: Vec<u64> = [4, 0, 2, 6, 8, 1, 3, 5, 7].into_iter().filter(is_free).collect();
    let own = free.iter().find(|&&cell| completes(packed, cell));
    let others = free.iter().find(|&&cell| completes(packed >> 9, cell));
    Action(*own.or(others).unwrap_or(&free[0]))
}

/// Puts discs into corners where it can, else on the edge, else anywhere.
pub(crate) fn corner_discs(state: &dyn State, seat: Seat) -> Action {
    let cells = state.packed_observation(seat);
    let is_inner = |number: u64| u64::from((1..7).contains(&number));
    let worth = |cell: &u64| is_inner(cell / 8) + is_inner(cell % 8);
    Action((0..64).filter(|cell| cells >> cell & 1 == 1).min_by_key(worth).unwrap_or(64))
}

/// Puts a stone into each line of Hex, as near to the middle as it can.
pub(crate) fn straight_chain(state: &dyn State, seat: Seat) -> Action {
    let packed = state.packed_observation(seat);
    let size = packed >> 55 & 15;
    let nearest = |line: &u64| packed >> (4 * line) & 15;
    let has_own = |line: &u64| packed >> (44 + line) & 1 == 1;
    let lines = (0..size).filter(|line| nearest(line) != 15);
    let line = lines.min_by_key(|line| (has_own(line), nearest(line).abs_diff(size / 2))).unwrap();
    let cell = nearest(&line);
    Action(if seat == Seat(0) { line * size + cell } else { cell * size + line })
}

/// Takes stones where it can, else puts one between those of others, else passes.
pub(crate) fn taking_stones(state: &dyn State, seat: Seat) -> Action {
    let packed = state.packed_observation(seat);
    let point = |from: u32| packed >> from & 511;
    let (plies_left, size) = (packed >> 41 & 0x7ff, packed >> 36 & 31);
    let plain = if plies_left % 3 == 0 { point(9) } else { point(18) };
    let chosen = [point(0), plain].into_iter().find(|&point| point != 511);
    Action(chosen.unwrap_or(size * size))
}

/// Of the four moves in the packed observation, the one that takes the most; mate before all.
pub(crate) fn greedy_pieces(state: &dyn State, seat: Seat) -> Action {
    let packed = state.packed_observation(seat);
    let board = state.observation(seat)[8..40].to_vec();
    let worth = |action: &Action| {
        let mut next = state.fork();
        next.step(&[*action]).unwrap();
        let to = (action.0 >> 6 & 63) as usize;
        let taken = board[to / 2] >> (4 * (to % 2)) & 7;
        (next.scores()[seat.index()], taken)
    };
    (0..4).map(|place| Action(packed >> (15 * place) & 0x7fff)).max_by_key(worth).unwrap()
}

/// Moves a piece that is no pawn, and takes nothing, where it can.
pub(crate) fn shuffling_pieces(state: &dyn State, seat: Seat) -> Action {
    let legal = state.legal_actions(seat);
    let is_quiet = |action: &&Action| {
        let mut next = state.fork();
        next.step(&[**action]).unwrap();
        next.bytes()[3] > 0
    };
    let quiet: Vec<_> = legal.iter().filter(is_quiet).collect();
    // A number that wanders, so that positions seldom repeat and fifty moves can go by.
    let ply = usize::from(state.bytes()[0]);
    quiet.get(ply * 7 % quiet.len().max(1)).map_or(legal[0], |action| **action)
}

/// Says of each quantile that the series stays as it is.
pub(crate) fn last_value(state: &dyn State, seat: Seat) -> Action {
    Action(state.packed_observation(seat) & 0xffff)
}

/// Bets a king, and every other hand also a jack; passes what is left.
pub(crate) fn bluffing_kuhn(state: &dyn State, seat: Seat) -> Action {
    let packed = state.packed_observation(seat);
    let (card, hands_left) = (packed & 7, packed >> 50);
    Action(u64::from(card == 2 || card == 0 && hands_left % 2 == 1))
}

/// Raises a king or a pair where it may, folds a jack in every third hand, else calls.
pub(crate) fn bluffing_leduc(state: &dyn State, seat: Seat) -> Action {
    let packed = state.packed_observation(seat);
    let (card, open, hands_left) = (packed & 7, packed >> 3 & 7, packed >> 50);
    let wanted = match card / 2 {
        rank if rank == 2 || open != 7 && rank == open / 2 => 2,
        0 if hands_left % 3 == 0 => 0,
        _ => 1,
    };
    if state.is_legal(seat, Action(wanted)) { Action(wanted) } else { Action(1) }
}

/// The number at this place in the observation of a simulation.
pub(crate) fn number(observation: &[u8], index: usize) -> f64 {
    let bytes = &observation[2 + 8 * index..][..8];
    f64::from_bits(u64::from_le_bytes(bytes.try_into().unwrap()))
}

/// Pushes the cart to the side to which the pole leans and falls.
pub(crate) fn balancing_pole(state: &dyn State, seat: Seat) -> Action {
    let seen = state.observation(seat);
    Action(u64::from(number(&seen, 2) + number(&seen, 3) > 0.0))
}

/// Pushes the car to where it rolls.
pub(crate) fn swinging_car(state: &dyn State, seat: Seat) -> Action {
    let speed = number(&state.observation(seat), 1);
    Action(if speed < 0.0 { 0 } else { 2 })
}

/// Bends the acrobot against the swing of its upper link.
pub(crate) fn swinging_acrobot(state: &dyn State, seat: Seat) -> Action {
    let speed = number(&state.observation(seat), 2);
    Action(if speed > 0.0 { 0 } else { 2 })
}

/// Adds to the swing of the pendulum with the strongest torque there is.
pub(crate) fn swinging_pendulum(state: &dyn State, seat: Seat) -> Action {
    let legal = state.legal_actions(seat);
    let speed = number(&state.observation(seat), 1);
    if speed < 0.0 { legal[0] } else { legal[legal.len() - 1] }
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
