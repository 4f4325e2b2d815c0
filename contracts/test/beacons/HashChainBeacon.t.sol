// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {HashChainBeacon} from "../../src/beacons/HashChainBeacon.sol";
import {Check} from "../court/Check.sol";
import {Vm} from "../Vm.sol";

contract HashChainBeaconTest is Check {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function _link(bytes32 secret) private pure returns (bytes32) {
        return sha256(abi.encodePacked(uint8(0x0d), secret));
    }

    function _deployed(bytes32 tip) private returns (HashChainBeacon) {
        string memory artifact = vm.envOr("NETS_HASH_CHAIN_BEACON", "HashChainBeacon.sol:HashChainBeacon");
        return HashChainBeacon(vm.deployCode(artifact, abi.encode(tip)));
    }

    function testFuzz_reveal_succeedsInTheChainsOrder(bytes32 seed) external {
        bytes32 second = seed;
        bytes32 first = _link(second);
        HashChainBeacon beacon = _deployed(_link(first));
        checkEqual(beacon.nextIndex(), 0, "none is known");
        checkEqual(beacon.value(0), 0, "not even the first");
        beacon.reveal(first);
        checkEqual(beacon.value(0), first, "the first");
        checkEqual(beacon.link(), first, "which is the link of the second");
        checkEqual(beacon.nextIndex(), 1, "the second is next");
        beacon.reveal(second);
        checkEqual(beacon.value(1), second, "the second");
        checkEqual(beacon.value(0), first, "the first stays");
    }

    function testFuzz_reveal_failsIfTheSecretIsAnother(bytes32 secret, bytes32 other) external {
        vm.assume(secret != other);
        HashChainBeacon beacon = _deployed(_link(secret));
        vm.expectRevert(abi.encodeWithSelector(HashChainBeacon.WrongSecret.selector, _link(other), _link(secret)));
        beacon.reveal(other);
    }

    function test_reveal_failsIfTwice() external {
        bytes32 secret = keccak256("secret");
        HashChainBeacon beacon = _deployed(_link(secret));
        beacon.reveal(secret);
        vm.expectRevert(abi.encodeWithSelector(HashChainBeacon.WrongSecret.selector, _link(secret), secret));
        beacon.reveal(secret);
    }
}
