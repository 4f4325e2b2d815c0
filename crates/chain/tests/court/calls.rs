//! Every refutation that can be tried on a story, honest arguments given.

use alloy_primitives::{B256, Bytes};
use alloy_sol_types::SolCall;
use nets_chain::ICourt;
use nets_core::{Digest, EMPTY_NODE, MerkleTree, sha256};
use nets_league::{Claim, Schedule};

use super::stage::Stage;
use super::story::{Story, TraceStory, hashes};

/// A call and the name of its function.
pub(crate) type Refutation = (&'static str, Vec<u8>);

/// A place in a story.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    Entry(u32),
    Match(u32),
    Rank(u32),
    Step(u32, u32),
    /// The nodes of a tree of the round.
    Shape(u8),
    /// The nodes of a match's trace.
    TraceShape(u32),
    /// What needs no leaf.
    Nowhere,
}

/// The trees of a story and all that refutations need beside it.
pub(crate) struct Tried<'a> {
    target: ICourt::Target,
    story: &'a Story,
    schedule: Schedule,
    seat_count: usize,
    member_count: u32,
    claims: Vec<Option<Claim>>,
    trees: [MerkleTree; 3],
}

fn proof(leaves: &[Vec<u8>], tree: &MerkleTree, index: u32) -> ICourt::Proof {
    let path = tree.path(index).unwrap().iter().map(|node| B256::new(node.0)).collect();
    ICourt::Proof { index, leaf: leaves[index as usize].clone().into(), path }
}

fn claim(claim: Option<&Claim>) -> ICourt::Claim {
    match claim {
        Some(claim) => ICourt::Claim { kind: claim.kind(), scores: claim.scores().to_vec() },
        None => ICourt::Claim { kind: 0, scores: Vec::new() },
    }
}

impl<'a> Tried<'a> {
    pub(crate) fn new(stage: &Stage, target: ICourt::Target, story: &'a Story) -> Self {
        let trees = [&story.entries, &story.matches, &story.ranks];
        let member =
            |leaf: &Vec<u8>| leaf.get(2..6).map(|b| u32::from_le_bytes(b.try_into().unwrap()));
        let claim_of = |leaf| stage.setting.claims.get(&member(leaf)?).cloned();
        Self {
            target,
            schedule: stage.setting.schedule(story.entries.len()),
            seat_count: usize::from(stage.setting.seat_count()),
            member_count: stage.member_count,
            claims: story.entries.iter().map(claim_of).collect(),
            trees: trees.map(|leaves| MerkleTree::new(hashes(leaves))),
            story,
        }
    }

    fn entry(&self, index: u32) -> ICourt::Proof {
        proof(&self.story.entries, &self.trees[0], index)
    }

    fn match_proof(&self, q: u32) -> ICourt::Proof {
        proof(&self.story.matches, &self.trees[1], q)
    }

    fn rank(&self, index: u32) -> ICourt::Proof {
        proof(&self.story.ranks, &self.trees[2], index)
    }

    fn entry_count(&self) -> u32 {
        self.story.entries.len() as u32
    }

    /// All refutations at all places.
    pub(crate) fn everywhere(&self) -> impl Iterator<Item = Refutation> {
        let entries = (0..self.entry_count()).map(Place::Entry);
        let ranks = (0..self.story.ranks.len() as u32).map(Place::Rank);
        let matches = (0..self.story.matches.len() as u32).map(Place::Match);
        let leaves = self.story.traces.iter().flat_map(|(&q, trace)| {
            (0..trace.leaves.len() as u32).map(move |index| Place::Step(q, index))
        });
        let shapes = (0..3).map(Place::Shape);
        let trace_shapes = self.story.traces.keys().map(|&q| Place::TraceShape(q));
        let places = [Place::Nowhere].into_iter().chain(entries).chain(ranks).chain(matches);
        places.chain(leaves).chain(shapes).chain(trace_shapes).flat_map(|place| self.at(place))
    }

    /// The refutations that a leaf takes part in.
    pub(crate) fn at(&self, place: Place) -> Vec<Refutation> {
        match place {
            Place::Entry(index) => self.at_entry(index),
            Place::Match(q) => self.at_match(q),
            Place::Rank(index) => self.at_rank(index),
            Place::Step(q, index) => self.at_step(q, index),
            Place::Shape(tree) => self.at_shape(tree),
            Place::TraceShape(q) => self.at_trace_shape(q),
            Place::Nowhere => {
                let members = 0..self.member_count + 2;
                members.map(|member| self.missing(member, Vec::new())).collect()
            }
        }
    }

    fn at_shape(&self, tree: u8) -> Vec<Refutation> {
        let lists = [&self.story.entries, &self.story.matches, &self.story.ranks];
        let call = |node| ICourt::badShapeCall { target: self.target.clone(), tree, node };
        let nodes = node_proofs(lists[usize::from(tree)]);
        nodes.into_iter().map(|node| ("badShape", call(node).abi_encode())).collect()
    }

    fn at_trace_shape(&self, q: u32) -> Vec<Refutation> {
        let story = &self.story.traces[&q];
        let (match_proof, trace) = (self.match_proof(q), opened(story));
        let call = |node| ICourt::badTraceShapeCall {
            target: self.target.clone(),
            matchProof: match_proof.clone(),
            trace: trace.clone(),
            node,
        };
        let nodes = node_proofs(&story.leaves);
        nodes.into_iter().map(|node| ("badTraceShape", call(node).abi_encode())).collect()
    }

    fn malformed(&self, tree: u8, leaf: ICourt::Proof) -> Refutation {
        let call = ICourt::malformedLeafCall { target: self.target.clone(), tree, leaf };
        ("malformedLeaf", call.abi_encode())
    }

    fn missing(&self, member: u32, neighbours: Vec<ICourt::Proof>) -> Refutation {
        let call = ICourt::missingEntryCall { target: self.target.clone(), member, neighbours };
        ("missingEntry", call.abi_encode())
    }

    fn at_entry(&self, index: u32) -> Vec<Refutation> {
        let target = || self.target.clone();
        let entry = || self.entry(index);
        let mut calls = vec![self.malformed(0, entry())];
        let call = ICourt::badEntryCall { target: target(), entry: entry() };
        calls.push(("badEntry", call.abi_encode()));
        let pairs = [index.checked_sub(1), Some(index)].into_iter().flatten();
        for first in pairs.filter(|first| first + 1 < self.entry_count()) {
            let (entry, next) = (self.entry(first), self.entry(first + 1));
            let call = ICourt::badEntryOrderCall {
                target: target(),
                entry: entry.clone(),
                next: next.clone(),
            };
            calls.push(("badEntryOrder", call.abi_encode()));
            let between = |member| self.missing(member, vec![entry.clone(), next.clone()]);
            calls.extend((0..self.member_count + 2).map(between));
        }
        calls.extend((0..self.member_count + 2).map(|member| self.missing(member, vec![entry()])));
        let matches: Vec<_> = self.schedule.matches_of(index).collect();
        let last = matches.last().map(|&q| self.match_proof(q)).into_iter().collect();
        let call = ICourt::badTotalCall { target: target(), entry: entry(), last };
        calls.push(("badTotal", call.abi_encode()));
        let shown =
            [Vec::new()].into_iter().chain(matches.iter().map(|&q| vec![self.match_proof(q)]));
        for contradiction in shown {
            let claim = claim(self.claims[index as usize].as_ref());
            let call = ICourt::badDisqualificationCall {
                target: target(),
                entry: entry(),
                claim,
                contradiction,
            };
            calls.push(("badDisqualification", call.abi_encode()));
        }
        calls
    }

    fn seated(&self, q: u32) -> Vec<Option<u32>> {
        self.schedule.pairing(q).unwrap().seats[..self.seat_count].to_vec()
    }

    fn seats(&self, q: u32) -> Vec<ICourt::Proof> {
        self.seated(q).into_iter().flatten().map(|entry| self.entry(entry)).collect()
    }

    fn at_match(&self, q: u32) -> Vec<Refutation> {
        let target = || self.target.clone();
        let match_proof = || self.match_proof(q);
        let mut calls = vec![self.malformed(1, match_proof())];
        let call = ICourt::badStatusCall {
            target: target(),
            matchProof: match_proof(),
            seats: self.seats(q),
        };
        calls.push(("badStatus", call.abi_encode()));
        for (seat, entry) in (0u8..).zip(self.seated(q)) {
            let before = entry.and_then(|entry| {
                self.schedule.matches_of(entry).take_while(|&other| other < q).last()
            });
            let previous = before.map(|q| self.match_proof(q)).into_iter().collect();
            let call =
                ICourt::badSumCall { target: target(), matchProof: match_proof(), seat, previous };
            calls.push(("badSum", call.abi_encode()));
        }
        if let Some(trace) = self.story.traces.get(&q) {
            let opened = opened(trace);
            let call = ICourt::badTraceCall {
                target: target(),
                matchProof: match_proof(),
                trace: opened.clone(),
                seats: self.seats(q),
            };
            calls.push(("badTrace", call.abi_encode()));
            calls.extend(self.at_step(q, trace.leaves.len() as u32 - 1));
        }
        calls
    }

    fn at_step(&self, q: u32, index: u32) -> Vec<Refutation> {
        let story = &self.story.traces[&q];
        let tree = MerkleTree::new(hashes(&story.leaves));
        let leaf = |index| proof(&story.leaves, &tree, index);
        let opened = ICourt::Trace {
            matchId: B256::new(story.match_id.0),
            leafCount: tree.count(),
            treeRoot: B256::new(tree.root().0),
        };
        let (target, match_proof, trace) =
            (|| self.target.clone(), || self.match_proof(q), || opened.clone());
        let call = ICourt::malformedTraceLeafCall {
            target: target(),
            matchProof: match_proof(),
            trace: trace(),
            leaf: leaf(index),
        };
        let mut calls = vec![("malformedTraceLeaf", call.abi_encode())];
        if index == 0 {
            let call = ICourt::badStartCall {
                target: target(),
                matchProof: match_proof(),
                trace: trace(),
                first: leaf(0),
            };
            calls.push(("badStart", call.abi_encode()));
        }
        let last = story.leaves.len() as u32 - 1;
        let state = |index: u32| Bytes::from(story.states[index as usize].clone());
        let steps = [index.checked_sub(1), Some(index)].into_iter().flatten();
        for step in steps.filter(|&step| step < last) {
            let call = ICourt::badStepCall {
                target: target(),
                matchProof: match_proof(),
                trace: trace(),
                leaf: leaf(step),
                next: leaf(step + 1),
                state: state(step),
            };
            calls.push(("badStep", call.abi_encode()));
        }
        if index == last {
            let call = ICourt::badEndCall {
                target: target(),
                matchProof: match_proof(),
                trace: trace(),
                end: leaf(last),
                state: state(last),
            };
            calls.push(("badEnd", call.abi_encode()));
        }
        calls.extend(self.at_signed(q, index, &opened, leaf(index)));
        calls
    }

    /// What shows lies in signed leagues, and nothing in others.
    fn at_signed(
        &self,
        q: u32,
        index: u32,
        trace: &ICourt::Trace,
        leaf: ICourt::Proof,
    ) -> Vec<Refutation> {
        let (target, match_proof) = (|| self.target.clone(), || self.match_proof(q));
        if index + 1 == trace.leafCount {
            let call = ICourt::badForfeitCall {
                target: target(),
                matchProof: match_proof(),
                trace: trace.clone(),
                end: leaf,
                seats: self.seats(q),
            };
            return vec![("badForfeit", call.abi_encode())];
        }
        let seated = (0u8..).zip(self.seated(q));
        let seated = seated.filter_map(|(seat, entry)| Some((seat, entry?)));
        let call = |(seat, entry)| ICourt::badSignatureCall {
            target: target(),
            matchProof: match_proof(),
            trace: trace.clone(),
            leaf: leaf.clone(),
            seat,
            entry: self.entry(entry),
        };
        seated.map(|place| ("badSignature", call(place).abi_encode())).collect()
    }

    fn at_rank(&self, index: u32) -> Vec<Refutation> {
        let target = || self.target.clone();
        let mut calls = vec![self.malformed(2, self.rank(index))];
        let pairs = [index.checked_sub(1), Some(index)].into_iter().flatten();
        for first in pairs.filter(|first| first + 1 < self.story.ranks.len() as u32) {
            let (rank, next) = (self.rank(first), self.rank(first + 1));
            let call = ICourt::badRankOrderCall { target: target(), rank, next };
            calls.push(("badRankOrder", call.abi_encode()));
        }
        let named = self.story.ranks[index as usize]
            .get(2..6)
            .map(|b| u32::from_le_bytes(b.try_into().unwrap()));
        let named = named.filter(|&entry| entry < self.entry_count());
        let entry = named.map(|entry| self.entry(entry)).into_iter().collect();
        let call = ICourt::badRankCall { target: target(), rank: self.rank(index), entry };
        calls.push(("badRank", call.abi_encode()));
        calls
    }
}

fn opened(trace: &TraceStory) -> ICourt::Trace {
    ICourt::Trace {
        matchId: B256::new(trace.match_id.0),
        leafCount: trace.leaves.len() as u32,
        treeRoot: B256::new(MerkleTree::new(hashes(&trace.leaves)).root().0),
    }
}

/// The nodes of the two lowest levels and the root, padding included.
fn node_proofs(leaves: &[Vec<u8>]) -> Vec<ICourt::NodeProof> {
    let mut level = hashes(leaves);
    level.resize(leaves.len().next_power_of_two(), EMPTY_NODE);
    let tree = MerkleTree::new(level.clone());
    let mut proofs = Vec::new();
    for height in 0u8.. {
        for (position, node) in (0u32..).zip(&level).filter(|_| height < 2 || level.len() == 1) {
            // The path of the first leaf under the node, without what is under the node.
            let path = &tree.path(position << height).unwrap()[usize::from(height)..];
            let path = path.iter().map(|node| B256::new(node.0)).collect();
            let (position, node) = (u64::from(position), B256::new(node.0));
            proofs.push(ICourt::NodeProof { height, position, node, path });
        }
        if level.len() == 1 {
            break;
        }
        level = level.chunks(2).map(parent).collect();
    }
    proofs
}

fn parent(pair: &[Digest]) -> Digest {
    match pair {
        [EMPTY_NODE, EMPTY_NODE] => EMPTY_NODE,
        _ => sha256(&[&[1], &pair[0].0[..], &pair[1].0[..]].concat()),
    }
}
