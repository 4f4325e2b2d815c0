//! Arenas through the public interface.

#![allow(clippy::unwrap_used)]

mod batches;
mod beacons;
mod claims;
mod demands;
mod engines;
#[cfg(feature = "evm")]
mod evm;
mod forecast;
mod founding;
mod hostile;
mod league_file;
mod lies;
mod publication;
mod records;
mod season;
mod settling;
#[cfg(feature = "evm")]
mod sources;
mod stakes;
mod support;
mod table;
mod tampering;
mod trials;
mod watch;
