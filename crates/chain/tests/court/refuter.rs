//! The refuter against the court: it finds the lie in every false round, all by itself, and the call
//! that it gives is accepted; in the honest round it finds nothing.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use nets_chain::{
    AssertedTree, Disclosed, Finding, Hidden, ICourt, SignedRound, TraceHead, Truth, refute,
};
use nets_core::{Digest, MatchId, MerkleTree, Trace};
use nets_league::{Assertion, RoundResult};

use super::stage::Stage;
use super::story::{Story, TraceStory, Twist, hashes};

/// How many things an asserter is asked for at most, in the rounds of these tests.
const DEMANDS_MAX: usize = 2_000;

/// The round as it is.
pub(crate) struct Right {
    result: RoundResult,
    traces: BTreeMap<u32, Trace>,
    unknown: BTreeSet<u32>,
}

/// What an asserter says, of which only what it was asked for is known.
struct Asked<'a> {
    story: &'a Story,
    trees: BTreeMap<AssertedTree, MerkleTree>,
    /// None where all is known from the start.
    answered: Option<RefCell<Vec<Hidden>>>,
}

impl Right {
    pub(crate) fn of(stage: &Stage) -> Self {
        let (_, result, traces) = stage.setting.play_round(&Twist::Honest);
        Self { result, traces, unknown: BTreeSet::new() }
    }

    /// As one knows it who was shown no record of a match, and has put `filler` in its place.
    pub(crate) fn without(stage: &Stage, q: u32, filler: &Twist) -> Self {
        let (_, result, mut traces) = stage.setting.play_round(filler);
        traces.remove(&q);
        Self { result, traces, unknown: BTreeSet::from([q]) }
    }
}

impl<'a> Asked<'a> {
    fn new(story: &'a Story, knows_all: bool) -> Self {
        let tree = |leaves: &[Vec<u8>]| MerkleTree::new(hashes(leaves));
        let mut trees = BTreeMap::from([
            (AssertedTree::Entries, tree(&story.entries)),
            (AssertedTree::Matches, tree(&story.matches)),
            (AssertedTree::Ranks, tree(&story.ranks)),
        ]);
        trees.extend(story.traces.iter().map(|(&q, t)| (AssertedTree::Trace(q), tree(&t.leaves))));
        let answered = (!knows_all).then(RefCell::default);
        Self { story, trees, answered }
    }

    fn is_known(&self, hidden: Hidden) -> bool {
        self.answered.as_ref().is_none_or(|answered| answered.borrow().contains(&hidden))
    }

    fn leaves(&self, tree: AssertedTree) -> &[Vec<u8>] {
        match tree {
            AssertedTree::Entries => &self.story.entries,
            AssertedTree::Matches => &self.story.matches,
            AssertedTree::Ranks => &self.story.ranks,
            AssertedTree::Trace(q) => &self.story.traces[&q].leaves,
        }
    }
}

fn head(trace: &TraceStory, tree: &MerkleTree) -> TraceHead {
    TraceHead {
        match_id: MatchId(trace.match_id.0),
        leaf_count: trace.leaves.len() as u32,
        tree_root: tree.root(),
    }
}

impl Disclosed for Asked<'_> {
    fn node(&self, tree: AssertedTree, height: u8, position: u32) -> Option<Digest> {
        let parent = Hidden::Children { tree, height: height + 1, position: position / 2 };
        let nodes = self.trees.get(&tree)?;
        self.is_known(parent).then(|| nodes.node(usize::from(height), position))
    }

    fn leaf(&self, tree: AssertedTree, index: u32) -> Option<Vec<u8>> {
        let leaf = self.leaves(tree).get(index as usize).cloned();
        leaf.filter(|_| self.is_known(Hidden::Leaf { tree, index }))
    }

    fn trace(&self, q: u32) -> Option<TraceHead> {
        let trace = self.story.traces.get(&q)?;
        let tree = &self.trees[&AssertedTree::Trace(q)];
        self.is_known(Hidden::Trace(q)).then(|| head(trace, tree))
    }
}

/// What the refuter finds in a story; what it asks for, it is told, and how often that was.
fn find(
    stage: &Stage,
    right: &Right,
    story: &Story,
    target: &ICourt::Target,
    knows_all: bool,
    passed_over: &BTreeSet<u32>,
) -> (Finding, usize) {
    let setting = &stage.setting;
    let asked = Asked::new(story, knows_all);
    let root = |tree| asked.trees[&tree].root();
    let asserted = Assertion {
        entry_count: story.entries.len() as u32,
        entries_root: root(AssertedTree::Entries),
        matches_root: root(AssertedTree::Matches),
        ranks_root: root(AssertedTree::Ranks),
    };
    let truth = Truth {
        system: &*setting.system,
        rules: &setting.rules(),
        has_step_contract: true,
        schedule: setting.schedule(setting.entries.len()),
        round_seed: setting.round_seed,
        entries: &setting.entries,
        claims: &setting.claims,
        result: &right.result,
        traces: &|q| right.traces.get(&q).cloned(),
        signed: setting.signed.as_ref().map(|signed| SignedRound {
            chain_id: signed.venue.chain_id,
            flags: &signed.flags,
            unknown: &right.unknown,
        }),
    };
    for demands in 0..DEMANDS_MAX {
        match (refute(&truth, &asserted, &asked, target, passed_over), &asked.answered) {
            (Finding::Hidden(hidden), Some(answered)) => {
                let is_answered = |one| answered.borrow().contains(one);
                assert!(!hidden.iter().any(is_answered), "{hidden:?} was answered");
                answered.borrow_mut().extend(hidden);
            }
            (finding, _) => return (finding, demands),
        }
    }
    panic!("{DEMANDS_MAX} demands were not enough");
}

/// The honest round is right, and nothing of it has to be disclosed.
pub(crate) fn check_right(stage: &mut Stage, right: &Right) {
    let story = stage.tell(&Twist::Honest);
    let target = stage.assert(&story);
    for knows_all in [true, false] {
        let found = find(stage, right, &story, &target, knows_all, &BTreeSet::new());
        assert_eq!(found, (Finding::Right, 0));
    }
}

/// Whether the refuter refutes a story by itself, disclosed and, where that is to be tried, hidden;
/// the court must agree.
pub(crate) fn is_refuted(
    stage: &mut Stage,
    right: &Right,
    story: &Story,
    also_hidden: bool,
) -> bool {
    let target = stage.assert(story);
    let ways: &[bool] = if also_hidden { &[true, false] } else { &[true] };
    let found = ways.iter().map(|&all| find(stage, right, story, &target, all, &BTreeSet::new()).0);
    let found: Vec<_> = found.collect();
    let accept = |finding: &Finding| match finding {
        Finding::Refuted(refutation) => {
            assert!(stage.refutes(refutation.function, &refutation.data), "{refutation:?}");
            true
        }
        Finding::Beyond { .. } => false,
        finding => panic!("{finding:?}"),
    };
    let accepted: Vec<_> = found.iter().map(accept).collect();
    assert!(accepted.iter().all(|&one| one == accepted[0]), "{found:?}");
    stage.counts.found += usize::from(accepted[0]);
    accepted[0]
}

/// Which of the matches that went otherwise is found where some are passed over.
pub(crate) fn found_beyond(
    stage: &mut Stage,
    right: &Right,
    story: &Story,
    passed_over: &[u32],
) -> u32 {
    let (target, passed_over) = (stage.assert(story), passed_over.iter().copied().collect());
    match find(stage, right, story, &target, false, &passed_over).0 {
        Finding::Beyond(found) => found.match_index,
        finding => panic!("{finding:?}"),
    }
}
