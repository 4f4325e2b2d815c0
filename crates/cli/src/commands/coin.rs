//! `nets coin`: where all coin of the arena is, to the unit.

use clap::Args;
use nets_node::{CoinUse, HeldCoin};
use serde::Serialize;

use crate::arena::{ArenaArguments, failure};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{BAD, Output, Table};

const HELP: &str = "\
What the arena's contract holds, and for what: owners' accounts, stakes of agents, purses of leagues,
fees of rounds to come, reserves for payouts of open and final rounds, refunds of void ones, bonds of
assertions and demands, and what was burnt. What accounts hold outside the arena is in `nets account list`.

Exit status: 0 the sum is what the contract holds; 1 it is not.";

/// Arguments of `nets coin`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    arena: ArenaArguments,
}

/// Coin in JSON.
#[derive(Serialize)]
struct CoinLine {
    held_for: &'static str,
    league: Option<String>,
    round: Option<u32>,
    owner: Option<String>,
    owner_name: Option<String>,
    amount: u128,
}

/// The sum in JSON.
#[derive(Serialize)]
struct SumLine {
    sum: u128,
    balance: u128,
}

/// Shows where the coin is.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let node = arguments.arena.open()?;
    let coin = node.coin().map_err(failure)?;
    let names = node.owner_names().map_err(failure)?;
    let mut table = Table::new(&["held for", "of", "league", ">round", ">amount"]);
    let sum = coin.sum();
    for HeldCoin { held_for, owner, league, round, amount } in coin.held {
        let line = CoinLine {
            held_for: word(held_for),
            league,
            round,
            owner: owner.map(|owner| owner.to_string()),
            owner_name: owner.and_then(|owner| names.get(&owner).cloned()),
            amount,
        };
        match output.is_json() {
            true => output.json(&line)?,
            false => table.row(cells(line)),
        }
    }
    let balance = coin.balance;
    if output.is_json() {
        output.json(&SumLine { sum, balance })?;
    } else {
        output.table(&table)?;
        output.line(&format!("{sum} coin in all, {balance} held by the contract"))?;
        if sum != balance {
            output.line(&format!("{BAD}false{BAD:#}: the sum is not what the contract holds"))?;
        }
    }
    Ok(if sum == balance { Exit::Done } else { Exit::Refuted })
}

fn cells(line: CoinLine) -> [String; 5] {
    [
        line.held_for.to_owned(),
        line.owner_name.or(line.owner).unwrap_or_default(),
        line.league.unwrap_or_default(),
        line.round.map(|round| round.to_string()).unwrap_or_default(),
        line.amount.to_string(),
    ]
}

fn word(held_for: CoinUse) -> &'static str {
    match held_for {
        CoinUse::Account => "account",
        CoinUse::Stake => "stake",
        CoinUse::Purse => "purse",
        CoinUse::Fees => "fees",
        CoinUse::Reserve => "reserve",
        CoinUse::Refund => "refund",
        CoinUse::Bond => "bond",
        CoinUse::Demand => "demand",
        CoinUse::Batch => "batch",
        CoinUse::Burnt => "burnt",
    }
}
