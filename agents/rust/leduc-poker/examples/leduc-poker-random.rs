//! The module of [`leduc_poker::random`].
#![no_std]

nets_agent_sdk::agent!(leduc_poker::random::decide);
