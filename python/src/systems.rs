//! Systems as Python sees them: their facts, and how they are named and built.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use nets_core::{Action, Chance, DATA, Information, Seed, Status, System, sha256};
use nets_systems::forecast::DATA_BYTES_MAX;
use nets_systems::{Blueprint, BuildError, Given, chess};
use pyo3::exceptions::{PyOSError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString, PyTuple};

/// The System that begins at positions.
const CHESS: &str = "chess";

/// Rules with fixed parameters; `_native.pyi` in the package says what it does.
#[derive(Clone, Debug)]
#[pyclass(name = "System", module = "nets", frozen, from_py_object)]
pub(crate) struct PySystem {
    pub(crate) rules: Arc<dyn System>,
}

#[pymethods]
impl PySystem {
    #[getter]
    fn name(&self) -> &'static str {
        self.rules.descriptor().name
    }

    #[getter]
    fn version(&self) -> u16 {
        self.rules.descriptor().version
    }

    #[getter]
    fn summary(&self) -> &'static str {
        self.rules.descriptor().summary
    }

    #[getter]
    fn description(&self) -> &'static str {
        self.rules.descriptor().rules
    }

    #[getter]
    fn seats(&self) -> u8 {
        self.rules.seat_count()
    }

    #[getter]
    fn action_count(&self) -> u64 {
        self.rules.action_count()
    }

    #[getter]
    fn step_count_max(&self) -> u32 {
        self.rules.step_count_max()
    }

    #[getter]
    fn tensor_shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.rules.tensor_shape())
    }

    #[getter]
    fn tensor_planes(&self) -> Option<String> {
        self.rules.descriptor().tensor_planes.map(|planes| planes.to_string())
    }

    #[getter]
    fn tensor_layout(&self) -> &'static str {
        self.rules.descriptor().tensor_layout
    }

    #[getter]
    fn is_private(&self) -> bool {
        self.rules.descriptor().information == Information::Private
    }

    #[getter]
    pub(crate) fn is_simultaneous(&self) -> bool {
        let start = self.rules.start(Chance::from_seed(&Seed::default()));
        matches!(start.status(), Status::Acting(seats) if seats.count() > 1)
    }

    #[getter]
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let values = PyDict::new(py);
        for (name, value) in self.rules.parameters().iter() {
            values.set_item(name, value)?;
        }
        if let Some(hash) = self.rules.parameters().data() {
            values.set_item(DATA, hash.to_string())?;
        }
        Ok(values)
    }

    #[getter]
    fn parameter_ranges<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let ranges = PyDict::new(py);
        for spec in self.rules.descriptor().parameters {
            ranges.set_item(spec.name, (spec.min, spec.max, spec.default, spec.meaning))?;
        }
        Ok(ranges)
    }

    fn action_name(&self, action: u64) -> String {
        self.rules.action_name(Action(action))
    }

    fn action(&self, name: &str) -> PyResult<u64> {
        let action = self.rules.action_by_name(name);
        action.map(|action| action.0).ok_or_else(|| {
            PyValueError::new_err(format!("{} has no action named {name:?}", self.rules.id()))
        })
    }

    fn __repr__(&self) -> String {
        format!("<nets.System {}>", self.rules.id())
    }
}

/// The newest version of every System, with the parameters that it has where nobody sets any.
#[pyfunction]
pub(crate) fn systems() -> PyResult<Vec<PySystem>> {
    let mut names: Vec<&str> = nets_systems::all().iter().map(|it| it.name).collect();
    names.dedup();
    names.into_iter().map(|name| built(name, BTreeMap::new(), None)).collect()
}

/// The System of that name with these parameters.
#[pyfunction]
#[pyo3(signature = (name, **parameters))]
pub(crate) fn system(name: &str, parameters: Option<&Bound<'_, PyDict>>) -> PyResult<PySystem> {
    let mut given = BTreeMap::new();
    let mut data = None;
    for (key, value) in parameters.into_iter().flatten() {
        // Python writes step_limit what everybody else writes step-limit.
        let key = key.extract::<String>()?.replace('_', "-");
        if let Some(bytes) = data_set(name, &key, &value)? {
            given.insert(DATA.to_owned(), Given::Text(sha256(&bytes).to_string()));
            data = Some(bytes);
        } else if given.insert(key.clone(), given_as(&key, &value)?).is_some() {
            return Err(PyValueError::new_err(format!("parameter {key} is given twice")));
        }
    }
    built(name, given, data.as_deref())
}

/// The System that is given, or that of its name.
pub(crate) fn named(
    value: &Bound<'_, PyAny>,
    parameters: Option<&Bound<'_, PyDict>>,
) -> PyResult<PySystem> {
    if let Ok(name) = value.extract::<String>() {
        return system(&name, parameters);
    }
    let Ok(given) = value.cast::<PySystem>() else {
        let kind = value.get_type().name()?;
        return Err(PyTypeError::new_err(format!(
            "expected the name of a System, or a nets.System, got {kind}"
        )));
    };
    match parameters.is_none_or(|it| it.is_empty()) {
        true => Ok(given.get().clone()),
        false => Err(PyTypeError::new_err(
            "a nets.System has its parameters: give them to nets.system, or the System's name here",
        )),
    }
}

fn built(name: &str, given: BTreeMap<String, Given>, data: Option<&[u8]>) -> PyResult<PySystem> {
    let build = |blueprint: Blueprint| match data {
        Some(data) => blueprint.build_on(data),
        None => blueprint.build(),
    };
    let rules = Blueprint::named(name, &given).and_then(build);
    Ok(PySystem { rules: rules.map_err(|error| unbuilt(&error))? })
}

/// A System that cannot be built, with what to do about it.
fn unbuilt(error: &BuildError) -> PyErr {
    let hint = match error {
        BuildError::UnknownName { .. } => "nets.systems() lists them".to_owned(),
        BuildError::Parameters { name, .. } | BuildError::Contradictory { name, .. } => {
            format!("nets.system({name:?}).parameter_ranges lists its parameters")
        }
        BuildError::Data { .. } => "correct it, or the parameters that say what it has".to_owned(),
        _ => "give data= the bytes of a data set, or a pathlib.Path of its file".to_owned(),
    };
    PyValueError::new_err(format!("{error}\nhint: {hint}"))
}

/// A parameter's value: a whole number, or the name or hash of a data set.
fn given_as(key: &str, value: &Bound<'_, PyAny>) -> PyResult<Given> {
    if let Ok(text) = value.extract::<String>() {
        return Ok(Given::Text(text));
    }
    value.extract().map(Given::Number).map_err(|_| {
        PyValueError::new_err(format!("parameter {key} is {value}, expected a whole number from 0"))
    })
}

/// The bytes of a data set, where the parameter is one: bytes, a path of a file, or a position.
fn data_set(name: &str, key: &str, value: &Bound<'_, PyAny>) -> PyResult<Option<Vec<u8>>> {
    if key == "fen" && name == CHESS {
        return Ok(Some(position(&value.extract::<String>()?)?));
    }
    if key != DATA || value.is_instance_of::<PyString>() {
        return Ok(None);
    }
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(Some(bytes.as_bytes().to_vec()));
    }
    let path: PathBuf = value.extract()?;
    let failed = |error: std::io::Error| {
        PyOSError::new_err(format!("cannot read the data set {}: {error}", path.display()))
    };
    let size = fs::metadata(&path).map_err(failed)?.len();
    if size > DATA_BYTES_MAX {
        return Err(PyValueError::new_err(format!(
            "the data set {} has {size} bytes, expected at most {DATA_BYTES_MAX}",
            path.display()
        )));
    }
    fs::read(&path).map(Some).map_err(failed)
}

/// A data set of one position.
fn position(fen: &str) -> PyResult<Vec<u8>> {
    let refused = |error: &dyn std::error::Error| PyValueError::new_err(error.to_string());
    let state = chess::bytes_from_fen(fen).map_err(|error| refused(&error))?;
    let fen = chess::fen_from_bytes(&state).map_err(|error| refused(&error))?;
    Ok(format!("{fen}\n").into_bytes())
}
