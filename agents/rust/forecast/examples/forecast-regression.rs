//! The module of [`forecast::regression`].
#![no_std]

use nets_agent_sdk::forecast::OBSERVATION_BYTES_MAX;

nets_agent_sdk::agent!(forecast::regression::decide, observation: OBSERVATION_BYTES_MAX);
