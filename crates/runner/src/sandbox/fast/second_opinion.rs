//! Another engine for each module than the one that played it.
//!
//! Nobody is slashed on the word of one engine. A module that was compiled is interpreted for the
//! second opinion. One that was left to the interpreter must be compiled for it, and gets a worker
//! with far more time and memory than anybody would grant it for playing; if that is still too
//! little there is no second opinion, which is an error and slashes nobody.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use super::{Compilation, CompileWorker, FastEngine, Keeping, failed};
use crate::sandbox::engine::{Engine, LoadError, Program};
use crate::sandbox::interpreter::InterpreterEngine;
use crate::sandbox::module::AdmittedModule;

/// The engine to ask when the result of a [`FastEngine`] has consequences.
#[derive(Debug)]
pub struct SecondOpinion<'a>(&'a FastEngine);

impl FastEngine {
    /// Returns an engine that loads every module another way than this one did.
    pub fn second_opinion(&self) -> SecondOpinion<'_> {
        SecondOpinion(self)
    }
}

impl Engine for SecondOpinion<'_> {
    fn name(&self) -> &'static str {
        "second opinion"
    }

    fn load(&self, module: &Arc<AdmittedModule>) -> Result<Arc<dyn Program>, LoadError> {
        if !self.0.is_interpreting(module)? {
            return InterpreterEngine.load(module);
        }
        let patient = self.0.worker.as_ref().map(|worker| CompileWorker {
            cpu_seconds: worker.cpu_seconds.saturating_mul(20),
            memory_bytes: worker.memory_bytes.saturating_mul(4),
            patience: worker.patience.max(Duration::from_secs(600)),
            ..worker.clone()
        });
        // Were its code kept, the next process would play with it, and no longer know that what is
        // on record was interpreted.
        match self.0.compile(module, patient.as_ref(), Keeping::Nothing)? {
            Compilation::Done(program, _) => Ok(Arc::new(program)),
            Compilation::TooMuch(preparation) => {
                let reasons = preparation.in_words();
                Err(failed(module, &format!("only the interpreter manages it: {reasons}")))
            }
        }
    }
}

impl FastEngine {
    /// Says whether the interpreter plays a module; if it was not loaded before, as when its
    /// matches were played by an earlier process, what would play it now.
    fn is_interpreting(&self, module: &Arc<AdmittedModule>) -> Result<bool, LoadError> {
        let known = || self.is_interpreted.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known().get(&module.code_hash()).copied();
        known.map_or_else(|| self.prepare(module).map(|(_, how)| how.tier.is_none()), Ok)
    }
}
