//! The module of [`cartpole::random`].
#![no_std]

nets_agent_sdk::agent!(cartpole::random::decide);
