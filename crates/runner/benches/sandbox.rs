//! What the sandbox costs: a call, an instance, metering, compiling and loading.
//!
//! Prints one line for each figure: the best of many short batches, since the clock is the wall's
//! and other work on the machine only ever adds to it. What metering adds is the median of many
//! pairs of batches, one right after the other.
//! Run with `cargo bench -p nets-runner`.

#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use nets_runner::sandbox::fast::Tier;
use nets_runner::sandbox::interpreter::InterpreterEngine;
use nets_runner::sandbox::{
    AdmittedModule, Decision, Engine, FastEngine, FastOptions, Instance, Program, admit,
    on_match_stack,
};
use wasmtime::{Config, OptLevel};

const PLENTY: u64 = 1 << 40;

const TRIVIAL: &str = "(module (func (export \"decide\") (param i64) (result i64)
    local.get 0 i64.const 1 i64.add i64.const 3 i64.and))";

/// Branchy integer work: Collatz lengths.
const BUSY: &str = "(module (func (export \"decide\") (param i64) (result i64)
    (local $n i64) (local $i i64) (local $steps i64)
    (local.set $i (i64.add (local.get 0) (i64.const 64)))
    (loop $each
      (local.set $n (local.get $i))
      (block $done (loop $walk
        (br_if $done (i64.le_u (local.get $n) (i64.const 1)))
        (if (i32.wrap_i64 (i64.and (local.get $n) (i64.const 1)))
          (then (local.set $n (i64.add (i64.mul (local.get $n) (i64.const 3)) (i64.const 1))))
          (else (local.set $n (i64.shr_u (local.get $n) (i64.const 1)))))
        (local.set $steps (i64.add (local.get $steps) (i64.const 1)))
        (br $walk)))
      (br_if $each (i64.gt_s (local.tee $i (i64.sub (local.get $i) (i64.const 1))) (i64.const 0))))
    (local.get $steps)))";

/// Calls: Fibonacci by recursion.
const RECURSIVE: &str = "(module (func $fib (export \"decide\") (param i64) (result i64)
    (if (result i64) (i64.lt_u (local.get 0) (i64.const 2)) (then (local.get 0)) (else
      (i64.add (call $fib (i64.sub (local.get 0) (i64.const 1)))
               (call $fib (i64.sub (local.get 0) (i64.const 2))))))))";

/// A row of a network in 16-bit integers: 256 rows of 1,024 products.
const NETWORK_I16: &str = "(module (memory 16) (func (export \"decide\") (param i64) (result i64)
    (local $row i32) (local $at i32) (local $sum v128) (local $best i64)
    (loop $rows
      (local.set $sum (v128.const i32x4 0 0 0 0))
      (local.set $at (i32.const 2048))
      (loop $products
        (local.set $sum (i32x4.add (local.get $sum) (i32x4.dot_i16x8_s
          (v128.load (i32.sub (local.get $at) (i32.const 16)))
          (v128.load offset=2048 (i32.add (local.get $at) (i32.shl (local.get $row) (i32.const 11)))))))
        (local.set $sum (i32x4.add (local.get $sum) (i32x4.dot_i16x8_s
          (v128.load (i32.sub (local.get $at) (i32.const 32)))
          (v128.load offset=2032 (i32.add (local.get $at) (i32.shl (local.get $row) (i32.const 11)))))))
        (br_if $products (local.tee $at (i32.sub (local.get $at) (i32.const 32)))))
      (local.set $best (i64.add (local.get $best) (i64x2.extract_lane 0 (local.get $sum))))
      (br_if $rows (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 1))) (i32.const 256))))
    (local.get $best)))";

/// The same in 32-bit floats: 256 rows of 512 products.
const NETWORK_F32: &str = "(module (memory 16) (func (export \"decide\") (param i64) (result i64)
    (local $row i32) (local $at i32) (local $sum v128) (local $best i64)
    (loop $rows
      (local.set $sum (v128.const i32x4 0 0 0 0))
      (local.set $at (i32.const 2048))
      (loop $products
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul
          (v128.load (i32.sub (local.get $at) (i32.const 16)))
          (v128.load offset=2048 (i32.add (local.get $at) (i32.shl (local.get $row) (i32.const 11)))))))
        (br_if $products (local.tee $at (i32.sub (local.get $at) (i32.const 16)))))
      (local.set $best (i64.add (local.get $best) (i64x2.extract_lane 0 (local.get $sum))))
      (br_if $rows (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 1))) (i32.const 256))))
    (local.get $best)))";

fn main() {
    on_match_stack(|| {
        calls();
        instances();
        compilation();
        cache();
    });
}

fn admitted(text: &str) -> Arc<AdmittedModule> {
    Arc::new(admit(&wat::parse_str(text).expect("well-formed")).expect("admitted"))
}

fn engine() -> FastEngine {
    FastEngine::new(&FastOptions::default()).expect("the engine starts")
}

/// Batches of a call, each some milliseconds at most.
const BATCHES: usize = 201;

/// Something to be called again and again, in batches of a fitting size.
struct Batches<F: FnMut()> {
    work: F,
    calls: u32,
}

impl<F: FnMut()> Batches<F> {
    fn new(mut work: F) -> Self {
        let start = Instant::now();
        work();
        let once = start.elapsed().as_secs_f64().max(1e-8);
        Self { work, calls: (0.001 / once).clamp(1.0, 200_000.0) as u32 }
    }

    /// The nanoseconds of a call in one batch.
    fn nanoseconds(&mut self) -> f64 {
        let start = Instant::now();
        (0..self.calls).for_each(|_| (self.work)());
        start.elapsed().as_secs_f64() * 1e9 / f64::from(self.calls)
    }
}

/// Returns the nanoseconds of a call of `work` in the best of many batches.
fn nanoseconds(work: impl FnMut()) -> f64 {
    let mut batches = Batches::new(work);
    (0..BATCHES).map(|_| batches.nanoseconds()).fold(f64::INFINITY, f64::min)
}

/// Returns the best of each of two calls whose batches alternate, in nanoseconds, and the median
/// of the second over the first.
fn compared(first: impl FnMut(), second: impl FnMut()) -> (f64, f64, f64) {
    let (mut first, mut second) = (Batches::new(first), Batches::new(second));
    let pairs = (0..BATCHES).map(|_| (first.nanoseconds(), second.nanoseconds()));
    let pairs: Vec<(f64, f64)> = pairs.collect();
    let mut ratios: Vec<f64> = pairs.iter().map(|(first, second)| second / first).collect();
    ratios.sort_by(f64::total_cmp);
    let best = pairs.iter().fold((f64::INFINITY, f64::INFINITY), |best, pair| {
        (best.0.min(pair.0), best.1.min(pair.1))
    });
    (best.0, best.1, ratios[ratios.len() / 2])
}

fn calls() {
    let engine = engine();
    println!("ns per decide: raw wasmtime, metered, overhead, fuel, interpreter");
    for (name, text, packed) in [
        ("trivial", TRIVIAL, 5),
        ("busy", BUSY, 100),
        ("recursive", RECURSIVE, 16),
        ("network i16", NETWORK_I16, 1),
        ("network f32", NETWORK_F32, 1),
    ] {
        let module = admitted(text);
        let metered = engine.load(&module).expect("it loads");
        let fuel = decision(metered.instantiate().expect("there is room").as_mut(), packed);
        let (raw, metered, ratio) = compared(raw_call(text, packed), call(&metered, packed));
        let interpreted = InterpreterEngine.load(&module).expect("it loads");
        let interpreted = nanoseconds(call(&interpreted, packed));
        let overhead = 100.0 * (ratio - 1.0);
        println!("{name:12} {raw:9.0} {metered:9.0} {overhead:+5.1} % {fuel:9} {interpreted:12.0}");
    }
}

fn call(program: &Arc<dyn Program>, packed: u64) -> impl FnMut() {
    let mut instance = program.instantiate().expect("there is room");
    move || {
        decision(instance.as_mut(), black_box(packed));
    }
}

/// Calls once and returns the fuel.
fn decision(instance: &mut dyn Instance, packed: u64) -> u64 {
    match instance.decide(packed, PLENTY) {
        Ok(Decision::Action { fuel_used, .. }) => fuel_used,
        other => panic!("{other:?}"),
    }
}

/// The same module on wasmtime without the pass, NaNs made canonical by wasmtime if at all.
fn raw_call(text: &str, packed: u64) -> impl FnMut() {
    let mut config = Config::new();
    config.cranelift_opt_level(OptLevel::Speed).cranelift_nan_canonicalization(true);
    let engine = wasmtime::Engine::new(&config).expect("it starts");
    let bytes = wat::parse_str(text).expect("well-formed");
    let module = wasmtime::Module::from_binary(&engine, &bytes).expect("it compiles");
    let mut store = wasmtime::Store::new(&engine, ());
    let instance = wasmtime::Instance::new(&mut store, &module, &[]).expect("it starts");
    let decide = instance.get_typed_func::<i64, i64>(&mut store, "decide").expect("it is there");
    move || {
        let action = decide.call(&mut store, black_box(packed.cast_signed()));
        black_box(action.expect("no trap"));
    }
}

fn instances() {
    let engine = engine();
    println!("ns per fresh instance, and with one decide");
    let megabytes = format!(
        "(module (memory 80) (data (i32.const 0) \"{}\")
           (func (export \"decide\") (param i64) (result i64) i32.const 64 i64.load))",
        "weights.".repeat(600_000)
    );
    for (name, text) in [("trivial", TRIVIAL), ("4.8 MB of data", &megabytes)] {
        let program = engine.load(&admitted(text)).expect("it loads");
        let fresh = nanoseconds(|| drop(black_box(program.instantiate().expect("room"))));
        let once = nanoseconds(|| {
            let mut instance = program.instantiate().expect("room");
            black_box(instance.decide(1, PLENTY).expect("a verdict"));
        });
        println!("{name:16} {fresh:8.0} {once:8.0}");
    }
}

fn compilation() {
    println!("ms to load: optimising, linear-time, tier chosen");
    let engine = engine();
    let repeat = |part: &str, count: usize| part.repeat(count);
    let one = |locals: usize, body: &str| {
        format!(
            "(module (func (export \"decide\") (param i64) (result i64) (local {}) {body} local.get 0))",
            repeat("i64 ", locals)
        )
    };
    let many = |count: usize, body: &str| {
        let function = format!("(func (param i64) (result i64) {body} local.get 0)");
        format!(
            "(module {} (func $eight (result {}) {}) (func $sink (param {}))
               (func (export \"decide\") (param i64) (result i64) local.get 0))",
            repeat(&function, count),
            repeat("i64 ", 8),
            repeat("i64.const 1 ", 8),
            repeat("i64 ", 32),
        )
    };
    let nested = format!("{}{}", repeat("loop ", 500), repeat("i32.const 0 br_if 0 end ", 500));
    let hoisted: String = (0..3_500)
        .map(|n| format!("local.get 0 i64.const {n} i64.xor i64.const {n} i64.mul local.get 1 i64.add local.set 1 "))
        .collect();
    let hoisted = format!("loop {hoisted} local.get 1 i64.const 9 i64.lt_u br_if 0 end");
    let saved = format!("{}{}", repeat("call $eight ", 128), repeat("call $sink ", 32));
    for (name, text) in [
        ("trivial", TRIVIAL.to_owned()),
        ("4000 functions", many(4_000, "")),
        ("4000 ifs", one(0, &repeat("local.get 0 i32.wrap_i64 if nop end ", 4_000))),
        ("2000 ifs x 20", many(20, &repeat("local.get 0 i32.wrap_i64 if nop end ", 2_000))),
        (
            "phi 63x1600",
            one(
                63,
                &repeat(
                    "local.get 0 i32.wrap_i64 if local.get 9 local.set 8 local.get 8 local.set 9 end ",
                    1_600,
                ),
            ),
        ),
        ("500 nested loops", one(1, &nested)),
        ("500 nested loops x 10", many(10, &nested)),
        ("hoisted", one(1, &hoisted)),
        ("saved", many(20, &saved)),
    ] {
        let module = admitted(&text);
        let time = |tier| {
            let start = Instant::now();
            let loaded = engine.load_with(&module, tier).is_ok();
            let elapsed = start.elapsed().as_secs_f64() * 1e3;
            if loaded { format!("{elapsed:.1}") } else { String::from("none") }
        };
        let (slow, quick) = (time(Tier::Optimising), time(Tier::LinearTime));
        println!("{name:24} {slow:>9} {quick:>9} {:?}", Tier::for_module(&module));
    }
}

fn cache() {
    println!("us to load from the cache");
    let directory = tempfile::tempdir().expect("a directory");
    let options =
        FastOptions { cache: Some(directory.path().to_owned()), ..FastOptions::default() };
    let engine = FastEngine::new(&options).expect("the engine starts");
    let megabytes = format!(
        "(module (memory 80) (data (i32.const 0) \"{}\")
           (func (export \"decide\") (param i64) (result i64) i32.const 64 i64.load))",
        "weights.".repeat(600_000)
    );
    for (name, text) in [("trivial", TRIVIAL), ("4.8 MB of data", &megabytes)] {
        let module = admitted(text);
        engine.load(&module).expect("it loads");
        let time = nanoseconds(|| drop(black_box(engine.load(&module).expect("it loads"))));
        println!("{name:16} {:8.1}", time / 1e3);
    }
}
