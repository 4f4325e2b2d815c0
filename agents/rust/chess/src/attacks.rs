//! Where pieces reach: tables of leaps and rays, made when the agent is compiled.
//!
//! A set of squares is a u64, square `s` its bit `s`. Knows nothing of whose turn it is.

/// Steps to the squares around, as files and ranks; the first four lead to higher squares.
const STEPS: [(i8, i8); 8] = [(0, 1), (1, 1), (1, 0), (-1, 1), (0, -1), (-1, -1), (-1, 0), (1, -1)];
const LEAPS: [(i8, i8); 8] =
    [(1, 2), (2, 1), (2, -1), (1, -2), (-1, -2), (-2, -1), (-2, 1), (-1, 2)];

const FILE_A: u64 = 0x0101_0101_0101_0101;
const FILE_H: u64 = FILE_A << 7;

/// Which of [`STEPS`] lead to higher squares along lines and diagonals; their opposites follow
/// four places later.
const LINES: [usize; 2] = [0, 2];
const DIAGONALS: [usize; 2] = [1, 3];

const KNIGHT: [u64; 64] = leaps(&LEAPS);
const KING: [u64; 64] = leaps(&STEPS);

/// The squares that a pawn of each seat attacks.
const PAWN: [[u64; 64]; 2] = [leaps(&[(-1, 1), (1, 1)]), leaps(&[(-1, -1), (1, -1)])];

/// The squares in each direction from each square.
const RAYS: [[u64; 64]; 8] = {
    let mut rays = [[0; 64]; 8];
    let mut direction = 0;
    while direction < 8 {
        let mut square = 0;
        while square < 64 {
            let mut next = beside(square, STEPS[direction]);
            while let Some(reached) = next {
                rays[direction][square as usize] |= 1 << reached;
                next = beside(reached, STEPS[direction]);
            }
            square += 1;
        }
        direction += 1;
    }
    rays
};

/// Where a bishop, or a rook, reaches on an empty board.
const BISHOP: [u64; 64] = union(&RAYS, DIAGONALS[0], DIAGONALS[1]);
const ROOK: [u64; 64] = union(&RAYS, LINES[0], LINES[1]);

/// The squares in two directions and their opposites.
const fn union(rays: &[[u64; 64]; 8], one: usize, other: usize) -> [u64; 64] {
    let mut table = [0; 64];
    let mut square = 0;
    while square < 64 {
        table[square] = rays[one][square]
            | rays[one + 4][square]
            | rays[other][square]
            | rays[other + 4][square];
        square += 1;
    }
    table
}

/// The square that many files and ranks away, if it is on the board.
const fn beside(square: u8, (files, ranks): (i8, i8)) -> Option<u8> {
    let (file, rank) = ((square % 8) as i8 + files, (square / 8) as i8 + ranks);
    let is_on_board = file >= 0 && file < 8 && rank >= 0 && rank < 8;
    if is_on_board { Some((8 * rank + file) as u8) } else { None }
}

const fn leaps(steps: &[(i8, i8)]) -> [u64; 64] {
    let mut table = [0; 64];
    let mut square = 0;
    while square < 64 {
        let mut i = 0;
        while i < steps.len() {
            if let Some(reached) = beside(square, steps[i]) {
                table[square as usize] |= 1 << reached;
            }
            i += 1;
        }
        square += 1;
    }
    table
}

/// The squares of a set, in order.
pub(crate) fn squares(mut set: u64) -> impl Iterator<Item = u8> {
    core::iter::from_fn(move || {
        let square = (set != 0).then_some(set.trailing_zeros() as u8)?;
        set &= set - 1;
        Some(square)
    })
}

pub(crate) fn pawn(seat: usize, square: u8) -> u64 {
    PAWN[seat & 1][at(square)]
}

pub(crate) fn knight(square: u8) -> u64 {
    KNIGHT[at(square)]
}

pub(crate) fn king(square: u8) -> u64 {
    KING[at(square)]
}

/// Where a bishop reaches, the first piece on each diagonal included.
pub(crate) fn bishop(square: u8, occupied: u64) -> u64 {
    both_ways(DIAGONALS[0], square, occupied) | both_ways(DIAGONALS[1], square, occupied)
}

/// Where a rook reaches, the first piece on each line included.
pub(crate) fn rook(square: u8, occupied: u64) -> u64 {
    both_ways(LINES[0], square, occupied) | both_ways(LINES[1], square, occupied)
}

/// Where a bishop reaches on an empty board.
pub(crate) fn bishop_alone(square: u8) -> u64 {
    BISHOP[at(square)]
}

/// Where a rook reaches on an empty board.
pub(crate) fn rook_alone(square: u8) -> u64 {
    ROOK[at(square)]
}

/// The squares that a set of pawns of a seat attacks towards lower files, and towards higher ones.
pub(crate) fn pawns(seat: usize, set: u64) -> [u64; 2] {
    let (low, high) = (set & !FILE_A, set & !FILE_H);
    if seat == 0 { [low << 7, high << 9] } else { [low >> 9, high >> 7] }
}

/// Where a piece reaches in a direction and its opposite.
fn both_ways(direction: usize, square: u8, occupied: u64) -> u64 {
    let (up, down) = (&RAYS[direction & 3], &RAYS[(direction & 3) + 4]);
    // A corner beyond which no ray goes stands in for a piece where there is none.
    let above = (up[at(square)] & occupied | 1 << 63).trailing_zeros() as u8;
    let below = 63 - (down[at(square)] & occupied | 1).leading_zeros() as u8;
    up[at(square)] & !up[at(above)] | down[at(square)] & !down[at(below)]
}

/// The place of a square in a table; the mask spares a check.
const fn at(square: u8) -> usize {
    square as usize & 63
}
