//! `nets pack` for Python: a network becomes an agent, or an error says why not.
//!
//! The library does all of it; here are options by name, and errors in the words of the command.

use std::error::Error;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use nets_core::{MAX_SEATS, System, sha256};
use nets_pack::agent::{
    Choice, InputLayout, PackError as Unfit, Packed, Precision, Remembered, Wishes, pack,
};
use nets_pack::onnx::{Model, OnnxError, read_bytes, read_file};
use nets_runner::sandbox::{FastEngine, FastOptions};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::PackError;
use crate::systems::PySystem;

/// The engine that tries agents, once it was asked for.
static ENGINE: Mutex<Option<FastEngine>> = Mutex::new(None);

/// A network as Python gives it.
enum Network {
    File(PathBuf),
    Bytes(Vec<u8>),
}

impl Network {
    /// What messages call it.
    fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Bytes(_) => "the model".to_owned(),
        }
    }

    fn read(&self) -> Result<Model, OnnxError> {
        match self {
            Self::File(path) => read_file(path),
            Self::Bytes(bytes) => read_bytes(bytes),
        }
    }
}

/// What came of it, for Python to name.
struct Facts {
    module: Vec<u8>,
    fuel_per_decision: u64,
    fuel_first: u64,
    positions: usize,
    alike: usize,
    checked_alike: Option<usize>,
}

/// Packs a network, given as the path of an ONNX file or as its bytes; gives the facts by name.
#[pyfunction]
#[pyo3(signature = (
    model, system, *, precision, choice, temperature, input_layout, policy, value, state, positions, check
))]
#[expect(clippy::too_many_arguments, reason = "they are the options, each by its name")]
pub(crate) fn pack_onnx<'py>(
    py: Python<'py>,
    model: &Bound<'py, PyAny>,
    system: &PySystem,
    precision: &str,
    choice: &str,
    temperature: f32,
    input_layout: &str,
    policy: Option<String>,
    value: Option<String>,
    state: Vec<(String, String)>,
    positions: usize,
    check: bool,
) -> PyResult<Bound<'py, PyDict>> {
    let network = match model.cast::<PyBytes>() {
        Ok(bytes) => Network::Bytes(bytes.as_bytes().to_vec()),
        Err(_) => Network::File(model.extract()?),
    };
    let remembered = state.into_iter().map(|(input, output)| Remembered { input, output });
    let wishes = Wishes {
        precision: precision_of(precision)?,
        choice: choice_of(choice, temperature)?,
        input_layout: layout_of(input_layout)?,
        policy,
        value,
        remembered: remembered.collect(),
    };
    let rules = system.rules.as_ref();
    let made = py.detach(|| make(&network, rules, &wishes, positions, check));
    let made = made.map_err(PackError::new_err)?;
    let facts = PyDict::new(py);
    facts.set_item("module", PyBytes::new(py, &made.module))?;
    facts.set_item("code_hash", sha256(&made.module).to_string())?;
    facts.set_item("fuel_per_decision", made.fuel_per_decision)?;
    facts.set_item("fuel_first", made.fuel_first)?;
    facts.set_item("positions", made.positions)?;
    facts.set_item("alike", made.alike)?;
    facts.set_item("checked_alike", made.checked_alike)?;
    Ok(facts)
}

fn make(
    network: &Network,
    system: &dyn System,
    wishes: &Wishes,
    positions: usize,
    check: bool,
) -> Result<Facts, String> {
    let model = network.read().map_err(|error| unread(network, &error))?;
    let packed = pack(&model, system, wishes).map_err(|error| unpacked(network, system, &error))?;
    let mut engine = ENGINE.lock().unwrap_or_else(PoisonError::into_inner);
    let engine = match &mut *engine {
        Some(engine) => engine,
        none => none.insert(started()?),
    };
    tried(packed, system, engine, positions, check).map_err(|error| {
        in_words("cannot try the agent", error.as_ref(), "please report this with the model")
    })
}

/// An engine for a process that is no program of nets: everything is compiled in it, nothing kept.
fn started() -> Result<FastEngine, String> {
    let instances = u32::from(MAX_SEATS);
    let options = FastOptions { instances, compile_worker: None, ..FastOptions::default() };
    FastEngine::new(&options)
        .map_err(|error| in_words("cannot try agents", &error, "free memory, or allow more of it"))
}

fn tried(
    packed: Packed,
    system: &dyn System,
    engine: &FastEngine,
    positions: usize,
    check: bool,
) -> Result<Facts, Box<dyn Error>> {
    let trial = packed.tried(system, engine, positions)?;
    let checked = match check {
        true => Some(packed.checked(system, engine, positions)?),
        false => None,
    };
    Ok(Facts {
        module: packed.module,
        fuel_per_decision: trial.fuel_max,
        fuel_first: trial.fuel_first,
        positions: trial.agreement.positions,
        alike: trial.agreement.alike,
        checked_alike: checked.map(|it| it.alike),
    })
}

/// The value of an option that has names.
fn chosen<T: Copy>(option: &str, given: &str, known: &[(&str, T)]) -> PyResult<T> {
    let found = known.iter().find(|(name, _)| *name == given);
    found.map(|&(_, value)| value).ok_or_else(|| {
        let names: Vec<_> = known.iter().map(|(name, _)| format!("{name:?}")).collect();
        PyValueError::new_err(format!("{option} is {given:?}, expected {}", names.join(" or ")))
    })
}

fn precision_of(name: &str) -> PyResult<Precision> {
    chosen("precision", name, &[("int8", Precision::Int8), ("f32", Precision::F32)])
}

fn layout_of(name: &str) -> PyResult<InputLayout> {
    let (first, last) = (InputLayout::PlanesFirst, InputLayout::PlanesLast);
    chosen("input_layout", name, &[("planes-first", first), ("planes-last", last)])
}

fn choice_of(name: &str, temperature: f32) -> PyResult<Choice> {
    if !(temperature > 0.0 && temperature.is_finite()) {
        let text = format!("temperature is {temperature}, expected a number above 0");
        return Err(PyValueError::new_err(text));
    }
    let sampled = Choice::Sampled(temperature);
    let known = [
        ("best", Choice::Best),
        ("sampled", sampled),
        ("value", Choice::Value),
        ("nearest", Choice::Nearest),
    ];
    chosen("choice", name, &known)
}

/// A file that is no network.
fn unread(network: &Network, error: &OnnxError) -> String {
    let hint = match error {
        OnnxError::File { .. } => "name an ONNX file; weights in others must be in its folder",
        OnnxError::TooLarge { .. } => "an agent's module has 16 MiB at most",
        _ => "export the model again, with torch.onnx.export or the like",
    };
    in_words(&format!("cannot read the network {}", network.name()), error, hint)
}

/// A network that is no agent of the System.
fn unpacked(network: &Network, system: &dyn System, error: &Unfit) -> String {
    let name = system.descriptor().name;
    let hint = match error {
        Unfit::Lower(_) => {
            "docs/guides/pack-a-network.md lists the operators that are supported".to_owned()
        }
        Unfit::Input(_) => {
            format!(
                "nets.system({name:?}).tensor_layout says what its tensor is; see also input_layout= and state="
            )
        }
        Unfit::Choice(_) => "choice=\"best\" takes the greatest policy number".to_owned(),
        Unfit::Memory(_) => {
            "name the network's own inputs and outputs, as state={\"h_in\": \"h_out\"}".to_owned()
        }
        Unfit::Output(_) => {
            format!(
                "nets.system({name:?}).action_count is how many actions it has; see also policy= and value="
            )
        }
        _ => "please report this with the model".to_owned(),
    };
    in_words(&format!("cannot pack {} for {name}", network.name()), error, &hint)
}

/// What failed, why and what to do next, as the command prints it. A cause that was told already is
/// not repeated.
fn in_words(message: &str, error: &dyn Error, hint: &str) -> String {
    let mut text = format!("{message}\ncaused by:");
    let mut told = vec![message.to_owned()];
    let mut next = Some(error);
    while let Some(cause) = next {
        let words = cause.to_string();
        if !told.iter().any(|it| it.contains(&words)) {
            text.push_str(&format!("\n  {}: {words}", told.len() - 1));
            told.push(words);
        }
        next = cause.source();
    }
    format!("{text}\nhint: {hint}")
}
