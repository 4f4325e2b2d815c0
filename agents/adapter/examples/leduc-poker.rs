//! The adapter of `leduc-poker`.

adapter::adapter!(
    nets_systems::alone::leduc_poker,
    nets_agent_sdk::poker::leduc::OBSERVATION_BYTES_MAX
);
