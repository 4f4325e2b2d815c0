//! A round from entries to payouts, as steps that each look at the chain and do what comes next.
//!
//! Nothing of a round's progress is kept but what is on the chain and in the records, so a process
//! that is killed anywhere goes on where it was: the next step is read from the chain again.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;

use alloy_primitives::B256;
use alloy_sol_types::SolEvent;
use nets_chain::{Arena, ChainAdapter, IArena, IBeacon, RoundStatus};
use nets_core::{Score, SeatSet, Seed, Termination};
use nets_league::{Assertion, Claim, RoundResult};

use crate::beacon::SecretChain;
use crate::error::NodeError;
use crate::keys::read_secret;
use crate::members::{entries, members};
use crate::node::{ArenaNode, League, OPERATOR};
use crate::play::{PlayOptions, PlayedRound, Progress, RoundPlan, play_round};
use crate::report::{MatchLine, PayoutLine, RoundReport, StandingLine};

/// How a round is run.
#[derive(Clone, Copy, Debug)]
pub struct RoundOptions<'a> {
    /// How many threads play matches.
    pub threads: usize,
    /// Set from outside to stop after the matches under way.
    pub stop: &'a AtomicBool,
}

/// What an owner claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimKind {
    /// The scores its own computation gives, one for each match.
    Computed,
    /// These scores, whatever they are.
    Given(Claim),
}

/// Opens the next round of a league and draws its seed; does nothing where a round is under way.
///
/// Local owners' agents whose paid rounds are over are entered again, if their owner can pay; who
/// cannot fades out.
///
/// # Errors
/// When the chain refuses, as for a purse that does not cover the payouts.
pub fn open_round(
    node: &mut ArenaNode,
    league: &str,
    progress: &dyn Progress,
) -> Result<u32, NodeError> {
    let league = node.league(league)?;
    let state = node.view(&IArena::leagueOfCall { league: league.id })?;
    if let Some(round) = state.nextRound.checked_sub(1) {
        let current = round_of(node, &league, round)?;
        if !is_over(current.progress()) {
            draw_seed(node, &league, &current)?;
            return Ok(round);
        }
    }
    renew_members(node, &league, state.memberCount, state.nextRound, progress)?;
    wait_until(node, state.idleSince + u64::from(league.terms.entryBlocks))?;
    let round = node.send(OPERATOR, &IArena::openRoundCall { league: league.id })?;
    let current = round_of(node, &league, round)?;
    draw_seed(node, &league, &current)?;
    Ok(round)
}

fn is_over(status: RoundStatus) -> bool {
    matches!(status, RoundStatus::Final | RoundStatus::Void)
}

fn round_of(node: &ArenaNode, league: &League, round: u32) -> Result<IArena::Round, NodeError> {
    node.view(&IArena::roundOfCall { league: league.id, round })
}

/// Lets blocks pass until the next one has a number above `block`.
fn wait_until(node: &mut ArenaNode, block: u64) -> Result<(), NodeError> {
    let head = node.chain.head()?.number;
    node.chain.advance((block + 1).saturating_sub(head + 1))?;
    Ok(())
}

fn renew_members(
    node: &mut ArenaNode,
    league: &League,
    member_count: u32,
    round: u32,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    for line in members(&node.arena, &node.chain, league.id, member_count)? {
        if line.to > round || line.is_banned || line.is_leaving {
            continue;
        }
        let Some(owner) = node.account_name(&line.owner) else { continue };
        match node.renew_agent(&owner, &league.name, line.member, 1) {
            Err(NodeError::Arena(nets_chain::ArenaError::Refused { reason, .. })) => {
                progress.note(&format!(
                    "{}: agent {} of {owner} fades out: {reason}",
                    league.name,
                    line.agent.short()
                ));
            }
            other => other?,
        }
    }
    Ok(())
}

/// Reveals the beacon's value if it is still secret, and draws the round's seed.
fn draw_seed(
    node: &mut ArenaNode,
    league: &League,
    round: &IArena::Round,
) -> Result<(), NodeError> {
    if round.progress() != RoundStatus::Open {
        return Ok(());
    }
    let secrets = SecretChain::new(read_secret(&node.folder.beacon_secret())?);
    loop {
        let next = node.arena.view_beacon(&node.chain, &IBeacon::nextIndexCall {})?;
        if next > round.beaconIndex {
            break;
        }
        let secret = secrets.reveal(next).ok_or_else(|| NodeError::Round {
            league: league.name.clone(),
            reason: "the beacon has revealed all its values; deploy another".to_owned(),
        })?;
        let reveal = IBeacon::revealCall { secret: B256::new(secret.0) };
        let operator = node.keys.account(OPERATOR)?;
        let call = node.arena.beacon_call(&reveal);
        node.arena.send::<IBeacon::revealCall>(&mut node.chain, &operator, call)?;
    }
    node.send(OPERATOR, &IArena::drawSeedCall { league: league.id })?;
    Ok(())
}

/// The round with all its result depends on, as the chain has it.
pub(crate) fn round_plan(
    arena: &Arena,
    chain: &dyn ChainAdapter,
    league: &League,
    number: u32,
    round: &IArena::Round,
) -> Result<RoundPlan, NodeError> {
    let frozen = members(arena, chain, league.id, round.memberCount)?;
    let (entries, code) = entries(&frozen, number);
    Ok(RoundPlan {
        league: league.clone(),
        round: number,
        seed: Seed(round.seed.0),
        entries,
        code,
        claims: claims(arena, chain, league, number, round)?,
    })
}

/// The claims posted for a round, from the chain's logs.
pub(crate) fn claims(
    arena: &Arena,
    chain: &dyn ChainAdapter,
    league: &League,
    number: u32,
    round: &IArena::Round,
) -> Result<BTreeMap<u32, Claim>, NodeError> {
    let mut claims = BTreeMap::new();
    for log in chain.logs(round.openedAt)? {
        if log.address != arena.deployment().arena {
            continue;
        }
        let Ok(event) = IArena::ClaimPosted::decode_raw_log(log.topics, &log.data) else {
            continue;
        };
        if event.league != league.id || event.round != number {
            continue;
        }
        if let Some(claim) = Claim::from_parts(event.kind, &event.scores) {
            claims.insert(event.member, claim);
        }
    }
    Ok(claims)
}

/// Posts a claim of a local owner for its agent in the round under way.
///
/// # Errors
/// When no round takes claims now, the agent is not in it, or the chain refuses.
pub fn post_claim(
    node: &mut ArenaNode,
    league: &str,
    member: u32,
    kind: &ClaimKind,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<Claim, NodeError> {
    let league = node.league(league)?;
    let (number, _) = current_round(node, &league)?;
    let claim = match kind {
        ClaimKind::Given(claim) => claim.clone(),
        ClaimKind::Computed => {
            Claim::EachMatch(own_scores(node, &league.name, member, options, progress)?)
        }
    };
    let (kind, scores) = (claim.kind(), claim.scores().to_vec());
    let digest = IArena::claimDigestCall {
        league: league.id,
        round: number,
        member,
        kind,
        scores: scores.clone(),
    };
    let digest = node.view(&digest)?;
    let line = node.view(&IArena::memberOfCall { league: league.id, member })?;
    let owner = node.account_name(&nets_core::Address(line.owner.into_array()));
    let owner = owner.ok_or_else(|| NodeError::UnknownAccount {
        name: line.owner.to_string(),
        known: node.account_names().unwrap_or_default().join(", "),
    })?;
    let signature = node.keys.account(&owner)?.sign(&digest);
    let signature = signature.map_err(|_| NodeError::Key { path: node.folder.keys() })?;
    let call = IArena::postClaimCall {
        league: league.id,
        round: number,
        member,
        kind,
        scores,
        signature: signature.as_bytes().to_vec().into(),
    };
    node.send(OPERATOR, &call)?;
    Ok(claim)
}

fn current_round(node: &ArenaNode, league: &League) -> Result<(u32, IArena::Round), NodeError> {
    let state = node.view(&IArena::leagueOfCall { league: league.id })?;
    let none = || NodeError::Round {
        league: league.name.clone(),
        reason: "no round is open; open one first".to_owned(),
    };
    let number = state.nextRound.checked_sub(1).ok_or_else(none)?;
    let round = round_of(node, league, number)?;
    if is_over(round.progress()) { Err(none()) } else { Ok((number, round)) }
}

/// The scores of an agent's matches in the round under way, as its owner computes them before any
/// claim is known.
///
/// # Errors
/// When no round is under way, the agent is not in it, or a match has no verdict.
pub fn own_scores(
    node: &ArenaNode,
    league: &str,
    member: u32,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<Vec<Score>, NodeError> {
    let league = node.league(league)?;
    let (number, round) = current_round(node, &league)?;
    let plan = round_plan(&node.arena, &node.chain, &league, number, &round)?;
    let plan = RoundPlan { claims: BTreeMap::new(), ..plan };
    let not_in = || NodeError::UnknownAgent {
        league: league.name.clone(),
        agent: format!("member {member} in round {number}"),
    };
    let entry = plan.entries.iter().position(|entry| entry.member == member);
    let entry = entry.ok_or_else(not_in)? as u32;
    let played = play(node, &plan, options, progress)?;
    let score = |index: u32| {
        let seats = played.schedule.pairing(index).map(|pairing| pairing.seats)?;
        let seat = seats.iter().position(|&seat| seat == Some(entry))?;
        Some(played.result.matches()[index as usize].seats[seat].score)
    };
    Ok(played.schedule.matches_of(entry).filter_map(score).collect())
}

fn play(
    node: &ArenaNode,
    plan: &RoundPlan,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<PlayedRound, NodeError> {
    let RoundOptions { threads, stop } = options;
    let play_options = PlayOptions { threads, stop, use_records: true };
    play_round(&node.artifacts, node.folder.compiled(), plan, play_options, progress)
}

/// Runs the round under way to its end, opening one if there is none: plays, asserts, waits,
/// finalises, slashes, pays.
///
/// # Errors
/// When the chain refuses, a match has no verdict, or somebody asks to stop; run it again to go on.
pub fn run_round(
    node: &mut ArenaNode,
    league: &str,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<RoundReport, NodeError> {
    let number = match unsettled_round(node, league)? {
        Some(number) => number,
        None => open_round(node, league, progress)?,
    };
    let league = node.league(league)?;
    let mut round = round_of(node, &league, number)?;
    draw_seed(node, &league, &round)?;
    round = round_of(node, &league, number)?;
    let plan = match round.progress() {
        RoundStatus::Seeded => {
            wait_until(node, round.seededAt + u64::from(league.terms.claimBlocks))?;
            round_plan(&node.arena, &node.chain, &league, number, &round)?
        }
        _ => final_plan(node, &league, number, &round)?,
    };
    let played = play(node, &plan, options, progress)?;
    if round.progress() == RoundStatus::Seeded {
        assert_and_finalize(node, &league, number, &played.result.assertion())?;
    }
    let slashed = slash_all(node, &plan, &played.result)?;
    let payouts = pay_all(node, &plan, &played.result)?;
    Ok(report(&plan, &played, payouts, slashed))
}

/// The latest round if something of it is still to be done, payouts and slashing included.
fn unsettled_round(node: &ArenaNode, league: &str) -> Result<Option<u32>, NodeError> {
    let league = node.league(league)?;
    let state = node.view(&IArena::leagueOfCall { league: league.id })?;
    let Some(number) = state.nextRound.checked_sub(1) else { return Ok(None) };
    let round = round_of(node, &league, number)?;
    let is_settled = match round.progress() {
        RoundStatus::Void => true,
        RoundStatus::Final => {
            round.paidRanks.count_ones() == payable(node, &league, number, &round)?
        }
        _ => false,
    };
    Ok((!is_settled).then_some(number))
}

/// How many ranks of a final round are paid.
fn payable(
    node: &ArenaNode,
    league: &League,
    number: u32,
    round: &IArena::Round,
) -> Result<u32, NodeError> {
    let assertion = IArena::assertionOfCall {
        league: league.id,
        round: number,
        assertion: round.finalAssertion,
    };
    let entry_count = node.view(&assertion)?.entryCount;
    Ok(entry_count.min(league.terms.payouts.len() as u32))
}

fn assert_and_finalize(
    node: &mut ArenaNode,
    league: &League,
    number: u32,
    result: &Assertion,
) -> Result<(), NodeError> {
    let posted = posted_assertion(node, league, number, result)?;
    let (assertion, posted_at) = match posted {
        Some(posted) => posted,
        None => {
            let call = IArena::assertResultCall {
                league: league.id,
                round: number,
                entryCount: result.entry_count,
                entriesRoot: B256::new(result.entries_root.0),
                matchesRoot: B256::new(result.matches_root.0),
                ranksRoot: B256::new(result.ranks_root.0),
            };
            let assertion = node.send(OPERATOR, &call)?;
            (assertion, node.chain.head()?.number)
        }
    };
    wait_until(node, posted_at + u64::from(league.terms.challengeBlocks))?;
    let call = IArena::finalizeCall { league: league.id, round: number, assertion };
    node.send(OPERATOR, &call)?;
    Ok(())
}

/// A live assertion of exactly this result, and the block it was posted in.
fn posted_assertion(
    node: &ArenaNode,
    league: &League,
    number: u32,
    result: &Assertion,
) -> Result<Option<(u32, u64)>, NodeError> {
    let count = round_of(node, league, number)?.assertionCount;
    for assertion in 0..count {
        let call = IArena::assertionOfCall { league: league.id, round: number, assertion };
        let posted = node.view(&call)?;
        let is_live = posted.is_live();
        let is_same = posted.entryCount == result.entry_count
            && posted.entriesRoot.0 == result.entries_root.0
            && posted.matchesRoot.0 == result.matches_root.0
            && posted.ranksRoot.0 == result.ranks_root.0;
        if is_live && is_same {
            return Ok(Some((assertion, posted.postedAt)));
        }
    }
    Ok(None)
}

fn path(siblings: Vec<nets_core::Digest>) -> Vec<B256> {
    siblings.into_iter().map(|sibling| B256::new(sibling.0)).collect()
}

fn entry_proof(result: &RoundResult, entry: u32) -> IArena::Proof {
    let leaf = result.entries()[entry as usize].encode().into();
    IArena::Proof { leaf, path: path(result.entry_path(entry).unwrap_or_default()) }
}

fn rank_proof(result: &RoundResult, rank: u32) -> IArena::Proof {
    let leaf = result.ranks()[rank as usize].encode().into();
    IArena::Proof { leaf, path: path(result.rank_path(rank).unwrap_or_default()) }
}

fn slash_all(
    node: &mut ArenaNode,
    plan: &RoundPlan,
    result: &RoundResult,
) -> Result<Vec<u32>, NodeError> {
    let mut slashed = Vec::new();
    for (entry, leaf) in (0..).zip(result.entries()) {
        if !leaf.is_disqualified() {
            continue;
        }
        let (league, round) = (plan.league.id, plan.round);
        let member = node.view(&IArena::memberOfCall { league, member: leaf.member })?;
        if !member.banned {
            let call =
                IArena::slashCall { league, round, entry, entryProof: entry_proof(result, entry) };
            node.send(OPERATOR, &call)?;
            slashed.push(leaf.member);
        }
    }
    Ok(slashed)
}

fn pay_all(
    node: &mut ArenaNode,
    plan: &RoundPlan,
    result: &RoundResult,
) -> Result<Vec<PayoutLine>, NodeError> {
    let round = round_of(node, &plan.league, plan.round)?;
    let count = payable(node, &plan.league, plan.round, &round)?;
    let mut payouts = Vec::new();
    for rank in (0..count).filter(|rank| round.paidRanks >> rank & 1 == 0) {
        let leaf = result.ranks()[rank as usize];
        let call = IArena::claimPayoutCall {
            league: plan.league.id,
            round: plan.round,
            rank,
            rankProof: rank_proof(result, rank),
            entryProof: entry_proof(result, leaf.entry),
            restake: false,
        };
        node.send(OPERATOR, &call)?;
        if !leaf.is_disqualified {
            let member = result.entries()[leaf.entry as usize].member;
            payouts.push(PayoutLine { rank, member, amount: plan.league.payout(rank) });
        }
    }
    Ok(payouts)
}

fn report(
    plan: &RoundPlan,
    played: &PlayedRound,
    payouts: Vec<PayoutLine>,
    slashed: Vec<u32>,
) -> RoundReport {
    RoundReport {
        league: plan.league.name.clone(),
        round: plan.round,
        seed: plan.seed,
        standings: standings(plan, &played.result),
        matches: match_lines(plan, played),
        payouts,
        slashed,
    }
}

/// The places of a round, from first to last.
pub(crate) fn standings(plan: &RoundPlan, result: &RoundResult) -> Vec<StandingLine> {
    let line = |(rank, leaf): (u32, &nets_league::RankLeaf)| {
        let (entry, entry_leaf) = (leaf.entry as usize, result.entries()[leaf.entry as usize]);
        StandingLine {
            rank,
            member: entry_leaf.member,
            agent: entry_leaf.agent,
            code_hash: plan.code[entry],
            owner: plan.entries[entry].owner,
            total: leaf.total,
            disqualified_at: leaf.is_disqualified.then_some(entry_leaf.disqualified_at),
            payout: if leaf.is_disqualified { 0 } else { plan.league.payout(rank) },
        }
    };
    (0..).zip(result.ranks()).map(line).collect()
}

fn match_lines(plan: &RoundPlan, played: &PlayedRound) -> Vec<MatchLine> {
    let line = |(index, leaf): (u32, &nets_league::MatchLeaf)| {
        let pairing = played.schedule.pairing(index);
        let seats = pairing.map_or([None; 2], |pairing| pairing.seats);
        let member = |seat: &Option<u32>| seat.map(|entry| plan.entries[entry as usize].member);
        MatchLine {
            index,
            status: leaf.status,
            id: played.records.get(&index).map(|record| record.spec.id()),
            members: seats[..leaf.seats.len()].iter().map(member).collect(),
            scores: leaf.seats.iter().map(|seat| seat.score).collect(),
            steps: leaf.step_count,
            forfeits: forfeits(played, index, &seats).filter_map(|seat| member(&seat)).collect(),
            faults: played.faults.get(&index).cloned().unwrap_or_default(),
        }
    };
    (0..).zip(played.result.matches()).map(line).collect()
}

/// The entries that forfeited in a match.
fn forfeits(
    played: &PlayedRound,
    index: u32,
    seats: &[Option<u32>; 2],
) -> impl Iterator<Item = Option<u32>> {
    let termination = played.records.get(&index).map(|record| record.outcome.termination);
    let forfeits = match termination {
        Some(Termination::Forfeit(forfeits)) => forfeits,
        _ => SeatSet::EMPTY,
    };
    forfeits.iter().filter_map(|seat| seats.get(seat.index()).copied())
}

/// Whether a round of the league is open, or final with payouts still to be made.
///
/// # Errors
/// When there is no such league or the chain cannot be read.
pub fn is_under_way(node: &ArenaNode, league: &str) -> Result<bool, NodeError> {
    Ok(unsettled_round(node, league)?.is_some())
}

/// What a round came to, the latest final one where none is given: computed again from its
/// records, or by playing where they are missing.
///
/// # Errors
/// When there is no such round, or a match has no verdict.
pub fn round_report(
    node: &ArenaNode,
    league: &str,
    round: Option<u32>,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<RoundReport, NodeError> {
    let league = node.league(league)?;
    let state = node.view(&IArena::leagueOfCall { league: league.id })?;
    let mut numbers = match round {
        Some(round) => round..round.saturating_add(1),
        None => 0..state.nextRound,
    };
    let found = numbers.rfind(|&number| {
        let found = round_of(node, &league, number);
        found.is_ok_and(|round| round.progress() == RoundStatus::Final)
    });
    let number = found.ok_or_else(|| NodeError::Round {
        league: league.name.clone(),
        reason: "no such round is final; run one first".to_owned(),
    })?;
    let round = round_of(node, &league, number)?;
    let plan = final_plan(node, &league, number, &round)?;
    let played = play(node, &plan, options, progress)?;
    Ok(report(&plan, &played, Vec::new(), Vec::new()))
}

/// The plan of a round that is over: its members may have changed since, so they are read from the
/// block in which its entries froze.
fn final_plan(
    node: &ArenaNode,
    league: &League,
    number: u32,
    round: &IArena::Round,
) -> Result<RoundPlan, NodeError> {
    let mut frozen = Vec::new();
    nets_chain::EmbeddedChain::replay(&node.folder.chain(), |chain| -> Result<(), NodeError> {
        if chain.head()?.number == round.openedAt {
            frozen = members(&node.arena, chain, league.id, round.memberCount)?;
        }
        Ok(())
    })?;
    let (entries, code) = entries(&frozen, number);
    let claims = claims(&node.arena, &node.chain, league, number, round)?;
    let seed = Seed(round.seed.0);
    Ok(RoundPlan { league: league.clone(), round: number, seed, entries, code, claims })
}
