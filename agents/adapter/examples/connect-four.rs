//! The adapter of `connect-four`.

adapter::adapter!(
    nets_systems::alone::connect_four,
    nets_agent_sdk::connect_four::OBSERVATION_BYTES_MAX
);
