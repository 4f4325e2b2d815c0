//! The adapter of `hex`.

adapter::adapter!(nets_systems::alone::hex, nets_agent_sdk::hex::OBSERVATION_BYTES_MAX);
