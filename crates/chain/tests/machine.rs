//! An EVM in memory that a test sends calls to, from whomever it likes, without signatures.

use alloy_primitives::{Address, Bytes, TxKind, U256};
use alloy_sol_types::SolConstructor;
use nets_chain::demands::IDemands;
use nets_chain::{ImageRoots, Log};
use revm::context::TxEnv;
use revm::context_interface::result::{ExecutionResult, Output};
use revm::database::{CacheDB, EmptyDB};
use revm::state::AccountInfo;
use revm::{Context, ExecuteCommitEvm, ExecuteEvm, MainBuilder, MainContext};

/// What creates the demands contract for trials of this image.
pub(crate) fn demands_creation(image: ImageRoots) -> Vec<u8> {
    let ImageRoots { entry, code, ram } = image;
    let arguments = IDemands::constructorCall { entry, codeRoot: code, ramRoot: ram };
    [&IDemands::BYTECODE[..], &arguments.abi_encode()].concat()
}

const GAS_LIMIT: u64 = 16_000_000;

type Evm = revm::MainnetEvm<revm::handler::MainnetContext<CacheDB<EmptyDB>>>;

/// What a call came to.
#[derive(Debug)]
pub(crate) enum Answer {
    /// It succeeded with this output and cost this gas, the transaction's own included.
    Done(Bytes, u64),
    /// It was refused with these bytes.
    Refused(Bytes),
}

/// The EVM.
pub(crate) struct Machine {
    evm: Evm,
}

impl Machine {
    /// An EVM in which the `rich` have coin.
    pub(crate) fn new(rich: &[Address]) -> Self {
        let mut state = CacheDB::new(EmptyDB::default());
        for &address in rich {
            state.insert_account_info(address, AccountInfo::from_balance(U256::from(u128::MAX)));
        }
        let evm = Context::mainnet()
            .with_db(state)
            .modify_cfg_chained(|cfg| cfg.disable_nonce_check = true)
            .build_mainnet();
        let mut machine = Self { evm };
        // No chain has a transaction in block 0.
        machine.pass(1);
        machine
    }

    /// Gives somebody coin.
    pub(crate) fn enrich(&mut self, address: Address) {
        let rich = AccountInfo::from_balance(U256::from(u128::MAX));
        self.evm.ctx.journaled_state.database.insert_account_info(address, rich);
    }

    /// Lets `blocks` pass.
    pub(crate) fn pass(&mut self, blocks: u64) {
        self.evm.ctx.block.number += U256::from(blocks);
    }

    /// Creates a contract.
    pub(crate) fn create(&mut self, from: Address, code: Vec<u8>) -> Address {
        let tx = envelope(from, TxKind::Create, 0, code);
        let nonce = self.evm.ctx.journaled_state.database.cache.accounts.get(&from);
        let nonce = nonce.map_or(0, |account| account.info.nonce);
        let tx = TxEnv { nonce, ..tx };
        match self.evm.transact_commit(tx).expect("a valid transaction") {
            ExecutionResult::Success { output: Output::Create(_, Some(address)), .. } => address,
            other => panic!("not created: {other:?}"),
        }
    }

    /// Sends a call that must succeed and keeps what it changed; returns its output and its gas.
    pub(crate) fn send(
        &mut self,
        from: Address,
        to: Address,
        value: u128,
        data: Vec<u8>,
    ) -> (Bytes, u64) {
        let tx = envelope(from, TxKind::Call(to), value, data);
        match answer(self.evm.transact_commit(tx).expect("a valid transaction")) {
            Answer::Done(output, gas) => (output, gas),
            Answer::Refused(output) => panic!("refused: {output}"),
        }
    }

    /// Sends a call and keeps what it changed, if it was not refused; gives its gas and its events.
    pub(crate) fn send_for_logs(
        &mut self,
        from: Address,
        to: Address,
        data: Vec<u8>,
    ) -> Result<(u64, Vec<Log>), Bytes> {
        let result = self.evm.transact_commit(envelope(from, TxKind::Call(to), 0, data));
        let result = result.expect("a valid transaction");
        let block = self.evm.ctx.block.number.to();
        let log = |log: &revm::primitives::Log| Log {
            block,
            address: log.address,
            topics: log.topics().to_vec(),
            data: log.data.data.clone(),
        };
        let logs = result.logs().iter().map(log).collect();
        match answer(result) {
            Answer::Done(_, gas) => Ok((gas, logs)),
            Answer::Refused(output) => Err(output),
        }
    }

    /// Tries a call and forgets what it changed.
    pub(crate) fn try_call(&mut self, from: Address, to: Address, data: Vec<u8>) -> Answer {
        let tx = envelope(from, TxKind::Call(to), 0, data);
        answer(self.evm.transact(tx).expect("a valid transaction").result)
    }
}

fn envelope(from: Address, kind: TxKind, value: u128, data: Vec<u8>) -> TxEnv {
    TxEnv::builder()
        .caller(from)
        .kind(kind)
        .value(U256::from(value))
        .data(data.into())
        .gas_limit(GAS_LIMIT)
        .build()
        .expect("a well-formed transaction")
}

fn answer(result: ExecutionResult) -> Answer {
    let gas = result.tx_gas_used();
    match result {
        ExecutionResult::Success { output, .. } => Answer::Done(output.into_data(), gas),
        ExecutionResult::Revert { output, .. } => Answer::Refused(output),
        ExecutionResult::Halt { reason, .. } => panic!("halted: {reason:?}"),
    }
}
