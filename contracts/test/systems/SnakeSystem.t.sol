// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MatchSeed} from "../../src/interfaces/HashTypes.sol";
import {SnakeSystem} from "../../src/systems/SnakeSystem.sol";
import {Check} from "../court/Check.sol";

contract SnakeSystemTest is Check {
    SnakeSystem private immutable _system = new SnakeSystem();

    uint64 private constant UP = 0;
    uint64 private constant RIGHT = 1;
    uint64 private constant DOWN = 2;
    uint64 private constant LEFT = 3;

    /// @dev A board of 4 by 3 and 20 steps: occupancy has 2 bytes, links 3.
    bytes private constant SMALL = hex"040000000000000003000000000000001400000000000000";

    function test_start_isLengthOneInTheMiddle() external view {
        bytes memory state = _system.start(SMALL, MatchSeed.wrap(bytes32(uint256(5))));
        checkEqual(state.length, 14, "length");
        checkEqual(uint8(state[5]), 6, "head at 2, 1");
        checkEqual(uint8(state[6]), 6, "tail at 2, 1");
        uint256 apple = uint8(state[7]);
        check(apple < 12 && apple != 6 && uint8(state[8]) == 0, "apple on a free cell");
        state[7] = 0x00;
        checkEqual(state, hex"0000000000060600004000000000", "nothing else");
    }

    function test_step_pullsTheTailAfterTheHead() external view {
        // Length 2 from 5 to 6, apple at 0; up from 6 to 2.
        bytes memory next = _step(hex"0300000100060500006000000400", UP);
        checkEqual(next, hex"0400000100020600004400000000", "body 6 to 2");
        // The link of cell 6, up, is 0; right from 2 to 3 sets that of cell 2 to 1.
        checkEqual(_step(next, RIGHT), hex"0500000100030200000c00100000", "body 2 to 3");
    }

    function test_step_dropsTheLinkOfALoneHead() external view {
        checkEqual(_step(hex"0000000000060600004000000000", LEFT), hex"0100000000050500002000000000", "moves");
    }

    function test_step_intoTheTailsCellIsNoDeath() external view {
        // Length 4 in a square: tail 1, 2, 6, head 5; up from 5 into 1.
        // Links: 1 right (1), 2 down (2), 6 left (3).
        bytes memory next = _step(hex"0900000300050100006600243000", UP);
        checkEqual(next, hex"0a00000300010200006600203000", "the tail moves on to 2");
    }

    function test_step_intoTheBodyKillsAndLeavesItAsItWas() external view {
        // Length 5: tail 0, 1, 2, 6, head 5; up from 5 into 1, which is not the tail.
        bytes memory before = hex"0900000400050008006700253000";
        checkEqual(_step(before, UP), hex"0a00010400050008006700253000", "dead");
        _checkOver(_step(before, UP), 0, 45);
    }

    function test_step_outOfTheBoardKillsAtEveryEdge() external view {
        checkEqual(uint8(_step(_single(2), UP)[2]), 1, "up");
        checkEqual(uint8(_step(_single(7), RIGHT)[2]), 1, "right");
        checkEqual(uint8(_step(_single(10), DOWN)[2]), 1, "down");
        checkEqual(uint8(_step(_single(4), LEFT)[2]), 1, "left");
    }

    function test_step_eatingGrowsAndDrawsTheNextApple() external view {
        bytes memory next = _step(hex"0000000000060602004000000000", UP);
        checkEqual(uint8(next[3]), 1, "eaten");
        checkEqual(uint8(next[5]), 2, "head");
        checkEqual(uint8(next[6]), 6, "tail stays");
        checkEqual(uint8(next[9]), 0x44, "both cells");
        uint256 apple = uint8(next[7]);
        check(apple < 12 && apple != 2 && apple != 6, "apple on a free cell");
    }

    function test_step_fillingTheBoardWins() external view {
        // 2 by 2: tail 0, 1, head 3, apple 2; left from 3 to 2.
        bytes memory parameters = hex"020000000000000002000000000000001400000000000000";
        (, bytes memory next) = _system.step(parameters, SEEDLESS, hex"050000020003000200" hex"0b09", 1, _actions(LEFT));
        checkEqual(next, hex"060002030002" hex"00ffff" hex"0fc9", "won, no apple");
        (uint8 acting, uint8 termination, int64[] memory scores) = _system.status(parameters, next);
        check(acting == 0 && termination == 0 && scores[0] == 34, "10 for an apple, 1 for a cell");
    }

    function test_step_endsAtTheLimitUnlessDeadThen() external view {
        bytes memory before = hex"1300000000060600004000000000";
        _checkOver(_step(before, LEFT), 1, 1);
        checkEqual(uint8(_step(hex"1300000000040400001000000000", LEFT)[2]), 1, "death comes first");
    }

    function test_step_isLegalInFourDirectionsWhileItRuns() external view {
        bytes memory state = _single(6);
        for (uint64 action = 0; action < 4; ++action) {
            _checkLegality(state, 1, _actions(action), true);
        }
        _checkLegality(state, 1, _actions(4), false);
        _checkLegality(state, 1, _actions(type(uint64).max), false);
        _checkLegality(_step(_single(2), UP), 1, _actions(0), false);
    }

    function test_step_isLegalForTheOneSeatThatActs() external view {
        bytes memory state = _single(6);
        _checkLegality(state, 0, new uint64[](0), false);
        _checkLegality(state, 0, _actions(0), false);
        _checkLegality(state, 2, _actions(0), false);
        _checkLegality(state, 3, new uint64[](2), false);
        _checkLegality(state, 1, new uint64[](0), false);
        _checkLegality(state, 1, new uint64[](2), false);
    }

    function test_step_refusesForeignBytes() external {
        bytes memory input = abi.encodeCall(_system.step, (SMALL, SEEDLESS, hex"00", 1, _actions(0)));
        checkRefused(address(_system), input, SnakeSystem.MalformedState.selector, "refused");
    }

    function test_forfeitScores_isZero() external view {
        int64[] memory scores = _system.forfeitScores(SMALL, 1);
        check(scores.length == 1 && scores[0] == 0, "nothing");
    }

    /// @dev Plays towards the apple on boards of all sizes, turning where that would kill, and re-walks the body.
    function testFuzz_play_keepsTheBodyOnePath(MatchSeed seed, uint8 width, uint8 height) external view {
        uint64[2] memory size = [uint64(2 + width % 15), 2 + height % 15];
        bytes memory parameters =
            abi.encodePacked(uint8(size[0]), bytes7(0), uint8(size[1]), bytes7(0), hex"3c00000000000000");
        bytes memory state = _system.start(parameters, seed);
        for (uint256 steps = 0; uint8(state[2]) == 0; ++steps) {
            _checkBody(state, size[0], size[0] * size[1]);
            uint64 action = uint64(uint8(MatchSeed.unwrap(seed)[steps % 32]) >> (steps % 4)) % 4;
            uint64 head = uint8(state[5]);
            uint64 apple = uint8(state[7]);
            if (action % 2 == 1) action = head % size[0] < apple % size[0] ? RIGHT : LEFT;
            else action = head / size[0] < apple / size[0] ? DOWN : UP;
            (, state) = _system.step(parameters, seed, state, 1, _actions(action));
            checkEqual(uint8(state[0]), steps + 1, "steps are counted");
        }
        (uint8 acting, uint8 termination,) = _system.status(parameters, state);
        check(acting == 0 && termination < 2, "over");
    }

    function _checkBody(bytes memory state, uint256 width, uint256 cells) private pure {
        uint256 linksAt = 9 + (cells + 7) / 8;
        uint256 cell = uint8(state[6]);
        uint256 occupied = 0;
        for (uint256 i = 0; i < cells; ++i) {
            occupied += uint8(state[9 + i / 8]) >> (i % 8) & 1;
        }
        checkEqual(occupied, uint256(uint8(state[3])) + 1, "one cell for each apple and one more");
        for (uint256 i = 1; i < occupied; ++i) {
            check(uint8(state[9 + cell / 8]) >> (cell % 8) & 1 == 1, "links lead over the body");
            uint256 link = uint8(state[linksAt + cell / 4]) >> (2 * (cell % 4)) & 3;
            cell = link == 0 ? cell - width : link == 1 ? cell + 1 : link == 2 ? cell + width : cell - 1;
        }
        checkEqual(cell, uint8(state[5]), "links lead to the head");
        uint256 apple = uint8(state[7]);
        check(apple < cells && uint8(state[9 + apple / 8]) >> (apple % 8) & 1 == 0, "apple on a free cell");
    }

    function _checkOver(bytes memory state, uint8 expected, int64 score) private view {
        (uint8 acting, uint8 termination, int64[] memory scores) = _system.status(SMALL, state);
        check(acting == 0 && termination == expected && scores[0] == score, "over");
    }

    /// @dev A snake of length 1 at `cell`, the apple at 0.
    function _single(uint8 cell) private pure returns (bytes memory) {
        uint16 occupancy = uint16(1) << cell;
        return
            abi.encodePacked(hex"0000000000", cell, cell, hex"0000", uint8(occupancy), uint8(occupancy >> 8), bytes3(0));
    }

    function _step(bytes memory state, uint64 action) private view returns (bytes memory next) {
        (, next) = _system.step(SMALL, MatchSeed.wrap(bytes32(uint256(1))), state, 1, _actions(action));
    }

    function _actions(uint64 action) private pure returns (uint64[] memory actions) {
        actions = new uint64[](1);
        actions[0] = action;
    }

    function _checkLegality(bytes memory state, uint8 acting, uint64[] memory actions, bool expected) private view {
        checkLegality(_system, SMALL, state, acting, actions, expected);
    }
}
