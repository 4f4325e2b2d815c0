//! Plays the match to its end at random, many times, and does what came first in the best of these.
//!
//! A point's value is how the play-outs ended in which the agent was first to put a stone there,
//! whenever that was ("all moves as first", Bernd Brügmann, "Monte Carlo Go", 1993): so each
//! play-out says something about half of the board. How many there are is counted from the fuel
//! that the host says is left, never in time.

use nets_agent_sdk::Observation;
use nets_agent_sdk::go::{Action, Packed};

use crate::board::{BLACK, Board, Point, ROOM};
use crate::dice::Dice;
use crate::game::Game;

/// What play-outs cost on the average, in fuel: for each ply, for each point that is looked at to
/// find one, and for each point of the board at the end.
const FUEL_PER_PLY: u64 = 500;
const FUEL_PER_LOOK: u64 = 80;
const FUEL_PER_POINT: u64 = 40;

/// One decision takes this part of the fuel there is: however many follow, some is always left.
const PART_OF_FUEL: u64 = 6;

/// What winning counts beside a half point more.
const WIN: i32 = 30;

/// What taking a stone now counts, in half points of all play-outs.
const TAKEN: i32 = 3;

/// What the play-outs say about each point.
struct Tally {
    sum: [i32; ROOM],
    count: [i32; ROOM],
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
    let mut tally = Tally { sum: [0; ROOM], count: [0; ROOM] };
    let mut fuel = seen.fuel_left / PART_OF_FUEL;
    while fuel > 0 && game.candidates().nth(1).is_some() {
        fuel = fuel.saturating_sub(play_out(&game, &lead, &mut dice, &mut tally));
    }
    best(&game, &tally).map_or(game.pass(), |point| game.stone(point))
}

/// The best point that is legal.
fn best(game: &Game, tally: &Tally) -> Option<Point> {
    let rated = game.candidates().map(|point| (value(game, tally, point), point));
    // Few are not legal, so that it is not worth sorting them.
    let mut best = rated.clone().max()?;
    while !game.is_legal(best.1) {
        best = rated.clone().filter(|other| *other < best).max()?;
    }
    Some(best.1)
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
    mean + 100 * TAKEN * i32::from(game.board.count_taken(game.own, point))
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

/// Plays one match to its end and counts it; says what that cost, in fuel.
fn play_out(game: &Game, lead: &Lead, dice: &mut Dice, tally: &mut Tally) -> u64 {
    let (mut board, mut stone) = (game.board.clone(), game.own);
    let mut first = [0u8; ROOM];
    let plies_max = board.free().len() as u64 * 3 / 2;
    let (mut plies, mut passes, mut looks) = (0, 0, 0);
    while passes < 2 && plies < plies_max {
        match any_playable(&board, stone, dice, &mut looks) {
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
    for (index, &first) in first.iter().enumerate().take(board.points_end()) {
        if first == game.own {
            tally.sum[index] += value;
            tally.count[index] += 1;
        }
    }
    FUEL_PER_PLY * plies + FUEL_PER_LOOK * looks + FUEL_PER_POINT * board.points_end() as u64
}

/// A playable point that is no eye: the first in the list from a random place on. Counts the points
/// that it looks at.
fn any_playable(board: &Board, own: u8, dice: &mut Dice, looks: &mut u64) -> Option<Point> {
    let free = board.free();
    let start = usize::from(dice.below(free.len() as u16));
    let (before, after) = free.split_at(start);
    let mut points = after.iter().chain(before).copied();
    points.find(|&point| {
        *looks += 1;
        !board.is_eye(own, point) && board.is_playable(own, point)
    })
}
