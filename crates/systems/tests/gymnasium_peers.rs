//! The simulations beside Gymnasium: its episodes are played again from their starts.
//!
//! Gymnasium is Python's, so these tests need one that has it: `NETS_PEERS_PYTHON` names it.
//! Without it they say that nothing was compared.
//!
//! Sines and cosines may differ in the last bit from one library to the next, so numbers are
//! compared within [`CLOSE`]: over whole episodes, and each step from Gymnasium's own state before
//! it. The acrobot is chaotic, a last bit grows into another swing within a hundred steps or some more; of it
//! the first [`Peer::steps_together`] steps and each step by itself are compared.

#![allow(clippy::print_stderr, reason = "who runs the tests has to know what was not compared")]

use std::path::Path;
use std::process::Command;

use nets_core::{Action, Chance, Ending, Seat, Seed, State, Status, System};
use serde::Deserialize;

use crate::pilots::number;

/// Names the Python that has Gymnasium.
const PYTHON: &str = "NETS_PEERS_PYTHON";
/// How many episodes of each task are compared.
const EPISODES: usize = 100;
/// How far numbers may be apart.
const CLOSE: f64 = 1e-9;

#[derive(Debug, Deserialize)]
struct Episode {
    start: Vec<String>,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
struct Step {
    action: u64,
    state: Vec<String>,
    observation: Vec<f32>,
    reward: f64,
    terminated: bool,
    truncated: bool,
}

/// A task of Gymnasium, and the System that is the same.
struct Peer {
    task: &'static str,
    system: &'static str,
    /// Levels of torque, 0 where actions are numbered by Gymnasium.
    levels: u64,
    /// How many numbers are angles, of which whole turns are no difference.
    angles: usize,
    /// How many steps are the same without going back to Gymnasium's state.
    steps_together: usize,
}

#[test]
fn the_pole_on_a_cart_moves_as_in_gymnasium() {
    let steps_together = usize::MAX;
    Peer { task: "CartPole-v1", system: "cartpole", levels: 0, angles: 0, steps_together }
        .compare();
}

#[test]
fn the_car_in_the_valley_moves_as_in_gymnasium() {
    let steps_together = usize::MAX;
    Peer { task: "MountainCar-v0", system: "mountain-car", levels: 0, angles: 0, steps_together }
        .compare();
}

#[test]
fn the_acrobot_moves_as_in_gymnasium() {
    Peer { task: "Acrobot-v1", system: "acrobot", levels: 0, angles: 2, steps_together: 60 }
        .compare();
}

#[test]
fn the_pendulum_moves_as_in_gymnasium() {
    for levels in [3, 21, 255] {
        let steps_together = usize::MAX;
        Peer { task: "Pendulum-v1", system: "pendulum", levels, angles: 0, steps_together }
            .compare();
    }
}

/// The bytes of a state with these numbers; what it cost so far is not known and not asked.
fn bytes(system: &dyn System, step: usize, numbers: &[String]) -> Vec<u8> {
    let mut bytes = (step as u16).to_le_bytes().to_vec();
    for digits in numbers {
        let bits = u64::from_str_radix(digits, 16).unwrap();
        // Gymnasium may have a negative zero, which is no number of a state here.
        let number = f64::from_bits(bits) + 0.0;
        bytes.extend(number.to_bits().to_le_bytes());
    }
    bytes.resize(system.observation_bytes_max() as usize, 0);
    bytes
}

impl Peer {
    /// Has Gymnasium play, and plays each of its episodes here.
    fn compare(&self) {
        let Some(python) = std::env::var_os(PYTHON) else {
            eprintln!("{} was not compared, since {PYTHON} is not set", self.task);
            return;
        };
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/gymnasium_episodes.py");
        let mut command = Command::new(python);
        command.arg(script).args([self.task, "1", &EPISODES.to_string()]);
        let mut given = Vec::new();
        if self.levels > 0 {
            command.arg(self.levels.to_string());
            given.push(("levels", self.levels));
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let system = crate::system(self.system, &given);
        let text = String::from_utf8(output.stdout).unwrap();
        for (index, line) in text.lines().enumerate() {
            let episode: Episode = serde_json::from_str(line).unwrap();
            self.compare_episode(&*system, &episode)
                .unwrap_or_else(|text| panic!("episode {index} of {}: {text}", self.task));
        }
        assert_eq!(text.lines().count(), EPISODES);
    }

    fn compare_episode(&self, system: &dyn System, episode: &Episode) -> Result<(), String> {
        let chance = Chance::from_seed(&Seed::default());
        let restored = |step: usize, numbers: &[String]| {
            let restored = system.restore(&bytes(system, step, numbers), chance);
            restored.map_err(|error| format!("step {step}: {error}"))
        };
        let mut together = restored(0, &episode.start)?;
        let mut before = &episode.start;
        for (index, step) in episode.steps.iter().enumerate() {
            let at = |text| format!("step {index}: {text}");
            let mut alone = restored(index, before)?;
            alone.step(&[Action(step.action)]).map_err(|error| at(error.to_string()))?;
            self.compare_moment(system, &*alone, step).map_err(at)?;
            if index < self.steps_together {
                together.step(&[Action(step.action)]).map_err(|error| at(error.to_string()))?;
                self.compare_moment(system, &*together, step).map_err(at)?;
            }
            before = &step.state;
        }
        if episode.steps.len() > self.steps_together {
            return Ok(());
        }
        self.compare_return(&*together, episode)
    }

    fn compare_moment(
        &self,
        system: &dyn System,
        state: &dyn State,
        step: &Step,
    ) -> Result<(), String> {
        let expected = match (step.terminated, step.truncated) {
            (true, _) => Some(Ending::Finished),
            (false, true) => Some(Ending::StepLimit),
            (false, false) => None,
        };
        let ending = match state.status() {
            Status::Terminal(ending) => Some(ending),
            Status::Acting(_) => None,
        };
        if ending != expected {
            return Err(format!("{:?}, in Gymnasium {expected:?}", state.status()));
        }
        let seen = state.observation(Seat(0));
        for (index, digits) in step.state.iter().enumerate() {
            let theirs = f64::from_bits(u64::from_str_radix(digits, 16).unwrap());
            let ours = number(&seen, index);
            let apart = (ours - theirs).abs();
            let turn = 2.0 * std::f64::consts::PI;
            let apart = if index < self.angles { apart.min((apart - turn).abs()) } else { apart };
            if apart > CLOSE {
                return Err(format!("number {index} is {ours}, in Gymnasium {theirs}"));
            }
        }
        let mut tensor = Vec::new();
        system.write_tensor(Seat(0), &seen, &mut tensor).map_err(|error| error.to_string())?;
        let is_close = |(ours, theirs): (&f32, &f32)| (ours - theirs).abs() <= 1e-5;
        let all_close = tensor.iter().zip(&step.observation).all(is_close);
        if tensor.len() != step.observation.len() || !all_close {
            return Err(format!("tensor {tensor:?}, in Gymnasium {:?}", step.observation));
        }
        Ok(())
    }

    /// The score is the sum of rewards, in millionths where it is a cost.
    fn compare_return(&self, state: &dyn State, episode: &Episode) -> Result<(), String> {
        let total: f64 = episode.steps.iter().map(|step| step.reward).sum();
        let (unit, slack) =
            if self.levels > 0 { (1e6, episode.steps.len() as f64 + 1.0) } else { (1.0, 0.0) };
        let score = state.scores()[0] as f64;
        if (score - total * unit).abs() > slack {
            return Err(format!("score {score}, in Gymnasium {total}"));
        }
        Ok(())
    }
}
