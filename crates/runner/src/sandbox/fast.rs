//! The engine that plays: wasmtime, running instrumented modules as machine code.
//!
//! [`FastEngine`] instruments a module, compiles it (or takes it from the `cache`), and makes an
//! instance for each match from a pool with copy-on-write memory. `config` holds wasmtime's
//! settings, `tier` chooses the compiler, `worker` compiles in a process that has limits,
//! `instance` makes the calls, and `idle` keeps instances that can play another match. One engine
//! serves a whole process.
//!
//! Modules of one `lineage`, which differ in their data alone, share their code.
//!
//! A module that no compiler manages within the limits is left to the interpreter, which is slow
//! and right. `second_opinion` then finds another engine for it.
//!
//! None of wasmtime's own metering is used: results come from the instrumented code alone, so
//! compiler, settings and cache decide how fast an agent is and never what it does.

mod cache;
mod compilers;
mod config;
mod idle;
mod instance;
mod lineage;
mod memory_budget;
mod second_opinion;
mod tier;
mod worker;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use wasmtime::{InstancePre, Linker, Module};

pub use self::cache::CacheError;
use self::compilers::Compilers;
use self::idle::{Idle, ProgramNumber};
use self::instance::FastInstance;
use self::lineage::Lineages;
use self::memory_budget::{MemoryBudget, MemoryShare};
pub use self::second_opinion::SecondOpinion;
pub use self::tier::Tier;
use self::worker::WorkerError;
pub use self::worker::{CompileWorker, serve_if_asked};
use super::engine::{Engine, HostFailure, Instance, LoadError, Program};
use super::interpreter::InterpreterEngine;
use super::limits::STACK_BYTES;
use super::metering::{Instrumented, instrument};
use super::module::AdmittedModule;
use super::native_stack::native_bytes;

/// How a [`FastEngine`] is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FastOptions {
    /// How many instances may exist at the same time.
    pub instances: u32,
    /// The memory that all instances may have together, in bytes, if it is to be limited.
    ///
    /// An instance that needs more ends without a verdict.
    pub memory_bytes: Option<usize>,
    /// Where compiled code is kept between runs, if it is to be kept.
    pub cache: Option<PathBuf>,
    /// What compiles the modules that might be too much for this process.
    ///
    /// Without it every module is compiled in this process, however long it takes.
    pub compile_worker: Option<CompileWorker>,
}

impl Default for FastOptions {
    /// Room for 256 instances, as much memory as there is, nothing kept, and this program as its
    /// own compile worker if it is one.
    fn default() -> Self {
        let compile_worker = CompileWorker::this_program();
        Self { instances: 256, memory_bytes: None, cache: None, compile_worker }
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
    compilers: Compilers,
    worker: Option<CompileWorker>,
    memory: Option<Arc<MemoryBudget>>,
    idle: Arc<Idle>,
    lineages: Lineages,
    /// Whether a module was left to the interpreter, by the SHA-256 of its bytes.
    is_interpreted: Mutex<BTreeMap<[u8; 32], bool>>,
}

/// How a module was made ready, which decides its speed and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preparation {
    /// The compiler whose code runs; none if the module is interpreted.
    pub tier: Option<Tier>,
    /// The compilers that were tried before, and why each was given up.
    pub given_up: Vec<(Tier, String)>,
}

impl Preparation {
    fn by(tier: Tier, given_up: Vec<(Tier, String)>) -> Self {
        Self { tier: Some(tier), given_up }
    }

    /// Why there is no code.
    fn in_words(&self) -> String {
        let reasons = self.given_up.iter().map(|(_, reason)| reason.as_str());
        reasons.collect::<Vec<_>>().join("; ")
    }
}

/// Whether code is kept where the options say, for this and other processes to play with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeping {
    ForLater,
    Nothing,
}

/// What trying the compilers came to.
enum Compilation {
    Done(FastProgram, Preparation),
    /// Each of them was given up, and would be again.
    TooMuch(Preparation),
}

impl std::fmt::Debug for FastEngine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("FastEngine");
        shown.field("cache", &self.compilers.cache).field("worker", &self.worker);
        shown.finish_non_exhaustive()
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
        Ok(Self {
            compilers: Compilers::new(options)?,
            worker: options.compile_worker.clone(),
            memory: options.memory_bytes.map(MemoryBudget::new).map(Arc::new),
            idle: Arc::default(),
            lineages: Lineages::default(),
            is_interpreted: Mutex::default(),
        })
    }

    /// Loads a module with the compiler of the caller's choice, which changes only speed. It is
    /// compiled in this process, and its code is not kept.
    ///
    /// # Errors
    ///
    /// As for [`Engine::load`], or if the tier does not exist on this machine.
    pub fn load_with(
        &self,
        module: &AdmittedModule,
        tier: Tier,
    ) -> Result<Arc<dyn Program>, LoadError> {
        let instrumented = instrumented(module)?;
        let compiled = self.compilers.compile(tier, &instrumented.bytes);
        let compiled = compiled.map_err(|error| failed(module, &error.into_reason()))?;
        Ok(Arc::new(self.program(&compiled.module, module, &instrumented)?))
    }

    /// Loads a module and says how.
    ///
    /// # Errors
    ///
    /// As for [`Engine::load`].
    pub fn prepare(
        &self,
        module: &Arc<AdmittedModule>,
    ) -> Result<(Arc<dyn Program>, Preparation), LoadError> {
        let (program, preparation): (Arc<dyn Program>, _) = match self.compile_or_share(module)? {
            Compilation::Done(program, preparation) => (Arc::new(program), preparation),
            Compilation::TooMuch(preparation) if self.worker.is_some() => {
                (InterpreterEngine.load(module)?, preparation)
            }
            Compilation::TooMuch(preparation) => {
                return Err(failed(module, &preparation.in_words()));
            }
        };
        let mut known = self.is_interpreted.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(module.code_hash(), preparation.tier.is_none());
        Ok((program, preparation))
    }

    /// Tries one compiler after the other.
    fn compile(
        &self,
        module: &AdmittedModule,
        worker: Option<&CompileWorker>,
        keeping: Keeping,
    ) -> Result<Compilation, LoadError> {
        let instrumented = instrumented(module)?;
        let bytes = &instrumented.bytes;
        let worker = worker.filter(|_| tier::is_to_be_watched(module));
        let tiers = Tier::in_order(module);
        // Code of the second tier was kept only if the first one was given up for good.
        let kept = tiers.iter().find_map(|&tier| Some((tier, self.compilers.kept(tier, bytes)?)));
        if let Some((tier, compiled)) = kept {
            let program = self.program(&compiled.module, module, &instrumented)?;
            return Ok(Compilation::Done(program, Preparation::by(tier, Vec::new())));
        }
        let (mut given_up, mut is_for_good) = (Vec::new(), true);
        for tier in tiers {
            let compiled = match worker {
                Some(worker) => self.compilers.compile_in(worker, tier, bytes),
                None => self.compilers.compile(tier, bytes),
            };
            match compiled {
                Ok(compiled) => {
                    if is_for_good && keeping == Keeping::ForLater {
                        self.compilers.keep(tier, bytes, &compiled);
                    }
                    let program = self.program(&compiled.module, module, &instrumented)?;
                    return Ok(Compilation::Done(program, Preparation::by(tier, given_up)));
                }
                Err(WorkerError::Host(reason)) => return Err(failed(module, &reason)),
                Err(error) => {
                    is_for_good &= matches!(error, WorkerError::TooMuch(_));
                    given_up.push((tier, error.into_reason()));
                }
            }
        }
        let preparation = Preparation { tier: None, given_up };
        // What may go better the next time is the host's trouble, and no reason to interpret: which
        // engine plays a module for good must be the same whenever it is asked.
        match is_for_good {
            true => Ok(Compilation::TooMuch(preparation)),
            false => Err(failed(module, &format!("{}; try again", preparation.in_words()))),
        }
    }

    fn program(
        &self,
        compiled: &Module,
        module: &AdmittedModule,
        instrumented: &Instrumented,
    ) -> Result<FastProgram, LoadError> {
        let template = Linker::new(compiled.engine()).instantiate_pre(compiled);
        let logical = instrumented.worst_stack.unwrap_or(STACK_BYTES);
        // Who waits would keep memory that others may be short of.
        let is_kept = instrumented.can_restart && self.memory.is_none();
        Ok(FastProgram {
            template: template.map_err(|error| failed(module, &format!("{error:#}")))?,
            data: None,
            memory: self.memory.clone(),
            idle: Arc::clone(&self.idle),
            number: is_kept.then(|| self.idle.program_number()),
            observation_address: module.observation_address(),
            native_stack: native_bytes(logical),
        })
    }
}

fn instrumented(module: &AdmittedModule) -> Result<Instrumented, LoadError> {
    instrument(module).map_err(|error| failed(module, &error.to_string()))
}

fn failed(module: &AdmittedModule, message: &str) -> LoadError {
    LoadError { engine: NAME, code_hash: module.code_hash(), message: message.to_owned() }
}

impl Engine for FastEngine {
    fn name(&self) -> &'static str {
        NAME
    }

    fn load(&self, module: &Arc<AdmittedModule>) -> Result<Arc<dyn Program>, LoadError> {
        self.prepare(module).map(|(program, _)| program)
    }
}

/// A compiled module.
#[derive(Clone)]
struct FastProgram {
    template: InstancePre<MemoryShare>,
    /// Whose data are written into each instance, where the code has none of its own.
    data: Option<Arc<AdmittedModule>>,
    memory: Option<Arc<MemoryBudget>>,
    /// Where its instances wait for their next match, if they may.
    idle: Arc<Idle>,
    number: Option<ProgramNumber>,
    observation_address: Option<u32>,
    /// The native stack that a call may need, in bytes.
    native_stack: usize,
}

impl FastProgram {
    /// The program of a module that has the same code and its own data.
    fn with_data(&self, module: &Arc<AdmittedModule>) -> Self {
        let number = self.number.map(|_| self.idle.program_number());
        Self { data: Some(Arc::clone(module)), number, ..self.clone() }
    }
}

impl Program for FastProgram {
    fn instantiate(&self) -> Result<Box<dyn Instance>, HostFailure> {
        if let Some(waiting) = self.number.and_then(|number| self.idle.take(number)) {
            return Ok(waiting);
        }
        loop {
            match FastInstance::new(self) {
                Ok(instance) => return Ok(Box::new(instance)),
                // Whoever waits has a place that this one may have wanted.
                Err(_) if self.idle.give_back() => {}
                Err(failure) => return Err(failure),
            }
        }
    }
}
