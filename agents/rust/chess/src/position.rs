//! A position: what stands where, whose move it is, and what a move makes of it.
//!
//! Keeps sets of squares and a board beside each other, and with them the sum of the worth of all
//! pieces and a key by which positions are told apart. Whether a move is legal, `moves` knows.

use nets_agent_sdk::chess::{Board, Move, Piece};
use nets_agent_sdk::scatter;

use crate::attacks;
use crate::evaluation::WORTH;

/// The number of no piece; those of pieces are below it.
pub(crate) const NOTHING: u8 = 6;

pub(crate) const PAWN: u8 = Piece::Pawn as u8;
pub(crate) const KNIGHT: u8 = Piece::Knight as u8;
pub(crate) const BISHOP: u8 = Piece::Bishop as u8;
pub(crate) const ROOK: u8 = Piece::Rook as u8;
pub(crate) const QUEEN: u8 = Piece::Queen as u8;
pub(crate) const KING: u8 = Piece::King as u8;

/// What a piece on a square adds to a key.
const KEYS: [[[u64; 64]; 6]; 2] = {
    let mut keys = [[[0; 64]; 6]; 2];
    let mut number = 0;
    while number < 2 * 6 * 64 {
        keys[number / 384][number / 64 % 6][number % 64] = scatter(number as u64 + 1);
        number += 1;
    }
    keys
};

/// What Black to move, and rights and a square of en passant, add to a key.
const BLACK_TO_MOVE: u64 = scatter(0x1000);
const RIGHTS_KEY: u64 = 0x2000;

/// The rights that remain when something leaves a square or comes there.
const RIGHTS_KEPT: [u8; 64] = {
    let mut kept = [0b1111; 64];
    kept[4] = 0b1100;
    kept[7] = 0b1110;
    kept[0] = 0b1101;
    kept[60] = 0b0011;
    kept[63] = 0b1011;
    kept[56] = 0b0111;
    kept
};

/// A position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    seats: [u64; 2],
    kinds: [u64; 6],
    board: [u8; 64],
    /// The seat that is to move.
    pub(crate) mover: usize,
    /// As in the observation.
    pub(crate) rights: u8,
    /// The square behind a pawn that can be taken en passant, as a set.
    pub(crate) en_passant: u64,
    /// Plies since the last capture or move of a pawn.
    pub(crate) quiet_plies: u8,
    /// Equal in equal positions, and hardly ever in others.
    pub(crate) key: u64,
    /// The worth of White's pieces on their squares less that of Black's, kings left out.
    pub(crate) worth: i32,
}

impl Position {
    /// The position that an agent sees.
    pub fn new(board: Board<'_>) -> Self {
        let mut position = Self {
            seats: [0; 2],
            kinds: [0; 6],
            board: [NOTHING; 64],
            mover: board.mover().into(),
            rights: board.rights(),
            en_passant: 0,
            quiet_plies: board.quiet_plies(),
            key: 0,
            worth: 0,
        };
        for square in 0..64 {
            if let Some((seat, piece)) = board.piece(square) {
                position.put(seat.into(), piece as u8, square);
            }
        }
        if let Some(file) = board.en_passant_file() {
            // White takes on the sixth rank, Black on the third.
            position.en_passant = 1 << (if position.mover == 0 { 40 } else { 16 } + file);
        }
        if position.mover == 1 {
            position.key ^= BLACK_TO_MOVE;
        }
        position.key ^= position.circumstances();
        position
    }

    /// The squares of the pieces of a seat.
    pub(crate) fn seat(&self, seat: usize) -> u64 {
        self.seats[seat & 1]
    }

    /// The squares of the pieces of this kind, of both seats.
    pub(crate) fn kind(&self, kind: u8) -> u64 {
        self.kinds[usize::from(kind)]
    }

    pub(crate) fn occupied(&self) -> u64 {
        self.seats[0] | self.seats[1]
    }

    /// The number of the piece on a square, or [`NOTHING`].
    pub(crate) fn at(&self, square: u8) -> u8 {
        self.board[usize::from(square & 63)]
    }

    /// The square of a seat's king.
    pub(crate) fn king(&self, seat: usize) -> u8 {
        (self.kind(KING) & self.seat(seat)).trailing_zeros() as u8 & 63
    }

    /// Whether a piece of `seat` attacks the square.
    pub(crate) fn attacks(&self, seat: usize, square: u8) -> bool {
        let by = |kind: u8| self.kind(kind) & self.seat(seat);
        let (diagonal, straight) = (by(BISHOP) | by(QUEEN), by(ROOK) | by(QUEEN));
        let leaps = attacks::pawn(1 - seat, square) & by(PAWN)
            | attacks::knight(square) & by(KNIGHT)
            | attacks::king(square) & by(KING);
        // Mostly nothing stands in line with a square, and what is between need not be known.
        leaps != 0
            || attacks::bishop_alone(square) & diagonal != 0
                && attacks::bishop(square, self.occupied()) & diagonal != 0
            || attacks::rook_alone(square) & straight != 0
                && attacks::rook(square, self.occupied()) & straight != 0
    }

    /// Whether the king of this seat is attacked.
    pub(crate) fn is_in_check(&self, seat: usize) -> bool {
        self.attacks(1 - seat, self.king(seat))
    }

    /// The position after a move, which must obey the rules but for the safety of the king.
    #[must_use]
    pub fn after(&self, chosen: Move) -> Self {
        let (from, to) = (chosen.from(), chosen.to());
        let (own, theirs) = (self.mover, 1 - self.mover);
        let (kind, taken) = (self.at(from), self.at(to));
        let mut next = self.clone();
        next.key ^= next.circumstances();
        next.quiet_plies = next.quiet_plies.saturating_add(1);
        next.take(own, kind, from);
        if taken != NOTHING {
            next.take(theirs, taken, to);
            next.quiet_plies = 0;
        }
        next.put(own, chosen.promotion().map_or(kind, |piece| piece as u8), to);
        next.en_passant = 0;
        if kind == PAWN {
            next.quiet_plies = 0;
            if 1 << to == self.en_passant {
                next.take(theirs, PAWN, to ^ 8);
            }
            let behind = u8::midpoint(from, to);
            let takers = attacks::pawn(own, behind) & self.kind(PAWN) & self.seat(theirs);
            if from.abs_diff(to) == 16 && takers != 0 {
                next.en_passant = 1 << behind;
            }
        } else if kind == KING && from.abs_diff(to) == 2 {
            let (corner, inside) = if to > from { (to + 1, to - 1) } else { (to - 2, to + 1) };
            next.take(own, ROOK, corner);
            next.put(own, ROOK, inside);
        }
        next.rights &= RIGHTS_KEPT[usize::from(from)] & RIGHTS_KEPT[usize::from(to)];
        next.mover = theirs;
        next.key ^= BLACK_TO_MOVE ^ next.circumstances();
        next
    }

    /// The keys of the positions that came before this one by these moves, the latest first; none
    /// of them may be a capture, a move of a pawn or castling.
    pub(crate) fn keys_before(
        &self,
        past: impl Iterator<Item = Move>,
    ) -> impl Iterator<Item = u64> {
        let mut earlier = self.clone();
        past.map(move |made| {
            let kind = earlier.at(made.to());
            earlier.key ^= earlier.circumstances();
            earlier.mover ^= 1;
            earlier.take(earlier.mover, kind, made.to());
            earlier.put(earlier.mover, kind, made.from());
            earlier.en_passant = 0;
            earlier.key ^= BLACK_TO_MOVE ^ earlier.circumstances();
            earlier.key
        })
    }

    /// What rights and en passant add to the key.
    fn circumstances(&self) -> u64 {
        let rights = RIGHTS_KEY + u64::from(self.rights);
        scatter(rights ^ self.en_passant)
    }

    fn put(&mut self, seat: usize, kind: u8, square: u8) {
        self.toggle(seat, kind, square);
        self.board[usize::from(square & 63)] = kind;
        self.worth += i32::from(WORTH[seat & 1][usize::from(kind)][usize::from(square & 63)]);
    }

    fn take(&mut self, seat: usize, kind: u8, square: u8) {
        self.toggle(seat, kind, square);
        self.board[usize::from(square & 63)] = NOTHING;
        self.worth -= i32::from(WORTH[seat & 1][usize::from(kind)][usize::from(square & 63)]);
    }

    fn toggle(&mut self, seat: usize, kind: u8, square: u8) {
        let bit = 1 << (square & 63);
        self.seats[seat & 1] ^= bit;
        self.kinds[usize::from(kind)] ^= bit;
        self.key ^= KEYS[seat & 1][usize::from(kind)][usize::from(square & 63)];
    }
}
