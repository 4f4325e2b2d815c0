// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Node} from "../../src/interfaces/HashTypes.sol";

/// @notice A whole tree: `levels[h]` are its nodes at height h that have leaves under them.
struct Wood {
    Node[][] levels;
}

/// @title Whole trees in memory, every node hashed once, for trees too large to be hashed anew for each path.
library Grove {
    function grow(bytes[] memory leaves) internal pure returns (Wood memory wood) {
        uint256 height = 0;
        while (1 << height < leaves.length) {
            ++height;
        }
        wood.levels = new Node[][](height + 1);
        wood.levels[0] = new Node[](leaves.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            wood.levels[0][i] = Node.wrap(sha256(leaves[i]));
        }
        for (uint256 h = 1; h <= height; ++h) {
            wood.levels[h] = new Node[]((wood.levels[h - 1].length + 1) / 2);
            for (uint256 i = 0; i < wood.levels[h].length; ++i) {
                Node left = nodeOf(wood, h - 1, 2 * i);
                Node right = nodeOf(wood, h - 1, 2 * i + 1);
                wood.levels[h][i] = Node.wrap(sha256(abi.encodePacked(uint8(0x01), left, right)));
            }
        }
    }

    function rootOf(Wood memory wood) internal pure returns (Node) {
        return wood.levels[wood.levels.length - 1][0];
    }

    function nodeOf(Wood memory wood, uint256 height, uint256 position) internal pure returns (Node) {
        return position < wood.levels[height].length ? wood.levels[height][position] : Node.wrap(0);
    }

    /// @dev The siblings of the node at `height` and `position` up to the height `top`.
    function pathOf(Wood memory wood, uint256 height, uint256 position, uint256 top)
        internal
        pure
        returns (Node[] memory path)
    {
        path = new Node[](top - height);
        for (uint256 i = 0; i < path.length; ++i) {
            path[i] = nodeOf(wood, height + i, (position >> i) ^ 1);
        }
    }

    function topOf(Wood memory wood) internal pure returns (uint256) {
        return wood.levels.length - 1;
    }

    /// @dev The nodes `levels` below that have leaves under them.
    function below(Wood memory wood, uint256 height, uint256 position, uint256 levels)
        internal
        pure
        returns (Node[] memory nodes)
    {
        uint256 count = 0;
        uint256 first = position << levels;
        while (count < 1 << levels && Node.unwrap(nodeOf(wood, height - levels, first + count)) != 0) {
            ++count;
        }
        nodes = new Node[](count);
        for (uint256 i = 0; i < count; ++i) {
            nodes[i] = nodeOf(wood, height - levels, first + i);
        }
    }
}
