//! What an agent signs when it sits down, against another implementation of EIP-712.

use alloy_primitives::{Address as ChainAddress, B256, U256};
use alloy_sol_types::{Eip712Domain, SolStruct, sol};
use nets_core::{Action, ActionStatement, Address, Digest, Seat, Venue};

sol! {
    struct Greeting { uint16 protocol; address key; bytes32 challenge; }
}

#[test]
fn a_greeting_is_a_struct_of_its_own() {
    let (arena, key) = (Address([0xaa; 20]), Address([0xbb; 20]));
    let (chain_id, protocol, challenge) = (31_337, 1, Digest([0xcc; 32]));
    let domain = Eip712Domain {
        name: Some("nets".into()),
        version: Some("1".into()),
        chain_id: Some(U256::from(chain_id)),
        verifying_contract: Some(ChainAddress::new(arena.0)),
        salt: None,
    };
    let typed =
        Greeting { protocol, key: ChainAddress::new(key.0), challenge: B256::new(challenge.0) };
    let greeting = nets_core::Greeting { chain_id, arena, protocol, key, challenge };
    assert_eq!(greeting.digest().0, typed.eip712_signing_hash(&domain).0);
    // No action, whatever its words, is one.
    let venue = Venue { chain_id, arena, league: 1, round: 0, match_index: 0 };
    let (seat, step, state_hash, action) = (Seat(0), 0, challenge, Action(0));
    let action = ActionStatement { venue, seat, step, state_hash, action };
    assert_ne!(action.digest(), greeting.digest());
}
