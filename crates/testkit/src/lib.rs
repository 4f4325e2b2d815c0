//! What the tests of the other crates share: the conformance kit, example matches, test vectors.
//!
//! [`system_conformance::check`] is what every System must pass, those that ship and those that
//! will be written. An [`example::Example`] is one match chosen to show something: [`playthrough`]
//! renders it as text to be read and kept, [`system_vectors`] as JSON for implementations in other
//! languages, and [`blessed`] compares such files with what the code does now. [`anvil`] is a node of
//! an EVM chain, [`modules`] makes random programs, [`perft`] counts sequences of actions, [`web`] is a
//! server of files that does not always behave. No other crate depends on this one but in its tests.

pub mod anvil;
pub mod blessed;
pub mod example;
pub mod modules;
pub mod perft;
pub mod playthrough;
pub mod system_conformance;
pub mod system_vectors;
pub mod web;
