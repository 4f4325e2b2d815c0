//! The adapter of `forecast`.

adapter::adapter!(nets_systems::alone::forecast, nets_agent_sdk::forecast::OBSERVATION_BYTES_MAX);
