//! The settings of an arena: its chain, its contracts, the names of its leagues.

use std::collections::BTreeMap;
use std::fs;

use alloy_primitives::Address;
use nets_chain::Deployment;
use serde::{Deserialize, Serialize};

use crate::error::NodeError;
use crate::folder::{ArenaFolder, write_whole};

/// `arena.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Settings {
    /// The number that keeps this chain's signatures apart from others'.
    pub(crate) chain_id: u64,
    /// Where the contracts are.
    pub(crate) contracts: Contracts,
    /// The leagues' numbers by name.
    #[serde(default)]
    pub(crate) leagues: BTreeMap<String, u64>,
    /// What local users call agents: the names of the files they came from.
    #[serde(default)]
    pub(crate) agents: BTreeMap<String, String>,
}

/// The addresses of an arena's contracts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Contracts {
    arena: String,
    court: String,
    beacon: String,
    systems: BTreeMap<String, String>,
}

impl Contracts {
    pub(crate) fn new(deployment: &Deployment) -> Self {
        let systems = deployment.systems.iter().map(|(name, a)| (name.clone(), a.to_string()));
        Self {
            arena: deployment.arena.to_string(),
            court: deployment.court.to_string(),
            beacon: deployment.beacon.to_string(),
            systems: systems.collect(),
        }
    }

    fn deployment(&self) -> Result<Deployment, String> {
        let parse = |text: &String| {
            text.parse::<Address>().map_err(|_| format!("{text:?} is not an address"))
        };
        let systems = self.systems.iter().map(|(name, text)| Ok((name.clone(), parse(text)?)));
        Ok(Deployment {
            arena: parse(&self.arena)?,
            court: parse(&self.court)?,
            beacon: parse(&self.beacon)?,
            systems: systems.collect::<Result<_, String>>()?,
        })
    }
}

impl Settings {
    pub(crate) fn read(folder: &ArenaFolder) -> Result<(Self, Deployment), NodeError> {
        let path = folder.settings();
        if !path.exists() {
            return Err(NodeError::NotAnArena { path: folder.root().to_owned() });
        }
        let text = fs::read_to_string(&path).map_err(|e| NodeError::io("read", &path, e))?;
        let settings = |reason| NodeError::Settings { path: path.clone(), reason };
        let parsed: Self = toml::from_str(&text).map_err(|e| settings(e.to_string()))?;
        let deployment = parsed.contracts.deployment().map_err(settings)?;
        Ok((parsed, deployment))
    }

    pub(crate) fn write(&self, folder: &ArenaFolder) -> Result<(), NodeError> {
        let path = folder.settings();
        let settings =
            |e: toml::ser::Error| NodeError::Settings { path: path.clone(), reason: e.to_string() };
        let text = toml::to_string(self).map_err(settings)?;
        write_whole(&path, text.as_bytes())
    }
}
