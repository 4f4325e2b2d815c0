//! The module of [`go::search`].
#![no_std]

use nets_agent_sdk::go::OBSERVATION_BYTES_MAX;

nets_agent_sdk::agent!(go::search::decide, observation: OBSERVATION_BYTES_MAX);
