//! The nets command line: parse, dispatch, report, exit.
//!
//! Each subcommand is one file in `commands/`; what they print goes through `output/`, what goes
//! wrong is a `Failure`. Nothing of the protocol is decided here: commands call the libraries.
//!
//! Results are on stdout, everything else on stderr. Exit codes, everywhere: 0 done; 1 what was to
//! be verified is false; 2 wrong usage, or a file or host that does not play along; 130 ended at once
//! by a second Ctrl-C. A reader that closes the pipe early is no failure.
//!
//! The engine starts this program again to compile a module that might be too much for one process;
//! that is decided before arguments are parsed, and is no command.

mod arena;
mod arguments;
mod commands;
mod complete;
#[cfg(feature = "evm")]
mod elsewhere;
mod engine;
mod exit;
mod failure;
mod files;
mod hints;
mod output;

use std::io;
use std::process::ExitCode;
#[cfg(unix)]
use std::sync::Arc;

use arguments::Cli;
use clap::{CommandFactory, Parser};
use clap_complete::CompleteEnv;
use exit::Exit;
use failure::Failure;
use nets_runner::sandbox::fast::serve_if_asked;
use output::Output;

fn main() -> ExitCode {
    let is_taken = take_file_too_large();
    if let Some(code) = serve_if_asked() {
        return code;
    }
    if let Err(error) = is_taken {
        Output::for_errors().warn(&format!("a file that grows too large may end nets: {error}"));
    }
    // A shell that completes a line asks by a variable, and that is all this run is about.
    CompleteEnv::with_factory(Cli::command).complete();
    std::panic::set_hook(Box::new(|panic| Output::for_errors().failure(&Failure::bug(panic))));
    // The hook has said what happened; all that is left is the exit code.
    std::panic::catch_unwind(run).unwrap_or(Exit::Failed).into()
}

/// Has a write beyond the largest size of a file fail as any other does, with an error that says
/// so, where the signal that comes with it would end the process without a word.
fn take_file_too_large() -> io::Result<()> {
    #[cfg(unix)]
    signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default())?;
    Ok(())
}

fn run() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return Output::for_errors().usage(&error),
    };
    let mut output = Output::new(&cli.global);
    #[cfg(feature = "evm")]
    if cli.global.quiet || cli.global.json {
        elsewhere::silence();
    }
    let result = commands::run(cli.command, &mut output);
    // Whatever was waited for, the wait is over.
    #[cfg(feature = "evm")]
    elsewhere::say("");
    match result.and_then(|exit| output.finish().map(|()| exit)) {
        Ok(exit) => exit,
        Err(failure) if failure.is_broken_pipe() => Exit::Done,
        Err(failure) => {
            output.failure(&failure);
            Exit::Failed
        }
    }
}
