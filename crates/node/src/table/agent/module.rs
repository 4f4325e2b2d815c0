//! A model that is a WASM module: an agent of module leagues, played as a self-hosted one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use nets_core::{Action, Digest, FuelClock, MatchId, Seat, State, Status, System};
use nets_runner::sandbox::{FastEngine, FastOptions};
use nets_runner::{Question, SeatAgent, SeatPlayer};

use super::model::{Model, ModelQuestion, ModelSource};
use crate::error::NodeError;
use crate::play::fast_engine;
use crate::reading::{MODULE_BYTES_MAX, read_bounded};

/// A module with the engine that runs it.
#[derive(Clone, Debug)]
pub struct ModelModule {
    module: Arc<Vec<u8>>,
    engine: Arc<FastEngine>,
    fuel_clock: FuelClock,
    /// The agent in each match, led to where its owner's history is; taken out while it thinks.
    players: Arc<Mutex<BTreeMap<MatchId, LedPlayer>>>,
}

/// An agent that has been asked for all decisions before a step.
#[derive(Debug)]
struct LedPlayer {
    player: SeatPlayer,
    step: u32,
}

impl ModelModule {
    /// Reads a module; it is compiled for a System when it is first asked. Compiled code is kept in a
    /// folder of the user's, if there is one.
    ///
    /// # Errors
    /// When it cannot be read, or the engine cannot be set up.
    pub fn read(path: &Path, compiled: Option<PathBuf>) -> Result<Self, NodeError> {
        let module = read_bounded(path, MODULE_BYTES_MAX);
        let module = module.map_err(|error| NodeError::io("read", path, error))?;
        let engine = fast_engine(&FastOptions { cache: compiled, ..FastOptions::default() })?;
        Ok(Self {
            module: Arc::new(module),
            engine: Arc::new(engine),
            fuel_clock: FuelClock::default(),
            players: Arc::default(),
        })
    }

    fn players(&self) -> std::sync::MutexGuard<'_, BTreeMap<MatchId, LedPlayer>> {
        self.players.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ModelSource for ModelModule {
    fn start(&self) -> Result<Box<dyn Model>, NodeError> {
        Ok(Box::new(ModuleModel { shared: self.clone(), loaded: BTreeMap::new() }))
    }

    fn over(&self, id: &MatchId) {
        self.players().remove(id);
    }
}

/// A thread's way to the module.
#[derive(Debug)]
struct ModuleModel {
    shared: ModelModule,
    /// The module made ready, by System and parameters.
    loaded: BTreeMap<Digest, SeatAgent>,
}

impl ModuleModel {
    fn agent(&mut self, system: &Arc<dyn System>) -> Result<&SeatAgent, String> {
        let name = nets_core::sha256(&nets_core::Rules::signed(system.as_ref()).encode());
        if !self.loaded.contains_key(&name) {
            let (engine, module) = (self.shared.engine.as_ref(), &self.shared.module);
            let agent = SeatAgent::load(engine, system.as_ref(), module);
            self.loaded.insert(name, agent.map_err(|error| error.to_string())?);
        }
        self.loaded.get(&name).ok_or_else(|| "it is not loaded".to_owned())
    }
}

impl Model for ModuleModel {
    fn decide(&mut self, question: &ModelQuestion) -> Result<Action, String> {
        let ModelQuestion { id, system, seat, step, .. } = question;
        let seat_count = system.seat_count();
        let held = self.shared.players().remove(id).filter(|led| led.step <= *step);
        let mut led = match held {
            Some(led) => led,
            None => {
                let fuel_clock = self.shared.fuel_clock;
                let player = SeatPlayer::new(self.agent(system)?, fuel_clock);
                LedPlayer { player: player.map_err(|error| error.to_string())?, step: 0 }
            }
        };
        // What it answers on the way was decided and signed before.
        let mut state = question.start.fork();
        for (step, action) in (0..).zip(&question.actions) {
            let is_asked = step >= led.step && is_to_act(state.as_ref(), *seat);
            if is_asked {
                let state = state.as_ref();
                let asked = led.player.ask(Question { state, step, seat: *seat, seat_count });
                drop(asked.map_err(|error| error.to_string())?);
            }
            state.step(&[*action]).map_err(|error| error.to_string())?;
        }
        let now = Question { state: state.as_ref(), step: *step, seat: *seat, seat_count };
        let answer = led.player.ask(now).map_err(|error| error.to_string())?;
        let action = answer.map_err(|failure| failure.to_string())?;
        led.step = step + 1;
        self.shared.players().insert(*id, led);
        Ok(action)
    }
}

fn is_to_act(state: &dyn State, seat: Seat) -> bool {
    matches!(state.status(), Status::Acting(acting) if acting.contains(seat))
}
