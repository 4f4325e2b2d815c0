//! The outbox: killed anywhere, everything is done exactly once.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use alloy_primitives::{B256, U256};
use nets_chain::{
    Account, Arena, Call, ChainAdapter, ChainError, DeploymentPlan, IArena, SignedTransaction,
    Signer,
};
use nets_chain_evm::{ActionKey, EvmChain, EvmError, Step, deploy};
use nets_core::sha256;
use nets_testkit::anvil::CHAIN_ID;

use super::stage::{self, Node, account, address};

const PLAN: DeploymentPlan = DeploymentPlan { beacon_tip: B256::repeat_byte(1) };

/// A node with the contracts on it, deployed by ada.
fn with_contracts(folder: &Path, depth: u64) -> Option<(Node, Arena, Account)> {
    let node = stage::start(&[])?;
    let ada = account("ada");
    node.fund(&ada);
    let mut chain = node.open(&folder.join("outbox"), depth);
    let file = deploy(&PLAN, &mut chain, &ada).unwrap();
    Some((node, Arena::new(file.deployment), ada))
}

fn deposit(contracts: &Arena, value: u128) -> Call {
    Call { value, ..contracts.call(&IArena::depositCall {}) }
}

/// What an owner has in the arena.
fn held(chain: &EvmChain, contracts: &Arena, owner: &Account) -> u128 {
    let call = IArena::balanceOfCall { owner: address(owner) };
    contracts.view(chain, &call).unwrap()
}

#[test]
fn a_process_killed_between_any_two_steps_has_done_everything_once() {
    let folder = tempfile::tempdir().unwrap();
    let Some((node, contracts, ada)) = with_contracts(folder.path(), 2) else { return };
    let outbox = folder.path().join("outbox");
    let before = node.nonce(&ada);
    let mut total = 0;
    for kill_at in 0.. {
        let value = 1_000 + kill_at as u128;
        let calls: [(&dyn Signer, Call); 2] =
            [(&ada, deposit(&contracts, value)), (&ada, deposit(&contracts, value))];
        let passed = AtomicUsize::new(0);
        let goes_on = move |_: Step| passed.fetch_add(1, Ordering::Relaxed) < kill_at;
        let mut killed = node.open_with(node.settings(2), &outbox, goes_on);
        let sent = killed.send(&calls);
        let is_whole = sent.is_ok();
        if let Err(error) = sent {
            assert!(matches!(error, ChainError::Interrupted), "{error}");
            drop(killed);
            // Whoever starts again asks for the same.
            let mut chain = node.open(&outbox, 2);
            let receipts = chain.send(&calls).unwrap();
            assert!(receipts.len() == 2 && receipts.iter().all(|it| it.is_success));
            assert_ne!(receipts[0].transaction, receipts[1].transaction);
        } else {
            drop(killed);
        }
        total += 2 * value;
        let chain = node.open(&outbox, 2);
        assert_eq!(held(&chain, &contracts, &ada), total, "killed at step {kill_at}");
        assert_eq!(node.nonce(&ada), before + 2 * (kill_at as u64 + 1));
        assert_eq!(chain.status().unwrap().open_actions, 0);
        if is_whole {
            assert!(kill_at >= 6, "only {kill_at} steps");
            return;
        }
    }
}

#[test]
fn whoever_asks_again_with_the_same_key_is_given_what_was_done() {
    let folder = tempfile::tempdir().unwrap();
    let Some((node, contracts, ada)) = with_contracts(folder.path(), 1) else { return };
    let outbox = folder.path().join("outbox");
    let key = ActionKey::named("the first deposit");
    let mut chain = node.open(&outbox, 1);
    let first = chain.send_once(key, &ada, deposit(&contracts, 50)).unwrap();
    drop(chain);
    let nonce = node.nonce(&ada);
    let mut chain = node.open(&outbox, 1);
    // Another sum: the key says that it is the same action.
    let again = chain.send_once(key, &ada, deposit(&contracts, 70)).unwrap();
    assert_eq!(again, first);
    assert_eq!((node.nonce(&ada), held(&chain, &contracts, &ada)), (nonce, 50));
    // Without a key, the same call is another action once its caller knows of the first.
    for expected in [150, 250] {
        chain.send(&[(&ada, deposit(&contracts, 100))]).unwrap();
        assert_eq!(held(&chain, &contracts, &ada), expected);
    }
}

#[test]
fn the_bytes_of_an_outbox_are_those_of_the_specification() {
    let Some(node) = stage::start(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let outbox = folder.path().join("outbox");
    let ada = account("ada");
    node.fund(&ada);
    let mut chain = node.open(&outbox, 0);
    let genesis = chain.genesis();
    let call = Call { to: Some(address(&ada)), value: 1, data: Default::default() };
    let receipt = chain.send_once(ActionKey::named("a gift"), &ada, call).unwrap();
    let stored = std::fs::read(&outbox).unwrap();
    let header = [b"NETSOUT1", &CHAIN_ID.to_le_bytes()[..], genesis.as_slice()].concat();
    let action = sha256(b"nets action named a gift").0;
    let size = u32::from_le_bytes(stored[93..97].try_into().unwrap()) as usize;
    let raw = &stored[97..97 + size];
    assert_eq!(SignedTransaction::decode(raw).unwrap().hash(), receipt.transaction);
    let signed = [&[0], &action[..], &(size as u32).to_le_bytes(), raw].concat();
    let told = [&[1, 1, 0, 0, 0], &action[..], receipt.transaction.as_slice()].concat();
    let mut last = sha256(&header).0;
    let mut expected = header;
    for payload in [signed, told] {
        let length = (payload.len() as u32).to_le_bytes();
        let check = sha256(&[&last[..], &length].concat()).0;
        last = sha256(&[&last[..], &payload].concat()).0;
        expected.extend([&length[..], &check[..8], &payload, &last, &[0xa5]].concat());
    }
    assert_eq!(stored, expected);
}

#[test]
fn an_interrupted_deployment_goes_on_where_it_was() {
    let Some(node) = stage::start(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let outbox = folder.path().join("outbox");
    let ada = account("ada");
    node.fund(&ada);
    for kill_at in 0..9 {
        let passed = AtomicUsize::new(0);
        let goes_on = move |_: Step| passed.fetch_add(1, Ordering::Relaxed) < kill_at;
        let mut killed = node.open_with(node.settings(1), &outbox, goes_on);
        if deploy(&PLAN, &mut killed, &ada).is_ok() {
            break;
        }
    }
    let mut chain = node.open(&outbox, 1);
    let file = deploy(&PLAN, &mut chain, &ada).unwrap();
    assert_eq!(node.nonce(&ada), 8, "eight contracts, eight transactions");
    assert_eq!(deploy(&PLAN, &mut chain, &ada).unwrap(), file);
    assert_eq!(nets_chain_evm::DeploymentFile::decode(&file.encode()).unwrap(), file);
}

#[test]
fn a_refused_call_takes_no_nonce_and_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let Some((node, contracts, ada)) = with_contracts(folder.path(), 1) else { return };
    let outbox = folder.path().join("outbox");
    let mut chain = node.open(&outbox, 1);
    let stored = std::fs::read(&outbox).unwrap();
    let nonce = node.nonce(&ada);
    let refused = contracts.call(&IArena::withdrawCall { amount: 1 });
    for calls in [
        vec![refused.clone()],
        vec![deposit(&contracts, 5), refused.clone()],
        vec![refused, deposit(&contracts, 5)],
    ] {
        let calls: Vec<_> = calls.into_iter().map(|call| (&ada as &dyn Signer, call)).collect();
        let error = chain.send(&calls).unwrap_err();
        assert!(matches!(error, ChainError::Reverted { .. }), "{error}");
    }
    assert_eq!(std::fs::read(&outbox).unwrap(), stored);
    chain.send(&[(&ada, deposit(&contracts, 5))]).unwrap();
    assert_eq!(node.nonce(&ada), nonce + 1);
}

#[test]
fn thirty_calls_in_a_row_are_made_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let Some((node, contracts, ada)) = with_contracts(folder.path(), 1) else { return };
    let bo = account("bo");
    node.fund(&bo);
    let mut chain = node.open(&folder.path().join("outbox"), 1);
    let nonce = node.nonce(&ada);
    let signer = |number: u128| if number.is_multiple_of(3) { &bo } else { &ada };
    let calls: Vec<_> = (1..=30)
        .map(|number| (signer(number) as &dyn Signer, deposit(&contracts, number)))
        .collect();
    let receipts = chain.send(&calls).unwrap();
    let sums = receipts.iter().map(|it| U256::from_be_slice(&it.logs[0].data));
    assert_eq!(sums.collect::<Vec<_>>(), (1..=30).map(U256::from).collect::<Vec<_>>());
    assert_eq!((node.nonce(&ada), node.nonce(&bo)), (nonce + 20, 10));
    let total = held(&chain, &contracts, &ada) + held(&chain, &contracts, &bo);
    assert_eq!(total, 465);
}

#[test]
fn a_transaction_that_lost_its_nonce_is_told_and_can_be_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let Some((node, contracts, ada)) = with_contracts(folder.path(), 1) else { return };
    let outbox = folder.path().join("outbox");
    let calls: [(&dyn Signer, Call); 1] = [(&ada, deposit(&contracts, 5))];
    let mut killed = node.open_with(node.settings(1), &outbox, |step| step != Step::Stored);
    assert!(killed.send(&calls).is_err());
    drop(killed);
    // The same key, used elsewhere, with an outbox of its own.
    let mut elsewhere = node.open(&folder.path().join("elsewhere"), 1);
    elsewhere.send(&[(&ada, deposit(&contracts, 9))]).unwrap();
    let mut chain = node.open(&outbox, 1);
    let error = chain.send(&calls).unwrap_err().to_string();
    assert!(error.contains("is another than the one sent from here"), "{error}");
    chain.send(&calls).unwrap();
    assert_eq!(held(&chain, &contracts, &ada), 14);
}

#[test]
fn one_outbox_has_one_sender() {
    let Some(node) = stage::start(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let outbox = folder.path().join("outbox");
    let first = node.open(&outbox, 1);
    let second = EvmChain::open(node.settings(1), &outbox, None).unwrap_err();
    assert!(second.to_string().contains("in use by another nets process"), "{second}");
    drop(first);
    let mut reading = EvmChain::read(node.settings(1), None).unwrap();
    let call = Call { to: None, value: 0, data: Default::default() };
    let refused = reading.send_once(ActionKey::named("x"), &account("ada"), call).unwrap_err();
    assert!(matches!(refused, EvmError::ReadOnly), "{refused}");
}
