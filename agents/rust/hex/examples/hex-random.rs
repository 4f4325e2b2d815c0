//! The module of [`hex::random`].
#![no_std]

use nets_agent_sdk::hex::OBSERVATION_BYTES_MAX;

nets_agent_sdk::agent!(hex::random::decide, observation: OBSERVATION_BYTES_MAX);
