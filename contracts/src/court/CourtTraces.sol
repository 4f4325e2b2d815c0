// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MatchId, MatchSeed, Node, StateHash, TraceRoot} from "../interfaces/HashTypes.sol";
import {ICourt} from "../interfaces/ICourt.sol";
import {ISystem} from "../interfaces/ISystem.sol";
import {Bytes} from "../libraries/Bytes.sol";
import {EndLeaf, Leaves, MatchLeaf, StepLeaf} from "../libraries/Leaves.sol";
import {Schedule} from "../libraries/Schedule.sol";
import {Tree} from "../libraries/Tree.sol";
import {CourtBase} from "./CourtBase.sol";

/// @title Lies about how a match went.
/// @notice A trace commits to the state before every step, so a false match has a first false leaf: the start, a step
/// from a right state to a wrong one, or the end. The league's step contract judges that one place.
/// @dev The step contract is asked only about states that the asserter committed to. It may revert on bytes that are no
/// state: the first such leaf follows from a right state, and that step is what `badStep` shows. INVARIANT: on a trace
/// that the rules make, the step contract is asked only what play asks it.
abstract contract CourtTraces is CourtBase {
    /// @dev What a step contract says of a state that is not terminal.
    uint8 private constant RUNNING = 255;

    /// @inheritdoc ICourt
    function badTrace(Target calldata target, Proof calldata matchProof, Trace calldata trace, Proof[] calldata seats)
        external
    {
        Case memory opened = _open(target, _wanting(ENTRIES | MATCHES | RULES));
        MatchLeaf memory leaf = _match(opened, matchProof);
        _requireTrace(leaf, trace);
        bool wrong = trace.leafCount != uint256(leaf.stepCount) + 1;
        _refute(
            target, wrong || MatchId.unwrap(trace.matchId) != MatchId.unwrap(_matchId(opened, matchProof.index, seats))
        );
    }

    /// @inheritdoc ICourt
    function badStart(Target calldata target, Proof calldata matchProof, Trace calldata trace, Proof calldata first)
        external
    {
        (Case memory opened, MatchLeaf memory leaf) = _openTrace(target, matchProof, trace);
        ISystem system = _system(target, opened);
        _requireIndex(first.index, 0);
        StateHash received = _committedState(opened, leaf, trace, first);
        MatchSeed matchSeed = Schedule.seedOf(opened.plan, matchProof.index);
        StateHash expected = _stateHash(system.start(opened.facts.parameters, matchSeed));
        _refute(target, StateHash.unwrap(received) != StateHash.unwrap(expected));
    }

    /// @inheritdoc ICourt
    function badStep(
        Target calldata target,
        Proof calldata matchProof,
        Trace calldata trace,
        Proof calldata leaf,
        Proof calldata next,
        bytes calldata state
    ) external {
        (Case memory opened, MatchLeaf memory result) = _openTrace(target, matchProof, trace);
        ISystem system = _system(target, opened);
        _requireIndex(next.index, uint256(leaf.index) + 1);
        StateHash following = _committedState(opened, result, trace, next);
        _requireTraceLeaf(trace, leaf);
        StepLeaf memory step = Leaves.stepOf(leaf.leaf, opened.plan.seatCount, leaf.index, _stepKinds(opened));
        _requireState(state, step.stateHash);
        MatchSeed matchSeed = Schedule.seedOf(opened.plan, matchProof.index);
        (bool legal, bytes memory right) =
            system.step(opened.facts.parameters, matchSeed, state, step.acting, step.actions);
        _refute(target, !legal || StateHash.unwrap(following) != StateHash.unwrap(_stateHash(right)));
    }

    /// @inheritdoc ICourt
    function badEnd(
        Target calldata target,
        Proof calldata matchProof,
        Trace calldata trace,
        Proof calldata end,
        bytes calldata state
    ) external {
        (Case memory opened, MatchLeaf memory result) = _openTrace(target, matchProof, trace);
        _requireIndex(end.index, result.stepCount);
        _requireTraceLeaf(trace, end);
        EndLeaf memory leaf = Leaves.endOf(end.leaf, opened.plan.seatCount, result.stepCount);
        bool wrong = false;
        for (uint256 seat = 0; seat < leaf.scores.length; ++seat) {
            if (leaf.scores[seat] != result.seats[seat].score) wrong = true;
        }
        if (!wrong) {
            ISystem system = _system(target, opened);
            _requireState(state, leaf.stateHash);
            wrong = _isFalseEnd(system, opened.facts.parameters, leaf, state);
        }
        _refute(target, wrong);
    }

    /// @inheritdoc ICourt
    function malformedTraceLeaf(
        Target calldata target,
        Proof calldata matchProof,
        Trace calldata trace,
        Proof calldata leaf
    ) external {
        (Case memory opened,) = _openTrace(target, matchProof, trace);
        _requireTraceLeaf(trace, leaf);
        uint256 seatCount = opened.plan.seatCount;
        if (uint256(leaf.index) + 1 == trace.leafCount) {
            _refute(target, !Leaves.isEnd(leaf.leaf, seatCount, leaf.index));
        } else {
            _refute(target, !Leaves.isStep(leaf.leaf, seatCount, leaf.index, _stepKinds(opened)));
        }
    }

    /// @inheritdoc ICourt
    function badTraceShape(
        Target calldata target,
        Proof calldata matchProof,
        Trace calldata trace,
        NodeProof calldata node
    ) external {
        _openTrace(target, matchProof, trace);
        _refute(target, _isMisplaced(trace.treeRoot, trace.leafCount, node));
    }

    /// @dev Proves a node and says whether it is zero although leaves stand under it, or the reverse.
    function _isMisplaced(Node root, uint256 count, NodeProof calldata node) internal view returns (bool) {
        Tree.requireNode(root, count, node.height, node.position, node.node, node.path);
        bool coversLeaves = uint256(node.position) << node.height < count;
        return (Node.unwrap(node.node) == 0) == coversLeaves;
    }

    /// @dev Proves a match and that `trace` is its trace, as long as the match has steps.
    function _openTrace(Target calldata target, Proof calldata matchProof, Trace calldata trace)
        private
        view
        returns (Case memory opened, MatchLeaf memory leaf)
    {
        opened = _open(target, _wanting(MATCHES | PARAMETERS));
        leaf = _traced(opened, matchProof, trace);
    }

    /// @dev The match, proven, whose trace `trace` is, as long as the match has steps.
    function _traced(Case memory opened, Proof calldata matchProof, Trace calldata trace)
        internal
        view
        returns (MatchLeaf memory leaf)
    {
        leaf = _match(opened, matchProof);
        _requireTrace(leaf, trace);
        uint256 expected = uint256(leaf.stepCount) + 1;
        if (trace.leafCount != expected) revert LeafCountMismatch(trace.leafCount, expected);
    }

    function _requireTrace(MatchLeaf memory leaf, Trace calldata trace) private view {
        TraceRoot received = TraceRoot.wrap(
            Bytes.hash(abi.encodePacked(uint8(0x02), trace.matchId, Bytes.swap32(trace.leafCount), trace.treeRoot))
        );
        if (TraceRoot.unwrap(received) != TraceRoot.unwrap(leaf.traceRoot)) {
            revert TraceRootMismatch(received, leaf.traceRoot);
        }
    }

    /// @dev The kinds of step leaf that the league's traces have. A step contract is for a System of perfect information;
    /// without one, both kinds of steps that are not signed may be right.
    function _stepKinds(Case memory opened) private pure returns (uint256) {
        if (opened.facts.clockBlocks != 0) return Leaves.SIGNED_STEPS;
        return opened.facts.system != address(0) ? Leaves.PERFECT_STEPS : Leaves.UNKNOWN_STEPS;
    }

    function _requireTraceLeaf(Trace calldata trace, Proof calldata proof) internal view {
        Tree.requireLeaf(trace.treeRoot, trace.leafCount, proof.index, proof.leaf, proof.path);
    }

    /// @dev The hash of the state that a leaf of the trace, step or end, commits to.
    function _committedState(Case memory opened, MatchLeaf memory result, Trace calldata trace, Proof calldata proof)
        private
        view
        returns (StateHash)
    {
        _requireTraceLeaf(trace, proof);
        uint256 seatCount = opened.plan.seatCount;
        if (proof.index == result.stepCount) return Leaves.endOf(proof.leaf, seatCount, proof.index).stateHash;
        return Leaves.stepOf(proof.leaf, seatCount, proof.index, _stepKinds(opened)).stateHash;
    }

    function _requireState(bytes calldata state, StateHash expected) private view {
        StateHash received = StateHash.wrap(Bytes.hashTagged(0x03, state));
        if (StateHash.unwrap(received) != StateHash.unwrap(expected)) revert StateHashMismatch(received, expected);
    }

    /// @dev Whether a match that reached `state` cannot have ended in this way.
    function _isFalseEnd(ISystem system, bytes memory parameters, EndLeaf memory leaf, bytes calldata state)
        private
        view
        returns (bool)
    {
        (uint8 acting, uint8 termination, int64[] memory scores) = system.status(parameters, state);
        if (leaf.termination == Leaves.FORFEIT) {
            if (termination != RUNNING || leaf.forfeits & ~acting != 0) return true;
            scores = system.forfeitScores(parameters, leaf.forfeits);
        } else if (termination != leaf.termination) {
            return true;
        }
        for (uint256 seat = 0; seat < leaf.scores.length; ++seat) {
            if (leaf.scores[seat] != scores[seat]) return true;
        }
        return false;
    }

    /// @dev The id of match `q` between the agents of the entries seated in it (SPEC section 1).
    function _matchId(Case memory opened, uint256 q, Proof[] calldata seats) private view returns (MatchId) {
        Seating memory seating = _seating(opened, q, seats);
        bytes memory input = abi.encodePacked(
            uint8(0x06), opened.facts.rulesId, Schedule.seedOf(opened.plan, q), uint8(opened.plan.seatCount)
        );
        for (uint256 seat = 0; seat < seating.leaves.length; ++seat) {
            input = abi.encodePacked(input, seating.leaves[seat].agentId);
        }
        return MatchId.wrap(Bytes.hash(input));
    }
}
