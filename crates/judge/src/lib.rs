//! Whether an asserted trace is what the rules come to for one seat of a match.
//!
//! A [`Question`] names a match, the root of a trace of it, and a seat. [`judge`] plays the match by
//! SPEC.md section 3: it decides for the seat itself, takes from the trace what the others did, and
//! compares every leaf. All that it reads, it reads by hashes: whoever is asked for what a hash is of
//! can give nothing else ([`Hashes`]).
//!
//! It is compiled for another target, too, where the contract can follow each of its instructions;
//! so it has no standard library, and what it comes to depends on the question alone.
//!
//! Reading order: [`Hashes`] (messages behind hashes), [`Question`], [`Verdict`], [`judge`];
//! [`Messages`] is the store for those who have the messages, [`instructions_max`] how long it may take.

#![no_std]
#![deny(clippy::disallowed_types, clippy::disallowed_methods, clippy::float_arithmetic)]

extern crate alloc;

mod hashes;
mod judging;
mod leaves;
mod matched;
mod messages;
mod price;
mod question;
mod seated;
mod verdict;

pub use hashes::Hashes;
pub use judging::judge;
pub use messages::{Messages, UnknownMessage};
pub use price::{
    INSTRUCTIONS_PER_DECISION, INSTRUCTIONS_PER_FUEL_MAX, INSTRUCTIONS_PER_MODULE_MAX,
    instructions_max,
};
pub use question::{QUESTION_BYTES, Question};
pub use verdict::{Beyond, False, Verdict};
