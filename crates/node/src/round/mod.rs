//! A round from entries to payouts, as steps that each look at the chain and do what comes next.
//!
//! Nothing of a round's progress is kept but what is on the chain and in the records, so a process
//! that is killed anywhere goes on where it was: the next step is read from the chain again. A round
//! is over for its league only when its liars are slashed and its ranks are paid.

mod claims;
mod clocks;
mod hosting;
mod list;
mod plan;
mod renewals;
mod settle;
mod void;

use std::sync::atomic::AtomicBool;

use nets_chain::{ChainAdapter, IArena, RoundStatus};

pub use self::claims::{ClaimKind, own_scores, post_claims};
use self::clocks::wait_for_clocks;
pub(crate) use self::clocks::{clock_answers, played};
pub use self::hosting::TableOptions;
use self::hosting::host_matches;
pub use self::list::RoundLine;
pub(crate) use self::plan::{
    current_plan, latest_plan, plan_beside, plan_of, round_of, seeded_plans,
};
pub(crate) use self::settle::{
    assert_call, difference, difference_from_final, payout_calls, slash_calls,
};
pub use self::void::{VoidedRound, void_round};

use self::plan::past_plan;
use self::renewals::Renewals;
use self::settle::{assert_and_finalize, is_settled, pay_all, slash_all};
use self::void::{refund_all, unrefunded_round};
use crate::beacon::bring_value;
use crate::error::NodeError;
use crate::node::{ArenaNode, League, OPERATOR};
use crate::play::{
    PlayOptions, PlayedRound, Progress, Records, RoundPlan, Unknown, check_stop, play_round,
};
use crate::publication::{keep_shown, publish};
use crate::refusal::Refusal;
use crate::report::{RoundReport, report};
use crate::seals::Seals;

/// How a round is run.
#[derive(Clone, Copy, Debug)]
pub struct RoundOptions<'a> {
    /// How many threads play matches.
    pub threads: usize,
    /// Set from outside to stop: no match is begun and no block awaited any more.
    pub stop: &'a AtomicBool,
}

impl<'a> RoundOptions<'a> {
    /// The same, with what records are good for.
    pub(crate) fn play_options(self, records: Records<'a>) -> PlayOptions<'a> {
        let Self { threads, stop } = self;
        PlayOptions { threads, stop, records, unknown: Unknown::Refused }
    }
}

/// Opens the next round of a league and draws its seed; does nothing where a round is under way.
///
/// A round before that was not settled to its end is settled first. Local owners' agents whose paid
/// rounds are over are entered again, if their owner can pay; who cannot fades out.
///
/// # Errors
/// When the chain refuses, as for a purse that does not cover the payouts, or somebody asks to stop.
pub fn open_round(
    node: &mut ArenaNode,
    league: &str,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<u32, NodeError> {
    let league = node.league(league)?;
    if let Some(number) = unsettled_round(node, &league, options, progress)? {
        let round = round_of(node, &league, number)?;
        if round.progress() != RoundStatus::Final {
            draw_seed(node, &league, number, options.stop, progress)?;
            return Ok(number);
        }
        finish_round(node, &league, number, options, None, progress)?;
        progress.note(&format!("{}: round {number} was not settled yet and is now", league.name));
    }
    open_next(node, &league, options, progress)
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
    host_round(node, league, options, None, progress)
}

/// As [`run_round`], and where the league is signed its matches are played at a table. Agents of a
/// signed league can play nowhere else; without one, the records of all matches must be there.
///
/// # Errors
/// As [`run_round`].
pub fn host_round(
    node: &mut ArenaNode,
    league: &str,
    options: RoundOptions<'_>,
    table: Option<TableOptions<'_>>,
    progress: &dyn Progress,
) -> Result<RoundReport, NodeError> {
    let league = node.league(league)?;
    let number = match unsettled_round(node, &league, options, progress)? {
        Some(number) => number,
        None => open_next(node, &league, options, progress)?,
    };
    finish_round(node, &league, number, options, table, progress)
}

/// As [`run_round`], but where no round is under way it opens none and gives nothing.
///
/// # Errors
/// As [`run_round`].
pub fn resume_round(
    node: &mut ArenaNode,
    league: &str,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<Option<RoundReport>, NodeError> {
    resume_hosted_round(node, league, options, None, progress)
}

/// As [`host_round`], but where no round is under way it opens none and gives nothing.
///
/// # Errors
/// As [`run_round`].
pub fn resume_hosted_round(
    node: &mut ArenaNode,
    league: &str,
    options: RoundOptions<'_>,
    table: Option<TableOptions<'_>>,
    progress: &dyn Progress,
) -> Result<Option<RoundReport>, NodeError> {
    let league = node.league(league)?;
    let number = unsettled_round(node, &league, options, progress)?;
    number.map(|number| finish_round(node, &league, number, options, table, progress)).transpose()
}

/// What a round came to, the latest final one where none is given: computed again from its
/// records, or by playing where they are missing, and compared with what is final on the chain.
///
/// # Errors
/// [`NodeError::NotAsserted`] when something else is final; others when there is no such round, or
/// a match has no verdict.
pub fn round_report(
    node: &ArenaNode,
    league: &str,
    round: Option<u32>,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<RoundReport, NodeError> {
    let league = node.league(league)?;
    let next = node.view(&IArena::leagueOfCall { league: league.id })?.nextRound;
    let mut numbers = match round {
        Some(round) => round..round.saturating_add(1),
        None => 0..next,
    };
    let found = numbers.rfind(|&number| {
        let found = round_of(node, &league, number);
        found.is_ok_and(|round| round.progress() == RoundStatus::Final)
    });
    let number =
        found.ok_or_else(|| NodeError::NoFinalRound { league: league.name.clone(), round })?;
    let round = round_of(node, &league, number)?;
    let plan = match number.checked_add(1) == Some(next) {
        true => latest_plan(node, &league, number, &round)?,
        false => past_plan(node, &league, number, &round)?,
    };
    let played = play(node, &plan, options, progress)?;
    require_final(node, &plan, &played)?;
    Ok(report(&plan, &played, Vec::new(), Vec::new()))
}

/// The latest round if something of it is still to be done, payouts and slashing included.
fn unsettled_round(
    node: &ArenaNode,
    league: &League,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<Option<u32>, NodeError> {
    let state = node.view(&IArena::leagueOfCall { league: league.id })?;
    let Some(number) = state.nextRound.checked_sub(1) else { return Ok(None) };
    let round = round_of(node, league, number)?;
    let is_settled = match round.progress() {
        RoundStatus::Void => true,
        RoundStatus::Final => is_settled(node, league, number, &round, options, progress)?,
        _ => false,
    };
    Ok((!is_settled).then_some(number))
}

/// Does all that is still to be done in a round that is open, seeded or final.
fn finish_round(
    node: &mut ArenaNode,
    league: &League,
    number: u32,
    options: RoundOptions<'_>,
    table: Option<TableOptions<'_>>,
    progress: &dyn Progress,
) -> Result<RoundReport, NodeError> {
    draw_seed(node, league, number, options.stop, progress)?;
    // Entries are closed, so its data can be shown; without them no block is to be waited for.
    node.artifacts.system(&league.blueprint)?;
    let round = round_of(node, league, number)?;
    let is_final = round.progress() == RoundStatus::Final;
    if !is_final {
        if league.rules.is_signed() {
            host_matches(node, league, number, table, options.stop, progress)?;
            wait_for_clocks(node, league, number, options.stop, progress)?;
        }
        wait_until(node, league.claims_end(&round), options.stop)?;
    }
    let plan = latest_plan(node, league, number, &round)?;
    let played = play(node, &plan, options, progress)?;
    if !is_final {
        assert_and_finalize(node, &plan, &played, options.stop, progress)?;
    }
    require_final(node, &plan, &played)?;
    let slashed = slash_all(node, &plan, &played.result)?;
    let payouts = pay_all(node, &plan, &played.result)?;
    Ok(report(&plan, &played, payouts, slashed))
}

fn require_final(
    node: &ArenaNode,
    plan: &RoundPlan,
    played: &PlayedRound,
) -> Result<(), NodeError> {
    match difference_from_final(node, plan, &played.result)? {
        None => Ok(()),
        Some(difference) => Err(NodeError::NotAsserted {
            league: plan.league.name.clone(),
            round: plan.round,
            difference,
        }),
    }
}

/// Plays a round, as far as this node has not recorded it already.
pub(crate) fn play(
    node: &ArenaNode,
    plan: &RoundPlan,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<PlayedRound, NodeError> {
    play_or_name(node, plan, (options, Unknown::Refused), progress)
}

/// As [`play`], by who judges others and can do so without knowing how every signed match went.
pub(crate) fn play_known(
    node: &ArenaNode,
    plan: &RoundPlan,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<PlayedRound, NodeError> {
    play_or_name(node, plan, (options, Unknown::Named), progress)
}

fn play_or_name(
    node: &ArenaNode,
    plan: &RoundPlan,
    (options, unknown): (RoundOptions<'_>, Unknown),
    progress: &dyn Progress,
) -> Result<PlayedRound, NodeError> {
    keep_shown(&node.artifacts, &node.arena, &node.chain, &plan.code, progress)?;
    let seals = Seals::open(&node.folder)?;
    let options = PlayOptions { unknown, ..options.play_options(Records::Resume(&seals)) };
    play_round(&node.artifacts, node.folder.compiled(), plan, options, progress)
}

/// Lets blocks pass until calls are tried in one with a number above `block`.
pub(crate) fn wait_until(
    node: &mut ArenaNode,
    block: u64,
    stop: &AtomicBool,
) -> Result<(), NodeError> {
    while node.chain.call_block()? <= block {
        check_stop(stop)?;
        node.chain.pass()?;
    }
    Ok(())
}

fn open_next(
    node: &mut ArenaNode,
    league: &League,
    options: RoundOptions<'_>,
    progress: &dyn Progress,
) -> Result<u32, NodeError> {
    let state = node.view(&IArena::leagueOfCall { league: league.id })?;
    if let Some(given_up) = unrefunded_round(node, league)? {
        refund_all(node, league, given_up)?;
    }
    let renewals = Renewals::tried(node, league)?;
    require_openable(node, league, &state, renewals.entries)?;
    renewals.send(node, progress)?;
    wait_until(node, state.idleSince + u64::from(league.terms.entryBlocks), options.stop)?;
    let operator = node.account(OPERATOR)?.address();
    let open = IArena::openRoundCall { league: league.id };
    if let Some(refused) = node.refusal(&operator, &open)? {
        return Err(NodeError::about(|| format!("league {}", league.name), refused));
    }
    let round = node.send(OPERATOR, &open)?;
    draw_seed(node, league, round, options.stop, progress)?;
    Ok(round)
}

/// Whether the round could be opened once those who can pay are entered again: nobody is charged
/// for a round that is refused then.
fn require_openable(
    node: &ArenaNode,
    league: &League,
    state: &IArena::League,
    renewed: u32,
) -> Result<(), NodeError> {
    let entries = round_of(node, league, state.nextRound)?.entryCount.saturating_add(renewed);
    let refused =
        |refusal| Err(NodeError::Refused { subject: format!("league {}", league.name), refusal });
    let needed = u32::from(league.terms.seats);
    if entries < needed {
        return refused(Refusal::TooFewEntries { got: entries, needed });
    }
    let fees = league.terms.entryPrice.saturating_mul(u128::from(entries));
    let held = state.purse.saturating_add(fees);
    let needed = node.view(&IArena::payoutSumCall { league: league.id })?;
    if held < needed {
        return refused(Refusal::PurseTooLow { held, needed });
    }
    Ok(())
}

/// Sees code shown where the league demands it, brings the beacon's value if it is not known yet, and
/// draws the round's seed.
fn draw_seed(
    node: &mut ArenaNode,
    league: &League,
    number: u32,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    publish(node, league, number, stop, progress)?;
    let round = round_of(node, league, number)?;
    if round.progress() != RoundStatus::Open {
        return Ok(());
    }
    bring_value(node, league, round.beaconIndex, stop, progress)?;
    node.send(OPERATOR, &IArena::drawSeedCall { league: league.id })?;
    Ok(())
}
