//! Deployment: putting the contracts on a chain, and knowing where they are.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes, hex};
use alloy_sol_types::SolConstructor;

use crate::account::Account;
use crate::adapter::{ChainAdapter, ChainError};
use crate::bindings::{ConnectFourSystem, IArena, IBeacon, ICourt, RpsSystem, SnakeSystem};
use crate::transaction::Call;

/// Where the contracts of an arena are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Money, leagues, rounds.
    pub arena: Address,
    /// Refutations.
    pub court: Address,
    /// Where seeds come from.
    pub beacon: Address,
    /// The step contracts by System name.
    pub systems: BTreeMap<String, Address>,
}

/// What is to be deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeploymentPlan {
    /// The last link of the operator's chain of secrets, which the beacon reveals backwards.
    pub beacon_tip: B256,
}

impl DeploymentPlan {
    /// Deploys all contracts from `account`, in one submission.
    ///
    /// # Errors
    /// When the chain cannot be used or refuses a contract.
    pub fn deploy(
        &self,
        chain: &mut dyn ChainAdapter,
        account: &Account,
    ) -> Result<Deployment, ChainError> {
        let create = |code: &Bytes, arguments: Vec<u8>| Call {
            to: None,
            value: 0,
            data: [code.as_ref(), &arguments].concat().into(),
        };
        let court = self.create_one(chain, account, create(&ICourt::BYTECODE, Vec::new()))?;
        let arena = IArena::constructorCall { court }.abi_encode();
        let beacon = IBeacon::constructorCall { tip: self.beacon_tip }.abi_encode();
        let systems = [
            ("snake", &SnakeSystem::BYTECODE),
            ("rps", &RpsSystem::BYTECODE),
            ("connect-four", &ConnectFourSystem::BYTECODE),
        ];
        let arena = self.create_one(chain, account, create(&IArena::BYTECODE, arena))?;
        let beacon = self.create_one(chain, account, create(&IBeacon::BYTECODE, beacon))?;
        let systems = systems.into_iter().map(|(name, code)| {
            let address = self.create_one(chain, account, create(code, Vec::new()))?;
            Ok((name.to_owned(), address))
        });
        let systems = systems.collect::<Result<_, ChainError>>()?;
        Ok(Deployment { arena, court, beacon, systems })
    }

    fn create_one(
        &self,
        chain: &mut dyn ChainAdapter,
        account: &Account,
        call: Call,
    ) -> Result<Address, ChainError> {
        let transactions = chain.sign(account, vec![call])?;
        let receipts = chain.submit(&transactions)?;
        receipts.first().and_then(|receipt| receipt.created).ok_or_else(|| {
            let output = receipts.first().map(|receipt| hex::encode(&receipt.output));
            let reason = format!("a contract could not be created: {}", output.unwrap_or_default());
            ChainError::Invalid { index: 0, reason }
        })
    }
}
