//! A node, accounts on it and the chain that is tested, with blocks made while it waits.

use std::path::Path;
use std::time::Duration;

use alloy_primitives::Address;
use nets_chain::{Account, Signer};
use nets_chain_evm::{Endpoint, EvmChain, EvmSettings, Finality, Step, Watch};
use nets_testkit::anvil::{Anvil, CHAIN_ID, ask};
use serde_json::{Value, json};

/// An ether.
const ENOUGH: u128 = 1_000_000_000_000_000_000;

/// A running node.
pub(crate) struct Node {
    anvil: Anvil,
    pub(crate) url: String,
}

/// Starts a node; none where anvil is not installed.
pub(crate) fn start(options: &[&str]) -> Option<Node> {
    let anvil = Anvil::start(options)?;
    Some(Node { url: anvil.url(), anvil })
}

impl Node {
    pub(crate) fn ask(&self, method: &str, params: Value) -> Value {
        self.anvil.ask(method, &params)
    }

    /// Gives an account enough coin for everything.
    pub(crate) fn fund(&self, account: &Account) {
        self.set_balance(account, ENOUGH);
    }

    pub(crate) fn set_balance(&self, account: &Account, wei: u128) {
        self.anvil.set_balance(&account.address().to_string(), wei);
    }

    pub(crate) fn mine(&self, blocks: u64) {
        self.anvil.mine(blocks);
    }

    /// How many transactions of an account are in blocks.
    pub(crate) fn nonce(&self, account: &Account) -> u64 {
        let count = self.ask("eth_getTransactionCount", json!([address(account), "latest"]));
        u64::from_str_radix(count.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
    }

    pub(crate) fn settings(&self, depth: u64) -> EvmSettings {
        EvmSettings {
            finality: Finality::Depth(depth),
            poll: Duration::from_millis(20),
            ..EvmSettings::new(Endpoint::parse(&self.url).unwrap(), CHAIN_ID)
        }
    }

    /// Opens the chain; while it waits, blocks are made.
    pub(crate) fn open(&self, outbox: &Path, depth: u64) -> EvmChain {
        self.open_with(self.settings(depth), outbox, |_| true)
    }

    /// Opens the chain; while it waits, blocks are made. `goes_on` sees every step first.
    pub(crate) fn open_with(
        &self,
        settings: EvmSettings,
        outbox: &Path,
        goes_on: impl Fn(Step) -> bool + Send + Sync + 'static,
    ) -> EvmChain {
        // Where a block is final at once, the one that a transaction makes is enough.
        let awaits_more = settings.finality != Finality::Depth(0);
        let mut chain = EvmChain::open(settings, outbox, None).unwrap();
        let url = self.url.clone();
        chain.set_watch(Box::new(Miner { url, awaits_more, goes_on: Box::new(goes_on) }));
        chain
    }
}

/// Makes a block whenever somebody waits for one.
struct Miner {
    url: String,
    awaits_more: bool,
    goes_on: Box<dyn Fn(Step) -> bool + Send + Sync>,
}

impl Watch for Miner {
    fn goes_on(&self, step: Step) -> bool {
        if !(self.goes_on)(step) {
            return false;
        }
        let is_waiting = matches!(step, Step::Waiting { .. }) && self.awaits_more;
        if is_waiting || matches!(step, Step::Passing { .. }) {
            ask(&self.url, "anvil_mine", &json!(["0x1"]));
        }
        true
    }
}

pub(crate) fn account(name: &str) -> Account {
    Account::from_phrase(name).unwrap()
}

pub(crate) fn address(signer: &dyn Signer) -> Address {
    Address::new(signer.address().0)
}
