// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICourt} from "../../src/interfaces/ICourt.sol";
import {Schedule} from "../../src/libraries/Schedule.sol";
import {ConnectFourRound} from "./Rounds.sol";
import {Story, Tale} from "./Tale.sol";

contract CourtMatchesTest is ConnectFourRound {
    function test_badStatus_refusesEveryMatchOfAnHonestRound() external {
        Story memory story = Tale.tell(round);
        uint256[4] memory seen;
        for (uint256 q = 0; q < story.matches.length; ++q) {
            ++seen[uint8(story.matches[q][STATUS])];
            _checkUnproven(_status(story, q), ICourt.NothingWrong.selector, "honest");
        }
        check(seen[0] > 0 && seen[1] > 0 && seen[2] == 10 && seen[3] == 2, "every status is there");
    }

    function test_badStatus_killsEveryOtherStatus() external {
        for (uint8 status = 0; status < 4; ++status) {
            for (uint8 other = 1; other < 4; ++other) {
                Story memory story = Tale.tell(round);
                uint256 q = _find(story, status);
                bytes memory changed = bytes.concat(story.matches[q]);
                changed[STATUS] = bytes1(other ^ status);
                if (status == 0) _clearTrace(changed);
                else if (other == status) _writeTrace(changed);
                story.matches[q] = changed;
                _checkRefuted(_status(story, q), "status");
            }
        }
    }

    function test_badStatus_killsScoresThatTheStatusDoesNotGive() external {
        for (uint8 status = 1; status < 4; ++status) {
            for (uint256 seat = 0; seat < 2; ++seat) {
                Story memory story = Tale.tell(round);
                uint256 q = _find(story, status);
                _flip(story.matches, q, _scoreAt(seat) + 7, 0x80);
                _checkRefuted(_status(story, q), "score");
            }
        }
    }

    function test_badStatus_killsSumsOfAnEmptySeat() external {
        for (uint256 offset = 0; offset < 16; offset += 3) {
            Story memory story = Tale.tell(round);
            uint256 q = _find(story, 2);
            (uint256 first,) = Schedule.seatsOf(round.plan, q);
            _flip(story.matches, q, _scoreAt(first == Schedule.EMPTY ? 0 : 1) + offset, 1);
            _checkRefuted(_status(story, q), "an empty seat has nothing");
        }
    }

    function test_badStatus_refusesOtherEntries() external {
        Story memory story = Tale.tell(round);
        ICourt.Target memory target = _assert(story);
        uint256 q = _find(story, 0);
        ICourt.Proof memory proof = _proof(story.matches, q);
        ICourt.Proof[] memory seats = _seats(story, q);
        bytes memory input = abi.encodeCall(court.badStatus, (target, proof, _none()));
        _checkUnproven(input, ICourt.ProofCountMismatch.selector, "none");
        (seats[0], seats[1]) = (seats[1], seats[0]);
        input = abi.encodeCall(court.badStatus, (target, proof, seats));
        _checkUnproven(input, ICourt.IndexMismatch.selector, "swapped");
        uint256 bye = _find(story, 2);
        input = abi.encodeCall(court.badStatus, (target, _proof(story.matches, bye), seats));
        _checkUnproven(input, ICourt.IndexMismatch.selector, "another match");
    }

    function test_badSum_refusesEverySeatOfAnHonestRound() external {
        Story memory story = Tale.tell(round);
        for (uint256 q = 0; q < story.matches.length; ++q) {
            uint256[] memory seated = Tale.seatedIn(round.plan, q);
            for (uint8 seat = 0; seat < 2; ++seat) {
                bytes4 expected =
                    seated[seat] == Schedule.EMPTY ? ICourt.NotInMatch.selector : ICourt.NothingWrong.selector;
                _checkUnproven(_sum(story, q, seat), expected, "honest");
            }
        }
    }

    function test_badSum_killsTotalsThatDoNotAddUp() external {
        for (uint256 ordinal = 0; ordinal < 10; ++ordinal) {
            for (uint256 offset = 8; offset < 16; offset += 7) {
                Story memory story = Tale.tell(round);
                (uint256 q, uint256 seat) = Schedule.matchOf(round.plan, ordinal % 5, ordinal);
                _flip(story.matches, q, _scoreAt(seat) + offset, 0x81);
                _checkRefuted(_sum(story, q, uint8(seat)), "sum");
            }
        }
    }

    function test_badSum_doesNotOverflow() external {
        Story memory story = Tale.tell(round);
        (uint256 before, uint256 seatBefore) = Schedule.matchOf(round.plan, 0, 0);
        (uint256 q, uint256 seat) = Schedule.matchOf(round.plan, 0, 1);
        bytes memory least = hex"0000000000000080";
        for (uint256 i = 0; i < 8; ++i) {
            story.matches[before][_scoreAt(seatBefore) + 8 + i] = least[i];
            story.matches[q][_scoreAt(seat) + i] = least[i];
        }
        _checkRefuted(_sum(story, q, uint8(seat)), "the least twice");
    }

    function test_badSum_refusesAnotherPreviousMatch() external {
        Story memory story = Tale.tell(round);
        ICourt.Target memory target = _assert(story);
        (uint256 q, uint256 seat) = Schedule.matchOf(round.plan, 0, 2);
        (uint256 other,) = Schedule.matchOf(round.plan, 0, 0);
        ICourt.Proof memory proof = _proof(story.matches, q);
        bytes memory input = abi.encodeCall(court.badSum, (target, proof, uint8(seat), _proofs(story.matches, other)));
        _checkUnproven(input, ICourt.IndexMismatch.selector, "another match");
        input = abi.encodeCall(court.badSum, (target, proof, uint8(seat), _none()));
        _checkUnproven(input, ICourt.ProofCountMismatch.selector, "none");
        input = abi.encodeCall(court.badSum, (target, proof, 2, _none()));
        _checkUnproven(input, ICourt.NotInMatch.selector, "no such seat");
    }

    function _status(Story memory story, uint256 q) private returns (bytes memory) {
        ICourt.Target memory target = _assert(story);
        return abi.encodeCall(court.badStatus, (target, _proof(story.matches, q), _seats(story, q)));
    }

    function _sum(Story memory story, uint256 q, uint8 seat) private returns (bytes memory) {
        ICourt.Target memory target = _assert(story);
        uint256 entry = Tale.seatedIn(round.plan, q)[seat];
        uint256 ordinal = Schedule.ordinalOf(round.plan, q);
        ICourt.Proof[] memory previous = _none();
        if (ordinal != 0 && entry != Schedule.EMPTY) {
            (uint256 before,) = Schedule.matchOf(round.plan, entry, ordinal - 1);
            previous = _proofs(story.matches, before);
        }
        return abi.encodeCall(court.badSum, (target, _proof(story.matches, q), seat, previous));
    }

    function _seats(Story memory story, uint256 q) private view returns (ICourt.Proof[] memory seats) {
        uint256[] memory seated = Tale.seatedIn(round.plan, q);
        if (seated[0] == Schedule.EMPTY) return _proofs(story.entries, seated[1]);
        if (seated[1] == Schedule.EMPTY) return _proofs(story.entries, seated[0]);
        seats = new ICourt.Proof[](2);
        (seats[0], seats[1]) = (_proof(story.entries, seated[0]), _proof(story.entries, seated[1]));
    }

    function _clearTrace(bytes memory leaf) private pure {
        for (uint256 i = TRACE_ROOT; i < SEAT_COUNT; ++i) {
            leaf[i] = 0;
        }
    }

    function _writeTrace(bytes memory leaf) private pure {
        leaf[TRACE_ROOT] = 0x01;
    }
}
