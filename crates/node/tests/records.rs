//! What lies on disk is believed only where this node made it: money follows what agents play.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use nets_core::{MatchRecord, sha256};
use nets_node::{
    ArenaNode, Claim, ClaimKind, RoundReport, StandingLine, open_round, own_scores, post_claims,
    run_round,
};
use nets_runner::sandbox::{FastEngine, FastOptions, on_match_stack};
use nets_runner::{SeatAgent, play};

use crate::support::{Silent, arena, module, short_league, two_threads};

const LEAGUE: &str = "silver";
const AGENTS: [(&str, &str); 4] =
    [("ada", "rps-rock"), ("bo", "rps-cycle"), ("cy", "rps-historian"), ("di", "rps-avenger")];

fn opened(root: &Path) -> ArenaNode {
    let mut node = arena(root, short_league, &AGENTS);
    open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    node
}

/// What members come to claim of their agents.
fn claim(node: &mut ArenaNode, members: Range<u32>) -> BTreeMap<u32, Claim> {
    let claims = members.map(|member| (member, ClaimKind::Computed)).collect();
    post_claims(node, LEAGUE, &claims, two_threads(), &Silent).unwrap()
}

fn run(node: &mut ArenaNode) -> RoundReport {
    run_round(node, LEAGUE, two_threads(), &Silent).unwrap()
}

/// The standings of the round in which everybody claims the truth and nothing is touched.
fn calm() -> Vec<StandingLine> {
    let folder = tempfile::tempdir().unwrap();
    let mut node = opened(&folder.path().join("arena"));
    claim(&mut node, 0..4);
    run(&mut node).standings
}

fn records(root: &Path) -> Vec<PathBuf> {
    let folder = root.join("artifacts").join("records");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().flatten().map(|e| e.path()).collect();
    paths.sort();
    paths
}

fn forge(root: &Path, edit: impl Fn(&mut MatchRecord)) {
    let paths = records(root);
    assert!(!paths.is_empty());
    for path in paths {
        let mut record = MatchRecord::decode(&fs::read(&path).unwrap()).unwrap();
        edit(&mut record);
        fs::write(path, record.encode()).unwrap();
    }
}

/// A match that is possible by all rules, but that other agents played.
fn as_played_by_others(record: &mut MatchRecord) {
    let rules = &record.spec.rules;
    let system = nets_systems::build_canonical(&rules.system, &rules.parameters).unwrap();
    let engine = FastEngine::new(&FastOptions::default()).unwrap();
    let others = ["rps-cycle", "rps-avenger"].map(|name| {
        SeatAgent::load(&engine, system.as_ref(), &fs::read(module(name)).unwrap()).unwrap()
    });
    let seats: Vec<_> = others.iter().collect();
    let played = on_match_stack(|| play(system.as_ref(), &record.spec, &seats)).unwrap();
    record.steps = played.recorded_steps();
    record.outcome = played.outcome;
}

/// Puts this node's own seal on a record, as only who has its keys can.
fn seal(root: &Path, record: &MatchRecord) {
    let secret = fs::read_to_string(root.join("keys").join("seals.secret")).unwrap();
    let secret = nets_core::Digest::from_hex(secret.trim()).unwrap();
    let pad = |byte: u8| -> Vec<u8> {
        (0..64).map(|i| secret.0.get(i).copied().unwrap_or(0) ^ byte).collect()
    };
    let inner = sha256(&[pad(0x36), record.encode()].concat());
    let seal = sha256(&[pad(0x5c), inner.0.to_vec()].concat());
    let path = root.join("seals").join(format!("{}.seal", record.spec.id()));
    assert!(path.exists(), "the node sealed it before");
    fs::write(path, format!("{seal}\n")).unwrap();
}

#[test]
fn a_forged_record_pays_nobody_and_slashes_nobody() {
    let forgeries: [fn(&mut MatchRecord); 4] = [
        |record| record.outcome.scores[0] += 1,
        |record| record.outcome.scores.fill(i64::MAX),
        |record| record.outcome.fuel_used[0] += 1,
        as_played_by_others,
    ];
    let calm = calm();
    for (forgery, is_claimed) in forgeries.into_iter().flat_map(|f| [(f, true), (f, false)]) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("arena");
        let mut node = opened(&root);
        if is_claimed {
            claim(&mut node, 0..4);
        } else {
            // The same records, and no claim that would have a false one found.
            (0..4).for_each(|member| {
                own_scores(&node, LEAGUE, member, two_threads(), &Silent).unwrap();
            });
        }
        forge(&root, forgery);
        let report = run(&mut node);
        assert_eq!(report.standings, calm);
        assert_eq!(report.slashed, [0u32; 0]);
        drop(node);
        nets_node::verify(&root, 2, &crate::support::GO_ON, &Silent).unwrap();
    }
}

#[test]
fn a_claim_is_played_for_and_never_signed_from_a_record() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = opened(&root);
    let scores = own_scores(&node, LEAGUE, 0, two_threads(), &Silent).unwrap();
    assert_eq!(records(&root).len(), scores.len(), "only the claimed matches are played");
    forge(&root, |record| record.outcome.scores[0] += 1);
    assert_eq!(claim(&mut node, 0..1)[&0].scores(), scores);
    assert_eq!(run(&mut node).slashed, [0u32; 0]);
}

#[test]
fn a_sealed_record_that_contradicts_the_rules_is_played_again() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = opened(&root);
    claim(&mut node, 0..4);
    forge(&root, |record| {
        record.outcome.scores.fill(i64::MAX);
        seal(&root, record);
    });
    assert_eq!(run(&mut node).standings, calm());
}

#[test]
fn before_a_claim_is_called_false_its_record_is_doubted_and_the_round_played_again() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = opened(&root);
    claim(&mut node, 0..4);
    forge(&root, |record| {
        as_played_by_others(record);
        seal(&root, record);
    });
    let report = run(&mut node);
    assert_eq!(report.standings, calm());
    assert_eq!(report.slashed, [0u32; 0]);
}

#[test]
fn a_false_claim_is_found_whatever_the_records_say() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = opened(&root);
    let mut lie = own_scores(&node, LEAGUE, 1, two_threads(), &Silent).unwrap();
    lie[1] += 1;
    let claims = BTreeMap::from([(1, ClaimKind::Given(Claim::EachMatch(lie.clone())))]);
    post_claims(&mut node, LEAGUE, &claims, two_threads(), &Silent).unwrap();
    forge(&root, |record| record.outcome.scores.fill(lie[1]));
    assert_eq!(run(&mut node).slashed, [1]);
}
