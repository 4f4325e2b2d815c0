// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MatchSeed, RoundSeed} from "../../src/interfaces/HashTypes.sol";
import {Plan, Schedule} from "../../src/libraries/Schedule.sol";
import {Check} from "../court/Check.sol";

contract ScheduleTest is Check {
    RoundSeed private constant ANY = RoundSeed.wrap(0);

    function test_seatsOf_meetsEveryOpponentEquallyOftenOverAWholeCircle() external pure {
        for (uint256 entries = 2; entries <= 9; ++entries) {
            uint256 opponents = entries - 1 + entries % 2;
            Plan memory plan = Plan(2, 2 * opponents, entries, RoundSeed.wrap(keccak256(abi.encode(entries))));
            uint256[] memory meetings = new uint256[](entries * entries);
            for (uint256 q = 0; q < Schedule.matchCount(plan); ++q) {
                (uint256 first, uint256 second) = Schedule.seatsOf(plan, q);
                check(first != second, "nobody plays itself");
                if (first != Schedule.EMPTY && second != Schedule.EMPTY) ++meetings[first * entries + second];
            }
            for (uint256 pair = 0; pair < meetings.length; ++pair) {
                checkEqual(meetings[pair], pair / entries == pair % entries ? 0 : 1, "one match in each seat");
            }
        }
    }

    function testFuzz_matchOf_isTheInverseOfSeatsOf(RoundSeed roundSeed, uint16 size, uint8 half, uint16 pick)
        external
        pure
    {
        Plan memory plan = Plan(2, 2 + 2 * (half % 32), 2 + size % 1000, roundSeed);
        uint256 entry = pick % plan.entryCount;
        uint256 last = 0;
        for (uint256 ordinal = 0; ordinal < plan.matchesPerRound; ++ordinal) {
            (uint256 q, uint256 seat) = Schedule.matchOf(plan, entry, ordinal);
            check(ordinal == 0 || q > last, "matches of an entry ascend");
            check(q < Schedule.matchCount(plan), "the match exists");
            checkEqual(Schedule.ordinalOf(plan, q), ordinal, "ordinal");
            (uint256 first, uint256 second) = Schedule.seatsOf(plan, q);
            checkEqual(seat == 0 ? first : second, entry, "seat");
            last = q;
        }
    }

    function testFuzz_seatsOf_givesEveryEntryAllItsMatches(RoundSeed roundSeed, uint8 size, uint8 half) external pure {
        Plan memory plan = Plan(2, 2 + 2 * (half % 4), 2 + size % 20, roundSeed);
        uint256[] memory played = new uint256[](plan.entryCount);
        for (uint256 q = 0; q < Schedule.matchCount(plan); ++q) {
            (uint256 first, uint256 second) = Schedule.seatsOf(plan, q);
            if (first != Schedule.EMPTY) ++played[first];
            if (second != Schedule.EMPTY) ++played[second];
        }
        for (uint256 entry = 0; entry < played.length; ++entry) {
            checkEqual(played[entry], plan.matchesPerRound, "matches of an entry");
        }
    }

    function test_oneSeat_everyEntryPlaysTheSameSeeds() external view {
        Plan memory plan = Plan(1, 3, 4, RoundSeed.wrap(bytes32(uint256(7))));
        checkEqual(Schedule.matchCount(plan), 12, "match count");
        for (uint256 q = 0; q < 12; ++q) {
            (uint256 first, uint256 second) = Schedule.seatsOf(plan, q);
            checkEqual(first, q / 3, "entry");
            checkEqual(second, Schedule.EMPTY, "no second seat");
            checkEqual(Schedule.ordinalOf(plan, q), q % 3, "ordinal");
            (uint256 found, uint256 seat) = Schedule.matchOf(plan, q / 3, q % 3);
            checkEqual(found, q, "match");
            checkEqual(seat, 0, "seat");
            checkEqual(Schedule.seedOf(plan, q), Schedule.seedOf(plan, q % 3), "seed");
        }
        bytes32 expected = sha256(abi.encodePacked(uint8(7), bytes32(uint256(7)), hex"02000000"));
        checkEqual(Schedule.seedOf(plan, 5), MatchSeed.wrap(expected), "seed is H(0x07, round seed, index)");
    }

    function test_seedOf_isOneForBothMatchesOfAPair() external view {
        Plan memory plan = Plan(2, 4, 5, RoundSeed.wrap(bytes32(uint256(9))));
        for (uint256 q = 0; q < Schedule.matchCount(plan); q += 2) {
            checkEqual(Schedule.seedOf(plan, q), Schedule.seedOf(plan, q + 1), "seed");
            (uint256 first, uint256 second) = Schedule.seatsOf(plan, q);
            (uint256 swappedFirst, uint256 swappedSecond) = Schedule.seatsOf(plan, q + 1);
            check(first == swappedSecond && second == swappedFirst, "seats are swapped");
        }
    }

    /// @dev Worked out by hand from SPEC 9.3: n = 5, L = 5, offset 3 (the seed's first byte), turn 0: s = 3,
    /// c = 3 · 3 mod 5 = 4; pairs (4, bye), (0, 3), (1, 2).
    function test_seatsOf_isTheSpecsExample() external pure {
        Plan memory plan = Plan(2, 2, 5, RoundSeed.wrap(bytes32(uint256(3) << 248)));
        uint256[2][3] memory expected = [[uint256(4), Schedule.EMPTY], [uint256(0), 3], [uint256(1), 2]];
        for (uint256 pair = 0; pair < 3; ++pair) {
            (uint256 first, uint256 second) = Schedule.seatsOf(plan, 2 * pair);
            checkEqual(first, expected[pair][0], "first");
            checkEqual(second, expected[pair][1], "second");
        }
    }

    function test_matchCount_isZeroWithoutAnOpponent() external pure {
        checkEqual(Schedule.matchCount(Plan(2, 4, 0, ANY)), 0, "no entries");
        checkEqual(Schedule.matchCount(Plan(2, 4, 1, ANY)), 0, "one entry");
        checkEqual(Schedule.matchCount(Plan(2, 4, 2, ANY)), 4, "two entries");
        checkEqual(Schedule.matchCount(Plan(1, 4, 0, ANY)), 0, "no entries, one seat");
    }

    function testFuzz_schedule_neverRevertsForInventedCounts(uint32 entries, RoundSeed seed, uint256 pick)
        external
        view
    {
        Plan memory plan = Plan(2, 64, entries < 2 ? 2 : entries, seed);
        uint256 q = pick % Schedule.matchCount(plan);
        (uint256 first, uint256 second) = Schedule.seatsOf(plan, q);
        uint256 entry = first == Schedule.EMPTY ? second : first;
        (uint256 found,) = Schedule.matchOf(plan, entry, Schedule.ordinalOf(plan, q));
        checkEqual(found, q, "match");
        Schedule.seedOf(plan, q);
    }
}
