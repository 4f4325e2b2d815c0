//! When memory grows, and that nothing outside it is reachable.

use nets_runner::sandbox::interpreter::{Machine, Stop, Trap};

use super::{decide, invoke, machine};

const GROW: &str = "(func (export \"decide\") (param i64) (result i64)
    local.get 0 i32.wrap_i64 memory.grow i64.extend_i32_s)";

fn grow(machine: &mut Machine, pages: u64) -> i64 {
    invoke(machine, pages, u64::MAX).expect("growing does not fault").results[0] as i64
}

#[test]
fn memory_grows_to_the_declared_maximum_and_no_further() {
    let mut machine = machine(&format!("(module (memory 1 4) {GROW})"));
    assert_eq!(grow(&mut machine, 4), -1);
    assert_eq!(grow(&mut machine, 2), 1);
    assert_eq!(grow(&mut machine, 2), -1);
    assert_eq!(grow(&mut machine, 1), 3);
    assert_eq!(grow(&mut machine, 0), 4);
    assert_eq!(grow(&mut machine, 1), -1);
    assert_eq!(machine.memory().len(), 4 * 65_536);
}

#[test]
fn memory_grows_to_512_pages_whatever_is_declared() {
    for declared in ["(memory 1)", "(memory 1 65536)"] {
        let mut machine = machine(&format!("(module {declared} {GROW})"));
        assert_eq!(grow(&mut machine, u64::from(u32::MAX)), -1);
        assert_eq!(grow(&mut machine, 512), -1);
        assert_eq!(grow(&mut machine, 511), 1);
        assert_eq!(grow(&mut machine, 1), -1);
    }
}

#[test]
fn an_access_that_ends_past_the_memory_traps() {
    let trap = Err(Stop::Trap(Trap::MemoryOutOfBounds));
    let last = [
        ("i64.load", 65_528),
        ("i64.load offset=8", 65_520),
        ("v128.load i64x2.extract_lane 1", 65_520),
        ("i64.load8_u", 65_535),
    ];
    for (load, address) in last {
        let text = format!(
            "(module (memory 1) (func (export \"decide\") (param i64) (result i64)
               local.get 0 i32.wrap_i64 {load}))"
        );
        assert_eq!(decide(&text, address, 100).expect("it fits").results, [0]);
        assert_eq!(decide(&text, address + 1, 100), trap);
        assert_eq!(decide(&text, u32::MAX.into(), 100), trap);
    }
}

#[test]
fn a_store_that_traps_writes_nothing() {
    let mut machine = machine(
        "(module (memory 1) (func (export \"decide\") (param i64) (result i64)
           local.get 0 i32.wrap_i64 i64.const -1 i64.store local.get 0))",
    );
    let trap = Err(Stop::Trap(Trap::MemoryOutOfBounds));
    assert_eq!(invoke(&mut machine, 65_529, 100), trap);
    assert!(machine.memory().iter().all(|&byte| byte == 0));
}
