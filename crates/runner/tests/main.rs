//! The runner's tests, one module for each part.

mod interpreter;
