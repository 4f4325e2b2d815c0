//! The module of [`kuhn_poker::honest`].
#![no_std]

nets_agent_sdk::agent!(kuhn_poker::honest::decide);
