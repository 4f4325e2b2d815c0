// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Whole trees in memory, the slow and obvious way, for tests to compare with and to take paths from.
library Forest {
    function heightOf(uint256 count) internal pure returns (uint256 height) {
        while (1 << height < count) {
            ++height;
        }
    }

    function rootOf(bytes32[] memory leaves) internal pure returns (bytes32) {
        return nodeOf(leaves, heightOf(leaves.length), 0);
    }

    function nodeOf(bytes32[] memory leaves, uint256 height, uint256 position) internal pure returns (bytes32) {
        if (height == 0) return position < leaves.length ? leaves[position] : bytes32(0);
        if (position << height >= leaves.length) return 0;
        bytes32 left = nodeOf(leaves, height - 1, 2 * position);
        bytes32 right = nodeOf(leaves, height - 1, 2 * position + 1);
        return left == 0 && right == 0 ? bytes32(0) : sha256(abi.encodePacked(uint8(0x01), left, right));
    }

    /// @dev The siblings from the node at `height` and `position` up to the root.
    function pathOf(bytes32[] memory leaves, uint256 height, uint256 position)
        internal
        pure
        returns (bytes32[] memory path)
    {
        path = new bytes32[](heightOf(leaves.length) - height);
        for (uint256 i = 0; i < path.length; ++i) {
            path[i] = nodeOf(leaves, height + i, (position >> i) ^ 1);
        }
    }

    /// @dev The hashes of leaves given as bytes; empty bytes stand for a leaf of 32 zero bytes.
    function hashes(bytes[] memory leaves) internal pure returns (bytes32[] memory hashed) {
        hashed = new bytes32[](leaves.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            if (leaves[i].length != 0) hashed[i] = sha256(leaves[i]);
        }
    }
}
