//! The machine that disputes about an agent's decision are about.
//!
//! Two parties that disagree about what a program comes to need not run it on a chain: they look for
//! the one instruction about which they disagree first, and only that is judged there. So the machine
//! is as small as can be: RV32IM, the unprivileged base of RISC-V with multiplication, without
//! interrupts, modes and devices. Its state between two instructions is one digest over the program
//! counter, the registers and the root of a Merkle tree over its memory. SPEC.md section 12.
//!
//! ```text
//! image        a program: code, first memory, entry
//! instruction  what 32 bits of code mean
//! oracle       the one thing that a program may ask: what led to a chaining value of SHA-256
//! ram          memory, its tree, and copies of it that share what did not change
//! processor    executes
//! witness      one instruction with all that is needed to judge it elsewhere
//! trajectory   the states of a whole run, found again at any step
//! ```
//!
//! It knows neither agents nor money nor what program it runs.

#![deny(clippy::disallowed_types, clippy::disallowed_methods, clippy::float_arithmetic)]

mod image;
mod instruction;
mod oracle;
mod processor;
mod ram;
mod trajectory;
mod witness;

pub use image::{Image, ImageError};
pub use instruction::{CODE_BYTES_MAX, CODE_WORDS_HEIGHT};
pub use oracle::Oracle;
pub use processor::{Halt, Machine, State, Unknown};
pub use ram::{RAM_BYTES, RAM_START, RAM_WORDS_HEIGHT, WORD_BYTES};
pub use trajectory::{FAN_OUT, LEVELS_MAX, RUN_MAX, Segment, Trajectory};
pub use witness::{Witness, WordProof};
