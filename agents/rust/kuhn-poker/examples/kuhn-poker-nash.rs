//! The module of [`kuhn_poker::nash`].
#![no_std]

nets_agent_sdk::agent!(kuhn_poker::nash::decide, memory: u64 = 0);
