//! The adapter of `pendulum`.

adapter::adapter!(
    nets_systems::alone::pendulum,
    nets_agent_sdk::simulations::OBSERVATION_BYTES_MAX
);
