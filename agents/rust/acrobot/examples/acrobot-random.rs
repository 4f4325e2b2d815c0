//! The module of [`acrobot::random`].
#![no_std]

nets_agent_sdk::agent!(acrobot::random::decide);
