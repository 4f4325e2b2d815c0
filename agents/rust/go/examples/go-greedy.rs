//! The module of [`go::greedy`].
#![no_std]

nets_agent_sdk::agent!(go::greedy::decide);
