//! The module of [`connect_four::search`].
#![no_std]

use nets_agent_sdk::connect_four::OBSERVATION_BYTES_MAX;

nets_agent_sdk::agent!(connect_four::search::decide, observation: OBSERVATION_BYTES_MAX);
