//! A watcher of signed rounds: it answers clocks that were started in bad faith, reports who signed
//! twice, and judges also what nobody shows it.

use std::path::{Path, PathBuf};

use alloy_primitives::{Address, B256};
use nets_chain::clocks::IClocks;
use nets_chain::{ChainAdapter, EmbeddedChain, Signer};
use nets_core::{MatchRecord, Seat};
use nets_node::{
    ArenaFolder, ArenaNode, Deed, DeedKind, Liar, Lie, Standing, WatchOptions, WatchTurn, Watcher,
    open_round, run_round,
};
use nets_runner::{Play, SignedMatch};

use super::stage::{
    Agent, Host, LEAGUE, PATIENT, key, owner, signed_arena_of, signed_league, verified,
};
use crate::support::{GO_ON, Silent, copy, two_threads};

const MALLORY: &str = "mallory";
const HAL: &str = "hal";
const WANDA: &str = "wanda";

/// Turns in which a round has to be over.
const TURNS_MAX: usize = 200;

/// A round of Snake between keys that has begun in one arena and was played in a copy of it.
struct Stage {
    root: PathBuf,
    /// Where the records are.
    played: PathBuf,
    records: Vec<MatchRecord>,
}

/// How the agent came into the league.
enum Entry {
    Alone,
    /// With the batch of a sponsor.
    Sponsored,
}

impl Stage {
    fn new(folder: &Path, entry: Entry) -> Self {
        let [root, played] = ["arena", "played"].map(|name| folder.join(name));
        let league = |node: &ArenaNode| nets_node::LeagueSettings {
            parameters: [("step-limit".to_owned(), 40)].into(),
            challenge_blocks: 60,
            demand_blocks: 2,
            void_blocks: 10_000,
            unbond_blocks: 20_000,
            ..signed_league(node, "snake")
        };
        let (single, sponsored) = match entry {
            Entry::Alone => (&["ada"][..], false),
            Entry::Sponsored => (&[][..], true),
        };
        let mut node = signed_arena_of(&root, league, single);
        for account in [MALLORY, HAL, WANDA] {
            node.create_account(account, Some(nets_core::sha256(account.as_bytes()).0)).unwrap();
            node.fund_account(account, 100_000).unwrap();
        }
        if sponsored {
            sponsor(&mut node);
        }
        open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
        let ada = owner(&node, "ada");
        drop(node);
        copy(&root, &played);
        let host = Host::run(ArenaNode::open(&played).unwrap(), PATIENT);
        let agent = Agent::start(folder, ("ada", ada), host.address, "snake-greedy");
        let (node, report) = host.finish();
        agent.finish();
        let records = report.matches.iter().filter_map(|line| node.artifacts().record(&line.id?));
        let records = records.collect();
        Self { root, played, records }
    }

    /// The arena, for whoever is shown the records.
    fn shown(&self) -> ArenaNode {
        let sources = vec![self.played.display().to_string()];
        ArenaNode::open(ArenaFolder::new(&self.root).with_sources(sources)).unwrap()
    }

    /// The arena, for whoever is shown nothing.
    fn hidden(&self) -> ArenaNode {
        std::fs::remove_dir_all(self.root.join("artifacts/records")).ok();
        ArenaNode::open(&self.root).unwrap()
    }

    /// A match of the round as far as its record has it before a step.
    fn signed(&self, index: usize, step: usize) -> SignedMatch {
        let record = &self.records[index];
        let rules = &record.spec.rules;
        let system = nets_systems::build_canonical(&rules.system, &rules.parameters).unwrap();
        let (spec, seats) = (record.spec.clone(), record.seats.clone());
        let mut signed = SignedMatch::new(system, spec, seats, record.venue.unwrap()).unwrap();
        for step in &record.steps[..step] {
            let (action, signature) = (step.actions[0], step.signatures[0]);
            signed.play(Play { action, signature }).unwrap();
        }
        signed
    }

    /// Somebody brings a match to the clocks.
    fn bring(&self, signed: &SignedMatch) {
        let node = ArenaNode::open(&self.root).unwrap();
        let (account, arena) = (node.account(MALLORY).unwrap(), node.contracts().clone());
        let id = node.chain().chain_id();
        drop(node);
        let venue = signed.venue();
        let seats = signed.spec().agents.iter().zip(signed.seats());
        let (agents, owners) =
            seats.map(|(agent, seat)| (B256::new(agent.0), Address::new(seat.owner.0))).unzip();
        let play = |play: &Play| IClocks::Play {
            action: play.action.0,
            signature: play.signature.0.to_vec().into(),
        };
        let call = arena.clocks_call(&IClocks::advanceCall {
            played: IClocks::Match {
                arena: arena.deployment().arena,
                league: venue.league,
                round: venue.round,
                matchIndex: venue.match_index,
                agents,
                owners,
            },
            state: Vec::new().into(),
            plays: signed.plays().iter().map(play).collect(),
        });
        let mut chain = EmbeddedChain::open(&self.root.join("chain"), id).unwrap();
        let receipts = chain.send(&[(&account as &dyn Signer, call)]).unwrap();
        assert!(receipts[0].is_success, "{}", receipts[0].output);
    }
}

/// Enters ada by a batch of hal's.
fn sponsor(node: &mut ArenaNode) {
    node.create_account("ada", None).unwrap();
    let registration = node.sign_key_registration(LEAGUE, "ada", HAL, key("ada").address());
    let made = node.make_batch(LEAGUE, HAL, &[registration.unwrap()], 1).unwrap();
    let batch = node.propose_batch(LEAGUE, HAL, &made.root, 1).unwrap();
    node.advance(60).unwrap();
    node.accept_batch(LEAGUE, batch).unwrap();
}

fn turn(node: &mut ArenaNode, watcher: &mut Watcher, account: &str, asserts: bool) -> WatchTurn {
    let options = WatchOptions { account, leagues: &[], asserts, threads: 2, stop: &GO_ON };
    let turn = watcher.turn(node, options, &Silent).unwrap();
    assert!(turn.problems.is_empty(), "{:?}", turn.problems);
    turn
}

fn kinds(done: &[Deed]) -> Vec<DeedKind> {
    done.iter().map(|deed| deed.kind).collect()
}

/// Lets a watcher that asserts, and has done this, bring the round to its end.
fn finish(node: &mut ArenaNode, watcher: &mut Watcher, mut done: Vec<DeedKind>) -> Vec<DeedKind> {
    for _ in 0..TURNS_MAX {
        if done.contains(&DeedKind::Payout) {
            return done;
        }
        let turn = turn(node, watcher, HAL, true);
        assert!(turn.refused.is_empty(), "{:?}", turn.refused);
        done.extend(kinds(&turn.done));
        if turn.done.is_empty() {
            node.advance(1).unwrap();
        }
    }
    panic!("the round is not over after {done:?}");
}

#[test]
fn a_watcher_shows_how_a_match_went_on_whose_clock_was_started_when_it_was_over() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::new(folder.path(), Entry::Alone);
    stage.bring(&stage.signed(0, 0));
    stage.bring(&stage.signed(1, 5));
    let (mut node, mut watcher) = (stage.shown(), Watcher::default());
    let first = turn(&mut node, &mut watcher, HAL, true);
    assert!(first.done.iter().any(|deed| deed.about == "match 0"), "{:?}", first.done);
    assert!(first.done.iter().any(|deed| deed.about == "match 1"), "{:?}", first.done);
    assert!(kinds(&first.done).iter().all(|kind| *kind == DeedKind::Advance));
    assert!(turn(&mut node, &mut watcher, HAL, true).done.is_empty());
    finish(&mut node, &mut watcher, Vec::new());
    drop(node);
    // Its owner is paid for what it played: no clock ran out.
    let node = ArenaNode::open(&stage.root).unwrap();
    let totals: i64 = stage.records.iter().map(|record| record.outcome.scores[0]).sum();
    let report = nets_node::round_report(&node, LEAGUE, Some(0), two_threads(), &Silent).unwrap();
    assert_eq!(report.standings[0].total, totals);
    assert_eq!(verified(node).matches, 2);
}

#[test]
fn who_runs_a_round_answers_such_clocks_too() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::new(folder.path(), Entry::Alone);
    stage.bring(&stage.signed(0, 0));
    let mut node = stage.shown();
    let report = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    assert!(report.matches.iter().all(|line| line.faults.is_empty()), "{:?}", report.matches);
    assert_eq!(verified(node).matches, 2);
}

#[test]
fn a_watcher_reports_an_agent_that_said_two_things_of_one_step() {
    reports_the_agent(Entry::Alone);
}

#[test]
fn an_agent_of_a_batch_that_said_two_things_is_enrolled_and_reported() {
    let before = reports_the_agent(Entry::Sponsored);
    assert_eq!(before, [DeedKind::Enroll]);
}

/// What a watcher does before it reports an agent that came in this way and said two things of one step.
fn reports_the_agent(entry: Entry) -> Vec<DeedKind> {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::new(folder.path(), entry);
    let mut other = stage.signed(0, 7);
    let said = stage.records[0].steps[7].actions[0];
    let legal = other.state().legal_actions(Seat(0));
    let action = *legal.iter().find(|action| **action != said).unwrap();
    let digest = other.statement(&other.turn().unwrap(), action).digest();
    let signature = key("ada").sign(&digest).unwrap();
    other.play(Play { action, signature }).unwrap();
    stage.bring(&other);
    let (mut node, mut watcher) = (stage.shown(), Watcher::default());
    let mut before = Vec::new();
    let report = loop {
        let turn = turn(&mut node, &mut watcher, WANDA, false);
        assert!(!turn.done.is_empty(), "nothing is done after {before:?}: {:?}", turn.refused);
        if let Some(report) = turn.done.iter().find(|deed| deed.kind == DeedKind::Report) {
            break report.clone();
        }
        before.extend(kinds(&turn.done).into_iter().filter(|kind| *kind != DeedKind::Advance));
    };
    assert_eq!(report.about, "member 0: two actions for step 7 of match 0");
    // What is known from both sides is not reported twice, and the round goes on as it was.
    assert!(!finish(&mut node, &mut watcher, Vec::new()).contains(&DeedKind::Report));
    let wanda = node.account(WANDA).unwrap().address();
    assert!(node.capital(&wanda).unwrap().0 > 100_000, "half of a stake is the reporter's");
    assert_eq!(node.coin().unwrap().sum(), node.coin().unwrap().balance);
    before
}

#[test]
fn what_nobody_shows_a_watcher_it_demands_and_believes_if_all_of_it_is_signed() {
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::new(folder.path(), Entry::Alone);
    let (mut node, mut hal) = (stage.shown(), Watcher::default());
    while turn(&mut node, &mut hal, HAL, true).done.is_empty() {
        node.advance(1).unwrap();
    }
    let assertion = Lie::Score { match_index: 1, seat: 0, more: 1 };
    let liar = Liar::assert(&mut node, MALLORY, LEAGUE, assertion, two_threads(), &Silent).unwrap();
    drop(node);
    let (mut node, mut wanda) = (stage.hidden(), Watcher::default());
    let (mut done, mut hals) = (Vec::new(), Vec::new());
    for _ in 0..TURNS_MAX {
        // It knows no match, and so asserts nothing of its own.
        let turned = turn(&mut node, &mut wanda, WANDA, true);
        done.extend(kinds(&turned.done));
        let standing = |number| {
            let one = turned.standing.iter().find(|one| one.judged.assertion == number);
            one.map(|one| one.judged.standing)
        };
        if standing(0) == Some(Standing::Right) && standing(liar.assertion).is_none() {
            break;
        }
        assert!(!matches!(standing(0), Some(Standing::Refutable(_))), "{done:?}");
        let answers = kinds(&turn(&mut node, &mut hal, HAL, true).done);
        let lies = liar.answer(&mut node).unwrap();
        if answers.is_empty() && lies.is_empty() && turned.done.is_empty() {
            node.advance(1).unwrap();
        }
        hals.extend(answers);
    }
    assert!(done.contains(&DeedKind::Demand) && done.contains(&DeedKind::Refute), "{done:?}");
    assert!(!done.contains(&DeedKind::Assert), "{done:?}");
    assert!(finish(&mut node, &mut hal, hals).contains(&DeedKind::Answer));
    assert!(turn(&mut node, &mut wanda, WANDA, true).problems.is_empty());
    assert_eq!(node.coin().unwrap().sum(), node.coin().unwrap().balance);
}
