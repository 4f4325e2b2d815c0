//! What is done about proposed batches: wrong ones are ended, what is hidden is demanded, what is
//! demanded is given, and what stood is accepted.
//!
//! Nothing is kept but what batches were found right, so that their signatures are checked once.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolCall;
use nets_chain::{BatchDomain, BatchFault, Call, ChainAdapter, IArena};
use nets_core::{Digest, MerkleTree, path_length, sha256};
use nets_league::{Registration, RegistrationBatch};

use super::{BatchStatus, all_batches, domain, registrations};
use crate::dispute::{Deed, DeedKind, PlannedDeed, committing, split_leaves};
use crate::error::NodeError;
use crate::events::events;
use crate::node::{ArenaNode, League};

/// How many levels of a tree one answer covers.
const LEVELS: usize = 5;

/// How many demands one look at a batch opens: each costs a bond until it is answered, and the first
/// one that is not ends the batch.
const DEMANDS_MAX: usize = 64;

/// A node of a batch's tree: its height and position.
type Node = (u8, u32);

/// What the chain says of one batch's registrations.
#[derive(Debug, Default)]
struct Told {
    /// The demands that were ever opened: whose, and until when leaves are due.
    demanded: BTreeMap<Node, (Address, u64)>,
    /// The leaves that were given, and the path of their node.
    shown: BTreeMap<Node, (Vec<Vec<u8>>, Vec<Digest>)>,
}

/// A proposed batch, before somebody who watches it.
struct Watched<'a> {
    node: &'a ArenaNode,
    league: &'a League,
    me: Address,
    number: u32,
    batch: &'a IArena::Batch,
    told: &'a Told,
    /// The block that a call would be in.
    now: u64,
}

/// What there is to be done about the batches of a league; `right` has those that were found so.
pub(crate) fn judge_batches(
    node: &ArenaNode,
    league: &League,
    me: Address,
    threads: usize,
    right: &mut BTreeSet<(u64, u32)>,
) -> Result<Vec<PlannedDeed>, NodeError> {
    let batches = all_batches(&node.arena, &node.chain, league.id)?;
    let is_open = |batch: &IArena::Batch| {
        matches!(BatchStatus::of(batch), BatchStatus::Proposed | BatchStatus::Cancelled)
    };
    if !batches.iter().any(is_open) {
        return Ok(Vec::new());
    }
    let (told, none) = (told(node, league.id)?, Told::default());
    let now = node.chain.call_block()?;
    let mut deeds = Vec::new();
    for (number, batch) in (0..).zip(&batches) {
        let told = told.get(&number).unwrap_or(&none);
        let watched = Watched { node, league, me, number, batch, told, now };
        match BatchStatus::of(batch) {
            BatchStatus::Proposed => deeds.extend(watched.judge(threads, right)?),
            BatchStatus::Cancelled => deeds.extend(watched.reclaim()),
            BatchStatus::Accepted | BatchStatus::Withdrawn => {}
        }
    }
    Ok(deeds)
}

/// What was demanded and given of each batch of a league.
fn told(node: &ArenaNode, league: u64) -> Result<BTreeMap<u32, Told>, NodeError> {
    use IArena::IArenaEvents as Event;
    let mut told: BTreeMap<u32, Told> = BTreeMap::new();
    for (_, event) in events(node, 0)? {
        match event {
            Event::RegistrationsDemanded(event) if event.league == league => {
                let demand = (event.demander, event.due.to());
                let of_batch = told.entry(event.batch).or_default();
                of_batch.demanded.insert((event.height, event.position), demand);
            }
            Event::RegistrationsShown(event) if event.league == league => {
                let path = event.path.iter().map(|sibling| Digest(sibling.0)).collect();
                let of_batch = told.entry(event.batch).or_default();
                let shown = (split_leaves(&event.leaves), path);
                of_batch.shown.insert((event.height, event.position), shown);
            }
            _ => {}
        }
    }
    Ok(told)
}

impl Watched<'_> {
    fn judge(
        &self,
        threads: usize,
        right: &mut BTreeSet<(u64, u32)>,
    ) -> Result<Vec<PlannedDeed>, NodeError> {
        let key = (self.league.id, self.number);
        let Some(leaves) = self.leaves()? else {
            return match self.fault_shown()? {
                Some(call) => Ok(self.refutation(call)?.into_iter().collect()),
                None => Ok(self.demands()),
            };
        };
        if !right.contains(&key) {
            if let Some(fault) = self.domain().fault(&leaves, threads) {
                return Ok(self.refutation(self.refuting(fault, &leaves))?.into_iter().collect());
            }
            right.insert(key);
        }
        let mut deeds = self.answers(&leaves);
        let accept = IArena::acceptBatchCall { league: self.league.id, batch: self.number };
        // Whether it is time, the contract says; it is asked in every turn.
        if self.node.view(&accept).is_ok() {
            deeds.push(self.deed(DeedKind::Accept, String::new(), self.call(&accept)));
        }
        Ok(deeds)
    }

    fn domain(&self) -> BatchDomain {
        let sponsor = nets_core::Address(self.batch.sponsor.into_array());
        let node = self.node;
        domain(&node.arena, &node.chain, self.league.id, &sponsor, self.batch.nonce)
    }

    /// All registrations, from the folder, a source, or what was shown on the chain.
    fn leaves(&self) -> Result<Option<RegistrationBatch>, NodeError> {
        match registrations(&self.node.artifacts, self.batch) {
            Ok(leaves) => return Ok(Some(leaves)),
            Err(NodeError::MissingArtifact { .. } | NodeError::NoSource { .. }) => {}
            Err(error) => return Err(error),
        }
        let nodes = self.nodes_with_leaves();
        let shown: Option<Vec<_>> = nodes.map(|node| self.told.shown.get(&node)).collect();
        let Some(shown) = shown else { return Ok(None) };
        let leaves = shown.iter().flat_map(|(leaves, _)| leaves);
        let leaves = leaves.map(|leaf| Registration::decode(leaf)).collect::<Result<Vec<_>, _>>();
        let Ok(leaves) = leaves else { return Ok(None) };
        let whole = RegistrationBatch::new(leaves);
        // Where it is another tree, something stands beyond its leaves.
        if whole.root().0 != self.batch.root.0 {
            return Ok(None);
        }
        self.node.artifacts.put_batch(&whole)?;
        Ok(Some(whole))
    }

    fn top(&self) -> usize {
        path_length(self.batch.count)
    }

    /// The nodes that leaves are demanded by.
    fn nodes_with_leaves(&self) -> impl Iterator<Item = Node> + use<> {
        let height = self.top().min(LEVELS) as u8;
        let count = (u64::from(self.batch.count) + (1 << height) - 1) >> height;
        (0..count as u32).map(move |position| (height, position))
    }

    /// The highest nodes without leaves, which can be demanded too.
    fn empty_nodes(&self) -> impl Iterator<Item = Node> + use<> {
        let (top, count) = (self.top(), u64::from(self.batch.count));
        let node = move |height: usize| {
            let first = (count + (1 << height) - 1) >> height;
            (first % 2 == 1).then_some((height as u8, first as u32))
        };
        (top.min(LEVELS)..top).filter_map(node)
    }

    /// The call that shows a leaf to be wrong that was given on the chain, if one was.
    fn fault_shown(&self) -> Result<Option<Call>, NodeError> {
        let domain = self.domain();
        for (&(height, position), (leaves, path)) in &self.told.shown {
            let is_right = |leaf: &Vec<u8>| {
                Registration::decode(leaf).is_ok_and(|registration| domain.is_signed(&registration))
            };
            let Some(wrong) = leaves.iter().position(|leaf| !is_right(leaf)) else { continue };
            let mut hashes: Vec<_> = leaves.iter().map(|leaf| sha256(leaf)).collect();
            hashes.resize(1 << height, nets_core::EMPTY_NODE);
            let below = MerkleTree::new(hashes).path(wrong as u32).unwrap_or_default();
            let path = below.iter().chain(path).map(|sibling| B256::new(sibling.0)).collect();
            let registration = IArena::Proof { leaf: leaves[wrong].clone().into(), path };
            let (league, batch) = (self.league.id, self.number);
            let index = (position << height) + wrong as u32;
            let call = IArena::refuteRegistrationCall { league, batch, index, registration };
            return Ok(Some(self.call(&call)));
        }
        Ok(None)
    }

    fn refuting(&self, fault: BatchFault, leaves: &RegistrationBatch) -> Call {
        // A fault is one of these leaves.
        let data = fault.refutation(self.league.id, self.number, leaves).unwrap_or_default();
        Call { to: Some(self.node.arena.deployment().arena), value: 0, data: data.into() }
    }

    /// The next step of a refutation: first a commitment to it, then itself, in a later block.
    fn refutation(&self, call: Call) -> Result<Option<PlannedDeed>, NodeError> {
        let next = committing(self.node, self.me, self.now, call)?;
        Ok(next.map(|(kind, call)| self.deed(kind, "a registration of it".to_owned(), call)))
    }

    /// Demands of what is hidden, as long as there is time for it, and the end of the batch where
    /// they were not answered.
    fn demands(&self) -> Vec<PlannedDeed> {
        let (league, batch) = (self.league.id, self.number);
        let open = self.told.demanded.iter().filter(|(node, _)| !self.is_shown(node));
        let overdue =
            open.filter(|(_, (_, due))| self.now > *due).map(|(&(height, position), _)| {
                let call = IArena::expireBatchCall { league, batch, height, position };
                self.deed(DeedKind::Expire, in_words(height, position), self.call(&call))
            });
        if let Some(deed) = overdue.into_iter().next() {
            return vec![deed];
        }
        let latest =
            self.batch.proposedAt.to::<u64>() + u64::from(self.league.terms.challengeBlocks);
        if self.now > latest {
            return Vec::new();
        }
        let wanted = self.nodes_with_leaves().chain(self.empty_nodes());
        let wanted = wanted.filter(|node| !self.told.demanded.contains_key(node));
        let demand = |(height, position)| {
            let call = IArena::demandRegistrationsCall { league, batch, height, position };
            self.deed(DeedKind::Demand, in_words(height, position), self.call(&call))
        };
        wanted.take(DEMANDS_MAX).map(demand).collect()
    }

    /// What is demanded, by whomever, given.
    fn answers(&self, leaves: &RegistrationBatch) -> Vec<PlannedDeed> {
        let open = self.told.demanded.keys().filter(|node| !self.is_shown(node));
        let answer = |&(height, position): &Node| {
            let first = (position as usize) << height;
            let under = leaves.registrations().iter().skip(first).take(1 << height);
            let listed = under.flat_map(|registration| {
                let leaf = registration.encode();
                [&(leaf.len() as u16).to_le_bytes()[..], &leaf].concat()
            });
            let path = leaves.node_path(height.into(), position);
            let call = IArena::answerRegistrationsCall {
                league: self.league.id,
                batch: self.number,
                height,
                position,
                leaves: listed.collect::<Vec<_>>().into(),
                path: path.into_iter().map(|sibling| B256::new(sibling.0)).collect(),
            };
            self.deed(DeedKind::Answer, in_words(height, position), self.call(&call))
        };
        open.map(answer).collect()
    }

    /// Takes own bonds back from demands of a batch that was cancelled for another reason.
    fn reclaim(&self) -> Vec<PlannedDeed> {
        let ours = self
            .told
            .demanded
            .iter()
            .filter(|(node, (demander, _))| *demander == self.me && !self.is_shown(node));
        let (league, batch) = (self.league.id, self.number);
        let calls = ours.map(|(&(height, position), _)| {
            let call = IArena::reclaimDemandBondCall { league, batch, height, position };
            (in_words(height, position), call)
        });
        // The bond of the demand that ended it is back already.
        let due = calls.filter(|(_, call)| self.node.view(call).is_ok());
        due.map(|(about, call)| self.deed(DeedKind::Close, about, self.call(&call))).collect()
    }

    fn is_shown(&self, node: &Node) -> bool {
        self.told.shown.contains_key(node)
    }

    fn call<C: SolCall>(&self, call: &C) -> Call {
        self.node.arena.call(call)
    }

    fn deed(&self, kind: DeedKind, about: String, call: Call) -> PlannedDeed {
        let league = self.league.name.clone();
        PlannedDeed { deed: Deed::about_batch(kind, league, self.number, about), call }
    }
}

fn in_words(height: u8, position: u32) -> String {
    format!("registrations from {} on", u64::from(position) << height)
}
