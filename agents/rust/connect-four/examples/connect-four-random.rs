//! The module of [`connect_four::random`].
#![no_std]

nets_agent_sdk::agent!(connect_four::random::decide);
