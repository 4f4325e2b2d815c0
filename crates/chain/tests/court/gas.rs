//! What calls cost, in the table of `contracts/README.md`.
//!
//! The test makes the table anew and compares it with the file's, or writes it when run with
//! `BLESS=1`. Costs depend on the data, so each row is the dearest call of one round.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use nets_league::MatchStatus;
use nets_testkit::blessed;

use super::calls::{Place, Tried};
use super::stage::Stage;
use super::story::{Forgery, Story, Twist};
use super::{connect_four, is_flagged, rps, signed_connect_four, signed_snake, snake};

const BEGIN: &str = "<!-- gas: written by the test the_gas_table_is_what_calls_cost -->\n";
const END: &str = "<!-- end of gas -->\n";
const SIGNED_BEGIN: &str =
    "<!-- gas of signed leagues: written by the test the_gas_table_is_what_calls_cost -->\n";
const SIGNED_END: &str = "<!-- end of gas of signed leagues -->\n";

/// One lie for each kind of refutation, and a place that shows it.
fn lies(stage: &Stage) -> Vec<(&'static str, Story, Place)> {
    let honest = stage.tell(&Twist::Honest);
    let (&q, trace) = honest.traces.iter().max_by_key(|(_, trace)| trace.leaves.len()).unwrap();
    let told = |twist| stage.tell(&twist);
    let changed = |change: &dyn Fn(&mut Story)| {
        let mut story = honest.clone();
        change(&mut story);
        story
    };
    let walkover = MatchStatus::Walkover.encode();
    let skipped = honest.matches.iter().position(|leaf| leaf[2] == walkover).unwrap();
    let mut fewer = stage.setting.entries.clone();
    fewer.remove(1);
    let end = trace.leaves.len() as u32 - 1;
    let in_trace = |index: usize, change: fn(&mut Vec<u8>)| {
        changed(&|story| {
            change(&mut story.traces.get_mut(&q).unwrap().leaves[index]);
            story.retrace(q);
        })
    };
    vec![
        ("malformedLeaf", changed(&|s| s.matches[1][1] ^= 1), Place::Match(1)),
        ("badShape", changed(&|s| s.matches[1].clear()), Place::Shape(1)),
        ("badEntry", changed(&|s| s.entries[1][6] ^= 1), Place::Entry(1)),
        ("badEntryOrder", changed(&|s| s.entries.swap(1, 2)), Place::Entry(1)),
        ("missingEntry", told(Twist::Entries(fewer)), Place::Entry(1)),
        ("badTotal", changed(&|s| s.entries[1][38] ^= 1), Place::Entry(1)),
        ("badDisqualification", told(Twist::Claims(BTreeMap::new())), Place::Entry(2)),
        ("badStatus", changed(&|s| s.matches[skipped][2] ^= 2), Place::Match(skipped as u32)),
        ("badSum", changed(&|s| s.matches[q as usize][48] ^= 1), Place::Match(q)),
        ("badTrace", told(Twist::Agents(q)), Place::Match(q)),
        ("badStart", in_trace(0, |leaf| leaf[7] ^= 1), Place::Step(q, 0)),
        ("badStep", told(Twist::Step(q, 1)), Place::Step(q, 1)),
        ("badEnd", told(Twist::Forfeit(q)), Place::Step(q, end)),
        ("malformedTraceLeaf", in_trace(1, |leaf| leaf[1] ^= 1), Place::Step(q, 1)),
        ("badTraceShape", in_trace(1, Vec::clear), Place::TraceShape(q)),
        ("badRankOrder", changed(&|s| s.ranks.swap(1, 2)), Place::Rank(1)),
        ("badRank", changed(&|s| s.ranks[1][6] ^= 1), Place::Rank(1)),
    ]
}

/// The gas of every call in a round: of the arena, then of the court.
fn costs(mut stage: Stage) -> [BTreeMap<&'static str, u64>; 2] {
    for (kind, story, place) in lies(&stage) {
        let target = stage.assert(&story);
        let calls = Tried::new(&stage, target, &story).at(place);
        let mut calls = calls.iter().filter(|(other, _)| *other == kind);
        let (_, call) = calls.find(|(_, call)| stage.refutes(kind, call)).expect(kind);
        stage.kill(kind, call);
    }
    stage.settle();
    stage.register_without_limits();
    [stage.spent, stage.gas]
}

/// The name of a call and what it is about, as it stands in a table.
fn shown(name: &str) -> String {
    let (function, about) = name.split_once(' ').unwrap_or((name, ""));
    let about = if about.is_empty() { String::new() } else { format!(" {about}") };
    format!("`{function}`{about}")
}

fn table() -> String {
    let [first, second, third] = [snake(), rps(), connect_four()].map(costs);
    let mut text =
        "| call | Snake | rock-paper-scissors | Connect Four |\n|---|---|---|---|\n".to_owned();
    for ((first, second), third) in first.iter().zip(&second).zip(&third) {
        for (name, gas) in first {
            let (second, third) = (second[name], third[name]);
            writeln!(text, "| {} | {gas} | {second} | {third} |", shown(name)).unwrap();
        }
    }
    text
}

/// What there is in signed leagues only.
fn signed_costs(mut stage: Stage) -> BTreeMap<&'static str, u64> {
    let honest = stage.tell(&Twist::Honest);
    let finished = honest.traces.iter().filter(|(q, _)| !is_flagged(&stage, **q));
    let (&q, trace) = finished.max_by_key(|(_, trace)| trace.leaves.len()).unwrap();
    let end = trace.leaves.len() as u32 - 1;
    let forged = Twist::Forged(q, end - 1, Forgery::Stranger);
    let missing = Twist::Forged(q, end - 1, Forgery::Missing);
    let unflagged = Twist::Unflagged(q);
    let lies = [
        // First what every league has, since the refuter's account is new to it.
        ("badStep", "badStep", Twist::Step(q, end - 1), Place::Step(q, end - 1)),
        ("badSignature", "badSignature", forged, Place::Step(q, end - 1)),
        ("badSignature", "badSignature (missing)", missing, Place::Step(q, end - 1)),
        ("badForfeit", "badForfeit", unflagged, Place::Step(q, 1)),
    ];
    for (kind, name, twist, place) in lies {
        let story = stage.tell(&twist);
        let target = stage.assert(&story);
        let calls = Tried::new(&stage, target, &story).at(place);
        let mut calls = calls.iter().filter(|(other, _)| *other == kind);
        let (_, call) = calls.find(|(_, call)| stage.refutes(kind, call)).expect(kind);
        stage.kill(name, call);
    }
    stage.report_equivocation(1);
    let mut costs = stage.gas;
    let news = ["slashEquivocation", "advance (to the start)", "advance (by one play)"];
    costs.extend(news.map(|name| (name, stage.spent[name])));
    costs
}

fn signed_table() -> String {
    let [first, second] = [signed_snake(), signed_connect_four()].map(signed_costs);
    let mut text = "| call | Snake | Connect Four |\n|---|---|---|\n".to_owned();
    for (name, gas) in first {
        writeln!(text, "| {} | {gas} | {} |", shown(name), second[name]).unwrap();
    }
    text
}

#[test]
fn the_gas_table_is_what_calls_cost() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/README.md");
    for (marks, table) in [((BEGIN, END), table()), ((SIGNED_BEGIN, SIGNED_END), signed_table())] {
        blessed::compare_part(&file, marks, &table).unwrap_or_else(|error| panic!("{error}"));
    }
}
