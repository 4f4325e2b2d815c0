//! The runner's tests, through its public interface.

mod interpreter;
mod sandbox;
