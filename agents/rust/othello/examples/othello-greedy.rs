//! The module of [`othello::greedy`].
#![no_std]

use nets_agent_sdk::othello::OBSERVATION_BYTES_MAX;

nets_agent_sdk::agent!(othello::greedy::decide, observation: OBSERVATION_BYTES_MAX);
