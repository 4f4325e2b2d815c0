//! The refuter: finds what is wrong with an assertion, and the one call that shows it.
//!
//! It compares what an asserter committed to with the round as it is, leaf by leaf where they
//! differ, and asks of each such leaf what the court can be shown. What the asserter has not
//! disclosed it does not guess: it says what has to be demanded next. Nothing here depends on how
//! the leaves came to be known, and nothing is sent.
//!
//! Invariant: a round as the rules make it is [`Finding::Right`], whatever was disclosed of it; and
//! an assertion that is not, once all of it is disclosed, is [`Finding::Refuted`] or, where the lie
//! is an agent's decision or fuel, [`Finding::Beyond`]. In a signed league no decision can be
//! invented, so that what is beyond there was signed by the agents too: as right as what is known.
//!
//! Reading order: [`Truth`] and [`Disclosed`] (what goes in), [`Finding`] (what comes out), then
//! `committed` (a tree of which some is known) and the five kinds of lies.

mod committed;
mod demand;
mod disclosures;
mod entries;
mod matches;
mod ranks;
mod signatures;
mod traces;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use alloy_sol_types::SolCall;
use nets_core::{Digest, MatchId, Rules, Seed, System, Trace};
use nets_league::{Assertion, Claim, Entry, RoundResult, Schedule};

use self::committed::{Committed, Original};
pub use self::demand::Wanted;
pub use self::disclosures::{DisclosedNode, Disclosures};
pub use self::signatures::{FallenFlag, SignedRound};
use crate::bindings::ICourt;

/// A tree that an asserter committed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AssertedTree {
    /// The entries.
    Entries,
    /// The matches.
    Matches,
    /// The ranks.
    Ranks,
    /// The trace of a match.
    Trace(u32),
}

/// What is not known of an assertion and is needed to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hidden {
    /// The two nodes under a node.
    Children {
        /// The tree.
        tree: AssertedTree,
        /// How far above the leaves the node is: at least 1.
        height: u8,
        /// Its position in its level.
        position: u32,
    },
    /// The bytes of a leaf.
    Leaf {
        /// The tree.
        tree: AssertedTree,
        /// The leaf.
        index: u32,
    },
    /// What the trace root of a match is the hash of.
    Trace(u32),
}

/// What a trace root is the hash of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceHead {
    /// The match.
    pub match_id: MatchId,
    /// How many leaves there are.
    pub leaf_count: u32,
    /// The root of their tree.
    pub tree_root: Digest,
}

/// What an asserter disclosed, by itself or on demand. Everything given here must be checked
/// against the assertion's roots before: the refuter builds proofs of it and does not look again.
pub trait Disclosed {
    /// A node of a tree.
    fn node(&self, tree: AssertedTree, height: u8, position: u32) -> Option<Digest>;

    /// The bytes of a leaf.
    fn leaf(&self, tree: AssertedTree, index: u32) -> Option<Vec<u8>>;

    /// What the trace root of a match is the hash of.
    fn trace(&self, match_index: u32) -> Option<TraceHead>;
}

/// The round as it is: what the chain says of it, and what its matches come to.
pub struct Truth<'a> {
    /// The league's System.
    pub system: &'a dyn System,
    /// What the league's matches are played by.
    pub rules: &'a Rules,
    /// Whether the league names a step contract; without one, the court knows no step.
    pub has_step_contract: bool,
    /// Who meets whom.
    pub schedule: Schedule,
    /// The seed of the round.
    pub round_seed: Seed,
    /// The active members.
    pub entries: &'a [Entry],
    /// The claims that were posted, by member.
    pub claims: &'a BTreeMap<u32, Claim>,
    /// What it comes to.
    pub result: &'a RoundResult,
    /// The traces of the matches that were played, by number.
    pub traces: &'a dyn Fn(u32) -> Option<Trace>,
    /// What the chain says of signed matches; none in a league of modules.
    pub signed: Option<SignedRound<'a>>,
}

impl fmt::Debug for Truth<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Truth");
        shown.field("system", &self.system.id()).field("round_seed", &self.round_seed);
        shown.field("entries", &self.entries).field("claims", &self.claims);
        shown.finish_non_exhaustive()
    }
}

/// A call of the court that kills an assertion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refutation {
    /// The court's function.
    pub function: &'static str,
    /// The call's data.
    pub data: Vec<u8>,
}

/// What there is to say of an assertion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It is what the rules make.
    Right,
    /// It is wrong, and this shows it.
    Refuted(Refutation),
    /// It is another one than the rules make; what is wrong with it is hidden behind these, which can
    /// be demanded at once.
    Hidden(BTreeSet<Hidden>),
    /// It is another one, and consistent: in this match an agent is said to have decided otherwise
    /// or used other fuel, which no call of the court shows. In a signed league the agents signed
    /// that course of the match too.
    Beyond(Box<BeyondMatch>),
}

/// A match that can have gone as it is said to, but did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BeyondMatch {
    /// Its number.
    pub match_index: u32,
    /// Its leaf among the matches that the assertion commits to.
    pub proof: ICourt::Proof,
    /// What its trace root is the hash of.
    pub head: TraceHead,
    /// The leaves of its trace, as asserted.
    pub leaves: Vec<Vec<u8>>,
}

/// Why a search ends before everything is compared.
enum Stop {
    Refuted(Refutation),
    Hidden(BTreeSet<Hidden>),
}

impl Stop {
    fn hidden(hidden: Hidden) -> Self {
        Self::Hidden(BTreeSet::from([hidden]))
    }
}

type Search<T> = Result<T, Stop>;

/// How many leaves are asked for at once where a place among many is looked for.
const PROBES: u32 = 31;

/// Looks for the lie in an assertion. Matches of which nothing can be shown in a trial either are
/// passed over as long as there is another one that went otherwise.
pub fn refute(
    truth: &Truth<'_>,
    asserted: &Assertion,
    disclosed: &dyn Disclosed,
    target: &ICourt::Target,
    passed_over: &BTreeSet<u32>,
) -> Finding {
    let refuter = Refuter::new(truth, asserted, disclosed, target);
    match refuter.search(passed_over) {
        Ok(None) => Finding::Right,
        Ok(Some(found)) => Finding::Beyond(Box::new(found)),
        Err(Stop::Refuted(refutation)) => Finding::Refuted(refutation),
        Err(Stop::Hidden(hidden)) => Finding::Hidden(hidden),
    }
}

/// The demand for what a search found hidden; none where what leads to it is not disclosed either.
pub fn wanted(
    truth: &Truth<'_>,
    asserted: &Assertion,
    disclosed: &dyn Disclosed,
    target: &ICourt::Target,
    hidden: Hidden,
) -> Option<Wanted> {
    Refuter::new(truth, asserted, disclosed, target).wanted(hidden).ok()
}

struct Refuter<'a> {
    truth: &'a Truth<'a>,
    disclosed: &'a dyn Disclosed,
    target: &'a ICourt::Target,
    entries: Committed<'a>,
    matches: Committed<'a>,
    ranks: Committed<'a>,
}

impl<'a> Refuter<'a> {
    fn new(
        truth: &'a Truth<'a>,
        asserted: &Assertion,
        disclosed: &'a dyn Disclosed,
        target: &'a ICourt::Target,
    ) -> Self {
        let result = truth.result;
        let entries = result.entries().iter().map(|leaf| leaf.encode());
        let matches = result.matches().iter().map(|leaf| leaf.encode());
        let ranks = result.ranks().iter().map(|leaf| leaf.encode());
        let count = asserted.entry_count;
        // With another number of entries, who is missing or too many is all that is looked for.
        let match_count = truth.schedule.match_count();
        let tree = |tree, root, count, leaves: Vec<Vec<u8>>| {
            Committed::new(tree, root, count, Original::new(leaves), disclosed)
        };
        use AssertedTree as Tree;
        Self {
            entries: tree(Tree::Entries, asserted.entries_root, count, entries.collect()),
            matches: tree(Tree::Matches, asserted.matches_root, match_count, matches.collect()),
            ranks: tree(Tree::Ranks, asserted.ranks_root, count, ranks.collect()),
            truth,
            disclosed,
            target,
        }
    }

    /// The first match that differs where nothing can be shown, one that is passed over only where all
    /// are; none where the assertion is right.
    ///
    /// A difference is followed to its ground before the next is looked for, since what there is of
    /// it may have to be demanded: whoever asserts nonsense everywhere gains no time.
    fn search(&self, passed_over: &BTreeSet<u32>) -> Search<Option<BeyondMatch>> {
        self.check_entry_count()?;
        let changed_matches = self.check_matches()?;
        let other = changed_matches.iter().find(|q| !passed_over.contains(q));
        let beyond = other.or(changed_matches.first()).copied();
        let changed_entries = self.check_entries()?;
        for &q in &changed_matches {
            for entry in self.seated(q).into_iter().flatten() {
                self.check_entry_sums(entry)?;
            }
        }
        self.check_ranks(!changed_entries.is_empty())?;
        // Entries and ranks follow from matches, so there is no other lie.
        beyond.map(|q| self.beyond(q)).transpose()
    }

    fn seat_count(&self) -> usize {
        usize::from(self.truth.system.seat_count())
    }

    /// The call with which the search ends.
    fn shown<T, C: SolCall>(&self, call: &C) -> Search<T> {
        let function = C::SIGNATURE.split('(').next().unwrap_or_default();
        Err(Stop::Refuted(Refutation { function, data: call.abi_encode() }))
    }
}

/// Searches that do not need each other: a lie that one of them finds is what is wrong, and what is
/// hidden from several is asked for together.
fn together<T>(searches: impl IntoIterator<Item = Search<T>>) -> Search<Vec<T>> {
    let (mut found, mut hidden) = (Vec::new(), BTreeSet::new());
    for search in searches {
        match search {
            Ok(one) => found.push(one),
            Err(Stop::Hidden(more)) => hidden.extend(more),
            Err(refuted) => return Err(refuted),
        }
    }
    if hidden.is_empty() { Ok(found) } else { Err(Stop::Hidden(hidden)) }
}

/// The first of `0..end` that `holds` is false of, or `end`, if there is only one place where it
/// becomes false; of several it is any. Many are asked for at once, so that few rounds of demands
/// lead there.
fn boundary(end: u32, holds: impl Fn(u32) -> Search<bool>) -> Search<u32> {
    let (mut low, mut high) = (0, end);
    while low < high {
        let stride = (high - low).div_ceil(PROBES + 1);
        let probes: Vec<_> = (1..=PROBES).map(|probe| low + probe * stride - 1).collect();
        let probes: Vec<_> = probes.into_iter().filter(|&at| at < high).collect();
        let answers = together(probes.iter().map(|&at| holds(at)))?;
        match answers.iter().position(|holds| !holds) {
            Some(first) => {
                high = probes[first];
                low = if first == 0 { low } else { probes[first - 1] + 1 };
            }
            None => low = probes[probes.len() - 1] + 1,
        }
    }
    Ok(high)
}
