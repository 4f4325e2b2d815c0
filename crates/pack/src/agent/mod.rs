//! A network as an agent of a System: which tensor goes in, which number means what, how an action is
//! chosen.

mod adapters;
mod heads;
mod input;
mod memory;
mod nearest;
mod positions;
mod reference;
mod trial;

use nets_core::{Chance, Information, Planes, Seed, Status, System};
use thiserror::Error;

pub use memory::Remembered;
pub use trial::{Agreement, Trial, TrialError};

use crate::emit::emit;
use crate::link::{Adapter, Heads, LinkError};
use crate::lower::{LowerError, lower};
use crate::onnx::Model;
use crate::program::Program;
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

impl Choice {
    /// The same with a temperature, if one is given.
    ///
    /// # Errors
    /// When it is no number above 0, or nothing is drawn by it.
    pub fn at(self, temperature: Option<f32>) -> Result<Self, PackError> {
        let Some(temperature) = temperature else { return Ok(self) };
        if !temperature.is_finite() || temperature <= 0.0 {
            let problem = format!("it is {temperature}, expected a number above 0");
            return Err(PackError::Temperature(problem));
        }
        match self {
            Self::Sampled(_) => Ok(Self::Sampled(temperature)),
            Self::Best | Self::Value | Self::Nearest => {
                let problem = format!("it is {temperature}, but no action is drawn");
                Err(PackError::Temperature(problem))
            }
        }
    }
}

/// What is to be made of a network.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wishes {
    /// As what weights are kept.
    pub precision: Precision,
    /// How actions are chosen.
    pub choice: Choice,
    /// Where the network has the planes of the System's tensor; where its shape says, if that is clear.
    pub input_layout: Option<Planes>,
    /// The output with a number for each action; that with as many numbers, where none is named. A
    /// network that chooses by its value needs none.
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
    /// An input whose planes may be first or last, or a System without planes.
    #[error("the network's input: {0}")]
    Planes(String),
    /// A way to choose that the System does not allow.
    #[error("the way to choose: {0}")]
    Choice(String),
    /// A temperature that is none, or that nothing is drawn by.
    #[error("the temperature: {0}")]
    Temperature(String),
    /// Something to remember that the network does not have.
    #[error("what the network remembers: {0}")]
    Memory(String),
    /// Something to remember by an agent that looks ahead.
    #[error(
        "what the network remembers: looking ahead, it would remember positions that are not played"
    )]
    LooksAhead,
    /// An output that is not what it should be.
    #[error("the network's outputs: {0}")]
    Output(String),
    /// Several outputs that could be the same.
    #[error("the network's outputs: {problem}")]
    Several {
        /// What they could be: `policy` or `value`.
        head: &'static str,
        /// Which they are.
        problem: String,
    },
    /// A value without a policy, where it is not chosen by the value.
    #[error("the network's outputs: {0}")]
    ValueAlone(String),
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
        return Err(PackError::LooksAhead);
    }
    let names = model.inputs.iter().map(|input| input.name.clone()).collect();
    memory::keep(&mut float, names, &wishes.remembered).map_err(PackError::Memory)?;
    input::fit(&mut float, system, wishes.input_layout)?;
    let heads = heads::find(&mut float, system, wishes)?;
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

/// Whether a match begins with several seats that act at once.
fn acts_at_once(system: &dyn System) -> bool {
    let start = system.start(Chance::from_seed(&Seed::default()));
    matches!(start.status(), Status::Acting(seats) if seats.count() > 1)
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
