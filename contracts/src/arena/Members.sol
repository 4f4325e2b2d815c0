// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, CodeHash} from "../interfaces/HashTypes.sol";
import {IArena} from "../interfaces/IArena.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {Membership} from "./Membership.sol";

/// @title Members and batches as everybody sees them.
/// @notice Shows every member, those that have no record of their own by their batch; how they come in and leave
/// `ArenaMembers` and `ArenaExits` know, and nothing here how rounds go.
/// @dev INVARIANT: what is shown of who is active in a round that is open changes only by what is said of its code,
/// before its seed exists.
abstract contract Members is Membership, IArena {
    /// @inheritdoc IArena
    function memberOf(LeagueId league, uint32 member) external view returns (Member memory) {
        MemberState storage found = _members[league][_agents[league][member]];
        if (found.owner == address(0)) return _unenrolled(league, member);
        return Member({
            agentId: found.batch == 0 ? _agents[league][member] : _batchedAgents[league][member],
            owner: found.owner,
            from: found.from,
            to: found.to,
            banned: _isBanned(found),
            stake: _stakeOf(league, found),
            unbondedAt: found.unbondedAt
        });
    }

    /// @inheritdoc IArena
    function memberOfAgent(LeagueId league, AgentId agentId) external view returns (bool found, uint32 member) {
        MemberState storage known = _members[league][agentId];
        return (known.owner != address(0), known.number);
    }

    /// @inheritdoc IArena
    function batchOf(LeagueId league, uint32 batch) external view returns (Batch memory) {
        return _batches[league][batch];
    }

    /// @inheritdoc IArena
    function batchCount(LeagueId league) external view returns (uint32 count) {
        return uint32(_batches[league].length);
    }

    /// @inheritdoc IArena
    function batchNonce(LeagueId league, address sponsor) external view returns (uint64 nonce) {
        return _batchNonces[league][sponsor];
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

    /// @dev A member without a record of its own: what its batch says of it.
    function _unenrolled(LeagueId league, uint32 member) private view returns (Member memory waiting) {
        (bool found, uint32 number) = _batchWith(league, member);
        if (!found) revert UnknownMember(member, _leagues[league].memberCount);
        Batch storage batch = _batches[league][number];
        (waiting.from, waiting.to) = (batch.from, batch.to);
        (waiting.stake, waiting.unbondedAt) = (batch.stake, batch.unbondedAt);
    }
}
