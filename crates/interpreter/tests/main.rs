//! Tests of what runs without a standard library, through what the crate exports. How the interpreter
//! keeps to the WebAssembly specification and to the other engine, `nets-runner` tests.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use nets_interpreter::interpreter::{Decider, Failure, Module, Stop, Trap};
use nets_interpreter::{admit, admit_hashed};
use sha2::{Digest, Sha256};

/// Grows its memory page by page until it cannot, and answers how many pages there are.
const GROWS: &str = r#"(module (memory (export "memory") 1)
    (global (export "nets_observation") i32 (i32.const 65520))
    (func (export "decide") (param i64) (result i64)
        (loop $more
            (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
        (i32.store8 (i32.const 33554431) (i32.const 7))
        (i64.extend_i32_u (memory.size))))"#;

fn decider(text: &str) -> Decider {
    let module = Module::decode(&wat::parse_str(text).unwrap()).unwrap();
    Decider::new(Arc::new(module)).unwrap()
}

#[test]
fn a_module_found_by_its_hash_is_admitted_alike() {
    let bytes = wat::parse_str(GROWS).unwrap();
    let admitted = admit(&bytes).unwrap();
    assert_eq!(admit_hashed(bytes.clone(), Sha256::digest(&bytes).into()).unwrap(), admitted);
    assert_eq!(admitted.code_hash(), <[u8; 32]>::from(Sha256::digest(&bytes)));
    assert!(admitted.has_room_for_observation(16) && !admitted.has_room_for_observation(17));
    assert_eq!(
        admit_hashed(bytes[1..].to_vec(), [0; 32]).unwrap_err(),
        admit(&bytes[1..]).unwrap_err()
    );
}

#[test]
fn memory_grows_page_by_page_to_the_last_one() {
    let mut decider = decider(GROWS);
    let answer = decider.decide(0, 10_000_000).unwrap();
    assert_eq!(answer.action, 512);
    // 511 grows succeed and one fails: each costs 1,024 and, where it is granted, as much again.
    let turns = 512 * (4 + 1_024) + 511 * 1_024;
    assert_eq!(answer.fuel_used, 2 + turns + 3 + 2);
    assert_eq!(decider.decide(0, 10_000_000).unwrap().action, 512);
}

#[test]
fn what_is_a_fault_and_what_is_none() {
    let endless = r#"(module (func $decide (export "decide") (param i64) (result i64)
        (call $decide (local.get 0))))"#;
    assert_eq!(decider(endless).decide(0, u64::MAX), Err(Failure::Stopped(Stop::Stack)));
    assert_eq!(decider(endless).decide(0, 1_000), Err(Failure::Stopped(Stop::Fuel)));
    let mut observing = decider(GROWS);
    observing.write_observation(&[0; 17]);
    let lost = observing.decide(0, 1_000).unwrap_err();
    assert!(lost == Failure::ObservationLost && lost.is_fault());
    assert!(Failure::Stopped(Stop::Trap(Trap::Unreachable)).is_fault());
    assert!(!Failure::Stopped(Stop::HostMemory).is_fault());
}
