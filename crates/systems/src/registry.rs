//! The registry: every System there is, by name or by the id and bytes of a match spec.
//!
//! A System is registered by one line of [`REGISTERED`]. When rules change, the new version is
//! added and the old one stays, so that old matches can be replayed for ever; asking for a name
//! gives its newest version, asking for an id gives exactly that one or an error.

use std::collections::BTreeMap;
use std::sync::Arc;

use nets_core::{Descriptor, ParameterError, ParameterValues, System, SystemId};
use thiserror::Error;

use crate::chess::{self, Chess};
use crate::connect_four::{self, ConnectFour};
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

struct Registered {
    descriptor: &'static Descriptor,
    build: fn(ParameterValues) -> Arc<dyn System>,
}

static REGISTERED: [Registered; 15] = [
    Registered { descriptor: &snake::DESCRIPTOR, build: |p| Arc::new(Snake::new(p)) },
    Registered {
        descriptor: &rock_paper_scissors::DESCRIPTOR,
        build: |p| Arc::new(RockPaperScissors::new(p)),
    },
    Registered { descriptor: &snake_arena::DESCRIPTOR, build: |p| Arc::new(SnakeArena::new(p)) },
    Registered { descriptor: &connect_four::DESCRIPTOR, build: |p| Arc::new(ConnectFour::new(p)) },
    Registered { descriptor: &tic_tac_toe::DESCRIPTOR, build: |p| Arc::new(TicTacToe::new(p)) },
    Registered { descriptor: &othello::DESCRIPTOR, build: |p| Arc::new(Othello::new(p)) },
    Registered { descriptor: &hex::DESCRIPTOR, build: |p| Arc::new(Hex::new(p)) },
    Registered { descriptor: &go::DESCRIPTOR, build: |p| Arc::new(Go::new(p)) },
    Registered { descriptor: &chess::DESCRIPTOR, build: |p| Arc::new(Chess::new(p)) },
    Registered { descriptor: &kuhn::DESCRIPTOR, build: |p| Arc::new(Poker::<Kuhn>::new(p)) },
    Registered { descriptor: &leduc::DESCRIPTOR, build: |p| Arc::new(Poker::<Leduc>::new(p)) },
    Registered {
        descriptor: &cart_pole::DESCRIPTOR,
        build: |p| Arc::new(Episode::<CartPole>::new(p)),
    },
    Registered {
        descriptor: &mountain_car::DESCRIPTOR,
        build: |p| Arc::new(Episode::<MountainCar>::new(p)),
    },
    Registered {
        descriptor: &acrobot::DESCRIPTOR,
        build: |p| Arc::new(Episode::<Acrobot>::new(p)),
    },
    Registered {
        descriptor: &pendulum::DESCRIPTOR,
        build: |p| Arc::new(Episode::<Pendulum>::new(p)),
    },
];

static DESCRIPTORS: [&Descriptor; REGISTERED.len()] = {
    let mut descriptors = [REGISTERED[0].descriptor; REGISTERED.len()];
    let mut index = 0;
    while index < REGISTERED.len() {
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
}

fn did_you_mean(suggestion: &Option<&'static str>) -> String {
    suggestion.map(|name| format!("; did you mean {name:?}?")).unwrap_or_default()
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
    let versions = REGISTERED.iter().filter(|entry| entry.descriptor.name == name);
    let newest = versions.max_by_key(|entry| entry.descriptor.version);
    let Registered { descriptor, build } = newest.ok_or_else(|| unknown_name(name))?;
    let values = ParameterValues::new(descriptor.parameters, given)
        .map_err(|source| BuildError::Parameters { name: descriptor.name, source })?;
    Ok(build(values))
}

/// The System of exactly this name and version, with the parameters in `parameter_bytes`.
///
/// # Errors
/// When there is no such System or it does not accept the parameters.
pub fn build_canonical(
    id: &SystemId,
    parameter_bytes: &[u8],
) -> Result<Arc<dyn System>, BuildError> {
    let versions: Vec<_> =
        REGISTERED.iter().filter(|entry| entry.descriptor.name == id.name).collect();
    let first = versions.first().ok_or_else(|| unknown_name(&id.name))?;
    let exact = versions.iter().find(|entry| entry.descriptor.version == id.version);
    let Registered { descriptor, build } = exact.ok_or_else(|| {
        let known: Vec<_> =
            versions.iter().map(|entry| entry.descriptor.version.to_string()).collect();
        BuildError::UnknownVersion {
            name: first.descriptor.name,
            expected: known.join(" or "),
            got: id.version,
        }
    })?;
    let values = ParameterValues::decode(descriptor.parameters, parameter_bytes)
        .map_err(|source| BuildError::Parameters { name: descriptor.name, source })?;
    Ok(build(values))
}

fn unknown_name(name: &str) -> BuildError {
    let mut names: Vec<_> = DESCRIPTORS.iter().map(|descriptor| descriptor.name).collect();
    names.dedup();
    let near = names
        .iter()
        .map(|known| (strsim::damerau_levenshtein(name, known), *known))
        .filter(|(distance, known)| *distance <= known.len() / 2)
        .min();
    BuildError::UnknownName {
        name: name.to_owned(),
        suggestion: near.map(|(_, known)| known),
        known: names.join(", "),
    }
}
