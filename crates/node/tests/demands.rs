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

    /// The latest demand as it was opened.
    fn demanded(&self) -> Demand {
        let logs = self.chain.logs(0).unwrap().into_iter().rev();
        let mut events =
            logs.filter_map(|log| IDemandsEvents::decode_raw_log(&log.topics, &log.data).ok());
        events
            .find_map(|event| match event {
                IDemandsEvents::Demanded(event) => Some(event.demand),
                _ => None,
            })
            .unwrap()
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

/// The root of a tree, as a node that is demanded.
fn whole(height: u8, node: B256) -> NodeProof {
    NodeProof { height, position: 0, node, path: vec![] }
}

/// Demands something and lets the asserter go on until it has answered.
fn demand<C: alloy_sol_types::SolCall>(root: &Path, call: &C) -> Demander {
    let mut demander = Demander::at(root);
    demander.send(call);
    drop(demander);
    run_until(root, ": answer");
    Demander::at(root)
}

/// The longest match of the round, from its leaves.
fn longest_match(root: &Path, target: &Target, matches_root: B256) -> Proof {
    let node = whole(5, matches_root);
    let call = IDemands::demandNodeCall { target: target.clone(), tree: MATCHES, node };
    let matches = demand(root, &call).leaves();
    let tree = MerkleTree::new(matches.iter().map(|leaf| sha256(leaf)).collect());
    assert_eq!((matches.len(), tree.root().0), (32, matches_root.0));
    let steps = |leaf: &Vec<u8>| u32::from_le_bytes(leaf[35..39].try_into().unwrap());
    let index = (0..32u32).max_by_key(|&q| steps(&matches[q as usize])).unwrap();
    let path = words(tree.path(index).unwrap());
    Proof { index, leaf: matches[index as usize].clone().into(), path }
}

/// What the trace root of a match is the hash of.
fn trace_of(root: &Path, target: &Target, match_proof: &Proof) -> Trace {
    let (target, match_proof) = (target.clone(), match_proof.clone());
    let recorded = match_proof.leaf[3..35].to_vec();
    let call = IDemands::demandTraceRootCall { target, matchProof: match_proof };
    let head = demand(root, &call).preimage();
    let [id, tree_root] =
        [&head[..32], &head[36..]].map(|part| <[u8; 32]>::try_from(part).unwrap());
    let leaf_count = u32::from_le_bytes(head[32..36].try_into().unwrap());
    let computed = trace_root(&MatchId(id), leaf_count, &nets_core::Digest(tree_root));
    assert_eq!(&computed.0[..], recorded);
    Trace { matchId: B256::new(id), leafCount: leaf_count, treeRoot: B256::new(tree_root) }
}

/// The first leaf under the second of the nodes five levels below a trace's root: a descent.
fn leaf_of(root: &Path, target: &Target, match_proof: &Proof, trace: &Trace) -> Proof {
    let top = path_length(trace.leafCount);
    assert!((6..=10).contains(&top), "{} leaves", trace.leafCount);
    let call = IDemands::demandTraceNodeCall {
        target: target.clone(),
        matchProof: match_proof.clone(),
        trace: trace.clone(),
        node: whole(top as u8, trace.treeRoot),
    };
    let demander = demand(root, &call);
    let demanded = demander.demanded();
    let (block, IDemandsEvents::NodesAnswered(answered)) = demander.latest() else { panic!() };
    drop(demander);
    let nodes = answered.nodes.iter().map(|node| nets_core::Digest(node.0)).collect();
    let upper = filled(nodes, 5);
    assert_eq!(upper.root().0, trace.treeRoot.0);
    let given = Demand {
        answerer: answered.answerer,
        answererLeft: answered.answererLeft,
        bonds: demanded.bonds - 1,
        movedAt: block,
        ..demanded
    };
    let (id, node, path) = (answered.id, answered.nodes[1], words(upper.path(1).unwrap()));
    let leaves = demand(root, &IDemands::pickCall { id, given, position: 1, node, path }).leaves();
    let lower = filled(leaves.iter().map(|leaf| sha256(leaf)).collect(), top - 5);
    assert_eq!(lower.root().0, node.0);
    let path = [lower.path(0).unwrap(), upper.path(1).unwrap()].concat();
    Proof { index: 1 << (top - 5), leaf: leaves[0].clone().into(), path: words(path) }
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
    drop(demander);
    let match_proof = longest_match(&root, &target, asserted.matchesRoot);
    let trace = trace_of(&root, &target, &match_proof);
    let leaf = leaf_of(&root, &target, &match_proof, &trace);
    let state_hash = StepLeaf::decode(&leaf.leaf).unwrap().state_hash;
    let call = IDemands::demandStateCall { target, matchProof: match_proof, trace, leaf };
    let demander = demand(&root, &call);
    assert_eq!(sha256(&[&[3], &demander.preimage()[..]].concat()), state_hash);
    let call = IArena::balanceOfCall { owner: demander.address() };
    let left = demander.arena.view(&demander.chain, &call).unwrap();
    assert_eq!(left, 1_000 - 5 * 2, "a bond of 2 for each of five answers");
    drop(demander);

    let mut node = ArenaNode::open(&root).unwrap();
    let report = resume_round(&mut node, LEAGUE, two_threads(), &Silent).unwrap().unwrap();
    assert_eq!(report.payouts.len(), 3);
    let coin = node.coin().unwrap();
    assert_eq!(coin.sum(), coin.balance);
    drop(node);
    verify(&root, 2, &GO_ON, &Silent).unwrap();
}
