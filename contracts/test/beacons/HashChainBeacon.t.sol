// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {HashChainBeacon} from "../../src/beacons/HashChainBeacon.sol";
import {ChainLink} from "../../src/interfaces/HashTypes.sol";
import {Check} from "../court/Check.sol";
import {Vm} from "../Vm.sol";

contract HashChainBeaconTest is Check {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function _link(ChainLink secret) private pure returns (ChainLink) {
        return ChainLink.wrap(sha256(abi.encodePacked(uint8(0x0d), secret)));
    }

    function _deployed(ChainLink tip) private returns (HashChainBeacon) {
        string memory artifact = vm.envOr("NETS_HASH_CHAIN_BEACON", "HashChainBeacon.sol:HashChainBeacon");
        return HashChainBeacon(vm.deployCode(artifact, abi.encode(tip)));
    }

    function testFuzz_reveal_succeedsInTheChainsOrder(bytes32 seed) external {
        ChainLink second = ChainLink.wrap(seed);
        ChainLink first = _link(second);
        HashChainBeacon beacon = _deployed(_link(first));
        checkEqual(beacon.nextIndex(), 0, "none is known");
        checkEqual(beacon.value(0), 0, "not even the first");
        beacon.reveal(first);
        checkEqual(beacon.value(0), ChainLink.unwrap(first), "the first");
        checkEqual(ChainLink.unwrap(beacon.link()), ChainLink.unwrap(first), "which is the link of the second");
        checkEqual(beacon.nextIndex(), 1, "the second is next");
        beacon.reveal(second);
        checkEqual(beacon.value(1), ChainLink.unwrap(second), "the second");
        checkEqual(beacon.value(0), ChainLink.unwrap(first), "the first stays");
    }

    function testFuzz_reveal_failsIfTheSecretIsAnother(ChainLink secret, ChainLink other) external {
        vm.assume(ChainLink.unwrap(secret) != ChainLink.unwrap(other));
        HashChainBeacon beacon = _deployed(_link(secret));
        vm.expectRevert(abi.encodeWithSelector(HashChainBeacon.WrongSecret.selector, _link(other), _link(secret)));
        beacon.reveal(other);
    }

    function test_reveal_failsIfTwice() external {
        ChainLink secret = ChainLink.wrap(keccak256("secret"));
        HashChainBeacon beacon = _deployed(_link(secret));
        beacon.reveal(secret);
        vm.expectRevert(abi.encodeWithSelector(HashChainBeacon.WrongSecret.selector, _link(secret), secret));
        beacon.reveal(secret);
    }
}
