//! Poker beside OpenSpiel: its hands are played again from the same cards.
//!
//! OpenSpiel is Python's, so these tests need one that has it: `NETS_PEERS_PYTHON` names it.
//! Without it they say that nothing was compared. A match of one hand is OpenSpiel's game. The cards
//! are restored from bytes; where OpenSpiel opens a card, ours is replaced by it.

#![allow(clippy::print_stderr, reason = "who runs the tests has to know what was not compared")]

use std::path::Path;
use std::process::Command;

use nets_core::{Action, Chance, Seat, SeatSet, Seed, State, Status, System};
use serde::Deserialize;

/// Names the Python that has OpenSpiel.
const PYTHON: &str = "NETS_PEERS_PYTHON";
/// How many hands of each game are compared.
const HANDS: usize = 2_000;

#[derive(Debug, Deserialize)]
struct Hand {
    cards: [u8; 2],
    open: Option<u8>,
    moments: Vec<Moment>,
    returns: [f64; 2],
}

#[derive(Debug, Deserialize)]
struct Moment {
    player: u8,
    legal: Vec<u64>,
    action: u64,
    information: [Vec<f32>; 2],
    observation: [Vec<f32>; 2],
}

/// A game of OpenSpiel, and the System that plays the same.
struct Peer {
    game: &'static str,
    system: &'static str,
    /// The bytes of a match of one hand with these cards, before anybody acts.
    start: fn([u8; 2]) -> Vec<u8>,
    /// How long OpenSpiel's information state is; the chips in the pot follow it.
    information: usize,
}

#[test]
fn kuhn_poker_is_played_as_in_openspiel() {
    let start = |[first, second]: [u8; 2]| vec![0, 0, 0, 0, 0, 0, first, second, 1, 255, 255, 1];
    let (game, system) = ("kuhn_poker", "kuhn-poker");
    Peer { game, system, start, information: 11 }.compare();
}

#[test]
fn leduc_poker_is_played_as_in_openspiel() {
    let start = |[first, second]: [u8; 2]| {
        vec![0, 0, 0, 0, 0, 0, first, second, 255, 1, 1, 255, 255, 255, 1, 1]
    };
    let (game, system) = ("leduc_poker", "leduc-poker");
    Peer { game, system, start, information: 30 }.compare();
}

impl Peer {
    fn compare(&self) {
        let Some(python) = std::env::var_os(PYTHON) else {
            eprintln!("{} was not compared, since {PYTHON} is not set", self.game);
            return;
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/open_spiel_poker.py");
        let mut command = Command::new(python);
        let output = command.arg(script).args([self.game, "1", &HANDS.to_string()]).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let system = crate::system(self.system, &[("hands", 1)]);
        let text = String::from_utf8(output.stdout).unwrap();
        for (index, line) in text.lines().enumerate() {
            let hand: Hand = serde_json::from_str(line).unwrap();
            self.compare_hand(&*system, &hand)
                .unwrap_or_else(|text| panic!("hand {index} of {}: {text}\n{line}", self.game));
        }
        assert_eq!(text.lines().count(), HANDS);
    }

    fn compare_hand(&self, system: &dyn System, hand: &Hand) -> Result<(), String> {
        let restored = |bytes: &[u8]| {
            let restored = system.restore(bytes, Chance::from_seed(&Seed::default()));
            restored.map_err(|error| error.to_string())
        };
        let mut state = restored(&(self.start)(hand.cards))?;
        for moment in &hand.moments {
            let mut bytes = state.bytes();
            if let (Some(open), true) = (hand.open, bytes[8] != 255 && bytes.len() > 12) {
                bytes[8] = open;
                state = restored(&bytes)?;
            }
            self.compare_moment(system, &*state, moment)?;
            state.step(&[Action(moment.action)]).map_err(|error| error.to_string())?;
        }
        if !matches!(state.status(), Status::Terminal(_)) {
            return Err("it goes on, OpenSpiel's is over".to_owned());
        }
        let scores: Vec<_> = state.scores().iter().map(|&score| score as f64).collect();
        if scores != hand.returns {
            return Err(format!("scores {scores:?}, OpenSpiel's returns {:?}", hand.returns));
        }
        Ok(())
    }

    fn compare_moment(
        &self,
        system: &dyn System,
        state: &dyn State,
        moment: &Moment,
    ) -> Result<(), String> {
        let mover = Seat(moment.player);
        if state.status() != Status::Acting(SeatSet::only(mover)) {
            return Err(format!("{:?}, in OpenSpiel {mover} acts", state.status()));
        }
        let legal: Vec<_> = state.legal_actions(mover).iter().map(|action| action.0).collect();
        if legal != moment.legal {
            return Err(format!("legal {legal:?}, OpenSpiel's {:?}", moment.legal));
        }
        for seat in [0, 1] {
            let (mut tensor, observation) = (Vec::new(), state.observation(Seat(seat)));
            let written = system.write_tensor(Seat(seat), &observation, &mut tensor);
            written.map_err(|error| error.to_string())?;
            let (theirs, seen) =
                (&moment.information[usize::from(seat)], &moment.observation[usize::from(seat)]);
            if tensor[..self.information] != theirs[..] {
                return Err(format!("tensor of seat {seat}: {tensor:?}, OpenSpiel's {theirs:?}"));
            }
            let cards = seen.len() - 2;
            let chips = &tensor[self.information..self.information + 2];
            if tensor[..cards] != seen[..cards] || *chips != seen[cards..] {
                return Err(format!("tensor of seat {seat}: {tensor:?}, OpenSpiel's {seen:?}"));
            }
        }
        Ok(())
    }
}
