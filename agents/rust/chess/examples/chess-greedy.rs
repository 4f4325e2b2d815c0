//! The module of [`chess::greedy`].
#![no_std]

use nets_agent_sdk::chess::OBSERVATION_BYTES_MAX;

nets_agent_sdk::agent!(chess::greedy::decide, observation: OBSERVATION_BYTES_MAX);
