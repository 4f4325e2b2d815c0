//! What nodes answer, as types: quantities, hashes, blocks, receipts and logs in JSON.
//!
//! A field that is missing or of another form makes the whole answer unreadable; nothing is guessed.

use alloy_primitives::{Address, B256, Bytes, U256, hex};
use nets_chain::{Call, Head, Log, Receipt};
use serde_json::{Value, json};

/// A block as far as it is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) number: u64,
    pub(crate) hash: B256,
    pub(crate) parent: B256,
}

impl Header {
    pub(crate) fn head(&self) -> Head {
        Head { number: self.number, hash: self.hash }
    }
}

/// A transaction that is in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Included {
    pub(crate) block: Head,
    pub(crate) receipt: Receipt,
}

pub(crate) fn quantity(value: u128) -> String {
    format!("{value:#x}")
}

pub(crate) fn read_u256(value: &Value) -> Option<U256> {
    let digits = value.as_str()?.strip_prefix("0x")?;
    // The grammar of U256 takes signs, blanks and underscores, which quantities never have.
    let is_hex = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| U256::from_str_radix(digits, 16).ok()).flatten()
}

pub(crate) fn read_u64(value: &Value) -> Option<u64> {
    read_u256(value)?.try_into().ok()
}

pub(crate) fn read_u128(value: &Value) -> Option<u128> {
    read_u256(value)?.try_into().ok()
}

pub(crate) fn read_bytes(value: &Value) -> Option<Bytes> {
    hex::decode(value.as_str()?.strip_prefix("0x")?).ok().map(Bytes::from)
}

pub(crate) fn read_hash(value: &Value) -> Option<B256> {
    B256::try_from(read_bytes(value)?.as_ref()).ok()
}

fn read_address(value: &Value) -> Option<Address> {
    Address::try_from(read_bytes(value)?.as_ref()).ok()
}

pub(crate) fn read_header(value: &Value) -> Option<Header> {
    Some(Header {
        number: read_u64(&value["number"])?,
        hash: read_hash(&value["hash"])?,
        parent: read_hash(&value["parentHash"])?,
    })
}

/// A log; none as well where the node says that its block was undone.
pub(crate) fn read_log(value: &Value) -> Option<Log> {
    if value["removed"] == json!(true) {
        return None;
    }
    let topics = value["topics"].as_array()?.iter().map(read_hash);
    Some(Log {
        block: read_u64(&value["blockNumber"])?,
        address: read_address(&value["address"])?,
        topics: topics.collect::<Option<_>>()?,
        data: read_bytes(&value["data"])?,
    })
}

pub(crate) fn read_receipt(value: &Value) -> Option<Included> {
    let created = match &value["contractAddress"] {
        Value::Null => None,
        address => Some(read_address(address)?),
    };
    let is_success = read_u64(&value["status"])? == 1;
    let logs = value["logs"].as_array()?.iter().map(read_log);
    let receipt = Receipt {
        transaction: read_hash(&value["transactionHash"])?,
        is_success,
        gas_used: read_u64(&value["gasUsed"])?,
        // Some nodes name the address that would have been.
        created: created.filter(|_| is_success),
        output: Bytes::new(),
        logs: logs.collect::<Option<_>>()?,
    };
    let number = read_u64(&value["blockNumber"])?;
    Some(Included { block: Head { number, hash: read_hash(&value["blockHash"])? }, receipt })
}

/// A call as a parameter.
pub(crate) fn call_object(from: Address, call: &Call) -> Value {
    let mut object = json!({
        "from": from,
        "value": quantity(call.value),
        "input": call.data,
    });
    if let Some(to) = call.to {
        object["to"] = json!(to);
    }
    object
}

/// A block as a parameter, by its hash: never another one of the same number.
pub(crate) fn block_hash(hash: &B256) -> Value {
    json!({ "blockHash": hash })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_hex_digits_and_nothing_else() {
        assert_eq!(read_u64(&json!("0x10")), Some(16));
        for bad in [json!("16"), json!("0x"), json!("0x-1"), json!("0x1_0"), json!(16), json!(null)]
        {
            assert_eq!(read_u256(&bad), None, "{bad}");
        }
        assert_eq!(read_u64(&json!("0x10000000000000000")), None);
    }

    #[test]
    fn an_undone_log_is_no_log() {
        let mut log = json!({
            "blockNumber": "0x1", "address": Address::ZERO, "topics": [], "data": "0x",
        });
        assert!(read_log(&log).is_some());
        log["removed"] = json!(true);
        assert_eq!(read_log(&log), None);
    }
}
