//! The matches of signed leagues: nobody can play them again, so their records are what there is.
//!
//! A record is believed for its signatures alone, whoever gives it. That an agent kept silent no record
//! can say: only the chain's clocks do, and what they say comes first.

use std::collections::BTreeMap;

use nets_chain::{Arena, ChainAdapter};
use nets_core::{MatchId, MatchRecord, MatchSpec, SeatIdentity, Termination, Venue};
use nets_league::NextMatch;
use nets_runner::{SignedMatch, Verdict, replay_signed};

use super::pool::Finished;
use super::{Progress, RoundPlan, check_stop};
use crate::artifacts::Artifacts;
use crate::clocked::{ClockedMatch, RoundClocks};
use crate::error::NodeError;
use crate::node::League;
use crate::report::FaultLine;

/// What a round of a signed league has besides.
#[derive(Clone, Debug)]
pub(crate) struct SignedRound {
    /// The chain and its contracts.
    pub(crate) chain_id: u64,
    pub(crate) arena: Arena,
    /// What the chain's clocks say.
    pub(crate) clocks: RoundClocks,
}

impl SignedRound {
    /// What a round has besides that was seeded in a block; none where its league is not signed.
    pub(crate) fn read(
        arena: &Arena,
        chain: &dyn ChainAdapter,
        league: &League,
        (round, seeded_at): (u32, u64),
    ) -> Result<Option<Self>, NodeError> {
        if !league.rules.is_signed() {
            return Ok(None);
        }
        let clocks = RoundClocks::read(arena, chain, (league.id, round), seeded_at)?;
        Ok(Some(Self { chain_id: chain.chain_id(), arena: arena.clone(), clocks }))
    }
}

impl RoundPlan {
    /// Where a match of the round is played, if it is signed.
    pub(crate) fn venue(&self, match_index: u32) -> Option<Venue> {
        let SignedRound { chain_id, arena, .. } = self.signed.as_ref()?;
        let arena = nets_core::Address(arena.deployment().arena.into_array());
        let (league, round) = (self.league.id, self.round);
        Some(Venue { chain_id: *chain_id, arena, league, round, match_index })
    }

    /// What the chain's clocks say of a match.
    pub(crate) fn clocked(&self, next: &NextMatch) -> Option<&ClockedMatch> {
        let SignedRound { arena, clocks, .. } = self.signed.as_ref()?;
        let agents = self.spec(next).0.agents;
        clocks.of(arena, (self.league.id, self.round), next.index, &agents)
    }

    /// A signed match of the round at its start.
    pub(crate) fn signed_match(&self, next: &NextMatch) -> Result<SignedMatch, NodeError> {
        let (spec, seats) = self.spec(next);
        self.begin(next, spec, seats)
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
        let begun = SignedMatch::new(self.league.system.clone(), spec, seats, venue);
        begun.map_err(|error| refused(error.to_string()))
    }
}

/// The results of signed matches, as their records and the chain have them.
pub(super) fn collect(
    plan: &RoundPlan,
    artifacts: &Artifacts,
    due: &[NextMatch],
    (stop, progress): (&std::sync::atomic::AtomicBool, &dyn Progress),
) -> Result<BTreeMap<u32, Finished>, NodeError> {
    let mut results = BTreeMap::new();
    for next in due {
        check_stop(stop)?;
        results.insert(next.index, result(plan, artifacts, next, progress)?);
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
    if let Some((clocked, seat)) = clocked.and_then(|it| Some((it, it.fallen?))) {
        let record = of_clock(plan, next, clocked)?;
        let failure = "its clock ran out on the chain".to_owned();
        let fault = FaultLine { at: Some((seat, clocked.step())), failure };
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
    Ok(match replay_signed(record, &plan.league.system) {
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
