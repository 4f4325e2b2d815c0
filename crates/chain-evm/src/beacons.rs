//! Beacons on an EVM chain: put there where the chain can run them, checked by their code.

use alloy_primitives::{Address, Bytes, address};
use nets_chain::{BeaconKind, BeaconPlan, Call, Signer};
use nets_core::sha256;
use serde_json::json;

use crate::chain::EvmChain;
use crate::error::EvmError;
use crate::outbox::ActionKey;
use crate::wire::{call_object, read_bytes};

/// The first precompile of EIP-2537: it adds two points of G1, 128 bytes each.
const G1_ADD: Address = address!("000000000000000000000000000000000000000b");
const G1_POINT_BYTES: usize = 128;

/// Creates the contract of a beacon, once: whoever asks again is told where it is.
///
/// # Errors
/// [`EvmError::NoCurve`] where the chain cannot verify drand's signatures; others when it cannot be
/// used or refuses the contract.
pub fn deploy_beacon(
    plan: &BeaconPlan,
    chain: &mut EvmChain,
    signer: &dyn Signer,
) -> Result<Address, EvmError> {
    if *plan == BeaconPlan::Drand {
        require_curve(chain)?;
    }
    let (creation, name) = (plan.creation(), plan.kind().name());
    let code = sha256(&creation.data);
    let key = ActionKey::named(&format!("create beacon {name} of {code}"));
    let receipt = chain.send_once(key, signer, creation)?;
    let refused = || EvmError::Code {
        name: name.to_owned(),
        address: Address::ZERO,
        reason: format!("it could not be created, transaction {}", receipt.transaction),
    };
    let address = receipt.created.ok_or_else(refused)?;
    check_beacon(plan.kind(), chain, address)?;
    Ok(address)
}

/// Says whether a beacon has the code of this build.
///
/// # Errors
/// [`EvmError::Code`] where it has not; others when the node does not answer.
pub fn check_beacon(kind: BeaconKind, chain: &EvmChain, address: Address) -> Result<(), EvmError> {
    let wrong = |reason| EvmError::Code { name: kind.name().to_owned(), address, reason };
    let got = chain.code(address)?;
    let plan = BeaconPlan::of(kind, chain, address)
        .map_err(|error| wrong(format!("it does not answer as one: {error}")))?;
    let expected = plan.map(|plan| plan.expected_code()).transpose();
    let expected = expected.map_err(|e| wrong(format!("its code cannot be made here: {e}")))?;
    let expected = expected.unwrap_or_default();
    if got == expected {
        return Ok(());
    }
    Err(wrong(format!("its {} bytes of code are not the {} expected", got.len(), expected.len())))
}

/// Says whether the chain has the curve that drand's signatures are on. A chain without it answers a
/// call of its precompiles with nothing, as of any address without code.
fn require_curve(chain: &EvmChain) -> Result<(), EvmError> {
    let infinity_twice = Bytes::from(vec![0; 2 * G1_POINT_BYTES]);
    let call = Call { to: Some(G1_ADD), value: 0, data: infinity_twice };
    let params = json!([call_object(Address::ZERO, &call), "latest"]);
    let got = match chain.rpc.read_as("eth_call", params, "what the call returned", read_bytes) {
        Ok(point) if point.len() == G1_POINT_BYTES => return Ok(()),
        Ok(answer) => answer.len(),
        Err(EvmError::Reverted { .. } | EvmError::Refused { .. }) => 0,
        Err(error) => return Err(error),
    };
    Err(EvmError::NoCurve { chain_id: chain.settings().chain_id, got })
}
