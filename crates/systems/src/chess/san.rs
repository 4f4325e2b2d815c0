//! Moves as chess players write them: `Nbd7`, `exd6`, `O-O`, `e8=Q#`.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use cozy_chess::{File, Piece, Square};
use nets_core::Action;

use super::actions;
use super::position::Position;

const PIECE_LETTERS: [&str; Piece::NUM] = ["", "N", "B", "R", "Q", "K"];

/// The legal `action` in `position`, without the mark of a check or mate.
pub(super) fn move_text(position: &Position, action: Action) -> String {
    let Some(chosen) = actions::move_of(action) else { return String::new() };
    let Some(piece) = position.board.piece_on(chosen.from) else { return String::new() };
    let (from, to) = (chosen.from, chosen.to);
    let files_moved = (from.file() as i8 - to.file() as i8).abs();
    if piece == Piece::King && files_moved == 2 {
        return if to.file() == File::G { "O-O" } else { "O-O-O" }.to_owned();
    }
    // A pawn that changes its file captures, en passant too.
    let is_pawn = piece == Piece::Pawn;
    let captures = position.board.occupied().has(to) || is_pawn && files_moved == 1;
    let origin = match (is_pawn, captures) {
        (true, true) => from.file().to_string(),
        (true, false) => String::new(),
        _ => distinction(position, piece, from, to),
    };
    let promotion = chosen
        .promotion
        .map_or(String::new(), |piece| format!("={}", PIECE_LETTERS[piece as usize]));
    let cross = if captures { "x" } else { "" };
    format!("{}{origin}{cross}{to}{promotion}", PIECE_LETTERS[piece as usize])
}

/// What tells the piece from its likes that could go to the same square: file, rank or both.
fn distinction(position: &Position, piece: Piece, from: Square, to: Square) -> String {
    let mut rivals = Vec::new();
    let likes = position.board.colored_pieces(position.mover(), piece) & !from.bitboard();
    position.board.generate_moves_for(likes, |moves| {
        if moves.to.has(to) {
            rivals.push(moves.from);
        }
        false
    });
    if rivals.is_empty() {
        String::new()
    } else if rivals.iter().all(|rival| rival.file() != from.file()) {
        from.file().to_string()
    } else if rivals.iter().all(|rival| rival.rank() != from.rank()) {
        from.rank().to_string()
    } else {
        from.to_string()
    }
}
