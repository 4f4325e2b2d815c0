//! A match that the agent is seated in, as the agent itself knows it.

use nets_core::{Action, AgentKey, Chance, MatchId, Seat};
use nets_runner::{Play, PlayRefused, SignedMatch, Turn};
use nets_systems::build_canonical;

use super::journal::{Journal, Place};
use super::model::ModelQuestion;
use crate::clocked::ClockedMatch;
use crate::error::NodeError;
use crate::table::wire::{OfferedMatch, Plays};

/// A match with the agent's own view of it.
#[derive(Debug)]
pub(super) struct SeatedMatch {
    offered: OfferedMatch,
    signed: SignedMatch,
    /// The step that a model thinks about.
    pub(super) asked: Option<u32>,
}

/// What plays that were told turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// They are what is known, or go on from it.
    Fits,
    /// They are of another history than the one that is known, from this step on.
    Differs(u32),
    /// One is no play of this match.
    Wrong(PlayRefused),
}

impl SeatedMatch {
    /// A match as it was offered, with the history that the journal has of it; an error says why the
    /// agent does not play it.
    pub(super) fn new(offered: OfferedMatch, journal: &Journal) -> Result<Self, String> {
        let rules = &offered.spec.rules;
        let system = build_canonical(&rules.system, &rules.parameters);
        let system = system.map_err(|error| error.to_string())?;
        let (spec, seats, venue) = (offered.spec.clone(), offered.identities(), offered.venue());
        let mut signed =
            SignedMatch::new(system, spec, seats, venue).map_err(|error| error.to_string())?;
        if let Some(history) = journal.history(&Place::new(&venue, Seat(offered.seat))) {
            if history.spec != offered.spec {
                return Err("the journal knows another match by this place".to_owned());
            }
            for play in &history.plays {
                let taken = signed.play(*play);
                taken.map_err(|error| format!("the journal's history of it: {error}"))?;
            }
        }
        Ok(Self { offered, signed, asked: None })
    }

    pub(super) fn id(&self) -> MatchId {
        self.signed.spec().id()
    }

    pub(super) fn offered(&self) -> &OfferedMatch {
        &self.offered
    }

    pub(super) fn signed(&self) -> &SignedMatch {
        &self.signed
    }

    /// Where the agent is to act, if it is.
    pub(super) fn own_turn(&self) -> Option<Turn> {
        self.signed.turn().filter(|turn| turn.seat.0 == self.offered.seat)
    }

    /// Whether it is the agent whose clock runs in a position of the chain.
    pub(super) fn acts_at(&self, clocked: &ClockedMatch) -> bool {
        let acted = self.signed.acted().get(clocked.step() as usize);
        acted.is_some_and(|seat| seat.0 == self.offered.seat)
    }

    /// Takes plays of others, or the agent's own of an earlier life that the journal lacks. What is
    /// known already stays as it is: the agent has built on it.
    pub(super) fn tell(&mut self, told: &Plays) -> Told {
        for (step, &play) in (told.step..).zip(&told.plays) {
            let play = Play::from(play);
            match self.signed.plays().get(step as usize) {
                Some(known) if known.action == play.action => {}
                Some(_) => return Told::Differs(step),
                None if step > self.signed.step() => return Told::Fits,
                None => {
                    if let Err(refused) = self.signed.play(play) {
                        return Told::Wrong(refused);
                    }
                }
            }
        }
        Told::Fits
    }

    /// The question for the step that the agent is to act in.
    pub(super) fn question(&self, turn: &Turn) -> ModelQuestion {
        let system = self.signed.system().clone();
        ModelQuestion {
            id: self.id(),
            start: system.start(Chance::from_seed(&self.signed.spec().seed)),
            system,
            state: self.signed.state().fork(),
            seat: turn.seat,
            step: turn.step,
            actions: self.signed.plays().iter().map(|play| play.action).collect(),
        }
    }

    /// Signs an action, has it in the journal, and gives what to send.
    ///
    /// # Errors
    /// When it cannot be kept: then it must never be sent, nor anything signed any more.
    pub(super) fn sign(
        &mut self,
        key: &AgentKey,
        journal: &mut Journal,
        turn: &Turn,
        action: Action,
    ) -> Result<Vec<Plays>, NodeError> {
        let digest = self.signed.statement(turn, action).digest();
        let no_signature = |_| NodeError::Model("its action yields no signature".to_owned());
        let signature = key.sign(&digest).map_err(no_signature)?;
        let taken = self.signed.play(Play { action, signature });
        taken.map_err(|refused| NodeError::Model(refused.to_string()))?;
        journal.keep(&self.offered, self.signed.plays())?;
        Ok(self.plays_since(turn.step))
    }

    /// What was played from a step on, as it is sent.
    pub(super) fn plays_since(&self, step: u32) -> Vec<Plays> {
        Plays::since(self.id(), step, self.signed.plays())
    }
}
