//! An arena on disk: accounts, agents, leagues, rounds, and the check of all of it.
//!
//! The truth of an arena is its chain's log and its content-addressed artifacts; everything else in
//! its folder is a key, a setting or a cache. This crate wires Systems into the runner, outcomes
//! into the league and assertions into the chain; it decides nothing that SPEC.md or the contracts
//! decide, and it knows nothing of arguments or terminals.
//!
//! Reading order: [`ArenaFolder`] (what is where), [`ArenaNode`] (an open arena), [`LeagueSettings`]
//! (the file a user edits), [`run_round`] (a round from entries to payouts), [`verify`] (all of it
//! again, from what is on disk).

mod accounts;
mod artifacts;
mod batches;
mod beacon;
#[cfg(feature = "evm")]
mod card;
mod chain;
mod chain_read;
mod chosen;
mod clocked;
mod coin;
mod demo;
mod disclosed;
mod dispute;
mod entering;
mod error;
mod events;
#[cfg(feature = "evm")]
mod evm;
mod fetching;
mod folder;
mod founding;
mod keys;
mod known;
mod league_settings;
mod members;
mod names;
mod node;
mod play;
mod publication;
mod reading;
mod refusal;
mod report;
mod round;
mod seals;
mod serving;
mod settings;
mod sources;
mod stakes;
mod table;
mod verify;
mod watch;

pub use artifacts::Artifacts;
pub use batches::{BatchLine, BatchStatus, BatchTerm, MadeBatch, SignedRegistration};
pub use beacon::ShareStep;
#[cfg(feature = "evm")]
pub use card::join_elsewhere;
pub use chain::ChainStatus;
pub use chosen::ChosenChain;
pub use coin::{ArenaCoin, CoinUse, HeldCoin};
pub use demo::{
    Accuser, AccuserTurn, DemoSeason, DisputeReport, DisputeStep, Hiding, Liar, Lie, Malice,
    demo_dispute, demo_season, longest_match, match_lengths,
};
pub use dispute::{
    ClaimedDecision, Deed, DeedKind, ExplainedTrial, JudgedAssertion, Standing, TriedMatch,
};
pub use entering::{AgentEntry, EnteredAgent, KeyEntry};
pub use error::NodeError;
pub use events::events;
#[cfg(feature = "evm")]
pub use evm::{NewChain, deploy_contracts, found_elsewhere};
pub use fetching::{ModuleState, NeededData, NeededModule, NeededRecord};
pub use folder::{ArenaFolder, AskPassword, password_from_environment};
pub use keys::{create_agent_key, read_agent_key};
pub use known::KnownNames;
pub use league_settings::{DEFAULT_LEAGUES, LeagueFile, LeagueSettings};
pub use members::{MemberLine, MemberState};
pub use node::{ArenaNode, League};
pub use play::{Progress, RoundPlan};
pub use reading::{
    MODULE_BYTES_MAX, PROOF_BYTES_MAX, RECORD_BYTES_MAX, read_at_most, read_bounded,
};
pub use refusal::Refusal;
pub use report::{FaultLine, MatchLine, PayoutLine, RoundReport, StandingLine};
pub use round::{
    ClaimKind, RoundLine, RoundOptions, TableOptions, VoidedRound, host_round, open_round,
    own_scores, post_claims, resume_hosted_round, resume_round, round_report, run_round,
    void_round,
};
pub use serving::{ArtifactServer, MetricsServer, ServeCounts};
pub use settings::{ChainSettings, FinalitySetting, FinalityWord};
pub use sources::{ArtifactId, Obtained, SourceFailure, Sources};
pub use stakes::StakeRelease;
pub use table::agent::{
    AgentCounts, AgentModel, AgentService, ChainAnswers, ModelModule, ModelProgram, Referee,
    serve_agent,
};
pub use verify::{OwingRound, VerifiedLeague, VerifyError, VerifyReport, verify, verify_with_head};
pub use watch::{WatchCounts, WatchOptions, WatchTurn, WatchedAssertion, Watcher};

pub use nets_chain::IArena::IArenaEvents as ArenaEvent;
pub use nets_chain::{ArenaError, AssertedTree, BeaconKind, ChainError, LogError, RoundStatus};
pub use nets_league::{Claim, MatchStatus};
