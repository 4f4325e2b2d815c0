//! An agent made ready to sit in a seat: its module admitted and loaded, or the reason why not.

use std::sync::Arc;

use nets_core::{Digest, OBSERVATION_HEADER_BYTES, System, sha256};
use thiserror::Error;

use crate::sandbox::{AdmissionError, AdmittedModule, Engine, LoadError, Program, admit};

/// Why a module may not play a System; its agent forfeits when it is first asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Inadmissible {
    /// It breaks a rule that holds for every System.
    #[error(transparent)]
    Module(#[from] AdmissionError),
    /// Its buffer is too small for what the System shows.
    #[error(
        "the observation buffer at {address} needs {needed} bytes, but memory ends after \
         {memory_bytes}; give `nets_observation` more room"
    )]
    ObservationBuffer {
        /// Where the buffer is.
        address: u32,
        /// The header and the System's longest observation, in bytes.
        needed: u32,
        /// The module's initial memory, in bytes.
        memory_bytes: u64,
    },
}

/// An agent that can be seated in matches of one System.
#[derive(Clone)]
pub struct SeatAgent {
    code_hash: Digest,
    program: Result<Loaded, Inadmissible>,
}

#[derive(Clone)]
pub(crate) struct Loaded {
    pub(crate) program: Arc<dyn Program>,
    pub(crate) wants_observation: bool,
}

impl std::fmt::Debug for SeatAgent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.program.as_ref().map(|_| "admitted");
        f.debug_struct("SeatAgent").field("code", &self.code_hash).field("is", &state).finish()
    }
}

impl SeatAgent {
    /// Admits and loads a module for a System.
    ///
    /// An inadmissible module makes an agent, too: one that forfeits.
    ///
    /// # Errors
    /// When the engine fails on a module that was admitted; that is never the agent's fault.
    pub fn load(
        engine: &dyn Engine,
        system: &dyn System,
        module: &[u8],
    ) -> Result<Self, LoadError> {
        let code_hash = sha256(module);
        let admitted = match admit(module) {
            Ok(admitted) => Arc::new(admitted),
            Err(refusal) => return Ok(Self { code_hash, program: Err(refusal.into()) }),
        };
        if let Err(refusal) = check_observation_buffer(&admitted, system) {
            return Ok(Self { code_hash, program: Err(refusal) });
        }
        let wants_observation = admitted.observation_address().is_some();
        let program = engine.load(&admitted)?;
        Ok(Self { code_hash, program: Ok(Loaded { program, wants_observation }) })
    }

    /// The SHA-256 of the module.
    pub fn code_hash(&self) -> Digest {
        self.code_hash
    }

    /// Why the agent cannot play, if so.
    pub fn inadmissible(&self) -> Option<&Inadmissible> {
        self.program.as_ref().err()
    }

    pub(crate) fn program(&self) -> Result<&Loaded, &Inadmissible> {
        self.program.as_ref()
    }
}

fn check_observation_buffer(
    module: &AdmittedModule,
    system: &dyn System,
) -> Result<(), Inadmissible> {
    let Some(address) = module.observation_address() else { return Ok(()) };
    let needed = OBSERVATION_HEADER_BYTES + system.observation_bytes_max();
    match (module.has_room_for_observation(needed), module.initial_bytes()) {
        (true, _) => Ok(()),
        (false, memory_bytes) => {
            Err(Inadmissible::ObservationBuffer { address, needed, memory_bytes })
        }
    }
}
