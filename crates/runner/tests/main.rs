//! The runner's tests, through its public interface.

mod host_failures;
mod interpreter;
mod sandbox;
mod signed;
