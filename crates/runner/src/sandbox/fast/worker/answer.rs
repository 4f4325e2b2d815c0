//! What a compile worker says: a greeting before it compiles, then code or a refusal.
//!
//! The greeting is the cache key of what it was asked for, which covers the bytes, the compiler,
//! its settings and wasmtime's version, so no other program or build can give it by accident. It
//! comes first, so that a worker which dies of the module can be told from one that is none.
//! Invariant: code counts only if its digest came with it, so a part of it never does.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

const CODE: u8 = b'C';
const REFUSED: u8 = b'R';
const DIGEST_BYTES: usize = 32;

/// What a worker answered after its greeting.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer<'a> {
    /// The compiled module.
    Code(&'a [u8]),
    /// The compiler's reason why there is none.
    Refused(&'a str),
    /// A part of an answer.
    Cut,
}

impl<'a> Answer<'a> {
    /// Reads an answer to the request `key`; none if it is not one.
    pub(super) fn read(bytes: &'a [u8], key: &str) -> Option<Self> {
        let rest = bytes.strip_prefix(key.as_bytes())?;
        let whole = rest.split_first().and_then(|(&kind, rest)| {
            let (digest, content) = rest.split_first_chunk::<DIGEST_BYTES>()?;
            (*digest == digest_of(kind, content)).then_some((kind, content))
        });
        Some(match whole {
            Some((CODE, code)) => Self::Code(code),
            Some((REFUSED, reason)) => std::str::from_utf8(reason).map_or(Self::Cut, Self::Refused),
            _ => Self::Cut,
        })
    }
}

/// Greets the one who asked for `key`.
pub(super) fn greet(mut output: impl Write, key: &str) -> io::Result<()> {
    output.write_all(key.as_bytes())?;
    output.flush()
}

/// Answers after the greeting.
pub(super) fn answer(mut output: impl Write, compiled: Result<&[u8], &str>) -> io::Result<()> {
    let (kind, content) = match compiled {
        Ok(code) => (CODE, code),
        Err(reason) => (REFUSED, reason.as_bytes()),
    };
    output.write_all(&[kind])?;
    output.write_all(&digest_of(kind, content))?;
    output.write_all(content)?;
    output.flush()
}

fn digest_of(kind: u8, content: &[u8]) -> [u8; DIGEST_BYTES] {
    Sha256::new().chain_update([kind]).chain_update(content).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(compiled: Result<&[u8], &str>) -> Vec<u8> {
        let mut bytes = Vec::new();
        greet(&mut bytes, "key").unwrap();
        answer(&mut bytes, compiled).unwrap();
        bytes
    }

    #[test]
    fn an_answer_is_read_as_it_was_given() {
        assert_eq!(Answer::read(&said(Ok(b"code")), "key"), Some(Answer::Code(b"code")));
        assert_eq!(Answer::read(&said(Err("why")), "key"), Some(Answer::Refused("why")));
    }

    #[test]
    fn a_part_of_an_answer_is_none_and_neither_is_a_changed_one() {
        let whole = said(Ok(b"code"));
        for length in 0..whole.len() {
            let expected = (length >= 3).then_some(Answer::Cut);
            assert_eq!(Answer::read(&whole[..length], "key"), expected, "{length} bytes");
        }
        for position in 3..whole.len() {
            let mut changed = whole.clone();
            changed[position] ^= 1;
            assert_eq!(Answer::read(&changed, "key"), Some(Answer::Cut), "byte {position}");
        }
    }

    #[test]
    fn an_answer_to_another_request_is_none() {
        assert_eq!(Answer::read(&said(Ok(b"code")), "kez"), None);
    }
}
