//! One moment of a match of Go: the board, its past, and how the match stands.
//!
//! Invariant: `outcome` is what the last two plies, the ply limit and the area on the board show.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use nets_core::{Action, Ending, Score, Seat, State, Status, StepError};

use crate::duel::Outcome;

use super::board::Board;
use super::cell_set::CellSet;
use super::history::History;
use super::{Rules, bytes, picture};

/// What stands for no point in the packed observation.
const NONE: u64 = 511;

/// One moment of a match.
#[derive(Clone, Debug)]
pub(super) struct Match {
    pub(super) rules: Rules,
    pub(super) board: Board,
    pub(super) history: History,
    pub(super) outcome: Outcome,
}

impl Match {
    /// The start.
    pub(super) fn new(rules: Rules) -> Self {
        let (board, history) = (Board::new(rules.size), History::new(rules.ply_limit));
        Self { rules, board, history, outcome: Outcome::Running }
    }

    /// The seat whose turn it is, or would be.
    pub(super) fn mover(&self) -> Seat {
        Seat((self.history.ply() & 1) as u8)
    }

    fn acts(&self, seat: Seat) -> bool {
        self.outcome == Outcome::Running && seat == self.mover()
    }

    /// Whether the last two plies were passes.
    pub(super) fn both_passed(&self) -> bool {
        let pass = Some(self.rules.pass());
        self.history.action_before(0) == pass && self.history.action_before(1) == pass
    }

    /// Whether the mover may put a stone on a free cell.
    fn is_playable(&self, cell: u16) -> bool {
        let (seat, point) = (self.mover(), self.board.point(cell));
        let can_repeat = || self.board.lost(seat).contains(cell);
        let repeats = |key| self.history.would_repeat(&self.board, seat, point, key);
        let key = self.board.key_after(seat, point);
        key.is_some_and(|key| !(can_repeat() && repeats(key)))
    }

    /// Plays an action that is legal for the mover.
    pub(super) fn play(&mut self, action: u16) {
        let (seat, taken_before) = (self.mover(), self.history.taken.len());
        let is_pass = action == self.rules.pass();
        if !is_pass {
            let point = self.board.point(action);
            self.board.put(seat, point, &mut self.history.taken);
        }
        self.history.add(action, self.board.key(), taken_before, is_pass);
        if self.both_passed() || self.history.ply() == self.rules.ply_limit {
            self.outcome = self.counted();
        }
    }

    /// Who has more, in half points.
    fn counted(&self) -> Outcome {
        let [first, second] = self.board.area().map(|points| 2 * u64::from(points));
        match first.cmp(&(second + self.rules.komi)) {
            core::cmp::Ordering::Greater => Outcome::FirstWon,
            core::cmp::Ordering::Less => Outcome::SecondWon,
            core::cmp::Ordering::Equal => Outcome::Draw,
        }
    }

    /// The cell where the mover takes the most stones, of several the first.
    fn best_taking(&self, playable: CellSet) -> Option<u16> {
        let seat = self.mover();
        let taken = |cell: u16| self.board.count_taken(seat, self.board.point(cell));
        let near = self.board.beside(self.board.stones(Seat(1 - seat.0)));
        let counted = playable.and(near).iter().map(|cell| (taken(cell), cell));
        // The greatest count with the least cell.
        let best = counted.filter(|(count, _)| *count > 0);
        best.min_by_key(|&(count, cell)| (core::cmp::Reverse(count), cell)).map(|(_, cell)| cell)
    }

    /// The cells where `seat` may put a stone now.
    fn playable(&self, seat: Seat) -> CellSet {
        if !self.acts(seat) {
            return CellSet::default();
        }
        let free = self.board.free();
        // Most of them: the stone has a liberty, and nothing can come back by it.
        let surely = free.and(self.board.beside(free)).without(self.board.lost(seat));
        let mut playable = surely;
        let others = free.without(surely).iter();
        others.filter(|cell| self.is_playable(*cell)).for_each(|cell| playable.insert(cell));
        playable
    }
}

impl State for Match {
    fn status(&self) -> Status {
        match self.outcome {
            Outcome::Running => self.outcome.status(self.mover()),
            _ if self.both_passed() => Status::Terminal(Ending::Finished),
            _ => Status::Terminal(Ending::StepLimit),
        }
    }

    fn write_legal_actions(&self, seat: Seat, actions: &mut Vec<Action>) {
        if !self.acts(seat) {
            return;
        }
        self.playable(seat).iter().for_each(|cell| actions.push(Action(cell.into())));
        actions.push(Action(self.rules.pass().into()));
    }

    fn is_legal(&self, seat: Seat, action: Action) -> bool {
        let pass = u64::from(self.rules.pass());
        self.acts(seat)
            && (action.0 == pass
                || action.0 < pass
                    && self.board.free().contains(action.0 as u16)
                    && self.is_playable(action.0 as u16))
    }

    fn step(&mut self, actions: &[Action]) -> Result<(), StepError> {
        let action = self.outcome.only_action(actions)?;
        let seat = self.mover();
        if !self.is_legal(seat, action) {
            return Err(StepError::Illegal { seat, action });
        }
        self.play(action.0 as u16);
        Ok(())
    }

    fn scores(&self) -> Vec<Score> {
        self.outcome.scores()
    }

    fn packed_observation(&self, seat: Seat) -> u64 {
        let playable = self.playable(seat);
        let number = |cell: Option<u16>| cell.map_or(NONE, u64::from);
        let (taking, plain) = if playable == CellSet::default() {
            (None, playable)
        } else {
            (self.best_taking(playable), playable.and(self.board.not_surrounded(seat)))
        };
        let third = |k: u32| number(plain.iter().nth((plain.count() * k / 3) as usize));
        number(taking)
            | third(1) << 9
            | third(2) << 18
            | number(self.history.action_before(0)) << 27
            | u64::from(self.rules.size) << 36
            | u64::from(self.rules.ply_limit - self.history.ply()) << 41
            | self.rules.komi << 52
    }

    fn write_observation(&self, _seat: Seat, bytes: &mut Vec<u8>) {
        self.write_bytes(bytes);
    }

    fn write_bytes(&self, bytes: &mut Vec<u8>) {
        bytes::write(self, bytes);
    }

    fn chance_event_count(&self) -> u32 {
        0
    }

    fn picture(&self) -> String {
        picture::text(self)
    }

    fn svg(&self) -> String {
        picture::svg(self)
    }

    fn fork(&self) -> Box<dyn State> {
        Box::new(self.clone())
    }
}
