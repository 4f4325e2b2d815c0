//! The adapter of `snake`.

adapter::adapter!(nets_systems::alone::snake, nets_agent_sdk::snake::OBSERVATION_BYTES_MAX);
