//! The court against whole rounds: no call refutes an honest one, and every lie is refuted.
//!
//! Rounds are played by the Systems and told by the crates that nodes use; the arena, the court and
//! the step contracts are the committed bytecode. Lies are of two sorts: one byte of one leaf
//! changed, and one falsehood told in full, everything that follows from it consistent.

mod calls;
mod gas;
mod refuter;
mod stage;
mod story;
mod trials;

use std::collections::{BTreeMap, BTreeSet};
use std::env;

use alloy_sol_types::sol;
use nets_chain::IMAGE;
use nets_core::{Action, Chance, Seed};
use nets_league::{Claim, MatchStatus, NEVER};

use calls::{Place, Tried};
use refuter::Right;
use stage::{Stage, Terms};
use story::{Forgery, Story, Twist};

sol!(SnakeSystem, "../../contracts/artifacts/SnakeSystem.json");
sol!(RpsSystem, "../../contracts/artifacts/RpsSystem.json");
sol!(ConnectFourSystem, "../../contracts/artifacts/ConnectFourSystem.json");

/// The refuter looks at every so many of the bytes that the court is shown changed: it builds all
/// trees anew for each, and in a signed round recovers who signed each step. With `NETS_EVERY_LIE` it
/// looks at all of them.
const REFUTER_STRIDE: usize = 4;
const SIGNED_REFUTER_STRIDE: usize = 32;

/// Prints what was tried.
#[allow(clippy::print_stdout, reason = "for whoever asks how much was tried")]
fn tell_counts(stage: &Stage) {
    let name = stage.setting.system.descriptor().name;
    let signed = if stage.setting.signed.is_some() { "signed " } else { "" };
    println!("{signed}{name}: {:?}", stage.counts);
}

/// Snake: four entries and one that left; entry 1 claims a false total, entry 2 a false score.
fn snake() -> Stage {
    let mut stage = Stage::new(Terms {
        system: "snake",
        parameters: &[("width", 4), ("height", 3), ("step-limit", 12)],
        step_contract: SnakeSystem::BYTECODE.to_vec(),
        matches_per_round: 3,
        clock_blocks: 0,
        image: IMAGE,
        owners: &[0, 1, 2, 3, 4, 5],
    });
    let scores = |entry: u32| entry_scores(&stage, &stage.tell(&Twist::Honest), entry);
    let (first, second, mut third) = (scores(0), scores(1), scores(2));
    third[1] += 1;
    stage.claim(0, 0, Claim::Total(first.iter().sum()));
    stage.claim(1, 1, Claim::Total(second.iter().sum::<i64>() + 1));
    stage.claim(2, 2, Claim::EachMatch(third));
    stage.close_claims();
    stage
}

/// Five entries, two of one owner, one bye a turn. Entry 0 claims what it scores before others claim;
/// entry 1 lies about a match against entry 0, which is not played, entry 2 about several, entry 3
/// about a bye.
fn two_seats(system: &'static str, parameters: &'static [(&str, u64)], code: Vec<u8>) -> Stage {
    let mut stage = Stage::new(Terms {
        system,
        parameters,
        step_contract: code,
        matches_per_round: 10,
        clock_blocks: 0,
        image: IMAGE,
        owners: &[0, 0, 2, 3, 4, 5],
    });
    let scores = |entry: u32| entry_scores(&stage, &stage.tell(&Twist::Honest), entry);
    let [first, mut second, mut third, mut fourth] = [0, 1, 2, 3].map(scores);
    let last = |entry, status| last_with_status(&stage, entry, status);
    second[last(1, MatchStatus::SameOwner)] += 1;
    third.iter_mut().skip(4).for_each(|score| *score += 1);
    fourth[last(3, MatchStatus::Bye)] -= 1;
    stage.claim(0, 0, Claim::EachMatch(first));
    stage.claim(1, 0, Claim::EachMatch(second));
    stage.claim(2, 2, Claim::EachMatch(third));
    stage.claim(3, 3, Claim::EachMatch(fourth));
    stage.close_claims();
    stage
}

/// Snake, signed: whoever refuses to move is made to on chain, and lets its flag fall.
fn signed_snake() -> Stage {
    let mut stage = Stage::new(Terms {
        system: "snake",
        parameters: &[("width", 4), ("height", 3), ("step-limit", 12)],
        step_contract: SnakeSystem::BYTECODE.to_vec(),
        matches_per_round: 3,
        clock_blocks: 6,
        image: IMAGE,
        owners: &[0, 1, 2, 3, 4, 5],
    });
    stage.close_claims();
    stage
}

/// Connect Four, signed.
fn signed_connect_four() -> Stage {
    let mut stage = Stage::new(Terms {
        system: "connect-four",
        parameters: &[],
        step_contract: ConnectFourSystem::BYTECODE.to_vec(),
        matches_per_round: 6,
        clock_blocks: 6,
        image: IMAGE,
        owners: &[0, 0, 2, 3, 4, 5],
    });
    stage.close_claims();
    stage
}

/// Which of its matches is an entry's last with this status while nobody has claimed anything.
fn last_with_status(stage: &Stage, entry: u32, status: MatchStatus) -> usize {
    let story = stage.tell(&Twist::Honest);
    let schedule = stage.setting.schedule(story.entries.len());
    let statuses: Vec<_> =
        schedule.matches_of(entry).map(|q| story.matches[q as usize][2]).collect();
    statuses.iter().rposition(|&found| found == status.encode()).unwrap()
}

/// The match that disqualifies an entry.
fn disqualified_at(story: &Story, entry: usize) -> u32 {
    u32::from_le_bytes(story.entries[entry][46..].try_into().unwrap())
}

/// Of the claims in a round of two seats, the false ones are disqualified where they are false, and
/// the true ones never, though others' lies make walkovers.
fn check_disqualifications(stage: &Stage) {
    let story = stage.tell(&Twist::Honest);
    let status = |entry: usize| story.matches[disqualified_at(&story, entry) as usize][2];
    assert_eq!(disqualified_at(&story, 0), NEVER);
    assert_eq!(status(1), MatchStatus::SameOwner.encode());
    assert_eq!(status(3), MatchStatus::Bye.encode());
    assert_ne!(disqualified_at(&story, 2), NEVER);
    let schedule = stage.setting.schedule(story.entries.len());
    let statuses = schedule.matches_of(0).map(|q| story.matches[q as usize][2]);
    assert!(statuses.collect::<Vec<_>>().contains(&MatchStatus::Walkover.encode()));
}

fn rps() -> Stage {
    two_seats("rps", &[("throws", 6)], RpsSystem::BYTECODE.to_vec())
}

fn connect_four() -> Stage {
    two_seats("connect-four", &[], ConnectFourSystem::BYTECODE.to_vec())
}

/// The scores of an entry in its matches.
fn entry_scores(stage: &Stage, story: &Story, entry: u32) -> Vec<i64> {
    let schedule = stage.setting.schedule(story.entries.len());
    let score = |q: u32| {
        let seats = schedule.pairing(q).unwrap().seats;
        let seat = seats.iter().position(|&seated| seated == Some(entry)).unwrap();
        let offset = 40 + 16 * seat;
        let bytes = &story.matches[q as usize][offset..offset + 8];
        i64::from_le_bytes(bytes.try_into().unwrap())
    };
    schedule.matches_of(entry).map(score).collect()
}

fn statuses(story: &Story) -> BTreeMap<u8, u32> {
    let mut counts = BTreeMap::new();
    story.matches.iter().for_each(|leaf| *counts.entry(leaf[2]).or_default() += 1);
    counts
}

/// Nothing refutes the honest round: not the right arguments, not spoilt ones.
fn check_soundness(stage: &mut Stage) {
    let story = stage.tell(&Twist::Honest);
    let target = stage.assert(&story);
    let right = Right::of(stage);
    refuter::check_right(stage, &right);
    let tried = Tried::new(stage, target, &story);
    let calls: Vec<_> = tried.everywhere().collect();
    let kinds: BTreeSet<_> = calls.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds.len(), KINDS, "{kinds:?}");
    let dice = Chance::from_seed(&Seed([3; 32]));
    for (number, (kind, call)) in (0u32..).zip(&calls) {
        assert!(!stage.refutes(kind, call), "call {number}, {kind}, refutes an honest round");
        let mut spoilt = call.clone();
        let position = dice.draw(2 * number, spoilt.len() as u64 - 4) as usize + 4;
        spoilt[position] ^= 1 << dice.draw(2 * number + 1, 8);
        assert!(!stage.refutes(kind, &spoilt), "{kind} with byte {position} changed");
        stage.counts.attacks += 2;
    }
}

/// Whether anything that a changed place takes part in refutes the story.
fn is_refuted_at(stage: &mut Stage, story: &Story, place: Place) -> bool {
    let target = stage.assert(story);
    let calls = Tried::new(stage, target, story).at(place);
    let is_refuted = calls.iter().any(|(kind, call)| stage.refutes(kind, call));
    stage.counts.lies += usize::from(is_refuted);
    is_refuted
}

fn refuter_stride(stage: &Stage) -> usize {
    match env::var_os("NETS_EVERY_LIE") {
        Some(_) => 1,
        None if stage.setting.signed.is_some() => SIGNED_REFUTER_STRIDE,
        None => REFUTER_STRIDE,
    }
}

fn is_refuted(stage: &mut Stage, story: &Story) -> bool {
    let target = stage.assert(story);
    let tried = Tried::new(stage, target, story);
    let is_refuted = tried.everywhere().any(|(kind, call)| stage.refutes(kind, &call));
    stage.counts.lies += usize::from(is_refuted);
    is_refuted
}

/// Every byte of every leaf of the round's trees, changed, is refuted; but for the trace root of a
/// match that was played, which hides what is under it.
fn check_leaf_bytes(stage: &mut Stage) {
    let right = Right::of(stage);
    let honest = stage.tell(&Twist::Honest);
    for tree in 0..3 {
        let lists = |story: &Story| [&story.entries, &story.matches, &story.ranks][tree].clone();
        for (index, leaf) in (0u32..).zip(lists(&honest)) {
            for offset in 0..leaf.len() {
                let place = [Place::Entry(index), Place::Match(index), Place::Rank(index)][tree];
                if tree == 1 && leaf[2] == 0 && (3..35).contains(&offset) {
                    continue;
                }
                let mask = if offset % 2 == 0 { 0x01 } else { 0x80 };
                let mut story = honest.clone();
                let list = [&mut story.entries, &mut story.matches, &mut story.ranks];
                list.into_iter().nth(tree).unwrap()[index as usize][offset] ^= mask;
                assert!(is_refuted_at(stage, &story, place), "{place:?}, byte {offset}");
                if (index as usize + offset).is_multiple_of(refuter_stride(stage)) {
                    let is_refuted = refuter::is_refuted(stage, &right, &story, offset % 8 == 0);
                    assert!(is_refuted, "{place:?}, byte {offset}");
                }
            }
        }
    }
}

/// Every byte of every leaf of some traces, changed, is refuted; but for the fuel, which agents
/// used, and for actions that lead to the same state, which agents chose.
fn check_trace_bytes(stage: &mut Stage, matches: usize) {
    let right = Right::of(stage);
    let honest = stage.tell(&Twist::Honest);
    let seats = usize::from(stage.setting.seat_count());
    for (&q, trace) in honest.traces.iter().take(matches) {
        for (index, leaf) in (0u32..).zip(&trace.leaves) {
            let is_end = index as usize + 1 == trace.leaves.len();
            let length = if is_end { 41 + 8 * seats } else { leaf.len() };
            // Of the bytes of a signature, the last of each eight stand for the others.
            let is_tried = |offset: &usize| leaf[1] != 6 || *offset < 47 || offset % 8 == 7;
            for offset in (0..length).filter(is_tried) {
                let mut story = honest.clone();
                let changed = &mut story.traces.get_mut(&q).unwrap().leaves[index as usize];
                changed[offset] ^= 0x01;
                let is_choice = !is_end
                    && offset >= 39
                    && stage.setting.signed.is_none()
                    && leads_there(stage, trace, index, changed);
                story.retrace(q);
                let place = Place::Step(q, index);
                assert_eq!(
                    is_refuted_at(stage, &story, place),
                    !is_choice,
                    "{place:?}, byte {offset}"
                );
                if (index as usize + offset).is_multiple_of(refuter_stride(stage)) {
                    let is_refuted = refuter::is_refuted(stage, &right, &story, offset % 8 == 0);
                    assert_eq!(is_refuted, !is_choice, "{place:?}, byte {offset}");
                }
            }
        }
    }
}

/// Whether the actions of a step leaf lead to the state that follows.
fn leads_there(stage: &Stage, trace: &story::TraceStory, step: u32, leaf: &[u8]) -> bool {
    let actions = leaf[39..].chunks(8).map(|b| Action(u64::from_le_bytes(b.try_into().unwrap())));
    let seed = Chance::from_seed(&Seed([0; 32]));
    let states = &trace.states[step as usize..];
    let mut state = stage.setting.system.restore(&states[0], seed).unwrap();
    state.step(&actions.collect::<Vec<_>>()).is_ok() && state.bytes() == states[1]
}

/// Lies told in full.
fn check_twists(stage: &mut Stage) {
    let right = Right::of(stage);
    let honest = stage.tell(&Twist::Honest);
    let played: Vec<u32> = honest.traces.keys().copied().collect();
    let long = played.iter().copied().filter(|q| honest.traces[q].leaves.len() > 3);
    let long: Vec<_> = long.take(4).collect();
    assert_eq!(long.len(), 4);
    let mut twists = Vec::new();
    for &q in &long {
        twists.extend([
            Twist::Score(q, 0, 1),
            Twist::Score(q, 0, i64::MIN / 200),
            Twist::Agents(q),
        ]);
        twists.extend([Twist::Step(q, 1), Twist::Cut(q), Twist::Forfeit(q), Twist::Chance(q)]);
        twists.push(Twist::Bystander(q));
        if stage.setting.signed.is_some() {
            twists.extend(FORGERIES.map(|forgery| Twist::Forged(q, 1, forgery)));
            twists.push(Twist::Unflagged(q));
        }
    }
    if let Some(signed) = &stage.setting.signed {
        assert!(signed.flags.len() > 1, "{:?}", signed.flags);
        twists.extend(signed.flags.keys().map(|&q| Twist::Denied(q)));
    }
    let claims = &stage.setting.claims;
    twists.push(Twist::Claims(BTreeMap::new()));
    for (&member, claim) in claims {
        let mut other = claims.clone();
        other.remove(&member);
        twists.push(Twist::Claims(other.clone()));
        let scores = claim.scores().iter().map(|score| score + 3).collect::<Vec<_>>();
        other.insert(member, Claim::from_parts(claim.kind(), &scores).unwrap());
        twists.push(Twist::Claims(other));
    }
    let entries = &stage.setting.entries;
    for left_out in 0..entries.len() {
        let mut other = entries.clone();
        other.remove(left_out);
        twists.push(Twist::Entries(other));
    }
    for (entry, changed) in (0..entries.len()).map(|entry| (entry, entries.clone())) {
        let mut other = changed.clone();
        other[entry].agent.0[0] ^= 1;
        twists.push(Twist::Entries(other));
        let mut other = changed;
        other[entry].owner = nets_core::Address([9; 20]);
        twists.push(Twist::Entries(other));
    }
    let mut same = 0;
    for twist in twists {
        let story = stage.tell(&twist);
        if story.matches == honest.matches && story.entries == honest.entries {
            same += 1;
            continue;
        }
        assert!(is_refuted(stage, &story), "{twist:?}");
        assert!(refuter::is_refuted(stage, &right, &story, true), "{twist:?}");
    }
    assert!(same < 20, "{same} twists change nothing");
}

/// A consistent other match is refuted by nothing; a lie beside it is. In a signed league the agents
/// have to have signed it, and no flag to have fallen in it.
fn check_other_decisions(stage: &mut Stage) {
    let right = Right::of(stage);
    let honest = stage.tell(&Twist::Honest);
    let mut consistent = 0;
    // In a signed round every story has all its actions signed anew.
    let stride = if stage.setting.signed.is_some() { 3 } else { 1 };
    for &q in honest.traces.keys().step_by(stride) {
        for step in 0..4 {
            let mut story = stage.tell(&Twist::Decision(q, step));
            if story.matches[q as usize] == honest.matches[q as usize] {
                continue;
            }
            consistent += 1;
            let is_refuted = refuter::is_refuted(stage, &right, &story, true);
            assert_eq!(is_refuted, is_flagged(stage, q), "match {q}, step {step}");
            let last = story.ranks.len() - 1;
            story.ranks[last][6] ^= 1;
            assert!(refuter::is_refuted(stage, &right, &story, true), "match {q}, step {step}");
        }
    }
    assert!(consistent > 3, "{consistent} other decisions");
    if stage.setting.signed.is_none() {
        check_several_other_decisions(stage, &right, &honest);
    }
}

/// Of several matches that went otherwise none hides another one.
fn check_several_other_decisions(stage: &mut Stage, right: &Right, honest: &Story) {
    let is_other = |stage: &mut Stage, q: u32| {
        let story = stage.tell(&Twist::Decision(q, 1));
        story.matches[q as usize][3..35] != honest.matches[q as usize][3..35]
    };
    let changed: Vec<_> = honest.traces.keys().copied().filter(|&q| is_other(stage, q)).collect();
    let [first, .., last] = changed[..] else { panic!("{changed:?}") };
    let story = stage.tell(&Twist::Decisions(vec![(first, 1), (last, 1)]));
    for (passed_over, expected) in
        [(vec![], first), (vec![first], last), (vec![last], first), (vec![first, last], first)]
    {
        let found = refuter::found_beyond(stage, right, &story, &passed_over);
        assert_eq!(found, expected, "{passed_over:?}");
    }
}

/// Who has no record of a match takes any that the agents signed, and refutes what they did not, also
/// where it is what was put in its place.
fn check_unknown_matches(stage: &mut Stage) {
    let honest = stage.tell(&Twist::Honest);
    let long = honest.traces.iter().filter(|(_, trace)| trace.leaves.len() > 3);
    let long: Vec<_> = long.map(|(&q, _)| q).filter(|&q| !is_flagged(stage, q)).take(2).collect();
    assert_eq!(long.len(), 2);
    for q in long {
        let filler = Twist::Score(q, 0, 1);
        let right = Right::without(stage, q, &filler);
        assert!(!refuter::is_refuted(stage, &right, &honest, true), "match {q}");
        let decided = stage.tell(&Twist::Decision(q, 1));
        assert!(!refuter::is_refuted(stage, &right, &decided, true), "match {q}");
        for twist in [filler, Twist::Forged(q, 1, Forgery::Missing), Twist::Unflagged(q)] {
            let story = stage.tell(&twist);
            assert!(refuter::is_refuted(stage, &right, &story, true), "{twist:?}");
        }
        let mut story = honest.clone();
        story.ranks.swap(0, 1);
        assert!(refuter::is_refuted(stage, &right, &story, true), "match {q}");
    }
}

fn is_flagged(stage: &Stage, q: u32) -> bool {
    stage.setting.signed.as_ref().is_some_and(|signed| signed.flags.contains_key(&q))
}

/// Leaves that are left out, moved, doubled, and trees of another shape.
fn check_shapes(stage: &mut Stage) {
    let right = Right::of(stage);
    let honest = stage.tell(&Twist::Honest);
    let mut stories = Vec::new();
    for index in 0..honest.entries.len() - 1 {
        let mut story = honest.clone();
        story.entries.swap(index, index + 1);
        stories.push(story);
        let mut story = honest.clone();
        story.ranks.swap(index, index + 1);
        stories.push(story);
        let mut story = honest.clone();
        story.ranks[index] = story.ranks[index + 1].clone();
        stories.push(story);
        let mut story = honest.clone();
        story.entries[index].clear();
        stories.push(story);
        let mut story = honest.clone();
        story.matches[index].clear();
        stories.push(story);
    }
    let mut story = honest.clone();
    let (&q, trace) = story.traces.iter_mut().next().unwrap();
    trace.leaves[0].clear();
    story.retrace(q);
    stories.push(story);
    for story in &stories {
        assert!(is_refuted(stage, story));
        assert!(refuter::is_refuted(stage, &right, story, true));
    }
    let empty = Story { entries: vec![], matches: vec![], ranks: vec![], traces: BTreeMap::new() };
    assert!(is_refuted(stage, &empty));
    assert!(refuter::is_refuted(stage, &right, &empty, true));
}

/// The kinds of refutations that there are, and of them those of signed leagues alone.
const KINDS: usize = 19;
const KINDS_OF_SIGNED: usize = 2;

const FORGERIES: [Forgery; 5] =
    [Forgery::Missing, Forgery::HighHalf, Forgery::Stranger, Forgery::Other, Forgery::Elsewhere];

fn check_all(stage: &mut Stage) {
    check_soundness(stage);
    check_leaf_bytes(stage);
    check_trace_bytes(stage, 2);
    check_twists(stage);
    check_shapes(stage);
    check_other_decisions(stage);
    let is_signed = stage.setting.signed.is_some();
    // Without claims there are no walkovers, so of one seat each match is played, and no status lies.
    let kinds = if is_signed { KINDS - 1 } else { KINDS - KINDS_OF_SIGNED };
    assert_eq!(stage.shown.len(), kinds, "{:?}", stage.shown);
    tell_counts(stage);
}

#[test]
fn a_round_of_snake_is_refuted_exactly_where_it_lies() {
    let mut stage = snake();
    let statuses = statuses(&stage.tell(&Twist::Honest));
    assert!(statuses[&MatchStatus::Walkover.encode()] > 0, "{statuses:?}");
    check_all(&mut stage);
}

#[test]
fn a_round_of_rps_is_refuted_exactly_where_it_lies() {
    let mut stage = rps();
    assert_eq!(statuses(&stage.tell(&Twist::Honest)).len(), 4);
    check_disqualifications(&stage);
    check_all(&mut stage);
}

#[test]
fn a_signed_round_of_snake_is_refuted_exactly_where_it_lies() {
    let mut stage = signed_snake();
    check_all(&mut stage);
    check_unknown_matches(&mut stage);
}

/// As for the unsigned one.
#[test]
fn a_signed_round_of_connect_four_is_refuted_exactly_where_it_lies() {
    let mut stage = signed_connect_four();
    check_soundness(&mut stage);
    check_trace_bytes(&mut stage, 1);
    check_twists(&mut stage);
    check_other_decisions(&mut stage);
    check_unknown_matches(&mut stage);
    tell_counts(&stage);
}

/// The round's own leaves are those of any league of two seats, so only what hangs on the System is
/// tried again.
#[test]
fn a_round_of_connect_four_is_refuted_exactly_where_it_lies() {
    let mut stage = connect_four();
    assert_eq!(statuses(&stage.tell(&Twist::Honest)).len(), 4);
    check_disqualifications(&stage);
    check_soundness(&mut stage);
    check_trace_bytes(&mut stage, 1);
    check_twists(&mut stage);
    tell_counts(&stage);
}
