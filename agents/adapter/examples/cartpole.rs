//! The adapter of `cartpole`.

adapter::adapter!(
    nets_systems::alone::cartpole,
    nets_agent_sdk::simulations::OBSERVATION_BYTES_MAX
);
