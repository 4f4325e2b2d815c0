//! The module of [`forecast::last_value`].
#![no_std]

nets_agent_sdk::agent!(forecast::last_value::decide);
