//! The WASM sandbox of nets: admission, metering, engines, playing and replaying matches.

pub mod sandbox;
