//! Settings: what whoever packs a network tells the adapter.
//!
//! Owns the block's bytes, little-endian: `choice u32` (0 best, 1 sampled, 2 value) ‖
//! `temperature f32` ‖ `length u32` ‖ as many bytes, the System's canonical parameters. The
//! temperature counts where the choice is sampled.

use nets_core::{DecodeError, Reader};

use crate::Choice;

/// The size of what stands before the parameters, in bytes.
#[cfg(target_arch = "wasm32")]
pub(crate) const HEAD_BYTES: usize = 12;

/// What an adapter is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// How it chooses.
    pub choice: Choice,
    /// The System's canonical parameter bytes.
    pub parameters: Vec<u8>,
}

impl Settings {
    /// The settings in a block.
    ///
    /// # Errors
    /// When the bytes are too few or too many, or there is no such choice.
    pub fn decode(block: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(block);
        let number = reader.u32("choice")?;
        let temperature = f32::from_bits(reader.u32("temperature")?);
        let choice = match number {
            0 => Choice::Best,
            1 => Choice::Sampled { temperature },
            2 => Choice::Value,
            _ => return Err(DecodeError::value("choice", "0 to 2", number)),
        };
        let length = reader.u32("length")? as usize;
        let parameters = reader.raw("parameters", length)?.to_vec();
        reader.finish()?;
        Ok(Self { choice, parameters })
    }

    /// The block.
    pub fn encode(&self) -> Vec<u8> {
        let (number, temperature) = match self.choice {
            Choice::Best => (0u32, 0.0f32),
            Choice::Sampled { temperature } => (1, temperature),
            Choice::Value => (2, 0.0),
        };
        let length = self.parameters.len() as u32;
        let head = [number, temperature.to_bits(), length].map(u32::to_le_bytes);
        [head.as_flattened(), &self.parameters].concat()
    }
}
