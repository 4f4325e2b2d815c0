//! The contracts, the outbox, reorganisations, fees, key files, and what a node has against it.

mod fees;
mod keys;
mod refusals;
mod reorganisation;
mod round;
mod sending;
mod stage;
