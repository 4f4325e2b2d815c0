//! The engine that plays: wasmtime, running instrumented modules as machine code.
//!
//! [`FastEngine`] instruments a module, compiles it (or takes it from the `cache`), and makes an
//! instance for each match from a pool with copy-on-write memory. `config` holds wasmtime's
//! settings, `tier` chooses the compiler, `instance` makes the calls. One engine serves a whole
//! process.
//!
//! None of wasmtime's own metering is used: results come from the instrumented code alone, so
//! compiler, settings and cache decide how fast an agent is and never what it does.

mod cache;
mod config;
mod instance;
mod tier;

use std::path::PathBuf;
use std::sync::Arc;

use wasmtime::{InstancePre, Linker, Module};

pub use self::cache::CacheError;
use self::cache::CodeCache;
use self::instance::FastInstance;
pub use self::tier::Tier;
use super::engine::{Engine, HostFailure, Instance, LoadError, Program};
use super::limits::STACK_BYTES;
use super::metering::{Instrumented, instrument};
use super::module::AdmittedModule;
use super::native_stack::native_bytes;

/// How a [`FastEngine`] is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FastOptions {
    /// How many instances may exist at the same time.
    pub instances: u32,
    /// Where compiled code is kept between runs, if it is to be kept.
    pub cache: Option<PathBuf>,
}

impl Default for FastOptions {
    /// Room for 256 instances, nothing kept.
    fn default() -> Self {
        Self { instances: 256, cache: None }
    }
}

/// Why a [`FastEngine`] could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum FastEngineError {
    /// wasmtime refused the settings, or the host the address space.
    #[error("wasmtime cannot start: {0}")]
    Engine(String),
    /// The code cache could not be opened.
    #[error(transparent)]
    Cache(#[from] CacheError),
}

/// wasmtime with the protocol's rules compiled into the code.
pub struct FastEngine {
    optimising: wasmtime::Engine,
    linear_time: Option<wasmtime::Engine>,
    cache: Option<CodeCache>,
}

impl std::fmt::Debug for FastEngine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("FastEngine").field("cache", &self.cache).finish_non_exhaustive()
    }
}

const NAME: &str = "wasmtime";

impl FastEngine {
    /// Sets up the engine, once for each process.
    ///
    /// # Errors
    ///
    /// Returns an error if the host cannot supply the address space or the cache directory.
    pub fn new(options: &FastOptions) -> Result<Self, FastEngineError> {
        let optimising = config::engine(Tier::Optimising, options.instances)
            .map_err(|error| FastEngineError::Engine(format!("{error:#}")))?;
        // Not every processor has what the linear-time compiler asks for; without it every module
        // takes the optimising one.
        let linear_time = config::engine(Tier::LinearTime, options.instances).ok();
        let cache = options.cache.as_deref().map(CodeCache::open).transpose()?;
        Ok(Self { optimising, linear_time, cache })
    }

    /// Loads a module with the compiler of the caller's choice, which changes only speed.
    ///
    /// # Errors
    ///
    /// As for [`Engine::load`], or if the tier does not exist on this machine.
    pub fn load_with(
        &self,
        module: &AdmittedModule,
        tier: Tier,
    ) -> Result<Arc<dyn Program>, LoadError> {
        let failed =
            |message: String| LoadError { engine: NAME, code_hash: module.code_hash(), message };
        let engine = match tier {
            Tier::Optimising => Some(&self.optimising),
            Tier::LinearTime => self.linear_time.as_ref(),
        };
        let engine = engine
            .ok_or_else(|| failed(format!("there is no {tier:?} compiler for this machine")))?;
        let instrumented = instrument(module).map_err(|error| failed(error.to_string()))?;
        let program = self
            .compile(engine, &instrumented)
            .and_then(|compiled| FastProgram::new(&compiled, module, &instrumented))
            .map_err(|error| failed(format!("{error:#}")))?;
        Ok(Arc::new(program))
    }

    fn compile(
        &self,
        engine: &wasmtime::Engine,
        instrumented: &Instrumented,
    ) -> wasmtime::Result<Module> {
        let Some(cache) = &self.cache else {
            return Module::from_binary(engine, &instrumented.bytes);
        };
        let key = cache::key(engine, &instrumented.bytes);
        if let Some(module) = cache.load(engine, &key) {
            return Ok(module);
        }
        let module = Module::from_binary(engine, &instrumented.bytes)?;
        cache.store(&key, &module.serialize()?);
        Ok(module)
    }
}

impl Engine for FastEngine {
    fn name(&self) -> &'static str {
        NAME
    }

    fn load(&self, module: &Arc<AdmittedModule>) -> Result<Arc<dyn Program>, LoadError> {
        match Tier::for_module(module) {
            // A compiler that lacks an instruction on this machine refuses the module, so the
            // other one, slow on this module but complete, takes it.
            Tier::LinearTime => self
                .load_with(module, Tier::LinearTime)
                .or_else(|_| self.load_with(module, Tier::Optimising)),
            Tier::Optimising => self.load_with(module, Tier::Optimising),
        }
    }
}

/// A compiled module.
struct FastProgram {
    template: InstancePre<()>,
    observation_address: Option<u32>,
    /// The native stack that a call may need, in bytes.
    native_stack: usize,
}

impl FastProgram {
    fn new(
        compiled: &Module,
        module: &AdmittedModule,
        instrumented: &Instrumented,
    ) -> wasmtime::Result<Self> {
        let template = Linker::new(compiled.engine()).instantiate_pre(compiled)?;
        let logical = instrumented.worst_stack.unwrap_or(STACK_BYTES);
        Ok(Self {
            template,
            observation_address: module.observation_address(),
            native_stack: native_bytes(logical),
        })
    }
}

impl Program for FastProgram {
    fn instantiate(&self) -> Result<Box<dyn Instance>, HostFailure> {
        let instance =
            FastInstance::new(&self.template, self.observation_address, self.native_stack)?;
        Ok(Box::new(instance))
    }
}
