//! The module of [`cartpole::leaning`].
#![no_std]

nets_agent_sdk::agent!(cartpole::leaning::decide);
