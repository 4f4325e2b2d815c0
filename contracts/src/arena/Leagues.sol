// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArena} from "../interfaces/IArena.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {Accounts} from "./Accounts.sol";

/// @title Leagues: their terms and purses.
/// @notice Knows what a league fixed and where it stands; `LeagueCreation` knows what it may fix.
/// @dev INVARIANT: the terms of a league never change.
abstract contract Leagues is Accounts {
    /// @inheritdoc IArena
    function fund(LeagueId league) external payable {
        _requireLeague(league);
        uint128 amount = _received();
        _leagues[league].purse += amount;
        emit Funded(league, msg.sender, amount);
    }

    /// @inheritdoc IArena
    function leagueCount() external view returns (uint64 count) {
        return _leagueCount;
    }

    /// @inheritdoc IArena
    function leagueOf(LeagueId league) external view returns (League memory) {
        _requireLeague(league);
        return _leagues[league];
    }

    /// @inheritdoc IArena
    function termsOf(LeagueId league) external view returns (LeagueTerms memory) {
        return _requireLeague(league);
    }

    /// @inheritdoc IArena
    function payoutSum(LeagueId league) external view returns (uint128 amount) {
        return _payoutSums[league];
    }
}
