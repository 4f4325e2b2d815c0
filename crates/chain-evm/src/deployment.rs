//! Deployment on an EVM chain: the same contracts, checked by their code, and the file that says
//! where they are.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use nets_chain::{Call, Deployment, DeploymentPlan, Judges, Signer};
use serde_json::{Value, json};

use crate::chain::EvmChain;
use crate::error::EvmError;
use crate::outbox::ActionKey;
use crate::wire::{Included, read_hash};

/// Where an arena's contracts are, as it is written into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeploymentFile {
    /// The number of the chain.
    pub chain_id: u64,
    /// The hash of the chain's first block.
    pub genesis: B256,
    /// The first block that holds one of the contracts.
    pub first_block: u64,
    /// The contracts.
    pub deployment: Deployment,
}

impl DeploymentFile {
    /// The file's text: a JSON object with the fields' names.
    pub fn encode(&self) -> String {
        let named = self.deployment.named();
        let contracts: BTreeMap<_, _> =
            named.map(|(name, address)| (name, address.to_string())).collect();
        let object = json!({
            "chain_id": self.chain_id,
            "genesis": self.genesis,
            "first_block": self.first_block,
            "contracts": contracts,
        });
        format!("{object:#}\n")
    }

    /// Reads the text.
    ///
    /// # Errors
    /// With what is missing or of another form.
    pub fn decode(text: &str) -> Result<Self, String> {
        let object: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let number = |name: &str| {
            object[name].as_u64().ok_or_else(|| format!("{name} is no number: {}", object[name]))
        };
        let genesis = read_hash(&object["genesis"]);
        let contracts = object["contracts"].as_object().ok_or("contracts are missing")?;
        let address = |(name, value): (&String, &Value)| {
            let address = value.as_str().and_then(|text| text.parse::<Address>().ok());
            Ok((name.clone(), address.ok_or_else(|| format!("{name} has no address: {value}"))?))
        };
        let contracts = contracts.iter().map(address).collect::<Result<_, String>>()?;
        Ok(Self {
            chain_id: number("chain_id")?,
            genesis: genesis.ok_or_else(|| format!("genesis is no hash: {}", object["genesis"]))?,
            first_block: number("first_block")?,
            deployment: Deployment::of_named(contracts)
                .map_err(|name| format!("the contract {name} is missing"))?,
        })
    }
}

/// Deploys the contracts, each once: a deployment that was interrupted goes on where it was.
///
/// # Errors
/// When the chain cannot be used, refuses a contract, or made another one of it.
pub fn deploy(
    plan: &DeploymentPlan,
    chain: &mut EvmChain,
    signer: &dyn Signer,
) -> Result<DeploymentFile, EvmError> {
    // The arena is created with its judges' addresses, so it comes after all others.
    let all = plan.creations(Judges::default()).into_iter();
    let mut created =
        create(plan, chain, signer, all.filter(|(name, _)| *name != "arena").collect())?;
    let address = |name| created.get(name).map(|(address, _)| *address).unwrap_or_default();
    let judges =
        Judges { court: address("court"), demands: address("demands"), clocks: address("clocks") };
    let arena = plan.creations(judges).into_iter().filter(|(name, _)| *name == "arena");
    created.extend(create(plan, chain, signer, arena.collect())?);
    let first_block = created.values().map(|(_, block)| *block).min().unwrap_or_default();
    let contracts = created.into_iter().map(|(name, (address, _))| (name, address)).collect();
    let deployment = Deployment::of_named(contracts).map_err(|name| EvmError::Code {
        name: name.to_owned(),
        address: Address::ZERO,
        reason: "it was not created".to_owned(),
    })?;
    check_code(chain, &deployment)?;
    let (chain_id, genesis) = (chain.settings().chain_id, chain.genesis());
    Ok(DeploymentFile { chain_id, genesis, first_block, deployment })
}

/// Creates contracts; gives where each is, and in which block it was made.
fn create(
    plan: &DeploymentPlan,
    chain: &mut EvmChain,
    signer: &dyn Signer,
    creations: Vec<(&'static str, Call)>,
) -> Result<BTreeMap<String, (Address, u64)>, EvmError> {
    let key = |name| ActionKey::named(&format!("create {name} for beacon {}", plan.beacon_tip));
    let names: Vec<_> = creations.iter().map(|(name, _)| *name).collect();
    let calls: Vec<_> =
        creations.into_iter().map(|(name, call)| (key(name), signer, call)).collect();
    let found = chain.send_keyed(&calls)?;
    let address = |(name, Included { block, receipt }): (&str, Included)| match receipt.created {
        Some(address) => Ok((name.to_owned(), (address, block.number))),
        None => Err(EvmError::Code {
            name: name.to_owned(),
            address: Address::ZERO,
            reason: format!("it could not be created, transaction {}", receipt.transaction),
        }),
    };
    names.into_iter().zip(found).map(address).collect()
}

/// Says whether the contracts are there and have the code of this build.
///
/// # Errors
/// [`EvmError::Code`] for the first that has not; others when the node does not answer.
pub fn check_code(chain: &EvmChain, deployment: &Deployment) -> Result<(), EvmError> {
    let wrong = |name: &str, address, reason: String| EvmError::Code {
        name: name.to_owned(),
        address,
        reason,
    };
    let expected = deployment.expected_code().map_err(|error| {
        wrong("arena", deployment.arena, format!("its code cannot be made here: {error}"))
    })?;
    for (name, address) in deployment.named().chain(deployment.parts()) {
        let Some(expected) = expected.get(name) else {
            return Err(wrong(name, address, "this build has no contract of that name".to_owned()));
        };
        let got = chain.code(address)?;
        if got != *expected {
            let sizes = (got.len(), expected.len());
            let reason = format!("its {} bytes of code are not the {} expected", sizes.0, sizes.1);
            return Err(wrong(name, address, reason));
        }
    }
    Ok(())
}
