// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, IArena, LeagueId} from "../interfaces/IArena.sol";
import {EntryLeaf, Leaves, RankLeaf} from "../libraries/Leaves.sol";
import {Tree} from "../libraries/Tree.sol";
import {Holds} from "./Holds.sol";

/// @title Payouts: what a final outcome pays and whom it punishes.
/// @notice Reads leaves of final outcomes; that they are true, the time they stood has shown.
/// @dev INVARIANT: a rank is paid once, out of what its own round reserved.
abstract contract Payouts is Holds {
    /// @inheritdoc IArena
    function claimPayout(
        LeagueId league,
        uint32 round,
        uint32 rank,
        Proof calldata rankProof,
        Proof calldata entryProof,
        bool restake
    ) external {
        Assertion storage outcome = _requireOutcome(league, round);
        uint128 amount = _takePayout(league, round, rank, outcome.entryCount);
        Tree.requireLeaf(outcome.ranksRoot, outcome.entryCount, rank, rankProof.leaf, rankProof.path);
        RankLeaf memory ranked = Leaves.rank(rankProof.leaf);
        uint32 member = _provenEntry(league, outcome, ranked.entry, entryProof).member;

        Member storage paid = _members[league][member];
        if (ranked.disqualified || paid.banned) {
            _leagues[league].purse += amount;
            emit PayoutReturned(league, round, rank, member, amount);
            return;
        }
        if (restake) {
            _requireStaying(member, _requireOwned(league, member));
            _stake(league, member, amount);
        } else {
            _credit(paid.owner, amount);
        }
        emit PayoutClaimed(league, round, rank, member, amount, restake);
    }

    /// @inheritdoc IArena
    function slash(LeagueId league, uint32 round, uint32 entry, Proof calldata entryProof) external {
        EntryLeaf memory shown = _provenEntry(league, _requireOutcome(league, round), entry, entryProof);
        if (shown.disqualifiedAt == Leaves.NEVER) revert NotDisqualified(shown.member);
        Member storage slashed = _members[league][shown.member];
        if (slashed.banned) revert MemberBanned(shown.member);

        slashed.banned = true;
        _leagues[league].purse += _leave(league, shown.member);
        (uint128 earned, uint128 burning) = _forfeit(_unstake(slashed), msg.sender);
        emit Slashed(league, round, shown.member, msg.sender, earned, burning);
    }

    function _requireOutcome(LeagueId league, uint32 round) private view returns (Assertion storage) {
        return _assertions[league][round][_requireStatus(league, round, RoundStatus.Final).finalAssertion];
    }

    /// @dev Takes the payout of a rank out of the round's reserve.
    function _takePayout(LeagueId league, uint32 round, uint32 rank, uint32 entryCount)
        private
        returns (uint128 amount)
    {
        LeagueTerms storage terms = _terms[league];
        uint32 count = uint32(terms.payouts.length);
        if (entryCount < count) count = entryCount;
        if (rank >= count) revert RankOutOfRange(rank, count);
        Round storage paying = _rounds[league][round];
        uint16 bit = uint16(1 << rank);
        if (paying.paidRanks & bit != 0) revert AlreadyPaid(rank);
        paying.paidRanks |= bit;
        amount = terms.payouts[rank] * terms.payoutMultiplier;
        paying.reserved -= amount;
    }

    /// @dev The entry leaf at `entry`, of an agent that is a member.
    function _provenEntry(LeagueId league, Assertion storage outcome, uint32 entry, Proof calldata proof)
        private
        view
        returns (EntryLeaf memory shown)
    {
        Tree.requireLeaf(outcome.entriesRoot, outcome.entryCount, entry, proof.leaf, proof.path);
        shown = Leaves.entry(proof.leaf);
        AgentId agentId = _requireMember(league, shown.member).agentId;
        if (shown.agentId != AgentId.unwrap(agentId)) revert AgentMismatch(AgentId.wrap(shown.agentId), agentId);
    }
}
