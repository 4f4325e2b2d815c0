// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Node} from "../interfaces/HashTypes.sol";

/// @title The byte order and the hash of the protocol.
/// @notice Numbers in hashed bytes are little-endian and of fixed width; the EVM is big-endian. These functions turn
/// one into the other and hash with SHA-256 through its precompile.
/// @dev Readers check nothing: whoever calls them has checked the length before, in one place, so that every field of
/// a leaf or state need not. INVARIANT: no function here reverts on the *content* of bytes.
library Bytes {
    /// @notice The SHA-256 precompile did not answer, which only a lack of gas causes.
    error HashFailed();

    /// @notice The u16 at `offset`.
    function u16(bytes calldata data, uint256 offset) internal pure returns (uint16) {
        return swap16(uint16(bytes2(word(data, offset))));
    }

    /// @notice The u32 at `offset`.
    function u32(bytes calldata data, uint256 offset) internal pure returns (uint32) {
        return swap32(uint32(bytes4(word(data, offset))));
    }

    /// @notice The u64 at `offset`.
    function u64(bytes calldata data, uint256 offset) internal pure returns (uint64) {
        return swap64(uint64(bytes8(word(data, offset))));
    }

    /// @notice The i64 at `offset`.
    function i64(bytes calldata data, uint256 offset) internal pure returns (int64) {
        return int64(u64(data, offset));
    }

    /// @notice The 32 bytes at `offset`; bytes beyond the end of the call's data are zero.
    function word(bytes calldata data, uint256 offset) internal pure returns (bytes32 result) {
        assembly ("memory-safe") {
            result := calldataload(add(data.offset, offset))
        }
    }

    /// @notice The first two bytes as a number: the kind of a leaf, as the tag before it is 0.
    function kind(bytes calldata data) internal pure returns (uint256) {
        return uint16(bytes2(word(data, 0)));
    }

    /// @notice A u16 with its bytes reversed; its big-endian bytes are the little-endian bytes of `value`.
    function swap16(uint16 value) internal pure returns (uint16) {
        return (value >> 8) | (value << 8);
    }

    /// @notice A u32 with its bytes reversed.
    function swap32(uint32 value) internal pure returns (uint32) {
        value = ((value & 0xff00ff00) >> 8) | ((value & 0x00ff00ff) << 8);
        return (value >> 16) | (value << 16);
    }

    /// @notice A u64 with its bytes reversed.
    function swap64(uint64 value) internal pure returns (uint64) {
        value = ((value & 0xff00ff00ff00ff00) >> 8) | ((value & 0x00ff00ff00ff00ff) << 8);
        value = ((value & 0xffff0000ffff0000) >> 16) | ((value & 0x0000ffff0000ffff) << 16);
        return (value >> 32) | (value << 32);
    }

    /// @notice A u256 with its bytes reversed.
    function swap256(uint256 value) internal pure returns (uint256) {
        uint256 low = 0;
        for (uint256 i = 0; i < 4; ++i) {
            low = (low << 64) | swap64(uint64(value));
            value >>= 64;
        }
        return low;
    }

    /// @notice An i64 as the u64 whose big-endian bytes are the little-endian bytes of `value`.
    function swapSigned64(int64 value) internal pure returns (uint64) {
        return swap64(uint64(value));
    }

    /// @notice SHA-256 of bytes in memory.
    function hash(bytes memory data) internal view returns (bytes32 digest) {
        bool done;
        assembly ("memory-safe") {
            done := staticcall(gas(), 0x02, add(data, 0x20), mload(data), 0x00, 0x20)
            digest := mload(0x00)
        }
        if (!done) revert HashFailed();
    }

    /// @notice SHA-256 of the bytes of a call, without another copy of them staying in memory.
    function hashCalldata(bytes calldata data) internal view returns (bytes32 digest) {
        bool done;
        assembly ("memory-safe") {
            let start := mload(0x40)
            calldatacopy(start, data.offset, data.length)
            done := staticcall(gas(), 0x02, start, data.length, 0x00, 0x20)
            digest := mload(0x00)
        }
        if (!done) revert HashFailed();
    }

    /// @notice Writes the SHA-256 of each of the first `count` items of a list, `length u16 ‖ bytes` each, and returns
    /// how long they are together; more than the list where it ends before they do.
    function hashEach(bytes calldata list, Node[] memory hashes, uint256 count) internal view returns (uint256 length) {
        bool done = true;
        assembly ("memory-safe") {
            let start := mload(0x40)
            // Beyond the end there are zeros, and further items only lie further beyond it.
            let item := list.offset
            let last := add(hashes, shl(5, count))
            for { let hashed := hashes } lt(hashed, last) {} {
                let head := calldataload(item)
                let size := or(byte(0, head), shl(8, byte(1, head)))
                let content := add(item, 2)
                item := add(content, size)
                hashed := add(hashed, 0x20)
                calldatacopy(start, content, size)
                if iszero(staticcall(gas(), 0x02, start, size, hashed, 0x20)) { done := 0 }
            }
            length := sub(item, list.offset)
        }
        if (!done) revert HashFailed();
    }

    /// @notice `H(tag, data)`: SHA-256 of the one-byte tag followed by the bytes of a call.
    function hashTagged(uint8 tag, bytes calldata data) internal view returns (bytes32 digest) {
        bool done;
        assembly ("memory-safe") {
            let start := mload(0x40)
            mstore8(start, tag)
            calldatacopy(add(start, 1), data.offset, data.length)
            done := staticcall(gas(), 0x02, start, add(data.length, 1), 0x00, 0x20)
            digest := mload(0x00)
        }
        if (!done) revert HashFailed();
    }
}
