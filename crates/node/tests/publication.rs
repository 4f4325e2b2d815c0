//! Leagues in which code may be demanded: what is hidden does not play, what is shown does, and the
//! round goes on to its payouts.

use std::fs;
use std::path::{Path, PathBuf};

use alloy_primitives::B256;
use alloy_sol_types::SolCall;
use nets_chain::{Arena, Call, ChainAdapter, EmbeddedChain, IArena, RoundStatus, Signer};
use nets_core::{Digest, sha256};
use nets_node::{
    AgentEntry, ArenaNode, AssertedTree, DeedKind, LeagueSettings, Liar, Lie, NodeError, Refusal,
    Standing, WatchOptions, WatchTurn, Watcher, open_round, resume_round, round_report, run_round,
    verify, void_round,
};

use crate::support::{GO_ON, Silent, arena, module, short_league, two_threads};

const LEAGUE: &str = "silver";
const WANDA: &str = "wanda";
const AGENTS: [(&str, &str); 3] =
    [("ada", "rps-rock"), ("bo", "rps-cycle"), ("chen", "rps-avenger")];
/// Whose agent hides its code in most of these tests.
const HIDING: usize = 2;

fn league(node: &ArenaNode) -> LeagueSettings {
    LeagueSettings { code_blocks: 3, unbond_blocks: 40, ..short_league(node) }
}

/// An arena with three agents and a watcher that has coin.
fn stage(root: &Path) -> ArenaNode {
    let mut node = arena(root, league, &AGENTS);
    node.create_account(WANDA, Some(sha256(WANDA.as_bytes()).0)).unwrap();
    node.fund_account(WANDA, 1_000).unwrap();
    node
}

fn code(agent: usize) -> Vec<u8> {
    fs::read(module(AGENTS[agent].1)).unwrap()
}

fn code_hash(agent: usize) -> Digest {
    sha256(&code(agent))
}

fn path(root: &Path, agent: usize) -> PathBuf {
    root.join(format!("artifacts/modules/{}.wasm", code_hash(agent)))
}

fn hide(root: &Path, agent: usize) {
    fs::remove_file(path(root, agent)).unwrap();
}

/// Sends calls of the arena from local accounts, beside the node.
fn send(root: &Path, calls: &[(&str, Vec<u8>)]) {
    let node = ArenaNode::open(root).unwrap();
    let accounts: Vec<_> = calls.iter().map(|(name, _)| node.account(name).unwrap()).collect();
    let (arena, id) = (node.contracts().clone(), node.chain().chain_id());
    drop(node);
    let mut chain = EmbeddedChain::open(&root.join("chain"), id).unwrap();
    for (account, (_, data)) in accounts.iter().zip(calls) {
        let to = Some(arena.deployment().arena);
        let call = Call { to, value: 0, data: data.clone().into() };
        let receipts = chain.send(&[(account as &dyn Signer, call)]).unwrap();
        let words = Arena::refusal_in_words(&receipts[0].output);
        assert!(receipts[0].is_success, "{words}");
    }
}

fn open() -> Vec<u8> {
    IArena::openRoundCall { league: 0 }.abi_encode()
}

fn demand(round: u32, member: u32, agent: usize) -> Vec<u8> {
    let code_hash = B256::new(code_hash(agent).0);
    IArena::demandCodeCall { league: 0, round, member, codeHash: code_hash }.abi_encode()
}

fn show(member: u32, agent: usize) -> Vec<u8> {
    IArena::showCodeCall { league: 0, member, code: code(agent).into() }.abi_encode()
}

fn watch(root: &Path, asserts: bool) -> WatchTurn {
    let mut node = ArenaNode::open(root).unwrap();
    let options = WatchOptions { account: WANDA, leagues: &[], asserts, threads: 2, stop: &GO_ON };
    let turn = Watcher::default().turn(&mut node, options, &Silent).unwrap();
    assert!(turn.refused.is_empty(), "{:?}", turn.refused);
    turn
}

fn kinds(turn: &WatchTurn) -> Vec<DeedKind> {
    turn.done.iter().map(|deed| deed.kind).collect()
}

fn free(node: &ArenaNode, name: &str) -> u128 {
    node.capital(&node.account(name).unwrap().address()).unwrap().0
}

fn balanced(node: &ArenaNode) {
    let coin = node.coin().unwrap();
    assert_eq!(coin.sum(), coin.balance);
}

fn members_of(report: &nets_node::RoundReport) -> Vec<u32> {
    let mut members: Vec<_> = report.standings.iter().map(|line| line.member).collect();
    members.sort_unstable();
    members
}

#[test]
fn a_round_with_a_hidden_module_is_played_by_the_others_to_its_payouts() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = stage(&root);
    hide(&root, HIDING);
    let operator = free(&node, "operator");
    let purse = node.purse(&node.league(LEAGUE).unwrap()).unwrap();
    let report = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    assert_eq!(members_of(&report), [0, 1]);
    let paid: u128 = report.payouts.iter().map(|line| line.amount).sum();
    let fees = 3 * node.league(LEAGUE).unwrap().terms.entryPrice;
    let left = node.purse(&node.league(LEAGUE).unwrap()).unwrap();
    assert_eq!(left, purse + fees - paid, "the price of who hid stays in the purse");
    assert_eq!(free(&node, "operator"), operator, "who demanded has its bond back");
    assert_eq!(node.rounds(LEAGUE).unwrap()[0].entries, 2);
    let hiding = node.members(LEAGUE).unwrap()[HIDING];
    assert!(!hiding.is_banned && hiding.stake > 0, "hiding is no lie");
    balanced(&node);

    // Once its module is there, nobody demands it, and it plays.
    fs::write(path(&root, HIDING), code(HIDING)).unwrap();
    let report = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    assert_eq!(members_of(&report), [0, 1, 2]);
    let earlier = round_report(&node, LEAGUE, Some(0), two_threads(), &Silent).unwrap();
    assert_eq!(members_of(&earlier), [0, 1], "the round before is what it was");
    balanced(&node);
    drop(node);
    let report = verify(&root, 2, &GO_ON, &Silent).unwrap();
    assert_eq!((report.rounds, report.owing.len()), (2, 0));
}

#[test]
fn an_arena_is_verified_without_the_modules_of_who_hid_them() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = stage(&root);
    hide(&root, HIDING);
    run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    drop(node);
    verify(&root, 2, &GO_ON, &Silent).unwrap();
    // Of who played, it is needed.
    hide(&root, 0);
    assert!(verify(&root, 2, &GO_ON, &Silent).is_err());
}

#[test]
fn who_demands_what_is_public_pays_for_it_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let node = stage(&root);
    let (before, operator) = (free(&node, WANDA), free(&node, "operator"));
    drop(node);
    let demands = (0..3).map(|agent| (WANDA, demand(0, agent as u32, agent)));
    send(&root, &[vec![("operator", open())], demands.collect()].concat());
    let mut node = ArenaNode::open(&root).unwrap();
    balanced(&node);
    assert_eq!(node.rounds(LEAGUE).unwrap()[0].status, RoundStatus::Publishing);
    assert_eq!(node.rounds(LEAGUE).unwrap()[0].entries, 0);
    let report = resume_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap().unwrap();
    assert_eq!(members_of(&report), [0, 1, 2]);
    let bond = node.league(LEAGUE).unwrap().terms.demandBond;
    assert_eq!(free(&node, WANDA), before - 3 * bond);
    assert_eq!(free(&node, "operator"), operator + 3 * bond, "who showed the modules earns");
    balanced(&node);
    drop(node);
    // What was shown is in the log, so the files can be had from it.
    hide(&root, 1);
    verify(&root, 2, &GO_ON, &Silent).unwrap();
    assert_eq!(fs::read(path(&root, 1)).unwrap(), code(1));
}

#[test]
fn who_is_stopped_while_code_is_demanded_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let node = stage(&root);
    hide(&root, HIDING);
    drop(node);
    let hidden = ("operator", demand(0, HIDING as u32, HIDING));
    send(&root, &[("operator", open()), hidden, (WANDA, demand(0, 1, 1))]);
    for _ in 0..2 {
        let mut node = ArenaNode::open(&root).unwrap();
        node.advance(1).unwrap();
        assert_eq!(node.rounds(LEAGUE).unwrap()[0].status, RoundStatus::Publishing);
    }
    let mut node = ArenaNode::open(&root).unwrap();
    let operator = free(&node, "operator");
    let report = resume_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap().unwrap();
    assert_eq!(members_of(&report), [0, 1]);
    let bond = node.league(LEAGUE).unwrap().terms.demandBond;
    assert_eq!(
        free(&node, "operator"),
        operator + 2 * bond,
        "its own back, and the other's earned"
    );
    drop(node);
    verify(&root, 2, &GO_ON, &Silent).unwrap();
}

#[test]
fn a_watcher_demands_what_it_lacks_shows_what_it_has_and_has_its_bonds_back() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let node = stage(&root);
    let before = free(&node, WANDA);
    drop(node);
    hide(&root, HIDING);
    send(&root, &[("operator", open())]);
    let advance = |blocks| ArenaNode::open(&root).unwrap().advance(blocks).unwrap();
    assert_eq!(kinds(&watch(&root, true)), [], "sources have time to give what is missing");
    advance(1);
    assert_eq!(kinds(&watch(&root, true)), [DeedKind::DemandCode]);
    assert_eq!(kinds(&watch(&root, true)), []);
    // Somebody else demands what is here.
    send(&root, &[("operator", demand(0, 0, 0))]);
    assert_eq!(kinds(&watch(&root, true)), [DeedKind::ShowCode]);
    advance(3);
    let turn = watch(&root, true);
    assert_eq!(kinds(&turn), [DeedKind::Reclaim, DeedKind::ClosePublication], "{turn:?}");
    let mut node = ArenaNode::open(&root).unwrap();
    let bond = node.league(LEAGUE).unwrap().terms.demandBond;
    assert_eq!(free(&node, WANDA), before + bond);
    assert_eq!(node.rounds(LEAGUE).unwrap()[0].status, RoundStatus::Open);
    let report = resume_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap().unwrap();
    assert_eq!(members_of(&report), [0, 1]);
}

#[test]
fn who_has_shown_its_module_is_left_in_peace() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = stage(&root);
    assert_eq!(node.show_code(LEAGUE, HIDING as u32).unwrap(), code(HIDING).len());
    let again = node.show_code(LEAGUE, HIDING as u32).unwrap_err();
    assert!(matches!(&again, NodeError::Refused { refusal: Refusal::CodeKnown, .. }), "{again}");
    hide(&root, HIDING);
    let operator = free(&node, "operator");
    let report = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    assert_eq!(members_of(&report), [0, 1, 2]);
    assert_eq!(free(&node, "operator"), operator, "nobody had to ask");
    assert_eq!(fs::read(path(&root, HIDING)).unwrap(), code(HIDING));
}

#[test]
fn two_agents_with_one_module_are_shown_by_one_call_and_one_more() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = stage(&root);
    let twin = AgentEntry { owner: WANDA, module: &module("rps-rock"), stake: None, rounds: 1 };
    assert_eq!(node.add_agent(LEAGUE, &twin).unwrap(), 3);
    drop(node);
    let demands = [("bo", demand(0, 0, 0)), ("bo", demand(0, 3, 0))];
    send(&root, &[&[("operator", open())], &demands[..], &[("chen", show(0, 0))]].concat());
    assert_eq!(kinds(&watch(&root, false)), [DeedKind::Readmit]);
    let mut node = ArenaNode::open(&root).unwrap();
    let report = resume_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap().unwrap();
    assert_eq!(members_of(&report), [0, 1, 2, 3]);
}

#[test]
fn a_round_in_which_all_hide_is_given_up_and_no_watcher_or_owner_stalls_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = stage(&root);
    (1..3).for_each(|agent| hide(&root, agent));
    let error = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap_err();
    let few = Refusal::TooFewShown { got: 1, needed: 2 };
    assert!(matches!(&error, NodeError::Refused { refusal, .. } if *refusal == few), "{error}");
    let ada = free(&node, "ada");
    let voided = void_round(&mut node, LEAGUE, &GO_ON).unwrap();
    let price = node.league(LEAGUE).unwrap().terms.entryPrice;
    assert_eq!(voided.refunds, [(0, price)]);
    assert_eq!(free(&node, "ada"), ada + price);
    balanced(&node);
    drop(node);
    verify(&root, 2, &GO_ON, &Silent).unwrap();
}

/// Members 0, 1 and 3 play; 2 hides its code, and 3 was asked for its.
#[test]
fn an_outcome_that_seats_who_hid_or_leaves_out_who_showed_dies() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = stage(&root);
    let shown = AgentEntry { owner: WANDA, module: &module("rps-rock"), stake: None, rounds: 1 };
    assert_eq!(node.add_agent(LEAGUE, &shown).unwrap(), 3);
    drop(node);
    hide(&root, HIDING);
    let calls = [("operator", open()), ("operator", demand(0, 3, 0)), (WANDA, show(3, 0))];
    send(&root, &calls);
    let mut node = ArenaNode::open(&root).unwrap();
    open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    node.advance(3).unwrap();
    let lies = [
        Lie::Missing,
        // The last entry is member 3; this names member 2 in its place.
        Lie::Byte { tree: AssertedTree::Entries, leaf: 2, offset: 2 },
    ];
    for lie in lies {
        let liar =
            Liar::assert(&mut node, "operator", LEAGUE, lie, two_threads(), &Silent).unwrap();
        let options =
            WatchOptions { account: WANDA, leagues: &[], asserts: false, threads: 2, stop: &GO_ON };
        let mut watcher = Watcher::default();
        let is_dead = (0..40).any(|_| {
            let turn = watcher.turn(&mut node, options, &Silent).unwrap();
            let is_there = turn.standing.iter().any(|one| {
                assert_ne!(one.judged.standing, Standing::Right, "{lie:?}");
                one.judged.assertion == liar.assertion
            });
            let answered = !liar.answer(&mut node).unwrap().is_empty();
            if turn.done.is_empty() && !answered && is_there {
                node.advance(1).unwrap();
            }
            !is_there
        });
        assert!(is_dead, "{lie:?}");
    }
    let report = resume_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap().unwrap();
    assert_eq!(members_of(&report), [0, 1, 3]);
}

#[test]
fn showing_a_module_costs_what_its_bytes_cost_and_the_largest_fits_one_transaction() {
    // EIP-7825: what one transaction may use on Ethereum.
    const GAS_MAX: u64 = 1 << 24;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let roomy = |node: &ArenaNode| LeagueSettings { slots_per_owner: 8, ..league(node) };
    let node = arena(&root, roomy, &AGENTS);
    let account = node.account("operator").unwrap();
    let (arena, id) = (node.contracts().clone(), node.chain().chain_id());
    drop(node);
    let mut chain = EmbeddedChain::open(&root.join("chain"), id).unwrap();
    let mut gas_of = |call: Call| {
        let receipts = chain.send(&[(&account as &dyn Signer, call)]).unwrap();
        let words = Arena::refusal_in_words(&receipts[0].output);
        assert!(receipts[0].is_success, "{words}");
        receipts[0].gas_used
    };
    // Bytes without zeros, which cost the most.
    let mut show = |bytes: usize, member: u32| {
        let code: Vec<u8> = (0..bytes).map(|i| (i % 251) as u8 + 1).collect();
        let code_hash = B256::new(sha256(&code).0);
        let (stake, rounds) = (100, 1);
        let register = IArena::registerCall { league: 0, codeHash: code_hash, stake, rounds };
        gas_of(arena.call(&register));
        let call = arena.call(&IArena::showCodeCall { league: 0, member, code: code.into() });
        // A node of Ethereum takes transactions of 128 KiB, of which the rest needs some 200.
        assert!(bytes > 128_000 || call.data.len() + 1_000 < 128 << 10, "{bytes}");
        gas_of(call)
    };
    let sizes = [(1_000, 3), (30_000, 4), (100_000, 5), (128_000, 6)];
    let shown = sizes.map(|(bytes, member)| show(bytes, member));
    show(12 << 20, 7);
    assert!(shown.iter().all(|gas| *gas < GAS_MAX), "{shown:?}");
    gas_of(arena.call(&IArena::openRoundCall { league: 0 }));
    let demanded =
        gas_of(Call { to: Some(arena.deployment().arena), value: 0, data: demand(0, 0, 0).into() });
    let said = [81, 87, 1_220, 4_020, 5_140];
    let got = [demanded, shown[0], shown[1], shown[2], shown[3]];
    let is_near = |(got, said): (&u64, u64)| got.abs_diff(said * 1_000) <= said * 20;
    assert!(got.iter().zip(said).all(is_near), "contracts/README.md says other than {got:?}");
}
