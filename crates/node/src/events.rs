//! What the arena contract said, in words.

use alloy_sol_types::SolEventInterface;
use nets_chain::{ChainAdapter, IArena};

use crate::error::NodeError;
use crate::node::ArenaNode;

/// The events of an arena from block `first` on: the block and the event with its fields.
///
/// # Errors
/// When the chain cannot be read.
pub fn events(node: &ArenaNode, first: u64) -> Result<Vec<(u64, String)>, NodeError> {
    let logs = node.chain.logs(first)?.into_iter();
    let arena = node.arena.deployment().arena;
    let decoded = logs.filter(|log| log.address == arena).filter_map(|log| {
        let event = IArena::IArenaEvents::decode_raw_log(&log.topics, &log.data).ok()?;
        let text = format!("{event:?}");
        // The enum's variant and the struct in it have the same name; one is enough.
        let text = text.split_once('(').map_or(text.as_str(), |(_, inner)| inner);
        Some((log.block, text.strip_suffix(')').unwrap_or(text).to_owned()))
    });
    Ok(decoded.collect())
}
