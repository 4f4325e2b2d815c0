//! Pairing, standings and assertions of nets as pure functions.
