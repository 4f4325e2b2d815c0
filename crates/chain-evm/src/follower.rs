//! The follower: the last blocks tied together by their parents' hashes.
//!
//! It walks from the latest block back to one that it knows. What it knew beyond that one was
//! undone. Invariant: each block's parent is the block before it, and a final block stays.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use alloy_primitives::B256;
use nets_chain::Head;
use serde_json::json;

use crate::error::EvmError;
use crate::rpc::Rpc;
use crate::settings::Finality;
use crate::wire::{Header, read_header};

/// How many blocks before the final one are kept, so that what lies in them can be asked for by
/// their hashes.
const KEPT_BLOCKS: usize = 256;

/// The longest way back from the latest block that is walked hash by hash; after a longer absence
/// following begins anew at the final block.
const WALK_BLOCKS_MAX: u64 = 1_024;

/// The blocks that are followed.
#[derive(Debug)]
pub(crate) struct Follower {
    finality: Finality,
    /// From older to newer.
    blocks: VecDeque<Header>,
    last_final: Head,
    looked: Instant,
}

impl Follower {
    /// Begins at the latest final block.
    pub(crate) fn begin(rpc: &Rpc, finality: Finality) -> Result<Self, EvmError> {
        let first = final_block(rpc, finality, latest(rpc)?)?;
        let (last_final, looked) = (first.head(), Instant::now());
        let mut follower = Self { finality, blocks: [first].into(), last_final, looked };
        follower.poll(rpc)?;
        Ok(follower)
    }

    /// The latest block, final or not.
    pub(crate) fn latest(&self) -> u64 {
        self.blocks.back().map_or(self.last_final.number, |block| block.number)
    }

    /// The latest final block.
    pub(crate) fn last_final(&self) -> Head {
        self.last_final
    }

    /// The hash of block `number`, where it is known.
    pub(crate) fn hash(&self, number: u64) -> Option<B256> {
        let first = self.blocks.front()?.number;
        Some(self.blocks.get(number.checked_sub(first)? as usize)?.hash)
    }

    /// Looks for new blocks, and forgets those that were undone.
    pub(crate) fn poll(&mut self, rpc: &Rpc) -> Result<(), EvmError> {
        let tip = latest(rpc)?;
        if tip.number > self.latest().saturating_add(WALK_BLOCKS_MAX) {
            return self.begin_anew(rpc);
        }
        // A block that was replaced while it was walked over may be forgotten already.
        let Some(branch) = self.branch_to(rpc, tip)? else { return Ok(()) };
        // The ancestor is known, so the branch begins above the first block.
        let ancestor = branch.front().map_or(tip.number, |block| block.number - 1);
        // Of several nodes behind one URL, one may be behind what another said is final.
        let ancestor = ancestor.max(self.last_final.number);
        self.blocks.truncate(self.position(ancestor).map_or(0, |position| position + 1));
        self.blocks.extend(branch);
        self.finalize(rpc, tip)?;
        self.looked = Instant::now();
        Ok(())
    }

    /// How long ago it last looked for new blocks.
    pub(crate) fn age(&self) -> Duration {
        self.looked.elapsed()
    }

    fn position(&self, number: u64) -> Option<usize> {
        let first = self.blocks.front()?.number;
        number.checked_sub(first).map(|position| position as usize)
    }

    /// The blocks after the last common one, up to the tip; none where the node has lost one of them.
    fn branch_to(&self, rpc: &Rpc, tip: Header) -> Result<Option<VecDeque<Header>>, EvmError> {
        let mut branch = VecDeque::new();
        let mut block = tip;
        while self.hash(block.number) != Some(block.hash) {
            let was = self.last_final;
            if block.number <= was.number {
                return Err(EvmError::FinalReplaced { number: was.number, was: was.hash });
            }
            branch.push_front(block);
            let Some(parent) = header_by_hash(rpc, &block.parent)? else { return Ok(None) };
            block = parent;
        }
        Ok(Some(branch))
    }

    /// Finds out which block is final now. One that was stays so, even if the chain gets shorter.
    fn finalize(&mut self, rpc: &Rpc, tip: Header) -> Result<(), EvmError> {
        let number = match self.finality {
            Finality::Depth(depth) => tip.number.saturating_sub(depth),
            // It may be ahead of the tip that was asked for before; then it is, a moment later.
            Finality::Finalized => final_block(rpc, self.finality, tip)?.number,
        };
        if let Some(hash) = self.hash(number).filter(|_| number > self.last_final.number) {
            self.last_final = Head { number, hash };
        }
        while self.blocks.len() > KEPT_BLOCKS
            && self.blocks[KEPT_BLOCKS].number <= self.last_final.number
        {
            self.blocks.pop_front();
        }
        Ok(())
    }

    /// After a long absence: the block that was final must still be there.
    fn begin_anew(&mut self, rpc: &Rpc) -> Result<(), EvmError> {
        let was = self.last_final;
        let found = header_by_number(rpc, was.number)?;
        if found.hash != was.hash {
            return Err(EvmError::FinalReplaced { number: was.number, was: was.hash });
        }
        let first = final_block(rpc, self.finality, latest(rpc)?)?;
        self.blocks = [first].into();
        self.last_final = first.head();
        self.poll(rpc)
    }
}

fn latest(rpc: &Rpc) -> Result<Header, EvmError> {
    let params = json!(["latest", false]);
    rpc.read_as("eth_getBlockByNumber", params, "a block", read_header)
}

pub(crate) fn header_by_number(rpc: &Rpc, number: u64) -> Result<Header, EvmError> {
    let params = json!([format!("{number:#x}"), false]);
    rpc.read_as("eth_getBlockByNumber", params, "a block", read_header)
}

fn header_by_hash(rpc: &Rpc, hash: &B256) -> Result<Option<Header>, EvmError> {
    rpc.read_maybe("eth_getBlockByHash", json!([hash, false]), "a block", read_header)
}

/// The latest final block, given the latest one.
fn final_block(rpc: &Rpc, finality: Finality, tip: Header) -> Result<Header, EvmError> {
    match finality {
        Finality::Depth(0) => Ok(tip),
        Finality::Depth(depth) => header_by_number(rpc, tip.number.saturating_sub(depth)),
        Finality::Finalized => {
            let params = json!(["finalized", false]);
            rpc.read_as("eth_getBlockByNumber", params, "a block", read_header)
        }
    }
}
