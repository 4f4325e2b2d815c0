//! The demonstration: a season of real matches between the example agents, one owner a liar.
//!
//! Everything in it is the product itself, on a new arena in a folder of its own; only the secrets
//! come from a fixed seed, so that everybody sees the same season.

use nets_core::{Seed, sha256};
use nets_league::Claim;

use crate::error::NodeError;
use crate::folder::{ArenaFolder, write_whole};
use crate::league_settings::LeagueFile;
use crate::members::AgentEntry;
use crate::node::ArenaNode;
use crate::play::Progress;
use crate::report::RoundReport;
use crate::round::{ClaimKind, RoundOptions, open_round, own_scores, post_claim, run_round};

/// What each owner starts with.
const OWNER_COIN: u128 = 2_000;

/// What each league's purse starts with.
const PURSE_COIN: u128 = 3_000;

/// How often each league plays.
const ROUNDS: u32 = 2;

/// An agent of the demonstration.
struct DemoAgent {
    owner: &'static str,
    league: &'static str,
    name: &'static str,
    /// What it is there to show.
    about: &'static str,
    module: &'static [u8],
}

macro_rules! agent {
    ($owner:literal, $league:literal, $name:literal, $about:literal) => {
        DemoAgent {
            owner: $owner,
            league: $league,
            name: $name,
            about: $about,
            module: include_bytes!(concat!("../../../agents/wasm/", $name, ".wasm")),
        }
    };
}

/// Who plays.
const AGENTS: &[DemoAgent] = &[
    agent!("ada", "bronze", "snake-greedy", "goes straight for the apple"),
    agent!("bruno", "bronze", "snake-scout", "plans to the apple and back to its tail"),
    agent!("chen", "bronze", "snake-drifter", "keeps a map in its memory"),
    agent!("dora", "bronze", "trapper", "traps at its third decision"),
    agent!("emil", "bronze", "burner", "never comes back, burns its fuel"),
    agent!("fay", "bronze", "snake-prudent", "its owner claims its scores, truly"),
    agent!("gil", "bronze", "snake-wanderer", "its owner lies about its scores"),
    agent!("ada", "silver", "rps-rock", "always rock"),
    agent!("bruno", "silver", "rps-historian", "learns from the throws so far"),
    agent!("chen", "silver", "rps-cycle", "rock, paper, scissors in turn"),
    agent!("dora", "silver", "rps-avenger", "beats the last throw"),
    agent!("ada", "gold", "connect-four-greedy", "wins, blocks, else the centre"),
    agent!("bruno", "gold", "connect-four-search", "searches with an eighth of its fuel"),
    agent!("chen", "gold", "outlaw", "answers with illegal actions"),
];

/// The owner who lies, and the one who claims the truth.
const LIAR: &str = "gil";
const HONEST_CLAIMANT: &str = "fay";

/// A season that was played.
#[derive(Debug)]
pub struct DemoSeason {
    /// The arena it was played in.
    pub node: ArenaNode,
    /// Its rounds in order.
    pub rounds: Vec<RoundReport>,
}

/// Makes an arena in `folder` and plays a season in it.
///
/// # Errors
/// When the folder is in use or cannot be written, or somebody asks to stop.
pub fn demo_season(
    folder: impl Into<ArenaFolder>,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<DemoSeason, NodeError> {
    let seed = Seed(sha256(b"nets demonstration season").0);
    let mut node = ArenaNode::init(folder, Some(seed))?;
    progress.note("contracts deployed on a new embedded chain");
    found_leagues(&mut node, progress)?;
    enter_agents(&mut node, progress)?;
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        for league in node.league_names() {
            open_round(&mut node, &league, progress)?;
            if league == "bronze" && round == 0 {
                claim_scores(&mut node, &league, options, progress)?;
            }
            let report = run_round(&mut node, &league, options, progress)?;
            progress.note(&format!("{league}: round {round} settled"));
            rounds.push(report);
        }
    }
    node.flush()?;
    Ok(DemoSeason { node, rounds })
}

fn found_leagues(node: &mut ArenaNode, progress: &dyn Progress) -> Result<(), NodeError> {
    for league in LeagueFile::read(&node.folder().league_file())?.leagues {
        node.create_league(&league)?;
        node.fund_league(&league.name, PURSE_COIN)?;
        progress.note(&format!("league {} plays {}", league.name, league.system));
    }
    Ok(())
}

fn enter_agents(node: &mut ArenaNode, progress: &dyn Progress) -> Result<(), NodeError> {
    let mut owners: Vec<_> = AGENTS.iter().map(|agent| agent.owner).collect();
    owners.sort_unstable();
    owners.dedup();
    for owner in owners {
        node.create_account(owner, Some(sha256(format!("nets demo {owner}").as_bytes()).0))?;
        node.fund_account(owner, OWNER_COIN)?;
    }
    let folder = node.folder().root().join("agents");
    std::fs::create_dir_all(&folder).map_err(|e| NodeError::io("create", &folder, e))?;
    for agent in AGENTS {
        let module = folder.join(format!("{}.wasm", agent.name));
        write_whole(&module, agent.module)?;
        let entry = AgentEntry { owner: agent.owner, module: &module, stake: None, rounds: 1 };
        node.add_agent(agent.league, &entry)?;
        progress.note(&format!(
            "{} enters {} into {}: {}",
            agent.owner, agent.name, agent.league, agent.about
        ));
    }
    Ok(())
}

/// One owner claims what its agent scored, another claims ten points too many in one match.
fn claim_scores(
    node: &mut ArenaNode,
    league: &str,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    let member = |node: &ArenaNode, owner: &str| -> Result<u32, NodeError> {
        let address = node.account(owner)?.address();
        let members = node.members(league)?;
        let line = members.iter().find(|line| line.owner == address);
        line.map(|line| line.member).ok_or_else(|| NodeError::UnknownAgent {
            league: league.to_owned(),
            agent: owner.to_owned(),
        })
    };
    let honest = member(node, HONEST_CLAIMANT)?;
    post_claim(node, league, honest, &ClaimKind::Computed, options, progress)?;
    progress.note(&format!("{HONEST_CLAIMANT} claims what its agent scored"));
    let liar = member(node, LIAR)?;
    let mut scores = own_scores(node, league, liar, options, progress)?;
    if let Some(score) = scores.get_mut(2) {
        *score += 10;
    }
    let lie = ClaimKind::Given(Claim::EachMatch(scores));
    post_claim(node, league, liar, &lie, options, progress)?;
    progress.note(&format!("{LIAR} claims ten points too many in its third match"));
    Ok(())
}
