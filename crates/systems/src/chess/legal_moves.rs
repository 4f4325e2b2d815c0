//! The legal moves of a position, gathered by where they lead.
//!
//! Numbers of moves ascend by promotion, then target, then source, so whoever walks the targets has
//! them in order; to sort them would take longer than to find them. Castling is the king's step of
//! two squares here, which the library has as the capture of the own rook. Invariant: the moves are
//! those of the board that was looked at last.

use alloc::vec::Vec;
use core::iter;

use cozy_chess::{BitBoard, Board, File, Piece, PieceMoves, Rank, Square};
use nets_core::Action;

use super::actions::PROMOTIONS;

/// Few positions have more legal moves; to count them first would cost more than it saves.
const MOVES_USUAL: usize = 64;

const LAST_RANKS: BitBoard = BitBoard(Rank::First.bitboard().0 | Rank::Eighth.bitboard().0);

/// The legal moves of one position.
#[derive(Clone, Debug)]
pub(super) struct LegalMoves {
    /// For each square, from where it is reached without promotion.
    sources: [u64; 64],
    /// The squares that are.
    targets: BitBoard,
    /// For each file, from where a pawn reaches its last square there.
    promoting: [u64; 8],
    /// The squares that pawns reach so.
    promotions: BitBoard,
}

impl LegalMoves {
    /// No moves.
    pub(super) fn none() -> Self {
        let (targets, promotions) = (BitBoard::EMPTY, BitBoard::EMPTY);
        Self { sources: [0; 64], targets, promoting: [0; 8], promotions }
    }

    /// Looks at `board`, whose moves take the place of all before.
    pub(super) fn look_at(&mut self, board: &Board) {
        *self = Self::none();
        board.generate_moves(|moves| {
            self.add(board, moves);
            false
        });
    }

    fn add(&mut self, board: &Board, moves: PieceMoves) {
        let from = moves.from.bitboard().0;
        let to = match moves.piece {
            Piece::Pawn if !(moves.to & LAST_RANKS).is_empty() => {
                squares(moves.to).for_each(|to| self.promoting[to as usize % 8] |= from);
                self.promotions |= moves.to;
                return;
            }
            Piece::King => king_steps(board, moves.to),
            _ => moves.to,
        };
        squares(to).for_each(|to| self.sources[to as usize % 64] |= from);
        self.targets |= to;
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        (self.targets | self.promotions).is_empty()
    }

    /// Whether the move with this number is one of them.
    pub(super) fn has(&self, action: Action) -> bool {
        let (from, to) = (action.0 & 63, (action.0 >> 6 & 63) as usize);
        let sources = match action.0 >> 12 {
            0 => self.sources[to],
            1..=4 if self.promotions.0 >> to & 1 == 1 => self.promoting[to % 8],
            _ => 0,
        };
        sources >> from & 1 == 1
    }

    /// Appends their numbers in ascending order.
    pub(super) fn write_numbers(&self, actions: &mut Vec<Action>) {
        actions.reserve(MOVES_USUAL);
        for to in squares(self.targets) {
            let from = squares(BitBoard(self.sources[to as usize % 64]));
            from.for_each(|from| actions.push(Action(from | to << 6)));
        }
        if self.promotions.is_empty() {
            return;
        }
        for promotion in 1..=PROMOTIONS.len() as u64 {
            for to in squares(self.promotions) {
                let from = squares(BitBoard(self.promoting[to as usize % 8]));
                from.for_each(|from| actions.push(Action(from | to << 6 | promotion << 12)));
            }
        }
    }
}

/// The king's targets with castling as a step of two squares.
fn king_steps(board: &Board, targets: BitBoard) -> BitBoard {
    let rooks = targets & board.colors(board.side_to_move());
    if rooks.is_empty() {
        return targets;
    }
    let steps = rooks.iter().map(|rook| {
        let file = if rook.file() == File::H { File::G } else { File::C };
        Square::new(file, rook.rank()).bitboard()
    });
    steps.fold(targets & !rooks, |all, step| all | step)
}

/// The numbers of the squares in a set, in ascending order; the library's iterator takes longer.
pub(super) fn squares(set: BitBoard) -> impl Iterator<Item = u64> {
    let BitBoard(mut set) = set;
    iter::from_fn(move || {
        let next = set.trailing_zeros();
        (set != 0).then(|| {
            set &= set - 1;
            next.into()
        })
    })
}
