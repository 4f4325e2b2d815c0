//! Kuhn's and Leduc's poker as lists of cards and chips, told hand by hand.

use nets_core::{Action, Chance, Ending, Seat, SeatSet, Seed, Status};
use proptest::prelude::*;

/// One hand as it is told at the table; places are 0 for who begins, 1 for the other.
#[derive(Clone, Debug, Default)]
struct Hand {
    cards: Vec<u8>,
    open: Option<u8>,
    rounds: Vec<Vec<u8>>,
    chips_in: [i32; 2],
    folded: Option<usize>,
    is_over: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Game {
    Kuhn,
    Leduc,
}

impl Game {
    fn name(self) -> &'static str {
        if self == Game::Kuhn { "kuhn-poker" } else { "leduc-poker" }
    }

    fn events(self) -> u32 {
        if self == Game::Kuhn { 2 } else { 3 }
    }

    fn deck(self) -> Vec<u8> {
        if self == Game::Kuhn { vec![0, 1, 2] } else { vec![0, 1, 2, 3, 4, 5] }
    }

    fn most(self) -> i64 {
        if self == Game::Kuhn { 2 } else { 13 }
    }
}

fn draw(game: Game, gone: &[u8], chance: &Chance, event: u32) -> u8 {
    let mut left = game.deck();
    left.retain(|card| !gone.contains(card));
    left[chance.draw(event, left.len() as u64) as usize]
}

impl Hand {
    fn dealt(game: Game, chance: &Chance, number: u32) -> Self {
        let first = draw(game, &[], chance, number * game.events());
        let second = draw(game, &[first], chance, number * game.events() + 1);
        Self {
            cards: vec![first, second],
            rounds: vec![vec![]],
            chips_in: [1, 1],
            ..Self::default()
        }
    }

    fn mover(&self) -> usize {
        self.rounds.last().unwrap().len() % 2
    }

    fn legal(&self, game: Game) -> Vec<u8> {
        let me = self.mover();
        match game {
            Game::Kuhn => vec![0, 1],
            Game::Leduc => {
                let raises = self.rounds.last().unwrap().iter().filter(|&&a| a == 2).count();
                let owes = self.chips_in[1 - me] > self.chips_in[me];
                let all = [(0, owes), (1, true), (2, raises < 2)];
                all.iter().filter(|(_, may)| *may).map(|(action, _)| *action).collect()
            }
        }
    }

    fn act(&mut self, game: Game, action: u8, chance: &Chance, number: u32) {
        let (me, other) = (self.mover(), 1 - self.mover());
        let owes = self.chips_in[other] - self.chips_in[me];
        let is_first = self.rounds.last().unwrap().is_empty();
        self.rounds.last_mut().unwrap().push(action);
        match (game, action) {
            (Game::Kuhn, 0) if owes > 0 => self.folded = Some(me),
            (Game::Kuhn, 0) => self.is_over = !is_first,
            (Game::Kuhn, _) => {
                self.chips_in[me] = 2;
                self.is_over = owes > 0;
            }
            (Game::Leduc, 0) => self.folded = Some(me),
            (Game::Leduc, 1) => {
                self.chips_in[me] += owes;
                if !is_first && self.rounds.len() == 2 {
                    self.is_over = true;
                } else if !is_first {
                    self.rounds.push(vec![]);
                    self.open = Some(draw(game, &self.cards, chance, number * 3 + 2));
                }
            }
            (Game::Leduc, _) => self.chips_in[me] += owes + 2 * self.rounds.len() as i32,
        }
        self.is_over |= self.folded.is_some();
    }

    /// What each place wins.
    fn won(&self, game: Game) -> [i32; 2] {
        let lost_by = |place: usize| {
            let lost = self.chips_in[place];
            if place == 0 { [-lost, lost] } else { [lost, -lost] }
        };
        let value = |place: usize| match (game, self.open) {
            (Game::Kuhn, _) => self.cards[place],
            (Game::Leduc, Some(open)) if open / 2 == self.cards[place] / 2 => 100,
            (Game::Leduc, _) => self.cards[place] / 2,
        };
        match self.folded {
            Some(place) => lost_by(place),
            None if value(0) > value(1) => lost_by(1),
            None if value(0) < value(1) => lost_by(0),
            None => [0, 0],
        }
    }

    fn bytes(&self, game: Game) -> Vec<u8> {
        let card = |index: usize| self.cards.get(index).copied().unwrap_or(255);
        let mut bytes = vec![card(0), card(1)];
        if game == Game::Leduc {
            bytes.push(self.open.unwrap_or(255));
        }
        bytes.push(self.code(game, 0));
        if game == Game::Leduc {
            bytes.push(self.code(game, 1));
        }
        bytes
    }

    fn code(&self, game: Game, round: usize) -> u8 {
        let base = if game == Game::Kuhn { 2 } else { 3 };
        let mut number = String::from("1");
        for action in self.rounds.get(round).into_iter().flatten() {
            number.push_str(&action.to_string());
        }
        u8::from_str_radix(&number, base).unwrap()
    }
}

struct Model {
    game: Game,
    hands: u32,
    chance: Chance,
    finished: Vec<Hand>,
    now: Hand,
}

impl Model {
    /// The seat in `place` of hand `number`.
    fn seat(number: usize, place: usize) -> usize {
        (number + place) % 2
    }

    fn chips(&self) -> [i32; 2] {
        let mut chips = [0, 0];
        for (number, hand) in self.finished.iter().enumerate() {
            for place in [0, 1] {
                chips[Self::seat(number, place)] += hand.won(self.game)[place];
            }
        }
        chips
    }

    fn bytes_with(&self, now: &Hand, last: &Hand) -> Vec<u8> {
        let mut bytes = (self.finished.len() as u16).to_le_bytes().to_vec();
        bytes.extend(self.chips()[0].to_le_bytes());
        bytes.extend(now.bytes(self.game));
        bytes.extend(last.bytes(self.game));
        bytes
    }

    fn last(&self) -> Hand {
        self.finished.last().cloned().unwrap_or_default()
    }

    fn bytes(&self) -> Vec<u8> {
        self.bytes_with(&self.now, &self.last())
    }

    fn seen(&self, seat: usize) -> Vec<u8> {
        let number = self.finished.len();
        let (mut now, mut last) = (self.now.clone(), self.last());
        for place in [0, 1] {
            if Self::seat(number, place) != seat && !now.cards.is_empty() {
                now.cards[place] = 255;
            }
            let is_shown = last.folded.is_none();
            if Self::seat(number + 1, place) != seat && !last.cards.is_empty() && !is_shown {
                last.cards[place] = 255;
            }
        }
        self.bytes_with(&now, &last)
    }

    fn act(&mut self, action: u8) {
        let number = self.finished.len() as u32;
        self.now.act(self.game, action, &self.chance, number);
        if self.now.is_over {
            let over = std::mem::take(&mut self.now);
            self.finished.push(over);
            if number + 1 < self.hands {
                self.now = Hand::dealt(self.game, &self.chance, number + 1);
            }
        }
    }
}

fn compare(game: Game, seed: [u8; 32], choices: &[u8], hands: u32) -> Result<(), TestCaseError> {
    let system = crate::system(game.name(), &[("hands", u64::from(hands))]);
    let chance = Chance::from_seed(&Seed(seed));
    let mut state = system.start(chance);
    let now = Hand::dealt(game, &chance, 0);
    let mut model = Model { game, hands, chance, finished: vec![], now };
    let mut choices = choices.iter().cycle();
    while model.finished.len() < hands as usize {
        prop_assert_eq!(state.bytes(), model.bytes());
        for seat in [0, 1] {
            prop_assert_eq!(state.observation(Seat(seat as u8)), model.seen(seat));
        }
        let mover = Seat(Model::seat(model.finished.len(), model.now.mover()) as u8);
        prop_assert_eq!(state.status(), Status::Acting(SeatSet::only(mover)));
        let legal = model.now.legal(game);
        let expected: Vec<_> = legal.iter().map(|&action| Action(action.into())).collect();
        prop_assert_eq!(state.legal_actions(mover), expected);
        let action = legal[usize::from(*choices.next().unwrap()) % legal.len()];
        model.act(action);
        state.step(&[Action(action.into())]).unwrap();
    }
    prop_assert_eq!(state.bytes(), model.bytes());
    prop_assert_eq!(state.status(), Status::Terminal(Ending::Finished));
    let scores = model.chips().map(i64::from);
    prop_assert_eq!(state.scores(), scores);
    prop_assert!(scores[0].abs() <= game.most() * i64::from(hands));
    Ok(())
}

proptest! {
    #[test]
    fn poker_is_what_its_model_says(
        seed: [u8; 32],
        choices in prop::collection::vec(0u8..6, 30..60),
        hands in 1u32..12,
    ) {
        compare(Game::Kuhn, seed, &choices, hands)?;
        compare(Game::Leduc, seed, &choices, hands)?;
    }
}
