//! `nets agent list`: the members of leagues, how each stands, and when its stake is free.

use std::collections::BTreeMap;

use clap::Args;
use nets_core::Address;
use nets_node::{ArenaNode, MemberLine, MemberState, StakeRelease};
use serde::Serialize;

use crate::arena::{ArenaArguments, failure};
use crate::complete;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Table, plural};

const HELP: &str = "\
Examples:
  nets agent list
  nets agent list --league bronze --owner ada --json

States: active, entered into the round under way or a later one; unpaid, entered again when the next
round opens if its owner can pay; leaving, its stake was asked back; left; banned, slashed for a
false claim.";

/// Arguments of `nets agent list`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Only agents in this league
    #[arg(long, add = complete::leagues())]
    league: Option<String>,
    /// Only agents of this account
    #[arg(long, add = complete::accounts())]
    owner: Option<String>,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// A member in JSON.
#[derive(Serialize)]
struct ListLine {
    league: String,
    member: u32,
    agent: String,
    name: String,
    owner: String,
    owner_name: Option<String>,
    /// Who pays for it, where it came with a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    sponsor: Option<String>,
    code: String,
    stake: u128,
    from: u32,
    to: u32,
    banned: bool,
    state: &'static str,
    /// The first block in which a leaving member's stake can be withdrawn.
    free_at: Option<u64>,
    /// How many blocks have to pass before it.
    blocks_left: Option<u64>,
    /// The round that has to end before the block is known.
    after_round: Option<u32>,
}

/// Lists the agents.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let node = arguments.arena.open()?;
    let leagues = match &arguments.league {
        Some(league) => vec![league.clone()],
        None => node.league_names(),
    };
    list(&node, &leagues, arguments.owner.as_deref(), output)
}

/// Lists the members of some leagues.
pub(super) fn list(
    node: &ArenaNode,
    leagues: &[String],
    owner: Option<&str>,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let owner = match owner {
        Some(name) => Some(node.account(name).map_err(failure)?.address()),
        None => None,
    };
    let owners = node.owner_names().map_err(failure)?;
    let headings = ["league", ">member", "agent", "owner", ">stake", "state", "rounds", ""];
    let mut table = Table::new(&headings);
    for league in leagues {
        for (member, state) in node.member_states(league).map_err(failure)? {
            if owner.is_some_and(|owner| owner != member.owner) {
                continue;
            }
            let line = list_line(node, &owners, league, &member, state)?;
            match output.is_json() {
                true => output.json(&line)?,
                false => table.row(cells(line)),
            }
        }
    }
    if !output.is_json() {
        output.table(&table)?;
    }
    Ok(Exit::Done)
}

fn list_line(
    node: &ArenaNode,
    owners: &BTreeMap<Address, String>,
    league: &str,
    line: &MemberLine,
    state: MemberState,
) -> Result<ListLine, Failure> {
    let release = match state {
        MemberState::Leaving => Some(node.stake_release(league, line).map_err(failure)?),
        _ => None,
    };
    let (free_at, blocks_left) = match &release {
        Some(StakeRelease::At { earliest, left }) => (Some(*earliest), Some(*left)),
        Some(StakeRelease::Now) => (Some(node.head().map_err(failure)?.number + 1), Some(0)),
        _ => (None, None),
    };
    let after_round = match release {
        Some(StakeRelease::AfterRound(round)) => Some(round),
        _ => None,
    };
    Ok(ListLine {
        league: league.to_owned(),
        member: line.member,
        agent: line.agent.to_string(),
        name: node.agent_name(&line.agent),
        owner: line.owner.to_string(),
        owner_name: owners.get(&line.owner).cloned(),
        sponsor: line.sponsor.map(|sponsor| sponsor.to_string()),
        code: line.code_hash.to_string(),
        stake: line.stake,
        from: line.from,
        to: line.to,
        banned: line.is_banned,
        state: state_word(state),
        free_at,
        blocks_left,
        after_round,
    })
}

fn state_word(state: MemberState) -> &'static str {
    match state {
        MemberState::Active => "active",
        MemberState::Unpaid => "unpaid",
        MemberState::Leaving => "leaving",
        MemberState::Left => "left",
        MemberState::Banned => "banned",
    }
}

fn cells(line: ListLine) -> [String; 8] {
    let free = match (line.free_at, line.blocks_left, line.after_round) {
        (Some(_), Some(0), _) => "stake free now".to_owned(),
        (Some(block), Some(left), _) => {
            format!("stake free at block {block}, {} left", plural(left, "block"))
        }
        (_, _, Some(round)) => format!("stake held until round {round} has ended"),
        _ => String::new(),
    };
    [
        line.league,
        line.member.to_string(),
        line.name,
        line.owner_name.unwrap_or(line.owner),
        line.stake.to_string(),
        line.state.to_owned(),
        rounds_in_words(line.from, line.to),
        free,
    ]
}

/// The rounds from `from` up to, but not including, `to`.
pub(super) fn rounds_in_words(from: u32, to: u32) -> String {
    match to.saturating_sub(from) {
        0 => "none".to_owned(),
        1 => from.to_string(),
        _ => format!("{from} to {}", to - 1),
    }
}
