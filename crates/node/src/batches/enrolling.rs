//! Enrolling: members of batches that need a record of their own, since something is to be done with
//! one of them alone.

use std::collections::BTreeSet;

use nets_chain::{Call, IArena, registration_proof};

use super::{accepted, batch_with, registrations};
use crate::error::NodeError;
use crate::members::MemberLine;
use crate::node::{ArenaNode, OPERATOR};

impl ArenaNode {
    /// The calls that enroll those of these members that wait in their batch, by member.
    pub(crate) fn enroll_calls(
        &self,
        league: u64,
        members: impl IntoIterator<Item = u32>,
    ) -> Result<Vec<(u32, Call)>, NodeError> {
        let accepted = accepted(&self.arena, &self.chain, league)?;
        let (mut calls, mut read) = (Vec::new(), None);
        for member in members.into_iter().collect::<BTreeSet<_>>() {
            let Some((number, batch)) = batch_with(&accepted, member) else { continue };
            let found = self.view(&IArena::memberOfCall { league, member })?;
            if !found.owner.is_zero() {
                continue;
            }
            if read.as_ref().is_none_or(|(other, _)| other != number) {
                read = Some((*number, registrations(&self.artifacts, batch)?));
            }
            let Some((_, leaves)) = &read else { continue };
            // The contract said that the member is one of the batch's, so there is such a leaf.
            let Ok(registration) = registration_proof(leaves, member - batch.first) else {
                continue;
            };
            let call = IArena::enrollCall { league, member, registration };
            calls.push((member, self.arena.call(&call)));
        }
        Ok(calls)
    }

    /// Enrolls those of these members that wait in their batch, in one block.
    pub(crate) fn enroll_waiting(
        &mut self,
        league: u64,
        members: impl IntoIterator<Item = u32>,
    ) -> Result<Vec<u32>, NodeError> {
        let calls = self.enroll_calls(league, members)?;
        if calls.is_empty() {
            return Ok(Vec::new());
        }
        let account = self.account(OPERATOR)?;
        let (members, calls): (Vec<_>, Vec<_>) =
            calls.into_iter().map(|(member, call)| (member, (&account, call))).unzip();
        self.arena.send_all::<IArena::enrollCall>(&mut self.chain, &calls)?;
        Ok(members)
    }

    /// Gives a member of a batch a record of its own, so that what is done to it alone can be done;
    /// does nothing where it has one.
    ///
    /// # Errors
    /// When there is no such member, its batch's registrations are nowhere, or the chain cannot be
    /// written.
    pub fn enroll(&mut self, league: &str, member: u32) -> Result<MemberLine, NodeError> {
        let id = self.league_id(league)?;
        self.enroll_waiting(id, [member])?;
        self.member(league, member)
    }
}
