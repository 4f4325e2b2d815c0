//! The settings of an arena: what local users call its leagues and agents, which chain it is on where
//! that is not an embedded one, and who is asked for what it lacks.
//!
//! Everything else about an arena is in its chain's log. Names are not: they are local, and no
//! proof rests on them. Each league's entry is sealed, so that one changed by mistake is noticed.

use std::collections::BTreeMap;
use std::io::ErrorKind;

use alloy_primitives::Address;
use alloy_sol_types::SolValue;
use nets_chain::{BeaconKind, IArena};
use nets_core::{Digest, Writer, sha256};
use serde::{Deserialize, Serialize};

use crate::error::NodeError;
use crate::folder::{ArenaFolder, write_whole};
use crate::reading::read_text;

/// `arena.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Settings {
    /// Where artifacts come from that the arena lacks: URLs, or folders as seen from the arena's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) sources: Vec<String>,
    /// The chain, where it is not an embedded one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) chain: Option<ChainSettings>,
    /// The beacons that are on the chain beside the one that the arena was deployed with.
    #[serde(default, skip_serializing_if = "BeaconSettings::is_default")]
    pub(crate) beacons: BeaconSettings,
    /// The leagues by name.
    #[serde(default)]
    pub(crate) leagues: BTreeMap<String, LeagueEntry>,
    /// What local users call agents, in arenas made before `agents.jsonl` held that.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) agents: BTreeMap<String, String>,
}

/// A chain elsewhere. No secret is ever written here: a URL names environment variables instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChainSettings {
    /// Where a node of it answers; `${NAME}` in it stands for an environment variable.
    pub url: String,
    /// The number of the chain.
    pub id: u64,
    /// When a block counts as final.
    pub finality: FinalitySetting,
    /// The most that a transaction may pay for a unit of gas, in wei.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_max: Option<u64>,
    /// How often the node is asked while something is waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll_milliseconds: Option<u64>,
}

/// When a block counts as final: `"finalized"`, or a number of blocks after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FinalitySetting {
    /// When so many blocks follow it.
    Depth(u64),
    /// When the chain's validators have finalised it.
    Word(FinalityWord),
}

/// What finality is called where it is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FinalityWord {
    /// As the chain's validators say.
    Finalized,
}

/// Beacons that leagues of the arena may name. A beacon serves every arena of its chain, so its
/// address may have been written here by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct BeaconSettings {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offline_shared: Option<Address>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    drand: Option<Address>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    randao: Option<Address>,
    /// Servers of drand's that are asked for its values, in this order; well-known ones without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) drand_sources: Option<Vec<String>>,
    /// How many blocks a shared beacon that is yet to be created gives for showing shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) shared_window_blocks: Option<u64>,
    /// The bond of a share there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) shared_bond: Option<u64>,
}

impl BeaconSettings {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Where a beacon is, if it is on the chain.
    pub(crate) fn address(&self, kind: BeaconKind) -> Option<Address> {
        match kind {
            BeaconKind::Offline => None,
            BeaconKind::OfflineShared => self.offline_shared,
            BeaconKind::Drand => self.drand,
            BeaconKind::Randao => self.randao,
        }
    }

    /// Notes where a beacon is.
    pub(crate) fn set_address(&mut self, kind: BeaconKind, address: Address) {
        match kind {
            BeaconKind::Offline => {}
            BeaconKind::OfflineShared => self.offline_shared = Some(address),
            BeaconKind::Drand => self.drand = Some(address),
            BeaconKind::Randao => self.randao = Some(address),
        }
    }

    /// The addresses alone.
    #[cfg(feature = "evm")]
    pub(crate) fn addresses(&self) -> Self {
        let Self { offline_shared, drand, randao, .. } = *self;
        Self { offline_shared, drand, randao, ..Self::default() }
    }

    /// All beacons that are on the chain.
    pub(crate) fn named(&self) -> impl Iterator<Item = (BeaconKind, Address)> {
        BeaconKind::ALL.into_iter().filter_map(|kind| Some((kind, self.address(kind)?)))
    }
}

/// Which league of the contract a name stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct LeagueEntry {
    /// Its number in the contract.
    pub(crate) number: u64,
    /// The hash of name, number and terms.
    seal: String,
}

impl LeagueEntry {
    pub(crate) fn new(name: &str, number: u64, terms: &IArena::LeagueTerms) -> Self {
        Self { number, seal: seal(name, number, terms).to_string() }
    }

    /// Whether this is what was written when the league was created.
    pub(crate) fn is_sealed(&self, name: &str, terms: &IArena::LeagueTerms) -> bool {
        self.seal == seal(name, self.number, terms).to_string()
    }
}

fn seal(name: &str, number: u64, terms: &IArena::LeagueTerms) -> Digest {
    let mut writer = Writer::new();
    writer.u64(number).u32(name.len() as u32).raw(name.as_bytes()).raw(&terms.abi_encode());
    sha256(&writer.finish())
}

impl Settings {
    /// Reads the file; the chain in it must be the one that the user named, if any was.
    pub(crate) fn read(folder: &ArenaFolder) -> Result<Self, NodeError> {
        let path = folder.settings();
        let text = match read_text(&path) {
            Err(NodeError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
                return Err(NodeError::NotAnArena { path: folder.root().to_owned() });
            }
            text => text?,
        };
        let settings: Self = toml::from_str(&text)
            .map_err(|error| NodeError::Settings { path, reason: error.to_string() })?;
        if let Some(chosen) = folder.chosen_chain() {
            chosen.check(folder, settings.chain.as_ref())?;
        }
        Ok(settings)
    }

    pub(crate) fn write(&self, folder: &ArenaFolder) -> Result<(), NodeError> {
        let path = folder.settings();
        let settings =
            |e: toml::ser::Error| NodeError::Settings { path: path.clone(), reason: e.to_string() };
        let text = toml::to_string(self).map_err(settings)?;
        write_whole(&path, text.as_bytes())
    }
}
