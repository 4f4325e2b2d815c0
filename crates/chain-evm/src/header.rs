//! Block headers as bytes: what a block's hash is taken of, put together from a node's answer.
//!
//! A header that does not hash to its block's hash is never handed out.

use alloy_primitives::{Bytes, U256, keccak256};
use serde_json::{Value, json};

use crate::chain::EvmChain;
use crate::error::EvmError;
use crate::wire::{quantity, read_bytes, read_hash, read_u256};

/// How a field is written.
#[derive(Clone, Copy)]
enum Form {
    /// As the bytes that they are.
    Bytes,
    /// As a number without leading zeros.
    Number,
}

use Form::{Bytes as B, Number as N};

/// The fields of a header in their order, as JSON-RPC names them.
const FIELDS: [(&str, Form); 15] = [
    ("parentHash", B),
    ("sha3Uncles", B),
    ("miner", B),
    ("stateRoot", B),
    ("transactionsRoot", B),
    ("receiptsRoot", B),
    ("logsBloom", B),
    ("difficulty", N),
    ("number", N),
    ("gasLimit", N),
    ("gasUsed", N),
    ("timestamp", N),
    ("extraData", B),
    ("mixHash", B),
    ("nonce", B),
];

/// The fields that forks added, each there only with those before it.
const ADDED_FIELDS: [(&str, Form); 6] = [
    ("baseFeePerGas", N),
    ("withdrawalsRoot", B),
    ("blobGasUsed", N),
    ("excessBlobGas", N),
    ("parentBeaconBlockRoot", B),
    ("requestsHash", B),
];

impl EvmChain {
    /// The header of a block, in the bytes that its hash is taken of.
    ///
    /// # Errors
    /// When the node does not answer, or the header has fields that this build does not know.
    pub fn header(&self, number: u64) -> Result<Bytes, EvmError> {
        let params = json!([quantity(number.into()), false]);
        let read = |block: &Value| Some((encode(block)?, read_hash(&block["hash"])?));
        let (header, expected) =
            self.rpc.read_as("eth_getBlockByNumber", params, "a block with its header", read)?;
        match keccak256(&header) {
            got if got == expected => Ok(header),
            got => Err(EvmError::Header { url: self.rpc.shown(), number, expected, got }),
        }
    }
}

fn encode(block: &Value) -> Option<Bytes> {
    let mut items = Vec::new();
    for (name, form) in FIELDS {
        items.extend(item(&field(&block[name], form)?));
    }
    let added = ADDED_FIELDS.iter().take_while(|(name, _)| !block[*name].is_null());
    for (name, form) in added {
        items.extend(item(&field(&block[*name], *form)?));
    }
    Some([prefix(0xc0, items.len()), items].concat().into())
}

fn field(value: &Value, form: Form) -> Option<Vec<u8>> {
    match form {
        B => read_bytes(value).map(Vec::from),
        N => read_u256(value).map(trimmed),
    }
}

fn trimmed(number: U256) -> Vec<u8> {
    number.to_be_bytes_trimmed_vec()
}

/// A string in RLP.
fn item(bytes: &[u8]) -> Vec<u8> {
    match bytes {
        [byte] if *byte < 0x80 => vec![*byte],
        _ => [prefix(0x80, bytes.len()), bytes.to_vec()].concat(),
    }
}

/// What RLP has before `length` bytes of a string, where `base` is 0x80, or of a list, 0xc0.
fn prefix(base: u8, length: usize) -> Vec<u8> {
    match u8::try_from(length) {
        Ok(short @ 0..56) => vec![base + short],
        _ => {
            let size = trimmed(U256::from(length));
            [vec![base + 55 + size.len() as u8], size].concat()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_lists_are_as_rlp_has_them() {
        assert_eq!(item(b""), [0x80]);
        assert_eq!(item(&[0x7f]), [0x7f]);
        assert_eq!(item(&[0x80]), [0x81, 0x80]);
        assert_eq!(item(b"dog"), *b"\x83dog");
        assert_eq!(item(&[7; 56])[..3], [0xb8, 56, 7]);
        assert_eq!(prefix(0xc0, 55), [0xf7]);
        assert_eq!(prefix(0xc0, 1024), [0xf9, 4, 0]);
    }

    #[test]
    fn a_header_without_one_of_its_fields_is_none() {
        let mut block: Value =
            FIELDS.iter().map(|(name, _)| ((*name).to_owned(), json!("0x1f"))).collect();
        assert!(encode(&block).is_some());
        block["mixHash"] = Value::Null;
        assert_eq!(encode(&block), None);
    }
}
