//! The full observation as the host writes it into an agent's memory: a header, then the bytes.
//!
//! Owns the header's layout (SPEC.md section 7) and nothing about any System; the `Board`,
//! `Record` and `Position` of a System's module read the bytes behind it.

/// The size of the header before the System's observation, in bytes.
pub const HEADER_BYTES: usize = 16;

/// All that an agent is given for one decision.
#[derive(Clone, Copy, Debug)]
pub struct Observation<'a> {
    /// What `decide` was called with: the System's packed observation.
    pub packed: u64,
    /// What the fuel clock holds for this decision, in fuel.
    pub fuel_left: u64,
    /// The step being decided, counted from 0.
    pub step: u32,
    /// The agent's own seat, counted from 0.
    pub seat: u8,
    /// How many seats the match has.
    pub seat_count: u8,
    /// The System's full observation.
    pub bytes: &'a [u8],
}

impl<'a> Observation<'a> {
    /// Reads the header at the start of `buffer` and finds the observation behind it.
    ///
    /// # Panics
    /// When `buffer` is shorter than the header says. The host never calls an agent so.
    pub fn new(packed: u64, buffer: &'a [u8]) -> Self {
        let (header, rest) = buffer.split_at(HEADER_BYTES);
        Self {
            packed,
            fuel_left: u64_at(header, 0),
            step: u32_at(header, 8),
            seat: header[12],
            seat_count: header[13],
            bytes: &rest[..usize::from(u16_at(header, 14))],
        }
    }
}

/// The little-endian number of two bytes at `offset`.
pub(crate) fn u16_at(bytes: &[u8], offset: usize) -> u16 {
    u16::from_le_bytes([bytes[offset], bytes[offset + 1]])
}

/// The little-endian number of four bytes at `offset`.
pub(crate) fn u32_at(bytes: &[u8], offset: usize) -> u32 {
    u32::from(u16_at(bytes, offset)) | u32::from(u16_at(bytes, offset + 2)) << 16
}

/// The little-endian number of eight bytes at `offset`.
pub(crate) fn u64_at(bytes: &[u8], offset: usize) -> u64 {
    u64::from(u32_at(bytes, offset)) | u64::from(u32_at(bytes, offset + 4)) << 32
}
