//! The subcommands, one file each.
//!
//! To add one: a file with `Arguments` (derive `clap::Args`) and `run`, and here its module, its
//! variant of [`Command`] and its arm in [`run`]. Help, man page and completions follow.

mod account;
mod agent;
mod agent_add;
mod agent_check;
mod agent_key;
mod agent_list;
mod agent_serve;
mod agent_stake;
mod batch;
mod chain;
mod check_proof;
mod coin;
mod completions;
mod data;
mod demo;
mod demo_dispute;
mod dispute;
mod event_words;
mod fetch;
mod init;
#[cfg(feature = "evm")]
mod join;
mod league;
mod log;
mod man;
mod pack;
mod pgn;
mod play;
mod prove;
mod recorded;
mod replay;
mod report;
mod round;
mod round_list;
mod seed;
mod serve;
mod shown;
mod simulate;
mod standings;
mod svg;
mod systems;
mod verify;
mod watch;

use clap::Subcommand;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// What can be asked of nets.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the Systems, or describe one
    Systems(systems::Arguments),
    /// Drive a System by hand, without agents
    Simulate(simulate::Arguments),
    /// Work with agents
    #[command(subcommand)]
    Agent(agent::AgentCommand),
    /// Make an agent of a neural network
    Pack(pack::Arguments),
    /// Play one match
    Play(play::Arguments),
    /// Play a recorded match again and compare
    Replay(replay::Arguments),
    /// Explain what a trial over one decision of a recorded match comes to
    Dispute(dispute::Arguments),
    /// Prove one step of a recorded match
    Prove(prove::Arguments),
    /// Check a proof against the root of a trace
    CheckProof(check_proof::Arguments),
    /// Play a season between the example agents: matches, a liar slashed, winners paid
    Demo(demo::Arguments),
    /// Check everything in an arena again, from what is on disk
    Verify(verify::Arguments),
    /// Get the modules that an arena's leagues need and its folder lacks
    Fetch(fetch::Arguments),
    /// Give an arena's modules to whoever asks, once their rounds' entries are frozen
    Serve(serve::Arguments),
    /// Make an arena: keys, contracts on a chain, a file of leagues
    Init(init::Arguments),
    /// Make a folder for an arena of somebody else's, by its card
    #[cfg(feature = "evm")]
    Join(join::Arguments),
    /// Work with the accounts of an arena
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Work with data sets, which forecasts are played on
    #[command(subcommand)]
    Data(data::DataCommand),
    /// Work with the leagues of an arena
    #[command(subcommand)]
    League(league::LeagueCommand),
    /// Work with batches: many agents that register at once, paid by a sponsor
    #[command(subcommand)]
    Batch(batch::BatchCommand),
    /// Work with the rounds of a league
    #[command(subcommand)]
    Round(round::RoundCommand),
    /// Work with an owner's share of the next seed
    #[command(subcommand)]
    Seed(seed::SeedCommand),
    /// Work with the chain of an arena
    #[command(subcommand)]
    Chain(chain::ChainCommand),
    /// Follow every round: refute what is false, defend what is right, earn by it
    Watch(watch::Arguments),
    /// Show where all coin of an arena is
    Coin(coin::Arguments),
    /// Show who is where in a league
    Standings(standings::Arguments),
    /// Show what happened on the chain
    Log(log::Arguments),
    /// Print completions for a shell
    Completions(completions::Arguments),
    /// Print a manual page
    Man(man::Arguments),
}

/// Runs a command.
pub(crate) fn run(command: Command, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        Command::Systems(arguments) => systems::run(&arguments, output),
        Command::Simulate(arguments) => simulate::run(&arguments, output),
        Command::Agent(command) => agent::run(command, output),
        Command::Pack(arguments) => pack::run(&arguments, output),
        Command::Play(arguments) => play::run(&arguments, output),
        Command::Replay(arguments) => replay::run(&arguments, output),
        Command::Dispute(arguments) => dispute::run(&arguments, output),
        Command::Prove(arguments) => prove::run(&arguments, output),
        Command::CheckProof(arguments) => check_proof::run(&arguments, output),
        Command::Demo(arguments) => demo::run(&arguments, output),
        Command::Verify(arguments) => verify::run(&arguments, output),
        Command::Fetch(arguments) => fetch::run(&arguments, output),
        Command::Serve(arguments) => serve::run(&arguments, output),
        Command::Init(arguments) => init::run(&arguments, output),
        #[cfg(feature = "evm")]
        Command::Join(arguments) => join::run(&arguments, output),
        Command::Account(command) => account::run(&command, output),
        Command::Data(command) => data::run(&command, output),
        Command::League(command) => league::run(&command, output),
        Command::Batch(command) => batch::run(&command, output),
        Command::Round(command) => round::run(&command, output),
        Command::Seed(command) => seed::run(&command, output),
        Command::Chain(command) => chain::run(&command, output),
        Command::Watch(arguments) => watch::run(&arguments, output),
        Command::Coin(arguments) => coin::run(&arguments, output),
        Command::Standings(arguments) => standings::run(&arguments, output),
        Command::Log(arguments) => log::run(&arguments, output),
        Command::Completions(arguments) => completions::run(&arguments, output),
        Command::Man(arguments) => man::run(&arguments, output),
    }
}
