//! Many matches as one object: a step of all is one call, without Python's lock.

use std::sync::Mutex;

use nets_core::Termination;
use numpy::{
    Element, PyArray1, PyArrayDyn, PyArrayMethods, PyReadonlyArray1, PyUntypedArrayMethods,
};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use crate::batch::{Batch, Rows};
use crate::game::{fault, in_use, zeros};
use crate::seed;
use crate::systems::{self, PySystem};
use crate::table::in_word;

/// How many matches there may be: more than anybody has memory for.
const COUNT_MAX: usize = 1 << 20;

/// The arrays of a step: observations, rewards, terminated, masks.
type Stepped<'py> = (
    Bound<'py, PyArrayDyn<f32>>,
    Bound<'py, PyArrayDyn<f32>>,
    Bound<'py, PyArray1<bool>>,
    Bound<'py, PyArrayDyn<i8>>,
);

/// Arrays that every step writes to again.
#[derive(Debug)]
struct Kept {
    observations: Py<PyArrayDyn<f32>>,
    rewards: Py<PyArrayDyn<f32>>,
    terminated: Py<PyArray1<bool>>,
    masks: Py<PyArrayDyn<i8>>,
}

/// Matches side by side; `_native.pyi` in the package says what it does.
#[derive(Debug)]
#[pyclass(name = "VectorEnv", module = "nets", frozen)]
pub(crate) struct VectorEnv {
    batch: Mutex<Batch>,
    system: PySystem,
    count: usize,
    observations: Vec<usize>,
    rewards: Vec<usize>,
    masks: [usize; 2],
    kept: Option<Kept>,
}

impl VectorEnv {
    fn arrays<'py>(&self, py: Python<'py>) -> Stepped<'py> {
        match &self.kept {
            Some(kept) => (
                kept.observations.bind(py).clone(),
                kept.rewards.bind(py).clone(),
                kept.terminated.bind(py).clone(),
                kept.masks.bind(py).clone(),
            ),
            None => self.fresh(py),
        }
    }

    fn fresh<'py>(&self, py: Python<'py>) -> Stepped<'py> {
        (
            zeros(py, &self.observations),
            zeros(py, &self.rewards),
            PyArray1::zeros(py, self.count, false),
            zeros(py, &self.masks),
        )
    }

    /// Does something with the matches while other threads may use Python.
    fn with<T: Send>(
        &self,
        py: Python<'_>,
        work: impl Send + FnOnce(&mut Batch) -> T,
    ) -> PyResult<T> {
        let mut batch = self.batch.try_lock().map_err(|_| in_use())?;
        let batch = &mut *batch;
        Ok(py.detach(move || work(batch)))
    }

    /// A fact of each match as an array.
    fn list<'py, T: Element>(
        &self,
        py: Python<'py>,
        list: impl FnOnce(&Batch) -> Vec<T>,
    ) -> PyResult<Bound<'py, PyArray1<T>>> {
        let batch = self.batch.try_lock().map_err(|_| in_use())?;
        Ok(PyArray1::from_vec(py, list(&batch)))
    }

    /// The numbers of actions: as they are, or what numpy makes of them.
    fn actions<'py>(&self, actions: &Bound<'py, PyAny>) -> PyResult<PyReadonlyArray1<'py, i64>> {
        let array = match actions.extract::<PyReadonlyArray1<'py, i64>>() {
            Ok(array) if array.is_contiguous() => array,
            _ => {
                let numpy = actions.py().import("numpy")?;
                let made = numpy.call_method1("ascontiguousarray", (actions,))?;
                let kind: String = made.getattr("dtype")?.getattr("kind")?.extract()?;
                if !["i", "u"].contains(&kind.as_str()) {
                    return Err(PyTypeError::new_err(format!(
                        "expected whole numbers as actions, got an array of kind {kind:?}"
                    )));
                }
                let wide = made.call_method1("astype", ("int64",))?;
                wide.extract().map_err(|_| self.shapeless(&wide))?
            }
        };
        match array.len() == self.count {
            true => Ok(array),
            false => Err(self.shapeless(array.as_any())),
        }
    }

    fn shapeless(&self, got: &Bound<'_, PyAny>) -> PyErr {
        let shape = got.getattr("shape").map(|shape| shape.to_string()).unwrap_or_default();
        PyValueError::new_err(format!(
            "expected an action for each match, of shape ({},), got shape {shape}",
            self.count
        ))
    }
}

/// How many matches there are to be, whatever number that is.
fn counted(count: &Bound<'_, PyAny>) -> PyResult<usize> {
    let number = count.py().import("operator")?.call_method1("index", (count,)).map_err(|_| {
        PyTypeError::new_err(format!("the count of matches is {count:?}, expected a whole number"))
    })?;
    let fitting = number.extract().ok().filter(|count| (1..=COUNT_MAX).contains(count));
    fitting.ok_or_else(|| {
        let text = format!("the count of matches is {number}, expected 1 to {COUNT_MAX}");
        PyValueError::new_err(text)
    })
}

#[pymethods]
impl VectorEnv {
    #[new]
    #[pyo3(signature = (system, count, seed=None, *, reuse=false, **parameters))]
    fn new(
        py: Python<'_>,
        system: &Bound<'_, PyAny>,
        count: &Bound<'_, PyAny>,
        seed: Option<&Bound<'_, PyAny>>,
        reuse: bool,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let system = systems::named(system, parameters)?;
        let count = counted(count)?;
        if system.is_simultaneous() {
            return Err(PyValueError::new_err(format!(
                "in {} seats act at once\nhint: nets.parallel_env has a match of it",
                system.rules.id()
            )));
        }
        let seed = seed.map(seed::read).transpose()?.unwrap_or_default();
        let batch = Batch::new(&system.rules, count, &seed);
        let shape = system.rules.tensor_shape().into_iter().map(|size| size as usize);
        let rewards = match batch.seat_count {
            1 => vec![count],
            seats => vec![count, seats],
        };
        let mut made = Self {
            observations: [count].into_iter().chain(shape).collect(),
            rewards,
            masks: [count, batch.action_count],
            batch: Mutex::new(batch),
            system,
            count,
            kept: None,
        };
        if reuse {
            let (observations, rewards, terminated, masks) = made.fresh(py);
            made.kept = Some(Kept {
                observations: observations.unbind(),
                rewards: rewards.unbind(),
                terminated: terminated.unbind(),
                masks: masks.unbind(),
            });
        }
        Ok(made)
    }

    #[pyo3(signature = (seed=None))]
    #[expect(clippy::type_complexity, reason = "a tuple is what Python takes apart")]
    fn reset<'py>(
        &self,
        py: Python<'py>,
        seed: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyArrayDyn<f32>>, Bound<'py, PyArrayDyn<i8>>)> {
        let seed = seed.map(seed::read).transpose()?;
        let (observations, _, _, masks) = self.arrays(py);
        {
            let (mut observation, mut mask) = (observations.readwrite(), masks.readwrite());
            let (observation, mask) = (observation.as_slice_mut()?, mask.as_slice_mut()?);
            let work = |batch: &mut Batch| {
                batch.reset(seed.as_ref());
                batch.look(observation, mask)
            };
            self.with(py, work)?.map_err(|error| fault(&error))?;
        }
        Ok((observations, masks))
    }

    fn step<'py>(&self, actions: &Bound<'py, PyAny>) -> PyResult<Stepped<'py>> {
        let py = actions.py();
        let actions = self.actions(actions)?;
        let actions = actions.as_slice()?;
        let (observations, rewards, terminated, masks) = self.arrays(py);
        {
            let (mut observation, mut reward) = (observations.readwrite(), rewards.readwrite());
            let (mut ended, mut mask) = (terminated.readwrite(), masks.readwrite());
            let rows = Rows {
                observations: observation.as_slice_mut()?,
                masks: mask.as_slice_mut()?,
                rewards: reward.as_slice_mut()?,
                terminated: ended.as_slice_mut()?,
            };
            let work = |batch: &mut Batch| batch.step(actions, rows);
            self.with(py, work)?.map_err(|error| fault(&error))?;
        }
        Ok((observations, rewards, terminated, masks))
    }

    #[getter]
    fn system(&self) -> PySystem {
        self.system.clone()
    }

    #[getter]
    fn count(&self) -> usize {
        self.count
    }

    #[getter]
    fn seats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<u8>>> {
        self.list(py, |batch| batch.seats().collect())
    }

    #[getter]
    fn scores<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<i64>>> {
        let scores = self.list(py, |batch| batch.scores.clone())?;
        scores.reshape(self.rewards.clone())
    }

    #[getter]
    fn endings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let batch = self.batch.try_lock().map_err(|_| in_use())?;
        let word = |ending: &Option<Termination>| ending.map(in_word);
        PyList::new(py, batch.endings.iter().map(word))
    }

    #[getter]
    fn seeds<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let batch = self.batch.try_lock().map_err(|_| in_use())?;
        PyList::new(py, batch.seeds().map(|seed| PyBytes::new(py, &seed.0)))
    }

    #[getter]
    fn final_observations<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArrayDyn<f32>>> {
        let last = self.list(py, |batch| batch.final_observations.clone())?;
        last.reshape(self.observations.clone())
    }

    fn __len__(&self) -> usize {
        self.count
    }

    fn __repr__(&self) -> String {
        format!("<nets.VectorEnv of {} matches of {}>", self.count, self.system.rules.id())
    }
}
