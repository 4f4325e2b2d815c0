//! Positions to begin matches at: a data set with a line of Forsyth-Edwards Notation for each.
//!
//! The plies before a position count as its move number says, so an end game may begin at ply 120.
//! Invariant: a match can be played from each.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::fen;
use super::position::{Outcome, Position};

/// The most positions there can be.
const COUNT_MAX: usize = 10_000;

/// The start position, as a data set of its own.
pub(crate) const START: &str = "rnbqkbnr/pppppppp/8/8/8/8/PPPPPPPP/RNBQKBNR w KQkq - 0 1\n";

/// The positions of a data set, for matches with this ply limit; an error says in words what is
/// wrong, and in which line.
pub(super) fn read(data: &[u8], ply_limit: u16) -> Result<Vec<Position>, String> {
    let text = str::from_utf8(data).map_err(|error| format!("it is not UTF-8: {error}"))?;
    let position = |(index, line)| {
        position(line, ply_limit).map_err(|reason| format!("line {}: {reason}", index + 1))
    };
    let count = text.lines().count();
    if !(1..=COUNT_MAX).contains(&count) {
        return Err(format!("it has {count} lines, expected 1 to {COUNT_MAX}, a FEN in each"));
    }
    text.lines().enumerate().map(position).collect()
}

fn position(line: &str, ply_limit: u16) -> Result<Position, String> {
    let position = fen::position_of(line).map_err(|error| error.to_string())?;
    // One spelling for each position: what another program accepts is nobody's opinion.
    let spelled = fen::fen_of(&position);
    if spelled != line {
        return Err(format!("{line:?} is spelled otherwise, expected {spelled:?}"));
    }
    if position.ply >= ply_limit {
        let ply = position.ply;
        return Err(format!("it is ply {ply}, expected one before the ply limit, {ply_limit}"));
    }
    match position.outcome(ply_limit) {
        Outcome::Running => Ok(position),
        over => Err(format!("the match is over in it ({over:?}), expected one with moves to make")),
    }
}
