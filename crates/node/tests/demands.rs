//! An honest assertion from which everything is demanded: its asserter gives it, and it is final.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolEventInterface;
use nets_chain::demands::ICourt::{NodeProof, Proof, Target, Trace};
use nets_chain::demands::IDemands::{self, Demand, IDemandsEvents};
use nets_chain::{Account, Arena, ChainAdapter, EmbeddedChain, IArena};
use nets_core::{EMPTY_NODE, MatchId, MerkleTree, StepLeaf, path_length, sha256, trace_root};
use nets_node::{
    ArenaNode, LeagueFile, LeagueSettings, NodeError, Progress, RoundOptions, open_round,
    resume_round, verify,
};

use crate::support::{GO_ON, Silent, arena, two_threads};

const LEAGUE: &str = "bronze";
const AGENTS: [(&str, &str); 4] = [
    ("ada", "snake-greedy"),
    ("bo", "snake-scout"),
    ("chen", "snake-drifter"),
    ("dora", "snake-wanderer"),
];

/// Where the trees of a round are in a call.
const MATCHES: u8 = 1;

/// Asks to stop at the first note that says so.
struct StopAt<'a> {
    said: &'a str,
    stop: &'a AtomicBool,
}

impl Progress for StopAt<'_> {
    fn matches(&self, _done: u32, _total: u32) {}

    fn note(&self, text: &str) {
        if text.contains(self.said) {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

fn league(node: &ArenaNode) -> LeagueSettings {
    let file = LeagueFile::read(&node.folder().league_file()).unwrap();
    let league = file.league(LEAGUE).unwrap().clone();
    LeagueSettings {
        claim_blocks: 1,
        challenge_blocks: 60,
        void_blocks: 8,
        unbond_blocks: 80,
        ..league
    }
}

/// Goes on with the round until something is said of it.
fn run_until(root: &Path, said: &str) {
    let mut node = ArenaNode::open(root).unwrap();
    let stop = AtomicBool::new(false);
    let options = RoundOptions { threads: 2, stop: &stop };
    let stopped = resume_round(&mut node, LEAGUE, options, &StopAt { said, stop: &stop });
    assert!(matches!(stopped, Err(NodeError::Interrupted)), "{stopped:?}");
}

/// Somebody who demands things, by the contracts alone.
struct Demander {
    chain: EmbeddedChain,
    arena: Arena,
    account: Account,
}

impl Demander {
    fn at(root: &Path) -> Self {
        let chain = EmbeddedChain::open(&root.join("chain"), 0x6e65_7473).unwrap();
        let arena = Arena::new(chain.deployment().unwrap());
        Self { chain, arena, account: Account::from_phrase("who demands").unwrap() }
    }

    fn address(&self) -> Address {
        Address::new(self.account.address().0)
    }

    fn pay_in(&mut self) {
        let call = nets_chain::Call { value: 1_000, ..self.arena.call(&IArena::depositCall {}) };
        let Self { chain, arena, account } = self;
        arena.send_new_coin::<IArena::depositCall>(chain, account, call).unwrap();
    }

    fn target(&self) -> Target {
        let arena = self.arena.deployment().arena;
        Target { arena, league: 0, round: 0, assertion: 0 }
    }

    fn send<C: alloy_sol_types::SolCall>(&mut self, call: &C) {
        let call = self.arena.demands_call(call);
        let receipts = self.chain.send(&[(&self.account, call)]).unwrap();
        assert!(receipts[0].is_success, "{}", receipts[0].output);
    }

    /// The latest event of the demands contract, and its block.
    fn latest(&self) -> (u64, IDemandsEvents) {
        let contract = self.arena.deployment().demands;
        let logs = self.chain.logs(0).unwrap();
        let log = logs.into_iter().rfind(|log| log.address == contract).unwrap();
        (log.block, IDemandsEvents::decode_raw_log(&log.topics, &log.data).unwrap())
    }

    fn leaves(&self) -> Vec<Vec<u8>> {
        let (_, IDemandsEvents::LeavesAnswered(event)) = self.latest() else { panic!() };
        let (mut leaves, mut rest) = (Vec::new(), &event.leaves[..]);
        while let Some((length, after)) = rest.split_first_chunk::<2>() {
            let (leaf, after) = after.split_at(usize::from(u16::from_le_bytes(*length)));
            leaves.push(leaf.to_vec());
            rest = after;
        }
        leaves
    }

    fn preimage(&self) -> Vec<u8> {
        let (_, IDemandsEvents::PreimageAnswered(event)) = self.latest() else { panic!() };
        event.preimage.to_vec()
    }
}

fn words(path: Vec<nets_core::Digest>) -> Vec<B256> {
    path.into_iter().map(|node| B256::new(node.0)).collect()
}

/// A tree of these leaves, filled up to a height.
fn filled(mut hashes: Vec<nets_core::Digest>, height: usize) -> MerkleTree {
    hashes.resize(1 << height, EMPTY_NODE);
    MerkleTree::new(hashes)
}

#[test]
fn whatever_is_demanded_of_an_honest_assertion_is_given_and_it_becomes_final() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let mut node = arena(&root, league, &AGENTS);
    open_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap();
    drop(node);
    run_until(&root, "asserted");

    let mut demander = Demander::at(&root);
    demander.pay_in();
    let call = IArena::assertionOfCall { league: 0, round: 0, assertion: 0 };
    let asserted = demander.arena.view(&demander.chain, &call).unwrap();
    let target = demander.target();
    let node = |height, node| NodeProof { height, position: 0, node, path: vec![] };
    let whole = node(5, asserted.matchesRoot);
    demander.send(&IDemands::demandNodeCall { target: target.clone(), tree: MATCHES, node: whole });
    drop(demander);
    run_until(&root, "answered");

    let mut demander = Demander::at(&root);
    let matches = demander.leaves();
    let tree = MerkleTree::new(matches.iter().map(|leaf| sha256(leaf)).collect());
    assert_eq!((matches.len(), tree.root().0), (32, asserted.matchesRoot.0));
    let steps = |leaf: &Vec<u8>| u32::from_le_bytes(leaf[35..39].try_into().unwrap());
    let q = (0..32u32).max_by_key(|&q| steps(&matches[q as usize])).unwrap();
    let leaf = matches[q as usize].clone();
    let path = words(tree.path(q).unwrap());
    let match_proof = Proof { index: q, leaf: leaf.clone().into(), path };
    demander.send(&IDemands::demandTraceRootCall {
        target: target.clone(),
        matchProof: match_proof.clone(),
    });
    drop(demander);
    run_until(&root, "answered");

    let mut demander = Demander::at(&root);
    let head = demander.preimage();
    let [id, tree_root] =
        [&head[..32], &head[36..]].map(|part| <[u8; 32]>::try_from(part).unwrap());
    let leaf_count = u32::from_le_bytes(head[32..36].try_into().unwrap());
    let digest = nets_core::Digest(tree_root);
    assert_eq!(trace_root(&MatchId(id), leaf_count, &digest).0, leaf[3..35]);
    let trace =
        Trace { matchId: B256::new(id), leafCount: leaf_count, treeRoot: B256::new(tree_root) };
    let top = path_length(leaf_count);
    assert!((6..=10).contains(&top), "{leaf_count} leaves");
    demander.send(&IDemands::demandTraceNodeCall {
        target: target.clone(),
        matchProof: match_proof.clone(),
        trace: trace.clone(),
        node: node(top as u8, B256::new(tree_root)),
    });
    let (_, IDemandsEvents::Demanded(demanded)) = demander.latest() else { panic!() };
    drop(demander);
    run_until(&root, "answered");

    let mut demander = Demander::at(&root);
    let (block, IDemandsEvents::NodesAnswered(answered)) = demander.latest() else { panic!() };
    let nodes = answered.nodes.iter().map(|node| nodes_digest(*node)).collect();
    let upper = filled(nodes, 5);
    assert_eq!(upper.root().0, tree_root);
    let given = Demand {
        answerer: answered.answerer,
        answererLeft: answered.answererLeft,
        bonds: demanded.demand.bonds - 1,
        movedAt: block,
        ..demanded.demand
    };
    let path = words(upper.path(1).unwrap());
    let picked = answered.nodes[1];
    demander.send(&IDemands::pickCall { id: demanded.id, given, position: 1, node: picked, path });
    drop(demander);
    run_until(&root, "answered");

    let mut demander = Demander::at(&root);
    let leaves = demander.leaves();
    let lower = filled(leaves.iter().map(|leaf| sha256(leaf)).collect(), top - 5);
    assert_eq!(lower.root().0, picked.0);
    let index = 1 << (top - 5);
    let path = [lower.path(0).unwrap(), upper.path(1).unwrap()].concat();
    let leaf = Proof { index, leaf: leaves[0].clone().into(), path: words(path) };
    demander.send(&IDemands::demandStateCall { target, matchProof: match_proof, trace, leaf });
    drop(demander);
    run_until(&root, "answered");

    let demander = Demander::at(&root);
    let state = demander.preimage();
    let hash = sha256(&[&[3], &state[..]].concat());
    assert_eq!(StepLeaf::decode(&leaves[0]).unwrap().state_hash, hash);
    let (owner, call) = (demander.address(), |owner| IArena::balanceOfCall { owner });
    let left = demander.arena.view(&demander.chain, &call(owner)).unwrap();
    assert_eq!(left, 1_000 - 5 * 5, "a bond of 5 for each of five answers");
    drop(demander);

    let mut node = ArenaNode::open(&root).unwrap();
    let report = resume_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap().unwrap();
    assert_eq!(report.payouts.len(), 3);
    let coin = node.coin().unwrap();
    assert_eq!(coin.sum(), coin.balance);
    drop(node);
    verify(&root, 2, &GO_ON, &Silent).unwrap();
}

fn nodes_digest(node: B256) -> nets_core::Digest {
    nets_core::Digest(node.0)
}
