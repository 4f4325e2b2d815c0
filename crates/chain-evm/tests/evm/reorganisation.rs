//! Reorganisations: blocks that were undone count for nothing, and what was in them is sent again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use alloy_primitives::B256;
use nets_chain::{Arena, Call, ChainAdapter, DeploymentPlan, IArena};
use nets_chain_evm::{Step, deploy};
use nets_testkit::anvil::ask;
use serde_json::json;

use super::stage::{self, account, address};

const DEPTH: u64 = 4;

#[test]
fn what_a_reorganisation_undid_is_sent_again_and_the_final_state_is_the_same() {
    let Some(node) = stage::start(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let outbox = folder.path().join("outbox");
    let ada = account("ada");
    node.fund(&ada);
    let mut chain = node.open(&outbox, DEPTH);
    let plan = DeploymentPlan { beacon_tip: B256::repeat_byte(1) };
    let file = deploy(&plan, &mut chain, &ada).unwrap();
    drop(chain);
    let contracts = Arena::new(file.deployment);
    // Three blocks are replaced by empty ones as soon as two follow the transaction's.
    let (url, first) = (node.url.clone(), Arc::new(AtomicU64::new(0)));
    let reorganised = Arc::clone(&first);
    let goes_on = move |step: Step| {
        if let Step::Waiting { latest, .. } = step {
            let begun = first.load(Ordering::Relaxed);
            if begun == 0 {
                first.store(latest, Ordering::Relaxed);
            } else if begun < u64::MAX && latest >= begun + 2 {
                ask(&url, "anvil_reorg", &json!([3, []]));
                first.store(u64::MAX, Ordering::Relaxed);
            }
        }
        true
    };
    let mut chain = node.open_with(node.settings(DEPTH), &outbox, goes_on);
    chain.set_contracts(vec![contracts.deployment().arena], file.first_block);
    let nonce = node.nonce(&ada);
    let deposit = Call { value: 77, ..contracts.call(&IArena::depositCall {}) };
    let receipts = chain.send(&[(&ada, deposit)]).unwrap();
    assert_eq!(reorganised.load(Ordering::Relaxed), u64::MAX, "it was reorganised");
    assert!(receipts[0].is_success);
    assert_eq!(node.nonce(&ada), nonce + 1);
    let call = IArena::balanceOfCall { owner: address(&ada) };
    assert_eq!(contracts.view(&chain, &call).unwrap(), 77);
    // The log is there once, in the block that it came to be in.
    let logs = chain.logs(0).unwrap();
    assert_eq!(logs, receipts[0].logs);
    let mut rescanned = node.open(&folder.path().join("another"), DEPTH);
    rescanned.set_contracts(vec![contracts.deployment().arena], file.first_block);
    assert_eq!(rescanned.logs(0).unwrap(), logs);
}

#[test]
fn only_final_blocks_are_told_and_one_that_is_replaced_is_an_error() {
    let Some(node) = stage::start(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    node.mine(10);
    let chain = node.open(&folder.path().join("outbox"), DEPTH);
    assert_eq!(chain.head().unwrap().number, 6);
    node.mine(2);
    let head = chain.head().unwrap();
    assert_eq!(head.number, 8);
    // Fewer than the depth: what was final stays.
    node.ask("anvil_reorg", json!([3, []]));
    assert_eq!(chain.head().unwrap(), head);
    node.mine(1);
    assert_eq!(chain.head().unwrap().number, 9);
    node.ask("anvil_reorg", json!([6, []]));
    let error = chain.head().unwrap_err().to_string();
    assert!(error.contains("which counted as final"), "{error}");
}

#[test]
fn the_node_says_what_is_finalised_where_that_is_asked_for() {
    let Some(node) = stage::start(&["--slots-in-an-epoch", "4"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    node.mine(20);
    let settings = nets_chain_evm::EvmSettings {
        finality: nets_chain_evm::Finality::Finalized,
        ..node.settings(0)
    };
    let chain = node.open_with(settings, &folder.path().join("outbox"), |_| true);
    // Anvil finalises two epochs behind.
    assert_eq!(chain.head().unwrap().number, 12);
    node.mine(3);
    assert_eq!(chain.head().unwrap().number, 15);
    assert_eq!(chain.as_of(7).unwrap().head().unwrap().number, 7);
    assert!(chain.as_of(16).is_err(), "it is not final");
}

#[test]
fn what_is_refused_now_is_known_before_it_is_final() {
    let Some(node) = stage::start(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let ada = account("ada");
    node.fund(&ada);
    let mut chain = node.open(&folder.path().join("outbox"), DEPTH);
    let plan = DeploymentPlan { beacon_tip: B256::repeat_byte(1) };
    let contracts = Arena::new(deploy(&plan, &mut chain, &ada).unwrap().deployment);
    let deposit = Call { value: 77, ..contracts.call(&IArena::depositCall {}) };
    chain.send(&[(&ada, deposit)]).unwrap();
    let withdraw = |amount| (address(&ada), contracts.call(&IArena::withdrawCall { amount }));
    let [all, one] = [withdraw(77), withdraw(1)];
    assert_eq!(chain.refusals_now(&[all.clone(), one.clone()]).unwrap(), [None, None]);
    // Everything goes in a block that is not final.
    node.ask("anvil_impersonateAccount", json!([all.0]));
    let transaction = json!({ "from": all.0, "to": all.1.to, "data": all.1.data });
    node.ask("eth_sendTransaction", json!([transaction]));
    assert!(chain.call(all.0, &all.1).is_ok(), "as of the final block it is there");
    let refusals = chain.refusals_now(&[all, one]).unwrap();
    assert!(refusals.iter().all(Option::is_some), "{refusals:?}");
}
