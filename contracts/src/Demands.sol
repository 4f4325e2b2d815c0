// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Answers} from "./demands/Answers.sol";
import {Openings} from "./demands/Openings.sol";
import {Machine} from "./Machine.sol";
import {DemandHash, DemandId, DemandedHash, Node} from "./interfaces/HashTypes.sol";
import {IDemands} from "./interfaces/IDemands.sol";
import {Clock} from "./libraries/Clock.sol";
import {Handing} from "./libraries/Handing.sol";
import {Tree} from "./libraries/Tree.sol";
import {Trials} from "./parts/Trials.sol";

/// @title Demands: makes asserters give what they hide.
/// @notice What can be demanded is in `Openings`, what answers it in `Answers`; here is what follows: the demander goes
/// on or closes, or nobody has answered and the assertion dies.
/// Trials of seats are in a part of it, `Trials`, that it creates for itself and runs on its own storage.
/// @dev INVARIANT: it holds no coin, and all it can do to an assertion is to delay it by no more than the bound, and to
/// kill it where an answer that was due did not come.
contract Demands is Openings, Answers {
    address private immutable TRIALS;

    /// @param entry The address of the first instruction of the image that trials are about.
    /// @param codeRoot The root of the tree over its code.
    /// @param ramRoot The root of the tree over the memory that it begins with.
    constructor(uint32 entry, Node codeRoot, Node ramRoot) {
        TRIALS = address(new Trials(new Machine(entry, codeRoot, ramRoot)));
    }

    /// @notice The calls of `ITrials`.
    fallback() external {
        Handing.to(TRIALS);
    }

    /// @inheritdoc IDemands
    function pick(DemandId id, Demand calldata given, uint64 position, Node node, Node[] calldata path) external {
        Demand memory demand = _waiting(id, given);
        if (msg.sender != demand.demander) revert NotDemander(msg.sender, demand.demander);
        demand.demanderLeft = Clock.leftAfterMove(demand.movedAt, demand.moveBlocks, demand.demanderLeft);
        _requireBelow(demand, position, node, path);
        demand.height -= uint8(Clock.LEVELS);
        _requireCovering(demand.leafCount, demand.height, position);

        demand.answerer = address(0);
        demand.position = position;
        demand.node = DemandedHash.wrap(Node.unwrap(node));
        demand.movedAt = uint64(block.number);
        digestOf[id] = _digest(demand);
        emit Picked(id, position, node, demand.demanderLeft);
    }

    /// @inheritdoc IDemands
    function close(DemandId id, Demand calldata given) external {
        Demand memory demand = _waiting(id, given);
        bool inTime = block.number <= Clock.latest(demand.movedAt, demand.moveBlocks, demand.demanderLeft);
        if (inTime && msg.sender != demand.demander) revert NotDemander(msg.sender, demand.demander);
        address payee = inTime ? demand.demander : demand.answerer;

        digestOf[id] = DemandHash.wrap(0);
        emit Closed(id, payee);
        _settle(demand, payee, demand.bonds, true);
    }

    /// @inheritdoc IDemands
    function expire(DemandId id, Demand calldata given) external {
        Demand memory demand = _current(id, given);
        if (demand.answerer != address(0)) revert AnswerNotDue();
        bool standing = demand.arena.isStanding(demand.league, demand.round, demand.assertion);
        if (standing) Clock.requireOver(demand.movedAt, demand.moveBlocks, demand.answererLeft);

        digestOf[id] = DemandHash.wrap(0);
        emit Expired(id, standing);
        _settle(demand, demand.demander, demand.bonds, true);
        if (standing) demand.arena.kill(demand.league, demand.round, demand.assertion, demand.demander);
    }

    /// @dev The demand, answered; reverts unless it waits for its demander.
    function _waiting(DemandId id, Demand calldata given) private view returns (Demand memory demand) {
        demand = _current(id, given);
        if (demand.answerer == address(0)) revert AnswerDue();
    }

    /// @dev Reverts unless the node stands five levels below the one demanded before.
    function _requireBelow(Demand memory demand, uint64 position, Node node, Node[] calldata path) private view {
        if (position >> Clock.LEVELS != demand.position) revert Tree.PositionOutOfRange(position, demand.position);
        if (path.length != Clock.LEVELS) revert Tree.PathLengthMismatch(path.length, Clock.LEVELS);
        Node received = Tree.climb(node, position, path);
        Node expected = Node.wrap(DemandedHash.unwrap(demand.node));
        if (Node.unwrap(received) != Node.unwrap(expected)) revert Tree.RootMismatch(received, expected);
    }
}
