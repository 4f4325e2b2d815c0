//! The module of [`kuhn_poker::random`].
#![no_std]

nets_agent_sdk::agent!(kuhn_poker::random::decide);
