//! `nets man`: manual pages, made from the same definitions as the help.

use clap::{Args, CommandFactory};
use clap_mangen::Man;

use crate::arguments::Cli;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  nets man | man -l -
  nets man agent check > nets-agent-check.1";

/// Arguments of `nets man`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The command the page is about; nets as a whole without one
    command: Vec<String>,
}

/// Prints the page.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut root = Cli::command();
    root.build();
    let mut command = &root;
    for name in &arguments.command {
        let found = command.find_subcommand(name);
        command = found.ok_or_else(|| {
            let path = arguments.command.join(" ");
            let known: Vec<_> = command.get_subcommands().map(clap::Command::get_name).collect();
            Failure::new(format!("there is no command `nets {path}`"))
                .hint(format!("`{command}` has: {}", known.join(", ")))
        })?;
    }
    // A page is named after its whole path, as `nets-agent-check`.
    let words = ["nets"].into_iter().chain(arguments.command.iter().map(String::as_str));
    let name = words.collect::<Vec<_>>().join("-");
    let mut page = Vec::new();
    let source = concat!("nets ", env!("CARGO_PKG_VERSION"));
    Man::new(command.clone().display_name(name)).source(source).render(&mut page)?;
    output.text(&page)?;
    Ok(Exit::Done)
}
