//! The adapter of `rps`.

adapter::adapter!(nets_systems::alone::rps, nets_agent_sdk::rps::OBSERVATION_BYTES_MAX);
