// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {Batches} from "./Batches.sol";

/// @title Members as the arena and its parts use them.
/// @notice Finds members and says what they may do, keeps their stakes, and counts the entries of owners.
/// @dev INVARIANT: nothing here changes who is active in a round that is open, and an owner's stakes are those of its
/// members that it registered itself.
abstract contract Membership is Batches {
    uint32 private constant ROUNDS_IN_WORD = 16;

    function _requireMember(LeagueId league, uint32 member) internal view returns (MemberState storage found) {
        found = _members[league][_agents[league][member]];
        if (found.owner != address(0)) return found;
        uint32 count = _leagues[league].memberCount;
        if (member < count) revert NotEnrolled(member);
        revert UnknownMember(member, count);
    }

    /// @dev A member of the caller's: one that it registered, or sponsored.
    function _requireOwned(LeagueId league, uint32 member) internal view returns (MemberState storage owned) {
        owned = _requireMember(league, member);
        address sponsor = _sponsorOf(league, owned);
        if (sponsor != msg.sender) revert NotOwner(msg.sender, sponsor);
    }

    function _requireStaying(MemberState storage staying) internal view {
        if (_isBanned(staying)) revert MemberBanned(staying.number);
        if (staying.unbondedAt != 0) revert MemberUnbonding(staying.number);
    }

    function _isBanned(MemberState storage member) internal view returns (bool) {
        return member.form == StakeForm.Banned;
    }

    function _stakeOf(LeagueId league, MemberState storage member) internal view returns (uint128) {
        if (member.form != StakeForm.Least) return member.added;
        LeagueTerms storage terms = _terms[league];
        return member.added + (member.batch == 0 ? _leastStake(terms) : _stakeOfEach(terms));
    }

    /// @dev Adds an amount, taken from elsewhere, to a stake.
    function _stake(LeagueId league, MemberState storage staking, uint128 amount) internal {
        staking.added += amount;
        if (staking.batch == 0) _accounts[staking.owner].stakes += amount;
        emit Staked(league, staking.number, amount);
    }

    /// @dev Takes a whole stake, to be put elsewhere.
    function _unstake(LeagueId league, MemberState storage staking) internal returns (uint128 amount) {
        amount = _stakeOf(league, staking);
        (staking.form, staking.added) = (StakeForm.Added, 0);
        if (staking.batch == 0) _accounts[staking.owner].stakes -= amount;
    }

    /// @dev The last block in which something began that can cost unbonded members their stakes: the request, or the
    /// end of the last round they played. A round they left is open already or was never entered, so `to - 1` was
    /// opened.
    function _lastRisk(LeagueId league, uint40 unbondedAt, uint32 from, uint32 to)
        internal
        view
        returns (uint256 since)
    {
        since = unbondedAt;
        if (to == from) return since;
        uint40 endedAt = _rounds[league][to - 1].endedAt;
        // slither-disable-next-line incorrect-equality: a block, 0 where none has ended it.
        if (endedAt == 0) revert RoundNotEnded(to - 1);
        if (endedAt > since) since = endedAt;
    }

    /// @dev Takes a member out of the rounds that are not open yet; returns what was paid for them.
    function _leave(LeagueId league, MemberState storage leaving) internal returns (uint128 fees) {
        uint32 next = _leagues[league].nextRound;
        uint32 to = leaving.to;
        if (to <= next) return 0;
        address owner = leaving.owner;
        bool counted = leaving.batch == 0 && _countsSlots(_terms[league]);
        for (uint32 round = next; round < to; ++round) {
            if (counted) _setSlots(league, round, owner, _slotsOf(league, round, owner) - 1);
            --_rounds[league][round].entryCount;
        }
        leaving.to = next;
        return _terms[league].entryPrice * (to - next);
    }

    /// @dev Takes all that a member has in the league, for the caller who reported it. Where a round is under way the
    /// member stays in it.
    function _ban(LeagueId league, uint32 round, MemberState storage banning) internal {
        if (_isBanned(banning)) revert MemberBanned(banning.number);
        _leagues[league].purse += _leave(league, banning);
        (uint128 earned, uint128 burning) = _forfeit(_unstake(league, banning), msg.sender);
        banning.form = StakeForm.Banned;
        emit Slashed(league, round, banning.number, msg.sender, earned, burning);
    }

    /// @dev Whether a league limits the entries of an owner in any way; if not, nobody pays for counting them.
    function _countsSlots(LeagueTerms storage terms) internal view returns (bool) {
        return terms.slotsPerOwnerMax != type(uint16).max || terms.slotCapital != 0;
    }

    function _slotsOf(LeagueId league, uint32 round, address owner) internal view returns (uint16) {
        return uint16(_slots[league][owner][round / ROUNDS_IN_WORD] >> _shift(round));
    }

    function _setSlots(LeagueId league, uint32 round, address owner, uint16 count) internal {
        uint256 counts = _slots[league][owner][round / ROUNDS_IN_WORD];
        counts &= ~(uint256(type(uint16).max) << _shift(round));
        _slots[league][owner][round / ROUNDS_IN_WORD] = counts | uint256(count) << _shift(round);
    }

    function _shift(uint32 round) private pure returns (uint256) {
        return 16 * (round % ROUNDS_IN_WORD);
    }
}
