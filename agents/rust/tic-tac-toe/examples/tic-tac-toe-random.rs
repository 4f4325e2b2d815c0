//! The module of [`tic_tac_toe::random`].
#![no_std]

nets_agent_sdk::agent!(tic_tac_toe::random::decide);
