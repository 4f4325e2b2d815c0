//! The module of [`go::random`].
#![no_std]

use nets_agent_sdk::go::OBSERVATION_BYTES_MAX;

nets_agent_sdk::agent!(go::random::decide, observation: OBSERVATION_BYTES_MAX);
