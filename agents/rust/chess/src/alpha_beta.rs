//! Alpha-beta search with quiescence, bounded in positions.
//!
//! Values are seen from the side to move, in hundredths of a pawn: above zero it stands better.
//! Owns the order of moves and what of them is looked at; knows neither fuel nor the host.

use nets_agent_sdk::chess::{Move, Piece};

use crate::attacks;
use crate::evaluation::{KINDS, value};
use crate::moves::Moves;
use crate::position::{NOTHING, PAWN, Position};

/// More than a mate is worth. A mate is this less the plies to it: the quickest is best.
const WIN: i32 = 30_000;

/// No line is looked at any further: frames of that many plies fit into the stack.
const PLIES_MAX: usize = 40;

/// Positions of the match that may repeat, and those of the line looked at.
const KEYS_MAX: usize = 100 + PLIES_MAX;

/// What a capture may gain beyond what it takes, at most, in hundredths of a pawn.
const MARGIN: i32 = 150;

/// More captures than this are hardly ever there, and need not be in order.
const SORTED_MAX: usize = 32;

/// A search that may look at so many positions.
pub(crate) struct Search {
    positions_left: u64,
    /// Keys of earlier positions: first those of the match, then those of the line looked at.
    keys: [u64; KEYS_MAX],
    key_count: usize,
    /// At each ply the last quiet move that refuted another.
    killers: [Move; PLIES_MAX],
}

impl Search {
    pub(crate) fn new(positions_left: u64) -> Self {
        let killers = [Move::new(0, 0); PLIES_MAX];
        Self { positions_left, keys: [0; KEYS_MAX], key_count: 0, killers }
    }

    /// Adds a position that counts as drawn when it comes again. Those of the match may come in
    /// any order: a move that cannot be taken back rules out all of them.
    pub(crate) fn remember(&mut self, key: u64) {
        if let Some(place) = self.keys.get_mut(self.key_count) {
            *place = key;
            self.key_count += 1;
        }
    }

    /// Brings to the front the best move when looking `depth` plies ahead, and says whether
    /// positions sufficed; if not, it is the best of the moves that were looked at.
    pub(crate) fn bring_best_first(
        &mut self,
        position: &Position,
        moves: &mut [Move],
        depth: u32,
    ) -> bool {
        let mut low = -WIN;
        self.remember(position.key);
        for place in 0..moves.len() {
            let next = position.after(moves[place]);
            let Some(value) = self.next_value(&next, depth, 1, (low, WIN)) else { break };
            if value > low {
                low = value;
                moves[..=place].rotate_right(1);
            }
        }
        self.key_count -= 1;
        self.positions_left > 0
    }

    /// What a move that led to `next` is worth to who made it.
    fn next_value(
        &mut self,
        next: &Position,
        depth: u32,
        ply: usize,
        (low, high): (i32, i32),
    ) -> Option<i32> {
        self.positions_left = self.positions_left.checked_sub(1).filter(|&left| left > 0)?;
        Some(-self.best_value(next, depth - 1, ply, (-high, -low))?)
    }

    /// What the position is worth; exact only between the bounds.
    fn best_value(
        &mut self,
        position: &Position,
        depth: u32,
        ply: usize,
        bounds: (i32, i32),
    ) -> Option<i32> {
        if self.is_drawn(position) {
            return Some(0);
        }
        let is_in_check = position.is_in_check(position.mover);
        // Nothing is quiet about a check.
        let depth = depth + u32::from(is_in_check);
        if depth == 0 || ply == PLIES_MAX - 1 {
            return self.quiet_value(position, ply, bounds);
        }
        self.remember(position.key);
        let best = self.best_of_all(position, depth, ply, bounds);
        self.key_count -= 1;
        let without_moves = if is_in_check { ply as i32 - WIN } else { 0 };
        Some(best?.unwrap_or(without_moves))
    }

    /// The value of the best move; `Some(None)` where there is none.
    fn best_of_all(
        &mut self,
        position: &Position,
        depth: u32,
        ply: usize,
        (mut low, high): (i32, i32),
    ) -> Option<Option<i32>> {
        let mut moves = Moves::new();
        let mut best = None;
        for is_quiet in [false, true] {
            let begin = moves.as_slice().len();
            if is_quiet {
                position.push_quiet_moves(&mut moves);
                let quiet = &mut moves.as_mut_slice()[begin..];
                if let Some(place) = quiet.iter().position(|&chosen| chosen == self.killers[ply]) {
                    quiet.swap(0, place);
                }
            } else {
                position.push_noisy_moves(&mut moves);
                sort_by_gain(position, moves.as_mut_slice());
            }
            for &chosen in &moves.as_slice()[begin..] {
                let next = position.after(chosen);
                if next.is_in_check(position.mover) {
                    continue;
                }
                let value = self.next_value(&next, depth, ply + 1, (low, high))?;
                best = best.max(Some(value));
                low = low.max(value);
                if low >= high {
                    if is_quiet {
                        self.killers[ply] = chosen;
                    }
                    return Some(best);
                }
            }
        }
        Some(best)
    }

    /// What the position is worth once all worthwhile captures have been made.
    fn quiet_value(
        &mut self,
        position: &Position,
        ply: usize,
        (mut low, high): (i32, i32),
    ) -> Option<i32> {
        let mut best = value(position);
        low = low.max(best);
        if low >= high || ply == PLIES_MAX - 1 {
            return Some(best);
        }
        let standing = best;
        let mut moves = Moves::new();
        position.push_noisy_moves(&mut moves);
        sort_by_gain(position, moves.as_mut_slice());
        for &chosen in moves.as_slice() {
            if standing + gain(position, chosen) + MARGIN <= low || loses(position, chosen) {
                continue;
            }
            let next = position.after(chosen);
            if next.is_in_check(position.mover) {
                continue;
            }
            self.positions_left = self.positions_left.checked_sub(1).filter(|&left| left > 0)?;
            let value = -self.quiet_value(&next, ply + 1, (-high, -low))?;
            best = best.max(value);
            low = low.max(value);
            if low >= high {
                break;
            }
        }
        Some(best)
    }

    /// Whether the position counts as drawn: it came before, or nothing has happened for long.
    fn is_drawn(&self, position: &Position) -> bool {
        let before = &self.keys[..self.key_count];
        let since = before.len().saturating_sub(position.quiet_plies.into());
        position.quiet_plies >= 100 || before[since..].contains(&position.key)
    }
}

/// What a move takes or makes of a pawn.
fn gain(position: &Position, chosen: Move) -> i32 {
    let promoted = chosen.promotion().map_or(0, |piece| KINDS[piece as usize] - KINDS[0]);
    match position.at(chosen.to()) {
        // En passant, or a promotion that takes nothing.
        NOTHING if chosen.promotion().is_none() => KINDS[0],
        NOTHING => promoted,
        taken => promoted + KINDS[usize::from(taken)],
    }
}

/// Whether a piece takes one worth less that a pawn guards, which seldom pays; no promotion does.
fn loses(position: &Position, chosen: Move) -> bool {
    let theirs = position.kind(PAWN) & position.seat(1 - position.mover);
    let taker = KINDS[usize::from(position.at(chosen.from()))];
    if chosen.promotion().is_some() {
        return chosen.promotion() != Some(Piece::Queen);
    }
    gain(position, chosen) < taker && attacks::pawn(position.mover, chosen.to()) & theirs != 0
}

/// Brings first what gains most, with the piece that is worth least.
fn sort_by_gain(position: &Position, moves: &mut [Move]) {
    let mut ranks = [0; SORTED_MAX];
    // Few moves, and each rank is needed often: insertion, beside a list of ranks.
    for end in 0..moves.len().min(SORTED_MAX) {
        let chosen = moves[end];
        let taker = KINDS[usize::from(position.at(chosen.from()))];
        let rank = 8 * gain(position, chosen) - taker;
        let mut place = end;
        while place > 0 && ranks[place - 1] < rank {
            ranks[place] = ranks[place - 1];
            moves[place] = moves[place - 1];
            place -= 1;
        }
        (ranks[place], moves[place]) = (rank, chosen);
    }
}
