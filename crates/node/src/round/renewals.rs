//! Renewals: local owners' agents whose paid rounds are over are entered again, in one block, and
//! batches of local sponsors before their paid rounds are over, since a batch that paused is renewed
//! one member after another only.

use alloy_primitives::Address;
use nets_chain::{Account, Call, IArena};

use crate::batches::accepted;
use crate::error::NodeError;
use crate::members::MemberState;
use crate::node::{ArenaNode, League};
use crate::play::Progress;

/// What can be renewed, and why the rest cannot.
#[derive(Debug, Default)]
pub(super) struct Renewals {
    calls: Vec<(Account, Call)>,
    batches: Vec<(Account, Call)>,
    /// How many agents are entered by them.
    pub(super) entries: u32,
    notes: Vec<String>,
}

impl Renewals {
    /// Tries all renewals in turn, since an owner may be able to pay for some of its agents only.
    pub(super) fn tried(node: &ArenaNode, league: &League) -> Result<Self, NodeError> {
        let owners = node.owner_names()?;
        let states = node.member_states(&league.name)?.into_iter();
        let unpaid =
            states.filter(|(line, state)| *state == MemberState::Unpaid && line.batch.is_none());
        let local = unpaid.filter_map(|(line, _)| Some((owners.get(&line.payer())?, line)));
        let (mut accounts, mut lines, mut calls) = (Vec::new(), Vec::new(), Vec::new());
        for (owner, line) in local {
            let call = IArena::renewCall { league: league.id, member: line.member, rounds: 1 };
            calls.push((Address::new(line.payer().0), node.arena.call(&call)));
            accounts.push((owner, node.account(owner)?));
            lines.push(line);
        }
        let answers = node.arena.try_all::<IArena::renewCall>(&node.chain, &calls)?;
        let mut renewals = Self::default();
        renewals.try_batches(node, league)?;
        let tried = answers.into_iter().zip(calls).zip(accounts).zip(lines);
        for (((answer, (_, call)), (owner, account)), line) in tried {
            let agent =
                || format!("{} of {owner} fades out", node.agent_in_words(&league.name, &line));
            match answer.map_err(|error| NodeError::about(agent, error)) {
                Ok(_) => {
                    renewals.calls.push((account, call));
                    renewals.entries += 1;
                }
                Err(error @ NodeError::Refused { .. }) => renewals.notes.push(error.to_string()),
                Err(error) => return Err(error),
            }
        }
        Ok(renewals)
    }

    /// Tries to renew the batches of local sponsors whose paid rounds end with the one before the next.
    fn try_batches(&mut self, node: &ArenaNode, league: &League) -> Result<(), NodeError> {
        let next = node.view(&IArena::leagueOfCall { league: league.id })?.nextRound;
        for (number, batch) in accepted(&node.arena, &node.chain, league.id)?.into_values() {
            let waiting = batch.count - batch.enrolled;
            let is_due = batch.to == next && batch.unbondedAt.is_zero() && batch.stake > 0;
            let sponsor = nets_core::Address(batch.sponsor.into_array());
            let Some(name) = node.account_name(&sponsor).filter(|_| is_due && waiting > 0) else {
                continue;
            };
            let call = IArena::renewBatchCall { league: league.id, batch: number, rounds: 1 };
            match node.refusal(&sponsor, &call)? {
                None => {
                    self.batches.push((node.account(&name)?, node.arena.call(&call)));
                    self.entries += waiting;
                }
                Some(error) => {
                    let subject = || format!("batch {number} of {} fades out", league.name);
                    self.notes.push(NodeError::about(subject, error).to_string());
                }
            }
        }
        Ok(())
    }

    /// Makes them.
    pub(super) fn send(
        self,
        node: &mut ArenaNode,
        progress: &dyn Progress,
    ) -> Result<(), NodeError> {
        self.notes.iter().for_each(|note| progress.note(note));
        let calls: Vec<_> =
            self.calls.iter().map(|(account, call)| (account, call.clone())).collect();
        // A block without anything in it would be one all the same.
        if !calls.is_empty() {
            node.arena.send_all::<IArena::renewCall>(&mut node.chain, &calls)?;
        }
        let batches: Vec<_> =
            self.batches.iter().map(|(account, call)| (account, call.clone())).collect();
        if !batches.is_empty() {
            node.arena.send_all::<IArena::renewBatchCall>(&mut node.chain, &batches)?;
        }
        Ok(())
    }
}
