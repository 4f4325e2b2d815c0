//! The Systems beside other libraries of the same games: games that a library played at random are
//! played again here, and everything that both show must be the same.
//!
//! The libraries are Python's, so these tests need one that has them: `NETS_PEERS_PYTHON` names it,
//! and `cargo xtask test --only peers` makes it. Without it they say that nothing was compared.
//!
//! Chance is OpenSpiel's own there and a seed's here, so [`Peer::starts`] says with which states a
//! game may begin here whose chance nodes had these outcomes there: with that of any seed where
//! there is no chance; where there is, with those that many seeds give, of which one has to agree
//! in all that the players see, or with one that is restored from bytes made of the outcomes.
//!
//! Where both follow other rules on purpose, the test says so, and [`Peer::may_differ`] has no more
//! than that.

mod chess;
mod record;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use nets_core::{Action, Chance, Score, Seat, SeatSet, Seed, State, Status, System};

use record::{Facts, Game, Moment, Tensor, View};

/// Names the Python that has the libraries.
const PYTHON: &str = "NETS_PEERS_PYTHON";

/// What sees to it that there is one.
const ADVICE: &str = "`cargo xtask test --only peers` does that";

/// How many games of each are compared.
const GAMES: usize = 1_000;

/// First states, the next made when the one before does not agree.
type Starts<'a> = Box<dyn Iterator<Item = Box<dyn State>> + 'a>;

/// A game of OpenSpiel, and the System that plays the same.
struct Peer {
    /// The game, as `pyspiel.load_game` takes it.
    game: &'static str,
    system: &'static str,
    parameters: &'static [(&'static str, u64)],
    /// The first states of which one has to play a game, given the outcomes of its chance nodes.
    starts: for<'a> fn(&'a dyn System, &'a [u64]) -> Starts<'a>,
    /// Whether our scores say what OpenSpiel's returns say.
    has_same_result: fn(&[f64], &[Score]) -> bool,
    /// Whether OpenSpiel's player 1 has seat 0.
    is_turned_round: bool,
    /// OpenSpiel's number of a legal action, where it is not ours.
    number: Option<fn(&dyn State, Action) -> u64>,
    /// Whether a legal action that OpenSpiel does not have is one that its rules forbid.
    may_differ: fn(&dyn State, Action) -> bool,
}

/// A peer without chance whose returns and scores put the seats into the same order.
const fn peer(
    game: &'static str,
    system: &'static str,
    parameters: &'static [(&'static str, u64)],
) -> Peer {
    Peer {
        game,
        system,
        parameters,
        starts: without_chance,
        has_same_result: is_same_order,
        is_turned_round: false,
        number: None,
        may_differ: |_, _| false,
    }
}

#[test]
fn connect_four_is_played_as_in_openspiel() {
    peer("connect_four", "connect-four", &[]).compare();
}

#[test]
fn tic_tac_toe_is_played_as_in_openspiel() {
    peer("tic_tac_toe", "tic-tac-toe", &[]).compare();
}

#[test]
fn othello_is_played_as_in_openspiel() {
    peer("othello", "othello", &[]).compare();
}

#[test]
fn hex_is_played_as_in_openspiel() {
    peer("hex", "hex", &[]).compare();
    peer("hex(board_size=4)", "hex", &[("size", 4)]).compare();
}

/// Two rules differ on purpose. A stone that makes an earlier position again is not legal here, by
/// the Tromp-Taylor rules; there it ends the game as a draw, and `open_spiel_games.py` leaves it out.
/// And where one stone was taken, OpenSpiel forbids the point even to a stone that would take others
/// with it and so make a new position.
#[test]
fn go_is_played_as_in_openspiel() {
    let may_differ = |state: &dyn State, action: Action| stones_taken(state, action) > 1;
    let nine = peer("go(board_size=9)", "go", &[]);
    Peer { may_differ, ..nine }.compare();
    // Of the games on a small board many come to kos; a limit of their own, another komi.
    let game = "go(board_size=5,komi=0.5,max_game_length=200)";
    let small = peer(game, "go", &[("size", 5), ("komi", 1), ("ply-limit", 200)]);
    Peer { may_differ, ..small }.compare();
}

/// How many stones an action takes.
fn stones_taken(state: &dyn State, action: Action) -> u32 {
    let size = (state.packed_observation(Seat(0)) >> 36 & 31) as usize;
    let count = |state: &dyn State| {
        let stones = &state.bytes()[3..][..2 * (size * size).div_ceil(8)];
        stones.iter().map(|byte| byte.count_ones()).sum::<u32>()
    };
    let mut after = state.fork();
    after.step(&[action]).unwrap();
    (count(state) + 1).saturating_sub(count(&*after))
}

/// Draws are given at once by both: stalemate, the third time, fifty moves, and the material that
/// cannot mate. White is player 1 in OpenSpiel, actions are numbered otherwise, and a game has no
/// limit.
#[test]
fn chess_is_played_as_in_openspiel() {
    let chess = peer("chess", "chess", &[("ply-limit", 10_000)]);
    Peer { is_turned_round: true, number: Some(chess::number), ..chess }.compare();
}

#[test]
fn throws_are_played_as_in_openspiel() {
    let game = "repeated_game(stage_game=matrix_rps(),num_repetitions=30)";
    peer(game, "rps", &[("throws", 30)]).compare();
}

/// The start of a System without chance.
fn without_chance<'a>(system: &'a dyn System, outcomes: &'a [u64]) -> Starts<'a> {
    assert!(outcomes.is_empty(), "OpenSpiel has chance nodes: {outcomes:?}");
    Box::new(by_seed(system, outcomes).take(1))
}

/// The starts with a thousand seeds: enough where there are some hundred ways to deal.
fn by_seed<'a>(system: &'a dyn System, _outcomes: &'a [u64]) -> Starts<'a> {
    let seeds = (0..1_000).map(|index| Seed([0x9e; 32]).for_match(index));
    Box::new(seeds.map(|seed| system.start(Chance::from_seed(&seed))))
}

/// Whether every two seats stand to each other as they do in the returns.
fn is_same_order(returns: &[f64], scores: &[Score]) -> bool {
    let pairs = (0..scores.len()).flat_map(|one| (0..one).map(move |other| (one, other)));
    returns.len() == scores.len()
        && pairs.into_iter().all(|(one, other)| {
            returns[one].partial_cmp(&returns[other]) == Some(scores[one].cmp(&scores[other]))
        })
}

impl Peer {
    /// Has OpenSpiel play, and plays each of its games here.
    fn compare(&self) {
        let Some(python) = std::env::var_os(PYTHON) else {
            #[allow(clippy::print_stderr, reason = "a test that tests nothing says so")]
            {
                eprintln!("{}: not compared, {PYTHON} is not set: {ADVICE}", self.game);
            }
            return;
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/open_spiel_games.py");
        let mut command = Command::new(python);
        command.arg(script).args([self.game, "1", &GAMES.to_string()]).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let system = crate::system(self.system, self.parameters);
        if let Some(facts) = lines.next() {
            self.compare_facts(&*system, &serde_json::from_str(&facts.unwrap()).unwrap());
        }
        let mut count = 0;
        for line in lines {
            let game: Game = serde_json::from_str(&line.unwrap()).unwrap();
            self.compare_game(&*system, &game)
                .unwrap_or_else(|text| panic!("game {count} of {}: {text}", self.game));
            count += 1;
        }
        assert!(process.wait().unwrap().success(), "{} failed", self.game);
        assert_eq!(count, GAMES, "games of {}", self.game);
    }

    fn compare_facts(&self, system: &dyn System, facts: &Facts) {
        if self.number.is_none() {
            assert_eq!(system.action_count(), facts.actions, "actions of {}", self.game);
        }
        if !facts.shape.is_empty() {
            // A library may have a matrix where we have a row, so long as the order is the same.
            let count = |shape: &[u32]| shape.iter().product::<u32>();
            let shape = system.tensor_shape();
            assert_eq!(count(&shape), count(&facts.shape), "{}: {shape:?}", self.game);
        }
    }

    /// Plays one game again, from the starts there are until one agrees; else tells how far the best
    /// of them came.
    fn compare_game(&self, system: &dyn System, game: &Game) -> Result<(), String> {
        let mut furthest = (0, "it has no start".to_owned());
        for start in (self.starts)(system, &game.chance) {
            match self.replay(start, system, game) {
                Ok(()) => return Ok(()),
                Err(difference) if difference.0 >= furthest.0 => furthest = difference,
                Err(_) => {}
            }
        }
        let (moment, text) = furthest;
        Err(format!("moment {moment} of {}: {text}", game.moments.len()))
    }

    /// Plays one game from `state`; a difference comes with the moment at which it is seen.
    fn replay(
        &self,
        mut state: Box<dyn State>,
        system: &dyn System,
        game: &Game,
    ) -> Result<(), (usize, String)> {
        for (index, moment) in game.moments.iter().enumerate() {
            let at = |text| (index, format!("{text}\n{}", state.picture()));
            self.compare_moment(system, &*state, moment).map_err(at)?;
            let actions: Vec<_> =
                moment.actions.iter().map(|&number| self.action(&*state, number)).collect();
            let result = state.step(&actions);
            result.map_err(|error| (index, error.to_string()))?;
        }
        let last = game.moments.len();
        let at_end = |text| Err((last, format!("{text}\n{}", state.picture())));
        if let Status::Acting(_) = state.status() {
            return at_end("it goes on, OpenSpiel's is over".to_owned());
        }
        let (mut returns, scores) = (game.returns.clone(), state.scores());
        if self.is_turned_round {
            returns.reverse();
        }
        if (self.has_same_result)(&returns, &scores) {
            return Ok(());
        }
        at_end(format!("scores {scores:?}, OpenSpiel's returns are {returns:?}"))
    }

    /// The seat of a player.
    fn seat(&self, player: u8) -> Seat {
        Seat(if self.is_turned_round { 1 - player } else { player })
    }

    /// OpenSpiel's number of an action.
    fn number(&self, state: &dyn State, action: Action) -> u64 {
        self.number.map_or(action.0, |number| number(state, action))
    }

    /// The action with this number in OpenSpiel.
    fn action(&self, state: &dyn State, number: u64) -> Action {
        let Status::Acting(acting) = state.status() else { return Action(number) };
        let legal = acting.iter().flat_map(|seat| state.legal_actions(seat));
        let found = legal.into_iter().find(|action| self.number(state, *action) == number);
        found.unwrap_or(Action(number))
    }

    /// Who acts, what is legal, and what those who act see.
    fn compare_moment(
        &self,
        system: &dyn System,
        state: &dyn State,
        moment: &Moment,
    ) -> Result<(), String> {
        let expected: SeatSet = moment.acting.iter().map(|view| self.seat(view.player)).collect();
        if state.status() != Status::Acting(expected) {
            return Err(format!("{:?}, in OpenSpiel's act {expected:?}", state.status()));
        }
        for view in &moment.acting {
            self.compare_legal(state, view)?;
            compare_tensor(system, state, self.seat(view.player), view)?;
        }
        Ok(())
    }

    fn compare_legal(&self, state: &dyn State, view: &View) -> Result<(), String> {
        let seat = self.seat(view.player);
        let is_theirs = |action: &Action| view.legal.contains(&self.number(state, *action));
        let counts = |action: &Action| is_theirs(action) || !(self.may_differ)(state, *action);
        let legal = state.legal_actions(seat).into_iter().filter(counts);
        let mut legal: Vec<_> = legal.map(|action| self.number(state, action)).collect();
        legal.sort_unstable();
        if legal != view.legal {
            return Err(format!("legal for {seat} {legal:?}, OpenSpiel's {:?}", view.legal));
        }
        Ok(())
    }
}

/// What one who acts sees, where OpenSpiel wrote it down.
fn compare_tensor(
    system: &dyn System,
    state: &dyn State,
    seat: Seat,
    view: &View,
) -> Result<(), String> {
    let Some(expected) = view.tensor.as_ref().map(Tensor::values) else { return Ok(()) };
    let mut tensor = Vec::new();
    let written = system.write_tensor(seat, &state.observation(seat), &mut tensor);
    written.map_err(|error| error.to_string())?;
    let places = tensor.iter().zip(&expected).position(|(ours, theirs)| ours != theirs);
    if let Some(place) = places {
        let (ours, theirs) = (tensor[place], expected[place]);
        return Err(format!("tensor of {seat}: {ours} at {place}, OpenSpiel's {theirs}"));
    }
    if tensor.len() != expected.len() {
        return Err(format!("{} values, OpenSpiel has {}", tensor.len(), expected.len()));
    }
    Ok(())
}

/// A game of tic-tac-toe as OpenSpiel writes it down, won by the first player.
fn game_of_tic_tac_toe() -> Game {
    let system = crate::system("tic-tac-toe", &[]);
    recorded(&*system, Seed::default(), &[0, 3, 1, 4, 2], &[1.0, -1.0])
}

/// What OpenSpiel would have written down, if it were the same as `system`.
fn recorded(system: &dyn System, seed: Seed, actions: &[u64], returns: &[f64]) -> Game {
    let mut state = system.start(Chance::from_seed(&seed));
    let mut moments = Vec::new();
    for &action in actions {
        let Status::Acting(seats) = state.status() else { panic!("over before {action}") };
        let view = |seat: Seat| {
            let mut tensor = Vec::new();
            system.write_tensor(seat, &state.observation(seat), &mut tensor).unwrap();
            let legal = state.legal_actions(seat).iter().map(|action| action.0).collect();
            View { player: seat.0, legal, tensor: Some(Tensor::Numbers(tensor)) }
        };
        moments.push(Moment { acting: seats.iter().map(view).collect(), actions: vec![action] });
        state.step(&[Action(action)]).unwrap();
    }
    Game { chance: Vec::new(), moments, returns: returns.to_vec() }
}

type Change = fn(&mut Game);

#[test]
fn whatever_differs_is_found() {
    let system = crate::system("tic-tac-toe", &[]);
    let compare = |change: Change| {
        let mut game = game_of_tic_tac_toe();
        change(&mut game);
        peer("tic_tac_toe", "tic-tac-toe", &[]).compare_game(&*system, &game)
    };
    assert_eq!(compare(|_| {}), Ok(()));
    let cases: [(Change, &str); 6] = [
        (|game| game.moments[1].acting[0].player = 0, "moment 1 of 5: Acting(SeatSet(2))"),
        (|game| game.moments[2].acting[0].legal.push(9), "moment 2 of 5: legal for seat 0"),
        (
            |game| game.moments[3].acting[0].tensor = Some(Tensor::Digits("0".repeat(27))),
            "moment 3 of 5: tensor of seat 1: 1 at 2, OpenSpiel's 0",
        ),
        (|game| game.returns = vec![0.0, 0.0], "moment 5 of 5: scores [2, 0]"),
        (|game| game.moments.truncate(4), "moment 4 of 4: it goes on"),
        (|game| game.moments[4].actions = vec![3], "moment 4 of 5: action 3 is not legal"),
    ];
    for (change, expected) in cases {
        let text = compare(change).unwrap_err();
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn a_seed_with_the_same_chance_is_found_where_there_is_one() {
    let system = crate::system("snake", &[("step-limit", 3)]);
    let mut game = recorded(&*system, Seed([1; 32]), &[0, 0, 0], &[0.0]);
    let exact = peer("", "snake", &[]);
    let text = exact.compare_game(&*system, &game).unwrap_err();
    assert!(text.contains("moment 0 of 3: tensor of seat 0"), "{text}");
    let tolerant = Peer { starts: by_seed, ..exact };
    assert_eq!(tolerant.compare_game(&*system, &game), Ok(()));
    game.moments[2].acting[0].legal.pop();
    let text = tolerant.compare_game(&*system, &game).unwrap_err();
    assert!(text.contains("moment 2 of 3: legal for seat 0"), "{text}");
}
