//! The System trait, matches, traces, Merkle proofs and canonical bytes of nets: pure, without I/O.
