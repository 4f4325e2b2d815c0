// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Sha256} from "../../src/libraries/Sha256.sol";
import {Check} from "../court/Check.sol";

/// @title The compression function, over padded messages, says what the precompile says of the whole.
contract Sha256Test is Check {
    function test_compress_isTheHashOfTheShortestMessages() external pure {
        checkEqual(_hash(""), sha256(""), "nothing");
        checkEqual(_hash("abc"), sha256("abc"), "the example of FIPS 180-4");
    }

    function test_compress_isTheHashOfEveryLengthOfOneAndTwoBlocks() external pure {
        for (uint256 length = 0; length < 120; ++length) {
            bytes32 last = keccak256(abi.encode(length));
            bytes memory message = _cut(length, bytes32(length), ~bytes32(0), bytes32(0), last);
            checkEqual(_hash(message), sha256(message), "padded or not, the same");
        }
    }

    function testFuzz_compress_isTheHashOfOneBlock(uint256 length, bytes32 first, bytes32 second) external pure {
        bytes memory message = _cut(length % 56, first, second, 0, 0);
        checkEqual(_hash(message), sha256(message), "one block");
    }

    function testFuzz_compress_isTheHashOfTwoBlocks(uint256 length, bytes32 a, bytes32 b, bytes32 c, bytes32 d)
        external
        pure
    {
        bytes memory message = _cut(56 + length % 64, a, b, c, d);
        checkEqual(_hash(message), sha256(message), "two blocks");
    }

    /// @dev Nothing of what is in memory is touched, and what is left there by others changes nothing.
    function testFuzz_compress_leavesMemoryAlone(bytes32 first, bytes32 second, uint256 rubbish) external pure {
        bytes memory before = abi.encode(first, second);
        assembly ("memory-safe") {
            let free := mload(0x40)
            for { let at := 0 } lt(at, 0x900) { at := add(at, 0x20) } { mstore(add(free, at), not(mul(at, rubbish))) }
        }
        bytes32 once = Sha256.compress(Sha256.INITIAL, first, second);
        checkEqual(before, abi.encode(first, second), "what was there is as it was");
        checkEqual(once, Sha256.compress(Sha256.INITIAL, first, second), "and the value is the same again");
    }

    /// @dev The first so many bytes of four words.
    function _cut(uint256 length, bytes32 a, bytes32 b, bytes32 c, bytes32 d)
        private
        pure
        returns (bytes memory message)
    {
        message = abi.encode(a, b, c, d);
        assembly ("memory-safe") {
            mstore(message, length)
        }
    }

    /// @dev The hash of a message as FIPS 180-4 makes it of blocks: a bit, zeros, and the length in bits.
    function _hash(bytes memory message) private pure returns (bytes32 value) {
        uint256 zeros = (119 - message.length % 64) % 64;
        bytes memory padded = abi.encodePacked(message, hex"80", new bytes(zeros), uint64(8 * message.length));
        value = Sha256.INITIAL;
        for (uint256 offset = 0; offset < padded.length; offset += 64) {
            bytes32 first;
            bytes32 second;
            assembly ("memory-safe") {
                first := mload(add(padded, add(offset, 0x20)))
                second := mload(add(padded, add(offset, 0x40)))
            }
            value = Sha256.compress(value, first, second);
        }
    }
}
