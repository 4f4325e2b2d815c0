// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ISystem} from "../../src/interfaces/ISystem.sol";
import {Bytes} from "../../src/libraries/Bytes.sol";
import {Schedule} from "../../src/libraries/Schedule.sol";
import {ConnectFourSystem} from "../../src/systems/ConnectFourSystem.sol";
import {SnakeSystem} from "../../src/systems/SnakeSystem.sol";
import {CourtStage} from "./CourtStage.sol";
import {Forest} from "./Forest.sol";
import {Story, Tale} from "./Tale.sol";

/// @title What tests ask about a story.
abstract contract StoryStage is CourtStage {
    uint256 internal constant STATUS = 2;
    uint256 internal constant TRACE_ROOT = 3;
    uint256 internal constant STEP_COUNT = 35;
    uint256 internal constant SEAT_COUNT = 39;

    function _scoreAt(uint256 seat) internal pure returns (uint256 offset) {
        return 40 + 20 * seat;
    }

    /// @dev The score of an entry in its match number `ordinal`.
    function _scoreOf(Story memory story, uint256 entry, uint256 ordinal) internal view returns (int64) {
        (uint256 q, uint256 seat) = Schedule.matchOf(round.plan, entry, ordinal);
        uint64 value = 0;
        for (uint256 i = 0; i < 8; ++i) {
            value |= uint64(uint8(story.matches[q][_scoreAt(seat) + i])) << uint64(8 * i);
        }
        return int64(value);
    }

    function _scoresOf(Story memory story, uint256 entry) internal view returns (int64[] memory scores) {
        scores = new int64[](round.matches);
        for (uint256 ordinal = 0; ordinal < scores.length; ++ordinal) {
            scores[ordinal] = _scoreOf(story, entry, ordinal);
        }
    }

    /// @dev The first match of this status.
    function _find(Story memory story, uint8 status) internal pure returns (uint256 q) {
        while (uint8(story.matches[q][STATUS]) != status) {
            ++q;
        }
    }

    /// @dev Writes the root of the changed trace of a match into its leaf.
    function _retrace(Story memory story, uint256 q) internal pure {
        bytes memory changed = bytes.concat(story.matches[q]);
        bytes32 root = Tale.rootOf(Tale.traceOf(story.plays[q]));
        assembly ("memory-safe") {
            mstore(add(changed, 35), root)
        }
        story.matches[q] = changed;
    }

    function _disqualifiedAt(Story memory story, uint256 entry) internal pure returns (uint256 q) {
        for (uint256 i = 0; i < 4; ++i) {
            q |= uint256(uint8(story.entries[entry][46 + i])) << (8 * i);
        }
    }

    function _setDisqualifiedAt(Story memory story, uint256 entry, uint256 q) internal pure {
        bytes memory changed = bytes.concat(story.entries[entry]);
        for (uint256 i = 0; i < 4; ++i) {
            changed[46 + i] = bytes1(uint8(q >> (8 * i)));
        }
        story.entries[entry] = changed;
    }
}

/// @title A round of Connect Four: five entries, so that one has a bye in each turn, two of them of one owner.
/// @dev Entry 2 claims a false score for its third match, entry 0 its true ones but for matches that
/// are not played, entry 3 a false total. Neither is held against them: only what was played contradicts a claim.
abstract contract ConnectFourRound is StoryStage {
    function _system() internal override returns (ISystem, bytes memory, uint8, uint16) {
        return (new ConnectFourSystem(), "", 2, 10);
    }

    function _owners() internal pure override returns (uint256[] memory owners) {
        owners = new uint256[](6);
        (owners[0], owners[1], owners[2], owners[3], owners[4], owners[5]) = (0, 0, 1, 2, 3, 4);
    }

    function _absent() internal pure override returns (uint32) {
        return 2;
    }

    function _postClaims(Story memory story) internal override {
        int64[] memory scores = _scoresOf(story, 2);
        for (uint256 ordinal = 2; ordinal < 10; ++ordinal) {
            scores[ordinal] += 1;
        }
        _claim(2, 1, scores);
        int64[] memory own = _scoresOf(story, 0);
        for (uint256 ordinal = 0; ordinal < 10; ++ordinal) {
            (uint256 q,) = Schedule.matchOf(round.plan, 0, ordinal);
            if (uint8(story.matches[q][STATUS]) != 0) own[ordinal] += 5;
        }
        _claim(0, 1, own);
        int64[] memory total = new int64[](1);
        total[0] = 99;
        _claim(3, 0, total);
    }
}

/// @title A round of Snake: four entries with two matches each.
/// @dev Entry 0 claims its true total, entry 1 a false one, entry 2 a false score for its first match.
abstract contract SnakeRound is StoryStage {
    function _system() internal override returns (ISystem, bytes memory, uint8, uint16) {
        return (new SnakeSystem(), hex"040000000000000003000000000000001400000000000000", 1, 2);
    }

    function _owners() internal pure override returns (uint256[] memory owners) {
        owners = new uint256[](5);
        (owners[0], owners[1], owners[2], owners[3], owners[4]) = (0, 1, 2, 3, 4);
    }

    function _absent() internal pure override returns (uint32) {
        return 4;
    }

    function _postClaims(Story memory story) internal override {
        for (uint256 entry = 0; entry < 2; ++entry) {
            int64[] memory total = new int64[](1);
            total[0] = _scoreOf(story, entry, 0) + _scoreOf(story, entry, 1) + int64(uint64(entry));
            _claim(entry, 0, total);
        }
        int64[] memory scores = _scoresOf(story, 2);
        scores[0] -= 1;
        _claim(2, 1, scores);
    }
}
