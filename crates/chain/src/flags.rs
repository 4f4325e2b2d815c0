//! The clocks of signed matches, as far as they decide how a match went.

use alloy_primitives::B256;
use nets_core::{AgentId, Digest, Seat};

use crate::adapter::ChainAdapter;
use crate::arena::{Arena, ArenaError};
use crate::bindings::clocks::IClocks;
use crate::refuter::FallenFlag;

impl Arena {
    /// The flag that has fallen in a match between agents, in the order of their seats, if one has.
    ///
    /// # Errors
    /// When the chain cannot be read.
    pub fn flag_of(
        &self,
        chain: &dyn ChainAdapter,
        (league, round, match_index): (u64, u32, u32),
        agents: &[AgentId],
    ) -> Result<Option<FallenFlag>, ArenaError> {
        let call = IClocks::flagOfCall {
            arena: self.deployment().arena,
            league,
            round,
            matchIndex: match_index,
            agents: agents.iter().map(|agent| B256::new(agent.0)).collect(),
        };
        let IClocks::Flag { fallen, seat, step, stateHash: state_hash } =
            Self::view_of(chain, self.deployment().clocks, &call)?;
        let (seat, state_hash) = (Seat(seat), Digest(state_hash.0));
        Ok(fallen.then_some(FallenFlag { seat, step, state_hash }))
    }
}
