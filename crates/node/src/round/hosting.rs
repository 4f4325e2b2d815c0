//! Hosting a round of a signed league: its matches at a table, and the chain's clocks for who is silent.
//!
//! What agents play is played at the table, and what becomes of it is in their signatures. Who keeps
//! silent for its time at the table is put on the clock on the chain, by which alone it can lose: late
//! or wrong answers at the table are no answers, and cost nothing as long as the flag has not fallen.
//! Everything is read from the plays on disk and from the chain, so a process that is killed anywhere
//! goes on where it was.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use nets_chain::ChainAdapter;
use nets_core::{MatchId, MatchRecord};
use nets_league::NextMatch;
use nets_runner::SignedMatch;

use super::clocks::{bring, played};
use super::plan::{latest_plan, round_of};
use crate::clocked::advance_calls;
use crate::error::NodeError;
use crate::node::{ArenaNode, League, OPERATOR};
use crate::play::{Progress, RoundPlan, check_stop, signed_result};
use crate::table::host::Table;

/// How long is waited for somebody to say something before anything else is looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// How often a chain elsewhere is looked at meanwhile.
const LOOK: Duration = Duration::from_secs(3);

/// How many blocks before clocks cannot be started any more all that is unfinished is put on them.
const MARGIN_BLOCKS: u64 = 8;

/// Where agents of signed leagues come to play.
#[derive(Clone, Copy, Debug)]
pub struct TableOptions<'a> {
    /// Where it listens, as `0.0.0.0:8550`; port 0 is any that is free.
    pub listen: &'a str,
    /// How long who is to act has before the chain's clock is started.
    pub move_time: Duration,
}

/// A match that is at the table.
struct Laid {
    next: NextMatch,
    path: PathBuf,
    /// The step that was last asked anew for, on the clock.
    asked_at: Option<u32>,
}

/// A round at a table.
struct Hosting<'a> {
    plan: RoundPlan,
    seeded_at: u64,
    table: Table,
    laid: BTreeMap<MatchId, Laid>,
    looked: Instant,
    stop: &'a AtomicBool,
    progress: &'a dyn Progress,
}

/// Plays all matches of a signed round that are not over yet; their records are in the arena's folder
/// then, or what the chain says makes them.
pub(super) fn host_matches(
    node: &mut ArenaNode,
    league: &League,
    number: u32,
    options: Option<TableOptions<'_>>,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    let round = round_of(node, league, number)?;
    let plan = latest_plan(node, league, number, &round)?;
    let due = unplayed(node, &plan, progress)?;
    if due.is_empty() {
        return Ok(());
    }
    let no_table = || NodeError::NoTable { league: league.name.clone(), round: number };
    let options = options.ok_or_else(no_table)?;
    let place =
        (node.chain.chain_id(), nets_core::Address(node.arena.deployment().arena.into_array()));
    let mut table = Table::open(options.listen, place, options.move_time)?;
    let folder = node.folder.plays();
    std::fs::create_dir_all(&folder).map_err(|e| NodeError::io("create", &folder, e))?;
    let mut laid = BTreeMap::new();
    for next in due {
        let signed = plan.signed_match(&next)?;
        let id = signed.spec().id();
        let path = folder.join(format!("{id}.plays"));
        table.lay(signed, path.clone())?;
        laid.insert(id, Laid { next, path, asked_at: None });
    }
    let (count, address) = (laid.len(), table.address());
    progress.note(&format!(
        "{}, round {number}: {count} matches wait for their agents at {address}",
        league.name
    ));
    let (seeded_at, looked) = (round.seededAt, Instant::now());
    let mut hosting = Hosting { plan, seeded_at, table, laid, looked, stop, progress };
    hosting.run(node)
}

/// The matches of a round that nothing says the end of.
fn unplayed(
    node: &ArenaNode,
    plan: &RoundPlan,
    progress: &dyn Progress,
) -> Result<Vec<NextMatch>, NodeError> {
    let mut due = Vec::new();
    for next in played(plan)? {
        match signed_result(plan, &node.artifacts, &next, progress) {
            Ok(_) => {}
            Err(NodeError::MissingRecord { .. }) => due.push(next),
            Err(NodeError::FalseRecord { id, reason, .. }) => {
                progress.note(&format!("the record of match {id} is not believed: {reason}"));
                due.push(next);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(due)
}

impl Hosting<'_> {
    fn run(&mut self, node: &mut ArenaNode) -> Result<(), NodeError> {
        let total = self.laid.len() as u32;
        self.look(node)?;
        self.warn_if_late(node)?;
        while !self.laid.is_empty() {
            check_stop(self.stop)?;
            self.table.attend(GLANCE, self.progress)?;
            if self.looked.elapsed() >= LOOK && !node.is_embedded() {
                self.look(node)?;
            }
            self.finish(node)?;
            self.progress.matches(total - self.laid.len() as u32, total);
            let due = self.due(node)?;
            if !due.is_empty() {
                self.bring(node, &due)?;
                self.look(node)?;
            } else if node.is_embedded() && self.waits_for_flags() {
                node.chain.pass()?;
                self.look(node)?;
            }
        }
        Ok(())
    }

    /// Says so where silence cannot be dealt with any more.
    fn warn_if_late(&self, node: &ArenaNode) -> Result<(), NodeError> {
        let latest = self.latest_start();
        if node.chain.call_block()? > latest {
            self.progress.note(&format!(
                "clocks could be started up to block {latest}: matches that are not on the clock end \
                 only if their agents play them"
            ));
        }
        Ok(())
    }

    /// The last block in which the clocks of a match can be started.
    fn latest_start(&self) -> u64 {
        self.seeded_at.saturating_add(self.plan.league.terms.claimBlocks.into())
    }

    /// Reads the clocks again, and has the table know what was brought to the chain by others.
    fn look(&mut self, node: &ArenaNode) -> Result<(), NodeError> {
        self.looked = Instant::now();
        let round = round_of(node, &self.plan.league, self.plan.round)?;
        self.plan = latest_plan(node, &self.plan.league, self.plan.round, &round)?;
        for (id, laid) in &self.laid {
            if let Some(clocked) = self.plan.clocked(&laid.next) {
                self.table.take(id, 0, &clocked.plays)?;
            }
        }
        Ok(())
    }

    /// Takes away the matches that are over: their records are kept first.
    fn finish(&mut self, node: &ArenaNode) -> Result<(), NodeError> {
        let mut over = Vec::new();
        for (id, hosted) in self.table.matches() {
            let Some(laid) = self.laid.get(id) else { continue };
            let clocked = self.plan.clocked(&laid.next);
            if clocked.is_some_and(|it| it.fallen.is_some() || it.is_over) {
                let finished =
                    signed_result(&self.plan, &node.artifacts, &laid.next, self.progress)?;
                over.push((*id, finished.record));
            } else if hosted.is_over() && clocked.is_none() {
                over.extend(hosted.signed.record(false).map(|record| (*id, record)));
            }
        }
        over.into_iter().try_for_each(|(id, record)| self.keep(node, &id, &record))
    }

    fn keep(
        &mut self,
        node: &ArenaNode,
        id: &MatchId,
        record: &MatchRecord,
    ) -> Result<(), NodeError> {
        node.artifacts.put_signed_record(record)?;
        if let Some(laid) = self.laid.remove(id) {
            let how = record.outcome.termination.to_string();
            self.table.clear(id, &how, &laid.path);
        }
        Ok(())
    }

    /// The matches whose latest position is to be brought to the chain now.
    fn due(&self, node: &ArenaNode) -> Result<Vec<MatchId>, NodeError> {
        let latest = self.latest_start();
        let now = node.chain.call_block()?;
        let is_late = now + MARGIN_BLOCKS > latest && !node.is_embedded();
        // Blocks are few where only this makes them, so all silent ones are brought in one.
        let all_wait = self.table.matches().all(|(id, hosted)| {
            hosted.is_over() || self.is_on_clock(id, &hosted.signed) || self.table.is_silent(id)
        });
        let mut due = Vec::new();
        for (id, hosted) in self.table.matches() {
            let Some(laid) = self.laid.get(id) else { continue };
            let step = hosted.signed.step();
            let is_due = match self.plan.clocked(&laid.next) {
                // Later nobody can start a clock; its agents may still play on.
                None if hosted.is_over() || now > latest => false,
                None => is_late || all_wait && self.table.is_silent(id),
                Some(clocked) if clocked.step() >= step => false,
                Some(clocked) => {
                    let is_ending = now > clocked.since + u64::from(clocked.left) / 2;
                    hosted.is_over() || is_ending || all_wait && self.table.is_silent(id)
                }
            };
            if is_due {
                due.push(*id);
            }
        }
        Ok(due)
    }

    /// Whether the clock of who is to act runs on the chain, in this very position.
    fn is_on_clock(&self, id: &MatchId, signed: &SignedMatch) -> bool {
        let laid = self.laid.get(id);
        let clocked = laid.and_then(|laid| self.plan.clocked(&laid.next));
        clocked.is_some_and(|clocked| clocked.step() == signed.step())
    }

    /// Whether nothing goes on but clocks, and who is on them had its time at the table again.
    fn waits_for_flags(&self) -> bool {
        self.table
            .matches()
            .all(|(id, hosted)| self.is_on_clock(id, &hosted.signed) && self.table.is_silent(id))
    }

    /// Brings the latest positions of matches to the chain, and asks who is on the clock again.
    fn bring(&mut self, node: &mut ArenaNode, due: &[MatchId]) -> Result<(), NodeError> {
        let operator = node.keys.account(OPERATOR)?;
        let mut calls = Vec::new();
        for (id, hosted) in self.table.matches().filter(|(id, _)| due.contains(id)) {
            let Some(laid) = self.laid.get(id) else { continue };
            calls.extend(advance_calls(&hosted.signed, self.plan.clocked(&laid.next)));
        }
        bring(node, &operator, calls, self.progress)?;
        for id in due {
            let step = self.table.matches().find(|(of, _)| *of == id);
            let step = step.map(|(_, hosted)| hosted.signed.step());
            if let Some(laid) = self.laid.get_mut(id)
                && laid.asked_at != step
            {
                laid.asked_at = step;
                self.table.ask_anew(id);
            }
        }
        Ok(())
    }
}
