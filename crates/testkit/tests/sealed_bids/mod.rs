//! Sealed bids: a small System with everything the kit checks, and a fault on demand.
//!
//! Two seats hold a private card each and six coins. In each round both bid coins at once, then a
//! prize is drawn; who bid more gets prize and card in points. The match ends when both are out of
//! coins, or after the rounds.

mod fault;
mod seen_actions;
mod state;
mod svg;
mod tensor;

use std::sync::atomic::{AtomicU64, Ordering};

use nets_core::{
    Action, Chance, Descriptor, Information, ParameterSpec, ParameterValues, Planes, RestoreError,
    Score, Seat, SeatSet, State, System,
};

pub(crate) use fault::{FAULTS, Fault};
use state::Table;

/// The most a seat may bid, plus one.
const BIDS: u64 = 4;
const STATE_BYTES: u32 = 10;

const PRIVATE: Descriptor = Descriptor {
    name: "sealed-bids",
    version: 1,
    summary: "Bid for prizes you do not know.",
    rules: "Two seats, six coins each; the higher bid gets the prize. Source: made for tests.",
    seat_count: 2,
    information: Information::Private,
    parameters: &[ParameterSpec {
        name: "rounds",
        meaning: "rounds at most",
        min: 1,
        max: 40,
        default: 9,
    }],
    data: None,
    packed_layout: "bits 0-7 round, 8-15 own card, 16-23 own coins, 24-31 last prize",
    observation_layout: "round, last prize, own card, own coins, other's coins, points u16 each",
    tensor_planes: Some(Planes::First),
    tensor_layout: "[2, 2]: round and last prize, own card and own coins",
};
static PRIVATE_DESCRIPTOR: Descriptor = PRIVATE;
static PERFECT_DESCRIPTOR: Descriptor = Descriptor { information: Information::Perfect, ..PRIVATE };
static UNTOLD_DESCRIPTOR: Descriptor = Descriptor { tensor_layout: " ", ..PRIVATE };
static PLANELESS_DESCRIPTOR: Descriptor = Descriptor { tensor_planes: None, ..PRIVATE };
static NAMELESS_DESCRIPTOR: Descriptor = Descriptor { name: "Sealed Bids", ..PRIVATE };

/// How many Systems were built: what a sound one must not depend on.
static BUILT: AtomicU64 = AtomicU64::new(0);

/// The same table with any other card in the hand of who sits opposite `seat`.
pub(crate) fn twins(state: &dyn State, seat: Seat) -> Vec<Vec<u8>> {
    let bytes = state.bytes();
    let position = 2 + usize::from(1 - seat.0);
    let others = (0..8).filter(|&card| bytes.get(position) != Some(&card));
    let with = |card| {
        let mut twin = bytes.clone();
        twin.splice(position..=position, [card]);
        twin
    };
    others.map(with).collect()
}

/// The rules, with at most one fault.
#[derive(Debug)]
pub(crate) struct SealedBids {
    parameters: ParameterValues,
    rounds: u8,
    fault: Fault,
    serial: u64,
}

impl SealedBids {
    /// The System with the default parameters and this fault.
    pub(crate) fn new(fault: Fault) -> Self {
        let parameters = ParameterValues::new(PRIVATE_DESCRIPTOR.parameters, &Default::default());
        let parameters = parameters.unwrap();
        let rounds = parameters.values()[0] as u8;
        let serial = BUILT.fetch_add(1, Ordering::Relaxed);
        Self { parameters, rounds, fault, serial }
    }
}

impl System for SealedBids {
    fn descriptor(&self) -> &'static Descriptor {
        match self.fault {
            Fault::PrivateCalledPerfect => &PERFECT_DESCRIPTOR,
            Fault::TensorLayoutMissing => &UNTOLD_DESCRIPTOR,
            Fault::TensorPlanesMissing => &PLANELESS_DESCRIPTOR,
            Fault::NameWithCapitals => &NAMELESS_DESCRIPTOR,
            _ => &PRIVATE_DESCRIPTOR,
        }
    }

    fn parameters(&self) -> &ParameterValues {
        &self.parameters
    }

    fn action_count(&self) -> u64 {
        if self.fault == Fault::ActionCountTooLow { BIDS - 1 } else { BIDS }
    }

    fn step_count_max(&self) -> u32 {
        let rounds = u32::from(self.rounds);
        if self.fault == Fault::StepCountTooLow { rounds - 1 } else { rounds }
    }

    fn observation_bytes_max(&self) -> u32 {
        match self.fault {
            Fault::LongestObservationTooShort => 3,
            Fault::ObservationsBeyondTheHeader => 65_536,
            _ => STATE_BYTES,
        }
    }

    fn forfeit_scores(&self, forfeits: SeatSet) -> Vec<Score> {
        let (lowest, highest) = match self.fault {
            Fault::ForfeitPays => (1, 40 * 11),
            Fault::WalkoverPaysLess => (0, 1),
            Fault::ForfeitScoreTooFar => (-(1 << 41), 40 * 11),
            _ => (0, 40 * 11),
        };
        let count = if self.fault == Fault::ForfeitScoreMissing { 0 } else { 2 };
        let scores = [0, 1].map(|seat| if forfeits.0 >> seat & 1 == 1 { lowest } else { highest });
        scores[..count].to_vec()
    }

    fn start(&self, chance: Chance) -> Box<dyn State> {
        Box::new(Table::start(self.fault, self.serial, self.rounds, chance))
    }

    fn restore(&self, bytes: &[u8], chance: Chance) -> Result<Box<dyn State>, RestoreError> {
        let table = Table::decode(self.fault, self.serial, self.rounds, chance, bytes)?;
        Ok(Box::new(table))
    }

    fn tensor_shape(&self) -> Vec<u32> {
        tensor::shape(self.fault)
    }

    fn write_tensor(
        &self,
        _: Seat,
        observation: &[u8],
        tensor: &mut Vec<f32>,
    ) -> Result<(), RestoreError> {
        tensor::write(self.fault, self.serial, observation, tensor)
    }

    fn legal_actions(&self, seat: Seat, observation: &[u8]) -> Result<Vec<Action>, RestoreError> {
        seen_actions::list(self.fault, self.rounds, seat, observation)
    }

    fn action_name(&self, action: Action) -> String {
        match self.fault {
            Fault::ActionNamePanics => ["0", "1", "2", "3"][action.0 as usize].to_owned(),
            _ => action.to_string(),
        }
    }

    fn action_by_name(&self, name: &str) -> Option<Action> {
        let action = name.parse().ok().map(Action);
        if self.fault == Fault::NamesReadAnyhow { Some(Action(0)) } else { action }
    }
}
