//! `nets agent renew`, `stake`, `show`, `unbond` and `withdraw`: what an owner does with an agent that is in
//! a league.

use clap::Args;
use nets_node::{ArenaNode, MemberLine, StakeRelease};
use serde::Serialize;

use super::agent_list::rounds_in_words;
use crate::arena::{ArenaArguments, failure};
use crate::arguments;
use crate::complete;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, plural};

const RENEW_HELP: &str = "\
Examples:
  nets agent renew snake-greedy --league bronze
  nets agent renew 3 --league bronze --rounds 10

Sends one transaction of its owner; the entry price of each round leaves the owner's account.";

const STAKE_HELP: &str = "\
Examples:
  nets agent stake snake-greedy 50 --league bronze
  nets agent stake 9b17f0 50 --league bronze --json

Sends one transaction of its owner; the amount leaves the owner's account. An agent whose stake was
withdrawn comes back with this and `nets agent renew`.";

const SHOW_HELP: &str = "\
Examples:
  nets agent show snake-greedy --league bronze

Sends one transaction of its owner, which carries the module: 40 gas a byte on a chain elsewhere. From
then on everybody has it, rivals too. In a league with code-blocks nobody can demand it any more, so
its owner may be offline while a round opens; otherwise `nets watch` shows it when it is demanded.";

const UNBOND_HELP: &str = "\
Examples:
  nets agent unbond snake-greedy --league bronze

Sends one transaction of its owner. The agent is not in rounds that open from now on, and what was
paid for them goes back to the owner's account. Its stake stays, so that it can be slashed for a lie
that is found late, until the league's window has passed since now and since the end of its last
round; `nets agent list` says when. Then `nets agent withdraw` takes it back.";

const WITHDRAW_HELP: &str = "\
Examples:
  nets agent withdraw snake-greedy --league bronze

Sends one transaction of its owner. The whole stake goes to the owner's account, from which
`nets account withdraw` takes it out of the arena. Before its time it fails and says when that is;
rounds make blocks, and so does `nets chain advance`.";

/// An agent in a league of an arena.
#[derive(Debug, Args)]
struct AgentArguments {
    /// The agent: its file's name without ending, its number among the league's members, or its id,
    /// of which the first four digits or more will do
    #[arg(value_name = "AGENT", add = complete::agents())]
    agent: String,
    /// The league
    #[arg(long, add = complete::leagues())]
    league: String,
    /// The account it must belong to: tells agents of one name apart
    #[arg(long, add = complete::accounts())]
    owner: Option<String>,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// Arguments of `nets agent renew`.
#[derive(Debug, Args)]
#[command(after_help = RENEW_HELP)]
pub(crate) struct RenewArguments {
    #[command(flatten)]
    agent: AgentArguments,
    /// How many rounds to pay for
    #[arg(long, default_value_t = 1)]
    rounds: u32,
}

/// Arguments of `nets agent stake`.
#[derive(Debug, Args)]
#[command(after_help = STAKE_HELP)]
pub(crate) struct StakeArguments {
    #[command(flatten)]
    agent: AgentArguments,
    /// How much coin to add
    #[arg(value_parser = arguments::amount)]
    amount: u128,
}

/// Arguments of `nets agent show`.
#[derive(Debug, Args)]
#[command(after_help = SHOW_HELP)]
pub(crate) struct ShowArguments {
    #[command(flatten)]
    agent: AgentArguments,
}

/// Arguments of `nets agent unbond`.
#[derive(Debug, Args)]
#[command(after_help = UNBOND_HELP)]
pub(crate) struct UnbondArguments {
    #[command(flatten)]
    agent: AgentArguments,
}

/// Arguments of `nets agent withdraw`.
#[derive(Debug, Args)]
#[command(after_help = WITHDRAW_HELP)]
pub(crate) struct WithdrawArguments {
    #[command(flatten)]
    agent: AgentArguments,
}

/// A member after the command in JSON.
#[derive(Serialize)]
struct MemberNow<'a> {
    league: &'a str,
    member: u32,
    agent: String,
    name: String,
    stake: u128,
    from: u32,
    to: u32,
    /// What the command moved: into the stake, or back to the owner's account.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<u128>,
    /// The first block in which the stake of a leaving member can be withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    free_at: Option<u64>,
    /// The round that has to end before that block is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    after_round: Option<u32>,
}

impl AgentArguments {
    /// Opens the arena and finds the agent.
    fn open(&self) -> Result<(ArenaNode, u32), Failure> {
        let node = self.arena.open()?;
        let found = node.find_agent(&self.league, &self.agent, self.owner.as_deref());
        let member = found.map_err(failure)?.member;
        Ok((node, member))
    }

    fn member_now<'a>(&'a self, node: &ArenaNode, line: &MemberLine) -> MemberNow<'a> {
        MemberNow {
            league: &self.league,
            member: line.member,
            agent: line.agent.to_string(),
            name: node.agent_name(&line.agent),
            stake: line.stake,
            from: line.from,
            to: line.to,
            amount: None,
            free_at: None,
            after_round: None,
        }
    }
}

impl MemberNow<'_> {
    /// Prints the member as JSON, or what happened to it for people.
    fn show(&self, what: &str, output: &mut Output) -> Result<Exit, Failure> {
        match output.is_json() {
            true => output.json(self)?,
            false => output.line(&format!(
                "agent {} (member {} of {}) {what}",
                self.name, self.member, self.league
            ))?,
        }
        Ok(Exit::Done)
    }
}

/// Buys further rounds.
pub(super) fn renew(arguments: &RenewArguments, output: &mut Output) -> Result<Exit, Failure> {
    let (mut node, member) = arguments.agent.open()?;
    let line = node.renew_agent(&arguments.agent.league, member, arguments.rounds);
    let line = line.map_err(failure)?;
    let rounds = rounds_in_words(line.from, line.to);
    let what = format!("is entered into rounds {rounds}");
    arguments.agent.member_now(&node, &line).show(&what, output)
}

/// Adds to the stake.
pub(super) fn stake(arguments: &StakeArguments, output: &mut Output) -> Result<Exit, Failure> {
    let (mut node, member) = arguments.agent.open()?;
    let amount = arguments.amount;
    let line = node.add_stake(&arguments.agent.league, member, amount).map_err(failure)?;
    let now = arguments.agent.member_now(&node, &line);
    let what = format!("has a stake of {} now", line.stake);
    MemberNow { amount: Some(amount), ..now }.show(&what, output)
}

/// Shows the module.
pub(super) fn show(arguments: &ShowArguments, output: &mut Output) -> Result<Exit, Failure> {
    let AgentArguments { league, .. } = &arguments.agent;
    let (mut node, member) = arguments.agent.open()?;
    let bytes = node.show_code(league, member).map_err(failure)?;
    let line = node.member(league, member).map_err(failure)?;
    let what = format!("is known to everybody: its module of {bytes} bytes is on the chain");
    arguments.agent.member_now(&node, &line).show(&what, output)
}

/// Asks for the stake back.
pub(super) fn unbond(arguments: &UnbondArguments, output: &mut Output) -> Result<Exit, Failure> {
    let AgentArguments { league, .. } = &arguments.agent;
    let (mut node, member) = arguments.agent.open()?;
    let refunded = node.unbond(league, member).map_err(failure)?;
    let line = node.member(league, member).map_err(failure)?;
    let release = node.stake_release(league, &line).map_err(failure)?;
    let (free_at, after_round, when) = match release {
        StakeRelease::At { earliest, left } => {
            let left = plural(left, "block");
            (Some(earliest), None, format!("is free at block {earliest}, {left} left"))
        }
        StakeRelease::AfterRound(round) => {
            let when = format!("is held until round {round} has ended, and the window after it");
            (None, Some(round), when)
        }
        StakeRelease::Now => (None, None, "is free".to_owned()),
        StakeRelease::Never(refusal) => (None, None, format!("is not to be had: {refusal}")),
    };
    let back = match refunded {
        0 => String::new(),
        amount => format!(", {amount} coin paid for rounds went back to its owner"),
    };
    let what = format!("is leaving{back}; its stake of {} {when}", line.stake);
    let now = arguments.agent.member_now(&node, &line);
    MemberNow { amount: Some(refunded), free_at, after_round, ..now }.show(&what, output)
}

/// Takes the stake back.
pub(super) fn withdraw(
    arguments: &WithdrawArguments,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let AgentArguments { league, .. } = &arguments.agent;
    let (mut node, member) = arguments.agent.open()?;
    let amount = node.withdraw_stake(league, member).map_err(failure)?;
    let line = node.member(league, member).map_err(failure)?;
    let now = arguments.agent.member_now(&node, &line);
    let what = format!("has left: its stake of {amount} is in its owner's account");
    MemberNow { amount: Some(amount), ..now }.show(&what, output)
}
