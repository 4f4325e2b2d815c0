// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DemandHash, DemandId, DemandedHash, Node, RoundSeed, StateHash, TraceRoot} from "../interfaces/HashTypes.sol";
import {IArenaTypes} from "../interfaces/IArenaTypes.sol";
import {ICourt} from "../interfaces/ICourt.sol";
import {IDemands} from "../interfaces/IDemands.sol";
import {Bytes} from "../libraries/Bytes.sol";
import {Clock} from "../libraries/Clock.sol";
import {Leaves} from "../libraries/Leaves.sol";
import {Plan, Schedule} from "../libraries/Schedule.sol";
import {Tree} from "../libraries/Tree.sol";
import {DemandsBase} from "./DemandsBase.sol";

/// @title What can be demanded of an assertion.
/// @notice Each function leads from a root that the asserter committed to, over what the demander has, to a hash whose
/// preimage it has not.
/// @dev Whatever is demanded exists if the assertion is made by the rules: nodes with leaves under them, traces of
/// matches that were played, states of leaves that have one. INVARIANT: who has computed an honest assertion has the
/// answer to every demand against it.
abstract contract Openings is DemandsBase {
    /// @inheritdoc IDemands
    function demandNode(ICourt.Target calldata target, ICourt.RoundTree tree, ICourt.NodeProof calldata node)
        external
        returns (DemandId id)
    {
        (IArenaTypes.Demanded memory facts, Demand memory demand) = _open(target, tree, Clock.answersFrom(node.height));
        demand.subject = Subject(uint8(tree));
        uint256 count = tree == ICourt.RoundTree.Matches ? _matchCount(facts) : facts.entryCount;
        return _demandUnder(demand, facts.root, count, node);
    }

    /// @inheritdoc IDemands
    function demandTraceNode(
        ICourt.Target calldata target,
        ICourt.Proof calldata matchProof,
        ICourt.Trace calldata trace,
        ICourt.NodeProof calldata node
    ) external returns (DemandId id) {
        Demand memory demand = _openTrace(target, matchProof, trace, Clock.answersFrom(node.height));
        demand.subject = Subject.Trace;
        return _demandUnder(demand, trace.treeRoot, trace.leafCount, node);
    }

    /// @inheritdoc IDemands
    function demandTraceRoot(ICourt.Target calldata target, ICourt.Proof calldata matchProof)
        external
        returns (DemandId id)
    {
        (Demand memory demand, TraceRoot traceRoot) = _openMatch(target, matchProof, 1);
        demand.subject = Subject.TraceRoot;
        demand.node = DemandedHash.wrap(TraceRoot.unwrap(traceRoot));
        return _store(demand);
    }

    /// @inheritdoc IDemands
    function demandState(
        ICourt.Target calldata target,
        ICourt.Proof calldata matchProof,
        ICourt.Trace calldata trace,
        ICourt.Proof calldata leaf
    ) external returns (DemandId id) {
        Demand memory demand = _openTrace(target, matchProof, trace, 1);
        Tree.requireLeaf(trace.treeRoot, trace.leafCount, leaf.index, leaf.leaf, leaf.path);
        demand.subject = Subject.State;
        demand.position = leaf.index;
        demand.node = DemandedHash.wrap(StateHash.unwrap(Leaves.stateHashOf(leaf.leaf)));
        return _store(demand);
    }

    /// @dev Demands what is under a node of the tree of this root.
    function _demandUnder(Demand memory demand, Node root, uint256 count, ICourt.NodeProof calldata node)
        private
        returns (DemandId)
    {
        Tree.requireNode(root, count, node.height, node.position, node.node, node.path);
        _requireCovering(count, node.height, node.position);
        demand.leafCount = uint32(count);
        demand.height = node.height;
        demand.position = node.position;
        demand.node = DemandedHash.wrap(Node.unwrap(node.node));
        return _store(demand);
    }

    /// @dev Has the arena hold the assertion and the bonds for so many answers. The call comes before the demand is
    /// kept, since what it returns is a part of it; a false arena that calls back finds nothing of it yet.
    function _open(ICourt.Target calldata target, ICourt.RoundTree tree, uint8 answers)
        private
        returns (IArenaTypes.Demanded memory facts, Demand memory demand)
    {
        // slither-disable-next-line reentrancy-benign,reentrancy-events: as said above.
        facts = target.arena.openDemand(target.league, target.round, target.assertion, uint8(tree), msg.sender, answers);
        demand.arena = target.arena;
        demand.league = target.league;
        demand.round = target.round;
        demand.assertion = target.assertion;
        demand.demander = msg.sender;
        demand.bonds = answers;
        demand.movedAt = uint64(block.number);
        demand.moveBlocks = facts.demandBlocks;
        demand.demanderLeft = Clock.spare(facts.demandBlocks);
        demand.answererLeft = demand.demanderLeft;
    }

    /// @dev As `_open`, about a match that was played.
    function _openMatch(ICourt.Target calldata target, ICourt.Proof calldata matchProof, uint8 answers)
        private
        returns (Demand memory demand, TraceRoot traceRoot)
    {
        IArenaTypes.Demanded memory facts;
        (facts, demand) = _open(target, ICourt.RoundTree.Matches, answers);
        Tree.requireLeaf(facts.root, _matchCount(facts), matchProof.index, matchProof.leaf, matchProof.path);
        traceRoot = Leaves.traceRootOf(matchProof.leaf, facts.seats);
        // slither-disable-next-line incorrect-equality: a hash, 0 where nothing was played.
        if (TraceRoot.unwrap(traceRoot) == 0) revert NotPlayed(matchProof.index);
        demand.matchIndex = matchProof.index;
    }

    /// @dev As `_openMatch`, with the trace that its root is of.
    function _openTrace(
        ICourt.Target calldata target,
        ICourt.Proof calldata matchProof,
        ICourt.Trace calldata trace,
        uint8 answers
    ) private returns (Demand memory demand) {
        TraceRoot expected;
        (demand, expected) = _openMatch(target, matchProof, answers);
        TraceRoot received = TraceRoot.wrap(
            Bytes.hash(abi.encodePacked(uint8(0x02), trace.matchId, Bytes.swap32(trace.leafCount), trace.treeRoot))
        );
        if (TraceRoot.unwrap(received) != TraceRoot.unwrap(expected)) {
            revert ICourt.TraceRootMismatch(received, expected);
        }
    }

    function _store(Demand memory demand) private returns (DemandId id) {
        DemandHash digest = _digest(demand);
        id = DemandId.wrap(DemandHash.unwrap(digest));
        if (DemandHash.unwrap(digestOf[id]) != 0) revert AlreadyDemanded(id);
        digestOf[id] = digest;
        emit Demanded(id, demand.arena, demand);
    }

    function _matchCount(IArenaTypes.Demanded memory facts) private pure returns (uint256) {
        return Schedule.matchCount(
            Plan({
                seatCount: facts.seats,
                matchesPerRound: facts.matchesPerRound,
                entryCount: facts.entryCount,
                roundSeed: RoundSeed.wrap(0)
            })
        );
    }
}
