//! Identifiers, each a type of its own so that none can stand in for another.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;

use thiserror::Error;

use crate::hash::{Digest, Tag, hash_tagged};

/// Text that should have been hex digits of a fixed count.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ParseHexError {
    /// Too few or too many digits.
    #[error("expected {expected} hex digits, got {got}")]
    Length {
        /// How many digits the type has.
        expected: usize,
        /// How many characters the text has.
        got: usize,
    },
    /// A character outside 0-9, a-f, A-F.
    #[error("{character:?} is not a hex digit")]
    Digit {
        /// The first such character.
        character: char,
    },
}

pub(crate) fn parse_hex<const N: usize>(text: &str) -> Result<[u8; N], ParseHexError> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    if let Some(character) = digits.chars().find(|c| !c.is_ascii_hexdigit()) {
        return Err(ParseHexError::Digit { character });
    }
    if digits.len() != 2 * N {
        return Err(ParseHexError::Length { expected: 2 * N, got: digits.len() });
    }
    let value = |digit: u8| (digit as char).to_digit(16).unwrap_or(0) as u8;
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        *byte = value(pair[0]) << 4 | value(pair[1]);
    }
    Ok(bytes)
}

pub(crate) fn write_hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

macro_rules! hex_newtype {
    ($(#[$doc:meta])* $name:ident, $bytes:literal, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub [u8; $bytes]);

        impl $name {
            /// The first eight hex digits, for people.
            pub fn short(&self) -> String {
                self.to_string()[..$prefix.len() + 8].to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($prefix)?;
                write_hex(f, &self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseHexError;

            fn from_str(text: &str) -> Result<Self, ParseHexError> {
                parse_hex(text).map(Self)
            }
        }
    };
}

hex_newtype!(
    /// The account of an owner: the last 20 bytes of its public key's Keccak-256, as on Ethereum.
    Address, 20, "0x"
);
hex_newtype!(
    /// An agent: the hash of its owner and its code.
    AgentId, 32, ""
);
hex_newtype!(
    /// A match: the hash of its spec.
    MatchId, 32, ""
);
hex_newtype!(
    /// The rules a match is played by: the hash of everything in its spec but seed and seats.
    RulesId, 32, ""
);
hex_newtype!(
    /// The 32 bytes that all chance of a round or a match comes from.
    Seed, 32, ""
);

impl AgentId {
    /// The agent that `owner` enters with the module whose SHA-256 is `code_hash`.
    ///
    /// The owner is part of it, so that nobody can take a code hash seen elsewhere and be first.
    pub fn new(owner: &Address, code_hash: &Digest) -> Self {
        Self(hash_tagged(Tag::Agent, &[&owner.0, &code_hash.0]).0)
    }
}

impl Seed {
    /// The seed of match or pair `index` in the round whose seed this is.
    pub fn for_match(&self, index: u32) -> Self {
        Self(hash_tagged(Tag::MatchSeed, &[&self.0, &index.to_le_bytes()]).0)
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn hex_text_round_trips_with_and_without_prefix() {
        let seed = Seed([0xab; 32]);
        assert_eq!(seed.to_string().parse(), Ok(seed));
        assert_eq!(format!("0x{seed}").parse(), Ok(seed));
        let address = Address([7; 20]);
        assert_eq!(address.to_string(), format!("0x{}", "07".repeat(20)));
        assert_eq!(address.to_string().parse(), Ok(address));
    }

    #[test]
    fn bad_hex_says_what_is_wrong() {
        assert_eq!("abc".parse::<Seed>(), Err(ParseHexError::Length { expected: 64, got: 3 }));
        assert_eq!("0xzz".parse::<Seed>(), Err(ParseHexError::Digit { character: 'z' }));
        assert_eq!("é".parse::<Seed>(), Err(ParseHexError::Digit { character: 'é' }));
    }
}
