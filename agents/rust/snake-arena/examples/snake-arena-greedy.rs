//! The module of [`snake_arena::greedy`].
#![no_std]

nets_agent_sdk::agent!(snake_arena::greedy::decide);
