//! The embedded chain: durable, hash-chained, one process at a time.

use std::fs;
use std::path::Path;

use alloy_primitives::{B256, U256};
use nets_chain::{
    Account, Arena, ChainAdapter, ChainError, DeploymentPlan, EmbeddedChain, IArena, LogError,
};

const CHAIN_ID: u64 = 7;

fn account(name: &str) -> Account {
    Account::from_phrase(name).unwrap()
}

fn open(folder: &Path) -> Result<EmbeddedChain, ChainError> {
    EmbeddedChain::open(folder, CHAIN_ID)
}

/// A chain with three blocks of grants.
fn small(folder: &Path) -> B256 {
    let mut chain = open(folder).unwrap();
    for amount in 1..=3 {
        chain.grant(account("ada").address(), amount).unwrap();
    }
    chain.flush().unwrap();
    chain.head().unwrap().hash
}

fn replay(folder: &Path) -> Result<EmbeddedChain, ChainError> {
    EmbeddedChain::replay(folder, |_| Ok(()))
}

#[test]
fn what_was_acknowledged_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let head = small(folder.path());
    let chain = open(folder.path()).unwrap();
    assert_eq!(chain.head().unwrap().hash, head);
    let ada = alloy_primitives::Address::new(account("ada").address().0);
    assert_eq!(chain.balance(ada).unwrap(), U256::from(6));
    let replayed = replay(folder.path()).unwrap();
    assert_eq!(replayed.dump().unwrap(), chain.dump().unwrap());
    assert_eq!(replayed.granted(), 6);
}

#[test]
fn flipping_any_byte_of_the_log_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let path = folder.path().join("blocks.log");
    let good = fs::read(&path).unwrap();
    for position in 0..good.len() {
        let mut bad = good.clone();
        bad[position] ^= 1;
        fs::write(&path, &bad).unwrap();
        assert!(replay(folder.path()).is_err(), "byte {position}");
        assert!(open(folder.path()).is_err(), "byte {position}");
        assert_eq!(fs::read(&path).unwrap(), bad, "damage is left as it is");
    }
    fs::write(&path, &good).unwrap();
    assert!(open(folder.path()).is_ok());
}

#[test]
fn cutting_the_log_anywhere_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let path = folder.path().join("blocks.log");
    let good = fs::read(&path).unwrap();
    for size in 16..good.len() {
        fs::write(&path, &good[..size]).unwrap();
        let lost = open(folder.path());
        let is_lost = matches!(&lost, Err(ChainError::Log(LogError::Lost { head: 3, .. })));
        assert!(is_lost, "cut to {size}: {lost:?}");
    }
}

#[test]
fn a_record_that_was_never_acknowledged_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let head = small(folder.path());
    let path = folder.path().join("blocks.log");
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend([200, 0, 0, 0, 4, 0, 0]);
    fs::write(&path, &bytes).unwrap();
    assert!(replay(folder.path()).is_err(), "readers do not overlook it");
    assert_eq!(open(folder.path()).unwrap().head().unwrap().hash, head);
    assert!(replay(folder.path()).is_ok());
}

#[test]
fn a_lost_state_is_made_again_from_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let head = small(folder.path());
    let before = open(folder.path()).unwrap().dump().unwrap();
    fs::remove_file(folder.path().join("state.redb")).unwrap();
    let chain = open(folder.path()).unwrap();
    assert_eq!((chain.head().unwrap().hash, chain.dump().unwrap()), (head, before));
}

#[test]
fn a_second_process_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let _chain = open(folder.path()).unwrap();
    assert!(matches!(open(folder.path()), Err(ChainError::Locked { .. })));
}

#[test]
fn an_invalid_transaction_makes_no_block_and_a_refused_call_says_why() {
    let mut chain = EmbeddedChain::in_memory(CHAIN_ID).unwrap();
    let ada = account("ada");
    chain.grant(ada.address(), 100).unwrap();
    let plan = DeploymentPlan { beacon_tip: B256::repeat_byte(1) };
    let arena = Arena::new(plan.deploy(&mut chain, &ada).unwrap());
    let head = chain.head().unwrap();
    let transactions = chain.sign(&ada, vec![arena.call(&IArena::leagueCountCall {})]).unwrap();
    chain.submit(&transactions).unwrap();
    let again = chain.submit(&transactions);
    assert!(matches!(again, Err(ChainError::Invalid { index: 0, .. })), "its nonce is used");
    assert_eq!(chain.head().unwrap().number, head.number + 1);
    let withdraw = arena.call(&IArena::withdrawCall { amount: 5 });
    let refused = arena.send::<IArena::withdrawCall>(&mut chain, &ada, withdraw);
    let text = refused.unwrap_err().to_string();
    assert!(text.contains("BalanceTooLow"), "{text}");
    assert_eq!(chain.head().unwrap().number, head.number + 1, "a refusal leaves no trace");
}
