//! A match as an agent sees it: the board, and every position that may not come again.
//!
//! Positions are remembered by their keys.

use nets_agent_sdk::Observation;
use nets_agent_sdk::go;

use crate::board::{BLACK, Board, Point};

/// As many positions as the longest match has.
const POSITIONS_MAX: usize = 2_001;

/// The board, whose turn it is, and the past.
#[derive(Debug)]
pub struct Game {
    pub(crate) board: Board,
    /// The stone of who is to move.
    pub(crate) own: u8,
    pub(crate) last_was_pass: bool,
    points: u16,
    positions: [u64; POSITIONS_MAX],
    position_count: usize,
}

impl Game {
    /// Plays again what was played.
    ///
    /// # Panics
    /// When the observation is of another System than `go`.
    pub fn new(seen: Observation<'_>) -> Self {
        let view = go::Board::new(seen);
        let mut game = Self {
            board: Board::new(view.packed().size()),
            own: BLACK,
            last_was_pass: false,
            points: view.packed().points(),
            positions: [0; POSITIONS_MAX],
            position_count: 0,
        };
        view.actions().for_each(|action| game.play(action));
        game
    }

    fn play(&mut self, action: u16) {
        self.last_was_pass = action == self.points;
        if self.last_was_pass {
            self.board.pass();
        } else {
            let point = self.board.point(action);
            self.board.put(self.own, point);
            self.positions[self.position_count] = self.board.key();
            self.position_count += 1;
        }
        self.own ^= 1;
    }

    /// Whether a stone on this free point is legal.
    pub(crate) fn is_legal(&self, point: Point) -> bool {
        if !self.board.is_playable(self.own, point) {
            return false;
        }
        let mut after = self.board.clone();
        after.put(self.own, point);
        !self.positions[..self.position_count].contains(&after.key())
    }

    /// The points that are no eyes of who is to move, and legal but for what was there before, in
    /// no order.
    pub(crate) fn candidates(&self) -> impl Iterator<Item = Point> + Clone {
        let free = self.board.free().iter().copied();
        let is_candidate =
            |point| !self.board.is_eye(self.own, point) && self.board.is_playable(self.own, point);
        free.filter(move |&point| is_candidate(point))
    }

    /// Whether a number is a legal action.
    pub fn is_legal_action(&self, action: u16) -> bool {
        let is_free = || self.board.free().contains(&self.board.point(action));
        action == self.points
            || action < self.points && is_free() && self.is_legal(self.board.point(action))
    }

    /// The action that passes.
    pub(crate) fn pass(&self) -> go::Action {
        go::Action::Pass(self.points)
    }

    /// The action that puts a stone on this point.
    pub(crate) fn stone(&self, point: Point) -> go::Action {
        go::Action::Stone(self.board.action(point))
    }
}
