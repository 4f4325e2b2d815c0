//! Which moves there are in a position.
//!
//! Moves come in two parts, those that take or promote and the quiet ones, so that a search can do
//! without the second. They obey all rules but one: the own king may be attacked after them, which
//! whoever makes a move has to see.

use nets_agent_sdk::chess::{Move, Piece};

use crate::attacks::{self, squares};
use crate::position::{BISHOP, KING, KNIGHT, PAWN, Position, QUEEN, ROOK};

/// No position has more moves than this.
const MOVES_MAX: usize = 256;

/// What a pawn may become, the best first.
const PROMOTIONS: [Piece; 4] = [Piece::Queen, Piece::Knight, Piece::Rook, Piece::Bishop];

const LAST_RANKS: u64 = 0xff00_0000_0000_00ff;
const FOURTH_RANK: u64 = 0xff << 24;
const FIFTH_RANK: u64 = 0xff << 32;

/// A list of moves.
#[derive(Clone, Debug)]
pub struct Moves {
    moves: [Move; MOVES_MAX],
    count: usize,
}

impl Moves {
    /// An empty list.
    pub(crate) const fn new() -> Self {
        Self { moves: [Move::new(0, 0); MOVES_MAX], count: 0 }
    }

    /// The moves in the list.
    pub fn as_slice(&self) -> &[Move] {
        &self.moves[..self.count]
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [Move] {
        &mut self.moves[..self.count]
    }

    fn push(&mut self, chosen: Move) {
        if let Some(place) = self.moves.get_mut(self.count) {
            *place = chosen;
            self.count += 1;
        }
    }
}

impl Position {
    /// The legal moves, in no order that means anything.
    pub fn legal_moves(&self) -> Moves {
        let (mut all, mut legal) = (Moves::new(), Moves::new());
        self.push_noisy_moves(&mut all);
        self.push_quiet_moves(&mut all);
        let is_legal = |chosen: &&Move| !self.after(**chosen).is_in_check(self.mover);
        all.as_slice().iter().filter(is_legal).for_each(|&chosen| legal.push(chosen));
        legal
    }

    /// Adds captures and promotions.
    pub(crate) fn push_noisy_moves(&self, list: &mut Moves) {
        let theirs = self.seat(1 - self.mover);
        let [lower, higher] = attacks::pawns(self.mover, self.pawns());
        let targets = theirs | self.en_passant;
        let (to_lower, to_higher) = if self.mover == 0 { (7, 9) } else { (-9, -7) };
        push_pawn_moves(list, lower & targets, to_lower);
        push_pawn_moves(list, higher & targets, to_higher);
        push_pawn_moves(list, self.steps() & LAST_RANKS, self.ahead());
        self.push_piece_moves(theirs, list);
    }

    /// Adds all other moves.
    pub(crate) fn push_quiet_moves(&self, list: &mut Moves) {
        let steps = self.steps();
        push_pawn_moves(list, steps & !LAST_RANKS, self.ahead());
        let again =
            if self.mover == 0 { steps << 8 & FOURTH_RANK } else { steps >> 8 & FIFTH_RANK };
        push_pawn_moves(list, again & !self.occupied(), 2 * self.ahead());
        self.push_castling(list);
        self.push_piece_moves(!self.occupied(), list);
    }

    /// Adds the moves of all pieces but pawns to squares among these.
    fn push_piece_moves(&self, targets: u64, list: &mut Moves) {
        let occupied = self.occupied();
        for kind in [KNIGHT, BISHOP, ROOK, QUEEN, KING] {
            for from in squares(self.kind(kind) & self.seat(self.mover)) {
                let reached = match kind {
                    KNIGHT => attacks::knight(from),
                    BISHOP => attacks::bishop(from, occupied),
                    ROOK => attacks::rook(from, occupied),
                    QUEEN => attacks::bishop(from, occupied) | attacks::rook(from, occupied),
                    _ => attacks::king(from),
                };
                squares(reached & targets).for_each(|to| list.push(Move::new(from, to)));
            }
        }
    }

    fn push_castling(&self, list: &mut Moves) {
        let king = if self.mover == 0 { 4 } else { 60 };
        let rights = self.rights >> (2 * self.mover) & 0b11;
        if rights == 0 || self.is_in_check(self.mover) {
            return;
        }
        let may_cross = |between: u64, through: u8| {
            between << (king - 4) & self.occupied() == 0 && !self.attacks(1 - self.mover, through)
        };
        if rights & 0b01 != 0 && may_cross(0b0110_0000, king + 1) {
            list.push(Move::new(king, king + 2));
        }
        if rights & 0b10 != 0 && may_cross(0b0000_1110, king - 1) {
            list.push(Move::new(king, king - 2));
        }
    }

    /// The pawns of the side to move.
    fn pawns(&self) -> u64 {
        self.kind(PAWN) & self.seat(self.mover)
    }

    /// The free squares that these pawns can step to.
    fn steps(&self) -> u64 {
        let pawns = self.pawns();
        let ahead = if self.mover == 0 { pawns << 8 } else { pawns >> 8 };
        ahead & !self.occupied()
    }

    /// How far a pawn of the side to move goes in one step, in squares.
    fn ahead(&self) -> i8 {
        if self.mover == 0 { 8 } else { -8 }
    }
}

/// Adds the moves of pawns that come to these squares, each from so many squares before.
fn push_pawn_moves(list: &mut Moves, targets: u64, distance: i8) {
    for to in squares(targets) {
        let plain = Move::new(to.wrapping_add_signed(-distance), to);
        if 1 << to & LAST_RANKS == 0 {
            list.push(plain);
        } else {
            PROMOTIONS.into_iter().for_each(|piece| list.push(plain.promoting_to(piece)));
        }
    }
}
