//! What to do about an error, in the words of whoever packs: the command or Python.
//!
//! Each hint has its one place here; how an option is written is all that differs.

use nets_runner::sandbox::AdmissionError;

use crate::agent::{PackError, TrialError};
use crate::lower::LowerError;
use crate::onnx::OnnxError;

/// How options are written where a hint is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// As arguments of a command: `--choice value`.
    Command,
    /// As keyword arguments: `choice="value"`.
    Python,
}

impl Spelling {
    /// An option without a value, by its name on the command line.
    fn option(self, name: &str) -> String {
        match self {
            Self::Command => format!("--{name}"),
            Self::Python => format!("{}=", name.replace('-', "_")),
        }
    }

    /// An option with a value.
    fn set(self, name: &str, value: &str) -> String {
        match self {
            Self::Command => format!("{} {value}", self.option(name)),
            Self::Python => format!("{}{value:?}", self.option(name)),
        }
    }

    fn state(self) -> &'static str {
        match self {
            Self::Command => "--state h_in=h_out",
            Self::Python => "state={\"h_in\": \"h_out\"}",
        }
    }

    fn tensor_of(self, system: &str) -> String {
        match self {
            Self::Command => format!("`nets systems {system}` says what its tensor is"),
            Self::Python => {
                format!("nets.system({system:?}).tensor_layout says what its tensor is")
            }
        }
    }

    fn actions_of(self, system: &str) -> String {
        match self {
            Self::Command => format!("`nets systems {system}` lists its actions"),
            Self::Python => {
                format!("nets.system({system:?}).action_count is how many actions it has")
            }
        }
    }
}

const REPORT: &str = "please report this with the model";

impl OnnxError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::File { .. } => "name an ONNX file; weights in others must be in its folder",
            Self::TooLarge { .. } => "an agent's module has 16 MiB at most",
            Self::Elsewhere { .. } => {
                "put the files with the weights into the model's folder, or export the model with its \
                 weights in it"
            }
            _ => "export the model again, with torch.onnx.export or the like",
        }
    }
}

impl PackError {
    /// What to do about it, for a System of this name.
    pub fn hint(&self, system: &str, spelling: Spelling) -> String {
        let (tensor, actions) = (spelling.tensor_of(system), spelling.actions_of(system));
        let option = |name: &str| spelling.option(name);
        let set = |name: &str, value: &str| spelling.set(name, value);
        match self {
            Self::Lower(LowerError::Version { .. }) => {
                "export the model in such a version, as with opset_version= of torch.onnx.export"
                    .to_owned()
            }
            Self::Lower(_) => {
                "docs/guides/pack-a-network.md lists the operators that are supported".to_owned()
            }
            Self::Input(_) => {
                format!("{tensor}; see also {} and {}", option("input-layout"), option("state"))
            }
            Self::Planes(_) => format!(
                "{}, {} or neither; {tensor}",
                set("input-layout", "planes-first"),
                set("input-layout", "planes-last")
            ),
            Self::Choice(_) => {
                format!("{} takes the greatest policy number", set("choice", "best"))
            }
            Self::Temperature(_) => {
                format!("{} is what has a temperature", set("choice", "sampled"))
            }
            Self::Memory(_) => {
                format!("name the network's own inputs and outputs, as {}", spelling.state())
            }
            Self::LooksAhead => {
                format!("{} asks the network about what is seen alone", set("choice", "best"))
            }
            Self::Several { head, .. } => {
                format!("{} says which it is", set(head, "NAME"))
            }
            Self::ValueAlone(_) => {
                format!("{} decides by the value alone", set("choice", "value"))
            }
            Self::Output(_) => format!(
                "{actions}; see also {}, {} and {}",
                option("policy"),
                option("value"),
                set("choice", "nearest")
            ),
            Self::System(_) | Self::Link(_) => REPORT.to_owned(),
        }
    }
}

impl TrialError {
    /// What to do about it, for a System of this name.
    pub fn hint(&self, system: &str, spelling: Spelling) -> String {
        match self {
            Self::Pack(error) => error.hint(system, spelling),
            Self::Inadmissible(AdmissionError::OverLimit { .. }) => {
                format!(
                    "a smaller network fits; {}, the default, makes the smallest agents",
                    spelling.set("precision", "int8")
                )
            }
            Self::Host(_) => "free memory, or allow more of it".to_owned(),
            Self::Inadmissible(_) | Self::Load(_) | Self::Fault { .. } => REPORT.to_owned(),
        }
    }
}
