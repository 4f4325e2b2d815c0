// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DrandBeacon} from "../../src/beacons/DrandBeacon.sol";
import {Bls12381} from "../../src/libraries/Bls12381.sol";
import {Check} from "../court/Check.sol";
import {Vm} from "../Vm.sol";

contract DrandBeaconTest is Check {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    // What quicknet published.
    bytes private constant ROUND_1000 =
        hex"b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39";
    bytes private constant ROUND_1001 =
        hex"b33bf3667cbd5a82de3a24b4e0e9fe5513cc1a0e840368c6e31f5fcfa79bea03f73896b25883abf2853d10337fb8fa41";
    bytes private constant ROUND_1002 =
        hex"ab066f9c12dd6de1336fca0f925192fb0c72a771c3e4c82ede1fd362c1a770f9eb05843c6308ce2530b53a99c0281a6e";
    bytes32 private constant RANDOMNESS_1000 = 0xfe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd;

    DrandBeacon private beacon;

    function setUp() external {
        string memory artifact = vm.envOr("NETS_DRAND_BEACON", "DrandBeacon.sol:DrandBeacon");
        beacon = DrandBeacon(vm.deployCode(artifact, abi.encode(uint64(10))));
    }

    function test_publish_takesWhatQuicknetPublished() external {
        checkEqual(beacon.value(1000), 0, "unknown before");
        _publish(1000, ROUND_1000);
        checkEqual(beacon.value(1000), RANDOMNESS_1000, "drand's own randomness");
        _publish(1002, ROUND_1002);
        _publish(1001, ROUND_1001);
        checkEqual(beacon.value(1001), sha256(ROUND_1001), "whatever was published before");
        checkEqual(beacon.value(1002), sha256(ROUND_1002), "in any order");
        _publish(1000, ROUND_1000);
        checkEqual(beacon.value(1000), RANDOMNESS_1000, "the value stays");
    }

    function _publish(uint64 round, bytes memory signature) private {
        beacon.publish(round, signature, beacon.yOf(signature));
    }

    function testFuzz_publish_refusesTheSignatureOfAnotherRound(uint64 round) external {
        vm.assume(round != 1000);
        bytes memory y = beacon.yOf(ROUND_1000);
        vm.expectRevert(abi.encodeWithSelector(DrandBeacon.WrongSignature.selector, round));
        beacon.publish(round, ROUND_1000, y);
    }

    function test_publish_refusesTheOppositePoint() external {
        bytes memory opposite = ROUND_1000;
        opposite[0] ^= 0x20;
        bytes memory y = beacon.yOf(opposite);
        bytes memory right = beacon.yOf(ROUND_1000);
        vm.expectRevert(abi.encodeWithSelector(DrandBeacon.WrongSignature.selector, uint64(1000)));
        beacon.publish(1000, opposite, y);
        vm.expectRevert(abi.encodeWithSelector(Bls12381.WrongCoordinate.selector, y));
        beacon.publish(1000, ROUND_1000, y);
        vm.expectRevert(abi.encodeWithSelector(Bls12381.WrongCoordinate.selector, right));
        beacon.publish(1000, opposite, right);
        bytes memory longer = bytes.concat(right, hex"00");
        vm.expectRevert(abi.encodeWithSelector(Bls12381.WrongCoordinate.selector, longer));
        beacon.publish(1000, ROUND_1000, longer);
    }

    function test_publish_refusesEveryFlippedBit() external {
        bytes memory y = beacon.yOf(ROUND_1000);
        for (uint256 bit = 0; bit < 384; bit += 5) {
            bytes memory flipped = ROUND_1000;
            flipped[bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
            _checkRefused(flipped, y);
            // With the coordinate that belongs to it, too; the flags and a number above the prime have none.
            if (bit > 8) _checkRefused(flipped, beacon.yOf(flipped));
            bytes memory other = beacon.yOf(ROUND_1000);
            other[bit / 8] ^= bytes1(uint8(1 << (bit % 8)));
            _checkRefused(ROUND_1000, other);
        }
        checkEqual(beacon.value(1000), 0, "and nothing is known");
    }

    function _checkRefused(bytes memory signature, bytes memory y) private {
        // A precompile that refuses keeps all gas it was given.
        bytes memory input = abi.encodeCall(beacon.publish, (1000, signature, y));
        (bool done,) = address(beacon).call{gas: 300_000}(input);
        check(!done, "a flipped bit");
    }

    function testFuzz_publish_refusesOtherLengths(bytes calldata signature) external {
        vm.assume(signature.length != 48);
        bytes memory reason = abi.encodeWithSelector(Bls12381.MalformedSignature.selector, signature.length, uint8(0));
        vm.expectRevert(reason);
        beacon.publish(1000, signature, new bytes(48));
        vm.expectRevert(reason);
        beacon.yOf(signature);
    }

    function test_publish_refusesThePointAtInfinityAndUncompressedOnes() external {
        bytes memory infinity = new bytes(48);
        infinity[0] = 0xc0;
        vm.expectRevert(abi.encodeWithSelector(Bls12381.MalformedSignature.selector, 48, uint8(0xc0)));
        beacon.publish(1000, infinity, new bytes(48));
        bytes memory uncompressed = ROUND_1000;
        uncompressed[0] &= 0x7f;
        vm.expectRevert(abi.encodeWithSelector(Bls12381.MalformedSignature.selector, 48, uint8(0x20)));
        beacon.publish(1000, uncompressed, new bytes(48));
    }

    function test_nextIndex_isPastTheRoundOfTheTimeAndTheMargin() external {
        vm.warp(1692803366);
        checkEqual(beacon.nextIndex(), 11, "before the first round");
        // Round r is made at genesis + 3 (r - 1).
        vm.warp(1692803367);
        checkEqual(beacon.nextIndex(), 12, "round 1 is made");
        vm.warp(1692803369);
        checkEqual(beacon.nextIndex(), 12, "until the second after");
        vm.warp(1692803367 + 3 * 999);
        checkEqual(beacon.nextIndex(), 1011, "round 1000 is made");
    }
}
