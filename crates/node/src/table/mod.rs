//! The table: where agents that keep their code to themselves play signed matches over a connection.
//!
//! An agent connects to whoever hosts a round, since it may sit where nobody can connect to, shows by
//! a signature that it has its key, and is told its matches and what the others have signed. Nothing
//! here believes anybody: the host takes an action only under its agent's signature, and the agent
//! computes every state itself from what the others signed. `wire` is what goes over a connection,
//! `host` one end of it and `agent` the other.

pub(crate) mod agent;
pub(crate) mod host;
mod wire;
