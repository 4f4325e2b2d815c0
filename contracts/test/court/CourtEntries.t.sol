// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, CodeHash} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {Schedule} from "../../src/libraries/Schedule.sol";
import {ConnectFourRound, SnakeRound} from "./Rounds.sol";
import {Forest} from "./Forest.sol";
import {Story, Tale} from "./Tale.sol";

contract CourtEntriesTest is ConnectFourRound {
    uint256 private constant MEMBER = 2;
    uint256 private constant AGENT = 6;
    uint256 private constant TOTAL = 38;

    function test_badEntry_killsInactiveLateAndUnknownMembersAndFalseAgents() external {
        Story memory story = Tale.tell(round);
        ICourt.Target memory target = _assert(story);
        for (uint256 entry = 0; entry < 5; ++entry) {
            bytes memory input = abi.encodeCall(court.badEntry, (target, _proof(story.entries, entry)));
            _checkUnproven(input, ICourt.NothingWrong.selector, "honest");
        }
        // Entry 2 is member 3: 3 ^ 1 is the one that left, 3 ^ 5 the one that came late, 3 ^ 128 nobody.
        uint8[3] memory masks = [1, 5, 128];
        for (uint256 i = 0; i < 3; ++i) {
            story = Tale.tell(round);
            _flip(story.entries, 2, MEMBER, masks[i]);
            _checkRefuted(abi.encodeCall(court.badEntry, (_assert(story), _proof(story.entries, 2))), "member");
        }
        story = Tale.tell(round);
        _flip(story.entries, 2, AGENT + 31, 1);
        _checkRefuted(abi.encodeCall(court.badEntry, (_assert(story), _proof(story.entries, 2))), "agent");
    }

    function test_badEntryOrder_killsEntriesThatDoNotAscend() external {
        Story memory story = Tale.tell(round);
        for (uint256 entry = 0; entry < 4; ++entry) {
            _checkUnproven(_order(story, entry, entry + 1), ICourt.NothingWrong.selector, "honest");
        }
        _checkUnproven(_order(story, 2, 4), ICourt.IndexMismatch.selector, "no neighbours");
        _checkUnproven(_order(story, 2, 1), ICourt.IndexMismatch.selector, "no neighbours");
        (story.entries[1], story.entries[2]) = (story.entries[2], story.entries[1]);
        _checkRefuted(_order(story, 1, 2), "swapped");
        story.entries[1] = story.entries[2];
        _checkRefuted(_order(story, 1, 2), "twice");
    }

    function test_missingEntry_killsWhatLeavesAnActiveMemberOut() external {
        uint32[5] memory members = [uint32(0), 1, 3, 4, 5];
        for (uint256 left = 0; left < 5; ++left) {
            Story memory story = Tale.tell(round);
            story.entries = _without(story.entries, left);
            ICourt.Proof[] memory around = new ICourt.Proof[](left == 0 || left == 4 ? 1 : 2);
            around[0] = _proof(story.entries, left == 0 ? 0 : left - 1);
            if (around.length == 2) around[1] = _proof(story.entries, left);
            _checkRefuted(abi.encodeCall(court.missingEntry, (_assert(story), members[left], around)), "left out");
        }
        ICourt.Target memory empty = _assertRoots(0, NONE, NONE, NONE);
        _checkRefuted(abi.encodeCall(court.missingEntry, (empty, 0, _none())), "no entries at all");
    }

    function test_missingEntry_refusesMembersThatAreThereOrNotActive() external {
        Story memory story = Tale.tell(round);
        ICourt.Target memory target = _assert(story);
        for (uint32 member = 0; member < 7; ++member) {
            bool active = member != 2 && member != 6;
            bytes4 expected = active ? ICourt.NothingWrong.selector : IArenaTypes.NotActive.selector;
            bytes memory input = abi.encodeCall(court.missingEntry, (target, member, _none()));
            _checkUnproven(input, expected, "none");
            for (uint256 entry = 0; entry < 5; ++entry) {
                ICourt.Proof[] memory around = _proofs(story.entries, entry);
                input = abi.encodeCall(court.missingEntry, (target, member, around));
                _checkUnproven(input, expected, "one");
                if (entry == 4) continue;
                around = new ICourt.Proof[](2);
                (around[0], around[1]) = (_proof(story.entries, entry), _proof(story.entries, entry + 1));
                input = abi.encodeCall(court.missingEntry, (target, member, around));
                _checkUnproven(input, expected, "two");
            }
        }
    }

    function test_badTotal_killsTotalsThatAreNotTheLastRunningOnes() external {
        for (uint256 entry = 0; entry < 5; ++entry) {
            Story memory story = Tale.tell(round);
            (uint256 last,) = Schedule.matchOf(round.plan, entry, 9);
            bytes memory input = abi.encodeCall(
                court.badTotal, (_assert(story), _proof(story.entries, entry), _proofs(story.matches, last))
            );
            _checkUnproven(input, ICourt.NothingWrong.selector, "honest");
            _flip(story.entries, entry, TOTAL + 7, 0x80);
            input = abi.encodeCall(
                court.badTotal, (_assert(story), _proof(story.entries, entry), _proofs(story.matches, last))
            );
            _checkRefuted(input, "total");
        }
    }

    function test_badDisqualification_killsWhatTheClaimDoesNotSay() external {
        Story memory story = Tale.tell(round);
        uint256 right = _disqualifiedAt(story, 2);
        (uint256 third,) = Schedule.matchOf(round.plan, 2, 2);
        check(right >= third && right != Tale.NEVER, "entry 2 is disqualified from its third match on");
        _checkUnproven(_disqualification(story, 2, right), ICourt.NothingWrong.selector, "honest");
        _setDisqualifiedAt(story, 2, Tale.NEVER);
        _checkRefuted(_disqualification(story, 2, right), "spared");
        _setDisqualifiedAt(story, 2, right + 1);
        _checkRefuted(_disqualification(story, 2, right), "too late");
        (uint256 first,) = Schedule.matchOf(round.plan, 2, 0);
        _setDisqualifiedAt(story, 2, first);
        _checkRefuted(_disqualification(story, 2, first), "not contradicted there");
    }

    function test_badDisqualification_killsWhatHasNoClaimOrNoMatch() external {
        Story memory story = Tale.tell(round);
        ICourt.Claim memory none;
        for (uint256 entry = 0; entry < 5; ++entry) {
            ICourt.Target memory target = _assert(story);
            bytes memory input =
                abi.encodeCall(court.badDisqualification, (target, _proof(story.entries, entry), none, _none()));
            _checkUnproven(input, ICourt.NothingWrong.selector, "honest");
        }
        (uint256 q,) = Schedule.matchOf(round.plan, 1, 0);
        _setDisqualifiedAt(story, 1, q);
        _checkRefuted(_unfounded(story, 1), "no claim");
        story = Tale.tell(round);
        _setDisqualifiedAt(story, 2, 30);
        _checkRefuted(_unfounded(story, 2), "no such match");
        (uint256 first, uint256 second) = Schedule.seatsOf(round.plan, 0);
        _setDisqualifiedAt(story, 2, first == 2 || second == 2 ? 2 : 0);
        _checkRefuted(_unfounded(story, 2), "a match of others");
    }

    function test_badDisqualification_holdsNoWalkoverAgainstAnybody() external {
        uint256 honest = _walkedOver(Tale.tell(round));
        for (uint256 ordinal = 0; ordinal < 10; ++ordinal) {
            Story memory story = Tale.tell(round);
            checkEqual(_disqualifiedAt(story, honest), Tale.NEVER, "its claim holds");
            (uint256 q,) = Schedule.matchOf(round.plan, honest, ordinal);
            _checkUnproven(_disqualification(story, honest, q), ICourt.NothingWrong.selector, "honest");
            _setDisqualifiedAt(story, honest, q);
            _checkRefuted(_disqualification(story, honest, q), "its claim does not say so");
        }
    }

    function test_badDisqualification_refusesOtherClaimsAndMatches() external {
        Story memory story = Tale.tell(round);
        ICourt.Claim memory other = round.claims[2];
        other.scores[0] += 1;
        (uint256 q,) = Schedule.matchOf(round.plan, 2, 0);
        bytes memory input = abi.encodeCall(
            court.badDisqualification, (_assert(story), _proof(story.entries, 2), other, _proofs(story.matches, q))
        );
        _checkUnproven(input, ICourt.ClaimHashMismatch.selector, "another claim");
        (uint256 first, uint256 second) = Schedule.seatsOf(round.plan, 0);
        _checkUnproven(
            _disqualification(story, 2, first == 2 || second == 2 ? 2 : 0), ICourt.NotInMatch.selector, "others"
        );
    }

    function _order(Story memory story, uint256 entry, uint256 next) private returns (bytes memory) {
        ICourt.Target memory target = _assert(story);
        return abi.encodeCall(court.badEntryOrder, (target, _proof(story.entries, entry), _proof(story.entries, next)));
    }

    function _unfounded(Story memory story, uint256 entry) private returns (bytes memory) {
        ICourt.Target memory target = _assert(story);
        ICourt.Proof memory proof = _proof(story.entries, entry);
        return abi.encodeCall(court.badDisqualification, (target, proof, round.claims[entry], _none()));
    }

    function _without(bytes[] memory leaves, uint256 left) private pure returns (bytes[] memory rest) {
        rest = new bytes[](leaves.length - 1);
        for (uint256 i = 0; i < rest.length; ++i) {
            rest[i] = leaves[i < left ? i : i + 1];
        }
    }
}

/// @dev Entries 0 and 1 have one owner; entry 1 claims to have scored against entry 0, entry 3 another score than a bye
/// has, entries 0 and 4 what they compute before anybody claims.
contract CourtUnplayedClaimsTest is ConnectFourRound {
    function _postClaims(Story memory story) internal override {
        for (uint256 entry = 0; entry < 5; ++entry) {
            if (entry == 2) continue;
            int64[] memory scores = _scoresOf(story, entry);
            if (entry == 1) scores[_ordinalOf(story, entry, 3)] += 1;
            if (entry == 3) scores[_ordinalOf(story, entry, 2)] -= 1;
            _claim(entry, 1, scores);
        }
    }

    /// @dev The second of the entry's matches with this status.
    function _ordinalOf(Story memory story, uint256 entry, uint8 status) private view returns (uint256 ordinal) {
        while (_statusOf(story, entry, ordinal) != status) {
            ++ordinal;
        }
        return ordinal + 1;
    }

    function test_badDisqualification_knowsTheScoresOfByesAndOfOneOwner() external {
        uint8[2] memory statuses = [3, 2];
        for (uint256 i = 0; i < 2; ++i) {
            uint256 liar = 2 * i + 1;
            Story memory story = Tale.tell(round);
            (uint256 q,) = Schedule.matchOf(round.plan, liar, _ordinalOf(story, liar, statuses[i]));
            checkEqual(_disqualifiedAt(story, liar), q, "the lie is about this match");
            _checkUnproven(_disqualification(story, liar, q), ICourt.NothingWrong.selector, "honest");
            _setDisqualifiedAt(story, liar, Tale.NEVER);
            _checkRefuted(_disqualification(story, liar, q), "spared");
        }
    }

    function test_badDisqualification_holdsNothingAgainstWhoComputedBeforeOthersClaimed() external {
        Story memory story = Tale.tell(round);
        for (uint256 entry = 0; entry < 5; entry += 4) {
            checkEqual(_disqualifiedAt(story, entry), Tale.NEVER, "honest");
            for (uint256 ordinal = 0; ordinal < 10; ++ordinal) {
                (uint256 q,) = Schedule.matchOf(round.plan, entry, ordinal);
                _checkUnproven(_disqualification(story, entry, q), ICourt.NothingWrong.selector, "honest");
            }
        }
    }
}

contract CourtTotalClaimsTest is SnakeRound {
    function test_badDisqualification_knowsClaimsOfTotals() external {
        Story memory story = Tale.tell(round);
        checkEqual(_disqualifiedAt(story, 0), Tale.NEVER, "a true total");
        checkEqual(_disqualifiedAt(story, 1), 3, "a false total, at the last match");
        checkEqual(_disqualifiedAt(story, 2), 4, "a false score, at its match");
        checkEqual(uint8(story.matches[5][2]), 1, "and a walkover after it");
        for (uint256 entry = 0; entry < 3; ++entry) {
            for (uint256 q = 2 * entry; q < 2 * entry + 2; ++q) {
                _checkUnproven(_disqualification(story, entry, q), ICourt.NothingWrong.selector, "honest");
            }
        }
        _setDisqualifiedAt(story, 1, Tale.NEVER);
        _checkRefuted(_disqualification(story, 1, 3), "spared");
        _setDisqualifiedAt(story, 1, 2);
        _checkRefuted(_disqualification(story, 1, 2), "too early");
        story = Tale.tell(round);
        _setDisqualifiedAt(story, 0, 1);
        _checkRefuted(_disqualification(story, 0, 1), "a true total held against it");
    }
}

/// @dev Member 3 is asked for its code and hides it; member 4 is asked and shows it.
contract CourtHiddenCodeTest is ConnectFourRound {
    address private constant DEMANDER = address(0xde3a);

    function _codeBlocks() internal pure override returns (uint32) {
        return 4;
    }

    function _codeOf(uint256 member) internal pure override returns (bytes memory) {
        return abi.encodePacked("module ", member);
    }

    function _publish() internal override {
        vm.deal(DEMANDER, 2);
        vm.prank(DEMANDER);
        arena.deposit{value: 2}();
        for (uint32 member = 3; member < 5; ++member) {
            CodeHash codeHash = CodeHash.wrap(sha256(_codeOf(member)));
            vm.prank(DEMANDER);
            arena.demandCode(league, 0, member, codeHash);
        }
        arena.showCode(league, 4, _codeOf(4));
        vm.roll(vm.getBlockNumber() + 9);
        arena.closePublication(league);
    }

    function _hiding() internal pure override returns (uint32) {
        return 3;
    }

    function _postClaims(Story memory) internal override {}

    function test_badEntry_killsWhatSeatsWhoHidItsCode() external {
        checkEqual(round.members.length, 4, "0, 1, 4 and 5 play");
        Story memory story = Tale.tell(round);
        ICourt.Target memory target = _assert(story);
        for (uint256 entry = 0; entry < 4; ++entry) {
            bytes memory input = abi.encodeCall(court.badEntry, (target, _proof(story.entries, entry)));
            _checkUnproven(input, ICourt.NothingWrong.selector, "honest");
        }
        // What is wrong with it is only that its code was hidden.
        AgentId agentId = arena.memberOf(league, 3).agentId;
        story.entries[2] = abi.encodePacked(uint16(0x0003), hex"03000000", agentId, int64(0), type(uint32).max);
        _checkRefuted(abi.encodeCall(court.badEntry, (_assert(story), _proof(story.entries, 2))), "hidden");
    }

    function test_missingEntry_killsWhatLeavesOutWhoShowedItsCode() external {
        Story memory story = Tale.tell(round);
        ICourt.Proof[] memory around = new ICourt.Proof[](2);
        (around[0], around[1]) = (_proof(story.entries, 1), _proof(story.entries, 2));
        bytes memory input = abi.encodeCall(court.missingEntry, (_assert(story), 3, around));
        _checkUnproven(input, IArenaTypes.NotActive.selector, "who hid is rightly missing");
        bytes[] memory rest = new bytes[](3);
        (rest[0], rest[1], rest[2]) = (story.entries[0], story.entries[1], story.entries[3]);
        story.entries = rest;
        (around[0], around[1]) = (_proof(rest, 1), _proof(rest, 2));
        _checkRefuted(abi.encodeCall(court.missingEntry, (_assert(story), 4, around)), "left out");
    }
}
