//! The compiled half of the Python package `nets`: Systems, matches of them, and packing.
//!
//! `table` is a match and `batch` many of them, both without Python; `game` and `vector` are what
//! Python sees of these; `systems` and `seed` read what Python gives; `packing` makes agents of
//! networks. What Python reads of all this is documented in `nets/_native.pyi`.
//!
//! Invariant: no rule of a System is here, so what is trained on is what is played.

mod batch;
mod game;
mod packing;
mod raster;
mod seed;
mod systems;
mod table;
mod vector;

use pyo3::exceptions::{PyException, PyValueError};
use pyo3::prelude::*;

pyo3::create_exception!(nets, PackError, PyException, "A network that cannot be packed.");
pyo3::create_exception!(nets, IllegalAction, PyValueError, "An action that is not legal.");

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add_class::<systems::PySystem>()?;
    module.add_class::<game::Game>()?;
    module.add_class::<vector::VectorEnv>()?;
    module.add("PackError", py.get_type::<PackError>())?;
    module.add("IllegalAction", py.get_type::<IllegalAction>())?;
    module.add_function(wrap_pyfunction!(systems::systems, module)?)?;
    module.add_function(wrap_pyfunction!(systems::system, module)?)?;
    module.add_function(wrap_pyfunction!(packing::pack_onnx, module)?)
}
