//! A position with all that the rules of chess ask about its past.
//!
//! Legal moves are those of `cozy-chess`; draws are decided here. Of the past a position keeps the
//! moves since the last one that cannot be taken back (a capture, a pawn's move, a change of
//! castling rights): no earlier position can come again. Hashes only tell which of them are worth
//! comparing, so no result depends on one. Invariant: `past` leads by legal moves from a position
//! with `first_en_passant` to `board`.

use alloc::vec::Vec;

use cozy_chess::{BitBoard, Board, CastleRights, Color, File, Move, Piece, Rank, Square};
use nets_core::{Action, DecodeError};

use super::actions;
use super::legal_moves::squares;

/// After so many plies without a capture or a pawn's move the match is drawn.
pub(super) const QUIET_PLIES_MAX: u8 = 100;

const DARK_SQUARES: BitBoard = BitBoard(0xaa55_aa55_aa55_aa55);

/// Each square's piece: 0 for none, 1 to 6 for White's pawn, knight, bishop, rook, queen and king,
/// 9 to 14 for Black's.
pub(super) type Placement = [u8; 64];

/// Where a match stands; the number is its byte in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Outcome {
    Running = 0,
    WhiteWon = 1,
    BlackWon = 2,
    Stalemate = 3,
    Material = 4,
    Repetition = 5,
    FiftyMoves = 6,
    StepLimit = 7,
}

impl Outcome {
    pub(super) fn decode(byte: u8) -> Result<Self, DecodeError> {
        match byte {
            0 => Ok(Self::Running),
            1 => Ok(Self::WhiteWon),
            2 => Ok(Self::BlackWon),
            3 => Ok(Self::Stalemate),
            4 => Ok(Self::Material),
            5 => Ok(Self::Repetition),
            6 => Ok(Self::FiftyMoves),
            7 => Ok(Self::StepLimit),
            _ => Err(DecodeError::value("status", "0 to 7", byte)),
        }
    }
}

/// A position that was, and what was done in it.
#[derive(Clone, Copy, Debug)]
struct Past {
    key: u64,
    action: u16,
}

/// One position of a match.
#[derive(Clone, Debug)]
pub(super) struct Position {
    pub(super) board: Board,
    /// Plies since the start position.
    pub(super) ply: u16,
    /// The file on which the oldest position of `past` allowed a capture en passant; of this
    /// position where there is no past.
    pub(super) first_en_passant: Option<File>,
    key: u64,
    past: Vec<Past>,
}

impl Position {
    /// A position without a past.
    pub(super) fn new(board: Board, ply: u16) -> Self {
        let mut position = Self { board, ply, first_en_passant: None, key: 0, past: Vec::new() };
        position.first_en_passant = position.en_passant();
        position.key = position.key_now();
        position
    }

    /// The moves since the last that cannot be taken back, oldest first.
    pub(super) fn past(&self) -> impl ExactSizeIterator<Item = u16> {
        self.past.iter().map(|past| past.action)
    }

    /// Whose turn it is.
    pub(super) fn mover(&self) -> Color {
        self.board.side_to_move()
    }

    /// The file on which a capture en passant is legal now.
    ///
    /// The library has the file after every double step; by the rules positions are the same where
    /// the same moves are possible, so a capture that a pin forbids does not count.
    pub(super) fn en_passant(&self) -> Option<File> {
        let file = self.board.en_passant()?;
        let mover = self.mover();
        let target = Square::new(file, Rank::Third.relative_to(!mover));
        let pawns = self.board.colored_pieces(mover, Piece::Pawn);
        let near = cozy_chess::get_pawn_attacks(target, !mover) & pawns;
        self.board.generate_moves_for(near, |moves| moves.to.has(target)).then_some(file)
    }

    fn key_now(&self) -> u64 {
        match self.board.en_passant() {
            Some(_) if self.en_passant().is_some() => self.board.hash(),
            Some(_) => self.board.hash_without_ep(),
            None => self.board.hash(),
        }
    }

    /// The move with this number as the library has it, if it is legal.
    pub(super) fn legal_move(&self, action: Action) -> Option<Move> {
        self.move_of(action).filter(|&chosen| self.board.is_legal(chosen))
    }

    /// The move with this number as the library has it, legal or not; none where it is no move of
    /// ours, as the capture of a piece of one's own.
    pub(super) fn move_of(&self, action: Action) -> Option<Move> {
        let mut chosen = actions::move_of(action)?;
        let own = self.board.colors(self.mover());
        if own.has(chosen.to) {
            return None;
        }
        let king = self.board.king(self.mover());
        if chosen.from == king && king.file() == File::E && chosen.to.rank() == king.rank() {
            match chosen.to.file() {
                File::G => chosen.to = Square::new(File::H, king.rank()),
                File::C => chosen.to = Square::new(File::A, king.rank()),
                _ => {}
            }
        }
        Some(chosen)
    }

    /// Plays a move that [`Position::legal_move`] gave for `action`.
    pub(super) fn play(&mut self, chosen: Move, action: Action) {
        let rights = self.rights();
        let past = Past { key: self.key, action: action.0 as u16 };
        self.board.play_unchecked(chosen);
        self.ply = self.ply.saturating_add(1);
        self.key = self.key_now();
        if self.board.halfmove_clock() == 0 || self.rights() != rights {
            self.past.clear();
            self.first_en_passant = self.en_passant();
        } else {
            self.past.push(past);
        }
    }

    fn rights(&self) -> [CastleRights; 2] {
        [Color::White, Color::Black].map(|color| *self.board.castle_rights(color))
    }

    /// How often this position was on the board, this time included.
    pub(super) fn occurrences(&self) -> usize {
        // Nothing can be as it was before both sides have moved there and back.
        let mut count = 1;
        let mut earlier = self.past.len().checked_sub(4);
        while let Some(index) = earlier {
            count += usize::from(self.past[index].key == self.key && self.is_as_at(index));
            earlier = index.checked_sub(2);
        }
        count
    }

    /// Whether the position before move `index` of the past was this one.
    fn is_as_at(&self, index: usize) -> bool {
        let now = self.placement();
        let mut then = now;
        for past in self.past[index..].iter().rev() {
            let (from, to) = (usize::from(past.action & 63), usize::from(past.action >> 6 & 63));
            then.swap(from, to);
        }
        then == now && (index > 0 || self.first_en_passant.is_none())
    }

    /// Each square's piece.
    pub(super) fn placement(&self) -> Placement {
        let mut placement = [0; 64];
        for (color, flag) in [(Color::White, 0), (Color::Black, 8)] {
            for piece in Piece::ALL {
                for square in squares(self.board.colored_pieces(color, piece)) {
                    placement[square as usize % 64] = (1 + piece as u8) | flag;
                }
            }
        }
        placement
    }

    /// Whether neither side could ever mate: bare kings, one knight more, or bishops that all stand
    /// on squares of one colour.
    fn has_too_little_material(&self) -> bool {
        let of = |piece| self.board.pieces(piece);
        if !(of(Piece::Pawn) | of(Piece::Rook) | of(Piece::Queen)).is_empty() {
            return false;
        }
        let (knights, bishops) = (of(Piece::Knight), of(Piece::Bishop));
        if knights.is_empty() {
            return (bishops & DARK_SQUARES).is_empty() || (bishops & !DARK_SQUARES).is_empty();
        }
        knights.len() == 1 && bishops.is_empty()
    }

    /// How the match stands; the first that holds of mate, stalemate, material, repetition, fifty
    /// moves, and the limit of `ply_limit` plies.
    pub(super) fn outcome(&self, ply_limit: u16) -> Outcome {
        self.outcome_with(self.board.generate_moves(|_| true), ply_limit)
    }

    /// The same where it is known whether there is a legal move.
    pub(super) fn outcome_with(&self, can_move: bool, ply_limit: u16) -> Outcome {
        match (can_move, self.board.checkers().is_empty(), self.mover()) {
            (false, true, _) => Outcome::Stalemate,
            (false, false, Color::White) => Outcome::BlackWon,
            (false, false, Color::Black) => Outcome::WhiteWon,
            _ if self.has_too_little_material() => Outcome::Material,
            _ if self.occurrences() >= 3 => Outcome::Repetition,
            _ if self.board.halfmove_clock() >= QUIET_PLIES_MAX => Outcome::FiftyMoves,
            _ if self.ply >= ply_limit => Outcome::StepLimit,
            _ => Outcome::Running,
        }
    }
}
