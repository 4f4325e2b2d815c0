//! The module of [`mountain_car::swinging`].
#![no_std]

nets_agent_sdk::agent!(mountain_car::swinging::decide);
