//! An EVM chain as the adapter's trait wants it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;

use alloy_primitives::{Address, B256, Bytes, U256};
use nets_chain::{Call, ChainAdapter, ChainError, Head, Log, Receipt, Signer};
use serde_json::{Value, json};

use crate::error::EvmError;
use crate::follower::{Follower, header_by_number};
use crate::outbox::{ActionKey, Outbox};
use crate::rpc::Rpc;
use crate::sending::address;
use crate::settings::EvmSettings;
use crate::watch::{Step, Unwatched, Watch};
use crate::wire::{
    Included, block_hash, call_object, quantity, read_bytes, read_header, read_receipt, read_u64,
    read_u256,
};

/// JSON-RPC's number for a method that is not there.
const NO_SUCH_METHOD: i64 = -32_601;

/// A chain elsewhere, by a node that answers JSON-RPC.
pub struct EvmChain {
    pub(crate) rpc: Rpc,
    pub(crate) settings: EvmSettings,
    /// None for a chain that is only read.
    pub(crate) outbox: Option<Outbox>,
    genesis: B256,
    follower: Mutex<Follower>,
    watch: Box<dyn Watch>,
    /// Whose logs are of interest, and the block that the first of them is in.
    pub(crate) contracts: (Vec<Address>, u64),
    /// The logs of final blocks, by their hashes.
    pub(crate) logs: Mutex<BTreeMap<B256, Vec<Log>>>,
    /// The block that everything is read at; the latest final one where there is none.
    as_of: Option<Head>,
}

/// How a chain stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvmStatus {
    /// The number of the latest block.
    pub latest: u64,
    /// The latest final block.
    pub last_final: Head,
    /// How many transactions are on their way, or were when a process was killed.
    pub open_actions: usize,
    /// How many were ever sent.
    pub actions: usize,
}

impl EvmChain {
    /// Connects to a chain for reading and sending, with the outbox at `outbox`, which is made where
    /// there is none. The chain must begin with the block `genesis`, where that is known.
    ///
    /// # Errors
    /// When the node does not answer or is of another chain, or the outbox cannot be used.
    pub fn open(
        settings: EvmSettings,
        outbox: &Path,
        genesis: Option<B256>,
    ) -> Result<Self, EvmError> {
        let mut chain = Self::read(settings, genesis)?;
        let opened = Outbox::open(outbox, chain.settings.chain_id, &chain.genesis)?;
        chain.outbox = Some(opened);
        Ok(chain)
    }

    /// Connects to a chain for reading.
    ///
    /// # Errors
    /// When the node does not answer or is of another chain.
    pub fn read(settings: EvmSettings, genesis: Option<B256>) -> Result<Self, EvmError> {
        let rpc = Rpc::new(&settings);
        let got = Self::chain_id_of(&rpc)?;
        if got != settings.chain_id {
            let (url, expected) = (rpc.shown(), settings.chain_id);
            return Err(EvmError::ChainId { url, expected, got });
        }
        let got = header_by_number(&rpc, 0)?.hash;
        if let Some(expected) = genesis.filter(|expected| *expected != got) {
            return Err(EvmError::Genesis { url: rpc.shown(), expected, got });
        }
        Ok(Self {
            follower: Mutex::new(Follower::begin(&rpc, settings.finality)?),
            rpc,
            settings,
            outbox: None,
            genesis: got,
            watch: Box::new(Unwatched),
            contracts: (Vec::new(), 0),
            logs: Mutex::default(),
            as_of: None,
        })
    }

    /// The number of the chain that a node is of.
    ///
    /// # Errors
    /// When the node does not answer.
    pub fn ask_chain_id(settings: &EvmSettings) -> Result<u64, EvmError> {
        Self::chain_id_of(&Rpc::new(settings))
    }

    fn chain_id_of(rpc: &Rpc) -> Result<u64, EvmError> {
        rpc.read_as("eth_chainId", json!([]), "a chain's number", read_u64)
    }

    /// Has what is sent and waited for from now on watched over.
    pub fn set_watch(&mut self, watch: Box<dyn Watch>) {
        self.watch = watch;
    }

    /// Says which contracts' logs are of interest, and which block the first of them is in.
    pub fn set_contracts(&mut self, contracts: Vec<Address>, first_block: u64) {
        self.contracts = (contracts, first_block);
    }

    /// The hash of the chain's first block.
    pub fn genesis(&self) -> B256 {
        self.genesis
    }

    /// The settings.
    pub fn settings(&self) -> &EvmSettings {
        &self.settings
    }

    /// How the chain and the outbox stand.
    ///
    /// # Errors
    /// When the node does not answer.
    pub fn status(&self) -> Result<EvmStatus, EvmError> {
        let (latest, last_final) = self.poll()?;
        let outbox = self.outbox.as_ref();
        let open_actions = outbox.map_or(0, |outbox| outbox.open_actions().count());
        let actions = outbox.map_or(0, |outbox| outbox.all_actions().count());
        Ok(EvmStatus { latest, last_final, open_actions, actions })
    }

    /// The same chain as it was in a final block, for reading. Old states are there only where the
    /// node keeps them.
    ///
    /// # Errors
    /// When the node does not answer, or the block is not final.
    pub fn as_of(&self, block: u64) -> Result<Self, EvmError> {
        let mut chain = Self::read(self.settings.clone(), Some(self.genesis))?;
        let last_final = chain.poll()?.1.number;
        if block > last_final {
            return Err(EvmError::Refused {
                url: self.rpc.shown(),
                method: "eth_getBlockByNumber",
                code: 0,
                message: format!("block {block} is not final, the last that is is {last_final}"),
            });
        }
        chain.contracts = self.contracts.clone();
        chain.as_of = Some(header_by_number(&self.rpc, block)?.head());
        Ok(chain)
    }

    /// Whether a block is on the chain and final.
    ///
    /// # Errors
    /// When the node does not answer.
    pub fn holds(&self, block: &B256) -> Result<bool, EvmError> {
        let params = json!([block, false]);
        let found = self.rpc.read_maybe("eth_getBlockByHash", params, "a block", read_header)?;
        let last_final = self.now()?.number;
        match found.map(|header| header.head()) {
            Some(head) if head.number <= last_final => self.is_on_chain(&head),
            _ => Ok(false),
        }
    }

    /// Makes a call once: whoever asks again with the same key is given what became of it.
    ///
    /// # Errors
    /// As for [`ChainAdapter::send`].
    pub fn send_once(
        &mut self,
        key: ActionKey,
        signer: &dyn Signer,
        call: Call,
    ) -> Result<Receipt, EvmError> {
        let sent = self.send_keyed(&[(key, signer, call)])?.into_iter().next();
        sent.map(|included| included.receipt).ok_or(EvmError::ReadOnly)
    }

    /// The code of a contract, as of the latest final block.
    ///
    /// # Errors
    /// When the node does not answer.
    pub fn code(&self, address: Address) -> Result<Bytes, EvmError> {
        let params = json!([address, block_hash(&self.now()?.hash)]);
        self.rpc.read_as("eth_getCode", params, "code", read_bytes)
    }

    pub(crate) fn step(&self, step: Step) -> Result<(), EvmError> {
        if self.watch.goes_on(step) { Ok(()) } else { Err(EvmError::Interrupted) }
    }

    pub(crate) fn follower(&self) -> MutexGuard<'_, Follower> {
        // What a panicking thread left is as it was after its last poll.
        self.follower.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks for new blocks; the number of the latest, and the latest final one.
    pub(crate) fn poll(&self) -> Result<(u64, Head), EvmError> {
        let mut follower = self.follower();
        follower.poll(&self.rpc)?;
        Ok((follower.latest(), follower.last_final()))
    }

    /// The latest block as of the last look.
    pub(crate) fn latest(&self) -> u64 {
        self.follower().latest()
    }

    /// The block that everything is read at now.
    fn now(&self) -> Result<Head, EvmError> {
        match self.as_of {
            Some(head) => Ok(head),
            None => Ok(self.poll()?.1),
        }
    }

    /// The block that something is read at: for questions of which many follow each other, the one
    /// that was final a moment ago.
    fn at(&self) -> Result<Head, EvmError> {
        let (last_final, age) = {
            let follower = self.follower();
            (follower.last_final(), follower.age())
        };
        match self.as_of {
            None if age < self.settings.poll => Ok(last_final),
            _ => self.now(),
        }
    }

    /// Whether a block is on the chain as far as it is followed.
    pub(crate) fn is_on_chain(&self, block: &Head) -> Result<bool, EvmError> {
        let known = self.follower().hash(block.number);
        match known {
            Some(hash) => Ok(hash == block.hash),
            None => Ok(header_by_number(&self.rpc, block.number)?.hash == block.hash),
        }
    }

    pub(crate) fn nonce(&self, address: Address, block: Value) -> Result<u64, EvmError> {
        let params = json!([address, block]);
        self.rpc.read_as("eth_getTransactionCount", params, "a count", read_u64)
    }

    pub(crate) fn latest_balance(&self, address: Address) -> Result<U256, EvmError> {
        let params = json!([address, "latest"]);
        self.rpc.read_as("eth_getBalance", params, "an amount of coin", read_u256)
    }

    pub(crate) fn receipt(&self, transaction: &B256) -> Result<Option<Included>, EvmError> {
        let params = json!([transaction]);
        self.rpc.read_maybe("eth_getTransactionReceipt", params, "a receipt", read_receipt)
    }

    /// The keys of calls whose caller has none.
    fn keys(&self, calls: &[(&dyn Signer, Call)]) -> Result<Vec<ActionKey>, EvmError> {
        let outbox = self.outbox.as_ref().ok_or(EvmError::ReadOnly)?;
        let mut taken = BTreeSet::new();
        let key = |(signer, call): &(&dyn Signer, Call)| {
            let key = outbox.key_of_call(address(*signer), call, &taken);
            taken.insert(key);
            key
        };
        Ok(calls.iter().map(key).collect())
    }

    /// Calls in one block on top of the one that everything is read at.
    fn simulate(&self, calls: &[(Address, Call)]) -> Result<Vec<Result<Bytes, Bytes>>, EvmError> {
        let number = self.at()?.number;
        let calls: Vec<_> = calls.iter().map(|(from, call)| call_object(*from, call)).collect();
        let block = json!({
            "blockOverrides": { "number": quantity(u128::from(number) + 1) },
            "calls": calls,
        });
        let blocks = json!({ "blockStateCalls": [block], "validation": false });
        let params = json!([blocks, quantity(u128::from(number))]);
        let read = |value: &Value| {
            let results = value.get(0)?["calls"].as_array()?;
            let whole = results.len() == calls.len();
            results.iter().map(read_simulated).collect::<Option<_>>().filter(|_| whole)
        };
        self.rpc.read_as("eth_simulateV1", params, "the results of all calls", read)
    }
}

/// What a simulated call returned, or what the contract said.
fn read_simulated(result: &Value) -> Option<Result<Bytes, Bytes>> {
    let returned = || read_bytes(&result["returnData"]);
    match read_u64(&result["status"])? {
        1 => returned().map(Ok),
        _ => read_bytes(&result["error"]["data"]).or_else(returned).map(Err),
    }
}

impl ChainAdapter for EvmChain {
    fn chain_id(&self) -> u64 {
        self.settings.chain_id
    }

    fn head(&self) -> Result<Head, ChainError> {
        Ok(self.now()?)
    }

    fn send(&mut self, calls: &[(&dyn Signer, Call)]) -> Result<Vec<Receipt>, ChainError> {
        let keys = self.keys(calls)?;
        let calls = keys.into_iter().zip(calls);
        let calls: Vec<_> =
            calls.map(|(key, (signer, call))| (key, *signer, call.clone())).collect();
        Ok(self.send_keyed(&calls)?.into_iter().map(|included| included.receipt).collect())
    }

    fn pass(&mut self) -> Result<Head, ChainError> {
        let last_final = self.at()?.number;
        self.step(Step::Passing { last_final })?;
        sleep(self.settings.poll);
        Ok(self.now()?)
    }

    fn call_block(&self) -> Result<u64, ChainError> {
        Ok(self.at()?.number)
    }

    fn call(&self, from: Address, call: &Call) -> Result<Bytes, ChainError> {
        let params = json!([call_object(from, call), block_hash(&self.at()?.hash)]);
        Ok(self.rpc.read_as("eth_call", params, "what the call returned", read_bytes)?)
    }

    fn call_in_turn(
        &self,
        calls: &[(Address, Call)],
    ) -> Result<Vec<Result<Bytes, Bytes>>, ChainError> {
        if calls.is_empty() {
            return Ok(Vec::new());
        }
        match self.simulate(calls) {
            // On a node that cannot simulate, each is tried without those before it; those that
            // build on each other are tried once more, for real, when they are sent.
            Err(EvmError::Refused { code: NO_SUCH_METHOD, .. }) => {
                let each = calls.iter().map(|(from, call)| match self.call(*from, call) {
                    Err(ChainError::Reverted { output }) => Ok(Err(output)),
                    answer => answer.map(Ok),
                });
                each.collect()
            }
            answers => Ok(answers?),
        }
    }

    fn refusals_now(&self, calls: &[(Address, Call)]) -> Result<Vec<Option<Bytes>>, ChainError> {
        let each = calls.iter().map(|(from, call)| {
            let params = json!([call_object(*from, call), "pending"]);
            match self.rpc.read_as("eth_call", params, "what the call returned", read_bytes) {
                Ok(_) => Ok(None),
                Err(EvmError::Reverted { output }) => Ok(Some(output)),
                Err(error) => Err(error.into()),
            }
        });
        each.collect()
    }

    fn logs(&self, first: u64) -> Result<Vec<Log>, ChainError> {
        let last = self.now()?.number;
        let (contracts, deployed) = &self.contracts;
        if contracts.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.logs_between(first.max(*deployed), last)?)
    }

    fn balance(&self, address: Address) -> Result<U256, ChainError> {
        let params = json!([address, block_hash(&self.at()?.hash)]);
        Ok(self.rpc.read_as("eth_getBalance", params, "an amount of coin", read_u256)?)
    }
}

impl fmt::Debug for EvmChain {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = &self.settings;
        formatter.debug_struct("EvmChain").field("settings", settings).finish_non_exhaustive()
    }
}
