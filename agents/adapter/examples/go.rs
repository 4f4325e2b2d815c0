//! The adapter of `go`.

adapter::adapter!(nets_systems::alone::go, nets_agent_sdk::go::OBSERVATION_BYTES_MAX);
