//! `nets man`: manual pages, made from the same definitions as the help.

use clap::builder::Resettable;
use clap::{Args, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::arguments::Cli;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

const EXAMPLES: &str = "\
Examples:
  nets man | man -l -
  nets man agent check > nets-agent-check.1

A manual page has no JSON.";

/// The section that comes after what is said in the help's end, where there is one.
const VERSION: &str = "\n.SH VERSION\n";

/// Arguments of `nets man`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The command the page is about; nets as a whole without one
    command: Vec<String>,
}

/// Prints the page.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    if output.is_json() {
        return Err(Failure::new("a manual page has no JSON").hint("leave out --json"));
    }
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
    let page = page(command.clone().display_name(name))?;
    output.text(page.as_bytes())?;
    Ok(Exit::Done)
}

fn page(mut command: clap::Command) -> Result<String, Failure> {
    // The usage of the help names the values of options; the page's own would not.
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().to_owned();
    let help_end = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let command = command.override_usage(usage).after_help(Resettable::Reset);
    let mut page = Vec::new();
    let source = concat!("nets ", env!("CARGO_PKG_VERSION"));
    Man::new(command).source(source).render(&mut page)?;
    let page = String::from_utf8(page)?;
    let sections = sections(&help_end);
    Ok(match page.split_once(VERSION) {
        Some((before, after)) => format!("{before}\n{sections}{}{after}", &VERSION[1..]),
        None => page + &sections,
    })
}

/// The end of a help as sections, each paragraph under the heading that it begins with.
fn sections(help_end: &str) -> String {
    let mut roff = Roff::new();
    let mut heading = "";
    for paragraph in help_end.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        let (now, text) = match paragraph.split_once(':') {
            Some(("Examples", text)) => ("EXAMPLES", text),
            Some(("Environment", text)) => ("ENVIRONMENT", text),
            Some(("Exit status", text)) => ("EXIT STATUS", text),
            _ => ("NOTES", paragraph),
        };
        match now == heading {
            true => roff.control("PP", []),
            false => roff.control("SH", [now]),
        };
        heading = now;
        // Examples and lists are shown line by line, as the help has them.
        let text = text.trim_start_matches('\n');
        let is_list = text.starts_with("  ");
        if is_list {
            roff.control("nf", []);
        }
        for line in text.lines() {
            roff.text([roman(line.trim_start())]);
        }
        if is_list {
            roff.control("fi", []);
        }
    }
    roff.to_roff()
}
