//! The module of [`othello::search`].
#![no_std]

use nets_agent_sdk::othello::OBSERVATION_BYTES_MAX;

nets_agent_sdk::agent!(othello::search::decide, observation: OBSERVATION_BYTES_MAX);
