// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, CodeHash, IArena, LeagueId} from "../interfaces/IArena.sol";
import {Digests} from "../libraries/Digests.sol";
import {Leagues} from "./Leagues.sol";

/// @title Members: agents with a stake, and the rounds they are entered into.
/// @notice Knows who plays which rounds and what is at stake; nothing of how rounds go, but whether they are over.
/// @dev INVARIANT: who is active in a round never changes once it is open, and a stake leaves only after the last
/// round it was played with is over and the time to slash it has passed.
abstract contract Members is Leagues {
    // So that matches (64 for an entry) and leaves of a round fit 32 bits.
    uint32 private constant MEMBERS_MAX = 1 << 24;
    uint32 private constant ROUNDS_AHEAD_MAX = 32;

    /// @inheritdoc IArena
    mapping(address owner => uint128 amount) public stakesOf;

    /// @inheritdoc IArena
    mapping(LeagueId league => mapping(uint32 round => mapping(address owner => uint16 count))) public slotsOf;

    mapping(LeagueId league => mapping(uint32 member => Member)) internal _members;
    mapping(LeagueId league => mapping(AgentId agentId => uint32 memberPlusOne)) private _memberOfAgent;
    // The rounds that a member paid for and was not paid back, as bits: round r is bit r % 256 of word r / 256.
    mapping(LeagueId league => mapping(uint32 member => mapping(uint32 word => uint256 bits))) private _entered;

    /// @inheritdoc IArena
    function register(LeagueId league, CodeHash codeHash, uint128 stake, uint32 rounds)
        external
        returns (uint32 member)
    {
        _requireLeague(league);
        AgentId agentId = Digests.agentId(msg.sender, codeHash);
        uint32 known = _memberOfAgent[league][agentId];
        if (known != 0) revert AlreadyMember(agentId, known - 1);
        member = _leagues[league].memberCount++;
        if (member >= MEMBERS_MAX) revert LeagueFull(MEMBERS_MAX);
        _memberOfAgent[league][agentId] = member + 1;

        Member storage admitted = _members[league][member];
        admitted.agentId = agentId;
        admitted.codeHash = codeHash;
        admitted.owner = msg.sender;
        emit Registered(league, member, msg.sender, agentId, codeHash);

        _debit(msg.sender, stake);
        _stake(league, member, stake);
        _enter(league, member, rounds);
    }

    /// @inheritdoc IArena
    function renew(LeagueId league, uint32 member, uint32 rounds) external {
        _requireStaying(member, _requireOwned(league, member));
        _enter(league, member, rounds);
    }

    /// @inheritdoc IArena
    function addStake(LeagueId league, uint32 member, uint128 amount) external {
        _requireStaying(member, _requireOwned(league, member));
        _debit(msg.sender, amount);
        _stake(league, member, amount);
    }

    /// @inheritdoc IArena
    function unbond(LeagueId league, uint32 member) external {
        Member storage leaving = _requireOwned(league, member);
        _requireStaying(member, leaving);
        leaving.unbondedAt = uint64(block.number);
        uint128 refunded = _leave(league, member);
        _credit(msg.sender, refunded);
        emit Unbonded(league, member, leaving.to, refunded);
    }

    /// @inheritdoc IArena
    function withdrawStake(LeagueId league, uint32 member) external {
        Member storage leaving = _requireOwned(league, member);
        if (leaving.banned) revert MemberBanned(member);
        if (leaving.unbondedAt == 0) revert MemberNotUnbonding(member);
        uint256 earliest = _lastRisk(league, leaving) + _terms[league].unbondBlocks;
        if (block.number < earliest) revert TooEarly(block.number, earliest);
        leaving.unbondedAt = 0;
        uint128 amount = _unstake(leaving);
        _credit(msg.sender, amount);
        emit StakeWithdrawn(league, member, amount);
    }

    /// @inheritdoc IArena
    function memberOf(LeagueId league, uint32 member) external view returns (Member memory) {
        return _requireMember(league, member);
    }

    /// @inheritdoc IArena
    function memberOfAgent(LeagueId league, AgentId agentId) external view returns (bool found, uint32 member) {
        uint32 known = _memberOfAgent[league][agentId];
        return known == 0 ? (false, 0) : (true, known - 1);
    }

    function _requireMember(LeagueId league, uint32 member) internal view returns (Member storage) {
        uint32 count = _leagues[league].memberCount;
        if (member >= count) revert UnknownMember(member, count);
        return _members[league][member];
    }

    function _requireOwned(LeagueId league, uint32 member) internal view returns (Member storage owned) {
        owned = _requireMember(league, member);
        if (owned.owner != msg.sender) revert NotOwner(msg.sender, owned.owner);
    }

    function _requireStaying(uint32 member, Member storage staying) internal view {
        if (staying.banned) revert MemberBanned(member);
        if (staying.unbondedAt != 0) revert MemberUnbonding(member);
    }

    /// @dev Adds an amount, taken from elsewhere, to a stake.
    function _stake(LeagueId league, uint32 member, uint128 amount) internal {
        Member storage staking = _members[league][member];
        staking.stake += amount;
        stakesOf[staking.owner] += amount;
        emit Staked(league, member, amount);
    }

    /// @dev Takes a whole stake, to be put elsewhere.
    function _unstake(Member storage staking) internal returns (uint128 amount) {
        amount = staking.stake;
        staking.stake = 0;
        stakesOf[staking.owner] -= amount;
    }

    /// @dev Takes a member out of the rounds that are not open yet; returns what was paid for them.
    function _leave(LeagueId league, uint32 member) internal returns (uint128 fees) {
        Member storage leaving = _members[league][member];
        uint32 next = _leagues[league].nextRound;
        uint32 to = leaving.to;
        if (to <= next) return 0;
        for (uint32 round = next; round < to; ++round) {
            --slotsOf[league][round][leaving.owner];
            --_rounds[league][round].entryCount;
            _clearEntered(league, member, round);
        }
        leaving.to = next;
        return _terms[league].entryPrice * (to - next);
    }

    /// @dev Forgets that a member paid for a round; returns whether it had.
    function _clearEntered(LeagueId league, uint32 member, uint32 round) internal returns (bool entered) {
        uint256 bit = 1 << (round % 256);
        uint256 bits = _entered[league][member][round / 256];
        entered = bits & bit != 0;
        _entered[league][member][round / 256] = bits & ~bit;
    }

    /// @dev Buys the next `rounds` rounds for a member.
    function _enter(LeagueId league, uint32 member, uint32 rounds) private {
        LeagueTerms storage terms = _terms[league];
        Member storage entering = _members[league][member];
        uint128 required = terms.minimumStake > terms.claimBond ? terms.minimumStake : terms.claimBond;
        if (entering.stake < required) revert StakeTooLow(entering.stake, required);

        uint32 next = _leagues[league].nextRound;
        if (entering.to < next) (entering.from, entering.to) = (next, next);
        uint32 first = entering.to;
        uint32 limit = next + ROUNDS_AHEAD_MAX - first;
        if (rounds == 0 || rounds > limit) revert RoundsOutOfRange(rounds, limit);

        entering.to = first + rounds;
        _debit(entering.owner, terms.entryPrice * rounds);
        uint256 slots = 0;
        for (uint32 round = first; round < first + rounds; ++round) {
            uint256 used = _enterRound(league, member, round, entering.owner);
            if (used > slots) slots = used;
        }
        uint256 owned = uint256(balanceOf(entering.owner)) + stakesOf[entering.owner];
        if (owned < terms.slotCapital * slots) revert CapitalTooLow(owned, terms.slotCapital * slots);
        emit Entered(league, member, entering.from, entering.to);
    }

    /// @dev Enters a member into one round; returns how many entries its owner has there now.
    function _enterRound(LeagueId league, uint32 member, uint32 round, address owner) private returns (uint16 slots) {
        slots = slotsOf[league][round][owner];
        uint16 limit = _terms[league].slotsPerOwnerMax;
        if (slots >= limit) revert SlotsExhausted(round, uint32(slots) + 1, limit);
        slotsOf[league][round][owner] = ++slots;
        ++_rounds[league][round].entryCount;
        _entered[league][member][round / 256] |= 1 << (round % 256);
    }

    /// @dev The last block in which something began that can cost an unbonded member its stake: its request, or the
    /// end of the last round it played. A round it left is open already or was never entered, so `to - 1` was opened.
    function _lastRisk(LeagueId league, Member storage leaving) private view returns (uint256 since) {
        since = leaving.unbondedAt;
        if (leaving.to == leaving.from) return since;
        uint64 endedAt = _rounds[league][leaving.to - 1].endedAt;
        if (endedAt == 0) revert RoundNotEnded(leaving.to - 1);
        if (endedAt > since) since = endedAt;
    }
}
