//! Records of matches as Portable Game Notation, for every chess program there is.
//!
//! The opening's moves are written like any others, so the text begins at the start position, or at
//! that of the data set, which a tag tells. A record is not replayed here: what it says of its end is
//! written as it says it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};
use core::fmt::Write;

use nets_core::{Action, Chance, MatchRecord, ParameterError, RestoreError, System, Termination};
use thiserror::Error;

use super::position::{Outcome, Position};
use super::{Chess, DESCRIPTOR, Opening, bytes, fen, san};

/// Lines of moves are no longer than this, as the standard of PGN wants it.
const LINE_MAX: usize = 79;

/// A record that cannot be written as PGN.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PgnError {
    /// It is of another System.
    #[error("a record of {got}, expected one of chess v1")]
    System {
        /// The System's name and version.
        got: String,
    },
    /// Its parameters are none of chess.
    #[error("{0}")]
    Parameters(#[from] ParameterError),
    /// Its System does not begin with a position.
    #[error("no position to begin at: {0}")]
    Start(#[from] RestoreError),
    /// A step that is not one legal move.
    #[error("step {step} is no legal move; `nets replay` tells more")]
    Step {
        /// The step, counted from 0.
        step: usize,
    },
}

/// The match of `record` as PGN; `system` is its own, with its data set where it has one.
///
/// # Errors
/// When it is no match of chess.
pub fn pgn(record: &MatchRecord, system: &dyn System) -> Result<String, PgnError> {
    let rules = &record.spec.rules;
    if rules.system.name != DESCRIPTOR.name || rules.system.version != DESCRIPTOR.version {
        return Err(PgnError::System { got: rules.system.to_string() });
    }
    let chess = Chess::new(DESCRIPTOR.decode_parameters(&rules.parameters)?);
    let chance = Chance::from_seed(&record.spec.seed);
    let opening = chess.opening(chance);
    let start = match chess.parameters.data() {
        None => chess.start.clone(),
        Some(_) => bytes::read(&system.start(chance).bytes(), chess.ply_limit)?.0,
    };
    let given = chess.parameters.data().map(|_| fen::fen_of(&start));
    let (moves, outcome) = moves_of(start, &chess, opening, record)?;
    let result = match record.outcome.scores[..] {
        [2, 0] => "1-0",
        [0, 2] => "0-1",
        [0, 0] => "*",
        _ => "1/2-1/2",
    };
    let mut text = tags(record, opening, given.as_deref(), result);
    let mut column = 0;
    let words = moves.iter().map(String::as_str);
    for word in words.chain(comment(outcome).split_whitespace()).chain([result]) {
        let gap = if column == 0 {
            ""
        } else if column + 1 + word.len() > LINE_MAX {
            column = 0;
            "\n"
        } else {
            column += 1;
            " "
        };
        text.extend([gap, word]);
        column += word.len();
    }
    text.push('\n');
    Ok(text)
}

fn tags(
    record: &MatchRecord,
    opening: Option<&Opening>,
    start: Option<&str>,
    result: &str,
) -> String {
    let agent = |seat: usize| record.spec.agents.get(seat).map_or("?".into(), ToString::to_string);
    let termination = match record.outcome.termination {
        Termination::Finished => "normal",
        Termination::StepLimit => "adjudication",
        Termination::Forfeit(_) => "rules infraction",
    };
    let (white, black, id) = (agent(0), agent(1), record.spec.id().to_string());
    let mut tags = vec![
        ("Event", "nets"),
        ("Site", "?"),
        ("Date", "????.??.??"),
        ("Round", "-"),
        ("White", &white),
        ("Black", &black),
        ("Result", result),
        ("Termination", termination),
        ("MatchId", &id),
    ];
    tags.extend(opening.map(|opening| ("Opening", opening.name)));
    tags.extend(start.into_iter().flat_map(|fen| [("SetUp", "1"), ("FEN", fen)]));
    let mut text = String::new();
    for (name, value) in tags {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "[{name} \"{value}\"]");
    }
    text.push('\n');
    text
}

/// The numbered moves, those of the opening first, and how the position stands after them.
fn moves_of(
    mut position: Position,
    chess: &Chess,
    opening: Option<&Opening>,
    record: &MatchRecord,
) -> Result<(Vec<String>, Outcome), PgnError> {
    let mut words = Vec::new();
    for action in opening.into_iter().flat_map(Opening::actions) {
        play(&mut position, action, &mut words);
    }
    for (step, recorded) in record.steps.iter().enumerate() {
        let played = match recorded.actions[..] {
            [action] => play(&mut position, action, &mut words),
            _ => false,
        };
        if !played {
            return Err(PgnError::Step { step });
        }
    }
    let outcome = position.outcome(chess.ply_limit);
    Ok((words, outcome))
}

/// Plays and writes a move; false where it is not legal.
fn play(position: &mut Position, action: Action, words: &mut Vec<String>) -> bool {
    let Some(chosen) = position.legal_move(action) else { return false };
    match (position.ply.is_multiple_of(2), words.is_empty()) {
        (true, _) => words.push(format!("{}.", position.ply / 2 + 1)),
        (false, true) => words.push(format!("{}...", position.ply / 2 + 1)),
        (false, false) => {}
    }
    let mut word = san::move_text(position, action);
    position.play(chosen, action);
    if !position.board.checkers().is_empty() {
        let mate = !position.board.generate_moves(|_| true);
        word.push(if mate { '#' } else { '+' });
    }
    words.push(word);
    true
}

/// Why it is a draw, where the board alone does not say so.
fn comment(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Material => "{neither side can mate}",
        Outcome::Repetition => "{threefold repetition}",
        Outcome::FiftyMoves => "{fifty moves}",
        Outcome::StepLimit => "{ply limit}",
        _ => "",
    }
}
