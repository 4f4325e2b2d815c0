//! A position as planes of eight by eight numbers, as OpenSpiel has them.
//!
//! Invariant: every number is from 0 to 1, and the planes are the same for both seats.

use alloc::vec::Vec;

use super::bytes;
use super::position::Position;

/// Planes, rows from the first rank up, files from a.
pub(super) const SHAPE: [u32; 3] = [20, 8, 8];

/// The pieces of the planes, White's and Black's of each kind in turn, by their codes.
const PIECE_PLANES: [u8; 13] = [6, 14, 5, 13, 4, 12, 3, 11, 2, 10, 1, 9, 0];

/// The rights to castle of the last planes, as bits of the state's byte.
const RIGHT_PLANES: [u8; 4] = [1, 0, 3, 2];

/// Appends all planes.
pub(super) fn write(position: &Position, tensor: &mut Vec<f32>) {
    let placement = position.placement();
    for plane in PIECE_PLANES {
        tensor.extend(placement.iter().map(|&code| f32::from(code == plane)));
    }
    let rights = bytes::rights_of(&position.board);
    let whole_board = |value: f32| [value; 64];
    tensor.extend(whole_board(match position.occurrences() {
        1 => 0.0,
        2 => 0.5,
        _ => 1.0,
    }));
    tensor.extend(whole_board(f32::from(position.ply.is_multiple_of(2))));
    tensor.extend(whole_board(share(position.board.halfmove_clock())));
    for bit in RIGHT_PLANES {
        tensor.extend(whole_board(f32::from(rights >> bit & 1)));
    }
}

#[allow(clippy::float_arithmetic, reason = "IEEE 754 rounds a quotient in one way only")]
fn share(quiet_plies: u8) -> f32 {
    f32::from(quiet_plies) / 101.0
}
