//! The judge as a program for a machine that a contract can follow.
//!
//! It is started with the digest of a question in its registers, reads all else by hashes, and ends
//! with 0 where the asserted trace counts as standing and with the number of the reason where it is
//! false. `entry` is its first instruction and its last, `machine` what it asks of the machine,
//! `memory` where it keeps things. Its invariant: what it does depends on the digest alone.

#![no_std]
#![no_main]

mod entry;
mod machine;
mod memory;
