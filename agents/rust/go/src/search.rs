//! Plays the match to its end at random, many times, and does what came first in the best of these.
//!
//! A point's value is how the play-outs ended in which the agent was first to put a stone there,
//! whenever that was ("all moves as first", Bernd Brügmann, "Monte Carlo Go", 1993): so each
//! play-out says something about half of the board. How many there are is counted from the fuel
//! that the host says is left, never in time.

use nets_agent_sdk::Observation;
use nets_agent_sdk::go::{Action, Packed};

use crate::board::{BLACK, Board, POINTS_MAX, Point};
use crate::dice::Dice;
use crate::game::Game;

/// What one ply of a play-out costs on the average, in fuel.
const FUEL_PER_PLY: u64 = 300;

/// One decision takes this part of the fuel there is: however many follow, some is always left.
const PART_OF_FUEL: u64 = 8;

/// What winning counts beside a half point more.
const WIN: i32 = 30;

/// What taking a stone now counts, in half points of all play-outs.
const TAKEN: i32 = 3;

/// What the play-outs say about each point.
struct Tally {
    sum: [i32; POINTS_MAX],
    count: [i32; POINTS_MAX],
}

/// The action.
///
/// # Panics
/// When the observation is of another System than `go`.
pub fn decide(seen: Observation<'_>) -> Action {
    let game = Game::new(seen);
    let lead = Lead::new(Packed::new(seen.packed), game.own);
    if game.last_was_pass && lead.of(&game.board) > 0 && is_settled(&game) {
        return game.pass();
    }
    let mut dice = Dice::new(seen);
    let mut tally = Tally { sum: [0; POINTS_MAX], count: [0; POINTS_MAX] };
    let mut plies = seen.fuel_left / PART_OF_FUEL / FUEL_PER_PLY;
    while plies > 0 {
        plies = plies.saturating_sub(play_out(&game, &lead, &mut dice, &mut tally));
    }
    let best = game.sensible().max_by_key(|&point| (value(&game, &tally, point), point));
    best.map_or(game.pass(), |point| game.stone(point))
}

/// Whether nothing is left to be put but into eyes.
fn is_settled(game: &Game) -> bool {
    game.board
        .free()
        .iter()
        .all(|&point| [BLACK, BLACK ^ 1].iter().any(|&own| game.board.is_eye(own, point)))
}

/// The mean of a point in hundredths, and what it takes at once.
fn value(game: &Game, tally: &Tally, point: Point) -> i32 {
    let index = usize::from(point);
    let mean = 100 * tally.sum[index] / tally.count[index].max(1);
    let taken = game.board.clone().put(game.own, point);
    mean + 100 * TAKEN * i32::from(taken)
}

/// How much `own` is ahead at the end, in half points.
struct Lead {
    own: u8,
    komi: i32,
}

impl Lead {
    fn new(seen: Packed, own: u8) -> Self {
        let komi = i32::from(seen.komi());
        Self { own, komi: if own == BLACK { -komi } else { komi } }
    }

    fn of(&self, board: &Board) -> i32 {
        board.twice_lead(self.own) + self.komi
    }
}

/// Plays one match to its end and counts it; says how many plies that took.
fn play_out(game: &Game, lead: &Lead, dice: &mut Dice, tally: &mut Tally) -> u64 {
    let (mut board, mut stone) = (game.board.clone(), game.own);
    let mut first = [0u8; POINTS_MAX];
    let plies_max = 3 * board.free().len() as u64 + 20;
    let (mut plies, mut passes) = (0, 0);
    while passes < 2 && plies < plies_max {
        match any_playable(&board, stone, dice) {
            Some(point) => {
                board.put(stone, point);
                let first = &mut first[usize::from(point)];
                *first = if *first == 0 { stone } else { *first };
                passes = 0;
            }
            None => {
                board.pass();
                passes += 1;
            }
        }
        stone ^= 1;
        plies += 1;
    }
    let lead = lead.of(&board);
    let value = lead + WIN * lead.signum();
    for (index, first) in first.into_iter().enumerate() {
        if first == game.own {
            tally.sum[index] += value;
            tally.count[index] += 1;
        }
    }
    plies
}

/// A playable point that is no eye: the first in the list from a random place on.
fn any_playable(board: &Board, own: u8, dice: &mut Dice) -> Option<Point> {
    let free = board.free();
    let start = usize::from(dice.below(free.len() as u16));
    let (before, after) = free.split_at(start);
    let mut points = after.iter().chain(before).copied();
    points.find(|&point| board.is_playable(own, point) && !board.is_eye(own, point))
}
