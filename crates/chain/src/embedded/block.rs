//! Blocks of the embedded chain and their bytes.

use alloy_primitives::{Address, B256, Bytes};
use nets_core::{DecodeError, Reader, Writer, sha256};

use super::state::write_log;
use crate::adapter::{Head, Receipt};

const OPERATION_GRANT: u8 = 0;
const OPERATION_TRANSACTION: u8 = 1;

/// What a block does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// New coin for an account: the embedded chain's only source of it.
    Grant {
        /// Who gets it.
        to: Address,
        /// How much.
        amount: u128,
    },
    /// A signed transaction's bytes.
    Transaction(Bytes),
}

/// A block: what was done, and what it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its number; the first is 1.
    pub number: u64,
    /// The hash of the block before; that of the log's header for the first.
    pub parent: B256,
    /// What was done, in order.
    pub operations: Vec<Operation>,
    /// The hash of the receipts of its transactions.
    pub receipts_hash: B256,
}

impl Block {
    /// The bytes: number u64, parent, operation count u32, operations, receipts hash.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u64(self.number).raw(self.parent.as_slice());
        writer.u32(self.operations.len() as u32);
        for operation in &self.operations {
            match operation {
                Operation::Grant { to, amount } => {
                    writer.u8(OPERATION_GRANT).raw(to.as_slice()).raw(&amount.to_le_bytes());
                }
                Operation::Transaction(raw) => {
                    writer.u8(OPERATION_TRANSACTION).u32(raw.len() as u32).raw(raw);
                }
            }
        }
        writer.raw(self.receipts_hash.as_slice());
        writer.finish()
    }

    /// Reads the bytes.
    ///
    /// # Errors
    /// When they are no block.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let number = reader.u64("block number")?;
        let parent = B256::new(reader.array("parent hash")?);
        let count = reader.u32("operation count")?;
        let operations =
            (0..count).map(|_| read_operation(&mut reader)).collect::<Result<_, _>>()?;
        let receipts_hash = B256::new(reader.array("receipts hash")?);
        reader.finish()?;
        Ok(Self { number, parent, operations, receipts_hash })
    }

    /// The SHA-256 of the bytes.
    pub fn hash(&self) -> B256 {
        B256::new(sha256(&self.encode()).0)
    }

    /// The block as the latest one.
    pub fn head(&self) -> Head {
        Head { number: self.number, hash: self.hash() }
    }
}

fn read_operation(reader: &mut Reader<'_>) -> Result<Operation, DecodeError> {
    match reader.u8("operation kind")? {
        OPERATION_GRANT => {
            let to = Address::new(reader.array("grant's account")?);
            let amount = u128::from_le_bytes(reader.array("grant's amount")?);
            Ok(Operation::Grant { to, amount })
        }
        OPERATION_TRANSACTION => {
            let size = reader.u32("transaction length")? as usize;
            let raw = reader.raw("transaction", size)?;
            Ok(Operation::Transaction(Bytes::copy_from_slice(raw)))
        }
        kind => Err(DecodeError::value("operation kind", "0 or 1", kind)),
    }
}

/// The hash of the receipts of a block: status, gas, output and logs of each.
pub(crate) fn receipts_hash(receipts: &[Receipt]) -> B256 {
    let mut writer = Writer::new();
    for receipt in receipts {
        writer.u8(u8::from(receipt.is_success)).u64(receipt.gas_used);
        writer.u32(receipt.output.len() as u32).raw(&receipt.output);
        writer.u32(receipt.logs.len() as u32);
        receipt.logs.iter().for_each(|log| write_log(&mut writer, log));
    }
    B256::new(sha256(&writer.finish()).0)
}
