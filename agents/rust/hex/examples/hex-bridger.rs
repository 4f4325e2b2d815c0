//! The module of [`hex::bridger`].
#![no_std]

use nets_agent_sdk::hex::OBSERVATION_BYTES_MAX;

nets_agent_sdk::agent!(hex::bridger::decide, observation: OBSERVATION_BYTES_MAX);
