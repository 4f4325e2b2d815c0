//! Conformance kit and vector loader, for the tests of the other crates.
