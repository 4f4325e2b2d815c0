//! The module of [`snake_arena::random`].
#![no_std]

nets_agent_sdk::agent!(snake_arena::random::decide);
