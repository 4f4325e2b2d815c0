//! What a position is worth, in hundredths of a pawn.
//!
//! Pieces are worth a sum for their kind and something for where they stand, which a position
//! keeps up with; the kings' places are weighed here, since they depend on what is left.

use crate::attacks;
use crate::position::{PAWN, Position, QUEEN};

/// What each kind of piece is worth; a king is never taken.
pub(crate) const KINDS: [i32; 6] = [100, 310, 325, 500, 950, 0];

/// What a piece of each seat is worth on each square, kings left out; Black's is negative.
pub(crate) const WORTH: [[[i16; 64]; 6]; 2] = {
    let mut worth = [[[0; 64]; 6]; 2];
    let mut number = 0;
    while number < 5 * 64 {
        let (kind, square) = (number / 64, number % 64);
        let value = KINDS[kind] + place(kind as u8, square as i32);
        worth[0][kind][square] = value as i16;
        worth[1][kind][square ^ 56] = -value as i16;
        number += 1;
    }
    worth
};

/// What a square is worth to White's piece of this kind.
const fn place(kind: u8, square: i32) -> i32 {
    let (rank, centre_file) = (square / 8, from_edge(square % 8));
    match kind {
        // Forward, in the centre first; the last ranks are nearly a queen.
        PAWN => {
            2 * (rank - 1) * (rank - 1) + if rank > 1 { 3 * centre_file * centre_file } else { 0 }
        }
        1 => 8 * centrality(square) - 25,
        2 => 4 * centrality(square) - 10,
        3 => 3 * centre_file + if rank == 6 { 15 } else { 0 },
        _ => 2 * centrality(square) - 5,
    }
}

/// How far a file or rank is from the nearer edge, 0 to 3.
const fn from_edge(line: i32) -> i32 {
    if line < 4 { line } else { 7 - line }
}

/// How near a square is to the centre: 0 in the corners, 6 in the middle.
const fn centrality(square: i32) -> i32 {
    from_edge(square % 8) + from_edge(square / 8)
}

/// What the position is worth to the side to move.
pub(crate) fn value(position: &Position) -> i32 {
    let mut value = position.worth + king_place(position, 0) - king_place(position, 1);
    for seat in [0, 1] {
        if position.seat(1 - seat).count_ones() == 1 {
            let driven = chase(position.king(seat).into(), position.king(1 - seat).into());
            value += if seat == 0 { driven } else { -driven };
        }
    }
    if position.mover == 0 { value } else { -value }
}

/// What its place is worth to a king: shelter while there are queens, the centre after.
fn king_place(position: &Position, seat: usize) -> i32 {
    let square = i32::from(position.king(seat));
    if position.kind(QUEEN) & position.seat(1 - seat) == 0 {
        return 6 * centrality(square);
    }
    let rank = if seat == 0 { square / 8 } else { 7 - square / 8 };
    let own = position.seat(seat) & position.kind(PAWN);
    let shelter = attacks::king(square as u8) & own;
    8 * shelter.count_ones() as i32 - 12 * from_edge(square % 8) - 15 * rank
}

/// What it is worth to have driven a lone king to the edge and come near it.
fn chase(king: i32, lone: i32) -> i32 {
    let distance = (king % 8 - lone % 8).abs() + (king / 8 - lone / 8).abs();
    20 * (6 - centrality(lone)) + 8 * (14 - distance)
}
