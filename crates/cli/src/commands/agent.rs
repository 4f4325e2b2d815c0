//! `nets agent …`: what there is to do with an agent.

use clap::Subcommand;

use super::{agent_add, agent_check, agent_key, agent_list, agent_serve, agent_stake};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// What can be asked about agents.
#[derive(Debug, Subcommand)]
pub(crate) enum AgentCommand {
    /// Say whether a module may play, and how close to the limits it is
    Check(agent_check::Arguments),
    /// Enter agents into a league of an arena
    Add(agent_add::Arguments),
    /// Make the key that an agent of signed leagues is
    Key(agent_key::Arguments),
    /// Play for an agent of signed leagues: connect to its host, ask its model, sign
    Serve(agent_serve::Arguments),
    /// List the agents in leagues: stake, state, rounds paid for
    List(agent_list::Arguments),
    /// Pay for further rounds of an agent
    Renew(agent_stake::RenewArguments),
    /// Add to an agent's stake
    Stake(agent_stake::StakeArguments),
    /// Show an agent's module on the chain, so that nobody can demand it
    Show(agent_stake::ShowArguments),
    /// Ask for an agent's stake back: it plays no round that opens from now on
    Unbond(agent_stake::UnbondArguments),
    /// Take back the stake of an agent that has left
    Withdraw(agent_stake::WithdrawArguments),
}

/// Runs a command.
pub(super) fn run(command: AgentCommand, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        AgentCommand::Check(arguments) => agent_check::run(&arguments, output),
        AgentCommand::Add(arguments) => agent_add::run(&arguments, output),
        AgentCommand::Key(arguments) => agent_key::run(&arguments, output),
        AgentCommand::Serve(arguments) => agent_serve::run(&arguments, output),
        AgentCommand::List(arguments) => agent_list::run(&arguments, output),
        AgentCommand::Renew(arguments) => agent_stake::renew(&arguments, output),
        AgentCommand::Stake(arguments) => agent_stake::stake(&arguments, output),
        AgentCommand::Show(arguments) => agent_stake::show(&arguments, output),
        AgentCommand::Unbond(arguments) => agent_stake::unbond(&arguments, output),
        AgentCommand::Withdraw(arguments) => agent_stake::withdraw(&arguments, output),
    }
}
