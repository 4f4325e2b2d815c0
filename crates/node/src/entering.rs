//! Entering: agents become members of a league, many of them in one block.

use std::collections::BTreeMap;
use std::path::Path;

use alloy_primitives::{Address as ChainAddress, B256};
use alloy_sol_types::SolEvent;
use nets_chain::{Account, Call, IArena};
use nets_core::{Address, AgentId, Digest, MatchSpec, SeatIdentity, Seed, sha256};
use nets_runner::sandbox::{FastEngine, FastOptions, FaultKind, on_match_stack};
use nets_runner::{FaultReport, SeatAgent, SeatFailure, first_forfeit};

use crate::error::NodeError;
use crate::node::{ArenaNode, League};
use crate::play::fast_engine;
use crate::publication::shown_bytes_max;
use crate::reading::{MODULE_BYTES_MAX, read_bounded};

/// The most fuel that an agent is given for its trial: whoever waits for it is a person.
const TRIAL_FUEL_MAX: u64 = 100_000_000;

/// How an agent enters a league.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentEntry<'a> {
    /// The owner's account.
    pub owner: &'a str,
    /// The file of its module.
    pub module: &'a Path,
    /// Its stake; the league's required one where none is given.
    pub stake: Option<u128>,
    /// How many rounds are paid for at once.
    pub rounds: u32,
}

/// How an agent that is a key enters a signed league.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyEntry<'a> {
    /// The owner's account.
    pub owner: &'a str,
    /// The address of its key.
    pub key: Address,
    /// What local users call it; nothing but the short form of its id without it.
    pub name: Option<&'a str>,
    /// Its stake; the league's required one where none is given.
    pub stake: Option<u128>,
    /// How many rounds are paid for at once.
    pub rounds: u32,
}

/// An agent that entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnteredAgent {
    /// Its number in the league.
    pub member: u32,
    /// The agent.
    pub agent: AgentId,
    /// What local users call it.
    pub name: String,
    /// What it would forfeit the first decision of a match for: it may enter all the same.
    pub forfeit: Option<FaultReport>,
}

/// An agent on its way in.
struct Candidate {
    /// What errors call it.
    subject: String,
    account: Account,
    /// Its module, unless it is a key.
    module: Option<Vec<u8>>,
    agent: AgentId,
    name: Option<String>,
    forfeit: Option<FaultReport>,
    call: Call,
}

/// Says whether an agent is among them twice: the contract would call it a member already.
fn check_distinct(candidates: &[Candidate]) -> Result<(), NodeError> {
    let mut seen = BTreeMap::new();
    for Candidate { agent, subject, .. } in candidates {
        if let Some(first) = seen.insert(agent, subject) {
            let [first, agent] = [first, subject].map(String::clone);
            return Err(NodeError::SameAgent { agent, first });
        }
    }
    Ok(())
}

impl ArenaNode {
    /// Enters an agent into a league: its module must be admissible, its owner able to pay.
    ///
    /// # Errors
    /// When either is not so, or files or chain cannot be written.
    pub fn add_agent(&mut self, league: &str, entry: &AgentEntry<'_>) -> Result<u32, NodeError> {
        let entered = self.add_agents(league, std::slice::from_ref(entry))?;
        Ok(entered[0].member)
    }

    /// Enters agents into a league in one block: all of them, or none.
    ///
    /// # Errors
    /// When the module of one is not admissible, the owner of one cannot pay, or files or chain
    /// cannot be written; then none has entered.
    pub fn add_agents(
        &mut self,
        league: &str,
        entries: &[AgentEntry<'_>],
    ) -> Result<Vec<EnteredAgent>, NodeError> {
        let league = self.league(league)?;
        if league.rules.is_signed() {
            return Err(NodeError::KeysOnly { league: league.name });
        }
        let candidate = |entry| self.candidate(&league, entry);
        let candidates = entries.iter().map(candidate).collect::<Result<Vec<_>, _>>()?;
        self.enter(&league, candidates)
    }

    /// Enters agents that are keys into a signed league in one block: all of them, or none.
    ///
    /// # Errors
    /// When the league takes modules, the owner of one cannot pay, or files or chain cannot be
    /// written; then none has entered.
    pub fn add_keys(
        &mut self,
        league: &str,
        entries: &[KeyEntry<'_>],
    ) -> Result<Vec<EnteredAgent>, NodeError> {
        let league = self.league(league)?;
        if !league.rules.is_signed() {
            return Err(NodeError::ModulesOnly { league: league.name });
        }
        let candidate = |entry: &KeyEntry<'_>| {
            let KeyEntry { owner, key, name, stake, rounds } = *entry;
            let (account, subject) = (self.account(owner)?, format!("key {key}"));
            let code_hash = SeatIdentity::of_key(account.address(), key).code_hash;
            let (agent, call) = self.register_call(&league, &account, &code_hash, stake, rounds);
            let name = name.map(str::to_owned);
            Ok(Candidate { subject, account, module: None, agent, name, forfeit: None, call })
        };
        let candidates = entries.iter().map(candidate).collect::<Result<Vec<_>, NodeError>>()?;
        self.enter(&league, candidates)
    }

    fn enter(
        &mut self,
        league: &League,
        candidates: Vec<Candidate>,
    ) -> Result<Vec<EnteredAgent>, NodeError> {
        check_distinct(&candidates)?;
        self.try_to_register(league, &candidates)?;
        // Modules and names come first: nobody can be a member whose module is not here.
        for module in candidates.iter().filter_map(|candidate| candidate.module.as_ref()) {
            self.artifacts.put_module(module)?;
        }
        let named = candidates.iter().filter_map(|it| Some((it.agent, it.name.clone()?)));
        self.names.add(&named.collect::<Vec<_>>())?;
        let calls = candidates.iter().map(|it| (&it.account, it.call.clone())).collect::<Vec<_>>();
        let receipts = self.arena.send_all::<IArena::registerCall>(&mut self.chain, &calls)?;
        // Others may have entered since it was tried, so the numbers are those that were given.
        let logs = receipts.into_iter().flat_map(|receipt| receipt.logs);
        let given = logs.filter_map(|log| {
            IArena::Registered::decode_raw_log(log.topics, &log.data).ok().map(|it| it.member)
        });
        let entered = candidates.into_iter().zip(given);
        Ok(entered
            .map(|(Candidate { agent, name, forfeit, .. }, member)| EnteredAgent {
                member,
                agent,
                name: name.unwrap_or_else(|| agent.short()),
                forfeit,
            })
            .collect())
    }

    fn register_call(
        &self,
        league: &League,
        account: &Account,
        code_hash: &Digest,
        stake: Option<u128>,
        rounds: u32,
    ) -> (AgentId, Call) {
        let call = self.arena.call(&IArena::registerCall {
            league: league.id,
            codeHash: B256::new(code_hash.0),
            stake: stake.unwrap_or(league.required_stake()),
            rounds,
        });
        (AgentId::new(&account.address(), code_hash), call)
    }

    fn candidate(&self, league: &League, entry: &AgentEntry<'_>) -> Result<Candidate, NodeError> {
        let path = entry.module;
        let account = self.account(entry.owner)?;
        let (module, agent) = self.admissible(league, path)?;
        let forfeit = trial(league, &agent);
        let AgentEntry { stake, rounds, .. } = *entry;
        let code_hash = sha256(&module);
        let (agent, call) = self.register_call(league, &account, &code_hash, stake, rounds);
        let (subject, name) = (path.display().to_string(), Some(local_name(path)));
        let module = Some(module);
        Ok(Candidate { subject, account, module, agent, name, forfeit, call })
    }

    /// The module in a file, and the agent that it is in the league's matches.
    pub(crate) fn admissible(
        &self,
        league: &League,
        path: &Path,
    ) -> Result<(Vec<u8>, SeatAgent), NodeError> {
        let module = read_bounded(path, MODULE_BYTES_MAX);
        let module = module.map_err(|e| NodeError::io("read", path, e))?;
        let limit = shown_bytes_max(self);
        if league.terms.codeBlocks != 0 && module.len() > limit {
            let (path, league, got) = (path.to_owned(), league.name.clone(), module.len());
            return Err(NodeError::TooLargeToShow { path, league, got, limit });
        }
        // Sizes do not depend on the values of a data set, which may not be shown yet.
        let system = league.blueprint.build_for_trial()?;
        let agent = SeatAgent::load(self.engine()?, system.as_ref(), &module)?;
        match agent.inadmissible().cloned() {
            Some(reason) => Err(NodeError::Inadmissible { path: path.to_owned(), reason }),
            None => Ok((module, agent)),
        }
    }

    /// The engine that says whether modules may play, set up for the first one.
    fn engine(&self) -> Result<&FastEngine, NodeError> {
        if let Some(engine) = self.engine.get() {
            return Ok(engine);
        }
        let options = FastOptions { cache: self.folder.compiled(), ..FastOptions::default() };
        let engine = fast_engine(&options)?;
        Ok(self.engine.get_or_init(|| engine))
    }

    /// Says whether all candidates would be taken.
    fn try_to_register(&self, league: &League, candidates: &[Candidate]) -> Result<(), NodeError> {
        let call = |candidate: &Candidate| {
            (ChainAddress::new(candidate.account.address().0), candidate.call.clone())
        };
        let calls: Vec<_> = candidates.iter().map(call).collect();
        let answers = self.arena.try_all::<IArena::registerCall>(&self.chain, &calls)?;
        answers.into_iter().zip(candidates).try_for_each(|(answer, candidate)| {
            let subject = || format!("{} cannot enter {}", candidate.subject, league.name);
            answer.map(drop).map_err(|error| NodeError::about(subject, error))
        })
    }
}

/// What local users call the agent of a module: its file's name without ending.
pub(crate) fn local_name(module: &Path) -> String {
    module.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// One decision in a match of the league against itself. Where the host falls short, or the agent
/// needs more fuel than is spent on a trial, nothing is said of it.
fn trial(league: &League, agent: &SeatAgent) -> Option<FaultReport> {
    let seats = usize::from(league.terms.seats);
    let nobody = AgentId(agent.code_hash().0);
    let mut rules = league.rules.clone();
    let is_shortened = rules.fuel_clock.cap > TRIAL_FUEL_MAX;
    rules.fuel_clock.cap = rules.fuel_clock.cap.min(TRIAL_FUEL_MAX);
    let spec = MatchSpec { rules, seed: Seed::default(), agents: vec![nobody; seats] };
    let system = league.blueprint.build_for_trial().ok()?;
    let forfeit = on_match_stack(|| first_forfeit(&*system, &spec, &vec![agent; seats]));
    let out_of_fuel = SeatFailure::Fault(FaultKind::OutOfFuel);
    forfeit.ok().flatten().filter(|it| !is_shortened || it.failure != out_of_fuel)
}
