//! The executor: runs transactions on the state, by revm.

use std::convert::Infallible;

use alloy_primitives::{Address, Bytes, U256};
use revm::context::result::{ExecutionResult, Output};
use revm::context::{BlockEnv, CfgEnv, TxEnv};
use revm::database::{AccountState, CacheDB};
use revm::database_interface::{DatabaseRef, WrapDatabaseRef};
use revm::primitives::TxKind;
use revm::primitives::hardfork::SpecId;
use revm::{Context, DatabaseCommit, ExecuteEvm, MainBuilder, MainContext};

use super::state::{State, StateChanges};
use crate::adapter::{ChainError, Head, Log, Receipt};
use crate::transaction::{Call, SignedTransaction};

/// The rules of the EVM that the contracts are compiled for. Part of the embedded chain's protocol.
const SPEC: SpecId = SpecId::PRAGUE;

/// What a transaction may use on the embedded chain, where gas costs nothing.
pub(super) const GAS_LIMIT: u64 = 1_000_000_000;

/// Runs transactions and keeps what they change until the block is done.
#[derive(Debug)]
pub(super) struct Executor {
    /// The state after the last block, under what the block being made has read and changed.
    cache: CacheDB<State>,
    chain_id: u64,
    changes: StateChanges,
}

impl Executor {
    pub(super) fn new(state: State, chain_id: u64) -> Self {
        Self { cache: CacheDB::new(state), chain_id, changes: StateChanges::default() }
    }

    /// The state after the last block.
    pub(super) fn state(&self) -> &State {
        &self.cache.db
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

    /// The coin that can still be given out: all of it together is less than 2^128.
    pub(super) fn grantable(&self) -> u128 {
        u128::MAX - self.state().granted - self.changes.granted
    }

    /// Gives new coin to an account.
    pub(super) fn grant(&mut self, to: Address, amount: u128) -> Result<(), String> {
        let rest = self.grantable();
        if amount > rest {
            return Err(format!("{amount} coin cannot be given out, at most {rest} is left"));
        }
        self.changes.granted += amount;
        let Ok(account) = self.cache.load_account(to);
        account.info.balance += U256::from(amount);
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
        let environment = self.call_environment(&self.cache, from, call);
        let context = Context::mainnet().with_db(WrapDatabaseRef(&self.cache));
        let config = self.config();
        let mut evm = context.with_block(Self::block(number)).with_cfg(config).build_mainnet();
        evm.transact(environment).map(|outcome| outcome.result).map_err(|error| error.to_string())
    }

    /// Runs calls in block `number`, each on what those before it left, and forgets what they
    /// changed; a failure has the call's position.
    pub(super) fn call_in_turn(
        &self,
        number: u64,
        calls: &[(Address, Call)],
    ) -> Result<Vec<ExecutionResult>, (usize, String)> {
        let mut draft = CacheDB::new(&self.cache);
        let mut run = |(from, call): &(Address, Call)| -> Result<ExecutionResult, String> {
            let environment = self.call_environment(&draft, *from, call);
            let context = Context::mainnet().with_db(&mut draft);
            let block = Self::block(number);
            let mut evm = context.with_block(block).with_cfg(self.config()).build_mainnet();
            let outcome = evm.transact(environment).map_err(|error| error.to_string())?;
            draft.commit(outcome.state);
            Ok(outcome.result)
        };
        let results = calls.iter().enumerate();
        results.map(|(index, call)| run(call).map_err(|reason| (index, reason))).collect()
    }

    fn call_environment(
        &self,
        state: &impl DatabaseRef<Error = Infallible>,
        from: Address,
        call: &Call,
    ) -> TxEnv {
        let Ok(caller) = state.basic_ref(from);
        TxEnv {
            caller: from,
            gas_limit: GAS_LIMIT,
            nonce: caller.map_or(0, |info| info.nonce),
            chain_id: Some(self.chain_id),
            ..environment(call)
        }
    }

    pub(super) fn account_nonce(&self, address: Address) -> u64 {
        let Ok(info) = self.cache.basic_ref(address);
        info.map_or(0, |info| info.nonce)
    }

    pub(super) fn balance(&self, address: Address) -> U256 {
        let Ok(info) = self.cache.basic_ref(address);
        info.map_or(U256::ZERO, |info| info.balance)
    }

    /// Makes what was changed part of the state: the block is done.
    pub(super) fn commit(&mut self, head: Head, logs: Vec<Log>) {
        self.cache.db.apply(head, std::mem::take(&mut self.changes), logs);
    }

    /// Forgets what was changed since the last block.
    pub(super) fn discard(&mut self) {
        *self = Self::new(std::mem::take(&mut self.cache.db), self.chain_id);
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

/// What a call returned, or said when it refused.
pub(super) fn answer(
    result: ExecutionResult,
    index: usize,
) -> Result<Result<Bytes, Bytes>, ChainError> {
    match result {
        ExecutionResult::Success { output, .. } => Ok(Ok(output.into_data())),
        ExecutionResult::Revert { output, .. } => Ok(Err(output)),
        ExecutionResult::Halt { reason, .. } => {
            Err(ChainError::Invalid { index, reason: format!("{reason:?}") })
        }
    }
}
