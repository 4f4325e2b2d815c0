// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DemandId, Node, TraceRoot} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {IDemands} from "../../src/interfaces/IDemands.sol";
import {Bytes} from "../../src/libraries/Bytes.sol";
import {DemandsStage, Story} from "./DemandsStage.sol";

/// @title Whole descents, over trees of every size and to any leaf.
contract DescentsTest is DemandsStage {
    /// forge-config: default.fuzz.runs = 40
    function test_descent_reachesAnyLeafOfAnyTree(uint256 count, uint256 leaf) external {
        count = 1 + count % 2000;
        _descend(_tell(count), leaf % count);
    }

    function test_descent_reachesTheEdgesOfTreesOfEveryHeight() external {
        uint16[9] memory counts = [1, 2, 32, 33, 64, 65, 1024, 1025, 2000];
        for (uint256 i = 0; i < counts.length; ++i) {
            Story memory story = _tell(counts[i]);
            _descend(story, 0);
            _descend(story, counts[i] - 1);
        }
    }

    function test_descent_mayBeginAtAnyNode(uint256 count, uint256 height, uint256 position) external {
        count = 1 + count % 200;
        Story memory story = _tell(count);
        ICourt.Target memory target = _assertStory(story);
        height = height % story.woods[3].levels.length;
        position = position % story.woods[3].levels[height].length;
        (DemandId id, IDemands.Demand memory demand) = _demand(target, story, 3, height, position);
        while (demand.height > 5) {
            demand = _answer(id, demand, story);
            demand = _pick(id, demand, story, demand.position << 5);
        }
        _answer(id, demand, story);
        checkEqual(_openDemands(target), 0, "answered down to the leaves");
    }

    function test_descent_coversEveryLeafOfTheRoundsTrees() external {
        Story memory story = _tell(2);
        ICourt.Target memory target = _assertStory(story);
        for (uint256 tree = 0; tree < 3; ++tree) {
            for (uint256 height = 0; height < story.woods[tree].levels.length; ++height) {
                for (uint256 position = 0; position < story.woods[tree].levels[height].length; ++position) {
                    (DemandId id, IDemands.Demand memory demand) = _demand(target, story, tree, height, position);
                    _answer(id, demand, story);
                }
            }
        }
    }

    /// @dev The deepest tree there is, each move at the last moment, and nobody to answer the last: 27 moves' time.
    function test_slowestDescent_endsWithinTheBound() external {
        (Story memory story, Node[33] memory full, Node[33] memory edge) = _deepest();
        ICourt.Target memory target = _assertStory(story);
        uint256 postedAt = vm.getBlockNumber();
        _pass(WINDOW);
        bytes memory input = abi.encodeCall(
            demands.demandTraceNode,
            (
                target,
                _leafProof(story, 1, PLAYED),
                ICourt.Trace(story.matchId, type(uint32).max, edge[32]),
                ICourt.NodeProof(32, 0, edge[32], new Node[](0))
            )
        );
        vm.prank(WATCHER);
        DemandId id = abi.decode(_do(input), (DemandId));
        IDemands.Demand memory demand = _openedDeep(target, edge[32]);
        for (uint256 answers = 0; answers < 6; ++answers) {
            _pass(answers == 0 ? MOVE + SPARE : MOVE);
            demand = _answerDeep(id, demand, full, edge);
            _pass(answers == 0 ? MOVE + SPARE : MOVE);
            demand = _pickDeep(id, demand, full, edge);
        }
        checkEqual(demand.bonds, 1, "the seventh answer is the last");
        _pass(MOVE);
        checkEqual(vm.getBlockNumber(), postedAt + WINDOW + BOUND - MOVE, "27 moves");
        _pass(MOVE);
        input = abi.encodeCall(arena.finalize, (league, round, target.assertion));
        checkRefused(address(arena), input, IArenaTypes.TooEarly.selector, "one move more for whoever kills");
        demands.expire(id, demand);
        check(_status(target) == IArenaTypes.AssertionStatus.Killed, "who has had until now");
    }

    function _descend(Story memory story, uint256 leaf) private {
        ICourt.Target memory target = _assertStory(story);
        uint256 height = story.woods[3].levels.length - 1;
        (DemandId id, IDemands.Demand memory demand) = _demand(target, story, 3, height, 0);
        uint256 answers = 1;
        while (demand.height > 5) {
            demand = _answer(id, demand, story);
            demand = _pick(id, demand, story, leaf >> (demand.height - 5));
            ++answers;
        }
        _answer(id, demand, story);
        checkEqual(answers, height == 0 ? 1 : (height + 4) / 5, "five levels an answer");
        checkEqual(arena.balanceOf(ANSWERER) % DEMAND_BOND, 1, "a bond each");
        checkEqual(_openDemands(target), 0, "nothing is open");
    }

    // A tree of 2^32 − 1 equal leaves: `full` are its nodes but for those at the right edge, `edge` are those.

    function _deepest() private pure returns (Story memory story, Node[33] memory full, Node[33] memory edge) {
        story = _tell(1);
        full[0] = Node.wrap(sha256("leaf"));
        for (uint256 h = 1; h <= 32; ++h) {
            full[h] = Node.wrap(sha256(abi.encodePacked(uint8(0x01), full[h - 1], full[h - 1])));
            edge[h] = Node.wrap(sha256(abi.encodePacked(uint8(0x01), full[h - 1], edge[h - 1])));
        }
        bytes memory preimage = abi.encodePacked(uint8(0x02), story.matchId, Bytes.swap32(type(uint32).max), edge[32]);
        _setTraceRoot(story, TraceRoot.wrap(sha256(preimage)));
    }

    function _openedDeep(ICourt.Target memory target, Node root) private view returns (IDemands.Demand memory demand) {
        demand = _opened(target, _tell(1), 3, 0, 0);
        (demand.leafCount, demand.height, demand.node, demand.bonds) = (type(uint32).max, 32, _demanded(root), 7);
    }

    function _answerDeep(DemandId id, IDemands.Demand memory demand, Node[33] memory full, Node[33] memory edge)
        private
        returns (IDemands.Demand memory)
    {
        Node[] memory nodes = new Node[](32);
        for (uint256 i = 0; i < 32; ++i) {
            nodes[i] = i == 31 ? edge[demand.height - 5] : full[demand.height - 5];
        }
        vm.prank(ANSWERER);
        demands.answerNodes(id, demand, nodes);
        demand.answererLeft = _left(demand.movedAt, demand.answererLeft);
        (demand.answerer, demand.movedAt) = (ANSWERER, uint64(vm.getBlockNumber()));
        --demand.bonds;
        return demand;
    }

    /// @dev Goes on along the right edge.
    function _pickDeep(DemandId id, IDemands.Demand memory demand, Node[33] memory full, Node[33] memory edge)
        private
        returns (IDemands.Demand memory)
    {
        Node[] memory path = new Node[](5);
        for (uint256 i = 0; i < 5; ++i) {
            path[i] = full[demand.height - 5 + i];
        }
        uint64 position = (demand.position << 5) + 31;
        vm.prank(WATCHER);
        demands.pick(id, demand, position, edge[demand.height - 5], path);
        demand.demanderLeft = _left(demand.movedAt, demand.demanderLeft);
        (demand.answerer, demand.movedAt) = (address(0), uint64(vm.getBlockNumber()));
        demand.height -= 5;
        (demand.position, demand.node) = (position, _demanded(edge[demand.height]));
        return demand;
    }
}
