//! Example matches: a System, a seed and actions that show one thing worth keeping.
//!
//! An example is made from written action names or by a pilot, and is always a whole match: it
//! ends in a terminal state.

use std::sync::Arc;

use nets_core::{Action, Chance, Seed, State, Status, StepError, System};
use thiserror::Error;

use crate::system_conformance::Pilot;

/// One match and what it shows.
#[derive(Clone, Debug)]
pub struct Example {
    /// What it shows, in a few words.
    pub about: &'static str,
    /// The System.
    pub system: Arc<dyn System>,
    /// The match seed.
    pub seed: Seed,
    /// The actions of each step, one for each acting seat.
    pub steps: Vec<Vec<Action>>,
}

/// A script that is no whole match.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExampleError {
    /// A word that names no action of the System.
    #[error("no action is called {word:?}")]
    Word {
        /// The word.
        word: String,
    },
    /// A step that is not legal.
    #[error("step {step}: {source}")]
    Step {
        /// The step, counted from 0.
        step: usize,
        /// Why it is refused.
        source: StepError,
    },
    /// The actions end before the match does.
    #[error("the match is not over after {steps} steps")]
    Unfinished {
        /// How many steps there are.
        steps: usize,
    },
}

impl Example {
    /// The match in which the steps are those of `script`: action names, steps separated by
    /// spaces, the actions of several acting seats by `/`.
    ///
    /// # Errors
    /// When a word is no action, a step not legal, or the match not over at the end.
    pub fn scripted(
        about: &'static str,
        system: Arc<dyn System>,
        seed: Seed,
        script: &str,
    ) -> Result<Self, ExampleError> {
        let action = |word: &str| {
            system.action_by_name(word).ok_or_else(|| ExampleError::Word { word: word.to_owned() })
        };
        let steps = script
            .split_whitespace()
            .map(|step| step.split('/').map(action).collect())
            .collect::<Result<_, _>>()?;
        let example = Self { about, system, seed, steps };
        example.last_state()?;
        Ok(example)
    }

    /// The match that `pilot` plays in every seat.
    ///
    /// # Errors
    /// When the pilot answers an action that is not legal.
    pub fn piloted(
        about: &'static str,
        system: Arc<dyn System>,
        seed: Seed,
        pilot: Pilot,
    ) -> Result<Self, ExampleError> {
        let mut state = system.start(Chance::from_seed(&seed));
        let mut steps = Vec::new();
        while let Status::Acting(acting) = state.status() {
            let actions: Vec<_> = acting.iter().map(|seat| pilot(&*state, seat)).collect();
            let step = steps.len();
            state.step(&actions).map_err(|source| ExampleError::Step { step, source })?;
            steps.push(actions);
        }
        Ok(Self { about, system, seed, steps })
    }

    /// The first state.
    pub fn start(&self) -> Box<dyn State> {
        self.system.start(Chance::from_seed(&self.seed))
    }

    /// The state after all steps.
    ///
    /// # Errors
    /// When a step is not legal or the match not over.
    pub fn last_state(&self) -> Result<Box<dyn State>, ExampleError> {
        let mut state = self.start();
        for (step, actions) in self.steps.iter().enumerate() {
            state.step(actions).map_err(|source| ExampleError::Step { step, source })?;
        }
        match state.status() {
            Status::Terminal(_) => Ok(state),
            Status::Acting(_) => Err(ExampleError::Unfinished { steps: self.steps.len() }),
        }
    }
}
