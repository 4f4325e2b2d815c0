// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, CodeHash} from "../interfaces/HashTypes.sol";
import {IArenaBatches} from "../interfaces/IArenaParts.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {Digests} from "../libraries/Digests.sol";
import {Leaves, RegistrationLeaf} from "../libraries/Leaves.sol";
import {Tree} from "../libraries/Tree.sol";
import {Membership} from "./Membership.sol";

/// @title Enrolments: accepted batches, as a whole and one member after another.
/// @notice What a sponsor does with its batch it does with those that are not enrolled; the others are members like any.
/// @dev INVARIANT: at any time a member has its stake and its entries either by itself or in its batch, and enrolling
/// moves them without changing them.
abstract contract Enrolments is Membership, IArenaBatches {
    uint32 private constant ROUNDS_AHEAD_MAX = 32;

    /// @inheritdoc IArenaBatches
    function enroll(LeagueId league, uint32 member, Proof calldata registration) external {
        if (AgentId.unwrap(_agents[league][member]) != 0) revert AlreadyEnrolled(member);
        (bool found, uint32 number) = _batchWith(league, member);
        if (!found) revert UnknownMember(member, _leagues[league].memberCount);
        Batch storage batch = _batches[league][number];
        Tree.requireLeaf(batch.root, batch.count, member - batch.first, registration.leaf, registration.path);
        RegistrationLeaf memory shown = Leaves.registration(registration.leaf);
        CodeHash codeHash = shown.codeHash;
        AgentId agentId = Digests.agentId(shown.owner, codeHash);

        AgentId key = _batchedKey(member);
        _agents[league][member] = key;
        _batchedAgents[league][member] = agentId;
        MemberState storage enrolled = _members[league][key];
        enrolled.owner = shown.owner;
        (enrolled.from, enrolled.to) = (batch.from, batch.to);
        enrolled.number = uint24(member);
        if (batch.stake == 0) enrolled.form = StakeForm.Added;
        enrolled.unbondedAt = batch.unbondedAt;
        enrolled.batch = number + 1;
        enrolled.ordinal = uint24(batch.enrolled++);
        emit Enrolled(league, member, shown.owner, number, agentId, codeHash);
    }

    /// @inheritdoc IArenaBatches
    function renewBatch(LeagueId league, uint32 batch, uint32 rounds) external {
        Batch storage renewed = _requireSponsored(league, batch);
        if (renewed.unbondedAt != 0 || renewed.stake == 0) revert MemberUnbonding(renewed.first);
        (uint32 next, uint32 to) = (_leagues[league].nextRound, renewed.to);
        if (to < next) revert BatchPaused(to, next);
        uint32 limit = next + ROUNDS_AHEAD_MAX - to;
        if (rounds == 0 || rounds > limit) revert RoundsOutOfRange(rounds, limit);
        uint32 count = _unenrolled(renewed);
        _debit(msg.sender, _terms[league].entryPrice * rounds * count);
        for (uint32 round = to; round < to + rounds; ++round) {
            _rounds[league][round].entryCount += count;
        }
        renewed.to = to + rounds;
        emit BatchRenewed(league, batch, to + rounds);
    }

    /// @inheritdoc IArenaBatches
    function unbondBatch(LeagueId league, uint32 batch) external {
        Batch storage leaving = _requireSponsored(league, batch);
        if (leaving.unbondedAt != 0) revert MemberUnbonding(leaving.first);
        leaving.unbondedAt = uint40(block.number);
        (uint32 next, uint32 to, uint128 refunded) = (_leagues[league].nextRound, leaving.to, 0);
        if (to > next) {
            uint32 count = _unenrolled(leaving);
            for (uint32 round = next; round < to; ++round) {
                _rounds[league][round].entryCount -= count;
            }
            leaving.to = next;
            refunded = _terms[league].entryPrice * (to - next) * count;
            _credit(msg.sender, refunded);
        }
        emit BatchUnbonded(league, batch, leaving.to, refunded);
    }

    /// @inheritdoc IArenaBatches
    function withdrawBatchStakes(LeagueId league, uint32 batch) external {
        Batch storage leaving = _requireSponsored(league, batch);
        if (leaving.unbondedAt == 0) revert MemberNotUnbonding(leaving.first);
        uint256 risk = _lastRisk(league, leaving.unbondedAt, leaving.from, leaving.to);
        uint256 earliest = risk + _terms[league].unbondBlocks;
        if (block.number < earliest) revert TooEarly(block.number, earliest);
        uint128 amount = leaving.stake * _unenrolled(leaving);
        leaving.unbondedAt = 0;
        leaving.stake = 0;
        _credit(msg.sender, amount);
        emit BatchStakesWithdrawn(league, batch, amount);
    }

    /// @inheritdoc IArenaBatches
    function refundBatch(LeagueId league, uint32 round, uint32 batch) external {
        RoundState storage voided = _requireStatus(league, round, RoundStatus.Void);
        Batch storage refunded = _requireBatch(league, batch, BatchStatus.Accepted);
        bool entered = refunded.from <= round && round < refunded.to;
        if (!entered || _batchRefunds[league][round][batch] != 0) revert NoRefund(refunded.first, round);
        _batchRefunds[league][round][batch] = refunded.enrolled + 1;
        uint32 count = _unenrolled(refunded);
        voided.unrefunded -= count;
        uint128 amount = _terms[league].entryPrice * count;
        _credit(refunded.sponsor, amount);
        emit BatchRefunded(league, round, batch, amount);
    }

    function _requireSponsored(LeagueId league, uint32 batch) private view returns (Batch storage owned) {
        owned = _requireBatch(league, batch, BatchStatus.Accepted);
        if (owned.sponsor != msg.sender) revert NotOwner(msg.sender, owned.sponsor);
    }

    function _unenrolled(Batch storage batch) private view returns (uint32) {
        return batch.count - batch.enrolled;
    }
}
