//! A round as an asserter tells it: all leaves of its trees and the traces under them.
//!
//! Told honestly it comes from the crates that nodes use; a [`Twist`] tells it with one lie from
//! which everything else follows consistently.

use std::collections::BTreeMap;
use std::sync::Arc;

use nets_chain::FallenFlag;
use nets_core::{
    Action, ActionStatement, AgentKey, Chance, Digest, Ending, FuelClock, Information, MatchSpec,
    PROTOCOL_VERSION, Rules, Seat, SeatSet, Seed, Signature, State, Status, System, Tag,
    Termination, Trace, TraceBuilder, Venue, hash_tagged, sha256,
};
use nets_league::{
    Claim, Entry, MatchResult, MatchStatus, NextMatch, RoundResult, RoundScorer, Schedule,
};

/// The trace of one match, with the states its leaves hash.
#[derive(Clone)]
pub(crate) struct TraceStory {
    pub(crate) match_id: Digest,
    pub(crate) leaves: Vec<Vec<u8>>,
    pub(crate) states: Vec<Vec<u8>>,
}

/// All leaves of a round. Empty bytes stand for a leaf of 32 zero bytes.
#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) matches: Vec<Vec<u8>>,
    pub(crate) ranks: Vec<Vec<u8>>,
    pub(crate) traces: BTreeMap<u32, TraceStory>,
}

/// One lie, told in full.
#[derive(Clone, Debug)]
pub(crate) enum Twist {
    /// None: the truth.
    Honest,
    /// Other claims than those that were posted, by member.
    Claims(BTreeMap<u32, Claim>),
    /// Other entries, or other owners of them.
    Entries(Vec<Entry>),
    /// A match of which one seat's score is another.
    Score(u32, usize, i64),
    /// A match played on another seed, under its true id.
    Chance(u32),
    /// A match between other agents.
    Agents(u32),
    /// A match in which a step leads to the state that another action leads to.
    Step(u32, u32),
    /// A match in which another legal action was chosen in a step, and all went on from there.
    Decision(u32, u32),
    /// Several matches in which another one was, by match and step.
    Decisions(Vec<(u32, u32)>),
    /// A match that is said to be finished before it is.
    Cut(u32),
    /// A match that a seat is said to have forfeited when it was over.
    Forfeit(u32),
    /// A match that went on to be lost by a seat that did not act.
    Bystander(u32),
    /// A signed match in which a step has another signature than its agent's.
    Forged(u32, u32, Forgery),
    /// A match that the seat to move is said to have forfeited, in which no flag fell.
    Unflagged(u32),
    /// A signed match that its agents went on with, by their signatures, after a flag had fallen.
    Denied(u32),
}

/// What stands where an agent's signature should.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Forgery {
    /// Zeros.
    Missing,
    /// The agent's own, with the upper half.
    HighHalf,
    /// That of a key which is no agent's.
    Stranger,
    /// The next seat's, or in a System of one seat that of another entry.
    Other,
    /// The agent's, of the same action in another match.
    Elsewhere,
}

/// What makes a setting one of a signed league.
#[derive(Clone)]
pub(crate) struct Signed {
    /// Where it is; the match is another for each.
    pub(crate) venue: Venue,
    /// The keys that the agents are, by member.
    pub(crate) keys: BTreeMap<u32, AgentKey>,
    /// The matches in which a flag fell.
    pub(crate) flags: BTreeMap<u32, FallenFlag>,
}

/// The order of secp256k1, in four parts, most significant first.
const ORDER: [u64; 4] =
    [0xffff_ffff_ffff_ffff, 0xffff_ffff_ffff_fffe, 0xbaae_dce6_af48_a03b, 0xbfd2_5e8c_d036_4141];

impl Signed {
    fn sign(
        &self,
        entries: &[Entry],
        next: &NextMatch,
        (seat, said): (Seat, &ActionStatement),
        forgery: Option<Forgery>,
    ) -> Signature {
        let entry = |seat: usize| next.pairing.seats[seat].unwrap() as usize;
        let seats = next.pairing.seats.iter().flatten().count();
        let own = &self.keys[&entries[entry(seat.index())].member];
        let sign = |key: &AgentKey| key.sign(&said.digest()).unwrap();
        match forgery {
            None => sign(own),
            Some(Forgery::Missing) => Signature::NONE,
            Some(Forgery::HighHalf) => with_high_half(sign(own)),
            Some(Forgery::Stranger) => sign(&AgentKey::from_secret(&[0x77; 32]).unwrap()),
            Some(Forgery::Other) if seats == 1 => {
                let other = (entry(0) + 1) % entries.len();
                sign(&self.keys[&entries[other].member])
            }
            Some(Forgery::Other) => {
                sign(&self.keys[&entries[entry((seat.index() + 1) % seats)].member])
            }
            Some(Forgery::Elsewhere) => {
                let match_index = said.venue.match_index + 1;
                let venue = Venue { match_index, ..said.venue };
                own.sign(&ActionStatement { venue, ..*said }.digest()).unwrap()
            }
        }
    }
}

/// The other signature of the same key and digest.
fn with_high_half(mut signature: Signature) -> Signature {
    let mut borrowed = false;
    for (part, of_order) in (0..4).zip(ORDER).rev() {
        let bytes = &mut signature.0[32 + 8 * part..40 + 8 * part];
        let value = bytes.iter().fold(0u64, |value, &byte| value << 8 | u64::from(byte));
        let (difference, first) = of_order.overflowing_sub(value);
        let (difference, second) = difference.overflowing_sub(u64::from(borrowed));
        borrowed = first || second;
        (0..8).for_each(|at| bytes[at] = (difference >> (56 - 8 * at)) as u8);
    }
    signature.0[64] ^= 27 ^ 28;
    signature
}

/// What a round is played from.
#[derive(Clone)]
pub(crate) struct Setting {
    pub(crate) system: Arc<dyn System>,
    pub(crate) matches_per_round: u16,
    pub(crate) round_seed: Seed,
    pub(crate) entries: Vec<Entry>,
    pub(crate) claims: BTreeMap<u32, Claim>,
    /// None in a league of modules.
    pub(crate) signed: Option<Signed>,
}

impl Setting {
    /// What the matches are played by.
    pub(crate) fn rules(&self) -> Rules {
        let system = &*self.system;
        if self.signed.is_some() {
            return Rules::signed(system);
        }
        Rules {
            protocol_version: PROTOCOL_VERSION,
            metering_version: 1,
            system: system.id(),
            parameters: system.parameters().encode(),
            fuel_clock: FuelClock { base: 1, increment: 1, cap: 1 },
        }
    }

    pub(crate) fn seat_count(&self) -> u8 {
        self.system.seat_count()
    }

    pub(crate) fn schedule(&self, entry_count: usize) -> Schedule {
        let (seats, matches) = (self.seat_count(), self.matches_per_round);
        Schedule::new(seats, matches, entry_count as u32, &self.round_seed).unwrap()
    }

    /// Plays the round and tells it.
    pub(crate) fn tell(&self, twist: &Twist) -> Story {
        self.play_round(twist).0
    }

    /// Plays the round: its story, its result, and the traces of its matches.
    pub(crate) fn play_round(&self, twist: &Twist) -> (Story, RoundResult, BTreeMap<u32, Trace>) {
        let entries = if let Twist::Entries(other) = twist { other } else { &self.entries };
        let claims = if let Twist::Claims(other) = twist { other } else { &self.claims };
        let mut scorer = RoundScorer::new(
            self.schedule(entries.len()),
            self.seat_count(),
            entries.clone(),
            claims.clone(),
            |set| self.system.forfeit_scores(set),
        );
        let (mut stories, mut traces) = (BTreeMap::new(), BTreeMap::new());
        while let Some(next) = scorer.next_match() {
            let result = (next.status == MatchStatus::Played).then(|| {
                let (result, story, trace) = self.play(entries, &next, twist);
                stories.insert(next.index, story);
                traces.insert(next.index, trace);
                result
            });
            scorer.score(result).unwrap();
        }
        let result = scorer.finish().unwrap();
        (Story::new(&result, stories), result, traces)
    }

    fn play(
        &self,
        entries: &[Entry],
        next: &NextMatch,
        twist: &Twist,
    ) -> (MatchResult, TraceStory, Trace) {
        let q = next.index;
        let seed = RoundScorer::match_seed(&self.round_seed, &next.pairing);
        let seats = next.pairing.seats.iter().flatten();
        let mut agents: Vec<_> = seats.map(|&entry| entries[entry as usize].agent).collect();
        if matches!(twist, Twist::Agents(at) if *at == q) {
            agents[0].0[31] ^= 1;
        }
        let id = MatchSpec { rules: self.rules(), seed, agents }.id();
        let chance_seed =
            if matches!(twist, Twist::Chance(at) if *at == q) { Seed([7; 32]) } else { seed };
        let mut state = self.system.start(Chance::from_seed(&chance_seed));
        let mut trace = TraceBuilder::new(16);
        let mut states = vec![state.bytes()];
        let ending = loop {
            let step = trace.step_count();
            if let Some(ending) = self.ending(&*state, next, step, twist) {
                break ending;
            }
            let Status::Acting(acting) = state.status() else { unreachable!("it has no ending") };
            let is_changed = match twist {
                Twist::Decision(at, when) => (*at, *when) == (q, step),
                Twist::Decisions(changed) => changed.contains(&(q, step)),
                _ => false,
            };
            let chooser = if is_changed { [0x5a; 32] } else { id.0 };
            let actions = choose(&*state, acting, &chooser, step);
            trace.begin_step(&*state, acting, Information::Perfect);
            match &self.signed {
                None => trace.end_step(&actions),
                Some(signed) => {
                    let forgery = match *twist {
                        Twist::Forged(at, when, forgery) if (at, when) == (q, step) => {
                            Some(forgery)
                        }
                        _ => None,
                    };
                    let state_hash = hash_tagged(Tag::State, &[&state.bytes()]);
                    let venue = Venue { match_index: q, ..signed.venue };
                    let sign = |(seat, &action): (Seat, &Action)| {
                        let said = ActionStatement { venue, seat, step, state_hash, action };
                        signed.sign(entries, next, (seat, &said), forgery)
                    };
                    let signatures: Vec<_> = acting.iter().zip(&actions).map(sign).collect();
                    trace.end_signed_step(&actions, &signatures);
                }
            }
            match *twist {
                Twist::Step(at, when) if (at, when) == (q, step) => {
                    step_otherwise(&mut *state, &actions)
                }
                _ => state.step(&actions).unwrap(),
            }
            states.push(state.bytes());
        };
        let (termination, mut scores) = ending;
        if let Twist::Score(at, seat, delta) = *twist
            && at == q
        {
            scores[seat] += delta;
        }
        let fuel = if self.signed.is_some() { 0 } else { 9 };
        let trace = trace.finish(id, &*state, termination, &scores, &vec![fuel; scores.len()]);
        let steps = trace.steps().map(|leaf| leaf.encode());
        let leaves = steps.chain([trace.end().encode()]).collect();
        let result =
            MatchResult { scores, trace_root: trace.root(), step_count: trace.leaf_count() - 1 };
        (result, TraceStory { match_id: Digest(id.0), leaves, states }, trace)
    }

    /// How the match ends in `state`; none if it goes on. The last entry's agent refuses to act in
    /// some matches.
    fn ending(
        &self,
        state: &dyn State,
        next: &NextMatch,
        step: u32,
        twist: &Twist,
    ) -> Option<(Termination, Vec<i64>)> {
        let last_seat = Seat(self.seat_count() - 1);
        let refuses = next.pairing.seats[last_seat.index()] == Some(self.entries.len() as u32 - 1)
            && next.index % 4 < 2
            && step > 1
            && !matches!(twist, Twist::Denied(at) if *at == next.index);
        let forfeit =
            |seats: SeatSet| (Termination::Forfeit(seats), self.system.forfeit_scores(seats));
        match (state.status(), twist) {
            (Status::Acting(_), Twist::Cut(at)) if *at == next.index && step > 0 => {
                Some((Termination::Finished, state.scores()))
            }
            (Status::Acting(acting), Twist::Bystander(at)) if *at == next.index && step == 1 => {
                let idle = (0..self.seat_count()).map(Seat).find(|&seat| !acting.contains(seat));
                idle.map(|seat| forfeit(SeatSet::only(seat)))
            }
            (Status::Acting(acting), _) if refuses && acting.contains(last_seat) => {
                Some(forfeit(SeatSet::only(last_seat)))
            }
            (Status::Acting(acting), Twist::Unflagged(at)) if *at == next.index && step == 1 => {
                Some(forfeit(acting))
            }
            (Status::Terminal(_), Twist::Forfeit(at)) if *at == next.index => {
                Some(forfeit(SeatSet::only(Seat(0))))
            }
            (Status::Acting(_), _) => None,
            (Status::Terminal(Ending::Finished), _) => {
                Some((Termination::Finished, state.scores()))
            }
            (Status::Terminal(Ending::StepLimit), _) => {
                Some((Termination::StepLimit, state.scores()))
            }
        }
    }
}

fn choose(state: &dyn State, acting: SeatSet, id: &[u8; 32], step: u32) -> Vec<Action> {
    let dice = Chance::from_seed(&Seed(*id));
    let choice = |seat: Seat| {
        let legal = state.legal_actions(seat);
        legal[dice.draw(step * 8 + u32::from(seat.0), legal.len() as u64) as usize]
    };
    acting.iter().map(choice).collect()
}

/// Steps with other actions than the recorded ones, to another state than they lead to.
fn step_otherwise(state: &mut dyn State, recorded: &[Action]) {
    let mut right = state.fork();
    right.step(recorded).unwrap();
    for other in 0..7 {
        let mut actions = recorded.to_vec();
        actions[0] = Action(other);
        let mut wrong = state.fork();
        if wrong.step(&actions).is_ok() && wrong.bytes() != right.bytes() {
            state.step(&actions).unwrap();
            return;
        }
    }
    state.step(recorded).unwrap();
}

impl Story {
    fn new(result: &RoundResult, traces: BTreeMap<u32, TraceStory>) -> Self {
        Self {
            entries: result.entries().iter().map(|leaf| leaf.encode()).collect(),
            matches: result.matches().iter().map(|leaf| leaf.encode()).collect(),
            ranks: result.ranks().iter().map(|leaf| leaf.encode()).collect(),
            traces,
        }
    }

    /// Writes the root of a changed trace into its match leaf.
    pub(crate) fn retrace(&mut self, q: u32) {
        let trace = &self.traces[&q];
        let tree_root = nets_core::MerkleTree::new(hashes(&trace.leaves)).root();
        let id = nets_core::MatchId(trace.match_id.0);
        let root = nets_core::trace_root(&id, trace.leaves.len() as u32, &tree_root);
        self.matches[q as usize][3..35].copy_from_slice(&root.0);
    }
}

pub(crate) fn hashes(leaves: &[Vec<u8>]) -> Vec<Digest> {
    let hash = |leaf: &Vec<u8>| if leaf.is_empty() { Digest([0; 32]) } else { sha256(leaf) };
    leaves.iter().map(hash).collect()
}
