// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CodeHash, Node} from "./HashTypes.sol";
import {IArenaTypes, LeagueId} from "./IArenaTypes.sol";

/// @title How leagues come to be.
/// @dev Served by the part `LeagueCreation`, so its selectors are the arena's.
interface ILeagueCreation is IArenaTypes {
    /// @notice Creates a league; anyone may.
    function createLeague(LeagueTerms calldata terms) external returns (LeagueId league);
}

/// @title How code is made public before it plays.
/// @notice In a league with `codeBlocks`, a round that opens is Publishing first, and nobody knows its seed. For codeBlocks
/// anyone may demand the code of an entry; for as long again anyone may show it. What was demanded and not shown does not
/// play: a demand takes its member out of the round, and the code brings it back. Nothing is slashed, since hiding is no
/// lie; what the entry cost stays with the league.
/// @dev Served by the part `ArenaMembers`, so its selectors are the arena's.
interface ICodePublication is IArenaTypes {
    /// @notice Demands the code of an entry of the round that is Publishing, until block openedAt + codeBlocks: takes a
    /// demand bond from the caller's account and the member out of the round, until its code is shown.
    /// One of a batch is enrolled first.
    /// @param codeHash The member's, as `Registered` or `Enrolled` has it.
    function demandCode(LeagueId league, uint32 round, uint32 member, CodeHash codeHash) external;

    /// @notice Shows the code of a member, by anyone and at any time: nobody can demand it any more, from any agent that
    /// has it. Where it was demanded for the round that is Publishing, until block openedAt + 2 · codeBlocks, the member is
    /// an entry again, and the bond goes to the account of whoever showed the code first.
    /// @param code The bytes of the module.
    function showCode(LeagueId league, uint32 member, bytes calldata code) external;

    /// @notice As `showCode`, of code that was shown: because another agent has it too, both being demanded.
    function readmit(LeagueId league, uint32 member, CodeHash codeHash) external;

    /// @notice Returns the bond of a demand that was not answered in time; anyone may call, from block
    /// openedAt + 2 · codeBlocks + 1 on.
    function returnCodeBond(LeagueId league, uint32 round, uint32 member) external;

    /// @notice Opens the round that is Publishing for its seed, from block openedAt + 2 · codeBlocks + 1 on: its entries are
    /// settled, and the beacon value is named, the second that is not known yet. Where fewer entries are left than a match
    /// has seats, the round can only be voided, and at once.
    function closePublication(LeagueId league) external;
}

/// @title How agents become members one by one, and stay.
/// @dev Served by the part `ArenaMembers`, so its selectors are the arena's.
interface IArenaMembers is IArenaTypes {
    /// @notice Enters an agent of the caller into the league for the next `rounds` rounds, 1 to 32.
    /// @dev Stake and entry prices come out of the caller's account.
    function register(LeagueId league, CodeHash codeHash, uint128 stake, uint32 rounds) external returns (uint32 member);

    /// @notice Buys `rounds` further rounds for a member of the caller: those after its last, or the next ones where it
    /// has paused.
    function renew(LeagueId league, uint32 member, uint32 rounds) external;

    /// @notice Moves `amount` from the caller's account to the stake of its member.
    function addStake(LeagueId league, uint32 member, uint128 amount) external;
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

    /// @notice Pays a void round's entry price back to the member's owner, or its sponsor; anyone may call.
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
    /// @param member Who is the agent; one of a batch is enrolled first. An agent that is several members loses each stake.
    function slashEquivocation(
        LeagueId league,
        uint32 member,
        uint32 round,
        uint32 matchIndex,
        uint8 seat,
        uint32 step,
        SignedAction calldata first,
        SignedAction calldata second
    ) external;
}

/// @title Registrations in batches: a root of them, paid by one sponsor, whatever their number.
/// @notice A sponsor collects registrations off chain, signed by their owners, and proposes their root. As long as a
/// batch is proposed, anyone may end it by showing a leaf that is wrong, and have leaves shown that nobody gave; then
/// its leaves are members. One of them gets a record of its own, is *enrolled*, only when something is to be done with
/// it alone.
///
/// Who pays for a member has back what it paid: a sponsor pays stakes and entries of its members, renews them and takes
/// them out; their owners claim scores and have the payouts. For members that registered by themselves, owner and
/// sponsor are one.
/// @dev Served by the part `ArenaMembers`, so its selectors are the arena's. A leaf is what an owner signed: the EIP-712
/// struct `Registration(uint64 league,address sponsor,uint64 nonce,bytes32 codeHash)` in the domain of claims, the
/// nonce being the sponsor's counter of batches in the league (`batchNonce`), so that what is signed for one batch is
/// good for no other.
interface IArenaBatches is IArenaTypes {
    /// @notice Proposes registrations for the next `rounds` rounds, 1 to 32, that open after they were accepted.
    /// @dev Out of the caller's account come a stake for each, the required one or the slot capital where that is more,
    /// the entry prices, and an assertion bond.
    function proposeBatch(LeagueId league, Node root, uint32 count, uint32 rounds) external returns (uint32 batch);

    /// @notice Ends a proposed batch by a leaf that is none, or that its owner did not sign: half of the bond goes to
    /// the caller, the rest is burnt, and the sponsor has everything else back.
    /// @dev Committed to in the court in an earlier block, as a refutation is.
    function refuteRegistration(LeagueId league, uint32 batch, uint32 index, Proof calldata registration) external;

    /// @notice As `refuteRegistration`, by two neighbouring leaves whose agents do not ascend.
    function refuteRegistrationOrder(
        LeagueId league,
        uint32 batch,
        uint32 index,
        Proof calldata registration,
        Proof calldata next
    ) external;

    /// @notice Demands the leaves under a node, within the challenge window and once, for a demand bond: 32 of them, or
    /// all where there are no more; or that there is nothing under a node that is beyond the leaves.
    /// @dev They are due 8 · demandBlocks later, and a block for each demand before, so that somebody with all leaves
    /// can give them all.
    function demandRegistrations(LeagueId league, uint32 batch, uint8 height, uint32 position) external;

    /// @notice Gives what was demanded; anyone may, and earns the bond.
    /// @param leaves For each leaf `length u16 ‖ bytes`, little-endian.
    /// @param path The siblings of the node, lowest first.
    function answerRegistrations(
        LeagueId league,
        uint32 batch,
        uint8 height,
        uint32 position,
        bytes calldata leaves,
        Node[] calldata path
    ) external;

    /// @notice Ends a proposed batch of which leaves were demanded and not given in time: the demander has its bond
    /// back, and half of the batch's; the rest is burnt.
    function expireBatch(LeagueId league, uint32 batch, uint8 height, uint32 position) external;

    /// @notice Returns the bond of a demand for leaves of a batch that was cancelled for another reason.
    function reclaimDemandBond(LeagueId league, uint32 batch, uint8 height, uint32 position) external;

    /// @notice Makes the leaves of a batch that stood members; anyone may. The sponsor has its bond back.
    /// @dev From block proposedAt + challengeBlocks + 1 on, with no demand open. Batches have numbers below 2^23 only,
    /// so that none shuts out who registers by itself.
    function acceptBatch(LeagueId league, uint32 batch) external;

    /// @notice Gives the sponsor back all it paid for a batch that could be accepted, and is not wanted or has no room.
    function withdrawBatch(LeagueId league, uint32 batch) external;

    /// @notice Gives a member of a batch a record of its own; anyone may. What it is active in does not change.
    /// @param registration Its leaf of the batch, and the path.
    function enroll(LeagueId league, uint32 member, Proof calldata registration) external;

    /// @notice Buys `rounds` further rounds for those of a batch that are not enrolled.
    function renewBatch(LeagueId league, uint32 batch, uint32 rounds) external;

    /// @notice As `unbond`, for those of the caller's batch that are not enrolled.
    function unbondBatch(LeagueId league, uint32 batch) external;

    /// @notice As `withdrawStake`, for those of the caller's batch that are not enrolled.
    function withdrawBatchStakes(LeagueId league, uint32 batch) external;

    /// @notice As `refundEntry`, for those of a batch that are not enrolled; anyone may.
    function refundBatch(LeagueId league, uint32 round, uint32 batch) external;
}
