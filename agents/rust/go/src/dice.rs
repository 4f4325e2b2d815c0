//! Dice: numbers that look random and follow from what the agent saw.

use nets_agent_sdk::{Observation, scatter};

/// A xorshift generator (Marsaglia, 2003).
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    /// Dice for this decision.
    pub(crate) fn new(seen: Observation<'_>) -> Self {
        // Zero is the one state that a xorshift generator never leaves.
        let sum = seen.bytes.iter().fold(seen.packed, |sum, &byte| scatter(sum ^ u64::from(byte)));
        Self(sum | 1)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u16) -> u16 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (((self.0 >> 32) * u64::from(bound)) >> 32) as u16
    }
}
