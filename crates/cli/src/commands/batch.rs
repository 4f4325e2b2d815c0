//! `nets batch …`: registrations of many agents as one root, paid by a sponsor.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};
use nets_core::{Address, Digest};
use nets_node::{BatchLine, BatchStatus, BatchTerm, SignedRegistration};
use serde::Serialize;

use super::agent_list::rounds_in_words;
use crate::arena::{ArenaArguments, ThreadArguments, failure};
use crate::arguments::SourceArguments;
use crate::complete;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::files;
use crate::output::{Output, Table, plural};

const HELP: &str = "\
Examples:
  nets batch sign snake-greedy.wasm --league bronze --owner ada --sponsor 0x5a… >> bronze.jsonl
  nets batch make bronze.jsonl --league bronze --sponsor house
  nets batch propose 4be1… --league bronze --sponsor house --rounds 8
  nets batch accept 0 --league bronze

Owners sign, each in a folder of its own, and send the sponsor a line of JSON. The sponsor makes a
batch of all lines and proposes its root, which costs what a single registration costs. It pays a
stake and the entry prices of each, and has back what is not lost; owners claim, and have the prizes.
For the league's challenge window anyone may show that a registration is false, or demand to see it;
then the batch can be accepted, and its agents play the next rounds.";

const SIGN_HELP: &str = "\
Examples:
  nets batch sign snake-greedy.wasm --league bronze --owner ada --sponsor house >> bronze.jsonl
  nets batch sign --key 0x… --league signed --owner ada --sponsor house >> signed.jsonl

Sends nothing. Prints a line of JSON for each agent, which is good for the sponsor's next batch in
this league and no other; a module is kept in the arena's folder.";

const MAKE_HELP: &str = "\
Examples:
  nets batch make bronze.jsonl --league bronze --sponsor house
  cat owners/*.jsonl | nets batch make - --league bronze --sponsor house --json

Sends nothing. Checks every signature, sorts the registrations and keeps them in artifacts/batches,
from where `nets serve` gives them to whoever asks. Its root is what `nets batch propose` takes.";

const PROPOSE_HELP: &str = "\
Examples:
  nets batch propose 4be1… --league bronze --sponsor house --rounds 8

Sends one transaction of the sponsor. Out of its account go, for each agent, the required stake (or
the slot capital where that is more) and the entry prices, and for the batch an assertion bond, which
comes back when the batch is accepted.";

const TERM_HELP: &str = "\
Sends one transaction of the sponsor. Agents of the batch that are enrolled are not meant: they have
records of their own, and `nets agent` deals with them.";

/// What is done with batches.
#[derive(Debug, Subcommand)]
#[command(after_help = HELP)]
pub(crate) enum BatchCommand {
    /// Sign registrations for the next batch of a sponsor
    Sign(SignArguments),
    /// Make a batch of signed registrations
    Make(MakeArguments),
    /// Propose a batch, paying for all of it
    Propose(ProposeArguments),
    /// List the batches of a league
    List(ListArguments),
    /// Make the registrations of a batch members, once it has stood
    Accept(BatchArguments),
    /// Take a proposal back that could be accepted
    TakeBack(BatchArguments),
    /// Give an agent of a batch a record of its own
    Enroll(EnrollArguments),
    /// Pay for further rounds of a batch
    Renew(RenewArguments),
    /// Ask for the stakes of a batch back
    Unbond(BatchArguments),
    /// Take the stakes of a batch back that were asked for
    Withdraw(BatchArguments),
}

/// Arguments of `nets batch sign`.
#[derive(Debug, Args)]
#[command(after_help = SIGN_HELP)]
pub(crate) struct SignArguments {
    /// The WASM module of each agent
    #[arg(value_name = "FILE", required_unless_present = "keys", value_hint = ValueHint::FilePath)]
    modules: Vec<PathBuf>,
    /// The address of the key of each agent of a signed league; may be repeated
    #[arg(long = "key", value_name = "ADDRESS", conflicts_with = "modules")]
    keys: Vec<Address>,
    /// The league they are to enter
    #[arg(long, add = complete::leagues())]
    league: String,
    /// The account they belong to, which signs
    #[arg(long, add = complete::accounts())]
    owner: String,
    /// Who proposes the batch: an account of this arena, or an address
    #[arg(long, value_name = "NAME", add = complete::accounts())]
    sponsor: String,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// Arguments of `nets batch make`.
#[derive(Debug, Args)]
#[command(after_help = MAKE_HELP)]
pub(crate) struct MakeArguments {
    /// The registrations, one JSON object a line; - is stdin
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    registrations: PathBuf,
    /// The league
    #[arg(long, add = complete::leagues())]
    league: String,
    /// The account that will propose the batch
    #[arg(long, value_name = "NAME", add = complete::accounts())]
    sponsor: String,
    #[command(flatten)]
    threads: ThreadArguments,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// Arguments of `nets batch propose`.
#[derive(Debug, Args)]
#[command(after_help = PROPOSE_HELP)]
pub(crate) struct ProposeArguments {
    /// The root of the batch
    #[arg(value_name = "ROOT", value_parser = root)]
    root: Digest,
    /// The league
    #[arg(long, add = complete::leagues())]
    league: String,
    /// The account that pays
    #[arg(long, value_name = "NAME", add = complete::accounts())]
    sponsor: String,
    /// How many rounds to pay for
    #[arg(long, default_value_t = 1)]
    rounds: u32,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// Arguments of `nets batch list`.
#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// The league
    #[arg(long, add = complete::leagues())]
    league: String,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// A batch of a league.
#[derive(Debug, Args)]
#[command(after_help = TERM_HELP)]
pub(crate) struct BatchArguments {
    /// The batch, by its number in the league
    batch: u32,
    /// The league
    #[arg(long, add = complete::leagues())]
    league: String,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// Arguments of `nets batch renew`.
#[derive(Debug, Args)]
pub(crate) struct RenewArguments {
    #[command(flatten)]
    batch: BatchArguments,
    /// How many rounds to pay for
    #[arg(long, default_value_t = 1)]
    rounds: u32,
}

/// Arguments of `nets batch enroll`.
#[derive(Debug, Args)]
pub(crate) struct EnrollArguments {
    /// The agent: its file's name without ending, its number, or the beginning of its id
    #[arg(value_name = "AGENT", add = complete::agents())]
    agent: String,
    /// The league
    #[arg(long, add = complete::leagues())]
    league: String,
    #[command(flatten)]
    sources: SourceArguments,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// A batch that was made, in JSON.
#[derive(Serialize)]
struct MadeLine<'a> {
    league: &'a str,
    root: String,
    count: u32,
    nonce: u64,
}

/// A batch in JSON.
#[derive(Serialize)]
struct ListLine<'a> {
    league: &'a str,
    batch: u32,
    status: &'static str,
    sponsor: String,
    root: String,
    count: u32,
    enrolled: u32,
    /// The number of its first member, once it has one.
    first: Option<u32>,
    from: Option<u32>,
    to: Option<u32>,
    stake: u128,
    /// The first block in which a proposed one can be accepted.
    acceptable_at: Option<u64>,
    open_demands: u32,
    /// Whether its registrations are in the folder.
    here: bool,
    leaving: bool,
}

/// An enrolled agent in JSON.
#[derive(Serialize)]
struct EnrolledLine<'a> {
    league: &'a str,
    member: u32,
    agent: String,
    owner: String,
}

fn root(text: &str) -> Result<Digest, String> {
    Digest::from_hex(text).map_err(|error| error.to_string())
}

/// Runs a command.
pub(super) fn run(command: &BatchCommand, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        BatchCommand::Sign(arguments) => sign(arguments, output),
        BatchCommand::Make(arguments) => make(arguments, output),
        BatchCommand::Propose(arguments) => propose(arguments, output),
        BatchCommand::List(arguments) => list(arguments, output),
        BatchCommand::Accept(arguments) => accept(arguments, output),
        BatchCommand::TakeBack(arguments) => arguments.change(BatchTerm::Withdraw, output),
        BatchCommand::Enroll(arguments) => enroll(arguments, output),
        BatchCommand::Renew(RenewArguments { batch, rounds }) => {
            batch.change(BatchTerm::Renew(*rounds), output)
        }
        BatchCommand::Unbond(arguments) => arguments.change(BatchTerm::Unbond, output),
        BatchCommand::Withdraw(arguments) => arguments.change(BatchTerm::WithdrawStakes, output),
    }
}

fn sign(arguments: &SignArguments, output: &mut Output) -> Result<Exit, Failure> {
    let SignArguments { modules, keys, league, owner, sponsor, arena } = arguments;
    let mut node = arena.open()?;
    for module in modules {
        // What is printed is what the sponsor reads, for people as for programs.
        output.json(&node.sign_registration(league, owner, sponsor, module).map_err(failure)?)?;
    }
    for key in keys {
        let signed = node.sign_key_registration(league, owner, sponsor, *key);
        output.json(&signed.map_err(failure)?)?;
    }
    Ok(Exit::Done)
}

fn make(arguments: &MakeArguments, output: &mut Output) -> Result<Exit, Failure> {
    let MakeArguments { registrations, league, sponsor, threads, arena } = arguments;
    let text = files::read(&files::REGISTRATIONS, registrations)?;
    let lines = text.split(|byte| *byte == b'\n').enumerate();
    let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
    let read = |(number, line): (usize, &[u8])| -> Result<SignedRegistration, Failure> {
        serde_json::from_slice(line).map_err(|error| {
            let path = registrations.display();
            Failure::new(format!("{path}, line {}: {error}", number + 1))
                .hint("each line is one that `nets batch sign` printed")
        })
    };
    let collected = lines.map(read).collect::<Result<Vec<_>, _>>()?;
    let node = arena.open()?;
    let threads = threads.options().threads;
    let made = node.make_batch(league, sponsor, &collected, threads).map_err(failure)?;
    let (root, count, nonce) = (made.root.to_string(), made.count, made.nonce);
    match output.is_json() {
        true => output.json(&MadeLine { league, root, count, nonce })?,
        false => output.line(&format!("batch {root} of {}", plural(count, "agent")))?,
    }
    Ok(Exit::Done)
}

fn propose(arguments: &ProposeArguments, output: &mut Output) -> Result<Exit, Failure> {
    let ProposeArguments { root, league, sponsor, rounds, arena } = arguments;
    let mut node = arena.open()?;
    let batch = node.propose_batch(league, sponsor, root, *rounds).map_err(failure)?;
    let line = node.batch(league, batch).map_err(failure)?;
    let what = format!("is proposed; it can be accepted from block {} on", line.acceptable_at);
    show(league, &line, &what, output)
}

fn accept(arguments: &BatchArguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut node = arguments.arena.open()?;
    let line = node.accept_batch(&arguments.league, arguments.batch).map_err(failure)?;
    let last = line.first + line.count - 1;
    let rounds = rounds_in_words(line.from, line.to);
    let what = format!("is accepted: members {} to {last}, in rounds {rounds}", line.first);
    show(&arguments.league, &line, &what, output)
}

fn enroll(arguments: &EnrollArguments, output: &mut Output) -> Result<Exit, Failure> {
    let EnrollArguments { agent, league, sources, arena } = arguments;
    let mut node = arena.open_with(sources)?;
    let member = node.find_agent(league, agent, None).map_err(failure)?.member;
    let line = node.enroll(league, member).map_err(failure)?;
    let (agent, owner) = (line.agent.to_string(), line.owner.to_string());
    match output.is_json() {
        true => output.json(&EnrolledLine { league, member, agent, owner })?,
        false => {
            output.line(&format!("agent {agent} (member {member} of {league}) is enrolled"))?
        }
    }
    Ok(Exit::Done)
}

impl BatchArguments {
    fn change(&self, term: BatchTerm, output: &mut Output) -> Result<Exit, Failure> {
        let mut node = self.arena.open()?;
        let line = node.change_batch(&self.league, self.batch, term).map_err(failure)?;
        let what = match term {
            BatchTerm::Renew(_) => {
                format!("is entered into rounds {}", rounds_in_words(line.from, line.to))
            }
            BatchTerm::Unbond => "is leaving; its stakes are free after the unbonding time".into(),
            BatchTerm::WithdrawStakes => "has left: its stakes are in its sponsor's account".into(),
            BatchTerm::Withdraw => "is taken back: what it cost is in its sponsor's account".into(),
        };
        show(&self.league, &line, &what, output)
    }
}

fn show(league: &str, line: &BatchLine, what: &str, output: &mut Output) -> Result<Exit, Failure> {
    match output.is_json() {
        true => output.json(&ListLine::of(league, line))?,
        false => output.line(&format!("batch {} of {league} {what}", line.batch))?,
    }
    Ok(Exit::Done)
}

fn list(arguments: &ListArguments, output: &mut Output) -> Result<Exit, Failure> {
    let ListArguments { league, arena } = arguments;
    let node = arena.open()?;
    let lines = node.batches(league).map_err(failure)?;
    if output.is_json() {
        lines.iter().try_for_each(|line| output.json(&ListLine::of(league, line)))?;
        return Ok(Exit::Done);
    }
    let titles = ["batch", "status", "sponsor", "agents", "enrolled", "members from", "rounds"];
    let mut table = Table::new(&titles);
    for line in &lines {
        let shown = ListLine::of(league, line);
        let sponsor = node.account_name(&line.sponsor).unwrap_or(shown.sponsor);
        let first = shown.first.map(|first| first.to_string()).unwrap_or_default();
        let rounds = match (shown.from, shown.to) {
            (Some(from), Some(to)) => rounds_in_words(from, to),
            _ => plural(line.to, "round"),
        };
        let (batch, count) = (line.batch.to_string(), line.count.to_string());
        let enrolled = line.enrolled.to_string();
        table.row([batch, shown.status.to_owned(), sponsor, count, enrolled, first, rounds]);
    }
    output.table(&table)?;
    Ok(Exit::Done)
}

impl<'a> ListLine<'a> {
    fn of(league: &'a str, line: &BatchLine) -> Self {
        let of_members = |number| (line.status == BatchStatus::Accepted).then_some(number);
        let is_proposed = line.status == BatchStatus::Proposed;
        Self {
            league,
            batch: line.batch,
            status: line.status.name(),
            sponsor: line.sponsor.to_string(),
            root: line.root.to_string(),
            count: line.count,
            enrolled: line.enrolled,
            first: of_members(line.first),
            from: of_members(line.from),
            to: of_members(line.to),
            stake: line.stake,
            acceptable_at: is_proposed.then_some(line.acceptable_at),
            open_demands: line.open_demands,
            here: line.is_here,
            leaving: line.is_leaving,
        }
    }
}
