//! The module of [`hex::runner`].
#![no_std]

use nets_agent_sdk::hex::OBSERVATION_BYTES_MAX;

nets_agent_sdk::agent!(hex::runner::decide, observation: OBSERVATION_BYTES_MAX);
