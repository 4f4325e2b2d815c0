//! One match as an object: the slim way to play a System from Python.

use std::sync::{Mutex, MutexGuard};

use nets_core::{Action, Seat, StepError};
use numpy::{Element, IxDyn, PyArray, PyArray1, PyArray3, PyArrayDyn, PyArrayMethods};
use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};

use crate::IllegalAction;
use crate::raster::{Pixels, drawn};
use crate::seed;
use crate::systems::{self, PySystem};
use crate::table::{Illegal, Table, in_word};

/// A match in progress; `_native.pyi` in the package says what it does.
#[derive(Debug)]
#[pyclass(name = "Game", module = "nets", frozen)]
pub(crate) struct Game {
    table: Mutex<Table>,
    shape: Vec<usize>,
    action_count: usize,
}

impl Game {
    fn of(table: Table) -> Self {
        let shape = table.system.tensor_shape().into_iter().map(|size| size as usize).collect();
        let action_count = table.system.action_count() as usize;
        Self { table: Mutex::new(table), shape, action_count }
    }

    fn table(&self) -> PyResult<MutexGuard<'_, Table>> {
        self.table.try_lock().map_err(|_| in_use())
    }

    /// What `seat` sees.
    fn tensor<'py>(
        &self,
        py: Python<'py>,
        table: &mut Table,
        seat: Seat,
    ) -> PyResult<Bound<'py, PyArrayDyn<f32>>> {
        let array = zeros(py, &self.shape);
        let mut values = array.readwrite();
        table.write_tensor(seat, values.as_slice_mut()?).map_err(|error| fault(&error))?;
        Ok(array)
    }

    fn mask<'py>(
        &self,
        py: Python<'py>,
        table: &mut Table,
        seat: Seat,
    ) -> PyResult<Bound<'py, PyArray1<i8>>> {
        let array = PyArray1::zeros(py, self.action_count, false);
        table.mark_legal(seat, array.readwrite().as_slice_mut()?);
        Ok(array)
    }

    /// The seat of that number; the one that acts, where none is given.
    fn seat_of(&self, table: &Table, number: Option<u8>) -> PyResult<Seat> {
        let seat = number.map_or(table.seat(), Seat);
        match seat.0 < table.system.seat_count() {
            true => Ok(seat),
            false => Err(PyValueError::new_err(format!(
                "there is no {seat}, {} has {}",
                table.system.id(),
                table.system.seat_count()
            ))),
        }
    }
}

#[pymethods]
impl Game {
    #[new]
    #[pyo3(signature = (system, seed=None, *, illegal="raise", **parameters))]
    fn new(
        system: &Bound<'_, PyAny>,
        seed: Option<&Bound<'_, PyAny>>,
        illegal: &str,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let illegal = match illegal {
            "raise" => Illegal::Refused,
            "forfeit" => Illegal::Forfeits,
            _ => {
                return Err(PyValueError::new_err(format!(
                    "illegal is {illegal:?}, expected \"raise\" or \"forfeit\""
                )));
            }
        };
        let rules = systems::named(system, parameters)?.rules;
        let seed = seed.map(seed::read).transpose()?.unwrap_or_default();
        Ok(Self::of(Table::new(rules, seed, illegal)))
    }

    #[pyo3(signature = (seed=None))]
    fn reset(&self, seed: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let mut table = self.table()?;
        match seed {
            Some(seed) => table.restart(seed::read(seed)?),
            None => table.restart_next(),
        }
        Ok(())
    }

    fn step(&self, action: &Bound<'_, PyAny>) -> PyResult<bool> {
        let mut table = self.table()?;
        step(&mut table, action)?;
        Ok(table.ending.is_some())
    }

    #[expect(clippy::type_complexity, reason = "a tuple is what Python takes apart")]
    fn advance<'py>(
        &self,
        action: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyArrayDyn<f32>>, Bound<'py, PyArray1<i8>>, Bound<'py, PyAny>, bool)>
    {
        let py = action.py();
        let mut table = self.table()?;
        step(&mut table, action)?;
        let seat = table.seat();
        let observation = self.tensor(py, &mut table, seat)?;
        let mask = self.mask(py, &mut table, seat)?;
        let reward = match table.gained[..] {
            [gained] => (gained as f64).into_pyobject(py)?.into_any(),
            _ => gained(py, &table)?.into_any(),
        };
        Ok((observation, mask, reward, table.ending.is_some()))
    }

    #[pyo3(signature = (seat=None))]
    #[expect(clippy::type_complexity, reason = "a tuple is what Python takes apart")]
    fn see<'py>(
        &self,
        py: Python<'py>,
        seat: Option<u8>,
    ) -> PyResult<(Bound<'py, PyArrayDyn<f32>>, Bound<'py, PyArray1<i8>>)> {
        let mut table = self.table()?;
        let seat = self.seat_of(&table, seat)?;
        Ok((self.tensor(py, &mut table, seat)?, self.mask(py, &mut table, seat)?))
    }

    #[pyo3(signature = (seat=None))]
    fn observation<'py>(
        &self,
        py: Python<'py>,
        seat: Option<u8>,
    ) -> PyResult<Bound<'py, PyArrayDyn<f32>>> {
        let mut table = self.table()?;
        let seat = self.seat_of(&table, seat)?;
        self.tensor(py, &mut table, seat)
    }

    #[pyo3(signature = (seat=None))]
    fn action_mask<'py>(
        &self,
        py: Python<'py>,
        seat: Option<u8>,
    ) -> PyResult<Bound<'py, PyArray1<i8>>> {
        let mut table = self.table()?;
        let seat = self.seat_of(&table, seat)?;
        self.mask(py, &mut table, seat)
    }

    #[pyo3(signature = (seat=None))]
    fn legal_actions(&self, seat: Option<u8>) -> PyResult<Vec<u64>> {
        let mut table = self.table()?;
        let seat = self.seat_of(&table, seat)?;
        Ok(table.legal_actions(seat).iter().map(|action| action.0).collect())
    }

    #[getter]
    fn system(&self) -> PyResult<PySystem> {
        Ok(PySystem { rules: self.table()?.system.clone() })
    }

    #[getter]
    fn is_over(&self) -> PyResult<bool> {
        Ok(self.table()?.ending.is_some())
    }

    #[getter]
    fn ending(&self) -> PyResult<Option<&'static str>> {
        Ok(self.table()?.ending.map(in_word))
    }

    #[getter]
    fn seat(&self) -> PyResult<u8> {
        Ok(self.table()?.seat().0)
    }

    #[getter]
    fn seats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let seats: Vec<u8> = self.table()?.acting().iter().map(|seat| seat.0).collect();
        PyTuple::new(py, seats)
    }

    #[getter]
    fn scores<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.table()?.scores.iter())
    }

    #[getter]
    fn rewards<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        gained(py, &*self.table()?)
    }

    #[getter]
    fn seed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.table()?.seed.0))
    }

    #[getter]
    fn state<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.table()?.state.bytes()))
    }

    fn picture(&self) -> PyResult<String> {
        Ok(self.table()?.state.picture())
    }

    fn svg(&self) -> PyResult<String> {
        Ok(self.table()?.state.svg())
    }

    fn rgb<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray3<u8>>> {
        let svg = self.table()?.state.svg();
        let Pixels { width, height, rgb } =
            py.detach(|| drawn(&svg)).map_err(|error| fault(&error))?;
        PyArray1::from_vec(py, rgb).reshape([height, width, 3])
    }

    fn fork(&self) -> PyResult<Self> {
        Ok(Self::of(self.table()?.fork()))
    }

    fn __copy__(&self) -> PyResult<Self> {
        self.fork()
    }

    fn __deepcopy__(&self, _known: &Bound<'_, PyAny>) -> PyResult<Self> {
        self.fork()
    }
}

/// What the last step added to each seat's score.
fn gained<'py>(py: Python<'py>, table: &Table) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, table.gained.iter().map(|&gained| gained as f64))
}

/// Steps with one action, or where several seats act with one of each.
fn step(table: &mut Table, action: &Bound<'_, PyAny>) -> PyResult<()> {
    let taken = match action.extract::<i64>() {
        Ok(one) => table.step(&[Action(one as u64)]),
        Err(_) => {
            let several: Vec<i64> = action.extract().map_err(|_| {
                PyTypeError::new_err(format!(
                    "expected the number of an action, or one for each seat that acts, got {action}"
                ))
            })?;
            let several: Vec<Action> = several.into_iter().map(|it| Action(it as u64)).collect();
            table.step(&several)
        }
    };
    taken.map_err(|error| refused(table, error))
}

/// A step that the System did not accept, with what it would.
fn refused(table: &mut Table, error: StepError) -> PyErr {
    match error {
        StepError::Illegal { seat, action } => {
            let legal = table.legal_actions(seat);
            let legal: Vec<_> = legal.iter().map(ToString::to_string).collect();
            let (number, legal) = (action.0 as i64, legal.join(", "));
            IllegalAction::new_err(format!(
                "action {number} is not legal for {seat}\nhint: legal are {legal}"
            ))
        }
        StepError::Terminal => {
            PyValueError::new_err(format!("{error}\nhint: reset() begins another"))
        }
        StepError::Count { .. } => PyValueError::new_err(format!(
            "{error}\nhint: `seats` says who acts; give a list with an action for each"
        )),
    }
}

/// An array of zeros.
pub(crate) fn zeros<'py, T: Element>(
    py: Python<'py>,
    shape: &[usize],
) -> Bound<'py, PyArrayDyn<T>> {
    PyArray::zeros(py, IxDyn(shape), false)
}

/// What no caller can be blamed for.
pub(crate) fn fault(error: &dyn std::error::Error) -> PyErr {
    PyRuntimeError::new_err(format!("{error}\nhint: please report this with what led to it"))
}

/// Two threads at one object.
pub(crate) fn in_use() -> PyErr {
    PyRuntimeError::new_err("another thread is using this object\nhint: give each thread its own")
}
