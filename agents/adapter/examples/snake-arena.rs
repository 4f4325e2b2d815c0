//! The adapter of `snake-arena`.

adapter::adapter!(
    nets_systems::alone::snake_arena,
    nets_agent_sdk::snake_arena::OBSERVATION_BYTES_MAX
);
