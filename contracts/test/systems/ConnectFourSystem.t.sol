// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ConnectFourSystem} from "../../src/systems/ConnectFourSystem.sol";
import {Check} from "../court/Check.sol";

contract ConnectFourSystemTest is Check {
    ConnectFourSystem private immutable _system = new ConnectFourSystem();

    function test_step_fillsColumnsFromBelowInTurn() external view {
        bytes memory state = _play(_start(), 3);
        checkEqual(state, hex"010000002000000000000000000000000000", "bit 21");
        state = _play(_play(state, 3), 3);
        checkEqual(state, hex"03000000a000000000000000400000000000", "bits 21 and 23, bit 22");
    }

    function test_step_winsInEveryDirection() external view {
        _checkWin(hex"00010001000100", 1, 7, "up");
        _checkWin(hex"00000101020203", 1, 7, "along a row");
        _checkWin(hex"0001010202030203030603", 1, 11, "rising");
        _checkWin(hex"0605050404030403030003", 1, 11, "falling");
        _checkWin(hex"0600010001000100", 2, 8, "seat 1");
    }

    function test_step_drawsOnAFullBoard() external view {
        bytes memory state =
            _playAll(_start(), hex"0104060606000200030603030503060100030004030500060502020501020200020504050404040101");
        checkEqual(uint8(state[1]), 0, "one ply to go");
        state = _play(state, 1);
        checkEqual(uint8(state[1]), 3, "drawn");
        (uint8 acting, uint8 termination, int64[] memory scores) = _system.status("", state);
        check(acting == 0 && termination == 0 && scores[0] == 1 && scores[1] == 1, "a draw scores 1 each");
    }

    function test_step_isLegalForWhoseTurnItIsAndInAColumnThatIsNotFull() external view {
        bytes memory state = _playAll(_start(), hex"000000000000");
        _checkLegality(state, 1, _actions(6), true);
        _checkLegality(state, 1, _actions(0), false);
        _checkLegality(state, 1, _actions(7), false);
        _checkLegality(state, 1, _actions(type(uint64).max), false);
        _checkLegality(state, 2, _actions(6), false);
        _checkLegality(_play(state, 1), 2, _actions(6), true);
        _checkLegality(_playAll(_start(), hex"00010001000100"), 2, _actions(5), false);
    }

    function test_step_isLegalWithOneActionOfOneSeat() external view {
        _checkLegality(_start(), 1, new uint64[](0), false);
        _checkLegality(_start(), 1, new uint64[](2), false);
        _checkLegality(_start(), 0, new uint64[](0), false);
        _checkLegality(_start(), 3, new uint64[](2), false);
    }

    function test_step_refusesForeignBytes() external {
        bytes memory input = abi.encodeCall(_system.step, ("", SEEDLESS, hex"00", 1, _actions(0)));
        checkRefused(address(_system), input, ConnectFourSystem.MalformedState.selector, "no state");
    }

    function test_forfeitScores_giveAllToWhoDoesNot() external view {
        int64[] memory scores = _system.forfeitScores("", 1);
        check(scores[0] == 0 && scores[1] == 2, "seat 0");
        scores = _system.forfeitScores("", 2);
        check(scores[0] == 2 && scores[1] == 0, "seat 1");
        scores = _system.forfeitScores("", 3);
        check(scores[0] == 0 && scores[1] == 0, "both");
    }

    function testFuzz_play_endsWithoutPanicAndNeverOverlapsStones(uint256 seed) external view {
        bytes memory state = _start();
        for (uint256 ply = 0;; ++ply) {
            (uint8 acting, uint8 termination, int64[] memory scores) = _system.status("", state);
            check(scores[0] + scores[1] == 2, "two points are shared");
            if (termination != 255) return;
            checkEqual(acting, 1 << (ply % 2), "in turn");
            uint64 column = uint64(uint256(keccak256(abi.encode(seed, ply))) % 7);
            bytes memory next = "";
            for (; next.length == 0; column = (column + 1) % 7) {
                next = _play(state, uint8(column));
            }
            state = next;
            uint64[2] memory stones = [_stones(state, 2), _stones(state, 10)];
            check(stones[0] & stones[1] == 0, "no cell has two stones");
            checkEqual(_count(stones[0] | stones[1]), ply + 1, "one stone a ply");
        }
    }

    function _checkWin(bytes memory columns, uint8 status, uint8 ply, string memory rule) private view {
        bytes memory before = new bytes(columns.length - 1);
        for (uint256 i = 0; i < before.length; ++i) {
            before[i] = columns[i];
        }
        bytes memory state = _playAll(_start(), before);
        checkEqual(uint8(state[1]), 0, "runs before the last stone");
        state = _play(state, uint8(columns[columns.length - 1]));
        checkEqual(uint8(state[1]), status, rule);
        checkEqual(uint8(state[0]), ply, "ply");
        (uint8 acting, uint8 termination, int64[] memory scores) = _system.status("", state);
        check(acting == 0 && termination == 0, "finished");
        check(scores[status - 1] == 2 && scores[2 - status] == 0, "winner takes all");
    }

    function _start() private view returns (bytes memory) {
        return _system.start("", SEEDLESS);
    }

    function _playAll(bytes memory state, bytes memory columns) private view returns (bytes memory) {
        for (uint256 i = 0; i < columns.length; ++i) {
            state = _play(state, uint8(columns[i]));
        }
        return state;
    }

    function _play(bytes memory state, uint8 column) private view returns (bytes memory next) {
        (, next) = _system.step("", SEEDLESS, state, uint8(1 << (uint8(state[0]) % 2)), _actions(column));
    }

    function _actions(uint64 column) private pure returns (uint64[] memory actions) {
        actions = new uint64[](1);
        actions[0] = column;
    }

    function _checkLegality(bytes memory state, uint8 acting, uint64[] memory actions, bool expected) private view {
        checkLegality(_system, "", state, acting, actions, expected);
    }

    function _stones(bytes memory state, uint256 offset) private pure returns (uint64 stones) {
        for (uint256 i = 0; i < 8; ++i) {
            stones |= uint64(uint8(state[offset + i])) << uint64(8 * i);
        }
    }

    function _count(uint256 word) private pure returns (uint256 count) {
        for (; word != 0; word >>= 1) {
            count += word & 1;
        }
    }
}
