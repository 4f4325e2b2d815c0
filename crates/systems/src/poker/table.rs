//! A match of poker: hand after hand, and the chips won so far.
//!
//! When a hand is over the next is dealt in the same step, so somebody acts until the last is over.
//! The last hand stays in the state, so that each seat sees how it ended before it acts again.
//! Invariant: the chips are those of at most `played` hands, of which the last is `last`.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};

use nets_core::{
    Action, Chance, DecodeError, Descriptor, Ending, ParameterValues, Reader, RestoreError, Score,
    Seat, SeatSet, Seed, State, Status, StepError, System,
};

use super::hand::{Hand, Stage};
use super::{Game, view};
use crate::action_names;

/// The rules of a game with their parameter.
#[derive(Debug)]
pub(crate) struct Poker<G> {
    parameters: ParameterValues,
    hands: u16,
    game: core::marker::PhantomData<G>,
}

impl<G: Game> Poker<G> {
    /// The System with these values of the game's parameters.
    pub(crate) fn new(parameters: ParameterValues) -> Self {
        let hands = parameters.values()[0] as u16;
        Self { parameters, hands, game: core::marker::PhantomData }
    }

    /// Reads the bytes of a state or of an observation, without asking whether they fit together.
    fn decode(&self, bytes: &[u8], chance: Chance) -> Result<Table<G>, RestoreError> {
        let mut reader = Reader::new(bytes);
        let table = Table {
            hands: self.hands,
            chance,
            played: reader.u16("hands played")?,
            chips: i32::from_le_bytes(reader.array("chips")?),
            hand: Hand::decode(&mut reader)?,
            last: Hand::decode(&mut reader)?,
        };
        reader.finish()?;
        if table.played > table.hands {
            let expected = format!("0 to {}", table.hands);
            return Err(DecodeError::value("hands played", expected, table.played).into());
        }
        Ok(table)
    }
}

impl<G: Game> System for Poker<G> {
    fn descriptor(&self) -> &'static Descriptor {
        G::descriptor()
    }

    fn parameters(&self) -> &ParameterValues {
        &self.parameters
    }

    fn action_count(&self) -> u64 {
        G::NAMES.len() as u64
    }

    fn step_count_max(&self) -> u32 {
        u32::from(self.hands) * (G::ROUNDS * G::BETS) as u32
    }

    fn observation_bytes_max(&self) -> u32 {
        (6 + 2 * Hand::<G>::BYTES) as u32
    }

    fn forfeit_scores(&self, forfeits: SeatSet) -> Vec<Score> {
        let most = Score::from(self.hands) * Score::from(G::CHIPS_MAX);
        [Seat(0), Seat(1)].map(|seat| if forfeits.contains(seat) { -most } else { most }).to_vec()
    }

    fn start(&self, chance: Chance) -> Box<dyn State> {
        let hand = Hand::deal(&chance, 0);
        let table =
            Table::<G> { hands: self.hands, chance, played: 0, chips: 0, hand, last: Hand::NONE };
        Box::new(table)
    }

    fn restore(&self, bytes: &[u8], chance: Chance) -> Result<Box<dyn State>, RestoreError> {
        let table = self.decode(bytes, chance)?;
        table.check().map_err(RestoreError::Inconsistent)?;
        Ok(Box::new(table))
    }

    fn tensor_shape(&self) -> Vec<u32> {
        vec![view::tensor_length::<G>()]
    }

    fn write_tensor(
        &self,
        seat: Seat,
        observation: &[u8],
        tensor: &mut Vec<f32>,
    ) -> Result<(), RestoreError> {
        // Nothing is drawn for a tensor: any chance will do.
        let table = self.decode(observation, Chance::from_seed(&Seed::default()))?;
        view::write_tensor(&table, seat, tensor);
        Ok(())
    }

    fn legal_actions(&self, seat: Seat, observation: &[u8]) -> Result<Vec<Action>, RestoreError> {
        // The betting says who acts and how; no card does.
        let table = self.decode(observation, Chance::from_seed(&Seed::default()))?;
        Ok(table.legal_actions(seat))
    }

    fn action_name(&self, action: Action) -> String {
        action_names::name_of(G::NAMES, action)
    }

    fn action_by_name(&self, name: &str) -> Option<Action> {
        action_names::action_of(G::NAMES, name)
    }
}

/// One moment of a match.
#[derive(Clone, Debug)]
pub(super) struct Table<G> {
    pub(super) hands: u16,
    chance: Chance,
    /// Hands that are over.
    pub(super) played: u16,
    /// What seat 0 has won in them.
    pub(super) chips: i32,
    pub(super) hand: Hand<G>,
    pub(super) last: Hand<G>,
}

impl<G: Game> Table<G> {
    /// The position of `seat` in this hand; in the last hand it had the other one.
    pub(super) fn position(&self, seat: Seat) -> usize {
        usize::from((self.played & 1) as u8 ^ seat.0 & 1)
    }

    /// What seat 0 has won in the last hand.
    pub(super) fn last_won(&self) -> i32 {
        let (won, _) = self.last.result().unwrap_or((0, false));
        // In the last hand seat 0 had the position that it does not have in this one.
        if self.position(Seat(0)) == 1 { won } else { -won }
    }

    fn first_event(&self) -> u32 {
        u32::from(self.played) * Hand::<G>::EVENTS
    }

    /// The seat that acts.
    pub(super) fn mover(&self) -> Option<Seat> {
        if self.played >= self.hands {
            return None;
        }
        match self.hand.progress()?.stage {
            Stage::Acts(position) => Some(Seat((position ^ self.position(Seat(0))) as u8)),
            Stage::Folded(_) | Stage::Showdown => None,
        }
    }

    /// What `seat` may see: the other's card only of the last hand, and only if it was shown.
    pub(super) fn seen_by(&self, seat: Seat) -> Self {
        let mut seen = self.clone();
        seen.hand = seen.hand.without_card(1 - self.position(seat));
        if !self.last.result().is_some_and(|(_, is_shown)| is_shown) {
            seen.last = seen.last.without_card(self.position(seat));
        }
        seen
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.played.to_le_bytes());
        bytes.extend(self.chips.to_le_bytes());
        self.hand.write(bytes);
        self.last.write(bytes);
    }

    /// Refuses bytes whose parts contradict each other.
    fn check(&self) -> Result<(), String> {
        if self.played == self.hands {
            if self.hand != Hand::NONE {
                return Err("a hand after the last".to_owned());
            }
        } else {
            self.hand.check(false)?;
        }
        if self.played == 0 {
            let is_fresh = self.last == Hand::NONE && self.chips == 0;
            return if is_fresh {
                Ok(())
            } else {
                Err("something before the first hand".to_owned())
            };
        }
        self.last.check(true)?;
        let before = i64::from(self.chips) - i64::from(self.last_won());
        let most = i64::from(self.played - 1) * i64::from(G::CHIPS_MAX);
        if before.abs() > most {
            return Err(format!(
                "{before} chips before the last hand, expected at most {most} in {} hands",
                self.played - 1
            ));
        }
        Ok(())
    }

    /// Ends the hand if it is over, and deals the next if there is one.
    fn settle(&mut self) {
        let Some((won, _)) = self.hand.result() else { return };
        self.chips += if self.position(Seat(0)) == 0 { won } else { -won };
        self.played += 1;
        self.last = self.hand;
        let is_last = self.played == self.hands;
        self.hand = if is_last { Hand::NONE } else { Hand::deal(&self.chance, self.first_event()) };
    }
}

impl<G: Game> State for Table<G> {
    fn status(&self) -> Status {
        match self.mover() {
            Some(seat) => Status::Acting(SeatSet::only(seat)),
            None => Status::Terminal(Ending::Finished),
        }
    }

    fn write_legal_actions(&self, seat: Seat, actions: &mut Vec<Action>) {
        let all = (0..G::NAMES.len() as u64).map(Action);
        actions.extend(all.filter(|&action| self.is_legal(seat, action)));
    }

    fn is_legal(&self, seat: Seat, action: Action) -> bool {
        self.mover() == Some(seat) && self.hand.allows(action.0)
    }

    fn step(&mut self, actions: &[Action]) -> Result<(), StepError> {
        let Some(seat) = self.mover() else { return Err(StepError::Terminal) };
        let &[action] = actions else {
            return Err(StepError::Count { expected: 1, got: actions.len() });
        };
        if !self.hand.allows(action.0) {
            return Err(StepError::Illegal { seat, action });
        }
        self.hand.act(action.0, &self.chance, self.first_event());
        self.settle();
        Ok(())
    }

    fn scores(&self) -> Vec<Score> {
        vec![self.chips.into(), -Score::from(self.chips)]
    }

    fn packed_observation(&self, seat: Seat) -> u64 {
        view::packed(&self.seen_by(seat), seat)
    }

    fn write_observation(&self, seat: Seat, bytes: &mut Vec<u8>) {
        self.seen_by(seat).write(bytes);
    }

    fn write_bytes(&self, bytes: &mut Vec<u8>) {
        self.write(bytes);
    }

    /// Events are counted by hand: the third of a Leduc hand that ended before it counts as drawn
    /// when the next is dealt.
    fn chance_event_count(&self) -> u32 {
        match self.hand.open_card() {
            _ if self.played == self.hands => self.first_event(),
            Some(_) => self.first_event() + 3,
            None => self.first_event() + 2,
        }
    }

    fn picture(&self) -> String {
        view::picture(self)
    }

    fn svg(&self) -> String {
        view::svg(self)
    }

    fn fork(&self) -> Box<dyn State> {
        Box::new(self.clone())
    }
}
