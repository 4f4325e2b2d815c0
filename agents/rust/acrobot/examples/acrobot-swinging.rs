//! The module of [`acrobot::swinging`].
#![no_std]

nets_agent_sdk::agent!(acrobot::swinging::decide);
