//! Fees of EIP-1559: what the last blocks suggest, never more than the settings allow.

use serde_json::{Value, json};

use crate::error::EvmError;
use crate::rpc::Rpc;
use crate::wire::read_u128;

/// How many blocks are looked back at.
const HISTORY_BLOCKS: u64 = 5;

/// Nodes take another transaction in the place of one only if it pays at least a tenth more; an
/// eighth more satisfies those that round otherwise.
const BUMP_DIVISOR: u128 = 8;

/// What a transaction pays for a unit of gas, in wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fees {
    /// At most, all together.
    pub(crate) max: u128,
    /// At most to whoever makes the block.
    pub(crate) priority: u128,
}

impl Fees {
    /// What a transaction should offer now: enough even if the next blocks' base fee doubles, but not
    /// more than `limit`.
    pub(crate) fn suggested(rpc: &Rpc, limit: u128) -> Result<Self, EvmError> {
        let params = json!([format!("{HISTORY_BLOCKS:#x}"), "latest", [50]]);
        let history = rpc.read_as("eth_feeHistory", params, "a fee history", read_history)?;
        let priority = match rpc.read("eth_maxPriorityFeePerGas", json!([])) {
            Ok(value) => read_u128(&value).unwrap_or(history.reward),
            // Not every node has it.
            Err(EvmError::Refused { .. }) => history.reward,
            Err(error) => return Err(error),
        };
        let needed = history.base_fee.saturating_add(priority);
        if needed > limit {
            return Err(EvmError::FeeTooHigh { needed, limit });
        }
        let max = history.base_fee.saturating_mul(2).saturating_add(priority);
        Ok(Self { max: max.min(limit), priority })
    }

    /// What takes the place of a transaction with these fees, at least what is suggested now; none
    /// where the limit leaves no room for it.
    pub(crate) fn raised(self, suggested: Self, limit: u128) -> Option<Self> {
        let raise = |fee: u128| fee.saturating_add(fee / BUMP_DIVISOR).saturating_add(1);
        let least = Self { max: raise(self.max), priority: raise(self.priority) };
        if least.max > limit {
            return None;
        }
        let max = least.max.max(suggested.max).min(limit);
        Some(Self { max, priority: least.priority.max(suggested.priority).min(max) })
    }
}

struct History {
    /// Of the block after the latest.
    base_fee: u128,
    /// The median of what blocks' makers got.
    reward: u128,
}

fn read_history(value: &Value) -> Option<History> {
    let base_fee = read_u128(value["baseFeePerGas"].as_array()?.last()?)?;
    let rewards = value["reward"].as_array().into_iter().flatten();
    let mut rewards: Vec<u128> = rewards.filter_map(|row| read_u128(row.get(0)?)).collect();
    rewards.sort_unstable();
    let reward = rewards.get(rewards.len() / 2).copied().unwrap_or_default();
    Some(History { base_fee, reward })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raise_is_more_than_a_tenth_and_within_the_limit() {
        let fees = Fees { max: 100, priority: 10 };
        let raised = fees.raised(Fees { max: 50, priority: 1 }, 1_000).unwrap();
        assert_eq!(raised, Fees { max: 113, priority: 12 });
        let dearer = fees.raised(Fees { max: 500, priority: 20 }, 300).unwrap();
        assert_eq!(dearer, Fees { max: 300, priority: 20 });
        assert_eq!(fees.raised(fees, 112), None);
    }

    #[test]
    fn the_next_base_fee_is_the_last_of_the_history() {
        let history =
            json!({"baseFeePerGas": ["0x1", "0x2"], "reward": [["0x9"], ["0x5"], ["0x7"]]});
        let history = read_history(&history).unwrap();
        assert_eq!((history.base_fee, history.reward), (2, 7));
        assert!(read_history(&json!({"baseFeePerGas": []})).is_none());
    }
}
