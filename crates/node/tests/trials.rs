//! What somebody does with trials to keep a watcher from everything else.

use std::fs;
use std::path::Path;

use alloy_primitives::B256;
use nets_chain::trial_calls::{ICourt, ITrials};
use nets_chain::{Account, Arena, Call, ChainAdapter, EmbeddedChain};
use nets_core::sha256;
use nets_node::{
    ArenaNode, DeedKind, LeagueFile, LeagueSettings, Liar, Lie, Watcher, longest_match, open_round,
};

use crate::lies::{MALLORY, WANDA, options};
use crate::support::{Silent, arena, module, two_threads};

const LEAGUE: &str = "gold";
const OWNERS: [(&str, &str); 2] = [("ada", "connect-four-greedy"), ("bo", "connect-four-random")];

fn league(node: &ArenaNode) -> LeagueSettings {
    let file = LeagueFile::read(&node.folder().league_file()).unwrap();
    LeagueSettings {
        matches_per_round: 4,
        claim_blocks: 1,
        demand_blocks: 2,
        challenge_blocks: 80,
        void_blocks: 10_000,
        unbond_blocks: 20_000,
        ..file.league(LEAGUE).unwrap().clone()
    }
}

fn stage(root: &Path) -> ArenaNode {
    let mut node = arena(root, league, &OWNERS);
    for account in [MALLORY, WANDA] {
        node.create_account(account, Some(sha256(account.as_bytes()).0)).unwrap();
        node.fund_account(account, 100_000).unwrap();
    }
    open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    node.advance(2).unwrap();
    node
}

/// The creation code of an arena that says of every assertion that it has one match of one seat, whose
/// leaf has this hash, and takes no bonds.
fn made_up_arena(root: B256) -> Vec<u8> {
    let create = [0x60, 0x3d, 0x80, 0x60, 0x0b, 0x60, 0, 0x39, 0x60, 0, 0xf3];
    let mut code = [&create[..], &[0x7f], &root.0, &[0x60, 0, 0x52]].concat();
    for place in [0x20, 0x40, 0x60, 0x80] {
        code.extend([0x60, 1, 0x60, place, 0x52]);
    }
    code.extend([0x60, 0xa0, 0x60, 0, 0xf3]);
    code
}

/// Opens a trial in an arena of one's own, of a match that nobody has ever heard of.
fn open_made_up_trial(root: &Path) {
    let mut chain = EmbeddedChain::open(&root.join("chain"), 0x6e65_7473).unwrap();
    let arena = Arena::new(chain.deployment().unwrap());
    let mallory = Account::from_secret(&sha256(b"a made up arena").0).unwrap();
    let (match_id, tree_root) = (B256::repeat_byte(1), B256::repeat_byte(2));
    let trace_root = sha256(&[&[2], &match_id.0[..], &[1, 0, 0, 0], &tree_root.0].concat());
    let head = [&[0, 4, 0], &trace_root.0[..], &[0; 4], &[1]].concat();
    let leaf = [head, vec![0; 16]].concat();
    let data = made_up_arena(B256::new(sha256(&leaf).0)).into();
    let made = chain.send(&[(&mallory, Call { to: None, value: 0, data })]).unwrap();
    let target =
        ICourt::Target { arena: made[0].created.unwrap(), league: 0, round: 0, assertion: 0 };
    let opening = ITrials::openTrialCall {
        target,
        matchProof: ICourt::Proof { index: 0, leaf: leaf.into(), path: vec![] },
        trace: ICourt::Trace { matchId: match_id, leafCount: 1, treeRoot: tree_root },
        seat: 0,
    };
    let opened = chain.send(&[(&mallory, arena.demands_call(&opening))]).unwrap();
    assert!(opened[0].is_success && !opened[0].logs.is_empty());
}

#[test]
fn a_trial_in_a_made_up_arena_concerns_no_watcher() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = stage(&root);
    let mut watcher = Watcher::default();
    let turn = watcher.turn(&mut node, options(WANDA, true), &Silent).unwrap();
    assert_eq!(turn.done[0].kind, DeedKind::Assert);
    drop(node);
    open_made_up_trial(&root);
    let mut node = ArenaNode::open(&root).unwrap();
    node.advance(80).unwrap();
    let turn = watcher.turn(&mut node, options(WANDA, true), &Silent).unwrap();
    assert!(turn.problems.is_empty(), "{:?}", turn.problems);
    assert_eq!(turn.done.first().map(|deed| deed.kind), Some(DeedKind::Finalize), "{turn:?}");
}

#[test]
fn a_trial_that_cannot_be_gone_on_with_keeps_nobody_from_anything_else() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = stage(&root);
    let mut watcher = Watcher::default();
    let (match_index, _) = longest_match(&node, LEAGUE, two_threads(), &Silent).unwrap();
    let lie = |node: &mut ArenaNode, lie| {
        Liar::assert(node, MALLORY, LEAGUE, lie, two_threads(), &Silent).unwrap()
    };
    let mut tried = lie(&mut node, Lie::Decision { match_index, step: 0 });
    let mut kinds = Vec::new();
    while !kinds.contains(&DeedKind::Try) {
        let turn = watcher.turn(&mut node, options(WANDA, true), &Silent).unwrap();
        kinds.extend(turn.done.iter().map(|deed| deed.kind));
        tried.answer(&mut node).unwrap();
    }
    assert!(!tried.defend(&mut node, 50).unwrap().is_empty());
    lie(&mut node, Lie::Score { match_index, seat: 0, more: 1 });
    // The watcher is started again, and its modules are gone; what it has computed it still knows.
    drop(node);
    for (_, name) in OWNERS {
        let hash = sha256(&fs::read(module(name)).unwrap());
        fs::remove_file(root.join(format!("artifacts/modules/{hash}.wasm"))).unwrap();
    }
    let mut node = ArenaNode::open(&root).unwrap();
    let turn = watcher.turn(&mut node, options(WANDA, true), &Silent).unwrap();
    assert!(turn.problems.is_empty(), "{:?}", turn.problems);
    let about_the_other = turn.done.iter().filter(|deed| deed.assertion == Some(2));
    assert!(about_the_other.count() > 0, "{turn:?}");
}
