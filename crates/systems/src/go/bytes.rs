//! The canonical bytes of a state of Go, which are also its observation.
//!
//! The stones come first, for who only wants to see the board; the moves after them are what the
//! state is, since any earlier position may not come back. Reading plays them again, so that
//! nothing needs to be believed. Invariant: bytes that are read are written again as they were.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use nets_core::{Action, DecodeError, Reader, RestoreError, Seat, State};

use crate::duel::Outcome;

use super::Rules;
use super::match_state::Match;

/// Bytes before the stones.
const HEAD_BYTES: usize = 3;

/// No state has more bytes than this.
pub(super) fn length_max(rules: Rules) -> usize {
    HEAD_BYTES + 2 * set_bytes(rules) + usize::from(rules.ply_limit) * move_bytes(rules)
}

/// How many bytes a set of cells has.
fn set_bytes(rules: Rules) -> usize {
    usize::from(rules.pass()).div_ceil(8)
}

/// How many bytes a move has.
fn move_bytes(rules: Rules) -> usize {
    if rules.pass() <= u16::from(u8::MAX) { 1 } else { 2 }
}

/// Appends the bytes of `state`.
pub(super) fn write(state: &Match, bytes: &mut Vec<u8>) {
    let moves = state.history.actions();
    bytes.reserve(HEAD_BYTES + 2 * set_bytes(state.rules) + moves.len() * move_bytes(state.rules));
    bytes.extend(state.history.ply().to_le_bytes());
    bytes.push(state.outcome as u8);
    state.board.stones(Seat(0)).write(set_bytes(state.rules), bytes);
    state.board.stones(Seat(1)).write(set_bytes(state.rules), bytes);
    if move_bytes(state.rules) == 1 {
        bytes.extend(moves.map(|action| action as u8));
    } else {
        bytes.extend(moves.flat_map(u16::to_le_bytes));
    }
}

/// The state with these bytes.
pub(super) fn read(rules: Rules, bytes: &[u8]) -> Result<Match, RestoreError> {
    let mut reader = Reader::new(bytes);
    let ply = reader.u16("ply")?;
    if ply > rules.ply_limit {
        let expected = format!("0 to {}", rules.ply_limit);
        return Err(DecodeError::value("ply", expected, ply).into());
    }
    let outcome = Outcome::decode(reader.u8("status")?)?;
    let stones = [
        reader.raw("stones of seat 0", set_bytes(rules))?,
        reader.raw("stones of seat 1", set_bytes(rules))?,
    ];
    let mut state = Match::new(rules);
    for number in 0..ply {
        let action = match move_bytes(rules) {
            1 => reader.u8("move")?.into(),
            _ => reader.u16("move")?,
        };
        if !state.is_legal(state.mover(), Action(action.into())) {
            let text = format!("move {number}, {action}, is not legal where it is played");
            return Err(RestoreError::Inconsistent(text));
        }
        state.play(action);
    }
    reader.finish()?;
    check(&state, outcome, stones).map_err(RestoreError::Inconsistent)?;
    Ok(state)
}

/// Refuses an outcome or stones to which the moves do not lead.
fn check(state: &Match, outcome: Outcome, stones: [&[u8]; 2]) -> Result<(), String> {
    if outcome != state.outcome {
        return Err(format!("status {outcome:?}, the moves lead to {:?}", state.outcome));
    }
    for (seat, given) in [Seat(0), Seat(1)].into_iter().zip(stones) {
        let mut expected = Vec::new();
        state.board.stones(seat).write(given.len(), &mut expected);
        let places = expected.iter().zip(given).position(|(expected, given)| expected != given);
        if let Some(place) = places {
            let (expected, given) = (expected[place], given[place]);
            return Err(format!(
                "byte {place} of the stones of {seat} is {given:#04x}, the moves make it \
                 {expected:#04x}"
            ));
        }
    }
    Ok(())
}
