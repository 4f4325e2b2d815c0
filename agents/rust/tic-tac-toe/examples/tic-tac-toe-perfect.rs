//! The module of [`tic_tac_toe::perfect`].
#![no_std]

nets_agent_sdk::agent!(tic_tac_toe::perfect::decide);
