//! The header that stands before a full observation in an agent's memory.

use alloc::vec::Vec;

use crate::seat::Seat;
use crate::system::State;

/// The size of the header, in bytes.
pub const OBSERVATION_HEADER_BYTES: u32 = 16;

/// What an agent is told besides the System's observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObservationHeader {
    /// What the fuel clock holds for this decision.
    pub fuel_left: u64,
    /// The step being decided, counted from 0.
    pub step: u32,
    /// The agent's own seat.
    pub seat: u8,
    /// How many seats the match has.
    pub seat_count: u8,
    /// The size of the observation that follows, in bytes; [`ObservationHeader::write`] sets it.
    pub observation_bytes: u16,
}

impl ObservationHeader {
    /// Replaces `bytes` by this header and what its seat sees in `state`.
    pub fn write(mut self, state: &dyn State, bytes: &mut Vec<u8>) {
        bytes.clear();
        bytes.extend(self.encode());
        state.write_observation(Seat(self.seat), bytes);
        self.observation_bytes = (bytes.len() - OBSERVATION_HEADER_BYTES as usize) as u16;
        bytes[..OBSERVATION_HEADER_BYTES as usize].copy_from_slice(&self.encode());
    }

    /// The bytes: the fields in order, little-endian.
    pub fn encode(&self) -> [u8; OBSERVATION_HEADER_BYTES as usize] {
        let mut bytes = [0; OBSERVATION_HEADER_BYTES as usize];
        bytes[..8].copy_from_slice(&self.fuel_left.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.step.to_le_bytes());
        bytes[12] = self.seat;
        bytes[13] = self.seat_count;
        bytes[14..].copy_from_slice(&self.observation_bytes.to_le_bytes());
        bytes
    }
}
