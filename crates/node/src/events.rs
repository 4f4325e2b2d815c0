//! What the arena contract said, block by block.

use alloy_sol_types::SolEventInterface;
use nets_chain::{ChainAdapter, IArena};

use crate::error::NodeError;
use crate::node::ArenaNode;

/// The events of an arena from block `first` on, each with its block.
///
/// # Errors
/// When the chain cannot be read.
pub fn events(node: &ArenaNode, first: u64) -> Result<Vec<(u64, IArena::IArenaEvents)>, NodeError> {
    let logs = node.chain.logs(first)?.into_iter();
    let arena = node.arena.deployment().arena;
    let decoded = logs.filter(|log| log.address == arena).filter_map(|log| {
        let event = IArena::IArenaEvents::decode_raw_log(&log.topics, &log.data).ok()?;
        Some((log.block, event))
    });
    Ok(decoded.collect())
}
