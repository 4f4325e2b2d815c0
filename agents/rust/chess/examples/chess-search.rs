//! The module of [`chess::search`].
#![no_std]

use nets_agent_sdk::chess::OBSERVATION_BYTES_MAX;

nets_agent_sdk::agent!(chess::search::decide, observation: OBSERVATION_BYTES_MAX);
