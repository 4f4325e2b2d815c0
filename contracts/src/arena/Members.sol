// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArena} from "../interfaces/IArena.sol";
import {AgentId, CodeHash, LeagueId} from "../interfaces/IArenaTypes.sol";
import {Digests} from "../libraries/Digests.sol";
import {Membership} from "./Membership.sol";

/// @title Members: agents with a stake, and the rounds they are entered into.
/// @notice Knows how agents come in and what they pay; how they leave `ArenaExits` knows, and nothing here how rounds go.
/// @dev INVARIANT: who is active in a round that is open changes only by what is said of its code, before its seed exists.
abstract contract Members is Membership, IArena {
    // So that matches (64 for an entry) and leaves of a round fit 32 bits.
    uint32 private constant MEMBERS_MAX = 1 << 24;
    uint32 private constant ROUNDS_AHEAD_MAX = 32;

    /// @inheritdoc IArena
    function register(LeagueId league, CodeHash codeHash, uint128 stake, uint32 rounds)
        external
        returns (uint32 member)
    {
        _requireLeague(league);
        AgentId agentId = Digests.agentId(msg.sender, codeHash);
        MemberState storage admitted = _members[league][agentId];
        if (admitted.owner != address(0)) revert AlreadyMember(agentId, admitted.number);
        member = _leagues[league].memberCount++;
        if (member >= MEMBERS_MAX) revert LeagueFull(MEMBERS_MAX);

        _agents[league][member] = agentId;
        admitted.owner = msg.sender;
        admitted.number = uint24(member);
        emit Registered(league, member, msg.sender, agentId, codeHash);

        _debit(msg.sender, stake);
        _stake(league, admitted, stake);
        _enter(league, admitted, rounds);
    }

    /// @inheritdoc IArena
    function renew(LeagueId league, uint32 member, uint32 rounds) external {
        MemberState storage renewing = _requireOwned(league, member);
        _requireStaying(renewing);
        _enter(league, renewing, rounds);
    }

    /// @inheritdoc IArena
    function addStake(LeagueId league, uint32 member, uint128 amount) external {
        MemberState storage staking = _requireOwned(league, member);
        _requireStaying(staking);
        _debit(msg.sender, amount);
        _stake(league, staking, amount);
    }

    /// @inheritdoc IArena
    function memberOf(LeagueId league, uint32 member) external view returns (Member memory) {
        MemberState storage found = _requireMember(league, member);
        return Member({
            agentId: _agents[league][member],
            owner: found.owner,
            from: found.from,
            to: found.to,
            banned: found.banned,
            stake: found.stake,
            unbondedAt: found.unbondedAt
        });
    }

    /// @inheritdoc IArena
    function memberOfAgent(LeagueId league, AgentId agentId) external view returns (bool found, uint32 member) {
        MemberState storage known = _members[league][agentId];
        return (known.owner != address(0), known.number);
    }

    /// @inheritdoc IArena
    function slotsOf(LeagueId league, uint32 round, address owner) external view returns (uint16 count) {
        return _slotsOf(league, round, owner);
    }

    /// @inheritdoc IArena
    function showerOf(CodeHash codeHash) external view returns (address shower) {
        return _showers[codeHash];
    }

    /// @inheritdoc IArena
    function codeDemanderOf(LeagueId league, uint32 round, uint32 member) external view returns (address demander) {
        return _codeDemanders[league][round][member];
    }

    /// @dev Buys the next `rounds` rounds for a member.
    function _enter(LeagueId league, MemberState storage entering, uint32 rounds) private {
        LeagueTerms storage terms = _terms[league];
        (uint128 stake, uint128 minimum, uint128 bond) = (entering.stake, terms.minimumStake, terms.claimBond);
        uint128 required = minimum > bond ? minimum : bond;
        if (stake < required) revert StakeTooLow(stake, required);

        uint32 next = _leagues[league].nextRound;
        if (entering.to < next) _resume(league, entering, next);
        uint32 first = entering.to;
        uint32 limit = next + ROUNDS_AHEAD_MAX - first;
        if (rounds == 0 || rounds > limit) revert RoundsOutOfRange(rounds, limit);

        entering.to = first + rounds;
        address owner = entering.owner;
        _debit(owner, terms.entryPrice * rounds);
        uint256 slots = _take(league, owner, first, rounds);
        uint256 owned = uint256(_accounts[owner].balance) + _accounts[owner].stakes;
        if (owned < terms.slotCapital * slots) revert CapitalTooLow(owned, terms.slotCapital * slots);
        emit Entered(league, entering.number, entering.from, first + rounds);
    }

    /// @dev A new streak of rounds begins; of the one before, rounds may yet be void and have to be refunded.
    function _resume(LeagueId league, MemberState storage paused, uint32 next) private {
        _streaks[league][paused.number][next] = Streak(paused.from, paused.to);
        (paused.from, paused.to) = (next, next);
    }

    /// @dev Takes a slot of the owner's in each of the rounds; returns the most that it then has in one of them.
    function _take(LeagueId league, address owner, uint32 first, uint32 rounds) private returns (uint256 most) {
        uint16 limit = _terms[league].slotsPerOwnerMax;
        for (uint32 round = first; round < first + rounds; ++round) {
            uint16 slots = _slotsOf(league, round, owner);
            if (slots >= limit) revert SlotsExhausted(round, uint32(slots) + 1, limit);
            _setSlots(league, round, owner, ++slots);
            ++_rounds[league][round].entryCount;
            if (slots > most) most = slots;
        }
    }
}
