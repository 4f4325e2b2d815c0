//! The adapter of `acrobot`.

adapter::adapter!(nets_systems::alone::acrobot, nets_agent_sdk::simulations::OBSERVATION_BYTES_MAX);
