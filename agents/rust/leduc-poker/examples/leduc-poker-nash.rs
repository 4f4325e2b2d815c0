//! The module of [`leduc_poker::nash`].
#![no_std]

nets_agent_sdk::agent!(leduc_poker::nash::decide, memory: u64 = 0);
