// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DemandHash, DemandId, DemandedHash, Node, TraceRoot} from "../interfaces/HashTypes.sol";
import {IDemands} from "../interfaces/IDemands.sol";
import {Bytes} from "../libraries/Bytes.sol";
import {Clock} from "../libraries/Clock.sol";
import {Tree} from "../libraries/Tree.sol";
import {DemandsBase} from "./DemandsBase.sol";

/// @title Answers: nodes, leaves, or the bytes under a hash.
/// @notice An answer is judged by its hash alone. What it says is for the court.
/// @dev Answers are in events as well as in calls, so that whoever reads logs has them even where a contract sent the
/// answer. INVARIANT: one demand has one answer, up to collisions of SHA-256.
abstract contract Answers is DemandsBase {
    uint8 private constant TRACE_ROOT_TAG = 0x02;
    uint8 private constant STATE_TAG = 0x03;

    // Match id, leaf count and tree root: the court could read no other bytes under a trace root, so none answer.
    uint256 private constant TRACE_ROOT_BYTES = 68;

    /// @inheritdoc IDemands
    function answerNodes(DemandId id, Demand calldata given, Node[] calldata nodes) external {
        Demand memory demand = _answered(id, given);
        if (!_isOfTree(demand) || demand.height <= Clock.LEVELS) revert WrongAnswer(demand.subject, demand.height);
        uint256 expected = _countBelow(demand, Clock.LEVELS);
        if (nodes.length != expected) revert AnswerLengthMismatch(nodes.length, expected);
        _requireHash(Node.unwrap(Tree.fold(Tree.pad(nodes, Clock.LEVELS))), demand);

        demand.answerer = msg.sender;
        --demand.bonds;
        demand.movedAt = uint64(block.number);
        digestOf[id] = _digest(demand);
        emit NodesAnswered(id, msg.sender, demand.answererLeft, Tree.wordsOf(nodes));
        _settle(demand, msg.sender, 1, false);
    }

    /// @inheritdoc IDemands
    function answerLeaves(DemandId id, Demand calldata given, bytes calldata leaves) external {
        Demand memory demand = _answered(id, given);
        if (!_isOfTree(demand) || demand.height > Clock.LEVELS) revert WrongAnswer(demand.subject, demand.height);
        Node[] memory hashes = new Node[](1 << demand.height);
        uint256 length = Bytes.hashEach(leaves, hashes, _countBelow(demand, demand.height));
        if (length != leaves.length) revert AnswerLengthMismatch(leaves.length, length);
        _requireHash(Node.unwrap(Tree.fold(hashes)), demand);

        digestOf[id] = DemandHash.wrap(0);
        emit LeavesAnswered(id, msg.sender, leaves);
        _settle(demand, msg.sender, demand.bonds, true);
    }

    /// @inheritdoc IDemands
    function answerPreimage(DemandId id, Demand calldata given, bytes calldata preimage) external {
        Demand memory demand = _answered(id, given);
        if (_isOfTree(demand)) revert WrongAnswer(demand.subject, demand.height);
        bool ofTrace = demand.subject == Subject.TraceRoot;
        if (ofTrace && preimage.length != TRACE_ROOT_BYTES) {
            revert AnswerLengthMismatch(preimage.length, TRACE_ROOT_BYTES);
        }
        _requireHash(Bytes.hashTagged(ofTrace ? TRACE_ROOT_TAG : STATE_TAG, preimage), demand);

        digestOf[id] = DemandHash.wrap(0);
        emit PreimageAnswered(id, msg.sender, preimage);
        _settle(demand, msg.sender, demand.bonds, true);
    }

    /// @dev The demand with what the answerers have left after an answer now; reverts unless one is due and in time.
    function _answered(DemandId id, Demand calldata given) private view returns (Demand memory demand) {
        demand = _current(id, given);
        if (demand.answerer != address(0)) revert AnswerNotDue();
        demand.answererLeft = Clock.leftAfterMove(demand.movedAt, demand.moveBlocks, demand.answererLeft);
    }

    /// @dev Whether a tree is demanded, and not what is under a single hash.
    function _isOfTree(Demand memory demand) private pure returns (bool) {
        return demand.subject <= Subject.Trace;
    }

    /// @dev How many of the nodes so many levels below the demanded one have leaves under them.
    function _countBelow(Demand memory demand, uint256 levels) private pure returns (uint256 count) {
        uint256 height = demand.height - levels;
        uint256 leaves = demand.leafCount - (uint256(demand.position) << demand.height);
        count = (leaves + (1 << height) - 1) >> height;
        if (count > 1 << levels) count = 1 << levels;
    }

    function _requireHash(bytes32 received, Demand memory demand) private pure {
        if (received != DemandedHash.unwrap(demand.node)) {
            revert AnswerMismatch(DemandedHash.wrap(received), demand.node);
        }
    }
}
