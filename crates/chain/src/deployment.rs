//! Deployment: putting the contracts on a chain, and finding them again by what created them.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256, Bytes, hex};
use alloy_sol_types::SolConstructor;

use crate::adapter::{ChainAdapter, ChainError};
use crate::bindings::clocks::IClocks;
use crate::bindings::demands::IDemands;
use crate::bindings::machine::IMachine;
use crate::bindings::trials::ITrials;
use crate::bindings::{
    ArenaExits, ArenaMembers, ConnectFourSystem, IArena, IBeacon, ICourt, LeagueCreation,
    RpsSystem, SnakeSystem,
};
use crate::embedded::EmbeddedChain;
use crate::image::{IMAGE, ImageRoots};
use crate::signer::Signer;
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
    /// Clocks of matches in signed leagues.
    pub clocks: Address,
    /// Where seeds come from.
    pub beacon: Address,
    /// The step contracts by System name.
    pub systems: BTreeMap<String, Address>,
}

/// The contracts that assertions are judged by, whose addresses the arena is created with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judges {
    /// Refutations.
    pub court: Address,
    /// Demands for what an asserter hides.
    pub demands: Address,
    /// Clocks of matches in signed leagues.
    pub clocks: Address,
}

impl Judges {
    /// Those that `creator` makes, if they are the first it creates from `nonce` on.
    pub fn created_by(creator: Address, nonce: u64) -> Self {
        Self {
            court: creator.create(nonce),
            demands: creator.create(nonce + 1),
            clocks: creator.create(nonce + 2),
        }
    }
}

impl Deployment {
    /// Where the contracts are that these transactions created, by their code: the whole plan's
    /// creations in its order, from one account, and nothing else.
    pub(crate) fn of(transactions: &[SignedTransaction]) -> Result<Self, ChainError> {
        let wrong = |reason: String| ChainError::Deployment { reason };
        let [first, _, _, _, beacon, ..] = transactions else {
            return Err(wrong(format!("it has {} creations at its start", transactions.len())));
        };
        let tip = beacon.call().data.last_chunk::<32>().copied().unwrap_or_default();
        let plan = DeploymentPlan { beacon_tip: B256::new(tip) };
        let (signer, nonce) = (first.signer(), first.nonce());
        let creations = plan.creations(Judges::created_by(signer, nonce));
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
            clocks: address(2),
            arena: address(ARENA),
            beacon: address(4),
            systems: systems.map(|(i, (name, _))| ((*name).to_owned(), address(i))).collect(),
        })
    }

    /// The deployment with these contracts, called as in [`DeploymentPlan::creations`].
    ///
    /// # Errors
    /// With the name that is missing.
    pub fn of_named(mut contracts: BTreeMap<String, Address>) -> Result<Self, &'static str> {
        let mut take = |name: &'static str| contracts.remove(name).ok_or(name);
        let (court, demands, clocks) = (take("court")?, take("demands")?, take("clocks")?);
        let (arena, beacon) = (take("arena")?, take("beacon")?);
        Ok(Self { court, demands, clocks, arena, beacon, systems: contracts })
    }

    /// All contracts by name, in the order of [`DeploymentPlan::creations`] but for the Systems.
    pub fn named(&self) -> impl Iterator<Item = (&str, Address)> {
        let systems = self.systems.iter().map(|(name, address)| (name.as_str(), *address));
        let judges = [("court", self.court), ("demands", self.demands), ("clocks", self.clocks)];
        judges.into_iter().chain([("arena", self.arena), ("beacon", self.beacon)]).chain(systems)
    }

    /// The parts that arena and demands contract have made for themselves, by name.
    pub fn parts(&self) -> impl Iterator<Item = (&str, Address)> {
        let parts = part_codes().into_iter().zip(1..);
        let of_arena = parts.map(|((name, _), nonce)| (name, self.arena.create(nonce)));
        let of_demands = ["machine", "trials"].into_iter().zip([self.machine(), self.trials()]);
        of_arena.chain(of_demands)
    }

    /// The machine of trials, which the demands contract makes first.
    fn machine(&self) -> Address {
        self.demands.create(1)
    }

    /// The demands contract's part for trials.
    fn trials(&self) -> Address {
        self.demands.create(2)
    }

    /// The code that each of these contracts and parts has if it is of this build, by name.
    ///
    /// # Errors
    /// When a contract of this build cannot be created: a fault of this program.
    pub fn expected_code(&self) -> Result<BTreeMap<&'static str, Bytes>, ChainError> {
        let reason = |reason: &str| ChainError::Deployment { reason: reason.to_owned() };
        // The beacon's code is the same whatever its values.
        let plan = DeploymentPlan { beacon_tip: B256::ZERO };
        // The arena must be created beside its judges, and has their addresses in its code: here
        // those of somebody whose addresses are nowhere else in it.
        let creator = Address::from_word(B256::new(nets_core::sha256(b"nobody creates").0));
        let judges = Judges::created_by(creator, 0);
        let trials = ITrials::constructorCall { machine_: self.machine() }.abi_encode();
        let of_demands = [
            ("machine", creation(&IMachine::BYTECODE, &image_arguments())),
            ("trials", creation(&ITrials::BYTECODE, &trials)),
        ];
        let creations = plan.creations(judges).into_iter().chain(of_demands);
        let (names, creations): (Vec<_>, Vec<_>) = creations.unzip();
        let calls: Vec<_> = creations.into_iter().map(|creation| (creator, creation)).collect();
        let created = EmbeddedChain::in_memory(0).call_in_turn(&calls)?;
        // The arena's code also has the addresses of its parts, which follow from its own.
        let Judges { court, demands, clocks } = judges;
        let there = Self { court, demands, clocks, ..self.clone() };
        let there = Self { arena: creator.create(ARENA), ..there };
        let judges = [(court, self.court), (demands, self.demands), (clocks, self.clocks)];
        // The part for trials is made here with the address that it is to have in its code.
        let parts = there.parts().zip(self.parts()).map(|((_, from), (_, to))| (from, to));
        let moved: Vec<_> = judges.into_iter().chain(parts).collect();
        let code = |created: Result<Bytes, Bytes>| -> Result<Bytes, ChainError> {
            let code = created.map_err(|_| reason("a contract of this build cannot be created"))?;
            Ok(moved.iter().fold(code, |code, (from, to)| replaced(&code, from, to)))
        };
        let created = names.into_iter().zip(created).map(|(name, it)| Ok((name, code(it)?)));
        created.chain(part_codes().map(Ok)).collect()
    }

    /// The addresses of all contracts.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = Address> {
        self.named().map(|(_, address)| address)
    }
}

/// The parts of an arena, in the order in which it creates them, with their code.
fn part_codes() -> [(&'static str, Bytes); 3] {
    [
        ("league creation", LeagueCreation::DEPLOYED_BYTECODE.clone()),
        ("arena exits", ArenaExits::DEPLOYED_BYTECODE.clone()),
        ("arena members", ArenaMembers::DEPLOYED_BYTECODE.clone()),
    ]
}

/// `bytes` with `to` wherever `from` was.
fn replaced(bytes: &[u8], from: &Address, to: &Address) -> Bytes {
    let (from, to) = (from.as_slice(), to.as_slice());
    let mut bytes = bytes.to_vec();
    let mut position = 0;
    while position + from.len() <= bytes.len() {
        let found = &mut bytes[position..position + from.len()];
        if found == from {
            found.copy_from_slice(to);
        }
        position += 1;
    }
    bytes.into()
}

/// The creation that is the arena's.
const ARENA: u64 = 3;

/// The first creation that is a System's.
const FIRST_SYSTEM: u64 = 5;

/// What is to be deployed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeploymentPlan {
    /// The last link of the operator's chain of secrets, which the beacon reveals backwards.
    pub beacon_tip: B256,
}

impl DeploymentPlan {
    /// Deploys all contracts on an embedded chain, in one block.
    ///
    /// # Errors
    /// When the chain cannot be used or refuses a contract.
    pub fn deploy(
        &self,
        chain: &mut EmbeddedChain,
        account: &dyn Signer,
    ) -> Result<Deployment, ChainError> {
        // The first three creations' addresses are in the fourth's arguments, and follow from nonces.
        let first = chain.sign(account, vec![creation(&ICourt::BYTECODE, &[])])?;
        let judges = first.first().map(|it| Judges::created_by(it.signer(), it.nonce()));
        let creations = self.creations(judges.unwrap_or_default());
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

    /// What creates each contract, in order: court, demands, clocks, arena, beacon, the Systems. The
    /// arena is created with the addresses of the first three.
    pub fn creations(&self, judges: Judges) -> Vec<(&'static str, Call)> {
        let Judges { court, demands, clocks } = judges;
        let arena = IArena::constructorCall { court, demands, clocks }.abi_encode();
        let beacon = IBeacon::constructorCall { tip: self.beacon_tip }.abi_encode();
        vec![
            ("court", creation(&ICourt::BYTECODE, &[])),
            ("demands", creation(&IDemands::BYTECODE, &image_arguments())),
            ("clocks", creation(&IClocks::BYTECODE, &[])),
            ("arena", creation(&IArena::BYTECODE, &arena)),
            ("beacon", creation(&IBeacon::BYTECODE, &beacon)),
            ("snake", creation(&SnakeSystem::BYTECODE, &[])),
            ("rps", creation(&RpsSystem::BYTECODE, &[])),
            ("connect-four", creation(&ConnectFourSystem::BYTECODE, &[])),
        ]
    }
}

/// What the machine of trials is made with, and the demands contract, which makes it.
fn image_arguments() -> Vec<u8> {
    let ImageRoots { entry, code, ram } = IMAGE;
    IMachine::constructorCall { entry, codeRoot: code, ramRoot: ram }.abi_encode()
}

fn creation(code: &Bytes, arguments: &[u8]) -> Call {
    Call { to: None, value: 0, data: [code.as_ref(), arguments].concat().into() }
}
