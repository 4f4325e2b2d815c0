//! The adapter: from an observation to an action.

use nets_agent_sdk::Observation;
use nets_core::{Action, Seat, System};

use crate::network::Network;
use crate::{Choice, best, look_ahead, sampled};

/// What is answered where nothing can be read, or nothing is legal.
const NO_CHOICE: Action = Action(0);

/// One seat's adapter in one match.
#[derive(Debug)]
pub struct Adapter<S> {
    system: S,
    choice: Choice,
    /// Kept for its room alone.
    tensor: Vec<f32>,
}

impl<S: System> Adapter<S> {
    /// An adapter of this System that chooses so.
    pub fn new(system: S, choice: Choice) -> Self {
        Self { system, choice, tensor: Vec::new() }
    }

    /// A legal action where this is seen; action 0 where the System cannot read it.
    pub fn decide(&mut self, seen: Observation<'_>, network: &mut impl Network) -> Action {
        let seat = Seat(seen.seat);
        self.chosen(seat, seen.bytes, network).unwrap_or(NO_CHOICE)
    }

    fn chosen(
        &mut self,
        seat: Seat,
        observation: &[u8],
        network: &mut impl Network,
    ) -> Option<Action> {
        let Self { system, choice, tensor } = self;
        let legal = system.legal_actions(seat, observation).ok()?;
        if *choice == Choice::Value
            && let Some(values) =
                look_ahead::values(system, seat, observation, &legal, tensor, network)
        {
            return best(values);
        }
        tensor.clear();
        system.write_tensor(seat, observation, tensor).ok()?;
        let policy = network.policy(tensor);
        let number = |action: &Action| policy.get(action.0 as usize).copied().unwrap_or(f32::NAN);
        let numbered = legal.iter().map(|action| (*action, number(action)));
        match *choice {
            Choice::Sampled { temperature } => {
                sampled(&numbered.collect::<Vec<_>>(), temperature, seat, observation)
            }
            Choice::Best | Choice::Value => best(numbered),
        }
    }
}
