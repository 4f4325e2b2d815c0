//! A round ends wholly, wherever its process dies, and nothing is said that is not final.

use std::collections::BTreeMap;
use std::path::Path;

use alloy_primitives::B256;
use nets_chain::{Account, Arena, ChainAdapter, EmbeddedChain, IArena};
use nets_core::Digest;
use nets_node::{
    ArenaNode, Claim, ClaimKind, CoinUse, LeagueSettings, NodeError, RoundOptions, open_round,
    post_claims, resume_round, round_report, run_round, verify,
};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::{GO_ON, Silent, arena, copy, cut_chain, short_league, two_threads};

const LEAGUE: &str = "silver";
const AGENTS: [(&str, &str); 2] = [("ada", "rps-rock"), ("gil", "rps-cycle")];

/// A round with a lie of member 1 and no payouts, run to its end; gives the block of the lie.
fn settled(root: &Path) -> u64 {
    let unpaid = |node: &ArenaNode| LeagueSettings { payouts: Vec::new(), ..short_league(node) };
    let mut node = arena(root, unpaid, &AGENTS);
    open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    let lie = BTreeMap::from([(1, ClaimKind::Given(Claim::EachMatch(vec![99, 99])))]);
    post_claims(&mut node, LEAGUE, &lie, two_threads(), &Silent).unwrap();
    let claimed = node.head().unwrap().number;
    assert_eq!(run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap().slashed, [1]);
    claimed
}

#[test]
fn a_round_that_dies_after_any_of_its_blocks_is_finished_as_if_it_had_not() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let first = settled(&root);
    let end = ArenaNode::open(&root).unwrap().head().unwrap();
    for blocks in first..end.number {
        let dead = folder.path().join(format!("dead-{blocks}"));
        copy(&root, &dead);
        cut_chain(&dead, blocks);
        let mut node = ArenaNode::open(&dead).unwrap();
        let report = resume_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap().unwrap();
        assert_eq!(report.slashed, [1], "died after block {blocks}");
        assert_eq!(node.head().unwrap(), end, "died after block {blocks}");
    }
}

#[test]
fn whoever_asserted_the_outcome_is_paid_out_of_the_purse() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let paid = |node: &ArenaNode| LeagueSettings { assertion_payout: 7, ..short_league(node) };
    let mut node = arena(&root, paid, &AGENTS);
    let purse = |node: &ArenaNode| {
        let held = node.coin().unwrap().held.into_iter();
        held.filter(|held| held.held_for == CoinUse::Purse).map(|held| held.amount).sum::<u128>()
    };
    let operator = node.account("operator").unwrap().address();
    let (before, _) = node.capital(&operator).unwrap();
    let filled = purse(&node);
    let report = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    let coin = node.coin().unwrap();
    assert_eq!(coin.sum(), coin.balance, "every unit is accounted for");
    let (after, _) = node.capital(&operator).unwrap();
    // The operator's account was filled with what its bond needs, which came back.
    let bond = node.league(LEAGUE).unwrap().terms.assertionBond;
    assert_eq!(after, before.max(bond) + 7);
    let paid: u128 = report.payouts.iter().map(|line| line.amount).sum();
    let fees = 2 * node.league(LEAGUE).unwrap().terms.entryPrice;
    assert_eq!(purse(&node), filled + fees - paid - 7);
    drop(node);
    verify(&root, 1, &GO_ON, &Silent).unwrap();
}

#[test]
fn a_liar_is_slashed_before_the_next_round_opens() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    settled(&root);
    let end = ArenaNode::open(&root).unwrap().head().unwrap();
    for is_run in [true, false] {
        let dead = folder.path().join(format!("dead-{is_run}"));
        copy(&root, &dead);
        cut_chain(&dead, end.number - 1);
        let owing = verify(&dead, 1, &GO_ON, &Silent).unwrap().owing;
        assert_eq!(owing.iter().map(|it| &it.unslashed_members[..]).collect::<Vec<_>>(), [[1]]);
        let mut node = ArenaNode::open(&dead).unwrap();
        assert!(!node.members(LEAGUE).unwrap()[1].is_banned, "it died before the slashing");
        if is_run {
            run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
        } else {
            // One honest agent is too few for a next round, so all that is done is the slashing.
            open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap_err();
        }
        assert!(node.members(LEAGUE).unwrap()[1].is_banned);
        assert_eq!(node.head().unwrap(), end);
        drop(node);
        assert_eq!(verify(&dead, 1, &GO_ON, &Silent).unwrap().owing, []);
    }
}

#[test]
fn who_asks_to_stop_waits_for_no_further_block() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = arena(&folder.path().join("arena"), short_league, &AGENTS);
    open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    let before = node.head().unwrap();
    let stop = AtomicBool::new(true);
    let options = RoundOptions { threads: 1, stop: &stop };
    let stopped = run_round(&mut node, LEAGUE, options, &Silent).unwrap_err();
    assert!(matches!(stopped, NodeError::Interrupted), "{stopped}");
    assert_eq!(node.head().unwrap(), before);
    stop.store(false, Ordering::Relaxed);
    run_round(&mut node, LEAGUE, options, &Silent).unwrap();
}

#[test]
fn several_claims_fit_into_one_block_and_a_late_one_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let one_block = |node: &ArenaNode| LeagueSettings { claim_blocks: 1, ..short_league(node) };
    let mut node = arena(&folder.path().join("arena"), one_block, &AGENTS);
    open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    let claims: BTreeMap<_, _> = (0..2).map(|member| (member, ClaimKind::Computed)).collect();
    let before = node.head().unwrap().number;
    let posted = post_claims(&mut node, LEAGUE, &claims, two_threads(), &Silent).unwrap();
    assert_eq!(posted.len(), 2);
    assert_eq!(node.head().unwrap().number, before + 1);
    let late = post_claims(&mut node, LEAGUE, &claims, two_threads(), &Silent).unwrap_err();
    assert!(matches!(late, NodeError::TooLateToClaim { .. }), "{late}");
    assert_eq!(run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap().slashed, [0u32; 0]);
}

#[test]
fn nobody_is_charged_for_a_round_that_the_purse_cannot_pay() {
    let folder = tempfile::tempdir().unwrap();
    let dear = |node: &ArenaNode| LeagueSettings { payouts: vec![4_000], ..short_league(node) };
    let mut node = arena(&folder.path().join("arena"), dear, &AGENTS);
    run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    let before = node.head().unwrap();
    let refused = run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap_err();
    assert!(refused.to_string().contains("its purse holds"), "{refused}");
    assert_eq!(node.head().unwrap(), before);
    node.fund_league(LEAGUE, 8_000).unwrap();
    run_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
}

#[test]
fn standings_are_compared_with_what_is_final() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = arena(&root, short_league, &AGENTS);
    open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    let seeded = node.head().unwrap().number;
    let operator = Account::from_secret(&node.account("operator").unwrap().secret()).unwrap();
    let contracts: Arena = node.contracts().clone();
    let chain_id = node.chain().chain_id();
    drop(node);
    let mut chain = EmbeddedChain::open(&root.join("chain"), chain_id).unwrap();
    chain.advance(2).unwrap();
    assert!(chain.head().unwrap().number > seeded);
    let root_of_nothing = B256::new(Digest([7; 32]).0);
    let falsely = IArena::assertResultCall {
        league: 0,
        round: 0,
        entryCount: 2,
        entriesRoot: root_of_nothing,
        matchesRoot: root_of_nothing,
        ranksRoot: root_of_nothing,
    };
    let call = contracts.call(&falsely);
    contracts.send::<IArena::assertResultCall>(&mut chain, &operator, call).unwrap();
    chain.advance(1).unwrap();
    let call = contracts.call(&IArena::finalizeCall { league: 0, round: 0, assertion: 0 });
    contracts.send::<IArena::finalizeCall>(&mut chain, &operator, call).unwrap();
    drop(chain);
    let mut node = ArenaNode::open(&root).unwrap();
    let options = RoundOptions { threads: 1, stop: &GO_ON };
    let refuted = round_report(&node, LEAGUE, None, options, &Silent).unwrap_err();
    assert!(matches!(refuted, NodeError::NotAsserted { .. }), "{refuted}");
    assert!(refuted.to_string().contains("entries root asserted 0x0707"), "{refuted}");
    // Nothing of it can be proven, so the league goes on.
    let next = run_round(&mut node, LEAGUE, options, &Silent).unwrap();
    assert_eq!(next.round, 1);
}
