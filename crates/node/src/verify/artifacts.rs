//! Verification of artifacts: each must be there where the chain refers to it, and right wherever
//! it is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use alloy_primitives::B256;
use nets_chain::{ChainAdapter, IArena};
use nets_core::{Address, Digest, MatchId, MatchRecord, sha256};
use nets_league::{MatchStatus, NextMatch, Schedule};

use super::{Verifier, VerifyError, of_record};
use crate::batches::{BatchStatus, all_batches, domain, registrations};
use crate::error::NodeError;
use crate::folder::is_part;
use crate::members::members;
use crate::play::{RoundPlan, signed_result};
use crate::publication::keep_shown;
use crate::reading::{MODULE_BYTES_MAX, RECORD_BYTES_MAX, read_bounded};
use crate::report::outcome_difference;

impl Verifier<'_> {
    /// Checks what the rounds have not: modules and rules, records of matches that a round has not
    /// scored, and that nothing else is there.
    pub(super) fn check_artifacts(&mut self, chain: &dyn ChainAdapter) -> Result<(), VerifyError> {
        self.check_modules(chain)?;
        self.check_rules()?;
        self.check_batches(chain)?;
        self.check_data()?;
        let finals: Vec<_> = self.finals.values().map(|round| round.plan.clone()).collect();
        for plan in finals {
            self.check_other_records(&plan)?;
        }
        for ((league, round), frozen) in std::mem::take(&mut self.frozen) {
            let state = self.arena.view(chain, &IArena::roundOfCall { league, round })?;
            if state.seed != B256::ZERO {
                match self.plan(chain, league, round, &frozen) {
                    Ok(plan) => self.check_other_records(&plan)?,
                    // Before its data are shown nothing of a round can have been played.
                    Err(VerifyError::Unchecked(NodeError::MissingData { .. })) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        self.check_no_record_is_left()
    }

    /// Every member's module must be there, or every entry's where modules may be hidden, and every
    /// module be what its name says.
    fn check_modules(&self, chain: &dyn ChainAdapter) -> Result<(), VerifyError> {
        for (path, name) in files(&self.folder.modules())? {
            let got = sha256(&read(&path, MODULE_BYTES_MAX)?);
            if name != format!("{got}.wasm") {
                let reason = format!("{} is damaged: its SHA-256 is {got}", path.display());
                return Err(VerifyError::Altered(reason));
            }
        }
        let mut due = BTreeSet::new();
        for league in self.report.leagues.iter().filter(|league| !league.is_signed) {
            // Elsewhere, agents of other folders enter, and show nobody their modules before; where
            // code is demanded, who hides it does not play.
            let terms = self.arena.view(chain, &IArena::termsOfCall { league: league.number })?;
            let may_hide = self.settings.chain.is_some() || terms.codeBlocks != 0;
            let (number, count) = (league.number, league.members);
            let members = members(&self.arena, chain, &self.artifacts, number, count)?;
            let code = members.into_iter().map(|line| line.code_hash);
            due.extend(code.filter(|hash| !may_hide || self.disclosed.contains(hash)));
        }
        let due: Vec<_> = due.into_iter().collect();
        keep_shown(&self.artifacts, &self.arena, chain, &due, self.progress)?;
        for hash in &due {
            self.artifacts.obtain_module(hash, self.progress)?;
        }
        Ok(())
    }

    /// All rules must be what their names say; those of leagues were found to be there.
    fn check_rules(&self) -> Result<(), VerifyError> {
        for (path, name) in files(&self.folder.rules())? {
            let id = name.strip_suffix(".rules").and_then(|id| id.parse().ok());
            let id = id.ok_or_else(|| no_artifact(&path))?;
            self.artifacts.rules(&id)?;
        }
        Ok(())
    }

    /// The registrations of every batch that was accepted must be there, be what its root says, and be
    /// signed and in order: what nobody refuted is not believed here.
    fn check_batches(&self, chain: &dyn ChainAdapter) -> Result<(), VerifyError> {
        for league in self.report.leagues.iter().map(|league| league.number) {
            for batch in all_batches(&self.arena, chain, league)? {
                if BatchStatus::of(&batch) != BatchStatus::Accepted {
                    continue;
                }
                let leaves = registrations(&self.artifacts, &batch)?;
                let sponsor = Address(batch.sponsor.into_array());
                let domain = domain(&self.arena, chain, league, &sponsor, batch.nonce);
                if let Some(fault) = domain.fault(&leaves, self.options.threads) {
                    let root = leaves.root();
                    let reason = format!("league {league}, batch of root {root}: {fault:?}");
                    return Err(VerifyError::Altered(reason));
                }
            }
        }
        for (path, name) in files_if_any(&self.folder.batches())? {
            let root = name.strip_suffix(".batch").and_then(|root| Digest::from_hex(root).ok());
            let root = root.ok_or_else(|| no_artifact(&path))?;
            self.artifacts.batch_count(&root)?;
        }
        Ok(())
    }

    /// All data sets must be what their names say; those of rounds that were played were found to be
    /// there.
    fn check_data(&self) -> Result<(), VerifyError> {
        for (path, name) in files_if_any(&self.folder.data())? {
            let hash = name.strip_suffix(".csv").and_then(|hash| Digest::from_hex(hash).ok());
            self.artifacts.data(&hash.ok_or_else(|| no_artifact(&path))?)?;
        }
        Ok(())
    }

    /// Checks the records of a round's matches that its result does not rest on: the round may not
    /// be over, or have no outcome, or a match was played before it became a walkover.
    fn check_other_records(&mut self, plan: &RoundPlan) -> Result<(), VerifyError> {
        let is_there =
            |id: &MatchId| !self.records.contains(id) && self.artifacts.record_path(id).exists();
        let possible = possible_matches(plan)?.map(|next| plan.spec(&next).0.id());
        let there: BTreeSet<_> = possible.filter(is_there).collect();
        if there.is_empty() {
            return Ok(());
        }
        if plan.signed.is_some() {
            return self.check_signed_records(plan, &there);
        }
        // Without claims nobody is disqualified, so every match is played that may have been.
        let unclaimed = RoundPlan { claims: BTreeMap::new(), ..plan.clone() };
        let played = self.play(&unclaimed)?;
        for record in played.records.values().filter(|r| there.contains(&r.spec.id())) {
            self.check_record(plan, record)?;
        }
        Ok(())
    }

    /// Checks the records that are there of a signed round's matches, which nobody can play again.
    fn check_signed_records(
        &mut self,
        plan: &RoundPlan,
        there: &BTreeSet<MatchId>,
    ) -> Result<(), VerifyError> {
        for next in possible_matches(plan)?.filter(|next| there.contains(&plan.spec(next).0.id())) {
            let result = signed_result(plan, &self.artifacts, &next, self.progress);
            let record = result.map_err(of_record)?.record;
            self.check_record(plan, &record)?;
        }
        Ok(())
    }

    /// A record must be there and be what was just played.
    pub(super) fn check_record(
        &mut self,
        plan: &RoundPlan,
        record: &MatchRecord,
    ) -> Result<(), VerifyError> {
        let id = record.spec.id();
        let path = self.artifacts.record_path(&id);
        let (league, round) = (&plan.league.name, plan.round);
        let place = format!("{league}, round {round}, record {}", path.display());
        let stored = read_bounded(&path, RECORD_BYTES_MAX).map_err(|error| match error.kind() {
            ErrorKind::NotFound => VerifyError::Altered(format!("{place} is missing")),
            ErrorKind::FileTooLarge => VerifyError::Altered(format!("{place}: {error}")),
            _ => VerifyError::Unchecked(NodeError::io("read", &path, error)),
        })?;
        self.records.insert(id);
        if stored == record.encode() {
            return Ok(());
        }
        let reason = match MatchRecord::decode(&stored) {
            Err(error) => error.to_string(),
            Ok(stored) => match outcome_difference(&stored.outcome, &record.outcome) {
                Some([says, played]) => format!("it says {says}, played {played}"),
                None => "its steps are not those that were played".to_owned(),
            },
        };
        Err(VerifyError::Altered(format!("{place}: {reason}")))
    }

    /// A record that no round of the log led to: it is of another arena, or the log was cut.
    fn check_no_record_is_left(&self) -> Result<(), VerifyError> {
        for (path, name) in files(&self.folder.records())? {
            let id = name.strip_suffix(".match").and_then(|id| id.parse().ok());
            if id.is_some_and(|id| self.records.contains(&id)) {
                continue;
            }
            MatchRecord::decode(&read(&path, RECORD_BYTES_MAX)?)
                .map_err(|error| VerifyError::Altered(format!("{}: {error}", path.display())))?;
            let place = path.display();
            let reason = format!(
                "{place} is of no match of the log's rounds: the log was cut, or the file is of \
                 another arena and should be removed"
            );
            return Err(VerifyError::Altered(reason));
        }
        Ok(())
    }
}

/// The matches that a round may have played, whoever is found to lie.
fn possible_matches(plan: &RoundPlan) -> Result<impl Iterator<Item = NextMatch>, NodeError> {
    let (terms, count) = (&plan.league.terms, plan.entries.len() as u32);
    let schedule = Schedule::new(terms.seats, terms.matchesPerRound, count, &plan.seed)?;
    Ok((0..schedule.match_count()).filter_map(move |index| {
        let pairing = schedule.pairing(index)?;
        Some(NextMatch { index, pairing, status: MatchStatus::Played })
    }))
}

fn no_artifact(path: &Path) -> VerifyError {
    VerifyError::Altered(format!("{} has a name that no artifact has", path.display()))
}

fn read(path: &Path, bytes_max: u64) -> Result<Vec<u8>, VerifyError> {
    read_bounded(path, bytes_max).map_err(|error| match error.kind() {
        ErrorKind::FileTooLarge => VerifyError::Altered(format!("{}: {error}", path.display())),
        _ => VerifyError::Unchecked(NodeError::io("read", path, error)),
    })
}

/// As [`files`], of a folder that is there only once something was put in it.
fn files_if_any(folder: &Path) -> Result<Vec<(PathBuf, String)>, NodeError> {
    if folder.exists() { files(folder) } else { Ok(Vec::new()) }
}

fn files(folder: &Path) -> Result<Vec<(PathBuf, String)>, NodeError> {
    let entries = fs::read_dir(folder).map_err(|e| NodeError::io("read", folder, e))?;
    let files = entries
        .flatten()
        .map(|entry| (entry.path(), entry.file_name().to_string_lossy().into_owned()));
    // What a killed process left half written was never an artifact.
    let mut files: Vec<_> = files.filter(|(_, name)| !is_part(name)).collect();
    files.sort();
    Ok(files)
}
