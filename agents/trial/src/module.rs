//! A compiled agent, run by a small interpreter.
//!
//! Fuel is counted as the interpreter does, which is near to the protocol's count but not equal:
//! enough to stop a loop, not to judge one.

use std::path::Path;
use std::{fs, io};

use nets_agent_sdk::Observation;
use wasmi::{Config, Engine, Linker, Memory, Store, TypedFunc};

use crate::Player;

/// A module file, ready to make players.
#[derive(Debug)]
pub struct Module {
    engine: Engine,
    module: wasmi::Module,
}

/// One instance: the memory of one seat in one match.
struct Instance {
    store: Store<()>,
    decide: TypedFunc<i64, i64>,
    observation: Option<(Memory, usize)>,
}

impl Module {
    /// Reads the module at `path`.
    ///
    /// # Errors
    /// When the file cannot be read or is no module.
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut config = Config::default();
        config.consume_fuel(true);
        let engine = Engine::new(&config);
        let module = wasmi::Module::new(&engine, fs::read(path)?).map_err(io::Error::other)?;
        Ok(Self { engine, module })
    }

    /// A player with a fresh instance.
    ///
    /// # Panics
    /// When the module breaks the ABI.
    pub fn player(&self) -> Player<'static> {
        let mut instance = self.instantiate().expect("a module that keeps to the ABI");
        Box::new(move |seen| instance.decide(seen).ok())
    }

    fn instantiate(&self) -> Result<Instance, wasmi::Error> {
        let mut store = Store::new(&self.engine, ());
        let instance = Linker::new(&self.engine).instantiate_and_start(&mut store, &self.module)?;
        let decide = instance.get_typed_func(&store, "decide")?;
        let address = instance.get_global(&store, "nets_observation");
        let address = address.and_then(|global| global.get(&store).i32());
        let memory = instance.get_memory(&store, "memory");
        let observation = memory.zip(address.and_then(|at| usize::try_from(at).ok()));
        Ok(Instance { store, decide, observation })
    }
}

impl Instance {
    fn decide(&mut self, seen: Observation<'_>) -> Result<u64, wasmi::Error> {
        if let Some((memory, address)) = self.observation {
            let buffer = [&crate::header(&seen).encode()[..], seen.bytes].concat();
            memory.write(&mut self.store, address, &buffer).map_err(wasmi::Error::from)?;
        }
        self.store.set_fuel(seen.fuel_left)?;
        Ok(self.decide.call(&mut self.store, seen.packed.cast_signed())?.cast_unsigned())
    }
}
