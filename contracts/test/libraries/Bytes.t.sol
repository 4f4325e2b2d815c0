// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ChanceKey, MatchSeed, Node} from "../../src/interfaces/HashTypes.sol";
import {Bytes} from "../../src/libraries/Bytes.sol";
import {Chance} from "../../src/libraries/Chance.sol";
import {Check} from "../court/Check.sol";

contract BytesTest is Check {
    function readAll(bytes calldata data) external pure returns (uint16, uint32, uint64, int64, bytes32) {
        return (Bytes.u16(data, 1), Bytes.u32(data, 1), Bytes.u64(data, 1), Bytes.i64(data, 1), Bytes.word(data, 1));
    }

    function hashes(bytes calldata data) external view returns (bytes32, bytes32, bytes32) {
        return (Bytes.hashCalldata(data), Bytes.hash(data), Bytes.hashTagged(0x03, data));
    }

    function test_readers_areLittleEndianFromTheOffset() external view {
        bytes memory data = hex"ff0102030405060788090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
        (uint16 a, uint32 b, uint64 c, int64 d, bytes32 e) = this.readAll(data);
        checkEqual(a, 0x0201, "u16");
        checkEqual(b, 0x04030201, "u32");
        checkEqual(c, 0x8807060504030201, "u64");
        check(d == -0x77f8f9fafbfcfdff, "i64");
        checkEqual(e, hex"0102030405060788090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20", "word");
    }

    function testFuzz_hash_isSha256(bytes calldata data) external view {
        (bytes32 fromCalldata, bytes32 fromMemory, bytes32 tagged) = this.hashes(data);
        checkEqual(fromCalldata, sha256(data), "calldata");
        checkEqual(fromMemory, sha256(data), "memory");
        checkEqual(tagged, sha256(bytes.concat(hex"03", data)), "tagged");
    }

    function hashEach(bytes calldata list, uint256 count) external view returns (uint256, Node[] memory) {
        Node[] memory each = new Node[](count);
        return (Bytes.hashEach(list, each, count), each);
    }

    function testFuzz_hashEach_hashesItemsOfALengthEach(bytes calldata first, bytes calldata second) external view {
        bytes memory list = abi.encodePacked(Bytes.swap16(uint16(first.length)), first, hex"0000");
        list = abi.encodePacked(list, Bytes.swap16(uint16(second.length)), second);
        (uint256 length, Node[] memory each) = this.hashEach(list, 3);
        checkEqual(length, list.length, "to the end");
        checkEqual(each[0], Node.wrap(sha256(first)), "the first");
        checkEqual(each[1], Node.wrap(sha256("")), "an empty one");
        checkEqual(each[2], Node.wrap(sha256(second)), "the last");
        (length, each) = this.hashEach(list, 2);
        checkEqual(length, first.length + 4, "and no further");
        (length, each) = this.hashEach(list, 4);
        check(length > list.length, "beyond the end there is none");
    }

    function testFuzz_swap_reversesBytes(uint256 value) external pure {
        uint256 reversed = 0;
        for (uint256 i = 0; i < 32; ++i) {
            reversed |= (value >> (8 * i) & 0xff) << (8 * (31 - i));
        }
        checkEqual(Bytes.swap256(value), reversed, "u256");
        checkEqual(Bytes.swap64(uint64(value)), reversed >> 192, "u64");
        checkEqual(Bytes.swap32(uint32(value)), reversed >> 224, "u32");
        checkEqual(Bytes.swap16(uint16(value)), reversed >> 240, "u16");
        checkEqual(Bytes.swapSigned64(int64(uint64(value))), reversed >> 192, "i64");
    }

    function testFuzz_draw_isBelowItsBound(MatchSeed seed, uint32 chanceEvent, uint64 bound) external view {
        uint64 limit = bound == 0 ? 1 : bound;
        check(Chance.draw(Chance.key(seed), chanceEvent, limit) < limit, "in range");
    }

    /// @dev SPEC section 4, step by step: for a bound that divides 2^64 the draw is the word's highest bits.
    function test_draw_isTheHighPartOfTheProduct() external view {
        bytes32 key = sha256(abi.encodePacked(uint8(0x08), bytes32(uint256(1))));
        ChanceKey received = Chance.key(MatchSeed.wrap(bytes32(uint256(1))));
        checkEqual(ChanceKey.unwrap(received), key, "key");
        bytes32 word = sha256(abi.encodePacked(uint8(0x09), key, hex"0500000000000000"));
        checkEqual(Chance.draw(received, 5, 256), uint8(word[7]), "the highest byte of the little-endian word");
    }
}
