//! `nets completions`: what a shell needs to complete arguments, names of Systems included.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::arguments::Cli;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  nets completions bash > ~/.local/share/bash-completion/completions/nets
  nets completions fish > ~/.config/fish/completions/nets.fish";

/// Arguments of `nets completions`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

/// Prints the completions.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "nets", &mut script);
    output.text(&script)?;
    Ok(Exit::Done)
}
