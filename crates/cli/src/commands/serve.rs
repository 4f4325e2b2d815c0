//! `nets serve`: an arena's modules and rules over HTTP, for whoever checks its rounds.

use std::time::{Duration, Instant};

use clap::Args;
use nets_node::{ArtifactServer, ServeCounts};
use serde::Serialize;

use crate::arena::{ArenaArguments, ThreadArguments, failure};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, plural};

const HELP: &str = "\
Examples:
  nets serve
  nets serve --listen 0.0.0.0:8547

Answers GET /artifacts/ followed by the SHA-256 of a module, or the id of a league's rules. A module
is given from the moment on at which the entries of a round of its agent are frozen, and not before:
rivals could read it and enter against it. Others use it with --source http://HOST:8547, or under
sources in their arena.toml. There is no TLS; put a server that has it in front where that matters.

It writes nothing, and other commands may use the arena meanwhile. What it did is told every minute
in which it did something, and in the end. Ctrl-C ends it after the answers under way.";

/// How often it is told what was done.
const TOLD_EVERY: Duration = Duration::from_secs(60);

/// Arguments of `nets serve`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Where to listen; port 0 is any free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8547")]
    listen: String,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// Where it listens, in JSON.
#[derive(Serialize)]
struct ListenLine {
    serving: String,
}

/// What it did, in JSON.
#[derive(Serialize)]
struct CountsLine {
    served: u64,
    bytes: u64,
    early: u64,
    missing: u64,
    bad: u64,
    busy: u64,
}

/// Serves until Ctrl-C.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let stop = ThreadArguments::default().options().stop;
    let server = ArtifactServer::bind(arguments.arena.folder(), &arguments.listen);
    let server = server.map_err(failure)?;
    let serving = format!("http://{}", server.address().map_err(failure)?);
    match output.is_json() {
        true => output.json(&ListenLine { serving })?,
        false => output.line(&format!("serving at {serving}; Ctrl-C ends it"))?,
    }
    let (mut told, mut told_at) = (server.counts(), Instant::now());
    let mut result = Ok(());
    server.run(stop, |server| {
        if told_at.elapsed() >= TOLD_EVERY && server.counts() != told {
            (told, told_at) = (server.counts(), Instant::now());
            // Whoever does not read the counts any more is served all the same.
            result = tell(&told, output);
        }
    });
    result?;
    tell(&server.counts(), output)?;
    Ok(Exit::Done)
}

fn tell(counts: &ServeCounts, output: &mut Output) -> Result<(), Failure> {
    let ServeCounts { served, bytes, early, missing, bad, busy } = *counts;
    if output.is_json() {
        return output.json(&CountsLine { served, bytes, early, missing, bad, busy });
    }
    output.line(&format!(
        "{} served, {}; {early} asked too early, {missing} not here, {bad} bad, {busy} sent away",
        plural(served, "artifact"),
        plural(bytes, "byte"),
    ))
}
