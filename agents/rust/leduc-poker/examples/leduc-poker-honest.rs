//! The module of [`leduc_poker::honest`].
#![no_std]

nets_agent_sdk::agent!(leduc_poker::honest::decide);
