//! One moment of a match of chess: a position and how the match stands in it.
//!
//! The legal moves are found once for each position, since everybody asks for them: who plays, who
//! checks, the packed observation and the search for mate. Invariant: `moves` are those of the
//! position, and `outcome` is what it shows under the ply limit.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use cozy_chess::{Color, Move};
use nets_core::{Action, Ending, Score, Seat, SeatSet, State, Status, StepError};

use super::legal_moves::LegalMoves;
use super::position::{Outcome, Position};
use super::{bytes, picture};

/// Bits of an action in the packed observation.
const ACTION_BITS: usize = 15;

/// Moves in the packed observation.
const MOVES_SHOWN: usize = 4;

/// One moment of a match.
#[derive(Clone, Debug)]
pub(super) struct Match {
    position: Position,
    outcome: Outcome,
    /// The legal moves, whether or not the match goes on.
    moves: LegalMoves,
    ply_limit: u16,
    chance_event_count: u32,
}

impl Match {
    pub(super) fn new(position: Position, ply_limit: u16, chance_event_count: u32) -> Self {
        let (outcome, moves) = (Outcome::Running, LegalMoves::none());
        let mut state = Self { position, outcome, moves, ply_limit, chance_event_count };
        state.look();
        state
    }

    /// Finds what the position shows.
    fn look(&mut self) {
        self.moves.look_at(&self.position.board);
        self.outcome = self.position.outcome_with(!self.moves.is_empty(), self.ply_limit);
    }

    /// The move with this number as the library has it, if it is legal.
    fn legal_move(&self, action: Action) -> Option<Move> {
        self.moves.has(action).then(|| self.position.move_of(action)).flatten()
    }

    fn mover(&self) -> Seat {
        Seat(self.position.mover() as u8)
    }

    fn acts(&self, seat: Seat) -> bool {
        self.outcome == Outcome::Running && seat == self.mover()
    }
}

/// The scores for each outcome, White's first.
fn scores_of(outcome: Outcome) -> [Score; 2] {
    match outcome {
        Outcome::WhiteWon => [2, 0],
        Outcome::BlackWon => [0, 2],
        _ => [1, 1],
    }
}

impl State for Match {
    fn status(&self) -> Status {
        match self.outcome {
            Outcome::Running => Status::Acting(SeatSet::only(self.mover())),
            Outcome::StepLimit => Status::Terminal(Ending::StepLimit),
            _ => Status::Terminal(Ending::Finished),
        }
    }

    fn write_legal_actions(&self, seat: Seat, actions: &mut Vec<Action>) {
        if self.acts(seat) {
            self.moves.write_numbers(actions);
        }
    }

    fn is_legal(&self, seat: Seat, action: Action) -> bool {
        self.acts(seat) && self.moves.has(action)
    }

    fn step(&mut self, actions: &[Action]) -> Result<(), StepError> {
        if self.outcome != Outcome::Running {
            return Err(StepError::Terminal);
        }
        let &[action] = actions else {
            return Err(StepError::Count { expected: 1, got: actions.len() });
        };
        let Some(chosen) = self.legal_move(action) else {
            return Err(StepError::Illegal { seat: self.mover(), action });
        };
        self.position.play(chosen, action);
        self.look();
        Ok(())
    }

    fn scores(&self) -> Vec<Score> {
        scores_of(self.outcome).to_vec()
    }

    fn packed_observation(&self, seat: Seat) -> u64 {
        let legal = (self as &dyn State).legal_actions(seat);
        let shown = |place: usize| legal.get(legal.len() * place / MOVES_SHOWN);
        let moves = (0..MOVES_SHOWN)
            .filter_map(|place| shown(place).map(|action| action.0 << (ACTION_BITS * place)));
        let in_check = self.acts(seat) && !self.position.board.checkers().is_empty();
        moves.fold(0, |all, one| all | one)
            | u64::from(seat.0 & 1) << 60
            | u64::from(in_check) << 61
    }

    fn write_observation(&self, _seat: Seat, bytes: &mut Vec<u8>) {
        self.write_bytes(bytes);
    }

    fn write_bytes(&self, bytes: &mut Vec<u8>) {
        bytes::write(&self.position, self.outcome, bytes);
    }

    fn chance_event_count(&self) -> u32 {
        self.chance_event_count
    }

    fn picture(&self) -> String {
        picture::text(&self.position, &self.caption())
    }

    fn svg(&self) -> String {
        picture::svg(&self.position, &self.caption())
    }

    fn fork(&self) -> Box<dyn State> {
        Box::new(self.clone())
    }
}

impl Match {
    fn caption(&self) -> String {
        let check = if self.position.board.checkers().is_empty() { "" } else { ", in check" };
        match (self.outcome, self.position.mover()) {
            (Outcome::Running, Color::White) => format!("seat 0, White, to move{check}"),
            (Outcome::Running, Color::Black) => format!("seat 1, Black, to move{check}"),
            (Outcome::WhiteWon, _) => "seat 0, White, won by mate".to_owned(),
            (Outcome::BlackWon, _) => "seat 1, Black, won by mate".to_owned(),
            (Outcome::Stalemate, _) => "a draw: stalemate".to_owned(),
            (Outcome::Material, _) => "a draw: nobody could ever mate".to_owned(),
            (Outcome::Repetition, _) => "a draw: the position came up three times".to_owned(),
            (Outcome::FiftyMoves, _) => "a draw: fifty moves without progress".to_owned(),
            (Outcome::StepLimit, _) => "scored as a draw: the ply limit".to_owned(),
        }
    }
}
