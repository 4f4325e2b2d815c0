//! Deployment: putting the contracts on a chain, and finding them again by what created them.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes, hex};
use alloy_sol_types::SolConstructor;

use crate::account::Account;
use crate::adapter::{ChainAdapter, ChainError};
use crate::bindings::demands::IDemands;
use crate::bindings::{ConnectFourSystem, IArena, IBeacon, ICourt, RpsSystem, SnakeSystem};
use crate::transaction::{Call, SignedTransaction};

/// Where the contracts of an arena are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Money, leagues, rounds.
    pub arena: Address,
    /// Refutations.
    pub court: Address,
    /// Demands for what an asserter hides.
    pub demands: Address,
    /// Where seeds come from.
    pub beacon: Address,
    /// The step contracts by System name.
    pub systems: BTreeMap<String, Address>,
}

impl Deployment {
    /// Where the contracts are that these transactions created, by their code: the whole plan's
    /// creations in its order, from one account, and nothing else.
    pub(crate) fn of(transactions: &[SignedTransaction]) -> Result<Self, ChainError> {
        let wrong = |reason: String| ChainError::Deployment { reason };
        let [first, _, _, beacon, ..] = transactions else {
            return Err(wrong(format!("it has {} creations at its start", transactions.len())));
        };
        let tip = beacon.call().data.last_chunk::<32>().copied().unwrap_or_default();
        let plan = DeploymentPlan { beacon_tip: B256::new(tip) };
        let (signer, nonce) = (first.signer(), first.nonce());
        let creations = plan.creations(signer.create(nonce), signer.create(nonce + 1));
        if transactions.len() != creations.len() {
            let (got, expected) = (transactions.len(), creations.len());
            return Err(wrong(format!("{got} transactions in the first block, not {expected}")));
        }
        for (index, (name, call)) in (0..).zip(&creations) {
            let found = &transactions[index as usize];
            if found.call() != call || found.signer() != signer || found.nonce() != nonce + index {
                return Err(wrong(format!("its transaction {index} does not create {name}")));
            }
        }
        let address = |index| signer.create(nonce + index);
        let systems = (FIRST_SYSTEM..).zip(&creations[FIRST_SYSTEM as usize..]);
        Ok(Self {
            court: address(0),
            demands: address(1),
            arena: address(2),
            beacon: address(3),
            systems: systems.map(|(i, (name, _))| ((*name).to_owned(), address(i))).collect(),
        })
    }

    /// The addresses of all contracts.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = Address> {
        let systems = self.systems.values().copied();
        [self.court, self.demands, self.arena, self.beacon].into_iter().chain(systems)
    }
}

/// The first creation that is a System's.
const FIRST_SYSTEM: u64 = 4;

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
        // The first two creations' addresses are in the third's arguments, and follow from nonces.
        let first = chain.sign(account, vec![creation(&ICourt::BYTECODE, &[])])?;
        let address = |index| first.first().map(|it| it.signer().create(it.nonce() + index));
        let (court, demands) = (address(0), address(1));
        let creations = self.creations(court.unwrap_or_default(), demands.unwrap_or_default());
        let calls = creations.into_iter().map(|(_, call)| call).collect();
        let transactions = chain.sign(account, calls)?;
        let receipts = chain.submit(&transactions)?;
        match receipts.iter().find(|receipt| receipt.created.is_none()) {
            None => Deployment::of(&transactions),
            Some(refused) => {
                let output = hex::encode(&refused.output);
                let reason = format!("a contract could not be created: {output}");
                Err(ChainError::Deployment { reason })
            }
        }
    }

    /// What creates each contract, in order: court, demands, arena, beacon, the Systems.
    fn creations(&self, court: Address, demands: Address) -> Vec<(&'static str, Call)> {
        let arena = IArena::constructorCall { court, demands }.abi_encode();
        let beacon = IBeacon::constructorCall { tip: self.beacon_tip }.abi_encode();
        vec![
            ("court", creation(&ICourt::BYTECODE, &[])),
            ("demands", creation(&IDemands::BYTECODE, &[])),
            ("arena", creation(&IArena::BYTECODE, &arena)),
            ("beacon", creation(&IBeacon::BYTECODE, &beacon)),
            ("snake", creation(&SnakeSystem::BYTECODE, &[])),
            ("rps", creation(&RpsSystem::BYTECODE, &[])),
            ("connect-four", creation(&ConnectFourSystem::BYTECODE, &[])),
        ]
    }
}

fn creation(code: &Bytes, arguments: &[u8]) -> Call {
    Call { to: None, value: 0, data: [code.as_ref(), arguments].concat().into() }
}
