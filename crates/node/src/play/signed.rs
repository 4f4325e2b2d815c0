//! The matches of signed leagues: nobody can play them again, so their records are what there is.
//!
//! A record is believed for its signatures alone, whoever gives it. That an agent kept silent no record
//! can say: only the chain's clocks do, and what they say comes first.

use std::collections::BTreeMap;

use nets_chain::{Arena, ChainAdapter, FallenFlag};
use nets_core::{MatchId, MatchRecord, MatchSpec, SeatIdentity, Termination, Venue};
use nets_league::NextMatch;
use nets_runner::{Play, SignedMatch, Verdict, replay_signed};

use super::pool::Finished;
use super::{PlayOptions, Progress, RoundPlan, Unknown};
use crate::artifacts::Artifacts;
use crate::clocked::{ClockedMatch, clocked_matches};
use crate::error::NodeError;
use crate::report::FaultLine;

/// What a round of a signed league has besides.
#[derive(Clone, Debug)]
pub(crate) struct SignedPlan {
    /// The chain and its contracts.
    pub(crate) chain_id: u64,
    arena: Arena,
    /// What the chain's clocks say of its matches.
    clocked: BTreeMap<u32, ClockedMatch>,
    /// The matches in which a flag has fallen.
    pub(crate) flags: BTreeMap<u32, FallenFlag>,
}

impl SignedPlan {
    /// What a round has besides that was seeded in a block; none where its league is not signed.
    pub(crate) fn read(
        arena: &Arena,
        chain: &dyn ChainAdapter,
        plan: &RoundPlan,
        seeded_at: u64,
    ) -> Result<Option<Self>, NodeError> {
        if !plan.league.rules.is_signed() {
            return Ok(None);
        }
        let all = clocked_matches(arena, chain, (plan.league.id, plan.round), seeded_at)?;
        let schedule = *plan.scorer()?.schedule();
        // Anybody may have started clocks of agents that do not meet in the match.
        let is_real = |it: &ClockedMatch| {
            let pairing = schedule.pairing(it.match_index);
            let seated = pairing.into_iter().flat_map(|it| it.seats).flatten();
            let agents = seated.map(|entry| plan.entries[entry as usize].agent);
            agents.collect::<Vec<_>>() == it.agents
        };
        let real = all.into_iter().filter(is_real).map(|it| (it.match_index, it));
        let clocked: BTreeMap<_, _> = real.collect();
        let flags = clocked.iter().filter_map(|(index, it)| Some((*index, it.fallen?))).collect();
        Ok(Some(Self { chain_id: chain.chain_id(), arena: arena.clone(), clocked, flags }))
    }
}

impl RoundPlan {
    /// Where a match of the round is played, if it is signed.
    pub(crate) fn venue(&self, match_index: u32) -> Option<Venue> {
        let SignedPlan { chain_id, arena, .. } = self.signed.as_ref()?;
        let arena = nets_core::Address(arena.deployment().arena.into_array());
        let (league, round) = (self.league.id, self.round);
        Some(Venue { chain_id: *chain_id, arena, league, round, match_index })
    }

    /// What the chain's clocks say of a match.
    pub(crate) fn clocked(&self, next: &NextMatch) -> Option<&ClockedMatch> {
        self.signed.as_ref()?.clocked.get(&next.index)
    }

    /// A signed match of the round at its start.
    pub(crate) fn signed_match(&self, next: &NextMatch) -> Result<SignedMatch, NodeError> {
        let (spec, seats) = self.spec(next);
        self.begin(next, spec, seats)
    }

    /// A signed match of the round as far as its record has it.
    pub(crate) fn signed_match_of(
        &self,
        next: &NextMatch,
        record: &MatchRecord,
    ) -> Result<SignedMatch, NodeError> {
        let mut signed = self.signed_match(next)?;
        for step in &record.steps {
            let play = step.actions.first().zip(step.signatures.first());
            let Some((&action, &signature)) = play else { break };
            // A record is checked before anything is made of it.
            if signed.play(Play { action, signature }).is_err() {
                break;
            }
        }
        Ok(signed)
    }

    fn begin(
        &self,
        next: &NextMatch,
        spec: MatchSpec,
        seats: Vec<SeatIdentity>,
    ) -> Result<SignedMatch, NodeError> {
        let refused = |reason: String| NodeError::Round {
            league: self.league.name.clone(),
            reason: format!("match {} of round {}: {reason}", next.index, self.round),
        };
        let venue = self.venue(next.index).ok_or_else(|| refused("it is not signed".to_owned()))?;
        let begun = SignedMatch::new(self.system.clone(), spec, seats, venue);
        begun.map_err(|error| refused(error.to_string()))
    }
}

/// The results of signed matches, as their records and the chain have them; where nothing says how one
/// went, as the options have it.
pub(super) fn collect(
    plan: &RoundPlan,
    artifacts: &Artifacts,
    due: &[NextMatch],
    options: PlayOptions<'_>,
    progress: &dyn Progress,
) -> Result<BTreeMap<u32, Finished>, NodeError> {
    let mut results = BTreeMap::new();
    for next in due {
        options.check_stop()?;
        match result(plan, artifacts, next, progress) {
            Ok(finished) => drop(results.insert(next.index, finished)),
            Err(NodeError::MissingRecord { .. } | NodeError::FalseRecord { .. })
                if options.unknown == Unknown::Named => {}
            Err(error) => return Err(error),
        }
    }
    Ok(results)
}

/// The result of one signed match.
///
/// # Errors
/// When nothing says how it went.
pub(crate) fn result(
    plan: &RoundPlan,
    artifacts: &Artifacts,
    next: &NextMatch,
    progress: &dyn Progress,
) -> Result<Finished, NodeError> {
    let clocked = plan.clocked(next);
    if let Some((clocked, flag)) = clocked.and_then(|it| Some((it, it.fallen?))) {
        let record = of_clock(plan, next, clocked)?;
        let failure = "its clock ran out on the chain".to_owned();
        let fault = FaultLine { at: Some((flag.seat, flag.step)), failure };
        return Ok(Finished { record, faults: vec![fault.to_string()], is_stored: false });
    }
    let (spec, _) = plan.spec(next);
    let id = spec.id();
    let stored = artifacts.record(&id);
    let is_there = stored.is_some() || artifacts.record_path(&id).exists();
    let mut reason = None;
    if let Some(record) = stored {
        match refusal(plan, next, &record)? {
            None => return Ok(Finished { record, faults: Vec::new(), is_stored: true }),
            found => reason = found,
        }
    }
    if let Some(clocked) = clocked.filter(|it| it.is_over) {
        let record = of_clock(plan, next, clocked)?;
        return Ok(Finished { record, faults: Vec::new(), is_stored: false });
    }
    let (league, round, index) = (plan.league.name.clone(), plan.round, next.index);
    let reason = reason.or_else(|| is_there.then(|| "it is damaged".to_owned()));
    if let Some(record) = artifacts.obtain_record(&id, progress)?
        && refusal(plan, next, &record)?.is_none()
    {
        artifacts.put_signed_record(&record)?;
        return Ok(Finished { record, faults: Vec::new(), is_stored: true });
    }
    Err(match reason {
        Some(reason) => NodeError::FalseRecord { league, round, index, id, reason },
        None => NodeError::MissingRecord { league, round, index, id },
    })
}

/// Why a record is not that of the match, or not right.
fn refusal(
    plan: &RoundPlan,
    next: &NextMatch,
    record: &MatchRecord,
) -> Result<Option<String>, NodeError> {
    let (spec, seats) = plan.spec(next);
    if record.spec != spec || record.seats != seats || record.venue != plan.venue(next.index) {
        return Ok(Some("it is of another match".to_owned()));
    }
    if let Termination::Forfeit(_) = record.outcome.termination {
        return Ok(Some("it says that a clock ran out, and the chain does not".to_owned()));
    }
    Ok(match replay_signed(record, plan.system.as_ref()) {
        Ok((Verdict::Right, _)) => None,
        Ok((Verdict::Wrong(difference), _)) => Some(difference.to_string()),
        Err(error) => Some(error.to_string()),
    })
}

/// The record of a match that the chain has seen to its end, or to where a flag fell.
fn of_clock(
    plan: &RoundPlan,
    next: &NextMatch,
    clocked: &ClockedMatch,
) -> Result<MatchRecord, NodeError> {
    let (spec, seats) = plan.spec(next);
    let mut signed = plan.begin(next, spec, seats)?;
    let lost = |reason: String| NodeError::Round {
        league: plan.league.name.clone(),
        reason: format!("what the chain says of match {}: {reason}", next.index),
    };
    for play in &clocked.plays {
        signed.play(*play).map_err(|refused| lost(refused.to_string()))?;
    }
    let record = signed.record(clocked.fallen.is_some());
    record.ok_or_else(|| lost("it is not over".to_owned()))
}

/// Whether a record is of a match that nobody can play again.
pub(crate) fn is_of_signed(record: &MatchRecord, id: &MatchId) -> bool {
    record.spec.rules.is_signed() && record.spec.id() == *id
}
