//! A network as an agent of a System: which tensor goes in, which number means what, how an action is
//! chosen.

mod adapters;
mod input;
mod memory;
mod nearest;
mod positions;
mod reference;
mod trial;

use nets_core::{Information, System};
use thiserror::Error;

pub use input::InputLayout;
pub use memory::Remembered;
pub use trial::{Agreement, Trial, TrialError};

use crate::emit::emit;
use crate::link::{Adapter, Heads, LinkError};
use crate::lower::{LowerError, lower};
use crate::onnx::Model;
use crate::program::{Output, Program};
use crate::quantize::int8;

/// As what weights are kept, and what sums are computed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// Whole weights of 8 bits for each output, and exact sums: small and quick.
    #[default]
    Int8,
    /// As the file has them.
    F32,
}

/// How an agent chooses among legal actions.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Choice {
    /// The one with the greatest policy number.
    #[default]
    Best,
    /// Each as often as the softmax of the policy numbers over this temperature says, by a hash of what
    /// is seen.
    Sampled(f32),
    /// The one after which the network's value is the greatest, where that can be looked up.
    Value,
    /// The one nearest to the policy's only number, of which 0 is the first action and 1 the last.
    Nearest,
}

/// What is to be made of a network.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wishes {
    /// As what weights are kept.
    pub precision: Precision,
    /// How actions are chosen.
    pub choice: Choice,
    /// In which order the network has the System's tensor.
    pub input_layout: InputLayout,
    /// The output with a number for each action; that with as many numbers, where none is named.
    pub policy: Option<String>,
    /// The output with the value; that with one number, where none is named and there is one.
    pub value: Option<String>,
    /// What the network remembers from one decision to the next.
    pub remembered: Vec<Remembered>,
}

/// A network that is no agent of this System.
#[derive(Debug, Error)]
pub enum PackError {
    /// An operator, or a use of one, that is not supported.
    #[error(transparent)]
    Lower(#[from] LowerError),
    /// A System without an adapter.
    #[error("there is no adapter for the System {0}")]
    System(String),
    /// An input that is not the System's tensor.
    #[error("the network's input: {0}")]
    Input(String),
    /// A way to choose that the System does not allow.
    #[error("the value cannot be looked up: {0}")]
    Choice(String),
    /// Something to remember that the network does not have, or cannot be used with the choice.
    #[error("what the network remembers: {0}")]
    Memory(String),
    /// An output that is not what it should be.
    #[error("the network's outputs: {0}")]
    Output(String),
    /// The System's adapter is broken.
    #[error(transparent)]
    Link(#[from] LinkError),
}

/// A network and what has been made of it.
#[derive(Clone, Debug)]
pub struct Packed {
    /// The agent's module.
    pub module: Vec<u8>,
    /// The network as it runs in the module.
    pub program: Program,
    /// The network as the file has it.
    pub float: Program,
    choice: Choice,
    heads: Heads,
}

/// Makes an agent of a network.
///
/// # Errors
/// When the network uses what is not supported, or does not fit the System.
pub fn pack(model: &Model, system: &dyn System, wishes: &Wishes) -> Result<Packed, PackError> {
    let mut float = lower(model)?;
    if wishes.choice == Choice::Value && !can_look_ahead(system) {
        return Err(PackError::Choice(format!(
            "{} has hidden information or not two seats, so where an action leads is not known",
            system.id()
        )));
    }
    if wishes.choice == Choice::Value && !wishes.remembered.is_empty() {
        let problem = "the value of positions that are not played would be remembered as well";
        return Err(PackError::Memory(problem.to_owned()));
    }
    let names = model.inputs.iter().map(|input| input.name.clone()).collect();
    memory::keep(&mut float, names, &wishes.remembered).map_err(PackError::Memory)?;
    input::fit(&mut float, &system.tensor_shape(), wishes.input_layout)
        .map_err(PackError::Input)?;
    let heads = heads(&float.outputs, system, wishes).map_err(PackError::Output)?;
    if wishes.choice == Choice::Nearest {
        nearest::spread(&mut float, heads.policy, system.action_count() as usize);
    }
    let program = match wishes.precision {
        Precision::Int8 => int8(float.clone()),
        Precision::F32 => float.clone(),
    };
    let module = module(&program, system, &heads, wishes.choice)?;
    Ok(Packed { module, program, float, choice: wishes.choice, heads })
}

/// Whether a seat knows where its actions lead, as long as nothing is drawn.
fn can_look_ahead(system: &dyn System) -> bool {
    system.descriptor().information == Information::Perfect && system.seat_count() == 2
}

fn module(
    program: &Program,
    system: &dyn System,
    heads: &Heads,
    choice: Choice,
) -> Result<Vec<u8>, PackError> {
    let name = system.descriptor().name;
    let bytes = adapters::adapter(name).ok_or_else(|| PackError::System(name.to_owned()))?;
    let adapter = Adapter::read(bytes)?;
    let network = emit(program, adapter.end());
    Ok(adapter.link(&network, heads, &settings(system, choice))?)
}

/// What an adapter is told: how it chooses, the temperature, and the System's parameters.
fn settings(system: &dyn System, choice: Choice) -> Vec<u8> {
    let (number, temperature) = match choice {
        Choice::Best | Choice::Nearest => (0u32, 1.0),
        Choice::Sampled(temperature) => (1, temperature),
        Choice::Value => (2, 1.0),
    };
    let parameters = system.parameters().encode();
    let mut bytes = number.to_le_bytes().to_vec();
    bytes.extend(f32::to_le_bytes(temperature));
    bytes.extend((parameters.len() as u32).to_le_bytes());
    bytes.extend(parameters);
    bytes
}

/// Which outputs are policy and value.
fn heads(outputs: &[Output], system: &dyn System, wishes: &Wishes) -> Result<Heads, String> {
    let action_count = system.action_count();
    if wishes.choice == Choice::Nearest && action_count > nearest::ACTIONS_MAX {
        return Err(format!("the {action_count} actions of {} are no scale", system.id()));
    }
    // How many numbers the policy has.
    let wanted = if wishes.choice == Choice::Nearest { 1 } else { action_count };
    let len = |output: &Output| output.shape.iter().product::<usize>() as u64;
    let listed: Vec<String> = outputs
        .iter()
        .map(|output| format!("{:?} of shape {:?}", output.name, output.shape))
        .collect();
    let listed = listed.join(", ");
    let find = |name: &String| {
        let place = outputs.iter().position(|output| output.name == *name);
        place.ok_or_else(|| format!("none is named {name:?}; there are {listed}"))
    };
    let only = |wanted: u64| {
        let mut places = (0..outputs.len()).filter(|&place| len(&outputs[place]) == wanted);
        places.next().filter(|_| places.next().is_none())
    };
    let value = match &wishes.value {
        Some(name) => Some(find(name)?),
        None if wanted == 1 => None,
        None => only(1),
    };
    if let Some(place) = value
        && len(&outputs[place]) != 1
    {
        return Err(format!("a value is one number; there are {listed}"));
    }
    if wishes.choice == Choice::Value && value.is_none() {
        return Err(format!("none is a value, which is one number; there are {listed}"));
    }
    let policy = match &wishes.policy {
        Some(name) => find(name)?,
        None => only(wanted).ok_or_else(|| {
            let meaning = meaning(wanted, system);
            format!("expected one with {meaning}; there are {listed}; where several fit, name the policy")
        })?,
    };
    if len(&outputs[policy]) != wanted {
        return Err(format!("a policy has {}; there are {listed}", meaning(wanted, system)));
    }
    Ok(Heads { policy, value })
}

/// What a policy of so many numbers is.
fn meaning(wanted: u64, system: &dyn System) -> String {
    match wanted {
        1 => format!("one number, from 0 to 1, for all actions of {}", system.id()),
        _ => format!("{wanted} numbers, one for each action of {}", system.id()),
    }
}
