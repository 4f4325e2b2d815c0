//! The module of [`pendulum::swinging`].
#![no_std]

nets_agent_sdk::agent!(pendulum::swinging::decide);
