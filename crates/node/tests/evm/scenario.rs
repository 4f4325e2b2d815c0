//! The scenario: everything that was ever sent to the contracts of an arena that was fought over, on
//! the embedded chain and on a node, also with three blocks undone: status, gas, logs and balances
//! are the same.

use std::collections::BTreeSet;
use std::path::Path;

use alloy_primitives::{Address, U256};
use nets_chain::{Block, ChainAdapter, EmbeddedChain, Log, Operation, Receipt, SignedTransaction};
use nets_testkit::anvil::Anvil;
use serde_json::{Value, json};

use crate::hostile::fight;

/// The number of embedded chains, which signatures name.
const CHAIN_ID: u64 = 0x6e65_7473;

/// How many blocks are undone.
const DEPTH: usize = 3;

/// A block of the embedded chain, and what it did.
struct Told {
    operations: Vec<Operation>,
    receipts: Vec<Receipt>,
}

/// The blocks of an arena, executed again, and everybody who ever had coin.
fn story(root: &Path) -> (Vec<Told>, EmbeddedChain, BTreeSet<Address>) {
    let logged = EmbeddedChain::read(&root.join("chain")).unwrap();
    let mut chain = EmbeddedChain::in_memory(CHAIN_ID);
    let execute = |block: &Block| {
        let receipts = chain.execute_again(block).unwrap();
        Told { operations: block.operations.clone(), receipts }
    };
    let told: Vec<_> = logged.blocks().iter().map(execute).collect();
    let owner = |operation: &Operation| match operation {
        Operation::Grant { to, .. } => *to,
        Operation::Transaction(raw) => SignedTransaction::decode(raw).unwrap().signer(),
    };
    let owners = told.iter().flat_map(|block| &block.operations).map(owner);
    let mut owners: BTreeSet<_> = owners.collect();
    owners.extend(logged.deployment().unwrap().named().map(|(_, address)| address));
    (told, chain, owners)
}

fn number(value: &Value) -> u64 {
    u64::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

fn coin(node: &Anvil, owner: Address) -> U256 {
    let balance = node.ask("eth_getBalance", &json!([owner, "latest"]));
    balance.as_str().unwrap().parse().unwrap()
}

fn log_of(log: &Value) -> Log {
    let topics = log["topics"].as_array().unwrap().iter();
    Log {
        block: number(&log["blockNumber"]),
        address: log["address"].as_str().unwrap().parse().unwrap(),
        topics: topics.map(|topic| topic.as_str().unwrap().parse().unwrap()).collect(),
        data: log["data"].as_str().unwrap().parse().unwrap(),
    }
}

/// Puts a block's operations on the node, in a block of its own.
fn put(node: &Anvil, block: &Told) {
    for operation in &block.operations {
        match operation {
            Operation::Grant { to, amount } => {
                let wei = coin(node, *to) + U256::from(*amount);
                node.ask("anvil_setBalance", &json!([to, wei]));
            }
            Operation::Transaction(raw) => {
                node.ask("eth_sendRawTransaction", &json!([raw]));
            }
        }
    }
    node.ask("anvil_mine", &json!(["0x1"]));
}

fn assert_same(node: &Anvil, block: &Told) {
    for receipt in &block.receipts {
        let found = node.ask("eth_getTransactionReceipt", &json!([receipt.transaction]));
        let logs: Vec<_> = found["logs"].as_array().unwrap().iter().map(log_of).collect();
        assert_eq!(number(&found["status"]) == 1, receipt.is_success, "{found}");
        assert_eq!(number(&found["gasUsed"]), receipt.gas_used, "{found}");
        assert_eq!(logs, receipt.logs);
    }
}

#[test]
fn all_that_was_sent_does_the_same_on_a_node_also_where_blocks_are_undone() {
    let chain_id = CHAIN_ID.to_string();
    let options = [
        &["--no-mining", "--order", "fifo", "--chain-id", &chain_id][..],
        &["--base-fee", "0", "--gas-price", "0", "--gas-limit", "1000000000000000"],
    ];
    let Some(node) = Anvil::start(&options.concat()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("arena");
    let fought = fight(&root, 2, true);
    let (told, embedded, owners) = story(&root);
    let receipts = told.iter().flat_map(|block| &block.receipts);
    let reverted = receipts.clone().filter(|receipt| !receipt.is_success).count();
    assert!(receipts.count() > 60 && reverted > 20, "{reverted} of {}", fought.taken);
    let undone_at = told.len() / 2;
    for (at, block) in told.iter().enumerate() {
        put(&node, block);
        assert_same(&node, block);
        if at == undone_at {
            // The same transactions come again in other blocks.
            let undone = &told[at + 1 - DEPTH..=at];
            let hash = |node: &Anvil| node.ask("eth_getBlockByNumber", &json!(["latest", false]));
            let before = hash(&node)["hash"].clone();
            node.ask("anvil_rollback", &json!([DEPTH]));
            node.ask("evm_increaseTime", &json!([7]));
            for block in undone {
                put(&node, block);
                assert_same(&node, block);
            }
            assert_ne!(hash(&node)["hash"], before, "they are other blocks");
        }
    }
    for owner in owners {
        assert_eq!(coin(&node, owner), embedded.balance(owner).unwrap(), "{owner}");
    }
}
