//! Which modules may be shown: those of agents that are or were entries of a round.
//!
//! From its entries' freeze on, a round can be checked by who has its modules, and nobody can enter
//! it against them any more.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::Address;
use alloy_sol_types::SolEventInterface;
use nets_chain::IArena::IArenaEvents;
use nets_chain::Log;
use nets_core::Digest;

/// A member as far as it matters here.
struct Entrant {
    module: Digest,
    from: u32,
    to: u32,
}

/// The modules of agents that were ever frozen as entries of a round, by what the arena said from its
/// beginning on.
pub(crate) fn disclosed(logs: &[Log], arena: Address) -> BTreeSet<Digest> {
    let mut entrants = BTreeMap::new();
    let mut shown = BTreeSet::new();
    for log in logs.iter().filter(|log| log.address == arena) {
        match IArenaEvents::decode_raw_log(&log.topics, &log.data) {
            Ok(IArenaEvents::Registered(event)) => {
                let module = Digest(event.codeHash.0);
                let entrant = Entrant { module, from: 0, to: 0 };
                entrants.insert((event.league, event.member), entrant);
            }
            Ok(IArenaEvents::Entered(event)) => {
                if let Some(entrant) = entrants.get_mut(&(event.league, event.member)) {
                    (entrant.from, entrant.to) = (event.from, event.to);
                }
            }
            Ok(IArenaEvents::Unbonded(event)) => {
                if let Some(entrant) = entrants.get_mut(&(event.league, event.member)) {
                    entrant.to = event.to;
                }
            }
            Ok(IArenaEvents::RoundOpened(event)) => {
                let league = (event.league, 0)..(event.league, event.memberCount);
                let entries = entrants.range(league).map(|(_, entrant)| entrant);
                let entries = entries.filter(|it| it.from <= event.round && event.round < it.to);
                shown.extend(entries.map(|entrant| entrant.module));
            }
            _ => {}
        }
    }
    shown
}
