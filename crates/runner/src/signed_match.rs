//! A signed match under way: what its agents have said so far, and where that has led.
//!
//! Agents are keys and play elsewhere; here is only what they signed. Every action is checked as it
//! comes: that it is the acting seat's, legal, and signed by the key that sits there over the state
//! that the actions before it lead to. So whoever holds such a match needs nobody's word for it.

use std::sync::Arc;

use nets_core::{
    Action, ActionStatement, Address, Chance, Digest, Information, MatchRecord, MatchSpec, Outcome,
    RecordedStep, Seat, SeatIdentity, SeatSet, Signature, State, Status, StepError, System, Tag,
    Termination, TraceBuilder, Venue, hash_tagged,
};
use thiserror::Error;

use crate::match_runner::PlayedMatch;

/// An action with its agent's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Play {
    /// The action.
    pub action: Action,
    /// The agent's signature of it.
    pub signature: Signature,
}

/// Who is to act, and in which state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The seat.
    pub seat: Seat,
    /// The step, counted from 0.
    pub step: u32,
    /// The hash of the state before it.
    pub state_hash: Digest,
}

/// A match that cannot be one of signed actions.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UnsignedMatch {
    /// Its rules are those of modules.
    #[error("its rules are of modules, not of signed actions")]
    Rules,
    /// The System is not that of the rules.
    #[error("its rules are of another System, or of other parameters")]
    System,
    /// More or fewer seats than the System has.
    #[error("the System has {expected} seats, got {got}")]
    SeatCount {
        /// How many seats the System has.
        expected: u8,
        /// How many were given.
        got: usize,
    },
    /// An agent that is not that of its seat's owner and key.
    #[error("the agent of {seat} is not made of its owner and a key")]
    Agent {
        /// The seat.
        seat: Seat,
    },
    /// A System in which seats may act at once, or do not see all.
    #[error("in {system} seats act at once or hide something; only one after the other can sign")]
    NotInTurn {
        /// The System.
        system: nets_core::SystemId,
    },
}

/// A play that the match does not take.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlayRefused {
    /// Nobody acts any more.
    #[error("the match is over")]
    Over,
    /// Another seat's action, or nobody's: the signature is not that of who acts.
    #[error(
        "step {step}: the signature is not {seat}'s, {key}, over action {action} in this state"
    )]
    Signature {
        /// The step.
        step: u32,
        /// Who acts.
        seat: Seat,
        /// Its key.
        key: Address,
        /// The action.
        action: Action,
    },
    /// An action that is not legal.
    #[error("step {step}: action {action} of {seat} is not legal")]
    Illegal {
        /// The step.
        step: u32,
        /// Who acts.
        seat: Seat,
        /// Its action.
        action: Action,
    },
    /// The System does not take a legal action: a fault of the System.
    #[error("step {step}: the System refused a legal action: {source}")]
    System {
        /// The step.
        step: u32,
        /// What it said.
        source: StepError,
    },
}

/// A match of signed actions, as far as it got.
#[derive(Debug)]
pub struct SignedMatch {
    system: Arc<dyn System>,
    spec: MatchSpec,
    seats: Vec<SeatIdentity>,
    keys: Vec<Address>,
    venue: Venue,
    state: Box<dyn State>,
    plays: Vec<Play>,
    /// Who made each play.
    acted: Vec<Seat>,
    trace: TraceBuilder,
}

impl SignedMatch {
    /// The match at its start.
    ///
    /// # Errors
    /// When it is none of signed actions, or its parts contradict each other.
    pub fn new(
        system: Arc<dyn System>,
        spec: MatchSpec,
        seats: Vec<SeatIdentity>,
        venue: Venue,
    ) -> Result<Self, UnsignedMatch> {
        if !spec.rules.is_signed() {
            return Err(UnsignedMatch::Rules);
        }
        if spec.rules != nets_core::Rules::signed(system.as_ref()) {
            return Err(UnsignedMatch::System);
        }
        let expected = system.seat_count();
        for got in [seats.len(), spec.agents.len()] {
            if got != usize::from(expected) {
                return Err(UnsignedMatch::SeatCount { expected, got });
            }
        }
        let mut keys = Vec::with_capacity(seats.len());
        for (seat, (identity, agent)) in (0..).zip(seats.iter().zip(&spec.agents)) {
            let key = identity.key().filter(|_| identity.agent_id() == *agent);
            keys.push(key.ok_or(UnsignedMatch::Agent { seat: Seat(seat) })?);
        }
        let state = system.start(Chance::from_seed(&spec.seed));
        let trace = TraceBuilder::new(system.step_count_max());
        let (plays, acted) = (Vec::new(), Vec::new());
        let under_way = Self { system, spec, seats, keys, venue, state, plays, acted, trace };
        if under_way.system.descriptor().information != Information::Perfect {
            return Err(under_way.not_in_turn());
        }
        match under_way.state.status() {
            Status::Acting(acting) if acting.count() != 1 => Err(under_way.not_in_turn()),
            _ => Ok(under_way),
        }
    }

    fn not_in_turn(&self) -> UnsignedMatch {
        UnsignedMatch::NotInTurn { system: self.system.id() }
    }

    /// What it is played by.
    pub fn spec(&self) -> &MatchSpec {
        &self.spec
    }

    /// The System.
    pub fn system(&self) -> &Arc<dyn System> {
        &self.system
    }

    /// Who sits in each seat.
    pub fn seats(&self) -> &[SeatIdentity] {
        &self.seats
    }

    /// The key that sits in each seat.
    pub fn keys(&self) -> &[Address] {
        &self.keys
    }

    /// Where it is played.
    pub fn venue(&self) -> &Venue {
        &self.venue
    }

    /// The moment it has got to.
    pub fn state(&self) -> &dyn State {
        self.state.as_ref()
    }

    /// What was played, in order.
    pub fn plays(&self) -> &[Play] {
        &self.plays
    }

    /// Who made each play.
    pub fn acted(&self) -> &[Seat] {
        &self.acted
    }

    /// How many steps were taken.
    pub fn step(&self) -> u32 {
        self.plays.len() as u32
    }

    /// Who is to act; nobody where the match is over.
    pub fn turn(&self) -> Option<Turn> {
        let Status::Acting(acting) = self.state.status() else { return None };
        let seat = acting.iter().next()?;
        Some(Turn { seat, step: self.step(), state_hash: state_hash(self.state.as_ref()) })
    }

    /// What who acts would sign for an action.
    pub fn statement(&self, turn: &Turn, action: Action) -> ActionStatement {
        let Turn { seat, step, state_hash } = *turn;
        ActionStatement { venue: self.venue, seat, step, state_hash, action }
    }

    /// Takes the next play.
    ///
    /// # Errors
    /// When it is not one of who acts; nothing changes then.
    pub fn play(&mut self, play: Play) -> Result<(), PlayRefused> {
        let turn = self.turn().ok_or(PlayRefused::Over)?;
        let (Turn { seat, step, .. }, Play { action, signature }) = (turn, play);
        let key = self.keys[seat.index()];
        if signature.signer(&self.statement(&turn, action).digest()) != Some(key) {
            return Err(PlayRefused::Signature { step, seat, key, action });
        }
        if !self.state.is_legal(seat, action) {
            return Err(PlayRefused::Illegal { step, seat, action });
        }
        let acting = SeatSet::only(seat);
        self.trace.begin_step(self.state.as_ref(), acting, Information::Perfect);
        if let Err(source) = self.state.step(&[action]) {
            self.trace.abandon_step(Information::Perfect);
            return Err(PlayRefused::System { step, source });
        }
        self.trace.end_signed_step(&[action], &[signature]);
        self.plays.push(play);
        self.acted.push(seat);
        Ok(())
    }

    /// The match at its end: by the rules, or by the forfeit of who is to act, whose clock ran out.
    /// None where it is not over and nobody forfeits.
    pub fn ended(&self, is_forfeit: bool) -> Option<PlayedMatch> {
        let (termination, scores) = match (self.state.status(), is_forfeit) {
            (Status::Terminal(ending), false) => (ending.into(), self.state.scores()),
            (Status::Acting(acting), true) => {
                (Termination::Forfeit(acting), self.system.forfeit_scores(acting))
            }
            _ => return None,
        };
        let fuel_used = vec![0; self.seats.len()];
        let (id, trace) = (self.spec.id(), self.trace.clone());
        let trace = trace.finish(id, self.state.as_ref(), termination, &scores, &fuel_used);
        let (step_count, trace_root) = (self.step(), trace.root());
        let outcome = Outcome { scores, termination, step_count, fuel_used, trace_root };
        Some(PlayedMatch { outcome, trace, faults: Vec::new() })
    }

    /// The record of the match at its end, as [`SignedMatch::ended`] says.
    pub fn record(&self, is_forfeit: bool) -> Option<MatchRecord> {
        let PlayedMatch { outcome, .. } = self.ended(is_forfeit)?;
        let step = |(play, &seat): (&Play, &Seat)| RecordedStep {
            acting: SeatSet::only(seat),
            actions: vec![play.action],
            signatures: vec![play.signature],
        };
        Some(MatchRecord {
            spec: self.spec.clone(),
            seats: self.seats.clone(),
            venue: Some(self.venue),
            steps: self.plays.iter().zip(&self.acted).map(step).collect(),
            outcome,
            modules: std::collections::BTreeMap::new(),
        })
    }
}

/// The hash of a state, as it is signed.
fn state_hash(state: &dyn State) -> Digest {
    hash_tagged(Tag::State, &[&state.bytes()])
}
