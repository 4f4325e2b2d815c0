//! The module of [`forecast::random`].
#![no_std]

use nets_agent_sdk::forecast::OBSERVATION_BYTES_MAX;

nets_agent_sdk::agent!(forecast::random::decide, observation: OBSERVATION_BYTES_MAX);
