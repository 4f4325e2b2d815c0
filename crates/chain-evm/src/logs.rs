//! What contracts said in final blocks: asked for by the blocks' hashes where these are known, so that
//! no other block of the same number is meant.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use alloy_primitives::B256;
use nets_chain::Log;
use serde_json::{Value, json};

use crate::chain::EvmChain;
use crate::error::EvmError;
use crate::wire::{quantity, read_log};

/// How many blocks' logs are asked for at once; half as many where the node finds that too much.
const LOG_BLOCKS: u64 = 2_000;

impl EvmChain {
    /// The logs of final blocks from `first` to `last`.
    pub(crate) fn logs_between(&self, first: u64, last: u64) -> Result<Vec<Log>, EvmError> {
        let mut logs = Vec::new();
        let mut next = first;
        // Blocks that are followed are asked for by their hashes, those before by number.
        while next <= last && self.follower().hash(next).is_none() {
            let end = self.last_unfollowed(next, last);
            let (found, upto) = self.logs_by_number(next, end)?;
            logs.extend(found);
            next = upto + 1;
        }
        for number in next..=last {
            let Some(hash) = self.follower().hash(number) else { continue };
            logs.extend(self.logs_of_block(hash)?);
        }
        Ok(logs)
    }

    /// The last block from `first` on, up to `last`, whose hash is not known.
    fn last_unfollowed(&self, first: u64, last: u64) -> u64 {
        let follower = self.follower();
        let end = last.min(first.saturating_add(LOG_BLOCKS - 1));
        (first..=end).rev().find(|number| follower.hash(*number).is_none()).unwrap_or(first)
    }

    /// The logs of as many blocks as the node gives at once, and the last of these.
    fn logs_by_number(&self, first: u64, last: u64) -> Result<(Vec<Log>, u64), EvmError> {
        let mut last = last;
        loop {
            let range = [first, last].map(|number| quantity(u128::from(number)));
            let params = json!({
                "fromBlock": range[0], "toBlock": range[1], "address": self.contracts.0,
            });
            match self.logs_of(params) {
                Err(EvmError::Refused { .. }) if last > first => last = first + (last - first) / 2,
                logs => return Ok((logs?, last)),
            }
        }
    }

    fn logs_of_block(&self, hash: B256) -> Result<Vec<Log>, EvmError> {
        let known = |logs: &Mutex<BTreeMap<_, _>>| -> Option<Vec<Log>> {
            logs.lock().unwrap_or_else(PoisonError::into_inner).get(&hash).cloned()
        };
        if let Some(logs) = known(&self.logs) {
            return Ok(logs);
        }
        let found = self.logs_of(json!({ "blockHash": hash, "address": self.contracts.0 }))?;
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        logs.insert(hash, found.clone());
        Ok(found)
    }

    fn logs_of(&self, filter: Value) -> Result<Vec<Log>, EvmError> {
        let read = |value: &Value| value.as_array()?.iter().map(read_log).collect();
        self.rpc.read_as("eth_getLogs", json!([filter]), "logs", read)
    }
}
