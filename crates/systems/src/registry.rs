//! The registry: every System there is, by name or by the id and bytes of a match spec.
//!
//! A System is registered by one line of [`REGISTERED`]. When rules change, the new version is
//! added and the old one stays, so that old matches can be replayed for ever; asking for a name
//! gives its newest version, asking for an id gives exactly that one or an error.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use nets_core::{Descriptor, Digest, ParameterError, ParameterValues, System, SystemId};
use thiserror::Error;

use crate::blueprint::Blueprint;
use crate::chess::{self, Chess};
use crate::connect_four::{self, ConnectFour};
use crate::forecast::{self, Forecast};
use crate::go::{self, Go};
use crate::hex::{self, Hex};
use crate::othello::{self, Othello};
use crate::poker::{Kuhn, Leduc, Poker, kuhn, leduc};
use crate::rock_paper_scissors::{self, RockPaperScissors};
use crate::simulations::{
    Acrobot, CartPole, Episode, MountainCar, Pendulum, acrobot, cart_pole, mountain_car, pendulum,
};
use crate::snake::{self, Snake};
use crate::snake_arena::{self, SnakeArena};
use crate::tic_tac_toe::{self, TicTacToe};

/// A System as it is found here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Registered {
    /// Its facts.
    pub(crate) descriptor: &'static Descriptor,
    /// How it is built.
    pub(crate) build: Build,
}

type BuildPlain = fn(ParameterValues) -> Arc<dyn System>;

type BuildOnData = fn(ParameterValues, &[u8]) -> Result<Arc<dyn System>, String>;

/// How a System is built.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Build {
    /// From its parameters.
    Plain(BuildPlain),
    /// From its parameters and a data set; errors say in words what is wrong.
    OnData {
        /// Builds it without one, where a match needs none.
        without: Option<BuildPlain>,
        /// Whether the parameters go together.
        check: fn(&ParameterValues) -> Result<(), String>,
        /// A data set with made-up values that fits the parameters.
        made_up: fn(&ParameterValues) -> String,
        /// Builds it.
        build: BuildOnData,
    },
}

const fn plain(descriptor: &'static Descriptor, build: BuildPlain) -> Registered {
    Registered { descriptor, build: Build::Plain(build) }
}

static REGISTERED: [Registered; 16] = [
    plain(&snake::DESCRIPTOR, |p| Arc::new(Snake::new(p))),
    plain(&rock_paper_scissors::DESCRIPTOR, |p| Arc::new(RockPaperScissors::new(p))),
    plain(&snake_arena::DESCRIPTOR, |p| Arc::new(SnakeArena::new(p))),
    plain(&connect_four::DESCRIPTOR, |p| Arc::new(ConnectFour::new(p))),
    plain(&tic_tac_toe::DESCRIPTOR, |p| Arc::new(TicTacToe::new(p))),
    plain(&othello::DESCRIPTOR, |p| Arc::new(Othello::new(p))),
    plain(&hex::DESCRIPTOR, |p| Arc::new(Hex::new(p))),
    plain(&go::DESCRIPTOR, |p| Arc::new(Go::new(p))),
    Registered {
        descriptor: &chess::DESCRIPTOR,
        build: Build::OnData {
            without: Some(|p| Arc::new(Chess::new(p))),
            check: chess::check,
            made_up: |_| chess::START.to_owned(),
            build: |p, positions| Ok(Arc::new(Chess::on_positions(p, positions)?)),
        },
    },
    plain(&kuhn::DESCRIPTOR, |p| Arc::new(Poker::<Kuhn>::new(p))),
    plain(&leduc::DESCRIPTOR, |p| Arc::new(Poker::<Leduc>::new(p))),
    plain(&cart_pole::DESCRIPTOR, |p| Arc::new(Episode::<CartPole>::new(p))),
    plain(&mountain_car::DESCRIPTOR, |p| Arc::new(Episode::<MountainCar>::new(p))),
    plain(&acrobot::DESCRIPTOR, |p| Arc::new(Episode::<Acrobot>::new(p))),
    plain(&pendulum::DESCRIPTOR, |p| Arc::new(Episode::<Pendulum>::new(p))),
    Registered {
        descriptor: &forecast::DESCRIPTOR,
        build: Build::OnData {
            without: None,
            check: forecast::check,
            made_up: forecast::made_up,
            build: |p, csv| Ok(Arc::new(Forecast::new(p, csv)?)),
        },
    },
];

static DESCRIPTORS: [&Descriptor; REGISTERED.len()] = {
    let mut descriptors = [REGISTERED[0].descriptor; REGISTERED.len()];
    let mut index = 0;
    while index < descriptors.len() {
        descriptors[index] = REGISTERED[index].descriptor;
        index += 1;
    }
    descriptors
};

/// A System that cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BuildError {
    /// There is no System of that name.
    #[error("no System {name:?}{}; there are: {known}", did_you_mean(.suggestion))]
    UnknownName {
        /// The name given.
        name: String,
        /// The name that was probably meant.
        suggestion: Option<&'static str>,
        /// The names there are.
        known: String,
    },
    /// There are other versions of that System only.
    #[error("System {name} has version {expected}, got {got}; another release of nets may have it")]
    UnknownVersion {
        /// The System.
        name: &'static str,
        /// The versions there are.
        expected: String,
        /// The version asked for.
        got: u16,
    },
    /// The System does not accept the parameters.
    #[error("System {name}: {source}")]
    Parameters {
        /// The System.
        name: &'static str,
        /// What is wrong with them.
        source: ParameterError,
    },
    /// The parameters, each in its range, do not go together.
    #[error("System {name}: parameter {reason}")]
    Contradictory {
        /// The System.
        name: &'static str,
        /// Why not.
        reason: String,
    },
    /// There is no data set of that name.
    #[error("no data set {text:?}; expected a SHA-256 of 64 hex digits{}", or_one_of(known))]
    UnknownData {
        /// The name given.
        text: String,
        /// The names of those that ship with the System.
        known: String,
    },
    /// The data set that it is played on is not here.
    #[error("System {name}: data set {hash} does not come with nets, and nobody gave it")]
    MissingData {
        /// The System.
        name: &'static str,
        /// The data set's SHA-256.
        hash: Digest,
    },
    /// The data set that was given is another.
    #[error("System {name}: expected data set {expected}, got one whose SHA-256 is {got}")]
    OtherData {
        /// The System.
        name: &'static str,
        /// The SHA-256 among its parameters.
        expected: Digest,
        /// That of the one given.
        got: Digest,
    },
    /// The data set does not fit the parameters.
    #[error("System {name}: data set {}: {reason}", hash.short())]
    Data {
        /// The System.
        name: &'static str,
        /// The data set's SHA-256.
        hash: Digest,
        /// What is wrong with it, and in which line.
        reason: String,
    },
}

fn did_you_mean(suggestion: &Option<&'static str>) -> String {
    suggestion.map(|name| format!("; did you mean {name:?}?")).unwrap_or_default()
}

fn or_one_of(known: &str) -> String {
    if known.is_empty() { String::new() } else { format!(", or one of {known}") }
}

/// Every System, every version of it.
pub fn all() -> &'static [&'static Descriptor] {
    &DESCRIPTORS
}

/// The newest version of the System called `name`, with the parameters `given` and defaults for
/// the others.
///
/// # Errors
/// When there is no System of that name or it does not accept the parameters.
pub fn build(name: &str, given: &BTreeMap<String, u64>) -> Result<Arc<dyn System>, BuildError> {
    let given = given.iter().map(|(name, &value)| (name.clone(), value.into()));
    Blueprint::named(name, &given.collect())?.build()
}

/// The System of exactly this name and version, with the parameters in `parameter_bytes`. Its data
/// set, where it has one, must be one that ships; [`Blueprint`] takes others.
///
/// # Errors
/// When there is no such System or it does not accept the parameters.
pub fn build_canonical(
    id: &SystemId,
    parameter_bytes: &[u8],
) -> Result<Arc<dyn System>, BuildError> {
    Blueprint::canonical(id, parameter_bytes)?.build()
}

/// The newest version of the System called `name`.
pub(crate) fn newest(name: &str) -> Result<Registered, BuildError> {
    let versions = REGISTERED.iter().filter(|entry| entry.descriptor.name == name);
    let newest = versions.max_by_key(|entry| entry.descriptor.version);
    newest.copied().ok_or_else(|| unknown_name(name))
}

/// The System of exactly this name and version.
pub(crate) fn exact(id: &SystemId) -> Result<Registered, BuildError> {
    let versions: Vec<_> = REGISTERED.iter().filter(|it| it.descriptor.name == id.name).collect();
    let first = versions.first().ok_or_else(|| unknown_name(&id.name))?;
    let exact = versions.iter().find(|entry| entry.descriptor.version == id.version);
    exact.map(|entry| **entry).ok_or_else(|| {
        let known: Vec<_> =
            versions.iter().map(|entry| entry.descriptor.version.to_string()).collect();
        BuildError::UnknownVersion {
            name: first.descriptor.name,
            expected: known.join(" or "),
            got: id.version,
        }
    })
}

fn unknown_name(name: &str) -> BuildError {
    let mut names: Vec<_> = DESCRIPTORS.iter().map(|descriptor| descriptor.name).collect();
    names.dedup();
    let is_part = |known: &str| name.len() >= 3 && known.contains(name);
    let near = names
        .iter()
        .map(|known| (textdistance::str::levenshtein(name, known), *known))
        .filter(|(distance, known)| *distance <= known.len() / 2 || is_part(known))
        .min();
    BuildError::UnknownName {
        name: name.to_owned(),
        suggestion: near.map(|(_, known)| known),
        known: names.join(", "),
    }
}
