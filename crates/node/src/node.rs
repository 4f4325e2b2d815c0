//! An open arena: its folder, its chain, and what its local accounts can do.

use std::sync::OnceLock;

use alloy_primitives::B256;
use alloy_sol_types::{SolCall, SolEvent};
use nets_chain::{
    Arena, ArenaError, ChainAdapter, Deployment, DeploymentPlan, EmbeddedChain, Head, IArena,
};
use nets_core::{AgentId, Digest, Rules, RulesId, Seed};
use nets_runner::sandbox::FastEngine;
use nets_systems::Blueprint;

use crate::artifacts::Artifacts;
use crate::beacon::SecretChain;
use crate::chain::ArenaChain;
use crate::dispute::Runs;
use crate::error::NodeError;
#[cfg(feature = "evm")]
use crate::evm::open_elsewhere;
use crate::folder::{ArenaFolder, write_whole};
use crate::founding::Founding;
use crate::keys::{Keys, random_secret, write_secret};
use crate::league_settings::{DEFAULT_LEAGUES, LeagueSettings};
use crate::names::AgentNames;
use crate::settings::{LeagueEntry, Settings};

/// The account that opens rounds, reveals seeds and asserts results.
pub(crate) const OPERATOR: &str = "operator";

/// The chain id of embedded chains: one that no public chain has.
pub(crate) const EMBEDDED_CHAIN_ID: u64 = 0x6e65_7473;

/// What the operator starts with on the embedded chain, to fund purses and bonds.
const OPERATOR_COIN: u128 = 1_000_000;

/// The secret of that name in an arena whose secrets all come from a seed.
pub(crate) fn seeded_secret(seed: &Seed, name: &str) -> [u8; 32] {
    nets_core::sha256(&[name.as_bytes(), &seed.0].concat()).0
}

/// An open arena. Only one process at a time can have it.
#[derive(Debug)]
pub struct ArenaNode {
    pub(crate) folder: ArenaFolder,
    pub(crate) artifacts: Artifacts,
    pub(crate) keys: Keys,
    pub(crate) settings: Settings,
    pub(crate) arena: Arena,
    pub(crate) chain: ArenaChain,
    pub(crate) names: AgentNames,
    /// Set up when the first module is to be judged.
    pub(crate) engine: OnceLock<FastEngine>,
    /// Runs of the image about seats on trial.
    pub(crate) runs: Runs,
}

/// A league with all it is played by.
#[derive(Clone, Debug)]
pub struct League {
    /// Its name in this arena.
    pub name: String,
    /// Its number in the contract.
    pub id: u64,
    /// What its matches are played by.
    pub rules: Rules,
    /// The System with the league's parameters; its data set, if it has one, may not be shown yet.
    pub blueprint: Blueprint,
    /// All terms.
    pub terms: IArena::LeagueTerms,
}

impl League {
    /// The stake that every member must have.
    pub fn required_stake(&self) -> u128 {
        self.terms.minimumStake.max(self.terms.claimBond)
    }

    /// The last block before the outcome of a seeded round may be asserted: that of its claims, or, in
    /// a signed league, that by which every clock has run out.
    pub(crate) fn claims_end(&self, round: &IArena::Round) -> u64 {
        let clocks = u64::from(self.terms.seats) * u64::from(self.terms.clockBlocks);
        round.seededAt.saturating_add(u64::from(self.terms.claimBlocks) + clocks)
    }

    /// What rank `rank`, counted from 0, is paid.
    pub fn payout(&self, rank: u32) -> u128 {
        let table = self.terms.payouts.get(rank as usize).copied().unwrap_or(0);
        table.saturating_mul(u128::from(self.terms.payoutMultiplier))
    }
}

impl ArenaNode {
    /// Makes a new arena in `folder`: keys, contracts on a new embedded chain, the default leagues'
    /// file.
    ///
    /// All secrets come from `seed`, or from the machine's randomness where there is none. What a
    /// process left that was killed while it did this is made over; an arena that was never opened
    /// since is given again.
    ///
    /// # Errors
    /// When the folder is in use or cannot be written.
    pub fn init(folder: impl Into<ArenaFolder>, seed: Option<Seed>) -> Result<Self, NodeError> {
        let folder = folder.into();
        let founding = Founding::begin(&folder, seed.as_ref())?;
        let node =
            if founding.is_done { Self::open_as_is(folder) } else { Self::found(folder, seed) };
        drop(founding);
        node
    }

    fn found(folder: ArenaFolder, seed: Option<Seed>) -> Result<Self, NodeError> {
        folder.create()?;
        let secret = |name: &str| match seed {
            Some(seed) => Ok(seeded_secret(&seed, name)),
            None => random_secret(),
        };
        let operator = Keys::new(&folder).create(OPERATOR, secret(OPERATOR)?)?;
        let beacon = Digest(secret("beacon")?);
        write_secret(&folder.beacon_secret(), &beacon)?;
        let mut chain = EmbeddedChain::create(&folder.chain(), EMBEDDED_CHAIN_ID)?;
        chain.grant(operator.address(), OPERATOR_COIN)?;
        let beacon_tip = B256::new(SecretChain::new(beacon).tip().0);
        let deployment = DeploymentPlan { beacon_tip }.deploy(&mut chain, &operator)?;
        write_whole(&folder.league_file(), DEFAULT_LEAGUES.as_bytes())?;
        let chain = ArenaChain::Embedded(Box::new(chain));
        let mut node = Self::new(folder, Settings::default(), deployment, chain)?;
        node.deposit(OPERATOR, OPERATOR_COIN / 2)?;
        // From here on it is an arena.
        node.settings.write(&node.folder)?;
        Ok(node)
    }

    /// Opens the arena in `folder`.
    ///
    /// # Errors
    /// When there is none, another process has it open, or it is damaged.
    pub fn open(folder: impl Into<ArenaFolder>) -> Result<Self, NodeError> {
        let node = Self::open_as_is(folder.into())?;
        node.folder.remove_parts()?;
        Ok(node)
    }

    fn open_as_is(folder: ArenaFolder) -> Result<Self, NodeError> {
        let settings = Settings::read(&folder)?;
        let (deployment, chain) = match &settings.chain {
            Some(chain) => open_elsewhere(&folder, chain, &settings.beacons)?,
            None => {
                let chain = EmbeddedChain::open(&folder.chain(), EMBEDDED_CHAIN_ID)?;
                (chain.deployment()?, ArenaChain::Embedded(Box::new(chain)))
            }
        };
        Self::new(folder, settings, deployment, chain)
    }

    fn new(
        folder: ArenaFolder,
        settings: Settings,
        deployment: Deployment,
        chain: ArenaChain,
    ) -> Result<Self, NodeError> {
        Ok(Self {
            names: AgentNames::read(folder.agent_names(), &settings.agents)?,
            artifacts: Artifacts::with_settings(folder.clone(), &settings)?,
            keys: Keys::of_arena(&folder, &settings),
            arena: Arena::new(deployment),
            engine: OnceLock::new(),
            runs: Runs::default(),
            settings,
            chain,
            folder,
        })
    }

    /// Where everything is.
    pub fn folder(&self) -> &ArenaFolder {
        &self.folder
    }

    /// Modules, rules and records.
    pub fn artifacts(&self) -> &Artifacts {
        &self.artifacts
    }

    /// The latest block that is final.
    ///
    /// # Errors
    /// When the chain cannot be read.
    pub fn head(&self) -> Result<Head, NodeError> {
        Ok(self.chain.head()?)
    }

    /// The chain.
    pub fn chain(&self) -> &dyn ChainAdapter {
        &self.chain
    }

    /// Whether the chain is in this process.
    pub fn is_embedded(&self) -> bool {
        self.chain.embedded().is_some()
    }

    /// The contracts.
    pub fn contracts(&self) -> &Arena {
        &self.arena
    }

    /// Waits until caches, too, are on disk.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn flush(&mut self) -> Result<(), NodeError> {
        Ok(self.chain.embedded_mut().map_or(Ok(()), EmbeddedChain::flush)?)
    }

    /// What local users call an agent: the name of the file it came from, or its short id.
    pub fn agent_name(&self, agent: &AgentId) -> String {
        self.names.name(agent).map_or_else(|| agent.short(), str::to_owned)
    }

    /// Sends one call to the arena contract from a local account.
    pub(crate) fn send<C: SolCall>(
        &mut self,
        name: &str,
        call: &C,
    ) -> Result<C::Return, NodeError> {
        let account = self.keys.account(name)?;
        Ok(self.arena.send::<C>(&mut self.chain, &account, self.arena.call(call))?)
    }

    /// Sends one call to the arena contract from a local account; gives the event by which the
    /// contract answers, and its block. What the call was going to return when it was asked may be
    /// another's by then, on a chain that others use too.
    pub(crate) fn send_for_event<C: SolCall, E: SolEvent>(
        &mut self,
        name: &str,
        call: &C,
    ) -> Result<(u64, E), NodeError> {
        let account = self.keys.account(name)?;
        let call = self.arena.call(call);
        let (_, receipts) = self.arena.send_for_receipts::<C>(&mut self.chain, &account, call)?;
        let logs = receipts.into_iter().flat_map(|receipt| receipt.logs);
        let mut events = logs
            .filter_map(|log| Some((log.block, E::decode_raw_log(log.topics, &log.data).ok()?)));
        let reason = || format!("no event {}", E::SIGNATURE);
        events
            .next()
            .ok_or_else(|| ArenaError::Answer { function: C::SIGNATURE, reason: reason() }.into())
    }

    pub(crate) fn view<C: SolCall>(&self, call: &C) -> Result<C::Return, NodeError> {
        Ok(self.arena.view(&self.chain, call)?)
    }

    /// As [`ArenaNode::view`], of something that has a name for users.
    pub(crate) fn view_about<C: SolCall>(
        &self,
        subject: impl FnOnce() -> String,
        call: &C,
    ) -> Result<C::Return, NodeError> {
        let answer = self.arena.view(&self.chain, call);
        answer.map_err(|error| NodeError::about(subject, error))
    }

    /// Creates a league on the chain.
    ///
    /// # Errors
    /// When its settings are not acceptable or the chain cannot be written.
    pub fn create_league(&mut self, league: &LeagueSettings) -> Result<u64, NodeError> {
        if self.settings.leagues.contains_key(&league.name) {
            return Err(NodeError::LeagueExists { name: league.name.clone() });
        }
        let rules = league.rules()?;
        let system = league.blueprint()?.build_for_trial()?;
        self.artifacts.put_rules(&rules)?;
        let beacon = self.beacon_for(league)?;
        let deployment = self.arena.deployment();
        let terms = IArena::LeagueTerms {
            rulesId: B256::new(rules.id().0),
            system: deployment.systems.get(&league.system).copied().unwrap_or_default(),
            parameters: rules.parameters.clone().into(),
            seats: system.seat_count(),
            matchesPerRound: league.matches_per_round,
            beacon,
            minimumStake: league.minimum_stake,
            claimBond: league.claim_bond,
            entryPrice: league.entry_price,
            assertionBond: league.assertion_bond,
            assertionPayout: league.assertion_payout,
            slotCapital: league.slot_capital,
            slotsPerOwnerMax: league.slots_per_owner,
            payoutMultiplier: league.payout_multiplier,
            codeBlocks: league.code_blocks,
            entryBlocks: league.entry_blocks,
            claimBlocks: league.claim_blocks,
            demandBond: league.demand_bond,
            challengeBlocks: league.challenge_blocks,
            demandBlocks: league.demand_blocks,
            clockBlocks: league.clock_blocks,
            unbondBlocks: league.unbond_blocks,
            voidBlocks: league.void_blocks,
            payouts: league.payouts.clone(),
        };
        let create = IArena::createLeagueCall { terms: terms.clone() };
        let operator = self.account(OPERATOR)?.address();
        if let Some(refused) = self.refusal(&operator, &create)? {
            return Err(NodeError::about(|| format!("league {}", league.name), refused));
        }
        let (_, created) = self.send_for_event::<_, IArena::LeagueCreated>(OPERATOR, &create)?;
        let id = created.league;
        let entry = LeagueEntry::new(&league.name, id, &terms);
        self.settings.leagues.insert(league.name.clone(), entry);
        self.settings.write(&self.folder)?;
        Ok(id)
    }

    /// Pays coin into a league's purse, in the operator's name: new coin of an embedded chain, on
    /// others what the operator holds outside the arena.
    ///
    /// # Errors
    /// When there is no such league, or not so much coin.
    pub fn fund_league(&mut self, league: &str, amount: u128) -> Result<(), NodeError> {
        let account = self.keys.account(OPERATOR)?;
        match self.chain.embedded() {
            Some(_) => self.check_grantable(amount)?,
            None => self.check_outside(OPERATOR, &account, amount)?,
        }
        let league = self.league_id(league)?;
        let call = self.arena.call(&IArena::fundCall { league });
        let call = nets_chain::Call { value: amount, ..call };
        match self.chain.embedded_mut() {
            Some(chain) => self.arena.send_new_coin::<IArena::fundCall>(chain, &account, call)?,
            None => {
                self.arena.send::<IArena::fundCall>(&mut self.chain, &account, call)?;
            }
        }
        Ok(())
    }

    /// The coin in a league's purse.
    ///
    /// # Errors
    /// When the chain cannot be read.
    pub fn purse(&self, league: &League) -> Result<u128, NodeError> {
        Ok(self.view(&IArena::leagueOfCall { league: league.id })?.purse)
    }

    pub(crate) fn league_id(&self, name: &str) -> Result<u64, NodeError> {
        let entry = self.settings.leagues.get(name).ok_or_else(|| {
            let known: Vec<_> = self.settings.leagues.keys().map(String::as_str).collect();
            NodeError::UnknownLeague { name: name.to_owned(), known: known.join(", ") }
        })?;
        check_entry(&self.folder, &self.arena, &self.chain, name, entry)?;
        Ok(entry.number)
    }

    /// The names of all leagues, in the order of their numbers.
    pub fn league_names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.settings.leagues.iter().collect();
        names.sort_by_key(|(_, entry)| entry.number);
        names.into_iter().map(|(name, _)| name.clone()).collect()
    }

    /// The league of that name.
    ///
    /// # Errors
    /// When there is none, or its rules are missing or damaged.
    pub fn league(&self, name: &str) -> Result<League, NodeError> {
        let id = self.league_id(name)?;
        read_league(&self.arena, &self.chain, &self.artifacts, name, id)
    }
}

/// Says that this program cannot use the chain that an arena is on.
#[cfg(not(feature = "evm"))]
fn open_elsewhere(
    _: &ArenaFolder,
    chain: &crate::settings::ChainSettings,
    _: &crate::settings::BeaconSettings,
) -> Result<(Deployment, ArenaChain), NodeError> {
    Err(NodeError::EmbeddedOnly { url: chain.url.clone(), action: "opened" })
}

/// What arena.toml says of a league must be what was written when it was created.
pub(crate) fn check_entry(
    folder: &ArenaFolder,
    arena: &Arena,
    chain: &dyn ChainAdapter,
    name: &str,
    entry: &LeagueEntry,
) -> Result<(), NodeError> {
    let league = entry.number;
    let is_there = league < arena.view(chain, &IArena::leagueCountCall {})?;
    if is_there && entry.is_sealed(name, &arena.view(chain, &IArena::termsOfCall { league })?) {
        return Ok(());
    }
    Err(NodeError::LeagueEntry { path: folder.settings(), name: name.to_owned(), number: league })
}

/// A league as the chain and the artifacts have it.
pub(crate) fn read_league(
    arena: &Arena,
    chain: &dyn ChainAdapter,
    artifacts: &Artifacts,
    name: &str,
    id: u64,
) -> Result<League, NodeError> {
    let terms = arena.view(chain, &IArena::termsOfCall { league: id })?;
    let rules = artifacts.rules(&RulesId(terms.rulesId.0))?;
    require_one_sort(&rules, &terms)
        .map_err(|reason| NodeError::Terms { league: name.to_owned(), reason })?;
    let blueprint = Blueprint::canonical(&rules.system, &rules.parameters)?;
    Ok(League { name: name.to_owned(), id, rules, blueprint, terms })
}

/// Says why rules and terms contradict each other, if they do: one of modules, one of signed actions.
pub(crate) fn require_one_sort(rules: &Rules, terms: &IArena::LeagueTerms) -> Result<(), String> {
    match (rules.is_signed(), terms.clockBlocks) {
        (true, 0) => {
            Err("its rules are of signed matches, but the chain has no clocks for it".into())
        }
        (false, 1..) => {
            Err("its rules are of agents that are modules, but the chain has clocks for \
                             signed matches"
                .into())
        }
        _ => Ok(()),
    }
}
