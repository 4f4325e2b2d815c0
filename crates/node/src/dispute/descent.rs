//! Descents: which demands lead to what a wrong assertion hides.

use std::collections::BTreeSet;

use alloy_primitives::B256;
use nets_chain::demands::IDemands::{self, Demand};
use nets_chain::{AssertedTree, Call, Disclosed, Hidden, Truth, wanted};
use nets_core::Digest;
use nets_league::Assertion;

use super::case::Hearing;
use super::docket::demanded_tree;
use super::{DeedKind, LEVELS, PlannedDeed, subject};

impl Hearing<'_> {
    /// What leads on to what is hidden: demands that nobody answered end it all, own ones go on, and
    /// for the rest there are new ones.
    pub(super) fn demands(
        &self,
        truth: &Truth<'_>,
        asserted: &Assertion,
        hidden: &BTreeSet<Hidden>,
    ) -> Vec<PlannedDeed> {
        if let Some((id, demand)) = self.docket.open.iter().find(|(_, d)| self.is_overdue(d)) {
            let call = IDemands::expireCall { id: *id, given: demand.clone() };
            let call = self.node.arena.demands_call(&call);
            return vec![self.deed(DeedKind::Expire, in_words(demand), call)];
        }
        let open = self.docket.open.values().filter(|demand| is_answer_due(demand));
        let open: Vec<_> = open.collect();
        let is_awaited = |one: &&Hidden| open.iter().any(|demand| leads_to(demand, one));
        let mut rest: BTreeSet<_> = hidden.iter().filter(|one| !is_awaited(one)).collect();
        let (mut deeds, mut picked) = (Vec::new(), BTreeSet::new());
        for (id, demand) in self.waiting() {
            let next = rest.iter().find(|one| leads_to(demand, one)).copied();
            let pick = next.and_then(|next| self.pick(id, demand, next));
            if let (Some(next), Some(pick)) = (next, pick) {
                rest.remove(next);
                picked.insert(*id);
                deeds.push(pick);
            }
        }
        deeds.extend(self.close_waiting(|id| !picked.contains(id)));
        for one in rest {
            let wanted = wanted(truth, asserted, &self.docket.disclosed, &self.target(), *one);
            let Some(wanted) = wanted else { continue };
            let to = Some(self.node.arena.deployment().demands);
            let call = Call { to, value: 0, data: wanted.data.into() };
            deeds.push(self.deed(DeedKind::Demand, hidden_in_words(one), call));
        }
        deeds
    }

    /// The call that leads a demand of one's own on, if something hidden is under what was answered.
    fn pick(&self, id: &B256, demand: &Demand, next: &Hidden) -> Option<PlannedDeed> {
        let (tree, height, position) = place(next)?;
        let picked = demand.height.checked_sub(LEVELS)?;
        let position = position >> picked.checked_sub(height)?;
        let disclosed = &self.docket.disclosed;
        let sibling = |level: u8| disclosed.node(tree, picked + level, (position >> level) ^ 1);
        let word = |node: Digest| B256::new(node.0);
        let path = (0..LEVELS).map(|level| sibling(level).map(word)).collect::<Option<_>>()?;
        let node = word(disclosed.node(tree, picked, position)?);
        let (given, position) = (demand.clone(), u64::from(position));
        let call = IDemands::pickCall { id: *id, given, position, node, path };
        let call = self.node.arena.demands_call(&call);
        Some(self.deed(DeedKind::Pick, hidden_in_words(next), call))
    }
}

/// Whether it is the answerers' turn.
pub(super) fn is_answer_due(demand: &Demand) -> bool {
    demand.answerer.is_zero()
}

/// Where in a tree something hidden is; none for what is in no tree.
fn place(hidden: &Hidden) -> Option<(AssertedTree, u8, u32)> {
    match *hidden {
        Hidden::Children { tree, height, position } => Some((tree, height, position)),
        Hidden::Leaf { tree, index } => Some((tree, 0, index)),
        Hidden::Trace(_) => None,
    }
}

/// Whether answers to a demand disclose what is hidden, or lead to it.
fn leads_to(demand: &Demand, hidden: &Hidden) -> bool {
    if let Hidden::Trace(q) = hidden {
        return demand.subject == subject::TRACE_ROOT && demand.matchIndex == *q;
    }
    let Some((tree, height, position)) = place(hidden) else { return false };
    let Some(levels) = demand.height.checked_sub(height) else { return false };
    demanded_tree(demand) == Some(tree) && u64::from(position) >> levels == demand.position
}

/// What is demanded.
pub(super) fn in_words(demand: &Demand) -> String {
    match demanded_tree(demand) {
        Some(tree) => format!(
            "node {} of height {} of {}",
            demand.position,
            demand.height,
            tree_in_words(tree)
        ),
        None if demand.subject == subject::TRACE_ROOT => {
            format!("the trace root of match {}", demand.matchIndex)
        }
        None => format!("state {} of match {}", demand.position, demand.matchIndex),
    }
}

fn hidden_in_words(hidden: &Hidden) -> String {
    match hidden {
        Hidden::Children { tree, height, position } => {
            format!("node {position} of height {height} of {}", tree_in_words(*tree))
        }
        Hidden::Leaf { tree, index } => format!("leaf {index} of {}", tree_in_words(*tree)),
        Hidden::Trace(q) => format!("the trace root of match {q}"),
    }
}

fn tree_in_words(tree: AssertedTree) -> String {
    match tree {
        AssertedTree::Entries => "the entries".to_owned(),
        AssertedTree::Matches => "the matches".to_owned(),
        AssertedTree::Ranks => "the ranks".to_owned(),
        AssertedTree::Trace(q) => format!("the trace of match {q}"),
    }
}
