//! Renewals: local owners' agents whose paid rounds are over are entered again, in one block.

use alloy_primitives::Address;
use nets_chain::{Account, Call, IArena};

use crate::error::NodeError;
use crate::members::MemberState;
use crate::node::{ArenaNode, League};
use crate::play::Progress;

/// What can be renewed, and why the rest cannot.
#[derive(Debug)]
pub(super) struct Renewals {
    pub(super) calls: Vec<(Account, Call)>,
    notes: Vec<String>,
}

impl Renewals {
    /// Tries all renewals in turn, since an owner may be able to pay for some of its agents only.
    pub(super) fn tried(node: &ArenaNode, league: &League) -> Result<Self, NodeError> {
        let owners = node.owner_names()?;
        let states = node.member_states(&league.name)?.into_iter();
        let unpaid = states.filter(|(_, state)| *state == MemberState::Unpaid);
        let local = unpaid.filter_map(|(line, _)| Some((owners.get(&line.owner)?, line)));
        let (mut accounts, mut lines, mut calls) = (Vec::new(), Vec::new(), Vec::new());
        for (owner, line) in local {
            let call = IArena::renewCall { league: league.id, member: line.member, rounds: 1 };
            calls.push((Address::new(line.owner.0), node.arena.call(&call)));
            accounts.push((owner, node.account(owner)?));
            lines.push(line);
        }
        let answers = node.arena.try_all::<IArena::renewCall>(&node.chain, &calls)?;
        let mut renewals = Self { calls: Vec::new(), notes: Vec::new() };
        let tried = answers.into_iter().zip(calls).zip(accounts).zip(lines);
        for (((answer, (_, call)), (owner, account)), line) in tried {
            let agent =
                || format!("{} of {owner} fades out", node.agent_in_words(&league.name, &line));
            match answer.map_err(|error| NodeError::about(agent, error)) {
                Ok(_) => renewals.calls.push((account, call)),
                Err(error @ NodeError::Refused { .. }) => renewals.notes.push(error.to_string()),
                Err(error) => return Err(error),
            }
        }
        Ok(renewals)
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
        Ok(())
    }
}
