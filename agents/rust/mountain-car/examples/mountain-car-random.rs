//! The module of [`mountain_car::random`].
#![no_std]

nets_agent_sdk::agent!(mountain_car::random::decide);
