//! The chain adapter of nets, its embedded chain and the contract bindings.
