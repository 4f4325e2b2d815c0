//! Cards: what a stranger needs to find an arena on its chain, and joining one by it.
//!
//! A card is a small file without secrets that an operator gives to anybody: where the contracts are,
//! what its leagues are called, and the rules they are played by. Nothing of it is believed: the
//! contracts' code must be this build's, and rules must hash to what the leagues' terms say.

use std::fs;
use std::path::Path;

use nets_chain::{Arena, ChainAdapter, ChainError, IArena};
use nets_chain_evm::{DeploymentFile, EvmChain};
use nets_core::{Address, Reader, Rules};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::artifacts::Artifacts;
use crate::error::NodeError;
use crate::evm::{NewChain, deployment, evm_settings, with_contracts};
use crate::folder::{ArenaFolder, write_whole};
use crate::founding::Founding;
use crate::keys::{Keys, random_secret};
use crate::node::{ArenaNode, OPERATOR, require_one_sort};
use crate::settings::{BeaconSettings, ChainSettings, LeagueEntry, Settings};
use crate::sources::Sources;

/// A card, as JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Card {
    /// Where the contracts are, as in the arena's `chain/deployment.json`.
    chain: Value,
    /// Where the beacons are that leagues take their seeds from.
    #[serde(default)]
    beacons: BeaconSettings,
    leagues: Vec<CardLeague>,
}

/// A league on a card.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CardLeague {
    name: String,
    /// Its number in the contract.
    number: u64,
    /// The bytes of its rules, in hex.
    rules: String,
}

impl ArenaNode {
    /// The arena's card, for others to join it by.
    ///
    /// # Errors
    /// When the arena is on an embedded chain, which nobody else can reach.
    pub fn card(&self) -> Result<String, NodeError> {
        let Some(chain) = &self.settings.chain else {
            return Err(NodeError::OutOfReach { path: self.folder.root().to_owned() });
        };
        let file = deployment(&self.folder, chain)?;
        let path = self.folder.deployment();
        let settings = |e: serde_json::Error| NodeError::Settings {
            path: path.clone(),
            reason: e.to_string(),
        };
        let league = |name: String| {
            let league = self.league(&name)?;
            let rules = alloy_primitives::hex::encode(league.rules.encode());
            Ok(CardLeague { name, number: league.id, rules })
        };
        let leagues = self.league_names().into_iter().map(league);
        let card = Card {
            chain: serde_json::from_str(&file.encode()).map_err(settings)?,
            beacons: self.settings.beacons.addresses(),
            leagues: leagues.collect::<Result<_, NodeError>>()?,
        };
        serde_json::to_string_pretty(&card).map(|text| text + "\n").map_err(settings)
    }
}

/// Makes a folder for an arena of somebody else's on a chain elsewhere, by its card; gives the address
/// of the account in it, which needs coin for gas before it can act. Agents' modules come from the
/// sources, which are kept in its settings; folders among them are named as seen from the new one.
///
/// # Errors
/// When the folder is in use or cannot be written, the card is none or does not fit the chain, or the
/// chain's node does not answer.
pub fn join_elsewhere(
    folder: impl Into<ArenaFolder>,
    chain: &NewChain,
    card: &Path,
    sources: &[String],
) -> Result<Address, NodeError> {
    let folder = folder.into();
    let text = fs::read_to_string(card).map_err(|e| NodeError::io("read", card, e))?;
    let refused = |reason: String| NodeError::Settings { path: card.to_owned(), reason };
    let read: Card = serde_json::from_str(&text).map_err(|e| refused(e.to_string()))?;
    let file = DeploymentFile::decode(&read.chain.to_string()).map_err(refused)?;
    let NewChain { url, finality, fee_max } = chain.clone();
    let id = file.chain_id;
    let chain = ChainSettings { url, id, finality, fee_max, poll_milliseconds: None };
    let evm =
        EvmChain::read(evm_settings(&chain)?, Some(file.genesis)).map_err(ChainError::from)?;
    let evm = with_contracts(evm, &file, &read.beacons)?;
    let founding = Founding::begin(&folder, None)?;
    Sources::parse(sources)?;
    let mut settings = Settings {
        chain: Some(chain),
        beacons: read.beacons,
        sources: sources.to_vec(),
        ..Settings::default()
    };
    let keys = Keys::of_arena(&folder, &settings);
    if !founding.is_done {
        folder.create()?;
        if !keys.names()?.iter().any(|name| name == OPERATOR) {
            keys.create(OPERATOR, random_secret()?)?;
        }
        write_whole(&folder.deployment(), file.encode().as_bytes())?;
        let contracts = Arena::new(file.deployment);
        for league in read.leagues {
            let entry = join_league(&folder, &contracts, &evm, &league, &refused)?;
            settings.leagues.insert(league.name, entry);
        }
        // From here on it is an arena.
        settings.write(&folder)?;
    }
    Ok(keys.account(OPERATOR)?.address())
}

/// Takes over a league of a card.
fn join_league(
    folder: &ArenaFolder,
    contracts: &Arena,
    chain: &dyn ChainAdapter,
    league: &CardLeague,
    refused: &dyn Fn(String) -> NodeError,
) -> Result<LeagueEntry, NodeError> {
    let CardLeague { name, number, rules } = league;
    let bytes = alloy_primitives::hex::decode(rules);
    let bytes = bytes.map_err(|error| refused(format!("the rules of league {name}: {error}")))?;
    let rules = Rules::read(&mut Reader::new(&bytes)).ok();
    let rules = rules.filter(|rules| rules.encode() == bytes);
    let rules = rules.ok_or_else(|| refused(format!("the rules of league {name} are none")))?;
    let terms = contracts.view(chain, &IArena::termsOfCall { league: *number })?;
    let (got, expected) = (rules.id(), terms.rulesId);
    if got.0 != expected.0 {
        return Err(refused(format!(
            "the rules of league {name} hash to 0x{got}, league {number} on the chain has {expected}"
        )));
    }
    require_one_sort(&rules, &terms)
        .map_err(|reason| refused(format!("league {name}: {reason}")))?;
    Artifacts::new(folder.clone(), Sources::default()).put_rules(&rules)?;
    Ok(LeagueEntry::new(name, *number, &terms))
}
