//! `nets completions`: what a shell needs to complete arguments, names in an arena included.
//!
//! The script only teaches the shell to ask `nets` itself, so that it is never out of date.

use clap::Args;
use clap_complete::Shell;
use clap_complete::env::Shells;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  nets completions bash > ~/.local/share/bash-completion/completions/nets
  nets completions zsh > ~/.zfunc/_nets
  nets completions fish > ~/.config/fish/completions/nets.fish

Names of leagues, accounts and agents come from the arena that the line names with --arena, or else
from NETS_ARENA; it may be in use meanwhile. The script has no JSON.";

/// Arguments of `nets completions`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The shell
    shell: Shell,
}

/// Prints the completions.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    if output.is_json() {
        return Err(Failure::new("completions have no JSON").hint("leave out --json"));
    }
    let shell = arguments.shell.to_string();
    let completer = Shells::builtins().0.iter().copied().find(|known| known.is(&shell));
    let completer = completer.ok_or_else(|| {
        Failure::new(format!("there are no completions for {shell}"))
            .hint("there are for bash, elvish, fish, powershell and zsh")
    })?;
    let mut script = Vec::new();
    completer.write_registration("COMPLETE", "nets", "nets", "nets", &mut script)?;
    output.text(&script)?;
    Ok(Exit::Done)
}
