//! What the seat sees: the past, its own answers to the value that is asked for, and what it needs
//! to know of the terms.

use alloc::format;
use alloc::vec::Vec;

use nets_core::{DecodeError, Reader, RestoreError};

use super::Terms;

/// The size of what stands before the answers.
pub(super) const HEADER_BYTES: usize = 10;

/// An observation as the tensor needs it.
pub(super) struct Seen {
    /// The quantile that is asked for, if one is.
    pub(super) quantile: Option<usize>,
    /// The levels of the past, the oldest first.
    pub(super) values: Vec<u16>,
}

impl Seen {
    /// Reads an observation.
    pub(super) fn decode(terms: &Terms, bytes: &[u8]) -> Result<Self, RestoreError> {
        let mut reader = Reader::new(bytes);
        let over = reader.u16("values that came to light")?;
        let left = reader.u16("values left")?;
        let highest = (terms.scale.levels - 1) as u16;
        expect("values together", over.checked_add(left), Some(terms.count))?;
        expect("highest level", reader.u16("highest level")?, highest)?;
        expect("season", usize::from(reader.u16("season")?), terms.season)?;
        expect("quantiles", usize::from(reader.u8("quantiles")?), terms.quantiles)?;
        let asked = usize::from(reader.u8("quantile asked for")?);
        if asked >= if left == 0 { 1 } else { terms.quantiles } {
            return Err(DecodeError::value("quantile asked for", "one that is left", asked).into());
        }
        for quantile in 0..terms.quantiles {
            let most = if quantile < asked { highest } else { 0 };
            level(&mut reader, "answer", most)?;
        }
        let count = terms.window.min(terms.from + usize::from(over));
        let values: Result<_, _> =
            (0..count).map(|_| level(&mut reader, "value of the past", highest)).collect();
        reader.finish()?;
        Ok(Self { quantile: (left > 0).then_some(asked), values: values? })
    }
}

/// Reads a level of at most `most`.
pub(super) fn level(
    reader: &mut Reader<'_>,
    field: &'static str,
    most: u16,
) -> Result<u16, RestoreError> {
    let level = reader.u16(field)?;
    if level > most {
        return Err(DecodeError::value(field, format!("0 to {most}"), level).into());
    }
    Ok(level)
}

fn expect<T: PartialEq + core::fmt::Debug>(
    field: &'static str,
    got: T,
    expected: T,
) -> Result<(), RestoreError> {
    if got == expected {
        return Ok(());
    }
    Err(DecodeError::value(field, format!("{expected:?}"), format!("{got:?}")).into())
}
