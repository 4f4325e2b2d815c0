//! Fees: what is stuck is sent again for more, and never for more than was allowed.

use std::sync::atomic::{AtomicBool, Ordering};

use nets_chain::{Call, ChainAdapter};
use nets_chain_evm::{EvmSettings, Step};
use nets_testkit::anvil::ask;
use serde_json::json;

use super::stage::{self, account, address};

const GWEI: u128 = 1_000_000_000;

fn transfer(value: u128) -> Call {
    Call { to: Some(address(&account("bo"))), value, data: Default::default() }
}

#[test]
fn a_stuck_transaction_is_replaced_by_a_dearer_one_and_done_once() {
    let Some(node) = stage::start(&["--no-mining", "--block-base-fee-per-gas", "1000000000"])
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let ada = account("ada");
    node.fund(&ada);
    let settings = EvmSettings { stuck_blocks: 2, ..node.settings(1) };
    let (url, is_raised) = (node.url.clone(), AtomicBool::new(false));
    let goes_on = move |step: Step| {
        // Gas becomes dear while the first one is on its way.
        if matches!(step, Step::Waiting { .. }) && !is_raised.swap(true, Ordering::Relaxed) {
            let fee = format!("{:#x}", 60 * GWEI);
            ask(&url, "anvil_setNextBlockBaseFeePerGas", &json!([fee]));
        }
        true
    };
    let mut chain = node.open_with(settings, &folder.path().join("outbox"), goes_on);
    let receipts = chain.send(&[(&ada, transfer(5))]).unwrap();
    let hash = receipts[0].transaction;
    let sent = node.ask("eth_getTransactionByHash", json!([hash]));
    let paid = u128::from_str_radix(&sent["maxFeePerGas"].as_str().unwrap()[2..], 16).unwrap();
    assert!(paid > 30 * GWEI && paid <= EvmSettings::FEE_MAX, "{paid}");
    assert_eq!(node.nonce(&ada), 1);
    let held = chain.balance(address(&account("bo"))).unwrap();
    assert_eq!(held, alloy_primitives::U256::from(5));
}

#[test]
fn gas_that_is_dearer_than_allowed_is_not_bought() {
    let Some(node) = stage::start(&["--block-base-fee-per-gas", "50000000000"]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let ada = account("ada");
    node.fund(&ada);
    let settings = EvmSettings { fee_max: 10 * GWEI, ..node.settings(1) };
    let mut chain = node.open_with(settings, &folder.path().join("outbox"), |_| true);
    let error = chain.send(&[(&ada, transfer(5))]).unwrap_err().to_string();
    assert!(error.contains("the settings allow 10000000000"), "{error}");
    assert_eq!(chain.status().unwrap().actions, 0);
}
