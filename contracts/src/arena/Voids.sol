// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArenaExits} from "../interfaces/IArenaParts.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {Membership} from "./Membership.sol";

/// @title Voids: rounds that come to nothing.
/// @notice Knows how long there is hope for a round, and who paid for it.
/// @dev INVARIANT: an entry is paid back once, to whoever paid for it.
abstract contract Voids is Membership, IArenaExits {
    uint32 private constant MEMBERS_IN_WORD = 256;

    /// @inheritdoc IArenaExits
    function voidRound(LeagueId league) external {
        (uint32 round, RoundState storage voided) = _latestRound(league);
        uint256 latest = _hopedUntil(league, voided);
        if (block.number <= latest) revert TooEarly(block.number, latest + 1);

        _end(league, voided, RoundStatus.Void, _payoutSums[league]);
        uint32 entryCount = voided.entryCount;
        voided.unrefunded = entryCount;
        uint128 fees = _terms[league].entryPrice * entryCount;
        _leagues[league].purse -= fees;
        emit RoundVoid(league, round, fees);
    }

    /// @inheritdoc IArenaExits
    function refundEntry(LeagueId league, uint32 round, uint32 member) external {
        RoundState storage voided = _requireStatus(league, round, RoundStatus.Void);
        MemberState storage refunded = _requireMember(league, member);
        uint256 bits = _refunded[league][round][member / MEMBERS_IN_WORD];
        uint256 bit = 1 << (member % MEMBERS_IN_WORD);
        bool isPaid = bits & bit != 0 || _wasPaidWithBatch(league, refunded, round);
        if (isPaid || !_wasEntered(league, refunded, round)) revert NoRefund(member, round);
        _refunded[league][round][member / MEMBERS_IN_WORD] = bits | bit;
        --voided.unrefunded;
        uint128 amount = _terms[league].entryPrice;
        _credit(_sponsorOf(league, refunded), amount);
        emit EntryRefunded(league, round, member, amount);
    }

    /// @dev Whether a member was not enrolled yet when the rest of its batch was paid back.
    function _wasPaidWithBatch(LeagueId league, MemberState storage member, uint32 round) private view returns (bool) {
        if (member.batch == 0) return false;
        uint32 before = _batchRefunds[league][round][member.batch - 1];
        return before != 0 && member.ordinal >= before - 1;
    }

    /// @dev Whether a member paid for a round and did not leave before it opened.
    function _wasEntered(LeagueId league, MemberState storage member, uint32 round) private view returns (bool) {
        (uint32 from, uint32 to) = (member.from, member.to);
        while (round < from) {
            Streak storage before = _streaks[league][member.number][from];
            (from, to) = (before.from, before.to);
        }
        return round < to;
    }

    /// @dev The last block in which the round may still get what it waits for: its seed, or an assertion.
    function _hopedUntil(LeagueId league, RoundState storage round) private view returns (uint256) {
        LeagueTerms storage terms = _terms[league];
        if (round.status == RoundStatus.Open || round.status == RoundStatus.Publishing) {
            uint256 published = _publishingUntil(terms, round);
            // Those that are left by then are too few for a match, so nobody can want its seed.
            return round.entryCount < terms.seats ? published : published + terms.voidBlocks;
        }
        if (round.status != RoundStatus.Seeded) revert WrongRoundStatus(round.status, RoundStatus.Seeded);
        if (round.earliestLive != 0) revert AssertionLive(round.earliestLive - 1);
        uint256 since = _settledAt(league, round);
        // Who relied on an assertion that was killed has the whole time again.
        if (round.killedAt > since) since = round.killedAt;
        return since + terms.voidBlocks;
    }
}
