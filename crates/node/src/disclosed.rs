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

use crate::artifacts::Artifacts;

/// A member as far as it matters here.
struct Entrant {
    module: Digest,
    from: u32,
    to: u32,
    /// The batch that it came with, as long as it is not enrolled.
    batch: Option<u32>,
}

/// The members that were told of so far, and the modules of those that were frozen as entries.
struct Entrants<'a> {
    artifacts: &'a Artifacts,
    entrants: BTreeMap<(u64, u32), Entrant>,
    /// The root and count of each batch, by league and number.
    batches: BTreeMap<(u64, u32), (Digest, u32)>,
    shown: BTreeSet<Digest>,
}

/// The modules of agents that were ever frozen as entries of a round, by what the arena said from its
/// beginning on. Of batches whose registrations are not here no module is known.
pub(crate) fn disclosed(logs: &[Log], arena: Address, artifacts: &Artifacts) -> BTreeSet<Digest> {
    let mut entrants = Entrants {
        artifacts,
        entrants: BTreeMap::new(),
        batches: BTreeMap::new(),
        shown: BTreeSet::new(),
    };
    for log in logs.iter().filter(|log| log.address == arena) {
        if let Ok(event) = IArenaEvents::decode_raw_log(&log.topics, &log.data) {
            entrants.follow(event);
        }
    }
    entrants.shown
}

impl Entrants<'_> {
    fn follow(&mut self, event: IArenaEvents) {
        match event {
            IArenaEvents::Registered(event) => {
                let module = Digest(event.codeHash.0);
                let (from, to) = (event.from, event.to);
                let entrant = Entrant { module, from, to, batch: None };
                self.entrants.insert((event.league, event.member), entrant);
            }
            IArenaEvents::Entered(event) => {
                if let Some(entrant) = self.entrants.get_mut(&(event.league, event.member)) {
                    (entrant.from, entrant.to) = (event.from, event.to);
                }
            }
            IArenaEvents::Unbonded(event) => {
                if let Some(entrant) = self.entrants.get_mut(&(event.league, event.member)) {
                    entrant.to = event.to;
                }
            }
            IArenaEvents::BatchProposed(event) => {
                let batch = (Digest(event.root.0), event.count);
                self.batches.insert((event.league, event.batch), batch);
            }
            IArenaEvents::BatchAccepted(event) => {
                let rounds = (event.from, event.to);
                self.accept(event.league, event.batch, event.first, rounds);
            }
            IArenaEvents::BatchRenewed(event) => self.end(event.league, event.batch, event.to),
            IArenaEvents::BatchUnbonded(event) => self.end(event.league, event.batch, event.to),
            IArenaEvents::Enrolled(event) => {
                if let Some(entrant) = self.entrants.get_mut(&(event.league, event.member)) {
                    entrant.batch = None;
                }
            }
            IArenaEvents::RoundOpened(event) => {
                let league = (event.league, 0)..(event.league, event.memberCount);
                let entries = self.entrants.range(league).map(|(_, entrant)| entrant);
                let entries = entries.filter(|it| it.from <= event.round && event.round < it.to);
                self.shown.extend(entries.map(|entrant| entrant.module));
            }
            _ => {}
        }
    }

    /// The registrations of a batch are members from number `first` on.
    fn accept(&mut self, league: u64, batch: u32, first: u32, (from, to): (u32, u32)) {
        let Some((root, count)) = self.batches.get(&(league, batch)) else { return };
        let Ok(registrations) = self.artifacts.batch(root, *count) else { return };
        for (member, registration) in (first..).zip(registrations.registrations()) {
            let module = registration.code_hash;
            let entrant = Entrant { module, from, to, batch: Some(batch) };
            self.entrants.insert((league, member), entrant);
        }
    }

    /// Those of a batch that are not enrolled play until another round.
    fn end(&mut self, league: u64, batch: u32, to: u32) {
        let of_league = self.entrants.range_mut((league, 0)..=(league, u32::MAX));
        for (_, entrant) in of_league.filter(|(_, entrant)| entrant.batch == Some(batch)) {
            entrant.to = to;
        }
    }
}
