//! What the chain's clocks say of a round's signed matches: positions, plays, and whose flag fell.
//!
//! Everything is read from events and views again each time, so nothing of it is kept.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolEvent;
use nets_chain::clocks::IClocks;
use nets_chain::{Arena, ChainAdapter, FallenFlag};
use nets_core::{Action, AgentId, Chance, Signature};
use nets_runner::{Play, SignedMatch};

use crate::error::NodeError;

/// How many plays one transaction brings, so that it fits a block.
const PLAYS_OF_A_CALL: usize = 48;

/// What the contract names as the seat to act where a match is over.
const NOBODY: u8 = 255;

/// A match of which a position was brought.
#[derive(Clone, Debug)]
pub(crate) struct ClockedMatch {
    /// The match, by its number in the round.
    pub(crate) match_index: u32,
    /// Who sits in it.
    pub(crate) agents: Vec<AgentId>,
    /// The plays from the start to the position.
    pub(crate) plays: Vec<Play>,
    /// Those of other histories, which were brought before.
    pub(crate) abandoned: Vec<Vec<Play>>,
    /// The bytes of the position's state.
    pub(crate) state: Vec<u8>,
    /// Whether nobody acts there any more.
    pub(crate) is_over: bool,
    /// The block since which the clock of who acts runs, and how many blocks it has.
    pub(crate) since: u64,
    pub(crate) left: u32,
    /// The flag, if it has fallen there.
    pub(crate) fallen: Option<FallenFlag>,
}

/// The matches of a round, which was seeded in block `first`, of which a position was brought. Whether
/// their agents meet in them nobody has asked.
pub(crate) fn clocked_matches(
    arena: &Arena,
    chain: &dyn ChainAdapter,
    (league, round): (u64, u32),
    first: u64,
) -> Result<Vec<ClockedMatch>, NodeError> {
    let (mut matches, deployment) = (BTreeMap::new(), arena.deployment());
    for log in chain.logs(first)? {
        if log.address != deployment.clocks {
            continue;
        }
        if let Ok(it) = IClocks::Started::decode_raw_log(log.topics.clone(), &log.data) {
            if (it.arena, it.league, it.round) == (deployment.arena, league, round) {
                matches.insert(it.id, started(it.matchIndex, &it.agents));
            }
        } else if let Ok(it) = IClocks::Advanced::decode_raw_log(log.topics, &log.data)
            && let Some(clocked) = matches.get_mut(&it.id)
        {
            clocked.follow(&it);
        }
    }
    let mut matches: Vec<_> = matches.into_values().collect();
    for clocked in &mut matches {
        let place = (league, round, clocked.match_index);
        clocked.fallen = arena.flag_of(chain, place, &clocked.agents)?;
    }
    Ok(matches)
}

fn started(match_index: u32, agents: &[B256]) -> ClockedMatch {
    ClockedMatch {
        match_index,
        agents: agents.iter().map(|agent| AgentId(agent.0)).collect(),
        plays: Vec::new(),
        abandoned: Vec::new(),
        state: Vec::new(),
        is_over: false,
        since: 0,
        left: 0,
        fallen: None,
    }
}

impl ClockedMatch {
    fn follow(&mut self, event: &IClocks::Advanced) {
        // Plays from the start may be of another history than those before.
        let position = &event.position;
        let first = (position.step as usize).saturating_sub(event.plays.len());
        if first < self.plays.len() {
            self.abandoned.push(self.plays.clone());
        }
        self.plays.truncate(first);
        self.plays.extend(event.plays.iter().map(play_of));
        self.state = event.state.to_vec();
        self.is_over = position.acting == NOBODY;
        self.since = position.since.to();
        self.left = if position.acting == 0 { position.firstLeft } else { position.secondLeft };
    }

    /// How many plays lead to the position.
    pub(crate) fn step(&self) -> u32 {
        self.plays.len() as u32
    }
}

fn play_of(play: &IClocks::Play) -> Play {
    let mut signature = Signature::NONE;
    if play.signature.len() == Signature::BYTES {
        signature.0.copy_from_slice(&play.signature);
    }
    Play { action: Action(play.action), signature }
}

/// The calls that bring a match to where it is, from where the chain has it.
pub(crate) fn advance_calls(
    signed: &SignedMatch,
    clocked: Option<&ClockedMatch>,
) -> Vec<IClocks::advanceCall> {
    let venue = signed.venue();
    let played = IClocks::Match {
        arena: Address::new(venue.arena.0),
        league: venue.league,
        round: venue.round,
        matchIndex: venue.match_index,
        agents: signed.spec().agents.iter().map(|agent| B256::new(agent.0)).collect(),
        owners: signed.seats().iter().map(|seat| Address::new(seat.owner.0)).collect(),
    };
    let plays = signed.plays();
    // What the chain has may be of another history, which this one begins anew then.
    let kept = clocked.filter(|it| plays.starts_with(&it.plays) && !it.plays.is_empty());
    let first = kept.map_or(0, |it| it.plays.len());
    let mut state = kept.map(|it| it.state.clone()).unwrap_or_default();
    let mut calls = Vec::new();
    let mut at = signed.system().start(Chance::from_seed(&signed.spec().seed));
    let mut walked = 0;
    let mut rest = &plays[first..];
    loop {
        let (chunk, later) = rest.split_at(rest.len().min(PLAYS_OF_A_CALL));
        let plays = chunk.iter().map(play).collect();
        calls.push(IClocks::advanceCall { played: played.clone(), state: state.into(), plays });
        if later.is_empty() {
            return calls;
        }
        rest = later;
        let end = signed.plays().len() - later.len();
        for play in &signed.plays()[walked..end] {
            // They were taken before.
            at.step(&[play.action]).ok();
        }
        walked = end;
        state = at.bytes();
    }
}

fn play(play: &Play) -> IClocks::Play {
    IClocks::Play { action: play.action.0, signature: play.signature.0.to_vec().into() }
}
