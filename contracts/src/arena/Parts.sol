// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArena} from "../interfaces/IArena.sol";
import {IArenaExits, ILeagueCreation} from "../interfaces/IArenaParts.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {Handing} from "../libraries/Handing.sol";
import {ArenaExits} from "../parts/ArenaExits.sol";
import {ArenaMembers} from "../parts/ArenaMembers.sol";
import {LeagueCreation} from "../parts/LeagueCreation.sol";

/// @title The calls that the arena hands to its parts: what is seldom called, so that what is often called stays small.
/// @notice A part is a contract that the arena created for itself, in its constructor, and runs on its own storage. Its
/// code is fixed by the arena's creation code, and nobody can give the arena another.
/// @dev INVARIANT: a call is handed on as it came, and its answer or refusal given back as it came.
abstract contract Parts is IArena {
    // Created in this order, which is what their addresses follow from.
    address private immutable LEAGUE_CREATION = address(new LeagueCreation());
    address private immutable EXITS = address(new ArenaExits());
    address private immutable MEMBERS = address(new ArenaMembers());

    /// @inheritdoc ILeagueCreation
    function createLeague(LeagueTerms calldata) external returns (LeagueId) {
        Handing.to(LEAGUE_CREATION);
    }

    /// @inheritdoc IArenaExits
    function unbond(LeagueId, uint32) external {
        Handing.to(EXITS);
    }

    /// @inheritdoc IArenaExits
    function withdrawStake(LeagueId, uint32) external {
        Handing.to(EXITS);
    }

    /// @inheritdoc IArenaExits
    function voidRound(LeagueId) external {
        Handing.to(EXITS);
    }

    /// @inheritdoc IArenaExits
    function refundEntry(LeagueId, uint32, uint32) external {
        Handing.to(EXITS);
    }

    /// @inheritdoc IArenaExits
    function reclaimBond(LeagueId, uint32, uint32) external {
        Handing.to(EXITS);
    }

    /// @inheritdoc IArenaExits
    function claimPayout(LeagueId, uint32, uint32, Proof calldata, Proof calldata, bool) external {
        Handing.to(EXITS);
    }

    /// @inheritdoc IArenaExits
    function slash(LeagueId, uint32, uint32, Proof calldata) external {
        Handing.to(EXITS);
    }

    /// @inheritdoc IArenaExits
    function slashEquivocation(
        LeagueId,
        uint32,
        uint32,
        uint32,
        uint8,
        uint32,
        SignedAction calldata,
        SignedAction calldata
    ) external {
        Handing.to(EXITS);
    }

    /// @notice What the arena does not know is for `ArenaMembers`, which refuses what it does not know either.
    /// @dev The calls of `IArenaMembers`, `IArenaBatches` and `ICodePublication`: to read so many before they are handed on
    /// takes more code than an arena can be created with.
    fallback() external {
        Handing.to(MEMBERS);
    }
}
