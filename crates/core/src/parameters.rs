//! A System's parameters: named integers with a range and a default, and where a System is played on
//! a data set, the hash that names it.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use thiserror::Error;

use crate::encoding::{DecodeError, Reader, Writer};
use crate::hash::Digest;

/// What the data set is called among a System's parameters.
pub const DATA: &str = "data";

/// One parameter as a System declares it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParameterSpec {
    /// Its name, as on the command line.
    pub name: &'static str,
    /// What it means, with its unit.
    pub meaning: &'static str,
    /// The smallest value allowed.
    pub min: u64,
    /// The largest value allowed.
    pub max: u64,
    /// The value where none is given.
    pub default: u64,
}

/// The data set of a System, as the System declares it. It is among the parameters by its SHA-256,
/// so that whatever commits to the parameters commits to the data, whoever has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataSpec {
    /// What it holds, and in which form.
    pub meaning: &'static str,
    /// The name of the one where none is given, which ships with the System; none where a match is
    /// played without a data set then.
    pub default: Option<&'static str>,
}

/// Parameters that a System does not accept.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ParameterError {
    /// The System has no parameter of that name.
    #[error("no parameter {name:?}; this System has {}", or_none(known))]
    Unknown {
        /// The name given.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A text where a number is expected.
    #[error("parameter {name} is {got:?}, expected a number")]
    NotANumber {
        /// The parameter.
        name: String,
        /// The text given.
        got: String,
    },
    /// A value outside its range.
    #[error("parameter {name} is {got}, expected {min} to {max}")]
    OutOfRange {
        /// The parameter.
        name: &'static str,
        /// The value given.
        got: u64,
        /// The smallest value allowed.
        min: u64,
        /// The largest value allowed.
        max: u64,
    },
    /// Canonical bytes that do not decode.
    #[error("parameter bytes: {0}")]
    Encoding(#[from] DecodeError),
}

fn or_none(known: &str) -> &str {
    if known.is_empty() { "none" } else { known }
}

/// A value for each parameter of a System, in the order in which it declares them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterValues {
    specs: &'static [ParameterSpec],
    values: Vec<u64>,
    data: Option<Digest>,
}

impl ParameterValues {
    /// The values `given` by name, defaults for the others.
    ///
    /// # Errors
    /// On a name the System does not have or a value outside its range.
    pub fn new(
        specs: &'static [ParameterSpec],
        given: &BTreeMap<String, u64>,
    ) -> Result<Self, ParameterError> {
        if let Some(name) = given.keys().find(|name| specs.iter().all(|s| s.name != **name)) {
            let names: Vec<_> = specs.iter().map(|spec| spec.name).collect();
            return Err(ParameterError::Unknown { name: name.clone(), known: names.join(", ") });
        }
        let values = specs.iter().map(|s| given.get(s.name).copied().unwrap_or(s.default));
        Self { specs, values: values.collect(), data: None }.in_range()
    }

    /// The same values for a match on the data set with this SHA-256.
    #[must_use]
    pub fn on_data(self, data: Digest) -> Self {
        Self { data: Some(data), ..self }
    }

    /// The values in canonical `bytes`: eight bytes each, in order.
    ///
    /// # Errors
    /// When the bytes do not decode or a value is outside its range.
    pub fn decode(specs: &'static [ParameterSpec], bytes: &[u8]) -> Result<Self, ParameterError> {
        let mut reader = Reader::new(bytes);
        let values = Self::read(specs, &mut reader)?;
        reader.finish()?;
        values.in_range()
    }

    /// As [`ParameterValues::decode`], of a System with a data set: its SHA-256 follows the values.
    ///
    /// # Errors
    /// When the bytes do not decode or a value is outside its range.
    pub fn decode_on_data(
        specs: &'static [ParameterSpec],
        bytes: &[u8],
    ) -> Result<Self, ParameterError> {
        let mut reader = Reader::new(bytes);
        let values = Self::read(specs, &mut reader)?;
        let data = Digest(reader.array(DATA)?);
        reader.finish()?;
        values.on_data(data).in_range()
    }

    fn read(
        specs: &'static [ParameterSpec],
        reader: &mut Reader<'_>,
    ) -> Result<Self, ParameterError> {
        let values: Result<_, _> = specs.iter().map(|spec| reader.u64(spec.name)).collect();
        Ok(Self { specs, values: values?, data: None })
    }

    fn in_range(self) -> Result<Self, ParameterError> {
        for (spec, &got) in self.specs.iter().zip(&self.values) {
            if !(spec.min..=spec.max).contains(&got) {
                let ParameterSpec { name, min, max, .. } = *spec;
                return Err(ParameterError::OutOfRange { name, got, min, max });
            }
        }
        Ok(self)
    }

    /// The canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        for &value in &self.values {
            writer.u64(value);
        }
        if let Some(Digest(data)) = &self.data {
            writer.raw(data);
        }
        writer.finish()
    }

    /// The SHA-256 of the data set, where the System is played on one.
    pub fn data(&self) -> Option<&Digest> {
        self.data.as_ref()
    }

    /// The values in the order of declaration.
    pub fn values(&self) -> &[u64] {
        &self.values
    }

    /// Name and value of each, in the order of declaration.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.specs.iter().map(|spec| spec.name).zip(self.values.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use alloc::borrow::ToOwned;
    use alloc::string::ToString;
    use alloc::vec;

    use super::*;

    const SPECS: &[ParameterSpec] = &[
        ParameterSpec { name: "width", meaning: "cells", min: 2, max: 16, default: 10 },
        ParameterSpec { name: "limit", meaning: "steps", min: 1, max: 99, default: 30 },
    ];

    fn given(pairs: &[(&str, u64)]) -> BTreeMap<String, u64> {
        pairs.iter().map(|&(name, value)| (name.to_owned(), value)).collect()
    }

    #[test]
    fn missing_values_are_defaults_and_bytes_round_trip() {
        let values = ParameterValues::new(SPECS, &given(&[("limit", 7)])).unwrap();
        assert_eq!(values.values(), [10, 7]);
        assert_eq!(ParameterValues::decode(SPECS, &values.encode()), Ok(values));
    }

    #[test]
    fn a_data_set_is_named_after_the_values() {
        let plain = ParameterValues::new(SPECS, &given(&[])).unwrap();
        let values = plain.clone().on_data(Digest([7; 32]));
        assert_eq!(values.encode(), [plain.encode(), vec![7; 32]].concat());
        assert_eq!(ParameterValues::decode_on_data(SPECS, &values.encode()), Ok(values.clone()));
        assert!(ParameterValues::decode(SPECS, &values.encode()).is_err());
        assert!(ParameterValues::decode_on_data(SPECS, &plain.encode()).is_err());
    }

    #[test]
    fn unknown_names_and_values_out_of_range_are_refused() {
        let unknown = ParameterValues::new(SPECS, &given(&[("hight", 3)]));
        assert_eq!(
            unknown.unwrap_err().to_string(),
            "no parameter \"hight\"; this System has width, limit"
        );
        let none = ParameterValues::new(&[], &given(&[("width", 3)])).unwrap_err().to_string();
        assert_eq!(none, "no parameter \"width\"; this System has none");
        let wide = ParameterValues::new(SPECS, &given(&[("width", 17)]));
        assert_eq!(wide.unwrap_err().to_string(), "parameter width is 17, expected 2 to 16");
        let mut bytes = ParameterValues::new(SPECS, &given(&[])).unwrap().encode();
        bytes.push(0);
        assert!(matches!(
            ParameterValues::decode(SPECS, &bytes),
            Err(ParameterError::Encoding(DecodeError::LeftOver { offset: 16, count: 1 }))
        ));
    }
}
