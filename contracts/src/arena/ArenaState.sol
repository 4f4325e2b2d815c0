// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, ClaimHash, CodeHash, RoundSeed} from "../interfaces/HashTypes.sol";
import {IArenaTypes, LeagueId} from "../interfaces/IArenaTypes.sol";

/// @title All storage of an arena, and nothing else.
/// @notice The arena and its parts run on this one state, so it is in one place: whatever serves a call of the arena
/// inherits it first, and nothing else that does declares a variable.
/// @dev INVARIANT: its layout is the same in every contract that inherits it. Said of each variable is who writes it.
abstract contract ArenaState is IArenaTypes {
    /// @dev What an owner has with the arena.
    /// @param balance Its account: what it may withdraw or use.
    /// @param stakes The sum of the stakes of its members.
    struct Account {
        uint128 balance;
        uint128 stakes;
    }

    /// @dev Where a member's stake is: with `StakeForm.Least` it is the least that the league takes, which is written
    /// nowhere as the terms say it, and `added` on top; with the others it is what `added` says.
    enum StakeForm {
        Least,
        Added,
        Banned
    }

    /// @dev A member, found by its agent. The second word is empty for most, who registered by themselves and are there
    /// to stay.
    /// @param owner Its owner; nobody where the agent is no member.
    /// @param number Its number in the league.
    /// @param form What its stake is; or that it is banned, with none.
    /// @param added The stake, or what it has above the least.
    /// @param batch The batch that it came with, plus 1; 0 where it registered by itself.
    /// @param ordinal How many of its batch were enrolled before it.
    struct MemberState {
        address owner;
        uint32 from;
        uint32 to;
        uint24 number;
        StakeForm form;
        uint128 added;
        uint40 unbondedAt;
        uint32 batch;
        uint24 ordinal;
    }

    /// @dev A demand for leaves of a batch.
    /// @param demander Whose bond it holds; nobody once it was settled.
    /// @param due The last block in which nobody can end the batch for want of them.
    struct RegistrationDemand {
        address demander;
        uint40 due;
    }

    /// @dev Rounds in a row that a member was in.
    struct Streak {
        uint32 from;
        uint32 to;
    }

    /// @dev A round, in words by who writes them: whoever enters it or moves it on; `drawSeed`; assertions, its end and
    /// payouts. The first word is there before the round opens, and the third is written when a result is first asserted.
    /// @param unrefunded The entries of a void round that are not paid back.
    struct RoundState {
        RoundStatus status;
        uint32 memberCount;
        uint32 entryCount;
        uint40 openedAt;
        uint40 seededAt;
        uint32 unrefunded;
        uint64 beaconIndex;
        RoundSeed seed;
        uint32 assertionCount;
        uint32 earliestLive;
        uint32 latestLive;
        uint40 killedAt;
        uint40 endedAt;
        uint16 paidRanks;
    }

    /// @dev Balances are written by `Ledger`, stakes by `Membership`.
    mapping(address owner => Account) internal _accounts;

    /// @dev Written by `Ledger`; beside the count of leagues, so that the first coin burnt finds a word in use.
    uint128 internal _burnt;

    /// @dev Written by `LeagueCreation`.
    // slither-disable-next-line uninitialized-state: a part writes it, and the arena reads it.
    uint64 internal _leagueCount;

    /// @dev Written by `LeagueCreation`, once.
    mapping(LeagueId league => LeagueTerms) internal _terms;

    /// @dev Written by `LeagueCreation`, once: what all payouts of a round cost, the asserter's included.
    // slither-disable-next-line uninitialized-state: a part writes it, and the arena reads it.
    mapping(LeagueId league => uint128 amount) internal _payoutSums;

    /// @dev Written by whoever moves a purse, registers a member or moves a round on.
    mapping(LeagueId league => League) internal _leagues;

    /// @dev Written by `Entering` and `Enrolments`, once: what a member is kept by in `_members`. Of one that registered
    /// by itself this is its agent.
    // slither-disable-next-line uninitialized-state: the arena writes it, and a part reads it.
    mapping(LeagueId league => mapping(uint32 member => AgentId)) internal _agents;

    /// @dev Written by `Enrolments`, once: the agent of a member that came with a batch.
    // slither-disable-next-line uninitialized-state: a part writes it, and the arena reads it.
    mapping(LeagueId league => mapping(uint32 member => AgentId)) internal _batchedAgents;

    /// @dev Written by `Proposals` until a batch is accepted, then by `Enrolments`.
    // slither-disable-next-line uninitialized-state: a part writes it, and the arena reads it.
    mapping(LeagueId league => Batch[]) internal _batches;

    /// @dev Written by `Proposals`: accepted batches in the order of their members, `first u32 ‖ batch u32` each.
    // slither-disable-next-line uninitialized-state: a part writes it, and the arena reads it.
    mapping(LeagueId league => uint64[]) internal _accepted;

    /// @dev Written by `Proposals`: how many batches a sponsor proposed.
    // slither-disable-next-line uninitialized-state: a part writes it, and the arena reads it.
    mapping(LeagueId league => mapping(address sponsor => uint64)) internal _batchNonces;

    /// @dev Written by `Proposals`: demands for leaves, by `height u8 ‖ position u32` of the node above them.
    mapping(LeagueId league => mapping(uint32 batch => mapping(uint40 node => RegistrationDemand))) internal
        _registrationDemands;

    /// @dev Written by `Enrolments`: how many of a batch were enrolled when the others were paid back their entries into
    /// a void round, plus 1.
    // slither-disable-next-line uninitialized-state: one part writes it, and another reads it.
    mapping(LeagueId league => mapping(uint32 round => mapping(uint32 batch => uint32))) internal _batchRefunds;

    /// @dev Written by `Entering`, `Membership`, `Enrolments`, `CodePublication`, `Leaving` and `Payouts`.
    mapping(LeagueId league => mapping(AgentId agentId => MemberState)) internal _members;

    /// @dev Written by `Entering` and `CodePublication`: the streak before the one that begins in a round.
    // slither-disable-next-line uninitialized-state: the arena writes it, and a part reads it.
    mapping(LeagueId league => mapping(uint32 member => mapping(uint32 from => Streak))) internal _streaks;

    /// @dev Written by `Membership`: entries of an owner, of sixteen bits for each of sixteen rounds.
    mapping(LeagueId league => mapping(address owner => mapping(uint32 word => uint256 counts))) internal _slots;

    /// @dev Written by `Entering` and `Membership` until a round opens, then by whoever moves it on.
    mapping(LeagueId league => mapping(uint32 round => RoundState)) internal _rounds;

    /// @dev Written by `Voids`: the members whose entries into a void round were paid back, of one bit each.
    mapping(LeagueId league => mapping(uint32 round => mapping(uint32 word => uint256 bits))) internal _refunded;

    /// @dev Written by `Claims`, once.
    mapping(LeagueId league => mapping(uint32 round => mapping(uint32 member => ClaimHash))) internal _claims;

    /// @dev Written by `Outcomes`; the status also by `Assertions`, the count of open demands by `Holds`.
    mapping(LeagueId league => mapping(uint32 round => mapping(uint32 assertion => Assertion))) internal _assertions;

    /// @dev Written by `CodePublication`, once: who showed the code first.
    // slither-disable-next-line uninitialized-state: a part writes it, and the arena reads it.
    mapping(CodeHash codeHash => address shower) internal _showers;

    /// @dev Written by `CodePublication`: who has a bond in a demand for the code of a member.
    // slither-disable-next-line uninitialized-state: a part writes it, and the arena reads it.
    mapping(LeagueId league => mapping(uint32 round => mapping(uint32 member => address demander))) internal
        _codeDemanders;
}
