//! The adapter of `othello`.

adapter::adapter!(nets_systems::alone::othello, nets_agent_sdk::othello::OBSERVATION_BYTES_MAX);
