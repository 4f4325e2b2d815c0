//! The module of [`snake_arena::spacious`].
#![no_std]

nets_agent_sdk::agent!(
    snake_arena::spacious::decide,
    observation: nets_agent_sdk::snake_arena::OBSERVATION_BYTES_MAX
);
