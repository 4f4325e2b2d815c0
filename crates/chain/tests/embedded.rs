//! The embedded chain: durable, hash-chained, one process at a time.

use std::fs;
use std::path::Path;

use alloy_primitives::{B256, U256};
use nets_chain::{
    Account, Arena, Call, ChainAdapter, ChainError, DeploymentPlan, EmbeddedChain, IArena,
    LogError, Operation, SignedTransaction,
};
use nets_core::sha256;

const CHAIN_ID: u64 = 7;
const LOG: &str = "blocks.log";
const CACHE: &str = "state.cache";

fn account(name: &str) -> Account {
    Account::from_phrase(name).unwrap()
}

fn open(folder: &Path) -> Result<EmbeddedChain, ChainError> {
    EmbeddedChain::open(folder, CHAIN_ID)
}

/// A chain in memory with the contracts on it, deployed by ada.
fn with_contracts() -> (EmbeddedChain, Arena, Account) {
    let mut chain = EmbeddedChain::in_memory(CHAIN_ID);
    let ada = account("ada");
    let plan = DeploymentPlan { beacon_tip: B256::repeat_byte(1) };
    let arena = Arena::new(plan.deploy(&mut chain, &ada).unwrap());
    (chain, arena, ada)
}

/// A chain with three blocks of grants.
fn small(folder: &Path) -> B256 {
    let mut chain = EmbeddedChain::create(folder, CHAIN_ID).unwrap();
    for amount in 1..=3 {
        chain.grant(account("ada").address(), amount).unwrap();
    }
    chain.flush().unwrap();
    chain.head().unwrap().hash
}

fn replay(folder: &Path) -> Result<EmbeddedChain, ChainError> {
    EmbeddedChain::replay(folder, |_| Ok(()))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Every single bit of a byte, and all of them.
const MASKS: [u8; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 0xff];

/// Damages every byte of the log in `range` in turn, and demands that every reader says so and
/// nobody changes anything.
fn assert_damage_is_noticed(folder: &Path, range: std::ops::Range<usize>) {
    let path = folder.join(LOG);
    let good = fs::read(&path).unwrap();
    for (position, mask) in range.flat_map(|at| MASKS.map(|mask| (at, mask))) {
        let mut bad = good.clone();
        bad[position] ^= mask;
        fs::write(&path, &bad).unwrap();
        assert!(replay(folder).is_err(), "byte {position} mask {mask}");
        assert!(EmbeddedChain::read(folder).is_err(), "byte {position} mask {mask}");
        assert!(open(folder).is_err(), "byte {position} mask {mask}");
        assert_eq!(fs::read(&path).unwrap(), bad, "damage is left as it is");
    }
    fs::write(&path, &good).unwrap();
    assert!(open(folder).is_ok());
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
    assert_eq!(replayed.state_hash(), chain.state_hash());
    assert_eq!((replayed.granted(), chain.granted()), (6, 6));
}

#[test]
fn the_bytes_of_a_log_are_those_of_the_specification() {
    let folder = tempfile::tempdir().unwrap();
    EmbeddedChain::create(folder.path(), CHAIN_ID).unwrap().advance(1).unwrap();
    let header = [b"NETSLOG1".as_slice(), &CHAIN_ID.to_le_bytes()].concat();
    let parent = sha256(&header).0;
    let receipts = sha256(&[]).0;
    let block = [&1u64.to_le_bytes()[..], &parent, &[0; 4], &receipts].concat();
    let length = 76u32.to_le_bytes();
    let check = sha256(&[&parent[..], &length].concat()).0;
    let record = [&length[..], &check[..8], &block, &sha256(&block).0, &[0xa5]].concat();
    let expected = [header, record].concat();
    assert_eq!(fs::read(folder.path().join(LOG)).unwrap(), expected);
}

#[test]
fn every_flipped_bit_of_the_log_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let size = fs::metadata(folder.path().join(LOG)).unwrap().len() as usize;
    assert_damage_is_noticed(folder.path(), 0..size);
    fs::remove_file(folder.path().join(CACHE)).unwrap();
    assert_damage_is_noticed(folder.path(), 0..size);
}

#[test]
fn every_flipped_bit_is_noticed_after_a_kill_that_left_the_cache_behind() {
    let [folder, killed] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let mut chain = EmbeddedChain::create(folder.path(), CHAIN_ID).unwrap();
    chain.advance(64).unwrap();
    let size = || fs::metadata(folder.path().join(LOG)).unwrap().len() as usize;
    let saved = size();
    for amount in 1..=3 {
        chain.grant(account("ada").address(), amount).unwrap();
    }
    // What a process that is killed now leaves behind.
    copy(folder.path(), killed.path());
    assert!(killed.path().join(CACHE).exists());
    assert_damage_is_noticed(killed.path(), saved..size());
    assert_eq!(open(killed.path()).unwrap().head().unwrap(), chain.head().unwrap());
}

#[test]
fn a_record_torn_at_any_byte_is_passed_over_and_written_again() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let path = folder.path().join(LOG);
    let acknowledged = fs::read(&path).unwrap();
    let mut chain = open(folder.path()).unwrap();
    chain.grant(account("bo").address(), 4).unwrap();
    let last = chain.head().unwrap();
    drop(chain);
    let whole = fs::read(&path).unwrap();
    for size in acknowledged.len()..whole.len() {
        // A killed process leaves the beginning of a record; a lost current may leave zeros, too.
        for zeros in [0, whole.len() - size + size % 2 * 4_096] {
            let torn = [&whole[..size], &vec![0; zeros][..]].concat();
            fs::write(&path, &torn).unwrap();
            let logged = EmbeddedChain::read(folder.path()).unwrap();
            assert_eq!(logged.torn_bytes, (torn.len() - acknowledged.len()) as u64, "{size}");
            assert_eq!(logged.blocks.len(), 3);
            drop(logged);
            let mut chain = open(folder.path()).unwrap();
            assert_eq!(fs::read(&path).unwrap(), torn, "opening writes nothing");
            // Waiting for the disk at every byte would take minutes.
            if size % 16 != 0 && size + 1 != whole.len() {
                continue;
            }
            chain.grant(account("bo").address(), 4).unwrap();
            assert_eq!(chain.head().unwrap(), last, "cut to {size} with {zeros} zeros");
            drop(chain);
            assert_eq!(fs::read(&path).unwrap(), whole);
        }
    }
}

#[test]
fn cutting_the_log_anywhere_is_noticed_by_the_cache() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let path = folder.path().join(LOG);
    let good = fs::read(&path).unwrap();
    for size in 0..good.len() {
        fs::write(&path, &good[..size]).unwrap();
        let error = open(folder.path()).unwrap_err();
        let is_found = match &error {
            ChainError::Log(LogError::Header { .. }) => size < 16,
            ChainError::Log(LogError::Lost { head: 3, .. }) => size >= 16,
            _ => false,
        };
        assert!(is_found, "cut to {size}: {error}");
        assert_eq!(fs::read(&path).unwrap(), &good[..size], "nothing is written");
    }
}

#[test]
fn a_missing_log_is_no_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let is_missing = |error| matches!(error, ChainError::Log(LogError::Missing { .. }));
    assert!(is_missing(open(folder.path()).unwrap_err()));
    small(folder.path());
    fs::remove_file(folder.path().join(LOG)).unwrap();
    assert!(is_missing(open(folder.path()).unwrap_err()));
    assert!(is_missing(replay(folder.path()).unwrap_err()));
    assert!(is_missing(EmbeddedChain::read(folder.path()).unwrap_err()));
    assert!(!folder.path().join(LOG).exists());
}

#[test]
fn a_lost_or_damaged_state_is_made_again_from_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let head = small(folder.path());
    let before = open(folder.path()).unwrap().state_hash();
    let cache = folder.path().join(CACHE);
    let good = fs::read(&cache).unwrap();
    for position in 0..good.len() {
        let mut flipped = good.clone();
        flipped[position] ^= 1 << (position % 8);
        for bad in [&flipped[..], &good[..position]] {
            fs::write(&cache, bad).unwrap();
            let chain = open(folder.path()).unwrap();
            assert_eq!((chain.head().unwrap().hash, chain.state_hash()), (head, before));
        }
    }
    fs::remove_file(&cache).unwrap();
    assert_eq!(open(folder.path()).unwrap().state_hash(), before);
}

#[test]
fn more_coin_than_there_can_be_makes_no_block() {
    let mut chain = EmbeddedChain::in_memory(CHAIN_ID);
    let ada = account("ada");
    chain.grant(ada.address(), 100).unwrap();
    let head = chain.head().unwrap();
    assert!(matches!(chain.grant(ada.address(), u128::MAX), Err(ChainError::Invalid { .. })));
    assert_eq!((chain.head().unwrap(), chain.granted()), (head, 100));
    chain.grant(ada.address(), u128::MAX - 100).unwrap();
    assert_eq!(chain.grantable(), 0);
    assert_eq!(chain.coin(), U256::from(u128::MAX));
}

#[test]
fn new_coin_and_the_call_it_is_for_are_one_block_or_none() {
    let mut chain = EmbeddedChain::in_memory(CHAIN_ID);
    let ada = account("ada");
    let plan = DeploymentPlan { beacon_tip: B256::repeat_byte(1) };
    let arena = Arena::new(plan.deploy(&mut chain, &ada).unwrap());
    let head = chain.head().unwrap();
    let refused = nets_chain::Call { value: 5, ..arena.call(&IArena::fundCall { league: 9 }) };
    let refused = arena.send_new_coin::<IArena::fundCall>(&mut chain, &ada, refused);
    assert!(refused.is_err());
    assert_eq!((chain.head().unwrap(), chain.granted()), (head, 0));
    let deposit = nets_chain::Call { value: 5, ..arena.call(&IArena::depositCall {}) };
    arena.send_new_coin::<IArena::depositCall>(&mut chain, &ada, deposit).unwrap();
    assert_eq!((chain.head().unwrap().number, chain.granted()), (head.number + 1, 5));
}

#[test]
fn the_log_says_where_the_contracts_are_and_only_those_of_this_build_count() {
    let folder = tempfile::tempdir().unwrap();
    let ada = account("ada");
    let plan = DeploymentPlan { beacon_tip: B256::repeat_byte(1) };
    let mut chain = EmbeddedChain::create(folder.path(), CHAIN_ID).unwrap();
    let deployment = plan.deploy(&mut chain, &ada).unwrap();
    drop(chain);
    assert_eq!(EmbeddedChain::read(folder.path()).unwrap().deployment().unwrap(), deployment);
    assert_eq!(open(folder.path()).unwrap().deployment().unwrap(), deployment);

    // The same transactions with one byte of one contract's code changed.
    let mut other = EmbeddedChain::in_memory(CHAIN_ID);
    let logged = EmbeddedChain::read(folder.path()).unwrap();
    let calls = logged.blocks[0].operations.iter().map(|operation| {
        let Operation::Transaction(raw) = operation else { panic!("{operation:?}") };
        SignedTransaction::decode(raw).unwrap().call().clone()
    });
    let mut calls: Vec<_> = calls.collect();
    let mut code = calls[1].data.to_vec();
    let last = code.len() - 100;
    code[last] ^= 1;
    calls[1].data = code.into();
    let transactions = other.sign(&ada, calls).unwrap();
    other.submit(&transactions).unwrap();
    assert!(matches!(other.deployment(), Err(ChainError::Deployment { .. })));
    assert!(EmbeddedChain::in_memory(CHAIN_ID).deployment().is_err(), "no blocks, no contracts");
}

#[test]
fn a_second_process_is_refused_but_readers_do_not_disturb_each_other() {
    let folder = tempfile::tempdir().unwrap();
    small(folder.path());
    let chain = open(folder.path()).unwrap();
    assert!(matches!(open(folder.path()), Err(ChainError::Locked { .. })));
    assert!(matches!(EmbeddedChain::read(folder.path()), Err(ChainError::Locked { .. })));
    drop(chain);
    let readers = [(); 2].map(|()| EmbeddedChain::read(folder.path()).unwrap());
    assert!(matches!(open(folder.path()), Err(ChainError::Locked { .. })));
    drop(readers);
    assert!(open(folder.path()).is_ok());
}

#[test]
fn an_invalid_transaction_makes_no_block_and_a_refused_call_says_why() {
    let (mut chain, arena, ada) = with_contracts();
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

#[test]
fn calls_in_turn_see_what_those_before_them_left_and_change_nothing() {
    let (mut chain, arena, ada) = with_contracts();
    let deposit = Call { value: 100, ..arena.call(&IArena::depositCall {}) };
    arena.send_new_coin::<IArena::depositCall>(&mut chain, &ada, deposit).unwrap();
    let head = chain.head().unwrap();
    let from = alloy_primitives::Address::new(ada.address().0);
    let withdraw = |amount| (from, arena.call(&IArena::withdrawCall { amount }));
    let calls = [withdraw(60), withdraw(60), withdraw(40)];
    let answers = arena.try_all::<IArena::withdrawCall>(&chain, &calls).unwrap();
    assert_eq!(answers.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true]);
    let text = answers[1].as_ref().unwrap_err().to_string();
    assert!(text.contains("BalanceTooLow: held 40, needed 60"), "{text}");
    assert_eq!((chain.head().unwrap(), chain.balance(from).unwrap()), (head, U256::ZERO));
}
