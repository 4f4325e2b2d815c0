//! The module of [`acrobot::planning`].
#![no_std]

nets_agent_sdk::agent!(acrobot::planning::decide);
