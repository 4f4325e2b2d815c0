//! `nets pack` for Python: a network becomes an agent, or an error says why not.
//!
//! The library does all of it; here are options by name, and errors in the words of the command.

use std::error::Error;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use nets_core::{FuelClock, MAX_SEATS, Planes, System, sha256};
use nets_pack::agent::{
    Agreement, Choice, PackError as Unfit, Packed, Precision, Remembered, Trial, TrialError,
    Wishes, pack,
};
use nets_pack::hints::Spelling;
use nets_pack::onnx::{Model, OnnxError, read_bytes, read_file};
use nets_runner::sandbox::{FastEngine, FastOptions};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::PackError;
use crate::systems::PySystem;

/// Engines that tried agents and are free again. Each has room for one trial, so that threads do not
/// wait for each other.
static IDLE: Mutex<Vec<FastEngine>> = Mutex::new(Vec::new());

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

/// What came of it.
struct Made {
    packed: Packed,
    trial: Trial,
    checked: Option<Agreement>,
}

/// Packs a network, given as the path of an ONNX file or as its bytes; gives the facts by name.
#[pyfunction]
#[pyo3(signature = (
    model, system, *, precision, choice, temperature, input_layout, policy, value, state, positions, check,
    fuel_base, fuel_increment, fuel_cap
))]
#[expect(clippy::too_many_arguments, reason = "they are the options, each by its name")]
pub(crate) fn pack_onnx<'py>(
    py: Python<'py>,
    model: &Bound<'py, PyAny>,
    system: &PySystem,
    precision: &str,
    choice: &str,
    temperature: Option<f32>,
    input_layout: Option<&str>,
    policy: Option<String>,
    value: Option<String>,
    state: Vec<(String, String)>,
    positions: usize,
    check: bool,
    fuel_base: Option<u64>,
    fuel_increment: Option<u64>,
    fuel_cap: Option<u64>,
) -> PyResult<Bound<'py, PyDict>> {
    let clock = clock_of(fuel_base, fuel_increment, fuel_cap)?;
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
    let Made { packed, trial, checked } = made;
    let facts = PyDict::new(py);
    facts.set_item("module", PyBytes::new(py, &packed.module))?;
    facts.set_item("code_hash", sha256(&packed.module).to_string())?;
    facts.set_item("fuel_per_decision", trial.fuel_max)?;
    facts.set_item("fuel_first", trial.fuel_first)?;
    facts.set_item("decisions_within_clock", trial.decisions_within(&clock))?;
    facts.set_item("decisions_max", rules.step_count_max())?;
    facts.set_item("positions", trial.agreement.positions)?;
    facts.set_item("alike", trial.agreement.alike)?;
    facts.set_item("checked_alike", checked.map(|checked| checked.alike))?;
    Ok(facts)
}

fn make(
    network: &Network,
    system: &dyn System,
    wishes: &Wishes,
    positions: usize,
    check: bool,
) -> Result<Made, String> {
    let model = network.read().map_err(|error| unread(network, &error))?;
    let packed = pack(&model, system, wishes).map_err(|error| unpacked(network, system, &error))?;
    let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let engine = idle.map_or_else(started, Ok)?;
    let tried = tried(packed, system, &engine, positions, check);
    IDLE.lock().unwrap_or_else(PoisonError::into_inner).push(engine);
    tried.map_err(|error| {
        let hint = error.hint(system.descriptor().name, Spelling::Python);
        in_words("cannot try the agent", &error, &hint)
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
) -> Result<Made, TrialError> {
    let trial = packed.tried(system, engine, positions)?;
    let checked = match check {
        true => Some(packed.checked(system, engine, positions)?),
        false => None,
    };
    Ok(Made { packed, trial, checked })
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

fn layout_of(name: Option<&str>) -> PyResult<Option<Planes>> {
    let known = [("planes-first", Planes::First), ("planes-last", Planes::Last)];
    name.map(|name| chosen("input_layout", name, &known)).transpose()
}

fn choice_of(name: &str, temperature: Option<f32>) -> PyResult<Choice> {
    let known = [
        ("best", Choice::Best),
        ("sampled", Choice::Sampled(1.0)),
        ("value", Choice::Value),
        ("nearest", Choice::Nearest),
    ];
    let choice = chosen("choice", name, &known)?;
    choice.at(temperature).map_err(|error| {
        // The name of the System is in no hint of it.
        PyValueError::new_err(format!("{error}\nhint: {}", error.hint("", Spelling::Python)))
    })
}

/// A league's fuel clock; what is not given is as leagues have it by default.
fn clock_of(base: Option<u64>, increment: Option<u64>, cap: Option<u64>) -> PyResult<FuelClock> {
    let usual = FuelClock::default();
    let [base, cap] = [base.unwrap_or(usual.base), cap.unwrap_or(usual.cap)];
    if base > cap {
        return Err(PyValueError::new_err(format!(
            "fuel_base is {base}, above fuel_cap, {cap}\nhint: no clock holds more than its cap: lower \
             the one or raise the other"
        )));
    }
    Ok(FuelClock { base, increment: increment.unwrap_or(usual.increment), cap })
}

/// A file that is no network.
fn unread(network: &Network, error: &OnnxError) -> String {
    in_words(&format!("cannot read the network {}", network.name()), error, error.hint())
}

/// A network that is no agent of the System.
fn unpacked(network: &Network, system: &dyn System, error: &Unfit) -> String {
    let name = system.descriptor().name;
    let hint = error.hint(name, Spelling::Python);
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
