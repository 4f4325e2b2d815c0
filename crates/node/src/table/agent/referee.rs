//! The referee: which of the matches that a host offers are real.
//!
//! A host that offers a match that is none could have an agent sign for a step what it would not sign
//! in the real one, and so lose it there. Who can read the chain asks it.

use nets_core::{Address, SeatIdentity};

use crate::table::wire::OfferedMatch;

/// Who says which matches are real.
#[derive(Debug)]
pub enum Referee {
    /// Nobody but the host: only that the agent's seat is its owner's is checked.
    Host {
        /// Whose agent it is.
        owner: Address,
    },
}

impl Referee {
    /// Whether a match may be played by the agent of this key; an error says why not.
    pub(super) fn check(&mut self, offered: &OfferedMatch, key: &Address) -> Result<(), String> {
        let Self::Host { owner } = self;
        let Some(seat) = offered.seats.get(usize::from(offered.seat)) else {
            return Err(format!("it has no seat {}", offered.seat));
        };
        if seat.key != *key {
            return Err(format!("its seat {} is of key {}", offered.seat, seat.key));
        }
        if seat.owner != *owner {
            // Anybody may enter anybody's key as an agent of its own.
            return Err(format!("its seat {} is an agent of {}", offered.seat, seat.owner));
        }
        let own = SeatIdentity::of_key(*owner, *key).agent_id();
        match offered.spec.agents.get(usize::from(offered.seat)) {
            Some(agent) if *agent == own => Ok(()),
            _ => Err(format!("its seat {} is of another agent than {own}", offered.seat)),
        }
    }
}
