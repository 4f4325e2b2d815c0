// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {TraceRoot} from "../../src/interfaces/HashTypes.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
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
        return 40 + 16 * seat;
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

    /// @dev The status of an entry's match number `ordinal`.
    function _statusOf(Story memory story, uint256 entry, uint256 ordinal) internal view returns (uint8) {
        (uint256 q,) = Schedule.matchOf(round.plan, entry, ordinal);
        return uint8(story.matches[q][STATUS]);
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
        TraceRoot root = Tale.rootOf(Tale.traceOf(story.plays[q]));
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

    /// @dev The refutation that shows match `q` to say something else of the entry's claim than the story does.
    function _disqualification(Story memory story, uint256 entry, uint256 q) internal returns (bytes memory) {
        ICourt.Target memory target = _assert(story);
        ICourt.Proof memory proof = _proof(story.entries, entry);
        return
            abi.encodeCall(court.badDisqualification, (target, proof, round.claims[entry], _proofs(story.matches, q)));
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
/// @dev Entry 2 claims false scores from its third match on. An entry that would have played it later claims what it
/// scores but for the walkovers, which are not held against it.
abstract contract ConnectFourRound is StoryStage {
    function _system() internal override returns (ISystem, bytes memory, uint8, uint16) {
        return (new ConnectFourSystem(), "", 2, 10);
    }

    function _owners() internal view virtual override returns (uint256[] memory owners) {
        owners = new uint256[](6);
        (owners[0], owners[1], owners[2], owners[3], owners[4], owners[5]) = (0, 0, 1, 2, 3, 4);
    }

    function _absent() internal pure override returns (uint32) {
        return 2;
    }

    function _postClaims(Story memory story) internal virtual override {
        int64[] memory scores = _scoresOf(story, 2);
        for (uint256 ordinal = 2; ordinal < 10; ++ordinal) {
            scores[ordinal] += 1;
        }
        _claim(2, 1, scores);
        story = Tale.tell(round);
        uint256 honest = _walkedOver(story);
        scores = _scoresOf(story, honest);
        for (uint256 ordinal = 0; ordinal < 10; ++ordinal) {
            if (_statusOf(story, honest, ordinal) == 1) scores[ordinal] += 5;
        }
        _claim(honest, 1, scores);
    }

    /// @dev An entry that wins by walkovers; entry 1 has no claim.
    function _walkedOver(Story memory story) internal view returns (uint256 entry) {
        for (uint256 ordinal = 4; ordinal < 10; ++ordinal) {
            (uint256 q, uint256 seat) = Schedule.matchOf(round.plan, 2, ordinal);
            entry = Tale.seatedIn(round.plan, q)[1 - seat];
            if (uint8(story.matches[q][STATUS]) == 1 && entry != 1) return entry;
        }
        revert("nobody wins by a walkover");
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

    function _postClaims(Story memory story) internal virtual override {
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
