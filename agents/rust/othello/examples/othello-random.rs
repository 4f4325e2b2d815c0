//! The module of [`othello::random`].
#![no_std]

nets_agent_sdk::agent!(othello::random::decide);
