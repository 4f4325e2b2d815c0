//! The referee: which of the matches that a host offers are real.
//!
//! A host that offers a match that is none could have an agent sign for a step what it would not sign
//! in the real one, and so lose it there. Who can read the chain asks it: who is entered, the seed and
//! so every match of a round follow from what is there.

use std::collections::BTreeMap;

use nets_chain::ChainAdapter;
use nets_core::{Address, SeatIdentity, Seed};
use nets_league::MatchStatus;

use crate::artifacts::Artifacts;
use crate::chain_read::ChainRead;
use crate::error::NodeError;
use crate::folder::ArenaFolder;
use crate::node::read_league;
use crate::play::RoundPlan;
use crate::round::plan_beside;
use crate::settings::Settings;
use crate::table::wire::OfferedMatch;

/// How many rounds are kept; an agent plays in few at once.
const PLANS_MAX: usize = 16;

/// Who says which matches are real.
#[derive(Debug)]
pub struct Referee {
    owner: Address,
    chain: Option<ArenaChainBeside>,
}

/// An arena whose chain is read.
#[derive(Debug)]
struct ArenaChainBeside {
    chain: ChainRead,
    artifacts: Artifacts,
    plans: BTreeMap<(u64, u32), RoundPlan>,
}

/// Why a match is not played.
#[derive(Debug)]
pub(super) enum NotReal {
    /// It is none, for this reason.
    Refused(String),
    /// It cannot be told just now.
    Unknown(NodeError),
}

impl From<String> for NotReal {
    fn from(reason: String) -> Self {
        Self::Refused(reason)
    }
}

impl From<NodeError> for NotReal {
    fn from(error: NodeError) -> Self {
        Self::Unknown(error)
    }
}

impl Referee {
    /// Nobody but the host says which matches there are; that the agent's seat is this owner's is
    /// checked.
    pub fn host(owner: Address) -> Self {
        Self { owner, chain: None }
    }

    /// The chain says it, as read by the folder of an arena, be it the host's on this machine or one
    /// made by `nets join`.
    ///
    /// # Errors
    /// When there is no such arena, or its chain cannot be used.
    pub fn chain(owner: Address, folder: ArenaFolder) -> Result<Self, NodeError> {
        let settings = Settings::read(&folder)?;
        let chain = ChainRead::open(&folder, &settings)?;
        let artifacts = Artifacts::with_settings(folder, &settings)?;
        let chain = ArenaChainBeside { chain, artifacts, plans: BTreeMap::new() };
        Ok(Self { owner, chain: Some(chain) })
    }

    /// Whose agent it is.
    pub(super) fn owner(&self) -> Address {
        self.owner
    }

    /// Whether a match may be played by the agent of this key.
    pub(super) fn check(&mut self, offered: &OfferedMatch, key: &Address) -> Result<(), NotReal> {
        self.check_seat(offered, key)?;
        match &mut self.chain {
            Some(chain) => chain.check(offered),
            None => Ok(()),
        }
    }

    fn check_seat(&self, offered: &OfferedMatch, key: &Address) -> Result<(), String> {
        let Some(seat) = offered.seats.get(usize::from(offered.seat)) else {
            return Err(format!("it has no seat {}", offered.seat));
        };
        if seat.key != *key {
            return Err(format!("its seat {} is of key {}", offered.seat, seat.key));
        }
        if seat.owner != self.owner {
            // Anybody may enter anybody's key as an agent of its own.
            return Err(format!("its seat {} is an agent of {}", offered.seat, seat.owner));
        }
        let own = SeatIdentity::of_key(self.owner, *key).agent_id();
        match offered.spec.agents.get(usize::from(offered.seat)) {
            Some(agent) if *agent == own => Ok(()),
            _ => Err(format!("its seat {} is of another agent than {own}", offered.seat)),
        }
    }
}

impl ArenaChainBeside {
    fn check(&mut self, offered: &OfferedMatch) -> Result<(), NotReal> {
        let plan = self.plan((offered.league, offered.round))?;
        let scorer = plan.scorer()?;
        let next = scorer.upcoming(offered.match_index);
        let next = next.filter(|next| next.status == MatchStatus::Played);
        let next = next.ok_or_else(|| "the chain has no such match".to_owned())?;
        let is_it = plan.spec(&next) == (offered.spec.clone(), offered.identities())
            && plan.venue(next.index) == Some(offered.venue());
        is_it.then_some(()).ok_or_else(|| "the chain has another match there".to_owned().into())
    }

    fn plan(&mut self, (league, round): (u64, u32)) -> Result<&RoundPlan, NotReal> {
        if !self.plans.contains_key(&(league, round)) {
            let artifacts = &self.artifacts;
            let read = self.chain.look(|arena, chain: &dyn ChainAdapter| {
                let league = read_league(arena, chain, artifacts, "of the host", league)?;
                plan_beside(arena, chain, artifacts, &league, round)
            })?;
            if read.seed == Seed::default() {
                // It is not drawn yet as this reads the chain, which may be late.
                let league = read.league.name;
                return Err(NotReal::Unknown(NodeError::NoRound { league }));
            }
            if self.plans.len() >= PLANS_MAX {
                self.plans.pop_first();
            }
            self.plans.insert((league, round), read);
        }
        let plan = self.plans.get(&(league, round));
        Ok(plan.ok_or_else(|| "its round is not known".to_owned())?)
    }
}
