//! A committed module with a made-up network put behind its imports, run by a small interpreter.

use std::path::{Path, PathBuf};

use nets_agent_sdk::{HEADER_BYTES, Observation};
use nets_core::ObservationHeader;
use wasmi::{Caller, Config, Engine, Extern, Linker, Memory, Module, Store, TypedFunc};

use crate::made_up::{scattered_policy, scattered_value};

const PAGE_BYTES: usize = 65_536;

/// More than any decision here takes, and enough to stop a loop.
const FUEL: u64 = 10_000_000_000;

/// The committed module of a System's adapter.
pub(crate) fn path(system: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("wasm").join(system).with_extension("wasm")
}

/// What the imports work on.
struct Host {
    settings: u32,
    policy: u32,
    tensor_length: usize,
    action_count: u64,
    value: f32,
}

/// An adapter in one match.
pub(crate) struct Linked {
    store: Store<Host>,
    memory: Memory,
    decide: TypedFunc<i64, i64>,
    observation: usize,
}

impl Linked {
    /// The System's module, with a block of settings and a network for tensors of such a length.
    pub(crate) fn new(
        system: &str,
        settings: &[u8],
        tensor_length: usize,
        action_count: u64,
    ) -> Self {
        let mut config = Config::default();
        config.consume_fuel(true);
        let engine = Engine::new(&config);
        let module = Module::new(&engine, std::fs::read(path(system)).unwrap()).unwrap();
        let host = Host { settings: 0, policy: 0, tensor_length, action_count, value: 0.0 };
        let mut store = Store::new(&engine, host);
        store.set_fuel(FUEL).unwrap();
        let instance = linker(&engine).instantiate_and_start(&mut store, &module).unwrap();
        let memory = instance.get_memory(&store, "memory").unwrap();
        // Settings and policy come behind what the module has for itself.
        let end = memory.data_size(&store);
        let room = settings.len().next_multiple_of(4) + 4 * action_count as usize;
        memory.grow(&mut store, room.div_ceil(PAGE_BYTES) as u64).unwrap();
        memory.write(&mut store, end, settings).unwrap();
        store.data_mut().settings = end as u32;
        store.data_mut().policy = (end + settings.len().next_multiple_of(4)) as u32;
        let decide = instance.get_typed_func(&store, "decide").unwrap();
        let observation = instance.get_global(&store, "nets_observation").unwrap();
        let observation = observation.get(&store).i32().unwrap() as usize;
        Self { store, memory, decide, observation }
    }

    /// The action of the module; none where it traps.
    pub(crate) fn decide(&mut self, seen: Observation<'_>) -> Option<u64> {
        let header = ObservationHeader {
            fuel_left: seen.fuel_left,
            step: seen.step,
            seat: seen.seat,
            seat_count: seen.seat_count,
            observation_bytes: seen.bytes.len() as u16,
        };
        self.memory.write(&mut self.store, self.observation, &header.encode()).unwrap();
        let place = self.observation + HEADER_BYTES;
        self.memory.write(&mut self.store, place, seen.bytes).unwrap();
        self.store.set_fuel(FUEL).unwrap();
        let action = self.decide.call(&mut self.store, seen.packed.cast_signed()).ok()?;
        Some(action.cast_unsigned())
    }
}

fn linker(engine: &Engine) -> Linker<Host> {
    let mut linker = Linker::new(engine);
    let settings = |caller: Caller<'_, Host>| caller.data().settings;
    linker.func_wrap("nets", "settings", settings).unwrap();
    linker.func_wrap("nets", "network", network).unwrap();
    linker.func_wrap("nets", "value", |caller: Caller<'_, Host>| caller.data().value).unwrap();
    linker
}

/// Reads the tensor at an address and writes the policy to its place, which is the result.
fn network(mut caller: Caller<'_, Host>, address: u32) -> u32 {
    let Some(Extern::Memory(memory)) = caller.get_export("memory") else { panic!("no memory") };
    let mut bytes = vec![0; 4 * caller.data().tensor_length];
    memory.read(&caller, address as usize, &mut bytes).unwrap();
    let number = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().unwrap());
    let tensor: Vec<_> = bytes.chunks_exact(4).map(number).collect();
    caller.data_mut().value = scattered_value(&tensor);
    let policy = scattered_policy(&tensor, caller.data().action_count);
    let bytes: Vec<u8> = policy.iter().flat_map(|number| number.to_le_bytes()).collect();
    let place = caller.data().policy;
    memory.write(&mut caller, place as usize, &bytes).unwrap();
    place
}
