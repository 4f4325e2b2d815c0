//! wasmtime's two compilers, and where their code comes from: the cache, this process, a worker.
//!
//! Knows nothing of the order in which tiers are tried.
//! Invariant: code that is loaded was made by this process, a worker of this build, or was kept by
//! this node's cache.

#![allow(unsafe_code)]

use wasmtime::{Engine, Module};

use super::cache::{self, CodeCache};
use super::config;
use super::tier::Tier;
use super::worker::{CompileWorker, WorkerError};
use super::{FastEngineError, FastOptions};

/// The compilers of a process.
pub(super) struct Compilers {
    optimising: Engine,
    linear_time: Option<Engine>,
    pub(super) cache: Option<CodeCache>,
}

/// A module with the code that it was loaded from.
pub(super) struct Compiled {
    pub(super) module: Module,
    code: Option<Vec<u8>>,
}

impl Compilers {
    pub(super) fn new(options: &FastOptions) -> Result<Self, FastEngineError> {
        let optimising = config::engine(Tier::Optimising, options.instances)
            .map_err(|error| FastEngineError::Engine(format!("{error:#}")))?;
        // Not every processor has what the linear-time compiler asks for; without it every module
        // takes the optimising one.
        let linear_time = config::engine(Tier::LinearTime, options.instances).ok();
        let cache = options.cache.as_deref().map(CodeCache::open).transpose()?;
        Ok(Self { optimising, linear_time, cache })
    }

    fn engine(&self, tier: Tier) -> Result<&Engine, WorkerError> {
        let engine = match tier {
            Tier::Optimising => Some(&self.optimising),
            Tier::LinearTime => self.linear_time.as_ref(),
        };
        let missing = || format!("there is no {} compiler for this machine", tier.word());
        engine.ok_or_else(|| WorkerError::TooMuch(missing()))
    }

    /// Returns code that was kept.
    pub(super) fn kept(&self, tier: Tier, instrumented: &[u8]) -> Option<Compiled> {
        let (cache, engine) = (self.cache.as_ref()?, self.engine(tier).ok()?);
        let module = cache.load(engine, &cache::key(engine, instrumented))?;
        Some(Compiled { module, code: None })
    }

    /// Keeps code for the next time, if there is a place for it.
    pub(super) fn keep(&self, tier: Tier, instrumented: &[u8], compiled: &Compiled) {
        let (Some(cache), Ok(engine)) = (&self.cache, self.engine(tier)) else { return };
        let key = cache::key(engine, instrumented);
        match &compiled.code {
            Some(code) => cache.store(&key, code),
            None => compiled.module.serialize().into_iter().for_each(|it| cache.store(&key, &it)),
        }
    }

    /// Compiles in this process.
    pub(super) fn compile(&self, tier: Tier, instrumented: &[u8]) -> Result<Compiled, WorkerError> {
        let module = Module::from_binary(self.engine(tier)?, instrumented);
        let module = module.map_err(|error| WorkerError::TooMuch(format!("{error:#}")))?;
        Ok(Compiled { module, code: None })
    }

    /// Has a worker compile.
    pub(super) fn compile_in(
        &self,
        worker: &CompileWorker,
        tier: Tier,
        instrumented: &[u8],
    ) -> Result<Compiled, WorkerError> {
        let engine = self.engine(tier)?;
        let code = worker.compile(tier, &cache::key(engine, instrumented), instrumented)?;
        // SAFETY: the answer was whole and began with the key of these bytes and this engine's
        // settings, so it is what `Engine::precompile_module` of this build's worker returned.
        let module = unsafe { Module::deserialize(engine, &code) };
        let module = module.map_err(|error| WorkerError::Host(format!("{error:#}")))?;
        Ok(Compiled { module, code: Some(code) })
    }
}
