// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArenaTypes} from "../interfaces/IArenaTypes.sol";
import {ICourt} from "../interfaces/ICourt.sol";
import {EntryLeaf, Leaves, MatchLeaf, SeatResult} from "../libraries/Leaves.sol";
import {Schedule} from "../libraries/Schedule.sol";
import {CourtBase} from "./CourtBase.sol";

/// @title Lies about which matches were played and what they add up to.
/// @notice Who meets whom follows from the round seed, whether they play from who owns them and who is disqualified,
/// and what a match that was not played scores from its status.
/// @dev Sums are formed in 256 bits, so that no total an asserter invents makes a refutation overflow. INVARIANT: if
/// none of these succeeds, every score of a match not played and every running total is right.
abstract contract CourtMatches is CourtBase {
    /// @inheritdoc ICourt
    function badStatus(Target calldata target, Proof calldata matchProof, Proof[] calldata seats) external {
        Case memory opened = _open(target, _wanting(ENTRIES | MATCHES | PARAMETERS));
        MatchLeaf memory leaf = _match(opened, matchProof);
        Seating memory seating = _seating(opened, matchProof.index, seats);
        (uint8 status, uint8 losers) = _statusOf(target, seating, matchProof.index);
        bool wrong = leaf.status != status;
        if (!wrong && status != Leaves.PLAYED) wrong = _isMisscored(target, opened, leaf, losers, seating.empty);
        _refute(target, wrong);
    }

    /// @inheritdoc ICourt
    function badSum(Target calldata target, Proof calldata matchProof, uint8 seat, Proof[] calldata previous) external {
        Case memory opened = _open(target, _wanting(MATCHES));
        MatchLeaf memory leaf = _match(opened, matchProof);
        uint256[] memory entries = _entriesOf(opened.plan, matchProof.index);
        if (seat >= entries.length || entries[seat] == Schedule.EMPTY) {
            revert NotInMatch(Schedule.EMPTY, matchProof.index);
        }
        int256 total = leaf.seats[seat].score;
        uint256 ordinal = Schedule.ordinalOf(opened.plan, matchProof.index);
        _requireCount(previous, ordinal == 0 ? 0 : 1);
        if (ordinal != 0) {
            (uint256 q, uint256 seatBefore) = Schedule.matchOf(opened.plan, entries[seat], ordinal - 1);
            _requireIndex(previous[0].index, q);
            total += _match(opened, previous[0]).seats[seatBefore].runningTotal;
        }
        _refute(target, leaf.seats[seat].runningTotal != total);
    }

    /// @dev The status of a match (SPEC 9.5) and, where it was not played, the set of seats that lose it.
    function _statusOf(Target calldata target, Seating memory seating, uint256 q)
        private
        view
        returns (uint8 status, uint8 losers)
    {
        if (seating.empty != 0) return (Leaves.BYE, seating.empty);
        EntryLeaf[] memory leaves = seating.leaves;
        if (leaves.length == 2 && _owner(target, leaves[0]) == _owner(target, leaves[1])) {
            return (Leaves.SAME_OWNER, 0);
        }
        for (uint256 seat = 0; seat < leaves.length; ++seat) {
            if (leaves[seat].disqualifiedAt < q) losers |= uint8(1 << seat);
        }
        status = losers == 0 ? Leaves.PLAYED : Leaves.WALKOVER;
    }

    /// @dev Whether a match that was not played has other scores than its status gives it, or an empty seat any sums.
    function _isMisscored(Target calldata target, Case memory opened, MatchLeaf memory leaf, uint8 losers, uint8 empty)
        private
        view
        returns (bool)
    {
        int64[] memory scores = new int64[](leaf.seats.length);
        if (leaf.status != Leaves.SAME_OWNER) {
            scores = _system(target, opened).forfeitScores(opened.facts.parameters, losers);
        }
        for (uint256 seat = 0; seat < leaf.seats.length; ++seat) {
            SeatResult memory result = leaf.seats[seat];
            if (empty >> seat & 1 == 1) {
                if (result.score != 0 || result.runningTotal != 0) return true;
            } else if (result.score != scores[seat]) {
                return true;
            }
        }
        return false;
    }

    function _owner(Target calldata target, EntryLeaf memory leaf) private view returns (address) {
        address owner = target.arena.memberOf(target.league, leaf.member).owner;
        if (owner == address(0)) revert IArenaTypes.NotEnrolled(leaf.member);
        return owner;
    }
}
