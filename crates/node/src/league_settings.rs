//! Leagues as a user writes them: a TOML file with a default ladder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use nets_core::{FuelClock, PROTOCOL_VERSION, Rules, System};
use nets_runner::sandbox::METERING_VERSION;
use serde::{Deserialize, Serialize};

use crate::error::NodeError;

/// The ladder that a new arena comes with.
pub const DEFAULT_LEAGUES: &str = include_str!("default_leagues.toml");

/// `leagues.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeagueFile {
    /// The leagues in their order.
    #[serde(rename = "league")]
    pub leagues: Vec<LeagueSettings>,
}

impl LeagueFile {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read or does not parse.
    pub fn read(path: &Path) -> Result<Self, NodeError> {
        let text = fs::read_to_string(path).map_err(|e| NodeError::io("read", path, e))?;
        toml::from_str(&text).map_err(|error| NodeError::Settings {
            path: path.to_owned(),
            reason: error.to_string(),
        })
    }

    /// The settings of the league of that name.
    ///
    /// # Errors
    /// When there is none.
    pub fn league(&self, name: &str) -> Result<&LeagueSettings, NodeError> {
        self.leagues.iter().find(|league| league.name == name).ok_or_else(|| {
            let known: Vec<_> = self.leagues.iter().map(|league| league.name.as_str()).collect();
            NodeError::UnknownLeague { name: name.to_owned(), known: known.join(", ") }
        })
    }
}

/// The terms of a league. Amounts are in the chain's unit, windows in blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LeagueSettings {
    /// Its name in this arena.
    pub name: String,
    /// What is played.
    pub system: String,
    /// Parameters of the System that are not its defaults.
    #[serde(default)]
    pub parameters: BTreeMap<String, u64>,
    /// How many matches each agent plays in a round.
    pub matches_per_round: u16,
    /// What an agent's fuel clock holds at the start of a match.
    pub fuel_base: u64,
    /// What is added to the clock before each decision.
    pub fuel_increment: u64,
    /// What the clock holds at most.
    pub fuel_cap: u64,
    /// The stake without which an agent may not enter.
    pub minimum_stake: u128,
    /// The least that a false claim costs, where the minimum stake is lower.
    pub claim_bond: u128,
    /// What an agent pays for each round it enters.
    pub entry_price: u128,
    /// The payouts by rank, before multiplication.
    pub payouts: Vec<u128>,
    /// What all payouts are multiplied with.
    pub payout_multiplier: u16,
    /// What an asserter puts up.
    pub assertion_bond: u128,
    /// The capital an owner needs for each of its agents in a round.
    pub slot_capital: u128,
    /// How many agents an owner may have in a round.
    pub slots_per_owner: u16,
    /// How long entries stay open before a round.
    pub entry_blocks: u32,
    /// How long claims are taken after the seed.
    pub claim_blocks: u32,
    /// How long an assertion can be refuted.
    pub challenge_blocks: u32,
    /// How long a stake stays after its owner leaves.
    pub unbond_blocks: u32,
    /// How long a round waits for a seed or an assertion before it may be voided.
    pub void_blocks: u32,
}

impl LeagueSettings {
    /// The System with the league's parameters.
    ///
    /// # Errors
    /// When there is no such System or it does not accept them.
    pub fn build_system(&self) -> Result<std::sync::Arc<dyn System>, NodeError> {
        Ok(nets_systems::build(&self.system, &self.parameters)?)
    }

    /// What the league's matches are played by.
    ///
    /// # Errors
    /// When there is no such System or it does not accept the parameters.
    pub fn rules(&self) -> Result<Rules, NodeError> {
        let system = self.build_system()?;
        Ok(Rules {
            protocol_version: PROTOCOL_VERSION,
            metering_version: METERING_VERSION,
            system: system.id(),
            parameters: system.parameters().encode(),
            fuel_clock: FuelClock {
                base: self.fuel_base,
                increment: self.fuel_increment,
                cap: self.fuel_cap,
            },
        })
    }
}
