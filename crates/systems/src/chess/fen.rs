//! Positions in Forsyth-Edwards Notation, to and from the bytes of a state.
//!
//! A FEN says nothing of the past, so a state made of one has seen no position before. The en
//! passant square is written only where the capture is legal, and may be given wherever a pawn has
//! just passed it.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use cozy_chess::{Board, Color, File, Rank, Square};
use nets_core::RestoreError;
use thiserror::Error;

use super::bytes;
use super::position::{Position, QUIET_PLIES_MAX};

/// The most plies that any ply limit allows.
const PLIES_MAX: u32 = 10_000;

/// The letters of the pieces by their codes in a placement.
pub(super) const LETTERS: &[u8; 16] = b".PNBRQK..pnbrqk.";

/// A text that is no position of chess.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FenError {
    /// The fields do not parse or contradict each other.
    #[error("FEN: {0}")]
    Parse(String),
    /// Rights to castle with a king or rook that is not where it began.
    #[error("FEN: rights to castle need the king on its e-file and the rook in its corner")]
    Castling,
    /// More plies without progress than plies, or more plies than a match can have.
    #[error(
        "FEN: halfmove clock {halfmove_clock} at ply {ply}, expected at most the ply, 100 and {PLIES_MAX}"
    )]
    Clocks {
        /// Plies since the last capture or pawn's move.
        halfmove_clock: u8,
        /// Plies since the start position.
        ply: u32,
    },
}

/// The bytes of the state with this position and no past, for [`nets_core::System::restore`].
///
/// # Errors
/// When the text is no position of chess.
pub fn bytes_from_fen(fen: &str) -> Result<Vec<u8>, FenError> {
    let position = position_of(fen)?;
    let mut state = Vec::new();
    bytes::write(&position, position.outcome(u16::MAX), &mut state);
    Ok(state)
}

/// This position without a past.
pub(super) fn position_of(fen: &str) -> Result<Position, FenError> {
    let board = Board::from_fen(fen, false).map_err(|error| FenError::Parse(error.to_string()))?;
    for color in Color::ALL {
        let rights = board.castle_rights(color);
        let corners = rights.short.is_none_or(|file| file == File::H)
            && rights.long.is_none_or(|file| file == File::A);
        let castles = rights.short.is_some() || rights.long.is_some();
        if castles && !(corners && board.king(color).file() == File::E) {
            return Err(FenError::Castling);
        }
    }
    let moves_before = u32::from(board.fullmove_number()).saturating_sub(1);
    let ply = 2 * moves_before + board.side_to_move() as u32;
    let halfmove_clock = board.halfmove_clock();
    if ply > PLIES_MAX || u32::from(halfmove_clock) > ply || halfmove_clock > QUIET_PLIES_MAX {
        return Err(FenError::Clocks { halfmove_clock, ply });
    }
    if board.en_passant().is_some() && halfmove_clock > 0 {
        return Err(FenError::Parse("en passant without a double step just before".to_owned()));
    }
    Ok(Position::new(board, ply as u16))
}

/// The position in the bytes of a state of chess, whatever its ply limit.
///
/// # Errors
/// When the bytes are no state of chess.
pub fn fen_from_bytes(bytes: &[u8]) -> Result<String, RestoreError> {
    // A state at its limit says so; any other is right under the largest limit.
    let limit = match bytes {
        [low, high, 7, ..] => u16::from_le_bytes([*low, *high]),
        _ => PLIES_MAX as u16,
    };
    bytes::read(bytes, limit).map(|(position, _)| fen_of(&position))
}

/// The position as FEN.
pub(super) fn fen_of(position: &Position) -> String {
    let placement = position.placement();
    let rows: Vec<_> = placement.chunks(8).rev().map(row).collect();
    let mover = if position.mover() == Color::White { 'w' } else { 'b' };
    let rights = bytes::rights_of(&position.board);
    let letters = "KQkq".chars().enumerate().filter(|(bit, _)| rights >> bit & 1 == 1);
    let mut castling: String = letters.map(|(_, letter)| letter).collect();
    if castling.is_empty() {
        castling.push('-');
    }
    let rank = Rank::Third.relative_to(!position.mover());
    let en_passant = position.en_passant();
    let en_passant = en_passant.map_or("-".to_owned(), |f| Square::new(f, rank).to_string());
    let (clock, move_number) = (position.board.halfmove_clock(), position.ply / 2 + 1);
    format!("{} {mover} {castling} {en_passant} {clock} {move_number}", rows.join("/"))
}

fn row(codes: &[u8]) -> String {
    let mut text = String::new();
    let mut empty = 0;
    for (index, &code) in codes.iter().enumerate() {
        empty += u8::from(code == 0);
        let ends = code != 0 || index + 1 == codes.len();
        if ends && empty > 0 {
            text.push(char::from(b'0' + empty));
            empty = 0;
        }
        if code != 0 {
            text.push(char::from(LETTERS[usize::from(code & 15)]));
        }
    }
    text
}
