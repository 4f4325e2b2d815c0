// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArenaExits} from "../interfaces/IArenaParts.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {Membership} from "./Membership.sol";

/// @title Leaving: what owners do who want their stakes back.
/// @notice Knows when a stake is free to go.
/// @dev INVARIANT: a stake leaves only after the last round it was played with is over and the time to slash it has
/// passed.
abstract contract Leaving is Membership, IArenaExits {
    /// @inheritdoc IArenaExits
    function unbond(LeagueId league, uint32 member) external {
        MemberState storage leaving = _requireOwned(league, member);
        _requireStaying(leaving);
        leaving.unbondedAt = uint40(block.number);
        uint128 refunded = _leave(league, leaving);
        _credit(msg.sender, refunded);
        emit Unbonded(league, member, leaving.to, refunded);
    }

    /// @inheritdoc IArenaExits
    function withdrawStake(LeagueId league, uint32 member) external {
        MemberState storage leaving = _requireOwned(league, member);
        if (_isBanned(leaving)) revert MemberBanned(member);
        if (leaving.unbondedAt == 0) revert MemberNotUnbonding(member);
        uint256 earliest = _lastRisk(league, leaving.unbondedAt, leaving.from, leaving.to);
        earliest += _terms[league].unbondBlocks;
        if (block.number < earliest) revert TooEarly(block.number, earliest);
        leaving.unbondedAt = 0;
        uint128 amount = _unstake(league, leaving);
        _credit(msg.sender, amount);
        emit StakeWithdrawn(league, member, amount);
    }
}
