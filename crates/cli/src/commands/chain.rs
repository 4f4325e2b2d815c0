//! `nets chain …`: the chain of an arena, embedded or elsewhere.

use clap::{Args, Subcommand};
use nets_core::Address;
use nets_node::ChainStatus;
use serde::Serialize;

use crate::arena::{ArenaArguments, failure};
use crate::arguments;
use crate::complete;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Table, plural};

/// The most blocks at once: each waits for the disk.
const BLOCKS_MAX: u64 = 100_000;

const ADVANCE_HELP: &str = "\
Examples:
  nets chain advance 16

Windows are counted in blocks, and on an embedded chain only what happens makes a block: this is how
time passes in an arena where nothing happens. It passes for everybody: if a round is under way, its
claims and its assertion can be late after this. On a chain elsewhere, so many final blocks are
waited for.";

#[cfg(feature = "evm")]
const DEPLOY_HELP: &str = "\
Examples:
  nets init arena --chain http://127.0.0.1:8545 --finality 2
  nets chain deploy --arena arena

For an arena on a chain elsewhere, after its operator's address was given coin for gas. The beacons
that leagues.toml names are put there too; run it again when a league there names another. Killed
anywhere, it goes on where it was; nothing is deployed twice.";

const FUND_HELP: &str = "\
Examples:
  nets chain fund ada 1000000000000000

On a chain elsewhere it is sent from the operator's own; on an embedded chain it is new. The account
then has it outside the arena, to pay for gas with or to be paid in by `nets account deposit`.";

const WITHDRAW_HELP: &str = "\
Examples:
  nets account withdraw ada 5000
  nets chain withdraw ada 5000 --to 0x00000000000000000000000000000000000000aa

What is in the arena is taken out by `nets account withdraw` first.";

/// What can be done with the chain.
#[derive(Debug, Subcommand)]
pub(crate) enum ChainCommand {
    /// Show how the chain stands: blocks, contracts, the operator's coin, what is on its way
    Status(StatusArguments),
    /// Let blocks pass, so that windows end
    Advance(AdvanceArguments),
    /// Put the arena's contracts and beacons on its chain, or go on with that
    #[cfg(feature = "evm")]
    Deploy(DeployArguments),
    /// Print the arena's card, by which others join it with `nets join`
    #[cfg(feature = "evm")]
    Card(StatusArguments),
    /// Give an account coin outside the arena
    Fund(FundArguments),
    /// Send coin that an account holds outside the arena to any address
    Withdraw(WithdrawArguments),
}

/// Arguments of `nets chain status`.
#[derive(Debug, Args)]
pub(crate) struct StatusArguments {
    #[command(flatten)]
    arena: ArenaArguments,
}

/// Arguments of `nets chain deploy`.
#[cfg(feature = "evm")]
#[derive(Debug, Args)]
#[command(after_help = DEPLOY_HELP)]
pub(crate) struct DeployArguments {
    #[command(flatten)]
    arena: ArenaArguments,
}

/// Arguments of `nets chain advance`.
#[derive(Debug, Args)]
#[command(after_help = ADVANCE_HELP)]
pub(crate) struct AdvanceArguments {
    /// How many blocks
    #[arg(value_parser = clap::value_parser!(u64).range(1..=BLOCKS_MAX))]
    blocks: u64,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// Arguments of `nets chain fund`.
#[derive(Debug, Args)]
#[command(after_help = FUND_HELP)]
pub(crate) struct FundArguments {
    /// The account
    #[arg(add = complete::accounts())]
    name: String,
    /// How much coin
    #[arg(value_parser = arguments::amount)]
    amount: u128,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// Arguments of `nets chain withdraw`.
#[derive(Debug, Args)]
#[command(after_help = WITHDRAW_HELP)]
pub(crate) struct WithdrawArguments {
    /// The account
    #[arg(add = complete::accounts())]
    name: String,
    /// How much coin
    #[arg(value_parser = arguments::amount)]
    amount: u128,
    /// Who gets it
    #[arg(long, value_name = "ADDRESS")]
    to: Address,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// The chain's head in JSON.
#[derive(Serialize)]
struct HeadLine {
    head: u64,
    hash: String,
}

/// How the chain stands, in JSON.
#[derive(Serialize)]
struct StatusLine {
    chain: String,
    chain_id: u64,
    latest: u64,
    r#final: u64,
    final_hash: String,
    operator: String,
    operator_outside: u128,
    operator_free: u128,
    outbox_open: Option<usize>,
    outbox_sent: Option<usize>,
    contracts: Vec<ContractLine>,
}

/// A contract in JSON.
#[derive(Serialize)]
struct ContractLine {
    name: String,
    address: String,
}

/// What an account holds outside the arena, in JSON.
#[derive(Serialize)]
struct OutsideLine<'a> {
    name: &'a str,
    outside: u128,
}

/// Runs a command.
pub(super) fn run(command: &ChainCommand, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        ChainCommand::Status(StatusArguments { arena }) => status(arena, output),
        ChainCommand::Advance(arguments) => advance(arguments, output),
        #[cfg(feature = "evm")]
        ChainCommand::Deploy(DeployArguments { arena }) => {
            arena.deploy()?;
            status(arena, output)
        }
        #[cfg(feature = "evm")]
        ChainCommand::Card(StatusArguments { arena }) => {
            let card = arena.open()?.card().map_err(failure)?;
            output.text(card.as_bytes())?;
            Ok(Exit::Done)
        }
        ChainCommand::Fund(FundArguments { name, amount, arena }) => {
            arena.open()?.fund_outside(name, *amount).map_err(failure)?;
            outside(arena, name, output)
        }
        ChainCommand::Withdraw(WithdrawArguments { name, amount, to, arena }) => {
            arena.open()?.transfer(name, to, *amount).map_err(failure)?;
            outside(arena, name, output)
        }
    }
}

fn advance(arguments: &AdvanceArguments, output: &mut Output) -> Result<Exit, Failure> {
    let AdvanceArguments { blocks, arena } = arguments;
    let mut node = arena.open()?;
    let head = node.advance(*blocks).map_err(failure)?;
    match output.is_json() {
        true => output.json(&HeadLine { head: head.number, hash: head.hash.to_string() })?,
        false => output.line(&format!(
            "{} passed, the chain is at block {}",
            plural(*blocks, "block"),
            head.number
        ))?,
    }
    Ok(Exit::Done)
}

fn outside(arena: &ArenaArguments, name: &str, output: &mut Output) -> Result<Exit, Failure> {
    let node = arena.open()?;
    let address = node.account(name).map_err(failure)?.address();
    let outside = node.coin_outside(&address).map_err(failure)?;
    match output.is_json() {
        true => output.json(&OutsideLine { name, outside })?,
        false => output.line(&format!("{name} holds {outside} coin outside the arena"))?,
    }
    Ok(Exit::Done)
}

fn status(arena: &ArenaArguments, output: &mut Output) -> Result<Exit, Failure> {
    let status = arena.open()?.chain_status().map_err(failure)?;
    let line = status_line(status);
    if output.is_json() {
        output.json(&line)?;
        return Ok(Exit::Done);
    }
    output.line(&format!("{}, chain {}", line.chain, line.chain_id))?;
    output.line(&format!(
        "block {}, final up to block {} {}",
        line.latest, line.r#final, line.final_hash
    ))?;
    output.line(&format!(
        "operator {} holds {} outside the arena, {} free in it",
        line.operator, line.operator_outside, line.operator_free
    ))?;
    if let (Some(open), Some(sent)) = (line.outbox_open, line.outbox_sent) {
        output.line(&format!(
            "outbox: {} on the way, {sent} signed in all",
            plural(open as u64, "transaction")
        ))?;
    }
    let mut table = Table::new(&["contract", "address"]);
    for ContractLine { name, address } in line.contracts {
        table.row([name, address]);
    }
    output.table(&table)?;
    Ok(Exit::Done)
}

fn status_line(status: ChainStatus) -> StatusLine {
    let contract = |(name, address): (String, Address)| {
        let address = address.to_string();
        ContractLine { name, address }
    };
    StatusLine {
        chain: status.url.unwrap_or_else(|| "embedded".to_owned()),
        chain_id: status.chain_id,
        latest: status.latest,
        r#final: status.last_final.number,
        final_hash: status.last_final.hash.to_string(),
        operator: status.operator.to_string(),
        operator_outside: status.coin_outside,
        operator_free: status.coin_inside,
        outbox_open: status.outbox.map(|(open, _)| open),
        outbox_sent: status.outbox.map(|(_, sent)| sent),
        contracts: status.contracts.into_iter().map(contract).collect(),
    }
}
