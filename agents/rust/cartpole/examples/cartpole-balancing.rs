//! The module of [`cartpole::balancing`].
#![no_std]

nets_agent_sdk::agent!(cartpole::balancing::decide);
