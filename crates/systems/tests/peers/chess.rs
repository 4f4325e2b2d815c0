//! Chess as OpenSpiel numbers it: by where a piece goes from, seen by who moves, and how far.
//!
//! Its actions are 73 for each square, files first, and two for castling. Nothing here knows which
//! moves are legal.

use nets_core::{Action, State};

/// The places to go to from a square: nine promotions to less than a queen, then all others.
const WAYS: u64 = 73;
const PROMOTIONS: u64 = 9;

/// Castling to the a-file, and to the h-file.
const CASTLING: [u64; 2] = [64 * WAYS, 64 * WAYS + 1];

/// A knight's steps, by files and by ranks.
const KNIGHT: [(i32, i32); 8] =
    [(-2, -1), (-2, 1), (-1, -2), (-1, 2), (2, -1), (2, 1), (1, -2), (1, 2)];

/// OpenSpiel's number of an action that is legal in `state`.
pub(super) fn number(state: &dyn State, action: Action) -> u64 {
    let bytes = state.bytes();
    let (from, to) = (action.0 & 63, action.0 >> 6 & 63);
    let piece = bytes[8 + from as usize / 2] >> (4 * (from % 2)) & 7;
    let is_black = bytes[0] % 2 == 1;
    let seen = |square: u64| {
        let (file, rank) = ((square % 8) as i32, (square / 8) as i32);
        (file, if is_black { 7 - rank } else { rank })
    };
    let ((file, rank), (file_to, rank_to)) = (seen(from), seen(to));
    let (right, up) = (file_to - file, rank_to - rank);
    if piece == 6 && right.abs() == 2 {
        return CASTLING[usize::from(right > 0)];
    }
    let way = match action.0 >> 12 {
        // To a knight, a bishop or a rook, which are counted from the rook on.
        promotion @ 1..=3 => (3 - promotion) * 3 + [0, 1, 2][right.rem_euclid(3) as usize],
        _ => PROMOTIONS + direction(right, up),
    };
    (file as u64 * 8 + rank as u64) * WAYS + way
}

/// Straight and slanting ways of up to seven squares to either side, then those of a knight.
fn direction(right: i32, up: i32) -> u64 {
    let along = |steps: i32| (if steps > 0 { steps + 6 } else { steps + 7 }) as u64;
    match (right, up) {
        (0, _) => along(up),
        (_, 0) => 14 + along(right),
        _ if right == up => 28 + along(right),
        _ if right == -up => 42 + along(right),
        _ => 56 + KNIGHT.iter().position(|step| *step == (right, up)).unwrap() as u64,
    }
}
