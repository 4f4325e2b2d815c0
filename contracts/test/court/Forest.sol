// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Node} from "../../src/interfaces/HashTypes.sol";

/// @title Whole trees in memory, the slow and obvious way, for tests to compare with and to take paths from.
library Forest {
    function heightOf(uint256 count) internal pure returns (uint256 height) {
        while (1 << height < count) {
            ++height;
        }
    }

    function rootOf(Node[] memory leaves) internal pure returns (Node) {
        return nodeOf(leaves, heightOf(leaves.length), 0);
    }

    function nodeOf(Node[] memory leaves, uint256 height, uint256 position) internal pure returns (Node) {
        if (height == 0) return position < leaves.length ? leaves[position] : Node.wrap(0);
        if (position << height >= leaves.length) return Node.wrap(0);
        Node left = nodeOf(leaves, height - 1, 2 * position);
        Node right = nodeOf(leaves, height - 1, 2 * position + 1);
        if (Node.unwrap(left) == 0 && Node.unwrap(right) == 0) return Node.wrap(0);
        return Node.wrap(sha256(abi.encodePacked(uint8(0x01), left, right)));
    }

    /// @dev The siblings from the node at `height` and `position` up to the root.
    function pathOf(Node[] memory leaves, uint256 height, uint256 position) internal pure returns (Node[] memory path) {
        path = new Node[](heightOf(leaves.length) - height);
        for (uint256 i = 0; i < path.length; ++i) {
            path[i] = nodeOf(leaves, height + i, (position >> i) ^ 1);
        }
    }

    /// @dev Nodes as words.
    function wordsOf(Node[] memory nodes) internal pure returns (bytes32[] memory words) {
        assembly ("memory-safe") {
            words := nodes
        }
    }

    /// @dev The hashes of leaves given as bytes; empty bytes stand for a leaf of 32 zero bytes.
    function hashes(bytes[] memory leaves) internal pure returns (Node[] memory hashed) {
        hashed = new Node[](leaves.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            if (leaves[i].length != 0) hashed[i] = Node.wrap(sha256(leaves[i]));
        }
    }
}
