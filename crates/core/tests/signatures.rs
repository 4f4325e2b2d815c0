//! Who signed an action, and that nobody else could have.

use nets_core::{
    Action, ActionStatement, Address, AgentKey, Digest, Seat, SeatIdentity, Signature, Venue,
};

/// The order of secp256k1.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
    0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];

fn statement() -> ActionStatement {
    let arena = Address([0xaa; 20]);
    let venue = Venue { chain_id: 31_337, arena, league: 1, round: 2, match_index: 3 };
    let state_hash = Digest([0x5a; 32]);
    ActionStatement { venue, seat: Seat(1), step: 4, state_hash, action: Action(5) }
}

fn key() -> AgentKey {
    AgentKey::from_secret(&[7; 32]).unwrap()
}

/// The other signature that the same key makes of the same digest: `s` in the upper half.
fn with_high_s(signature: Signature) -> Signature {
    let mut other = signature;
    let mut borrow = 0;
    for at in (0..32).rev() {
        let difference = i16::from(ORDER[at]) - i16::from(signature.0[32 + at]) - borrow;
        borrow = i16::from(difference < 0);
        other.0[32 + at] = difference.rem_euclid(256) as u8;
    }
    other.0[64] ^= 27 ^ 28;
    other
}

#[test]
fn a_signature_names_its_key_and_nothing_else_does() {
    let digest = statement().digest();
    let signature = key().sign(&digest).unwrap();
    assert_eq!(signature.signer(&digest), Some(key().address()));
    assert_eq!(signature.to_string().parse(), Ok(signature));
    assert_eq!(Signature::NONE.signer(&digest), None);
    assert_eq!(with_high_s(signature).signer(&digest), None);
    for v in [0, 1, 26, 29, 30, 255] {
        let mut other = signature;
        other.0[64] = v;
        assert_eq!(other.signer(&digest), None, "v {v}");
    }
    let mut other = signature;
    other.0[64] ^= 27 ^ 28;
    assert_ne!(other.signer(&digest), Some(key().address()));
}

#[test]
fn a_signature_is_of_one_statement() {
    let statement = statement();
    let signature = key().sign(&statement.digest()).unwrap();
    let mut others = [statement; 10];
    others[0].venue.chain_id += 1;
    others[1].venue.arena.0[19] ^= 1;
    others[2].venue.league += 1;
    others[3].venue.round += 1;
    others[4].venue.match_index += 1;
    others[5].seat = Seat(0);
    others[6].step += 1;
    others[7].state_hash.0[0] ^= 1;
    others[8].action = Action(6);
    others[9].action = Action(5 << 32);
    for other in others {
        assert_ne!(signature.signer(&other.digest()), Some(key().address()), "{other:?}");
    }
}

#[test]
fn the_agent_of_a_key_says_which_key() {
    let seat = SeatIdentity::of_key(Address([1; 20]), key().address());
    assert_eq!(seat.key(), Some(key().address()));
    let module = SeatIdentity { code_hash: Digest([9; 32]), ..seat };
    assert_eq!(module.key(), None);
}

#[test]
fn zero_and_the_order_are_no_keys() {
    assert!(AgentKey::from_secret(&[0; 32]).is_err());
    assert!(AgentKey::from_secret(&ORDER).is_err());
}
