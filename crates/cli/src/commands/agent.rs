//! `nets agent …`: what there is to do with an agent.

use clap::Subcommand;

use super::{agent_add, agent_check};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// What can be asked about agents.
#[derive(Debug, Subcommand)]
pub(crate) enum AgentCommand {
    /// Say whether a module may play, and how close to the limits it is
    Check(agent_check::Arguments),
    /// Enter an agent into a league of an arena
    Add(agent_add::Arguments),
}

/// Runs a command.
pub(super) fn run(command: AgentCommand, output: &mut Output) -> Result<Exit, Failure> {
    match command {
        AgentCommand::Check(arguments) => agent_check::run(&arguments, output),
        AgentCommand::Add(arguments) => agent_add::run(&arguments, output),
    }
}
