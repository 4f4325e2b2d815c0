// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {RpsSystem} from "../../src/systems/RpsSystem.sol";
import {Check} from "../court/Check.sol";

contract RpsSystemTest is Check {
    RpsSystem private immutable _system = new RpsSystem();
    bytes private constant TWO_THROWS = hex"0200000000000000";

    function test_step_scoresEveryPairOfThrows() external view {
        uint8[9] memory points = [1, 0, 2, 2, 1, 0, 0, 2, 1];
        for (uint8 pair = 0; pair < 9; ++pair) {
            bytes memory state = _throw(_system.start(TWO_THROWS, SEEDLESS), pair / 3, pair % 3);
            bytes memory expected = abi.encodePacked(
                hex"0100", points[pair], hex"000000", 2 - points[pair], hex"000000", pair / 3, pair % 3
            );
            checkEqual(state, expected, "points");
        }
    }

    function test_status_finishesAfterAllThrows() external view {
        bytes memory state = _system.start(TWO_THROWS, SEEDLESS);
        checkEqual(state, hex"000000000000000000000303", "start");
        for (uint8 played = 0; played < 2; ++played) {
            (uint8 acting, uint8 running,) = _system.status(TWO_THROWS, state);
            check(acting == 3 && running == 255, "both act");
            state = _throw(state, 1, 0);
        }
        (uint8 none, uint8 termination, int64[] memory scores) = _system.status(TWO_THROWS, state);
        check(none == 0 && termination == 0, "finished");
        check(scores[0] == 4 && scores[1] == 0, "points");
    }

    function test_step_isLegalWithThreeThrowsOfTwoSeatsUntilAllAreMade() external view {
        bytes memory state = _system.start(TWO_THROWS, SEEDLESS);
        _checkLegality(state, 3, _actions(2, 2), true);
        _checkLegality(state, 3, _actions(0, 3), false);
        _checkLegality(state, 3, _actions(3, 0), false);
        _checkLegality(state, 3, _actions(type(uint64).max, 0), false);
        _checkLegality(state, 3, new uint64[](1), false);
        _checkLegality(state, 1, new uint64[](1), false);
        _checkLegality(state, 2, _actions(0, 0), false);
        _checkLegality(state, 7, new uint64[](3), false);
        _checkLegality(_throw(_throw(state, 0, 0), 0, 0), 3, _actions(0, 0), false);
    }

    function test_step_refusesForeignBytes() external {
        bytes memory input = abi.encodeCall(_system.step, (TWO_THROWS, SEEDLESS, hex"00", 3, _actions(0, 0)));
        checkRefused(address(_system), input, RpsSystem.MalformedState.selector, "no state");
    }

    function test_forfeitScores_giveAllPointsToWhoDoesNot() external view {
        int64[] memory scores = _system.forfeitScores(TWO_THROWS, 1);
        check(scores[0] == 0 && scores[1] == 4, "seat 0");
        scores = _system.forfeitScores(TWO_THROWS, 2);
        check(scores[0] == 4 && scores[1] == 0, "seat 1");
        scores = _system.forfeitScores(TWO_THROWS, 3);
        check(scores[0] == 0 && scores[1] == 0, "both");
    }

    function testFuzz_play_sharesTwoPointsAThrow(uint256 seed, uint8 throws) external view {
        bytes memory parameters = abi.encodePacked(throws, bytes7(0));
        bytes memory state = _system.start(parameters, SEEDLESS);
        for (uint256 played = 0; played < throws; ++played) {
            uint256 draw = uint256(keccak256(abi.encode(seed, played)));
            (, state) =
                _system.step(parameters, SEEDLESS, state, 3, _actions(uint64(draw % 3), uint64((draw >> 128) % 3)));
            (, uint8 termination, int64[] memory scores) = _system.status(parameters, state);
            check(termination == (played + 1 == throws ? 0 : 255), "runs until the last throw");
            check(scores[0] + scores[1] == int64(uint64(2 * (played + 1))), "two points a throw");
        }
    }

    function _throw(bytes memory state, uint64 first, uint64 second) private view returns (bytes memory next) {
        (, next) = _system.step(TWO_THROWS, SEEDLESS, state, 3, _actions(first, second));
    }

    function _actions(uint64 first, uint64 second) private pure returns (uint64[] memory actions) {
        actions = new uint64[](2);
        (actions[0], actions[1]) = (first, second);
    }

    function _checkLegality(bytes memory state, uint8 acting, uint64[] memory actions, bool expected) private view {
        checkLegality(_system, TWO_THROWS, state, acting, actions, expected);
    }
}
