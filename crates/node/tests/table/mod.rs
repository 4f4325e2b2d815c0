//! Signed leagues played over real connections: whole rounds, hosts that lie, agents that misbehave.

mod greeting;
mod hostile_agent;
mod hostile_host;
mod raw;
mod season;
pub(crate) mod stage;
mod watching;
