//! The module of [`pendulum::random`].
#![no_std]

nets_agent_sdk::agent!(pendulum::random::decide);
