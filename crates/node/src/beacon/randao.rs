//! RANDAO's beacon: a block is waited for, and its header shown to the contract.
//!
//! The contract compares the header with the hash that the chain knows, so the node that gives it
//! need not be trusted with it. It is shown once it is final: another block's would be another seed.

use std::sync::atomic::AtomicBool;

use alloy_sol_types::SolCall;
use nets_chain::{ArenaError, Call, ChainAdapter, ChainError, RandaoBeacon};

use crate::chain::ArenaChain;
use crate::error::NodeError;
use crate::node::{ArenaNode, League, OPERATOR};
use crate::play::Progress;
use crate::round::wait_until;

/// Records the value at `index`, which is the block of that number, once it is final.
pub(super) fn record(
    node: &mut ArenaNode,
    league: &League,
    index: u64,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<(), NodeError> {
    let last_final = node.chain.head()?.number;
    if last_final <= index {
        progress.note(&format!(
            "the seed is in block {index}; the last final one is block {last_final}"
        ));
    }
    // In a block itself its own hash is not known yet.
    wait_until(node, index, stop)?;
    let ArenaChain::Elsewhere(chain) = &node.chain else {
        let address = league.terms.beacon;
        return Err(NodeError::UnknownBeacon { league: league.name.clone(), address });
    };
    let header = chain.header(index).map_err(ChainError::from)?;
    let record = RandaoBeacon::recordCall { number: index, header };
    let call = Call { to: Some(league.terms.beacon), value: 0, data: record.abi_encode().into() };
    let operator = node.keys.account(OPERATOR)?;
    match node.arena.send::<RandaoBeacon::recordCall>(&mut node.chain, &operator, call) {
        Ok(_) => {
            progress.note(&format!("the RANDAO of block {index} is on the chain"));
            Ok(())
        }
        Err(ArenaError::Refused { reason, .. }) => Err(NodeError::Round {
            league: league.name.clone(),
            reason: format!(
                "the chain does not know the hash of block {index} any more, which the seed comes \
                 from ({reason}): it keeps 8,191 of them, or 256; give the round up with \
                 `nets round void`"
            ),
        }),
        Err(error) => Err(error.into()),
    }
}
