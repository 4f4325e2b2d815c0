//! wasmtime's settings, each for a reason.
//!
//! The pass decides results, so what is set here serves speed, and refuses what admission refuses
//! a second time. Invariant: no setting may change an action, fuel or fault.

use wasmtime::{
    Config, Enabled, Engine, Inlining, InstanceAllocationStrategy, ModuleVersionStrategy, OptLevel,
    PoolingAllocationConfig, RegallocAlgorithm, Strategy,
};

use super::tier::Tier;
use crate::sandbox::limits::{MEMORY_PAGES, PAGE_BYTES, TABLE_ENTRIES};
use crate::sandbox::native_stack::NATIVE_STACK_BYTES;

/// The most memory an instance can have, in bytes.
const MEMORY_BYTES: usize = MEMORY_PAGES as usize * PAGE_BYTES as usize;

/// The memory that an instance's place keeps after a match, in bytes.
const RESIDENT_BYTES: usize = 256 * 1024;

/// Sets wasmtime up to compile for one tier and run so many instances at a time.
pub(super) fn engine(tier: Tier, instances: u32) -> wasmtime::Result<Engine> {
    let mut config = common(tier)?;
    pool(&mut config, instances);
    Engine::new(&config)
}

/// Sets wasmtime up to compile for one tier and run nothing, so that no address space is reserved.
///
/// How instances are allocated is no part of the code, so [`engine`] loads what this one compiles.
pub(super) fn compiling_engine(tier: Tier) -> wasmtime::Result<Engine> {
    Engine::new(&common(tier)?)
}

/// Everything that compiled code depends on.
fn common(tier: Tier) -> wasmtime::Result<Config> {
    let mut config = Config::new();
    compiler(&mut config, tier);
    features(&mut config);
    // A fresh instance maps the module's memory image and copies only the pages it writes.
    config.memory_init_cow(true).memory_guaranteed_dense_image_size(MEMORY_BYTES as u64);
    config.signals_based_traps(true);
    // The pass's own stack count ends every recursion before this does.
    // wasmtime wants the stack of fibres, of which there are none, to be no smaller.
    config.async_stack_size(NATIVE_STACK_BYTES).max_wasm_stack(NATIVE_STACK_BYTES);
    // An agent's failure is one verdict; nobody reads where in the code it happened.
    config.wasm_backtrace_max_frames(None).native_unwind_info(false).generate_address_map(false);
    // Code compiled by another version of wasmtime is never loaded.
    config.module_version(ModuleVersionStrategy::WasmtimeVersion)?;
    Ok(config)
}

fn compiler(config: &mut Config, tier: Tier) {
    match tier {
        Tier::Optimising => {
            config.strategy(Strategy::Cranelift);
            config.cranelift_opt_level(OptLevel::Speed);
            config.cranelift_regalloc_algorithm(RegallocAlgorithm::Backtracking);
        }
        Tier::LinearTime => {
            config.strategy(Strategy::Winch);
        }
    }
    // Without wasmtime's own threads a module is compiled by the thread that loads it.
    config.compiler_inlining(Inlining::No);
    // The pass counts and canonicalises.
    config.consume_fuel(false).epoch_interruption(false).cranelift_nan_canonicalization(false);
}

fn features(config: &mut Config) {
    config.wasm_simd(true).wasm_bulk_memory(true).wasm_multi_value(true);
    config.wasm_relaxed_simd(false).relaxed_simd_deterministic(true);
    config.wasm_multi_memory(false).wasm_memory64(false).wasm_tail_call(false);
    config.wasm_extended_const(false).wasm_custom_page_sizes(false).wasm_wide_arithmetic(false);
}

fn pool(config: &mut Config, instances: u32) {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(instances).total_memories(instances).total_tables(instances);
    pool.max_memories_per_module(1).max_tables_per_module(1);
    pool.max_memory_size(MEMORY_BYTES).table_elements(table_entries());
    // Where the kernel says which pages a match wrote, these are cleared and kept: giving them back
    // would interrupt every other thread that plays.
    pool.pagemap_scan(Enabled::Auto).linear_memory_keep_resident(RESIDENT_BYTES);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
}

fn table_entries() -> usize {
    usize::try_from(TABLE_ENTRIES.value).unwrap_or(usize::MAX)
}
