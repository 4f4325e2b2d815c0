//! The executor: runs transactions on the state, by revm.

use alloy_primitives::{Address, Bytes, U256};
use revm::context::result::{ExecutionResult, Output};
use revm::context::{BlockEnv, CfgEnv, TxEnv};
use revm::database::{AccountState, CacheDB};
use revm::database_interface::{DatabaseRef, WrapDatabaseRef};
use revm::primitives::TxKind;
use revm::primitives::hardfork::SpecId;
use revm::{Context, DatabaseCommit, ExecuteEvm, MainBuilder, MainContext};

use super::state::{StateChanges, StateError, StateStore};
use crate::adapter::{Log, Receipt};
use crate::transaction::{Call, SignedTransaction};

/// The rules of the EVM that the contracts are compiled for. Part of the embedded chain's protocol.
const SPEC: SpecId = SpecId::PRAGUE;

/// What a transaction may use on the embedded chain, where gas costs nothing.
pub(super) const GAS_LIMIT: u64 = 1_000_000_000;

/// Runs transactions and keeps what they change until the block is done.
#[derive(Debug)]
pub(super) struct Executor {
    cache: CacheDB<StateStore>,
    chain_id: u64,
    changes: StateChanges,
}

impl Executor {
    pub(super) fn new(store: StateStore, chain_id: u64) -> Self {
        Self { cache: CacheDB::new(store), chain_id, changes: StateChanges::default() }
    }

    fn config(&self) -> CfgEnv {
        let mut config = CfgEnv::new_with_spec(SPEC);
        config.chain_id = self.chain_id;
        config.tx_chain_id_check = true;
        config
    }

    /// A block's number is its time: nothing on this chain may depend on a clock.
    fn block(number: u64) -> BlockEnv {
        BlockEnv {
            number: U256::from(number),
            timestamp: U256::from(number),
            gas_limit: u64::MAX,
            basefee: 0,
            ..BlockEnv::default()
        }
    }

    /// Gives new coin to an account.
    pub(super) fn grant(&mut self, to: Address, amount: u128) -> Result<(), String> {
        let account = self.cache.load_account(to).map_err(|error| error.to_string())?;
        let balance = account.info.balance.checked_add(U256::from(amount));
        account.info.balance = balance.ok_or("the balance would exceed 2^256")?;
        account.account_state = AccountState::Touched;
        let info = account.info.clone();
        self.changes.accounts.push((to, info));
        Ok(())
    }

    /// Runs a transaction in block `number`.
    pub(super) fn execute(
        &mut self,
        number: u64,
        transaction: &SignedTransaction,
    ) -> Result<Receipt, String> {
        let call = transaction.call();
        let environment = TxEnv {
            tx_type: 2,
            caller: transaction.signer(),
            gas_limit: transaction.gas_limit(),
            gas_price: transaction.gas_price(),
            gas_priority_fee: Some(0),
            nonce: transaction.nonce(),
            chain_id: transaction.chain_id(),
            ..environment(call)
        };
        let config = self.config();
        let context = Context::mainnet().with_db(&mut self.cache);
        let mut evm = context.with_block(Self::block(number)).with_cfg(config).build_mainnet();
        let outcome = evm.transact(environment).map_err(|error| error.to_string())?;
        self.changes.extend(&outcome.state);
        self.cache.commit(outcome.state);
        Ok(receipt(number, transaction, outcome.result))
    }

    /// Runs a call in block `number` and forgets what it changed.
    pub(super) fn call(
        &self,
        number: u64,
        from: Address,
        call: &Call,
    ) -> Result<ExecutionResult, String> {
        let nonce = self.account_nonce(from).map_err(|error| error.to_string())?;
        let environment = TxEnv {
            caller: from,
            gas_limit: GAS_LIMIT,
            nonce,
            chain_id: Some(self.chain_id),
            ..environment(call)
        };
        let context = Context::mainnet().with_db(WrapDatabaseRef(&self.cache));
        let config = self.config();
        let mut evm = context.with_block(Self::block(number)).with_cfg(config).build_mainnet();
        evm.transact(environment).map(|outcome| outcome.result).map_err(|error| error.to_string())
    }

    pub(super) fn account_nonce(&self, address: Address) -> Result<u64, StateError> {
        Ok(self.cache.basic_ref(address)?.map_or(0, |info| info.nonce))
    }

    pub(super) fn balance(&self, address: Address) -> Result<U256, StateError> {
        Ok(self.cache.basic_ref(address)?.map_or(U256::ZERO, |info| info.balance))
    }

    /// What was changed since the last call.
    pub(super) fn take_changes(&mut self) -> StateChanges {
        std::mem::take(&mut self.changes)
    }

    /// Forgets everything since the state was last stored.
    pub(super) fn discard(&mut self, store: StateStore) {
        *self = Self::new(store, self.chain_id);
    }
}

fn environment(call: &Call) -> TxEnv {
    TxEnv {
        kind: call.to.map_or(TxKind::Create, TxKind::Call),
        value: U256::from(call.value),
        data: call.data.clone(),
        ..TxEnv::default()
    }
}

fn receipt(number: u64, transaction: &SignedTransaction, result: ExecutionResult) -> Receipt {
    let gas_used = result.tx_gas_used();
    let is_success = result.is_success();
    let (created, output, logs) = match result {
        ExecutionResult::Success { logs, output: Output::Call(bytes), .. } => (None, bytes, logs),
        ExecutionResult::Success { logs, output: Output::Create(_, created), .. } => {
            (created, Bytes::new(), logs)
        }
        ExecutionResult::Revert { output, .. } => (None, output, Vec::new()),
        ExecutionResult::Halt { .. } => (None, Bytes::new(), Vec::new()),
    };
    let log = |log: revm::primitives::Log| Log {
        block: number,
        address: log.address,
        topics: log.data.topics().to_vec(),
        data: log.data.data,
    };
    Receipt {
        transaction: transaction.hash(),
        is_success,
        gas_used,
        created,
        output,
        logs: logs.into_iter().map(log).collect(),
    }
}
