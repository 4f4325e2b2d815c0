//! What a System is: rules that never change, and states that are moments of a match.
//!
//! A [`System`] is rules with fixed parameters. A [`State`] is one moment of one match. The
//! conformance kit (`nets-testkit`) checks what the words below promise, for every System.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use thiserror::Error;

use crate::chance::Chance;
use crate::encoding::DecodeError;
use crate::parameters::{DataSpec, ParameterError, ParameterSpec, ParameterValues};
use crate::seat::{Seat, SeatSet};

/// What an agent answers; which numbers are legal, the state says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Action(pub u64);

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a seat has achieved; more is better. Its range is the System's, within ±2^40.
pub type Score = i64;

/// A System's name and version.
///
/// The version changes when and only when behaviour, parameters or bytes change; a refactoring or
/// a faster implementation keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemId {
    /// The name, as on the command line: 1 to 32 characters of `a-z`, `0-9` and `-`.
    pub name: String,
    /// The version of the rules, counted from 1.
    pub version: u16,
}

impl fmt::Display for SystemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} v{}", self.name, self.version)
    }
}

/// What the seats may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Information {
    /// Everything but future chance: the observation of each seat is the state's bytes, so the
    /// trace needs no hash of its own for it.
    Perfect,
    /// Each seat sees its own part only; what it saw is hashed into the trace.
    Private,
}

/// Where a tensor counts its planes: what is told of every place of a board or a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planes {
    /// By its first index, before the places, as `[plane, row, column]`.
    First,
    /// By its last index, after the places, as `[row, column, plane]`.
    Last,
}

impl fmt::Display for Planes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::First => "first",
            Self::Last => "last",
        })
    }
}

/// The facts of a System that do not depend on its parameters.
#[derive(Clone, Copy, Debug)]
pub struct Descriptor {
    /// The name, as on the command line.
    pub name: &'static str,
    /// The version of the rules.
    pub version: u16,
    /// One sentence for people.
    pub summary: &'static str,
    /// The rules in prose, with their source.
    pub rules: &'static str,
    /// How many seats a match has, where no parameter says otherwise.
    pub seat_count: u8,
    /// What the seats may know.
    pub information: Information,
    /// The parameters, in canonical order.
    pub parameters: &'static [ParameterSpec],
    /// The data set that a match is played on, if there is one.
    pub data: Option<DataSpec>,
    /// What each bit of the packed observation means.
    pub packed_layout: &'static str,
    /// What each byte of the full observation means.
    pub observation_layout: &'static str,
    /// Where the tensor has its planes; none where it is a row of numbers.
    pub tensor_planes: Option<Planes>,
    /// What each index of the tensor means, and which library numbers it so.
    pub tensor_layout: &'static str,
}

impl Descriptor {
    /// The parameters in canonical `bytes`, with the hash of the data set that is among them.
    ///
    /// # Errors
    /// When the bytes do not decode or a value is outside its range.
    pub fn decode_parameters(&self, bytes: &[u8]) -> Result<ParameterValues, ParameterError> {
        let is_plain = bytes.len() == self.parameters.len() * size_of::<u64>();
        match self.data {
            Some(DataSpec { default: Some(_), .. }) => {
                ParameterValues::decode_on_data(self.parameters, bytes)
            }
            Some(_) if !is_plain => ParameterValues::decode_on_data(self.parameters, bytes),
            _ => ParameterValues::decode(self.parameters, bytes),
        }
    }
}

/// Where a state stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// These seats, at least one, must act now.
    Acting(SeatSet),
    /// The match is over.
    Terminal(Ending),
}

/// Why a match is over by its rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Won, lost, drawn or dead.
    Finished,
    /// The step limit came first.
    StepLimit,
}

/// Actions that a state does not accept; the state is as it was before.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StepError {
    /// No seat acts in a terminal state.
    #[error("the match is over, no action is possible")]
    Terminal,
    /// More or fewer actions than acting seats.
    #[error("{expected} seats act, got {got} actions")]
    Count {
        /// How many seats act.
        expected: usize,
        /// How many actions were given.
        got: usize,
    },
    /// An action outside a seat's legal ones.
    #[error("action {action} is not legal for {seat}")]
    Illegal {
        /// The seat.
        seat: Seat,
        /// Its action.
        action: Action,
    },
}

/// Bytes that are no state or no observation of a System.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RestoreError {
    /// The bytes do not decode.
    #[error("state bytes: {0}")]
    Encoding(#[from] DecodeError),
    /// The fields contradict each other or the parameters.
    #[error("inconsistent state: {0}")]
    Inconsistent(String),
}

/// Rules with fixed parameters: deterministic, finite, explicitly scored.
pub trait System: Send + Sync + fmt::Debug {
    /// The facts that do not depend on the parameters.
    fn descriptor(&self) -> &'static Descriptor;

    /// The parameters this System was built with.
    fn parameters(&self) -> &ParameterValues;

    /// How many seats a match has.
    fn seat_count(&self) -> u8 {
        self.descriptor().seat_count
    }

    /// Actions are numbers below this.
    fn action_count(&self) -> u64;

    /// No match has more steps than this.
    fn step_count_max(&self) -> u32;

    /// No observation is longer than this, in bytes.
    fn observation_bytes_max(&self) -> u32;

    /// The score of each seat in a match that the seats in `forfeits` lose by forfeit or never
    /// played: theirs is the lowest there is, an opponent's the highest.
    fn forfeit_scores(&self, forfeits: SeatSet) -> Vec<Score>;

    /// The first state of the match with this chance.
    fn start(&self, chance: Chance) -> Box<dyn State>;

    /// The state with these canonical bytes, going on with this chance.
    ///
    /// # Errors
    /// When the bytes are no state of this System. Bytes that pass need not be reachable.
    fn restore(&self, bytes: &[u8], chance: Chance) -> Result<Box<dyn State>, RestoreError>;

    /// The sizes of the tensor, the slowest index first; each is at least 1.
    fn tensor_shape(&self) -> Vec<u32>;

    /// Appends what `seat` reads in `observation` as numbers for a neural network, as many as the
    /// [`System::tensor_shape`] has places, the last index running fastest.
    ///
    /// It depends on nothing else, so an agent that has only the observation can compute it. No
    /// rule, score or byte of a match depends on it.
    ///
    /// # Errors
    /// When the bytes are no observation of this System; nothing is appended then.
    fn write_tensor(
        &self,
        seat: Seat,
        observation: &[u8],
        tensor: &mut Vec<f32>,
    ) -> Result<(), RestoreError>;

    /// Which actions are legal for `seat` in `state`: for each number below
    /// [`System::action_count`] whether it is, as networks mask what they answer.
    fn legal_mask(&self, state: &dyn State, seat: Seat) -> Vec<bool> {
        let mut mask = vec![false; self.action_count() as usize];
        for action in state.legal_actions(seat) {
            mask[action.0 as usize] = true;
        }
        mask
    }

    /// The legal actions of `seat` where it sees `observation`: what [`State::legal_actions`] lists
    /// at that moment.
    ///
    /// As the tensor it depends on nothing else, so an agent that has only the observation knows
    /// what it may do.
    ///
    /// # Errors
    /// When the bytes are no observation of this System.
    fn legal_actions(&self, seat: Seat, observation: &[u8]) -> Result<Vec<Action>, RestoreError>;

    /// The name of an action for people, as `up` or `e2e4`.
    fn action_name(&self, action: Action) -> String;

    /// The action of that name; a number is read as itself.
    fn action_by_name(&self, name: &str) -> Option<Action>;

    /// Name and version.
    fn id(&self) -> SystemId {
        let descriptor = self.descriptor();
        SystemId { name: descriptor.name.to_owned(), version: descriptor.version }
    }
}

/// One moment of one match.
pub trait State: Send + fmt::Debug {
    /// Who acts now, or how the match ended.
    fn status(&self) -> Status;

    /// Appends the legal actions of `seat` in ascending order; none where it does not act.
    fn write_legal_actions(&self, seat: Seat, actions: &mut Vec<Action>);

    /// The legal actions of `seat` in ascending order; none where it does not act.
    fn legal_actions(&self, seat: Seat) -> Vec<Action> {
        let mut actions = Vec::new();
        self.write_legal_actions(seat, &mut actions);
        actions
    }

    /// Whether `action` is one of [`State::legal_actions`], without making the list.
    fn is_legal(&self, seat: Seat, action: Action) -> bool;

    /// Applies one action for each acting seat, in ascending order of seats.
    ///
    /// # Errors
    /// When the match is over, the count is wrong or an action is illegal; nothing changes then.
    fn step(&mut self, actions: &[Action]) -> Result<(), StepError>;

    /// The score of each seat if the match ended here.
    fn scores(&self) -> Vec<Score>;

    /// What `seat` sees, packed into the 64 bits that `decide` takes.
    fn packed_observation(&self, seat: Seat) -> u64;

    /// Appends all that `seat` sees; the canonical state where information is perfect.
    fn write_observation(&self, seat: Seat, bytes: &mut Vec<u8>);

    /// Appends the canonical bytes of this state.
    fn write_bytes(&self, bytes: &mut Vec<u8>);

    /// How many chance events were drawn so far.
    fn chance_event_count(&self) -> u32;

    /// The state as text, for people.
    fn picture(&self) -> String;

    /// The state as an SVG picture, for people: it needs no other file and runs nothing, and it can
    /// be read on light and on dark ground.
    fn svg(&self) -> String;

    /// A copy that goes its own way.
    fn fork(&self) -> Box<dyn State>;
}

impl dyn State + '_ {
    /// The canonical bytes of this state.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write_bytes(&mut bytes);
        bytes
    }

    /// The observation of `seat`.
    pub fn observation(&self, seat: Seat) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write_observation(seat, &mut bytes);
        bytes
    }
}
