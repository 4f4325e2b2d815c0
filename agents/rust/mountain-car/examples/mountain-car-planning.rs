//! The module of [`mountain_car::planning`].
#![no_std]

nets_agent_sdk::agent!(mountain_car::planning::decide);
