//! Networks as modules, run on both engines.

use std::sync::{Arc, OnceLock};

use nets_pack::emit::emit;
use nets_pack::evaluate::Evaluator;
use nets_pack::link::{Adapter, Heads};
use nets_pack::program::Program;
use nets_runner::sandbox::interpreter::InterpreterEngine;
use nets_runner::sandbox::{Engine, FastEngine, FastOptions, admit};

/// Takes what it is given as the tensor at -1, and gives the bits of each number of the policy.
const PROBE: &str = r#"(module
    (import "nets" "value" (func $value (result f32)))
    (import "nets" "network" (func $network (param i32) (result i32)))
    (import "nets" "settings" (func $settings (result i32)))
    (memory (export "memory") 8)
    (global (export "nets_observation") i32 (i32.const 64))
    (global $policy (mut i32) (i32.const 0))
    (func (export "decide") (param i64) (result i64)
        (if (i64.eq (local.get 0) (i64.const -1))
            (then (global.set $policy (call $network (i32.const 64)))))
        (i64.load32_u
            (i32.add (global.get $policy) (i32.mul (i32.wrap_i64 (local.get 0)) (i32.const 4))))))"#;

const PLENTY: u64 = 1_000_000_000;

/// The fast engine and the second one.
pub(crate) fn engines() -> [&'static dyn Engine; 2] {
    static FAST: OnceLock<FastEngine> = OnceLock::new();
    static SECOND: InterpreterEngine = InterpreterEngine;
    [FAST.get_or_init(|| FastEngine::new(&FastOptions::default()).unwrap()), &SECOND]
}

/// Runs a program as a module on both engines; whatever it gives first must be what the evaluator gives,
/// to the bit, and as much fuel must be used on both.
pub(crate) fn assert_emitted(program: &Program, input: &[f32]) {
    assert_runs(program, input, 1);
}

/// The same for the second of two runs, of which the first may leave something behind.
pub(crate) fn assert_emitted_twice(program: &Program, input: &[f32]) {
    assert_runs(program, input, 2);
}

fn assert_runs(program: &Program, input: &[f32], runs: usize) {
    let probe = wat::parse_str(PROBE).unwrap();
    let adapter = Adapter::read(&probe).unwrap();
    let network = emit(program, adapter.end());
    let module = adapter.link(&network, &Heads { policy: 0, value: None }, b"told").unwrap();
    let module = Arc::new(admit(&module).unwrap());
    let mut evaluator = Evaluator::new(program);
    (1..runs).for_each(|_| _ = evaluator.run(&[input]));
    let expected = evaluator.run(&[input]).swap_remove(0);
    let expected: Vec<u32> =
        expected.as_f32().unwrap().iter().map(|number| number.to_bits()).collect();
    let tensor: Vec<u8> = input.iter().flat_map(|number| number.to_le_bytes()).collect();
    let mut fuels = Vec::new();
    for engine in engines() {
        let mut instance = engine.load(&module).unwrap().instantiate().unwrap();
        instance.write_observation(&tensor);
        let mut decide = |packed: u64| instance.decide(packed, PLENTY).unwrap();
        let first = decide(u64::MAX);
        (1..runs).for_each(|_| _ = decide(u64::MAX));
        let got: Vec<u32> = (0..expected.len() as u64)
            .map(|place| match decide(place) {
                nets_runner::sandbox::Decision::Action { action, .. } => action as u32,
                fault => panic!("{fault:?}"),
            })
            .collect();
        let floats = |bits: &[u32]| bits.iter().map(|&b| f32::from_bits(b)).collect::<Vec<_>>();
        assert_eq!(got, expected, "{}: {:?} {:?}", engine.name(), floats(&got), floats(&expected));
        fuels.push(first);
    }
    assert_eq!(fuels[0], fuels[1]);
}
