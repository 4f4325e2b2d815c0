//! Beacons on the machine that embedded chains run on, with what their networks published.

use alloy_primitives::{Address, B256, Bytes, b256, hex};
use alloy_sol_types::{SolCall, SolConstructor};
use nets_chain::DrandBeacon;

use crate::machine::{Answer, Machine};

const ANYONE: Address = Address::repeat_byte(0x11);

/// Round 1000 of quicknet: its signature and its randomness.
const SIGNATURE: [u8; 48] = hex!(
    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
);
const RANDOMNESS: B256 = b256!("fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd");

#[test]
fn a_round_of_drand_is_verified() {
    let mut machine = Machine::new(&[ANYONE]);
    let arguments = DrandBeacon::constructorCall { margin_: 10 }.abi_encode();
    let code = [DrandBeacon::BYTECODE.to_vec(), arguments].concat();
    let beacon = machine.create(ANYONE, code);
    let ask = |machine: &mut Machine, call: Vec<u8>| match machine.try_call(ANYONE, beacon, call) {
        Answer::Done(output, _) => output,
        Answer::Refused(output) => panic!("refused: {output}"),
    };
    let signature = Bytes::from(SIGNATURE);
    let y = ask(&mut machine, DrandBeacon::yOfCall { signature: signature.clone() }.abi_encode());
    let y = DrandBeacon::yOfCall::abi_decode_returns(&y).unwrap();
    let publish = |round| {
        DrandBeacon::publishCall { round, signature: signature.clone(), y: y.clone() }.abi_encode()
    };
    let other_round = machine.try_call(ANYONE, beacon, publish(1001));
    assert!(matches!(other_round, Answer::Refused(_)));
    let (_, gas) = machine.send(ANYONE, beacon, 0, publish(1000));
    assert!(gas < 184_000, "{gas}");
    let value = ask(&mut machine, DrandBeacon::valueCall { index: 1000 }.abi_encode());
    assert_eq!(DrandBeacon::valueCall::abi_decode_returns(&value).unwrap(), RANDOMNESS);
}
