//! Lies about what agents of signed leagues decided: actions they did not sign, flags that fell or
//! did not.
//!
//! What such an agent did, its signature says, and nobody else can know better: a match of which the
//! agents signed every action is as right as any other that they signed.

use std::collections::{BTreeMap, BTreeSet};

use nets_core::{
    ActionStatement, Address, Digest, EndLeaf, Seat, SeatIdentity, SeatSet, StepLeaf, Termination,
    Venue,
};

use super::traces::Opened;
use super::{Refuter, Search};
use crate::bindings::ICourt;

/// A flag that has fallen: the seat that was to move, at which step, in which state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FallenFlag {
    /// The seat.
    pub seat: Seat,
    /// The step.
    pub step: u32,
    /// The hash of the state.
    pub state_hash: Digest,
}

/// What the chain says of a round of a signed league besides what it says of any.
#[derive(Clone, Copy, Debug)]
pub struct SignedRound<'a> {
    /// The chain, which is in what agents sign.
    pub chain_id: u64,
    /// The matches in which a flag has fallen.
    pub flags: &'a BTreeMap<u32, FallenFlag>,
    /// The matches of which no record is known, since their agents show it to nobody else. What the
    /// result of the round says of them counts for nothing: whatever is asserted of them has to be
    /// disclosed, and is right if every leaf of it is.
    pub unknown: &'a BTreeSet<u32>,
}

impl Refuter<'_> {
    /// Whether it is not known how a match went.
    pub(super) fn is_unknown(&self, q: u32) -> bool {
        self.unknown().any(|unknown| unknown == q)
    }

    pub(super) fn unknown(&self) -> impl Iterator<Item = u32> {
        self.truth.signed.into_iter().flat_map(|signed| signed.unknown.iter().copied())
    }

    /// Whether the agents of a step's acting seats signed what it says; nothing in a league of modules.
    pub(super) fn check_signatures(
        &self,
        opened: &Opened<'_>,
        index: u32,
        step: &StepLeaf,
    ) -> Search<()> {
        let Some(signed) = &self.truth.signed else { return Ok(()) };
        let seated = self.seated(opened.q);
        for (position, seat) in step.acting.iter().enumerate() {
            let Some(Some(entry)) = seated.get(seat.index()).copied() else { continue };
            if self.is_signed(signed, opened.q, entry, (position, seat), step) {
                continue;
            }
            let call = ICourt::badSignatureCall {
                target: self.target.clone(),
                matchProof: opened.match_proof.clone(),
                trace: opened.trace(),
                leaf: opened.leaves.proof(index)?,
                seat: seat.0,
                entry: self.entries.proof(entry)?,
            };
            return self.shown(&call);
        }
        Ok(())
    }

    fn is_signed(
        &self,
        signed: &SignedRound<'_>,
        match_index: u32,
        entry: u32,
        (position, seat): (usize, Seat),
        leaf: &StepLeaf,
    ) -> bool {
        let ICourt::Target { arena, league, round, .. } = *self.target;
        let arena = Address(arena.into_array());
        let venue = Venue { chain_id: signed.chain_id, arena, league, round, match_index };
        let StepLeaf { step, state_hash, .. } = *leaf;
        let signature = leaf.signatures.as_ref().and_then(|all| all.get(position));
        let (Some(&action), Some(signature)) = (leaf.actions.get(position), signature) else {
            return false;
        };
        let said = ActionStatement { venue, seat, step, state_hash, action };
        let seated = &self.truth.entries[entry as usize];
        let agent = |key| SeatIdentity::of_key(seated.owner, key).agent_id();
        signature.signer(&said.digest()).map(agent) == Some(seated.agent)
    }

    /// Whether a match ends by forfeit if and only if a flag fell in it, where it fell.
    pub(super) fn check_forfeit(&self, opened: &Opened<'_>, end: &EndLeaf) -> Search<()> {
        let Some(signed) = &self.truth.signed else { return Ok(()) };
        let is_right = match (signed.flags.get(&opened.q), end.termination) {
            (None, Termination::Forfeit(_)) => false,
            (None, _) => true,
            (Some(flag), Termination::Forfeit(seats)) => {
                let is_there = (end.step_count, end.state_hash) == (flag.step, flag.state_hash);
                is_there && seats == SeatSet::only(flag.seat)
            }
            (Some(_), _) => false,
        };
        if is_right {
            return Ok(());
        }
        let call = ICourt::badForfeitCall {
            target: self.target.clone(),
            matchProof: opened.match_proof.clone(),
            trace: opened.trace(),
            end: opened.leaves.proof(opened.last())?,
            seats: self.seats(opened.q)?,
        };
        self.shown(&call)
    }
}
