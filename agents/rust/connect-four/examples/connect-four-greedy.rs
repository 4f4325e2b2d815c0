//! The module of [`connect_four::greedy`].
#![no_std]

nets_agent_sdk::agent!(connect_four::greedy::decide);
