// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Node} from "../interfaces/HashTypes.sol";
import {Bytes} from "./Bytes.sol";

/// @title The one Merkle tree of the protocol.
/// @notice A perfect binary tree of height `ceil(log2(count))`; missing leaves are 32 zero bytes, and so is a node
/// whose children both are. Any other node is SHA-256 of `0x01 ‖ left ‖ right`. A leaf is SHA-256 of its bytes.
/// @dev Position is the path: the bits of the index say on which side each sibling stands and the path has exactly as
/// many as the height, so no leaf passes for another, for an inner node, or for one beyond the count.
/// INVARIANT: for a root, a count, a height and a position there is one node that can be proven.
library Tree {
    /// @notice The node stands beyond the tree.
    error PositionOutOfRange(uint256 received, uint256 count);

    /// @notice The path does not have the length that count and height demand.
    error PathLengthMismatch(uint256 received, uint256 expected);

    /// @notice The path leads to another root.
    error RootMismatch(Node received, Node expected);

    /// @notice The height of a tree of `count` leaves: `ceil(log2(count))`, and 0 for none.
    function heightOf(uint256 count) internal pure returns (uint256 height) {
        if (count < 2) return 0;
        for (uint256 rest = count - 1; rest != 0; rest >>= 1) {
            ++height;
        }
    }

    /// @notice Reverts unless `leaf` is the bytes of leaf `index` of the tree of `count` leaves with this root.
    function requireLeaf(Node root, uint256 count, uint256 index, bytes calldata leaf, Node[] calldata path)
        internal
        view
    {
        if (index >= count) revert PositionOutOfRange(index, count);
        requireNode(root, count, 0, index, Node.wrap(Bytes.hashCalldata(leaf)), path);
    }

    /// @notice Reverts unless `node` is the node at `height` and `position` (each counted from 0, leaves at height 0)
    /// of the tree of `count` leaves with this root. Positions of missing leaves are part of the tree.
    function requireNode(Node root, uint256 count, uint256 height, uint256 position, Node node, Node[] calldata path)
        internal
        view
    {
        uint256 top = heightOf(count);
        if (height > top || position >> (top - height) != 0) revert PositionOutOfRange(position, count);
        if (path.length != top - height) revert PathLengthMismatch(path.length, top - height);
        Node received = climb(node, position, path);
        if (Node.unwrap(received) != Node.unwrap(root)) revert RootMismatch(received, root);
    }

    /// @notice The root that `path`, lowest sibling first, leads to from `node` at `position` of its height.
    function climb(Node node, uint256 position, Node[] calldata path) internal view returns (Node) {
        bool done = true;
        assembly ("memory-safe") {
            // 65 bytes, `0x01 ‖ left ‖ right`, rewritten for every level past the free memory pointer.
            let start := mload(0x40)
            mstore8(start, 0x01)
            let left := add(start, 0x01)
            let right := add(start, 0x21)
            let end := add(path.offset, shl(5, path.length))
            for { let next := path.offset } lt(next, end) { next := add(next, 0x20) } {
                let sibling := calldataload(next)
                switch and(position, 1)
                case 0 {
                    mstore(left, node)
                    mstore(right, sibling)
                }
                default {
                    mstore(left, sibling)
                    mstore(right, node)
                }
                // Two empty children make an empty node, which `node` then already is.
                if or(node, sibling) {
                    done := and(done, staticcall(gas(), 0x02, start, 0x41, 0x00, 0x20))
                    node := mload(0x00)
                }
                position := shr(1, position)
            }
        }
        if (!done) revert Bytes.HashFailed();
        return node;
    }

    /// @notice The nodes in memory, with as many missing ones after them as make a power of two.
    function pad(Node[] calldata nodes, uint256 levels) internal pure returns (Node[] memory padded) {
        padded = new Node[](1 << levels);
        if (nodes.length > padded.length) revert PositionOutOfRange(nodes.length, padded.length);
        assembly ("memory-safe") {
            calldatacopy(add(padded, 0x20), nodes.offset, shl(5, nodes.length))
        }
    }

    /// @notice Nodes as words, for what passes them on: the compiler copies words of a call all at once, and values of
    /// any other type one by one.
    function wordsOf(Node[] calldata nodes) internal pure returns (bytes32[] calldata words) {
        assembly ("memory-safe") {
            words.offset := nodes.offset
            words.length := nodes.length
        }
    }

    /// @notice Words as the nodes that they are.
    function nodesOf(bytes32[] calldata words) internal pure returns (Node[] calldata nodes) {
        assembly ("memory-safe") {
            nodes.offset := words.offset
            nodes.length := words.length
        }
    }

    /// @notice The node above all of `nodes`, which stand side by side and are as many as a power of two; missing ones
    /// are 32 zero bytes. Overwrites them.
    function fold(Node[] memory nodes) internal view returns (Node) {
        bool done = true;
        assembly ("memory-safe") {
            // 65 bytes, `0x01 ‖ left ‖ right`, rewritten for every pair past the free memory pointer.
            let start := mload(0x40)
            let pair := add(start, 0x01)
            mstore8(start, 0x01)
            let first := add(nodes, 0x20)
            for { let size := shl(5, mload(nodes)) } gt(size, 0x20) { size := shr(1, size) } {
                // A parent is written where nodes stand that were read, as it stands no further than its children.
                let parent := first
                let end := add(first, size)
                for { let left := first } lt(left, end) { left := add(left, 0x40) } {
                    switch or(mload(left), mload(add(left, 0x20)))
                    case 0 { mstore(parent, 0) }
                    default {
                        mcopy(pair, left, 0x40)
                        if iszero(staticcall(gas(), 0x02, start, 0x41, parent, 0x20)) { done := 0 }
                    }
                    parent := add(parent, 0x20)
                }
            }
        }
        if (!done) revert Bytes.HashFailed();
        return nodes[0];
    }
}
