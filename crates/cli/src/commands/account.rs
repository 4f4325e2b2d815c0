//! `nets account …`: the local accounts of an arena and their coin.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::arena::{ArenaArguments, failure};
use crate::arguments;
use crate::complete;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Table};

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Make an account: a key in the arena's folder
    New(NewArguments),
    /// List the local accounts and what they hold
    List(ListArguments),
    /// Give an account new coin of an embedded chain
    Fund(AmountArguments),
    /// Take coin out of the arena
    Withdraw(AmountArguments),
    /// Pay coin that an account holds outside into the arena
    Deposit(AmountArguments),
}

/// Arguments of `nets account new`.
#[derive(Debug, Args)]
pub(crate) struct NewArguments {
    /// Its name: 1 to 32 of a-z, 0-9 and -
    name: String,
    /// Coin to give it
    #[arg(long, value_name = "AMOUNT", default_value_t = 0)]
    fund: u128,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// Arguments of `nets account list`.
#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    #[command(flatten)]
    arena: ArenaArguments,
}

/// An account and an amount.
#[derive(Debug, Args)]
pub(crate) struct AmountArguments {
    /// The account
    #[arg(add = complete::accounts())]
    name: String,
    /// How much coin
    #[arg(value_parser = arguments::amount)]
    amount: u128,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// An account in JSON.
#[derive(Serialize)]
struct AccountLine {
    name: String,
    address: String,
    free: u128,
    stakes: u128,
    /// What it holds outside the arena.
    outside: u128,
}

/// Runs a command.
pub(super) fn run(command: &AccountCommand, output: &mut Output) -> Result<Exit, Failure> {
    let (arena, only) = match command {
        AccountCommand::New(arguments) => {
            let mut node = arguments.arena.open()?;
            node.check_grantable(arguments.fund).map_err(failure)?;
            node.create_account(&arguments.name, None).map_err(failure)?;
            if arguments.fund > 0 {
                node.fund_account(&arguments.name, arguments.fund).map_err(failure)?;
            }
            (&arguments.arena, Some(&arguments.name))
        }
        AccountCommand::List(arguments) => (&arguments.arena, None),
        AccountCommand::Fund(AmountArguments { name, amount, arena }) => {
            arena.open()?.fund_account(name, *amount).map_err(failure)?;
            (arena, Some(name))
        }
        AccountCommand::Withdraw(AmountArguments { name, amount, arena }) => {
            arena.open()?.withdraw(name, *amount).map_err(failure)?;
            (arena, Some(name))
        }
        AccountCommand::Deposit(AmountArguments { name, amount, arena }) => {
            arena.open()?.deposit(name, *amount).map_err(failure)?;
            (arena, Some(name))
        }
    };
    list(arena, only, output)
}

fn list(
    arena: &ArenaArguments,
    only: Option<&String>,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let node = arena.open()?;
    let mut table = Table::new(&["account", "address", ">free", ">stakes", ">outside"]);
    for name in node.account_names().map_err(failure)? {
        if only.is_some_and(|only| *only != name) {
            continue;
        }
        let address = node.account(&name).map_err(failure)?.address();
        let (free, stakes) = node.capital(&address).map_err(failure)?;
        let outside = node.coin_outside(&address).map_err(failure)?;
        let line = AccountLine { name, address: address.to_string(), free, stakes, outside };
        match output.is_json() {
            true => output.json(&line)?,
            false => {
                let amounts = [free, stakes, outside].map(|amount| amount.to_string());
                let [free, stakes, outside] = amounts;
                table.row([line.name, line.address, free, stakes, outside]);
            }
        }
    }
    if !output.is_json() {
        output.table(&table)?;
    }
    Ok(Exit::Done)
}
