//! The adapter of `chess`.

adapter::adapter!(nets_systems::alone::chess, nets_agent_sdk::chess::OBSERVATION_BYTES_MAX);
