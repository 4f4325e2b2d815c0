// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DemandId} from "../../src/interfaces/HashTypes.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {IDemands} from "../../src/interfaces/IDemands.sol";
import {DemandsStage, Story} from "./DemandsStage.sol";

/// @title What the moves of a demand cost.
/// @dev Isolated: each call is a transaction of its own, which pays for its data and finds all storage cold. Tests
/// compile through the legacy pipeline, whose code is dearer; `npm run gas` measures what is deployed.
contract DemandsGasTest is DemandsStage {
    /// forge-config: default.isolate = true
    function test_gas_ofADescentOverAThousandSteps() external {
        Story memory story = _tell(1001);
        ICourt.Target memory target = _assertStory(story);
        IDemands.Demand memory demand = _opened(target, story, 3, 10, 0);
        DemandId id = _idOf(demand);
        uint256 all = _measure("open", WATCHER, _demandCall(target, story, 3, 10, 0));
        all += _measure("answer with 32 nodes", ANSWERER, _answerCall(id, demand, story));
        (demand.answerer, demand.bonds) = (ANSWERER, 1);
        all += _measure("pick", WATCHER, _pickCall(id, demand, story, 17));
        (demand.answerer, demand.height, demand.position) = (address(0), 5, 17);
        demand.node = _demanded(story.woods[3].levels[5][17]);
        all += _measure("answer with 32 leaves", ANSWERER, _answerCall(id, demand, story));
        emit log_named_uint("a descent over 1,000 steps", all);
        checkEqual(demands.digestOf(id), 0, "it ends with leaves");
        check(all < 350_000, "and is no dearer than it was");
    }

    /// forge-config: default.isolate = true
    function test_gas_ofOtherMoves() external {
        Story memory story = _tell(1001);
        ICourt.Target memory target = _assertStory(story);
        for (uint256 subject = 3; subject < 6; ++subject) {
            string[3] memory names = ["a leaf", "a trace root", "a state"];
            IDemands.Demand memory single = _opened(target, story, subject, 0, 7 * (subject % 2));
            bytes memory input = _demandCall(target, story, subject, 0, 7 * (subject % 2));
            _measure(string.concat("open for ", names[subject - 3]), WATCHER, input);
            input = _answerCall(_idOf(single), single, story);
            _measure(string.concat("answer with ", names[subject - 3]), ANSWERER, input);
        }
        IDemands.Demand memory demand = _opened(target, story, 3, 10, 0);
        DemandId id = _idOf(demand);
        _measure("open again", WATCHER, _demandCall(target, story, 3, 10, 0));
        _measure("answer", ANSWERER, _answerCall(id, demand, story));
        (demand.answerer, demand.bonds) = (ANSWERER, 1);
        _measure("close", WATCHER, abi.encodeCall(demands.close, (id, demand)));

        demand = _opened(target, story, 3, 5, 0);
        id = _idOf(demand);
        _measure("open and wait", WATCHER, _demandCall(target, story, 3, 5, 0));
        _pass(MOVE + SPARE + 1);
        _measure("expire", WATCHER, abi.encodeCall(demands.expire, (id, demand)));
        checkEqual(uint256(_status(target)), 2, "which kills");
    }
}
