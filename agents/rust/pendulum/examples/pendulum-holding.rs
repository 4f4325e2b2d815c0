//! The module of [`pendulum::holding`].
#![no_std]

nets_agent_sdk::agent!(pendulum::holding::decide);
