// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Node} from "../../src/interfaces/HashTypes.sol";
import {Tree} from "../../src/libraries/Tree.sol";
import {Check} from "../court/Check.sol";
import {Forest} from "../court/Forest.sol";

contract TreeTest is Check {
    function requireLeaf(Node root, uint256 count, uint256 index, bytes calldata leaf, Node[] calldata path)
        external
        view
    {
        Tree.requireLeaf(root, count, index, leaf, path);
    }

    function requireNode(Node root, uint256 count, uint256 height, uint256 position, Node node, Node[] calldata path)
        external
        view
    {
        Tree.requireNode(root, count, height, position, node, path);
    }

    function test_requireLeaf_provesEveryLeafOfTreesOfEverySize() external view {
        for (uint256 count = 1; count <= 70; ++count) {
            Node[] memory leaves = _leaves(count);
            Node root = Forest.rootOf(leaves);
            for (uint256 index = 0; index < count; ++index) {
                this.requireLeaf(root, count, index, abi.encode(index), Forest.pathOf(leaves, 0, index));
            }
        }
    }

    function test_requireNode_provesEveryNodeIncludingEmptyOnes() external view {
        for (uint256 count = 1; count <= 9; ++count) {
            Node[] memory leaves = _leaves(count);
            uint256 top = Tree.heightOf(count);
            for (uint256 height = 0; height <= top; ++height) {
                for (uint256 position = 0; position < 1 << (top - height); ++position) {
                    Node node = Forest.nodeOf(leaves, height, position);
                    check(
                        (Node.unwrap(node) == 0) == (position << height >= count),
                        "a node is zero iff no leaf is under it"
                    );
                    Node[] memory path = Forest.pathOf(leaves, height, position);
                    this.requireNode(Forest.rootOf(leaves), count, height, position, node, path);
                }
            }
        }
    }

    function test_requireLeaf_refusesEveryOtherIndexAndLeaf() external {
        Node[] memory leaves = _leaves(13);
        Node root = Forest.rootOf(leaves);
        for (uint256 index = 0; index < 13; ++index) {
            Node[] memory path = Forest.pathOf(leaves, 0, index);
            for (uint256 other = 0; other < 13; ++other) {
                if (other == index) continue;
                _checkLeafRefused(root, 13, other, index, path, Tree.RootMismatch.selector);
                _checkLeafRefused(root, 13, index, other, path, Tree.RootMismatch.selector);
            }
        }
    }

    function test_requireLeaf_refusesIndicesBeyondTheCount() external {
        Node[] memory leaves = _leaves(5);
        Node[] memory path = Forest.pathOf(leaves, 0, 5);
        _checkLeafRefused(Forest.rootOf(leaves), 5, 5, 5, path, Tree.PositionOutOfRange.selector);
        _checkLeafRefused(Forest.rootOf(leaves), 5, 1 << 255, 5, path, Tree.PositionOutOfRange.selector);
        _checkLeafRefused(Node.wrap(0), 0, 0, 0, new Node[](0), Tree.PositionOutOfRange.selector);
    }

    function test_requireLeaf_refusesPathsOfAnotherLength() external {
        Node[] memory leaves = _leaves(5);
        Node root = Forest.rootOf(leaves);
        Node[] memory path = Forest.pathOf(leaves, 0, 4);
        Node[] memory longer = new Node[](4);
        for (uint256 i = 0; i < 3; ++i) {
            longer[i] = path[i];
        }
        _checkLeafRefused(root, 5, 4, 4, longer, Tree.PathLengthMismatch.selector);
        _checkLeafRefused(root, 9, 4, 4, path, Tree.PathLengthMismatch.selector);
        _checkLeafRefused(root, 5, 4, 4, new Node[](0), Tree.PathLengthMismatch.selector);
    }

    function test_requireLeaf_refusesInnerNodesAsLeaves() external {
        Node[] memory leaves = _leaves(4);
        bytes memory inner = abi.encodePacked(uint8(1), leaves[0], leaves[1]);
        Node[] memory path = new Node[](1);
        path[0] = Forest.nodeOf(leaves, 1, 1);
        bytes memory input = abi.encodeCall(this.requireLeaf, (Forest.rootOf(leaves), 4, 0, inner, path));
        checkRefused(address(this), input, Tree.PathLengthMismatch.selector, "an inner node is no leaf");
    }

    function testFuzz_requireLeaf_acceptsOnlyWhatIsThere(uint256 seed, uint8 size, uint8 index, uint8 other) external {
        uint256 count = 2 + size % 60;
        Node[] memory leaves = _leaves(count);
        uint256 place = index % count;
        Node[] memory path = Forest.pathOf(leaves, 0, place);
        this.requireLeaf(Forest.rootOf(leaves), count, place, abi.encode(place), path);
        uint256 changed = seed % path.length;
        path[changed] = Node.wrap(Node.unwrap(path[changed]) ^ bytes32(uint256(1) << other));
        _checkLeafRefused(Forest.rootOf(leaves), count, place, place, path, Tree.RootMismatch.selector);
    }

    function foldPadded(Node[] calldata nodes, uint256 levels) external view returns (Node) {
        return Tree.fold(Tree.pad(nodes, levels));
    }

    function test_fold_isTheNodeAboveAllThatAreThere() external view {
        for (uint256 count = 1; count <= 33; ++count) {
            Node[] memory leaves = _leaves(count);
            uint256 height = Forest.heightOf(count);
            checkEqual(this.foldPadded(leaves, height), Forest.rootOf(leaves), "the root");
            Node higher = Node.wrap(sha256(abi.encodePacked(uint8(0x01), Forest.rootOf(leaves), bytes32(0))));
            checkEqual(this.foldPadded(leaves, height + 1), higher, "with nothing beside it");
        }
        checkEqual(this.foldPadded(new Node[](0), 3), Node.wrap(0), "nothing is above nothing");
    }

    function test_pad_refusesMoreThanThereIsRoomFor() external {
        bytes memory input = abi.encodeCall(this.foldPadded, (_leaves(5), 2));
        checkRefused(address(this), input, Tree.PositionOutOfRange.selector, "five in place of four");
    }

    function test_heightOf_isTheLogarithmRoundedUp() external pure {
        uint32[9] memory counts = [uint32(0), 1, 2, 3, 4, 5, 512, 513, type(uint32).max];
        uint8[9] memory heights = [0, 0, 1, 2, 2, 3, 9, 10, 32];
        for (uint256 i = 0; i < counts.length; ++i) {
            checkEqual(Tree.heightOf(counts[i]), heights[i], "height");
        }
    }

    function _leaves(uint256 count) private pure returns (Node[] memory leaves) {
        leaves = new Node[](count);
        for (uint256 i = 0; i < count; ++i) {
            leaves[i] = Node.wrap(sha256(abi.encode(i)));
        }
    }

    function _checkLeafRefused(
        Node root,
        uint256 count,
        uint256 index,
        uint256 content,
        Node[] memory path,
        bytes4 expected
    ) private {
        bytes memory input = abi.encodeCall(this.requireLeaf, (root, count, index, abi.encode(content), path));
        checkRefused(address(this), input, expected, "a leaf that is not there");
    }
}
