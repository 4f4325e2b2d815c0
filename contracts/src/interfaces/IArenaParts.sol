// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArenaTypes, LeagueId} from "./IArenaTypes.sol";

/// @title How leagues come to be.
/// @dev Served by the part `LeagueCreation`, so its selectors are the arena's.
interface ILeagueCreation is IArenaTypes {
    /// @notice Creates a league; anyone may.
    function createLeague(LeagueTerms calldata terms) external returns (LeagueId league);
}

/// @title The ways out of an arena: payouts, stakes, refunds, and what liars lose.
/// @dev Served by the part `ArenaExits`, so its selectors are the arena's.
interface IArenaExits is IArenaTypes {
    /// @notice Ends a member's part in the league after the round under way and pays back its entries into later ones;
    /// its stake can be withdrawn after the unbonding time.
    function unbond(LeagueId league, uint32 member) external;

    /// @notice Moves the whole stake of an unbonded member to the caller's account.
    /// @dev Possible once unbondBlocks have passed since the request and since the end of the member's last round, so
    /// that whoever would slash it has had the time.
    function withdrawStake(LeagueId league, uint32 member) external;

    /// @notice Ends a round that got no seed, or no assertion that stands, for so long that none is to be expected.
    function voidRound(LeagueId league) external;

    /// @notice Pays a void round's entry price back to the member's owner; anyone may call.
    function refundEntry(LeagueId league, uint32 round, uint32 member) external;

    /// @notice Returns the bond of an assertion that still stood when another one became final.
    function reclaimBond(LeagueId league, uint32 round, uint32 assertion) external;

    /// @notice Pays a rank of a final round to its member, once: to the owner's account, which anyone may ask for, or
    /// to the member's stake, which its owner may. The payout of a disqualified or banned member returns to the purse.
    /// @param rankProof The rank leaf at `rank` of the final rank tree.
    /// @param entryProof The entry leaf that it names, of the final entry tree.
    function claimPayout(
        LeagueId league,
        uint32 round,
        uint32 rank,
        Proof calldata rankProof,
        Proof calldata entryProof,
        bool restake
    ) external;

    /// @notice Takes the stake of a member that a final round shows disqualified and bans it: half of the stake to the
    /// caller's account, the rest is burnt.
    /// @param entry The index of the entry leaf in the final entry tree.
    function slash(LeagueId league, uint32 round, uint32 entry, Proof calldata entryProof) external;

    /// @notice Takes the stake of a member of a signed league whose agent signed two actions, or one in two states, for
    /// one step of a match, and bans it: half of the stake to the caller's account, the rest is burnt. The round under
    /// way stays as it is, the member an entry of it, so that no assertion becomes false by it.
    /// @dev Needs nothing but the signatures, so a member can be hit for no match that it is not in: whoever signs twice
    /// for one step did so itself. An honest agent writes down what it is to sign before it signs, and for each step of
    /// each match it does so once; nobody else has its key, and no signature can be changed into another (`Signatures`).
    /// @param owner The member's owner.
    function slashEquivocation(
        LeagueId league,
        address owner,
        uint32 round,
        uint32 matchIndex,
        uint8 seat,
        uint32 step,
        SignedAction calldata first,
        SignedAction calldata second
    ) external;
}
