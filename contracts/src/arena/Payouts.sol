// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArenaExits} from "../interfaces/IArenaParts.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {EntryLeaf, Leaves, RankLeaf} from "../libraries/Leaves.sol";
import {Tree} from "../libraries/Tree.sol";
import {Assertions} from "./Assertions.sol";

/// @title Payouts: what a final outcome pays and whom it punishes.
/// @notice Reads leaves of final outcomes; that they are true, the time they stood has shown.
/// @dev INVARIANT: a rank is paid once, out of what its own round set aside.
abstract contract Payouts is Assertions, IArenaExits {
    /// @inheritdoc IArenaExits
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
        (EntryLeaf memory shown, MemberState storage paid) = _provenEntry(league, outcome, ranked.entry, entryProof);

        if (ranked.disqualified || _isBanned(paid)) {
            _leagues[league].purse += amount;
            emit PayoutReturned(league, round, rank, shown.member, amount);
            return;
        }
        if (restake) {
            if (paid.owner != msg.sender) revert NotOwner(msg.sender, paid.owner);
            if (paid.batch != 0) revert StakeOfSponsor(shown.member, _sponsorOf(league, paid));
            _requireStaying(paid);
            _stake(league, paid, amount);
        } else {
            _credit(paid.owner, amount);
        }
        emit PayoutClaimed(league, round, rank, shown.member, amount, restake);
    }

    /// @inheritdoc IArenaExits
    function slash(LeagueId league, uint32 round, uint32 entry, Proof calldata entryProof) external {
        (EntryLeaf memory shown, MemberState storage slashed) =
            _provenEntry(league, _requireOutcome(league, round), entry, entryProof);
        if (shown.disqualifiedAt == Leaves.NEVER) revert NotDisqualified(shown.member);
        _ban(league, round, slashed);
    }

    /// @inheritdoc IArenaExits
    function reclaimBond(LeagueId league, uint32 round, uint32 assertion) external {
        _requireStatus(league, round, RoundStatus.Final);
        _returnBond(league, round, assertion, _requireLive(league, round, assertion), 0);
    }

    /// @dev Takes the payout of a rank out of what the round set aside, which is known by the ranks that were paid.
    function _takePayout(LeagueId league, uint32 round, uint32 rank, uint32 entryCount)
        private
        returns (uint128 amount)
    {
        LeagueTerms storage terms = _terms[league];
        uint32 count = uint32(terms.payouts.length);
        if (entryCount < count) count = entryCount;
        if (rank >= count) revert RankOutOfRange(rank, count);
        RoundState storage paying = _rounds[league][round];
        uint16 bit = uint16(1 << rank);
        if (paying.paidRanks & bit != 0) revert AlreadyPaid(rank);
        paying.paidRanks |= bit;
        return terms.payouts[rank] * terms.payoutMultiplier;
    }
}
