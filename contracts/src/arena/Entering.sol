// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, CodeHash} from "../interfaces/HashTypes.sol";
import {IArenaMembers} from "../interfaces/IArenaParts.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {Digests} from "../libraries/Digests.sol";
import {Membership} from "./Membership.sol";

/// @title Entering: agents that get a stake, and the rounds they are entered into.
/// @notice Knows how single agents come in and what is paid for them; how they leave `ArenaExits` knows.
/// @dev INVARIANT: who is active in a round never changes once it is open.
abstract contract Entering is Membership, IArenaMembers {
    // So that matches (64 for an entry) and leaves of a round fit 32 bits.
    uint32 private constant MEMBERS_MAX = 1 << 24;
    uint32 private constant ROUNDS_AHEAD_MAX = 32;

    /// @inheritdoc IArenaMembers
    function register(LeagueId league, CodeHash codeHash, uint128 stake, uint32 rounds)
        external
        returns (uint32 member)
    {
        LeagueTerms storage terms = _requireLeague(league);
        AgentId agentId = Digests.agentId(msg.sender, codeHash);
        MemberState storage admitted = _members[league][agentId];
        if (admitted.owner != address(0)) revert AlreadyMember(agentId, admitted.number);
        member = _leagues[league].memberCount++;
        if (member >= MEMBERS_MAX) revert LeagueFull(MEMBERS_MAX);

        uint128 least = _leastStake(terms);
        if (stake < least) revert StakeTooLow(stake, least);
        _agents[league][member] = agentId;
        admitted.owner = msg.sender;
        admitted.number = uint24(member);
        if (stake > least) admitted.added = stake - least;

        _debit(msg.sender, stake);
        _accounts[msg.sender].stakes += stake;
        _enter(league, terms, admitted, rounds);
        emit Registered(league, member, msg.sender, agentId, codeHash, stake, admitted.from, admitted.to);
    }

    /// @inheritdoc IArenaMembers
    function renew(LeagueId league, uint32 member, uint32 rounds) external {
        MemberState storage renewing = _requireOwned(league, member);
        _requireStaying(renewing);
        LeagueTerms storage terms = _terms[league];
        if (renewing.form != StakeForm.Least && renewing.added < _leastStake(terms)) {
            revert StakeTooLow(renewing.added, _leastStake(terms));
        }
        _enter(league, terms, renewing, rounds);
        emit Entered(league, member, renewing.from, renewing.to);
    }

    /// @inheritdoc IArenaMembers
    function addStake(LeagueId league, uint32 member, uint128 amount) external {
        MemberState storage staking = _requireOwned(league, member);
        _requireStaying(staking);
        _debit(msg.sender, amount);
        _stake(league, staking, amount);
    }

    /// @dev Buys the next `rounds` rounds for a member.
    function _enter(LeagueId league, LeagueTerms storage terms, MemberState storage entering, uint32 rounds) private {
        uint32 next = _leagues[league].nextRound;
        if (entering.to < next) _resume(league, entering, next);
        uint32 first = entering.to;
        uint32 limit = next + ROUNDS_AHEAD_MAX - first;
        if (rounds == 0 || rounds > limit) revert RoundsOutOfRange(rounds, limit);

        entering.to = first + rounds;
        _debit(msg.sender, terms.entryPrice * rounds);
        // A sponsored member has the capital for its slot in its stake, which leaves as a whole.
        if (_countsSlots(terms) && entering.batch == 0) _takeSlots(league, terms, first, rounds);
        for (uint32 round = first; round < first + rounds; ++round) {
            ++_rounds[league][round].entryCount;
        }
    }

    /// @dev A new streak of rounds begins; of the one before, rounds may yet be void and have to be refunded.
    function _resume(LeagueId league, MemberState storage paused, uint32 next) private {
        // Before its first round a member has none.
        if (paused.to != 0) _streaks[league][paused.number][next] = Streak(paused.from, paused.to);
        (paused.from, paused.to) = (next, next);
    }

    /// @dev Takes a slot of the caller's in each of the rounds; it must own enough for the most that it then has in one.
    function _takeSlots(LeagueId league, LeagueTerms storage terms, uint32 first, uint32 rounds) private {
        uint16 limit = terms.slotsPerOwnerMax;
        uint256 most = 0;
        for (uint32 round = first; round < first + rounds; ++round) {
            uint16 slots = _slotsOf(league, round, msg.sender);
            if (slots >= limit) revert SlotsExhausted(round, uint32(slots) + 1, limit);
            _setSlots(league, round, msg.sender, ++slots);
            if (slots > most) most = slots;
        }
        uint256 owned = uint256(_accounts[msg.sender].balance) + _accounts[msg.sender].stakes;
        if (owned < terms.slotCapital * most) revert CapitalTooLow(owned, terms.slotCapital * most);
    }
}
