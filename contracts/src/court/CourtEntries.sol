// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, ClaimHash} from "../interfaces/HashTypes.sol";
import {IArenaTypes} from "../interfaces/IArenaTypes.sol";
import {ICourt} from "../interfaces/ICourt.sol";
import {Digests} from "../libraries/Digests.sol";
import {EntryLeaf, Leaves, MatchLeaf} from "../libraries/Leaves.sol";
import {Plan, Schedule} from "../libraries/Schedule.sol";
import {CourtBase} from "./CourtBase.sol";

/// @title Lies about who entered, with what total, and who is disqualified.
/// @notice The entries of a round are its active members in ascending order. Members are the arena's, so most of these
/// lies contradict the arena itself; totals and disqualifications contradict a leaf of the match tree.
/// @dev INVARIANT: if none of these succeeds on an assertion, its entries are the active members, all of them.
abstract contract CourtEntries is CourtBase {
    uint8 private constant CLAIM_OF_TOTAL = 0;

    /// @inheritdoc ICourt
    function badEntry(Target calldata target, Proof calldata entry) external {
        Case memory opened = _open(target, _wanting(ENTRIES));
        EntryLeaf memory leaf = _entry(opened, entry);
        _refute(
            target,
            !_isActive(target, opened, leaf.member)
                || AgentId.unwrap(_agentOf(target, leaf.member)) != AgentId.unwrap(leaf.agentId)
        );
    }

    /// @inheritdoc ICourt
    function badEntryOrder(Target calldata target, Proof calldata entry, Proof calldata next) external {
        Case memory opened = _open(target, _wanting(ENTRIES));
        _requireIndex(next.index, uint256(entry.index) + 1);
        _refute(target, _entry(opened, entry).member >= _entry(opened, next).member);
    }

    /// @inheritdoc ICourt
    function missingEntry(Target calldata target, uint32 member, Proof[] calldata neighbours) external {
        Case memory opened = _open(target, _wanting(ENTRIES));
        if (!_isActive(target, opened, member)) revert IArenaTypes.NotActive(member, target.round);
        if (neighbours.length == 0) {
            _refute(target, opened.plan.entryCount == 0);
        } else if (neighbours.length == 1) {
            uint32 only = _entry(opened, neighbours[0]).member;
            uint256 index = neighbours[0].index;
            bool isBefore = index == 0 && member < only;
            bool isAfter = index + 1 == opened.plan.entryCount && member > only;
            _refute(target, isBefore || isAfter);
        } else {
            _requireCount(neighbours, 2);
            _requireIndex(neighbours[1].index, uint256(neighbours[0].index) + 1);
            bool isAfter = member > _entry(opened, neighbours[0]).member;
            _refute(target, isAfter && member < _entry(opened, neighbours[1]).member);
        }
    }

    /// @inheritdoc ICourt
    function badTotal(Target calldata target, Proof calldata entry, Proof[] calldata last) external {
        Case memory opened = _open(target, _wanting(ENTRIES | MATCHES));
        int64 received = _entry(opened, entry).total;
        if (Schedule.matchCount(opened.plan) == 0) {
            _requireCount(last, 0);
            _refute(target, received != 0);
        } else {
            _requireCount(last, 1);
            (uint256 q, uint256 seat) = Schedule.matchOf(opened.plan, entry.index, opened.plan.matchesPerRound - 1);
            _requireIndex(last[0].index, q);
            _refute(target, received != _match(opened, last[0]).seats[seat].runningTotal);
        }
    }

    /// @inheritdoc ICourt
    function badDisqualification(
        Target calldata target,
        Proof calldata entry,
        Claim calldata claim,
        Proof[] calldata contradiction
    ) external {
        Case memory opened = _open(target, _wanting(ENTRIES | MATCHES));
        EntryLeaf memory leaf = _entry(opened, entry);
        ClaimHash posted = target.arena.claimOf(target.league, target.round, leaf.member);
        uint256 disqualifiedAt = leaf.disqualifiedAt;
        if (contradiction.length == 0) {
            bool unfounded = ClaimHash.unwrap(posted) == 0 || !_plays(opened.plan, entry.index, disqualifiedAt);
            _refute(target, disqualifiedAt != Leaves.NEVER && unfounded);
            return;
        }
        _requireCount(contradiction, 1);
        ClaimHash received = Digests.claimHash(claim.kind, claim.scores);
        if (ClaimHash.unwrap(received) != ClaimHash.unwrap(posted)) revert ClaimHashMismatch(received, posted);
        uint256 q = contradiction[0].index;
        if (_isContradicted(opened, entry.index, claim, contradiction[0])) _refute(target, q < disqualifiedAt);
        else _refute(target, q == disqualifiedAt);
    }

    /// @dev Whether a match of the entry contradicts its claim (SPEC 9.4).
    function _isContradicted(Case memory opened, uint256 entry, Claim calldata claim, Proof calldata matchProof)
        private
        view
        returns (bool)
    {
        MatchLeaf memory leaf = _match(opened, matchProof);
        uint256 seat = _seatOf(opened.plan, matchProof.index, entry);
        if (seat == leaf.seats.length) revert NotInMatch(entry, matchProof.index);
        uint256 ordinal = Schedule.ordinalOf(opened.plan, matchProof.index);
        if (claim.kind != CLAIM_OF_TOTAL) {
            return leaf.status != Leaves.WALKOVER && leaf.seats[seat].score != claim.scores[ordinal];
        }
        return ordinal + 1 == opened.plan.matchesPerRound && leaf.seats[seat].runningTotal != claim.scores[0];
    }

    /// @dev Whether match `q` exists and the entry is in it.
    function _plays(Plan memory plan, uint256 entry, uint256 q) private pure returns (bool) {
        return q < Schedule.matchCount(plan) && _seatOf(plan, q, entry) < plan.seatCount;
    }

    function _agentOf(Target calldata target, uint32 member) private view returns (AgentId agentId) {
        agentId = target.arena.memberOf(target.league, member).agentId;
        // Its leaf of the batch is known to whoever would know that the entry is wrong.
        if (AgentId.unwrap(agentId) == 0) revert IArenaTypes.NotEnrolled(member);
    }

    function _isActive(Target calldata target, Case memory opened, uint32 member) private view returns (bool) {
        if (member >= opened.facts.memberCount) return false;
        IArenaTypes.Member memory found = target.arena.memberOf(target.league, member);
        return found.from <= target.round && target.round < found.to;
    }
}
