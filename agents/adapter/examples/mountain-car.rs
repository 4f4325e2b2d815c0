//! The adapter of `mountain-car`.

adapter::adapter!(
    nets_systems::alone::mountain_car,
    nets_agent_sdk::simulations::OBSERVATION_BYTES_MAX
);
