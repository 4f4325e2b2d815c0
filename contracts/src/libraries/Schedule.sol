// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MatchSeed, RoundSeed} from "../interfaces/HashTypes.sol";
import {Bytes} from "./Bytes.sol";

/// @notice What the schedule of a round follows from.
struct Plan {
    /// Seats of a match, 1 or 2.
    uint256 seatCount;
    /// The matches of one entry; even where there are two seats.
    uint256 matchesPerRound;
    /// The entries of the round.
    uint256 entryCount;
    /// The seed of the round.
    RoundSeed roundSeed;
}

/// @title Who plays whom in a round, in which seat, on which seed.
/// @notice With one seat every entry plays the same seeds. With two, a round-robin turned by the round seed: in each
/// turn every entry meets one opponent, twice, with the seats swapped; where the entries are odd in number, one has a
/// bye.
/// @dev A pure function of the plan: `seatsOf` (match to entries) and `matchOf` (entry to matches) are inverse.
/// INVARIANT: no function here reverts for a match below `matchCount`, whatever count an asserter has invented.
library Schedule {
    /// @notice In place of an entry: nobody sits there.
    uint256 internal constant EMPTY = type(uint256).max;

    /// @notice How many matches the round has.
    function matchCount(Plan memory plan) internal pure returns (uint256) {
        if (plan.seatCount == 1) return plan.entryCount * plan.matchesPerRound;
        return plan.entryCount < 2 ? 0 : _pairCount(plan) * plan.matchesPerRound;
    }

    /// @notice The seed that match `q` is played on.
    function seedOf(Plan memory plan, uint256 q) internal view returns (MatchSeed) {
        uint256 number = plan.seatCount == 1 ? q % plan.matchesPerRound : q / 2;
        return MatchSeed.wrap(Bytes.hash(abi.encodePacked(uint8(0x07), plan.roundSeed, Bytes.swap32(uint32(number)))));
    }

    /// @notice The entries in seat 0 and seat 1 of match `q`; `EMPTY` where there is none.
    function seatsOf(Plan memory plan, uint256 q) internal pure returns (uint256 first, uint256 second) {
        if (plan.seatCount == 1) return (q / plan.matchesPerRound, EMPTY);
        uint256 number = q / 2;
        uint256 pairs = _pairCount(plan);
        (first, second) = _pair(plan, number / pairs, number % pairs);
        if (first >= plan.entryCount) first = EMPTY;
        if (second >= plan.entryCount) second = EMPTY;
        if (q % 2 == 1) (first, second) = (second, first);
    }

    /// @notice The place of match `q` among the matches of whoever plays it, counted from 0.
    function ordinalOf(Plan memory plan, uint256 q) internal pure returns (uint256) {
        if (plan.seatCount == 1) return q % plan.matchesPerRound;
        // slither-disable-next-line divide-before-multiply: whole turns are meant, of two matches.
        return q / 2 / _pairCount(plan) * 2 + q % 2;
    }

    /// @notice The match that is number `ordinal` of `entry`, and the entry's seat in it.
    function matchOf(Plan memory plan, uint256 entry, uint256 ordinal) internal pure returns (uint256 q, uint256 seat) {
        if (plan.seatCount == 1) return (entry * plan.matchesPerRound + ordinal, 0);
        // slither-disable-next-line divide-before-multiply: whole turns are meant, of two matches.
        uint256 turn = ordinal / 2;
        (uint256 pair, uint256 side) = _placeOf(plan, turn, entry);
        q = 2 * (turn * _pairCount(plan) + pair) + ordinal % 2;
        seat = side ^ (ordinal % 2);
    }

    /// @dev Pairs of one turn: half of the entries, rounded up.
    function _pairCount(Plan memory plan) private pure returns (uint256) {
        return (plan.entryCount + 1) / 2;
    }

    /// @dev The positions are a circle of odd length and one outside it. In each turn the one outside meets the centre
    /// of the circle, and those at equal distance on either side of the centre meet each other.
    function _circle(Plan memory plan, uint256 turn) private pure returns (uint256 length, uint256 centre) {
        length = 2 * _pairCount(plan) - 1;
        uint256 offset = Bytes.swap64(uint64(bytes8(RoundSeed.unwrap(plan.roundSeed))));
        // slither-disable-next-line divide-before-multiply: `length` is odd, so nothing is lost.
        centre = (turn + offset) % length * ((length + 1) / 2) % length;
    }

    function _pair(Plan memory plan, uint256 turn, uint256 pair) private pure returns (uint256 first, uint256 second) {
        (uint256 length, uint256 centre) = _circle(plan, turn);
        if (pair == 0) return (centre, length);
        return ((centre + pair) % length, (centre + length - pair) % length);
    }

    /// @dev The pair that holds `entry` in a turn, and whether it is named first (0) or second (1).
    function _placeOf(Plan memory plan, uint256 turn, uint256 entry) private pure returns (uint256 pair, uint256 side) {
        (uint256 length, uint256 centre) = _circle(plan, turn);
        if (entry == length) return (0, 1);
        uint256 distance = (entry + length - centre) % length;
        return distance <= length / 2 ? (distance, 0) : (length - distance, 1);
    }
}
