//! Modules that differ in their data alone, such as networks of one shape, share their code.
//!
//! The first of them is compiled as any module is, with its data in a memory image that instances map.
//! With the second one the code is compiled once more, without data, and from then on every further one
//! costs no compiler: its data are written into each fresh instance instead.
//! Invariant: an instance begins with the same memory either way, before any code of it runs.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Compilation, FastEngine, FastProgram, Keeping, Preparation};
use crate::sandbox::engine::LoadError;
use crate::sandbox::module::AdmittedModule;

/// How many lineages are remembered, those used last.
const REMEMBERED: usize = 64;

/// The lineages that an engine has come across.
#[derive(Default)]
pub(super) struct Lineages(Mutex<Vec<Lineage>>);

/// What modules with the same code have in common.
struct Lineage {
    code: [u8; 32],
    /// The module that was seen first.
    first: [u8; 32],
    /// The code without data, once a second module was seen.
    shared: Option<(FastProgram, Preparation)>,
}

/// How a module is to be made ready.
enum Way {
    Alone,
    /// With others; with their code, if it is there.
    Shared(Option<(FastProgram, Preparation)>),
}

impl Lineages {
    fn way(&self, module: &AdmittedModule) -> Way {
        if module.data().is_empty() {
            return Way::Alone;
        }
        let code = module.lineage();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(place) = known.iter().position(|it| it.code == code) else {
            if known.len() == REMEMBERED {
                known.remove(0);
            }
            let first = module.code_hash();
            known.push(Lineage { code, first, shared: None });
            return Way::Alone;
        };
        let lineage = known.remove(place);
        let way = match lineage.first == module.code_hash() {
            true => Way::Alone,
            false => Way::Shared(lineage.shared.clone()),
        };
        known.push(lineage);
        way
    }

    fn remember(&self, module: &AdmittedModule, shared: (FastProgram, Preparation)) {
        let code = module.lineage();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lineage) = known.iter_mut().find(|it| it.code == code) {
            lineage.shared = Some(shared);
        }
    }
}

impl FastEngine {
    /// Compiles a module, or takes the code that others of its lineage have.
    pub(super) fn compile_or_share(
        &self,
        module: &Arc<AdmittedModule>,
    ) -> Result<Compilation, LoadError> {
        let worker = self.worker.as_ref();
        let (program, preparation) = match self.lineages.way(module) {
            Way::Alone => return self.compile(module, worker, Keeping::ForLater),
            Way::Shared(Some(shared)) => shared,
            Way::Shared(None) => {
                match self.compile(&module.without_data(), worker, Keeping::ForLater)? {
                    Compilation::Done(program, preparation) => {
                        self.lineages.remember(module, (program.clone(), preparation.clone()));
                        (program, preparation)
                    }
                    too_much @ Compilation::TooMuch(_) => return Ok(too_much),
                }
            }
        };
        Ok(Compilation::Done(program.with_data(module), preparation))
    }
}
