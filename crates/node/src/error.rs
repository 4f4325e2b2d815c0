//! What can go wrong in an arena, and what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use nets_chain::{ArenaError, ChainError, LogError};
use nets_core::{Address, AgentId, Digest, MatchId, Seat};
use nets_league::{ScheduleError, ScoreError};
use nets_runner::sandbox::LoadError;
use nets_runner::{Inadmissible, PlayError};
use nets_systems::BuildError;
use thiserror::Error;

use crate::refusal::Refusal;
use crate::sources::SourceFailure;

/// An arena that did not do what was asked.
#[derive(Debug, Error)]
pub enum NodeError {
    /// The image that trials are about is not in this program.
    #[error("the image of trials is damaged: build this program again from whole sources")]
    Image,
    /// A decision of which no trial can be.
    #[error("{seat} makes no decision in step {step} of this match that a module made")]
    NoDecision {
        /// The step.
        step: u32,
        /// The seat.
        seat: Seat,
    },
    /// Something that the image reads about a seat on trial is not known here.
    #[error("a seat on trial: {0}")]
    Trial(#[from] nets_machine::Unknown),
    /// The same, found by the judge as it is compiled here.
    #[error("a seat on trial: {0}")]
    Judge(#[from] nets_judge::UnknownMessage),
    /// A file could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A folder that should be new is not.
    #[error("{} is already there and not empty", path.display())]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
    /// A folder that should be an arena is none.
    #[error("{} is not an arena: it has no arena.toml", path.display())]
    NotAnArena {
        /// The folder.
        path: PathBuf,
    },
    /// A settings file that does not parse.
    #[error("{}: {reason}", path.display())]
    Settings {
        /// The file.
        path: PathBuf,
        /// What is wrong, with its line.
        reason: String,
    },
    /// A league's name that does not stand for what it was given to.
    #[error(
        "{}: its entry for league {name:?}, number {number}, is not as it was written when the \
         league was created",
        path.display()
    )]
    LeagueEntry {
        /// The file.
        path: PathBuf,
        /// The league's name.
        name: String,
        /// Its number there.
        number: u64,
    },
    /// An account that does not hold enough outside the arena.
    #[error("{name} holds {held} coin outside the arena, {needed} are needed")]
    TooPoorOutside {
        /// The account.
        name: String,
        /// What it holds there.
        held: u128,
        /// What it takes.
        needed: u128,
    },
    /// An agent that is to enter a league twice at once.
    #[error("{agent} is the same agent as {first}, and enters once")]
    SameAgent {
        /// The file, or the key.
        agent: String,
        /// What was named before it.
        first: String,
    },
    /// More new coin than there can be.
    #[error("{amount} coin cannot be given out: at most {rest} more can be, 2^128 - 1 in all")]
    TooMuchCoin {
        /// How much was asked for.
        amount: u128,
        /// How much can still be given out.
        rest: u128,
    },
    /// A key file that holds no key.
    #[error("{} does not hold a key of 64 hex digits", path.display())]
    Key {
        /// The file.
        path: PathBuf,
    },
    /// A key file that does not open.
    #[error("{}: {reason}", path.display())]
    Keystore {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// An environment variable that should hold a key and does not.
    #[error("the environment variable {variable} does not hold a key of 64 hex digits")]
    KeyVariable {
        /// Its name.
        variable: String,
    },
    /// What only an embedded chain can do, or only a program that knows other chains.
    #[error("an arena on the chain at {url} cannot be {action} here")]
    EmbeddedOnly {
        /// The chain of the arena.
        url: String,
        /// What was asked for.
        action: &'static str,
    },
    /// An arena that is not on the embedded chain that was named.
    #[error("the arena in {} is not on an embedded chain, but on chain {id}, at {url}", path.display())]
    NotEmbedded {
        /// The folder.
        path: PathBuf,
        /// The chain's number.
        id: u64,
        /// Where a node of it answers.
        url: String,
    },
    /// An arena that is not on a chain elsewhere, where one was named.
    #[error("the arena in {} is on an embedded chain, not on one at {url}", path.display())]
    NotElsewhere {
        /// The folder.
        path: PathBuf,
        /// The node that was named.
        url: String,
    },
    /// An arena whose contracts are on its chain from the first.
    #[error("the arena in {} is on an embedded chain, which has its contracts", path.display())]
    HasContracts {
        /// The folder.
        path: PathBuf,
    },
    /// An arena whose contracts are not on its chain yet.
    #[error("the arena has no contracts on its chain: {} is not there", path.display())]
    NotDeployed {
        /// Where it would say where they are.
        path: PathBuf,
    },
    /// A beacon that is worth nothing where it is asked for.
    #[error(
        "league {league}: seeds from {beacon} are worth nothing on an embedded chain, whose \
         operator makes its blocks and its time: it could open a round for a value that it has seen"
    )]
    WorthlessBeacon {
        /// The league.
        league: String,
        /// The beacon.
        beacon: &'static str,
    },
    /// A beacon that is not on the arena's chain.
    #[error("league {league}: its beacon, {beacon}, is not on the arena's chain yet")]
    BeaconNotDeployed {
        /// The league.
        league: String,
        /// The beacon.
        beacon: &'static str,
    },
    /// A beacon that this arena does not know how to get values from.
    #[error("league {league} takes its seeds from {address}, which is no beacon of this arena")]
    UnknownBeacon {
        /// The league.
        league: String,
        /// The beacon's address.
        address: alloy_primitives::Address,
    },
    /// A share of a seed to which nobody can add.
    #[error("league {league} takes no shares of its seeds, only the beacon offline-shared does")]
    TakesNoShares {
        /// The league.
        league: String,
    },
    /// A source that is neither a URL nor a folder.
    #[error("{text}: expected a URL that begins with http:// or https://, or a folder")]
    Source {
        /// The source as it was written.
        text: String,
    },
    /// A value of drand's that no source gave.
    #[error("no source gave drand's signature of round {round}: {}", failures.join("; "))]
    NoDrandValue {
        /// The round of drand's.
        round: u64,
        /// What came of each source.
        failures: Vec<String>,
    },
    /// An arena that others are to join and cannot.
    #[error("{} is on an embedded chain, which nobody else can reach", path.display())]
    OutOfReach {
        /// The arena's folder.
        path: PathBuf,
    },
    /// The chain elsewhere did not play along.
    #[error("{message}")]
    Chain {
        /// What failed, on what, and why.
        message: String,
        /// What to do next.
        hint: String,
    },
    /// No such account.
    #[error("there is no account {name:?} in this arena; accounts: {known}")]
    UnknownAccount {
        /// The name given.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A name that cannot be a file's.
    #[error("{name:?} is no name: use 1 to 32 of a-z, 0-9 and -")]
    Name {
        /// The name given.
        name: String,
    },
    /// An account of that name is there.
    #[error("there is an account {name:?} already")]
    AccountExists {
        /// The name.
        name: String,
    },
    /// No such league.
    #[error("there is no league {name:?} in this arena; leagues: {known}")]
    UnknownLeague {
        /// The name given.
        name: String,
        /// The names there are.
        known: String,
    },
    /// No such agent in the league.
    #[error("league {league} has no agent {agent:?}{}; {known}", did_you_mean(.near))]
    UnknownAgent {
        /// The league.
        league: String,
        /// The agent as given.
        agent: String,
        /// The name that comes closest.
        near: Option<String>,
        /// The agents there are, or the first of them, as a sentence without its end.
        known: String,
    },
    /// A name that several agents of the league answer to.
    #[error("{agent:?} means {count} agents of league {league}: {candidates}")]
    AmbiguousAgent {
        /// The league.
        league: String,
        /// The agent as given.
        agent: String,
        /// How many there are.
        count: usize,
        /// The agents, or the first of them.
        candidates: String,
    },
    /// An agent whose owner is another than the one named.
    #[error("{agent} belongs to {owner}, not to {given}")]
    NotOwner {
        /// The agent in words.
        agent: String,
        /// Its owner.
        owner: String,
        /// The account given.
        given: String,
    },
    /// An agent whose owner has no key here.
    #[error("{agent} belongs to {owner}, whose key is not in this arena; accounts: {known}")]
    ForeignOwner {
        /// The agent in words.
        agent: String,
        /// The owner's address.
        owner: Address,
        /// The names of the accounts there are.
        known: String,
    },
    /// The contract has something against it that an owner can act on.
    #[error("{subject}: {refusal}")]
    Refused {
        /// What it was asked for.
        subject: String,
        /// What it has against it.
        refusal: Refusal,
    },
    /// A module that may not play.
    #[error("{} may not play: {reason}", path.display())]
    Inadmissible {
        /// The module's file.
        path: PathBuf,
        /// Why.
        reason: Inadmissible,
    },
    /// A module that cannot be shown in a league where code is demanded.
    #[error(
        "{} has {got} bytes: in league {league} an agent whose code is not shown does not play, and \
         one transaction carries at most {limit}",
        path.display()
    )]
    TooLargeToShow {
        /// The module's file.
        path: PathBuf,
        /// The league.
        league: String,
        /// Its bytes.
        got: usize,
        /// The most bytes.
        limit: usize,
    },
    /// A module for a league whose agents are keys.
    #[error("league {league} is signed: its agents are keys, not modules")]
    KeysOnly {
        /// The league.
        league: String,
    },
    /// A key for a league whose agents are modules.
    #[error("league {league} is not signed: its agents are modules, not keys")]
    ModulesOnly {
        /// The league.
        league: String,
    },
    /// A signed match of which nothing here says how it went.
    #[error("match {index} of {league}, round {round}: its record is not here ({id})")]
    MissingRecord {
        /// The league.
        league: String,
        /// The round.
        round: u32,
        /// The match, by its number in the round.
        index: u32,
        /// Its id.
        id: MatchId,
    },
    /// A record of a signed match that is not right, and nothing else says how the match went.
    #[error("match {index} of {league}, round {round}: its record is false ({id}): {reason}")]
    FalseRecord {
        /// The league.
        league: String,
        /// The round.
        round: u32,
        /// The match, by its number in the round.
        index: u32,
        /// Its id.
        id: MatchId,
        /// What is wrong with the record.
        reason: String,
    },
    /// A round of a signed league, with nowhere for its agents to connect to.
    #[error(
        "league {league} is signed: its agents have to connect to somebody to play round {round}"
    )]
    NoTable {
        /// The league.
        league: String,
        /// The round.
        round: u32,
    },
    /// An artifact that is not here.
    #[error("artifact {hash} is missing: {} is not there", path.display())]
    MissingArtifact {
        /// The hash of its content.
        hash: Digest,
        /// Where it should be.
        path: PathBuf,
    },
    /// An artifact that is not what its name says.
    #[error("{} is damaged: its SHA-256 is {got}, its name says {expected}", path.display())]
    DamagedArtifact {
        /// The file.
        path: PathBuf,
        /// The hash in its name.
        expected: Digest,
        /// The hash of its content.
        got: Digest,
    },
    /// An artifact that is not here, and that no source gave.
    #[error("artifact {hash} is not in the arena, and no source gave it: {}", in_turn(failures))]
    NoSource {
        /// What it is named by.
        hash: Digest,
        /// What came of each source.
        failures: Vec<SourceFailure>,
    },
    /// A data set that no league is played on.
    #[error("no league here is played on data set {hash}; they wait for {}", or_none(wanted))]
    UnwantedData {
        /// Its SHA-256.
        hash: Digest,
        /// Those of the data sets that leagues are played on.
        wanted: String,
    },
    /// A data set that is not here, and that no source gave.
    #[error("data set {hash} is not in the arena{}", and_no_source(failures))]
    MissingData {
        /// Its SHA-256.
        hash: Digest,
        /// What came of each source.
        failures: Vec<SourceFailure>,
    },
    /// An agent's journal that another process has.
    #[error("{} is in use: another process signs with this key", path.display())]
    JournalInUse {
        /// The file.
        path: PathBuf,
    },
    /// An agent's journal that is not as it was written.
    #[error("{}, line {line}: {reason}", path.display())]
    Journal {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1; 0 where it was about to be written.
        line: u32,
        /// What is wrong with it.
        reason: String,
    },
    /// A model that cannot be asked.
    #[error("the model: {0}")]
    Model(String),
    /// A line of a sponsor's file that cannot be in its batch.
    #[error("line {line}: {reason}")]
    Registration {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// No such batch.
    #[error("league {league} has no batch {batch}; it has {count}, numbered from 0")]
    UnknownBatch {
        /// The league.
        league: String,
        /// The number given.
        batch: u32,
        /// How many there are.
        count: usize,
    },
    /// An address that cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: String,
        /// Why not.
        source: io::Error,
    },
    /// A System that is not in this build.
    #[error(transparent)]
    System(#[from] BuildError),
    /// Terms of a league that cannot be.
    #[error("league {league}: {reason}")]
    Terms {
        /// The league.
        league: String,
        /// What is wrong with them.
        reason: String,
    },
    /// Terms of a league that make no schedule.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// Scores that do not fit the round: a fault of this program.
    #[error(transparent)]
    Score(#[from] ScoreError),
    /// An engine that cannot load an admitted module.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A match without a verdict.
    #[error("match {id}: {source}")]
    Play {
        /// The match.
        id: MatchId,
        /// Why there is none.
        source: PlayError,
    },
    /// The engines disagree, so the round stops: nobody is slashed, and nothing is asserted.
    #[error(
        "match {id}: the two engines disagree ({difference}); nobody is punished and nothing \
         asserted, the agents are {}",
        listed(agents)
    )]
    EnginesDisagree {
        /// The match.
        id: MatchId,
        /// How.
        difference: String,
        /// Who played it.
        agents: Vec<AgentId>,
    },
    /// The engine could not be set up.
    #[error("the engine: {0}")]
    Engine(String),
    /// Somebody asked to stop.
    #[error("stopped before the end")]
    Interrupted,
    /// A member without the event of its registration: a node that does not give all logs.
    #[error("the chain's logs do not say what code member {member} of league {league} is")]
    NoCode {
        /// The league.
        league: u64,
        /// The member.
        member: u32,
    },
    /// The contracts or the chain refused.
    #[error(transparent)]
    Arena(ArenaError),
    /// The claim window is over.
    #[error(
        "too late to claim in round {round} of league {league}: claims were taken up to block \
         {latest}, the next one is {next}"
    )]
    TooLateToClaim {
        /// The league.
        league: String,
        /// The round.
        round: u32,
        /// The last block that took claims.
        latest: u64,
        /// The block that the claim would be in.
        next: u64,
    },
    /// What is final on the chain is not what the matches come to.
    #[error("league {league}, round {round} is final with another result: {difference}")]
    NotAsserted {
        /// The league.
        league: String,
        /// The round.
        round: u32,
        /// The first thing in which they differ.
        difference: String,
    },
    /// A league that exists.
    #[error("there is a league {name:?} already; a league's terms never change")]
    LeagueExists {
        /// Its name.
        name: String,
    },
    /// No round is under way.
    #[error("league {league} has no round under way")]
    NoRound {
        /// The league.
        league: String,
    },
    /// No round, or not the one asked for, is final.
    #[error("league {league} has no final round{}", .round.map(|n| format!(" {n}")).unwrap_or_default())]
    NoFinalRound {
        /// The league.
        league: String,
        /// The round asked for.
        round: Option<u32>,
    },
    /// A member without an entry in the round.
    #[error("member {member} of league {league} is not in round {round}")]
    NotInRound {
        /// The league.
        league: String,
        /// The member.
        member: u32,
        /// The round.
        round: u32,
    },
    /// The round is at another point.
    #[error("league {league}: {reason}")]
    Round {
        /// The league.
        league: String,
        /// What the matter is.
        reason: String,
    },
}

impl From<ArenaError> for NodeError {
    fn from(error: ArenaError) -> Self {
        // A file is a file, whoever could not use it.
        match error {
            ArenaError::Chain(ChainError::Io { action, path, source })
            | ArenaError::Chain(ChainError::Log(LogError::Io { action, path, source })) => {
                Self::Io { action, path, source }
            }
            ArenaError::Chain(
                ChainError::Remote { message, hint } | ChainError::Insufficient { message, hint },
            ) => Self::Chain { message, hint },
            ArenaError::Chain(ChainError::Interrupted) => Self::Interrupted,
            error => Self::Arena(error),
        }
    }
}

impl From<ChainError> for NodeError {
    fn from(error: ChainError) -> Self {
        ArenaError::from(error).into()
    }
}

impl NodeError {
    /// Whether a chain elsewhere did not play along, which it may the next time.
    pub(crate) fn is_of_the_chain(&self) -> bool {
        matches!(self, Self::Chain { .. })
    }

    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }
}

fn or_none(wanted: &str) -> &str {
    if wanted.is_empty() { "none" } else { wanted }
}

fn and_no_source(failures: &[SourceFailure]) -> String {
    match failures {
        [] => String::new(),
        failures => format!(", and no source gave it: {}", in_turn(failures)),
    }
}

fn in_turn(failures: &[SourceFailure]) -> String {
    failures.iter().map(SourceFailure::to_string).collect::<Vec<_>>().join("; ")
}

fn listed(agents: &[AgentId]) -> String {
    agents.iter().map(AgentId::to_string).collect::<Vec<_>>().join(", ")
}

fn did_you_mean(near: &Option<String>) -> String {
    near.as_ref().map(|name| format!("; did you mean {name:?}?")).unwrap_or_default()
}
