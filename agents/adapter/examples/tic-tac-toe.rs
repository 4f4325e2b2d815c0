//! The adapter of `tic-tac-toe`.

adapter::adapter!(
    nets_systems::alone::tic_tac_toe,
    nets_agent_sdk::tic_tac_toe::OBSERVATION_BYTES_MAX
);
