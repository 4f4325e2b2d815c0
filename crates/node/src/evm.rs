//! Arenas on EVM chains elsewhere: founding one, putting its contracts there, opening it.
//!
//! Founding makes keys and settings and touches no chain, so that the operator's address can be given
//! coin first; deploying can be interrupted anywhere and goes on where it was.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use alloy_primitives::B256;
use nets_chain::{BeaconKind, BeaconPlan, ChainError, Deployment, DeploymentPlan};
use nets_chain_evm::{
    DeploymentFile, Endpoint, EvmChain, EvmSettings, Finality, Step, Watch, check_beacon,
    check_code, deploy, deploy_beacon,
};
use nets_core::{Address, Digest, Seed};

use crate::beacon::{SHARED_ELSEWHERE, SecretChain, shared_plan};
use crate::chain::ArenaChain;
use crate::chosen::ChosenChain;
use crate::error::NodeError;
use crate::folder::{ArenaFolder, write_whole};
use crate::founding::Founding;
use crate::keys::{Keys, random_secret, read_secret, write_secret};
use crate::league_settings::{DEFAULT_LEAGUES, LeagueFile};
use crate::node::{ArenaNode, OPERATOR, seeded_secret};
use crate::reading::read_text;
use crate::settings::{BeaconSettings, ChainSettings, FinalitySetting, Settings};

/// A chain for a new arena.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChain {
    /// Where a node of it answers; `${NAME}` in it stands for an environment variable.
    pub url: String,
    /// When a block counts as final.
    pub finality: FinalitySetting,
    /// The most that a transaction may pay for a unit of gas, in wei; a common bound without it.
    pub fee_max: Option<u64>,
}

/// Makes the folder of an arena on a chain elsewhere, without its contracts: keys, settings, the
/// default leagues' file. Gives the operator's address, which needs coin before it can deploy.
///
/// # Errors
/// When the folder is in use or cannot be written, there is no password for the operator's key, or
/// the chain's node does not answer.
pub fn found_elsewhere(
    folder: impl Into<ArenaFolder>,
    seed: Option<Seed>,
    chain: &NewChain,
) -> Result<Address, NodeError> {
    let folder = folder.into();
    let NewChain { url, finality, fee_max } = chain.clone();
    let chain = ChainSettings { url, id: 0, finality, fee_max, poll_milliseconds: None };
    let id = EvmChain::ask_chain_id(&evm_settings(&chain)?).map_err(ChainError::from)?;
    let settings = Settings { chain: Some(ChainSettings { id, ..chain }), ..Settings::default() };
    let founding = Founding::begin(&folder, seed.as_ref())?;
    let keys = Keys::of_arena(&folder, &settings);
    if !founding.is_done {
        folder.create()?;
        let secret = |name: &str| match seed {
            Some(seed) => Ok(seeded_secret(&seed, name)),
            None => random_secret(),
        };
        // A key that comes from the environment is written nowhere.
        if !keys.names()?.iter().any(|name| name == OPERATOR) {
            keys.create(OPERATOR, secret(OPERATOR)?)?;
        }
        write_secret(&folder.beacon_secret(), &Digest(secret("beacon")?))?;
        write_whole(&folder.league_file(), DEFAULT_LEAGUES.as_bytes())?;
        // From here on it is an arena.
        settings.write(&folder)?;
    }
    Ok(keys.account(OPERATOR)?.address())
}

/// Puts the contracts of an arena on its chain, and the beacons that `leagues.toml` names, or goes on
/// with that; does nothing where they are. Gives the operator's address.
///
/// # Errors
/// When the arena is not on a chain elsewhere, the operator cannot pay, somebody asks to stop, or the
/// chain cannot be used.
pub fn deploy_contracts(
    folder: impl Into<ArenaFolder>,
    stop: &'static AtomicBool,
    say: fn(&str),
) -> Result<Address, NodeError> {
    let folder = folder.into();
    let mut settings = Settings::read(&folder)?;
    let Some(chain) = &settings.chain else {
        return Err(NodeError::HasContracts { path: folder.root().to_owned() });
    };
    let operator = Keys::of_arena(&folder, &settings).account(OPERATOR)?;
    let evm = EvmChain::open(reached(&folder, chain)?, &folder.outbox(), None);
    let mut evm = evm.map_err(ChainError::from)?;
    evm.set_watch(Box::new(Watcher { stop, say }));
    if folder.deployment().exists() {
        let file = deployment(&folder, chain)?;
        check_contracts(&evm, &file, &settings.beacons)?;
    } else {
        let beacon = SecretChain::new(read_secret(&folder.beacon_secret())?);
        let plan = DeploymentPlan { beacon_tip: B256::new(beacon.tip().0) };
        let file = deploy(&plan, &mut evm, &operator).map_err(ChainError::from)?;
        write_whole(&folder.deployment(), file.encode().as_bytes())?;
    }
    for kind in missing_beacons(&folder, &settings.beacons)? {
        let plan = match kind {
            BeaconKind::Offline => continue,
            BeaconKind::OfflineShared => shared_plan(&folder, &settings.beacons, SHARED_ELSEWHERE)?,
            BeaconKind::Drand => BeaconPlan::Drand,
            BeaconKind::Randao => BeaconPlan::Randao,
        };
        let address = deploy_beacon(&plan, &mut evm, &operator).map_err(ChainError::from)?;
        settings.beacons.set_address(kind, address);
        settings.write(&folder)?;
    }
    Ok(operator.address())
}

/// The beacons that leagues are to take their seeds from and that are not on the chain yet.
fn missing_beacons(
    folder: &ArenaFolder,
    there: &BeaconSettings,
) -> Result<BTreeSet<BeaconKind>, NodeError> {
    let path = folder.league_file();
    if !path.exists() {
        return Ok(BTreeSet::new());
    }
    let named = LeagueFile::read(&path)?.leagues.into_iter().map(|league| league.beacon);
    let is_missing =
        |kind: &BeaconKind| *kind != BeaconKind::Offline && there.address(*kind).is_none();
    Ok(named.filter(is_missing).collect())
}

/// Opens the chain of an arena whose contracts are there and of this build.
pub(crate) fn open_elsewhere(
    folder: &ArenaFolder,
    settings: &ChainSettings,
    beacons: &BeaconSettings,
) -> Result<(Deployment, ArenaChain), NodeError> {
    let file = deployment(folder, settings)?;
    let chain = EvmChain::open(reached(folder, settings)?, &folder.outbox(), Some(file.genesis));
    let chain = with_contracts(chain.map_err(ChainError::from)?, &file, beacons)?;
    Ok((file.deployment, ArenaChain::Elsewhere(Box::new(chain))))
}

/// As [`open_elsewhere`], for reading: whoever sends meanwhile is not disturbed.
pub(crate) fn read_elsewhere(
    folder: &ArenaFolder,
    settings: &ChainSettings,
    beacons: &BeaconSettings,
) -> Result<(Deployment, EvmChain), NodeError> {
    let file = deployment(folder, settings)?;
    let chain = EvmChain::read(reached(folder, settings)?, Some(file.genesis));
    let chain = with_contracts(chain.map_err(ChainError::from)?, &file, beacons)?;
    Ok((file.deployment, chain))
}

/// Where the contracts are, as the folder says.
pub(crate) fn deployment(
    folder: &ArenaFolder,
    settings: &ChainSettings,
) -> Result<DeploymentFile, NodeError> {
    let path = folder.deployment();
    if !path.exists() {
        return Err(NodeError::NotDeployed { path });
    }
    let text = read_text(&path)?;
    let file = DeploymentFile::decode(&text);
    let file = file.map_err(|reason| NodeError::Settings { path: path.clone(), reason })?;
    if file.chain_id != settings.id {
        let (expected, got) = (settings.id, file.chain_id);
        let reason = format!("it is of chain {got}, arena.toml says chain {expected}");
        return Err(NodeError::Settings { path, reason });
    }
    Ok(file)
}

/// The chain, once the contracts on it were found to be of this build.
pub(crate) fn with_contracts(
    mut chain: EvmChain,
    file: &DeploymentFile,
    beacons: &BeaconSettings,
) -> Result<EvmChain, NodeError> {
    check_contracts(&chain, file, beacons)?;
    let contracts = file.deployment.named().map(|(_, address)| address).collect();
    chain.set_contracts(contracts, file.first_block);
    Ok(chain)
}

/// Says whether everything that the arena rests on is of this build.
fn check_contracts(
    chain: &EvmChain,
    file: &DeploymentFile,
    beacons: &BeaconSettings,
) -> Result<(), NodeError> {
    check_code(chain, &file.deployment).map_err(ChainError::from)?;
    for (kind, address) in beacons.named() {
        check_beacon(kind, chain, address).map_err(ChainError::from)?;
    }
    Ok(())
}

/// What the adapter needs to know of an arena's chain: the node that the user named for now is asked
/// for what the settings say.
fn reached(folder: &ArenaFolder, chain: &ChainSettings) -> Result<EvmSettings, NodeError> {
    match folder.chosen_chain() {
        Some(ChosenChain::Elsewhere(url)) => {
            evm_settings(&ChainSettings { url: url.clone(), ..chain.clone() })
        }
        Some(ChosenChain::Embedded) | None => evm_settings(chain),
    }
}

/// What the adapter needs to know of a chain.
pub(crate) fn evm_settings(chain: &ChainSettings) -> Result<EvmSettings, NodeError> {
    let endpoint = Endpoint::parse(&chain.url).map_err(ChainError::from)?;
    let settings = EvmSettings::new(endpoint, chain.id);
    let finality = match chain.finality {
        FinalitySetting::Depth(depth) => Finality::Depth(depth),
        FinalitySetting::Word(_) => Finality::Finalized,
    };
    let fee_max = chain.fee_max.map_or(settings.fee_max, u128::from);
    let poll = chain.poll_milliseconds.map_or(settings.poll, Duration::from_millis);
    Ok(EvmSettings { finality, fee_max, poll, ..settings })
}

/// Stops where the user asks for it, and says what is waited for.
#[derive(Debug)]
struct Watcher {
    stop: &'static AtomicBool,
    say: fn(&str),
}

impl Watch for Watcher {
    fn goes_on(&self, step: Step) -> bool {
        let text = match step {
            Step::Waiting { done, total, latest, last_final } => format!(
                "{done} of {total} transactions final; block {latest}, final up to {last_final}"
            ),
            Step::Passing { last_final } => format!("final up to block {last_final}"),
            // What is asked for is said by whoever asks for it.
            Step::Tried | Step::Stored | Step::Sent | Step::Final => String::new(),
        };
        (self.say)(&text);
        !self.stop.load(Ordering::Relaxed)
    }
}

impl ArenaNode {
    /// Has everything that is waited for on a chain elsewhere stop when `stop` is set; what is waited
    /// for is said, and nothing when it is over. An embedded chain waits for nothing.
    pub fn watch(&mut self, stop: &'static AtomicBool, say: fn(&str)) {
        if let ArenaChain::Elsewhere(chain) = &mut self.chain {
            chain.set_watch(Box::new(Watcher { stop, say }));
        }
    }
}
