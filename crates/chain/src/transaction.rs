//! Transactions: signed EIP-1559 bytes, the same on every chain.

use alloy_consensus::transaction::SignerRecoverable;
use alloy_consensus::{SignableTransaction, Transaction, TxEip1559, TxEnvelope};
use alloy_primitives::{Address, B256, Bytes, TxKind, U256};
use thiserror::Error;

use crate::signer::{Signer, SignerError};

/// What a transaction does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The contract or account that is called; none creates a contract.
    pub to: Option<Address>,
    /// The coin that is sent along.
    pub value: u128,
    /// The call's data, or the contract's creation code.
    pub data: Bytes,
}

/// Fees and position of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The chain it is for.
    pub chain_id: u64,
    /// How many transactions the signer has sent before.
    pub nonce: u64,
    /// The gas it may use.
    pub gas_limit: u64,
    /// What it pays for a unit of gas at most.
    pub gas_price: u128,
    /// How much of that may go to whoever makes the block.
    pub priority_fee: u128,
}

/// A transaction as it is stored and sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTransaction {
    raw: Bytes,
    hash: B256,
    signer: Address,
    nonce: u64,
    chain_id: Option<u64>,
    gas_limit: u64,
    gas_price: u128,
    priority_fee: u128,
    call: Call,
}

/// Bytes that are no transaction.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TransactionError {
    /// The bytes do not decode.
    #[error("not a transaction: {0}")]
    Encoding(String),
    /// The signature is nobody's.
    #[error("the transaction's signature is invalid")]
    Signature,
    /// Nobody signed it.
    #[error(transparent)]
    Signer(#[from] SignerError),
}

impl SignedTransaction {
    /// Makes a transaction and has it signed.
    ///
    /// # Errors
    /// When the signer does not sign.
    pub fn sign(
        signer: &dyn Signer,
        call: Call,
        envelope: Envelope,
    ) -> Result<Self, TransactionError> {
        let transaction = TxEip1559 {
            chain_id: envelope.chain_id,
            nonce: envelope.nonce,
            gas_limit: envelope.gas_limit,
            max_fee_per_gas: envelope.gas_price,
            max_priority_fee_per_gas: envelope.priority_fee,
            to: call.to.map_or(TxKind::Create, TxKind::Call),
            value: U256::from(call.value),
            access_list: Default::default(),
            input: call.data,
        };
        let signature = signer.sign_transaction(&transaction.encoded_for_signing())?;
        let envelope = TxEnvelope::from(transaction.into_signed(signature));
        let raw =
            alloy_consensus::private::alloy_eips::eip2718::Encodable2718::encoded_2718(&envelope);
        Self::decode(&raw)
    }

    /// Reads the bytes of a transaction and recovers who signed it.
    ///
    /// # Errors
    /// When they are no transaction, or its signature is nobody's.
    pub fn decode(raw: &[u8]) -> Result<Self, TransactionError> {
        use alloy_consensus::private::alloy_eips::eip2718::Decodable2718;
        let envelope = TxEnvelope::decode_2718_exact(raw)
            .map_err(|error| TransactionError::Encoding(error.to_string()))?;
        let signer = envelope.recover_signer().map_err(|_| TransactionError::Signature)?;
        let value = u128::try_from(envelope.value())
            .map_err(|_| TransactionError::Encoding("value above 2^128".to_owned()))?;
        Ok(Self {
            raw: Bytes::copy_from_slice(raw),
            hash: *envelope.tx_hash(),
            signer,
            nonce: envelope.nonce(),
            chain_id: envelope.chain_id(),
            gas_limit: envelope.gas_limit(),
            gas_price: envelope.max_fee_per_gas(),
            priority_fee: envelope.max_priority_fee_per_gas().unwrap_or_default(),
            call: Call { to: envelope.to(), value, data: envelope.input().clone() },
        })
    }

    /// The bytes.
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// Its Keccak-256.
    pub fn hash(&self) -> B256 {
        self.hash
    }

    /// Who signed it.
    pub fn signer(&self) -> Address {
        self.signer
    }

    /// How many transactions the signer had sent before.
    pub fn nonce(&self) -> u64 {
        self.nonce
    }

    /// The chain it is for.
    pub fn chain_id(&self) -> Option<u64> {
        self.chain_id
    }

    /// The gas it may use.
    pub fn gas_limit(&self) -> u64 {
        self.gas_limit
    }

    /// What it pays for a unit of gas at most.
    pub fn gas_price(&self) -> u128 {
        self.gas_price
    }

    /// How much of that may go to whoever makes the block.
    pub fn priority_fee(&self) -> u128 {
        self.priority_fee
    }

    /// What it does.
    pub fn call(&self) -> &Call {
        &self.call
    }
}
