//! `nets watch`: an honest account that follows every round and does what keeps it true.

use std::collections::BTreeMap;

use clap::Args;
use nets_node::{
    ArenaNode, Deed, MetricsServer, NodeError, Standing, WatchCounts, WatchOptions, WatchTurn,
    Watcher,
};
use serde::Serialize;

use crate::arena::{ArenaArguments, Shown, ThreadArguments, failure};
use crate::arguments::SourceArguments;
use crate::complete;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

const HELP: &str = "\
Examples:
  nets watch --account wanda --assert
  nets watch --source https://league.example --metrics 127.0.0.1:9464
  nets watch --league bronze --once --json

Plays the matches of each round once its claims are in, and judges every assertion of it. A wrong
one is refuted, and half of its bond earned; what it hides is demanded first, with bonds that come
back. What is demanded of a right one is answered, for its bond. Rounds are made final, liars
slashed, and ranks of accounts in this folder paid. Nothing of it is kept but records of matches, so
it can be stopped and started at any time.

In a league with code-blocks, modules are demanded that no source gives before the seed exists, since
an agent whose module is hidden does not play; and those that are here are shown to who demands them.

The account pays for gas, and needs coin in the arena for the bonds of demands. On an embedded chain
nobody else can act meanwhile, so it ends when nothing is left to be done.";

/// Arguments of `nets watch`.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// Watch this league, and others named so; all without it
    #[arg(long = "league", value_name = "LEAGUE", add = complete::leagues())]
    leagues: Vec<String>,
    /// The account that acts
    #[arg(long, value_name = "NAME", default_value = "operator")]
    account: String,
    /// Assert the outcome of rounds that nobody has asserted rightly
    #[arg(long)]
    assert: bool,
    /// Do what there is to do now, and end
    #[arg(long)]
    once: bool,
    /// Give what was seen and done in numbers, as Prometheus reads them, to who asks here
    #[arg(long, value_name = "ADDRESS:PORT")]
    metrics: Option<String>,
    #[command(flatten)]
    sources: SourceArguments,
    #[command(flatten)]
    threads: ThreadArguments,
    #[command(flatten)]
    arena: ArenaArguments,
}

/// A line in JSON.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Line<'a> {
    /// Something was done.
    Done {
        block: u64,
        #[serde(flatten)]
        deed: &'a Deed,
    },
    /// Something was tried and refused.
    Refused {
        block: u64,
        #[serde(flatten)]
        deed: &'a Deed,
        reason: &'a str,
    },
    /// An assertion is seen so from now on.
    Judged {
        block: u64,
        league: &'a str,
        round: u32,
        assertion: u32,
        asserter: String,
        standing: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        shown_by: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        match_index: Option<u32>,
    },
    /// A league cannot be looked at.
    Problem { block: u64, league: &'a str, error: String },
}

/// What was said last of what lasts.
#[derive(Default)]
struct Said {
    standing: BTreeMap<(String, u32, u32), Standing>,
    problems: BTreeMap<String, String>,
    refused: Option<(String, String)>,
}

/// Watches.
pub(super) fn run(arguments: &Arguments, output: &mut Output) -> Result<Exit, Failure> {
    let mut node = arguments.arena.open_with(&arguments.sources)?;
    for league in &arguments.leagues {
        node.league(league).map_err(failure)?;
    }
    let options = arguments.threads.options();
    let options = WatchOptions {
        account: &arguments.account,
        leagues: &arguments.leagues,
        asserts: arguments.assert,
        threads: options.threads,
        stop: options.stop,
    };
    let (mut watcher, mut said) = (Watcher::default(), Said::default());
    let mut counts = WatchCounts::default();
    let metrics = arguments.metrics.as_deref().map(MetricsServer::start).transpose();
    let metrics = metrics.map_err(failure)?;
    if let Some(metrics) = &metrics {
        metrics.show(counts.to_prometheus());
        output.note(&format!("metrics at http://{}/metrics", metrics.address()));
    }
    let is_once = arguments.once || node.is_embedded();
    loop {
        let turn = {
            let shown = Shown::new(output);
            match is_once {
                true => watcher.turn(&mut node, options, &shown),
                false => watcher.patient_turn(&mut node, options, &shown),
            }
        };
        match turn {
            Ok(turn) => {
                said.say(&turn, &node, output)?;
                counts.count(&turn);
                if let Some(metrics) = &metrics {
                    metrics.show(counts.to_prometheus());
                }
                if is_once && turn.done.is_empty() {
                    output.note(&format!("nothing is left to be done at block {}", turn.block));
                    return Ok(ending(&turn));
                }
            }
            Err(NodeError::Interrupted) => return Ok(Exit::Done),
            Err(error) => return Err(failure(error)),
        }
    }
}

/// One look says whether a league could not be looked at, or an assertion stands that is not right.
fn ending(turn: &WatchTurn) -> Exit {
    let is_wrong = |standing: Standing| standing != Standing::Right;
    if !turn.problems.is_empty() {
        return Exit::Failed;
    }
    match turn.standing.iter().any(|one| is_wrong(one.judged.standing)) {
        true => Exit::Refuted,
        false => Exit::Done,
    }
}

impl Said {
    fn say(
        &mut self,
        turn: &WatchTurn,
        node: &ArenaNode,
        output: &mut Output,
    ) -> Result<(), Failure> {
        let block = turn.block;
        for one in &turn.standing {
            let key = (one.league.clone(), one.round, one.judged.assertion);
            if self.standing.insert(key, one.judged.standing) != Some(one.judged.standing) {
                self.say_standing(block, one, node, output)?;
            }
        }
        for deed in &turn.done {
            match output.is_json() {
                true => output.json(&Line::Done { block, deed })?,
                false => output.line(&format!("block {block}, {deed}"))?,
            }
        }
        for (deed, reason) in &turn.refused {
            // What is tried again in every turn is said once.
            let last = (deed.to_string(), reason.clone());
            if self.refused.as_ref() == Some(&last) {
                continue;
            }
            self.refused = Some(last);
            match output.is_json() {
                true => output.json(&Line::Refused { block, deed, reason })?,
                false => output.line(&format!("block {block}, {deed}: refused, {reason}"))?,
            }
        }
        for (league, error) in &turn.problems {
            let error = error.to_string();
            if self.problems.insert(league.clone(), error.clone()).as_ref() == Some(&error) {
                continue;
            }
            match output.is_json() {
                true => output.json(&Line::Problem { block, league, error })?,
                false => output.line(&format!("block {block}, {league}: {error}"))?,
            }
        }
        self.problems.retain(|league, _| turn.problems.iter().any(|(other, _)| other == league));
        Ok(())
    }

    fn say_standing(
        &self,
        block: u64,
        one: &nets_node::WatchedAssertion,
        node: &ArenaNode,
        output: &mut Output,
    ) -> Result<(), Failure> {
        let (judged, league, round) = (one.judged, one.league.as_str(), one.round);
        let asserter = nets_core::Address(judged.asserter.into_array());
        let asserter = node.account_name(&asserter).unwrap_or_else(|| asserter.to_string());
        let (shown_by, match_index) = match judged.standing {
            Standing::Refutable(function) => (Some(function), None),
            Standing::Tried(q, _) | Standing::Beyond(q) => (None, Some(q)),
            Standing::Right | Standing::Hidden(_) => (None, None),
        };
        if output.is_json() {
            let (assertion, standing) = (judged.assertion, judged.standing.name());
            return output.json(&Line::Judged {
                block,
                league,
                round,
                assertion,
                asserter,
                standing,
                shown_by,
                match_index,
            });
        }
        let how = match judged.standing {
            Standing::Right => "is right".to_owned(),
            Standing::Refutable(function) => format!("is wrong, {function} shows it"),
            Standing::Hidden(count) => format!("is wrong, {count} things of it are hidden"),
            Standing::Tried(q, seat) => {
                format!("is wrong about {seat} in match {q}, and that is shown in a trial")
            }
            Standing::Beyond(q) => format!(
                "is another than is played here, in match {q}, and no call of the court shows it"
            ),
        };
        let number = judged.assertion;
        output.line(&format!(
            "block {block}, {league}, round {round}, assertion {number} of {asserter} {how}"
        ))
    }
}
