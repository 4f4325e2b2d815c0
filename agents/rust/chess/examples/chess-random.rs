//! The module of [`chess::random`].
#![no_std]

nets_agent_sdk::agent!(chess::random::decide);
