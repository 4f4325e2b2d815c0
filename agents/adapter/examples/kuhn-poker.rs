//! The adapter of `kuhn-poker`.

adapter::adapter!(
    nets_systems::alone::kuhn_poker,
    nets_agent_sdk::poker::kuhn::OBSERVATION_BYTES_MAX
);
