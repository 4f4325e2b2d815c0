// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @notice A whole tree: `levels[h]` are its nodes at height h that have leaves under them.
struct Wood {
    bytes32[][] levels;
}

/// @title Whole trees in memory, every node hashed once, for trees too large to be hashed anew for each path.
library Grove {
    function grow(bytes[] memory leaves) internal pure returns (Wood memory wood) {
        uint256 height = 0;
        while (1 << height < leaves.length) {
            ++height;
        }
        wood.levels = new bytes32[][](height + 1);
        wood.levels[0] = new bytes32[](leaves.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            wood.levels[0][i] = sha256(leaves[i]);
        }
        for (uint256 h = 1; h <= height; ++h) {
            wood.levels[h] = new bytes32[]((wood.levels[h - 1].length + 1) / 2);
            for (uint256 i = 0; i < wood.levels[h].length; ++i) {
                bytes32 left = nodeOf(wood, h - 1, 2 * i);
                bytes32 right = nodeOf(wood, h - 1, 2 * i + 1);
                wood.levels[h][i] = sha256(abi.encodePacked(uint8(0x01), left, right));
            }
        }
    }

    function rootOf(Wood memory wood) internal pure returns (bytes32) {
        return wood.levels[wood.levels.length - 1][0];
    }

    function nodeOf(Wood memory wood, uint256 height, uint256 position) internal pure returns (bytes32) {
        return position < wood.levels[height].length ? wood.levels[height][position] : bytes32(0);
    }

    /// @dev The siblings of the node at `height` and `position` up to the height `top`.
    function pathOf(Wood memory wood, uint256 height, uint256 position, uint256 top)
        internal
        pure
        returns (bytes32[] memory path)
    {
        path = new bytes32[](top - height);
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
        returns (bytes32[] memory nodes)
    {
        uint256 count = 0;
        while (count < 1 << levels && nodeOf(wood, height - levels, (position << levels) + count) != 0) {
            ++count;
        }
        nodes = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            nodes[i] = nodeOf(wood, height - levels, (position << levels) + i);
        }
    }
}
