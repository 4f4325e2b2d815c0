// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ClaimHash, Commitment, MatchId, Node, StateHash, TraceRoot} from "./HashTypes.sol";
import {IArena} from "./IArena.sol";
import {LeagueId} from "./IArenaTypes.sol";

/// @title The judge of assertions.
/// @notice Each function proves one kind of lie in one assertion of a round and kills it; the caller earns half of its
/// bond. A call that proves nothing reverts.
///
/// A proof is worth money to whoever reads it in a transaction on its way and sends it first. So a refuter commits to
/// its call, by a hash that tells nothing and is good for nobody else, and makes the call in a later block.
///
/// The lies are local: a leaf that is none, a leaf that contradicts the arena, or two leaves that contradict each
/// other. An assertion against which none of these calls succeeds is the one the rules make, but for what the asserter
/// hides (the bytes under a hash, which `IDemands` makes it give) and, unless the league is signed, for decisions of
/// agents (which actions they chose, and the fuel they used).
/// @dev The court holds no money and no state but commitments, so one serves every arena that names it. Leaves come as
/// bytes with their path, so that whatever bytes an asserter committed to can be shown; a function that reads a leaf reverts with
/// `Leaves.MalformedLeaf` where the bytes are none, which `malformedLeaf` and `malformedTraceLeaf` prove. No call to
/// a step contract is caught, so no shortage of gas can pass for a verdict. INVARIANT: an assertion made by the rules
/// is refuted by no call.
interface ICourt {
    // Types

    /// @notice The assertion that a refutation aims at.
    struct Target {
        IArena arena;
        LeagueId league;
        uint32 round;
        uint32 assertion;
    }

    /// @notice The trees of an assertion.
    enum RoundTree {
        Entries,
        Matches,
        Ranks
    }

    /// @notice A leaf of a tree.
    /// @param index Its index, from 0.
    /// @param leaf Its bytes, from the tag on.
    /// @param path Its siblings, lowest first: as many as the tree is high.
    struct Proof {
        uint32 index;
        bytes leaf;
        Node[] path;
    }

    /// @notice A node of a tree.
    /// @param height How far above the leaves it stands.
    /// @param position Its position among the nodes of that height, from 0.
    /// @param node The node.
    /// @param path Its siblings, lowest first.
    struct NodeProof {
        uint8 height;
        uint64 position;
        Node node;
        Node[] path;
    }

    /// @notice What a trace root is the hash of (SPEC section 5).
    struct Trace {
        MatchId matchId;
        uint32 leafCount;
        Node treeRoot;
    }

    /// @notice What a claim hash is the hash of (SPEC 9.4).
    /// @param kind 0 one total, 1 a score for each match.
    struct Claim {
        uint8 kind;
        int64[] scores;
    }

    // Errors

    /// @notice What was shown is as the rules demand.
    error NothingWrong();

    /// @notice The league names no step contract, so nothing that depends on its System can be shown.
    error NoStepContract(LeagueId league);

    /// @notice Another number of leaves is needed to show this.
    error ProofCountMismatch(uint256 received, uint256 expected);

    /// @notice Another leaf is needed to show this.
    error IndexMismatch(uint256 received, uint256 expected);

    /// @notice The trace given is not the one the match leaf commits to.
    error TraceRootMismatch(TraceRoot received, TraceRoot expected);

    /// @notice The trace has another length than the match has steps, which `badTrace` shows by itself.
    error LeafCountMismatch(uint256 received, uint256 expected);

    /// @notice The state given is not the one the leaf commits to.
    error StateHashMismatch(StateHash received, StateHash expected);

    /// @notice The claim given is not the one that was posted.
    error ClaimHashMismatch(ClaimHash received, ClaimHash expected);

    /// @notice The lie is shown, but this caller did not commit to this very call in an earlier block.
    /// @param commitment What is to be committed to.
    /// @param committedAt The block in which it was, or 0.
    error NotCommitted(Commitment commitment, uint256 committedAt);

    /// @notice The seat does not act in the step.
    error SeatNotActing(uint8 received, uint8 acting);

    /// @notice The match shown is none of this entry.
    error NotInMatch(uint256 entry, uint256 matchIndex);

    // Commitments

    /// @notice Commits to a refutation: `keccak256(abi.encode(caller, keccak256(data of the call)))`.
    function commit(Commitment commitment) external;

    /// @notice The block in which it was first committed to this, or 0.
    function committedAt(Commitment commitment) external view returns (uint256 blockNumber);

    // Shape

    /// @notice Shows a node that is zero though leaves stand under it, or one that is not though none do.
    function badShape(Target calldata target, RoundTree tree, NodeProof calldata node) external;

    /// @notice As `badShape`, in the tree of the trace of a match.
    function badTraceShape(
        Target calldata target,
        Proof calldata matchProof,
        Trace calldata trace,
        NodeProof calldata node
    ) external;

    /// @notice Shows bytes that are no leaf of their tree: wrong kind, length or range.
    function malformedLeaf(Target calldata target, RoundTree tree, Proof calldata leaf) external;

    /// @notice As `malformedLeaf`, in the tree of the trace of a match.
    function malformedTraceLeaf(
        Target calldata target,
        Proof calldata matchProof,
        Trace calldata trace,
        Proof calldata leaf
    ) external;

    // Entries

    /// @notice Shows an entry whose member was not active in the round, or that names another agent than its member's.
    /// @dev What depends on the agent or the owner of a member of a batch, here and in `badStatus`, needs it enrolled.
    function badEntry(Target calldata target, Proof calldata entry) external;

    /// @notice Shows two neighbouring entries whose members do not ascend.
    function badEntryOrder(Target calldata target, Proof calldata entry, Proof calldata next) external;

    /// @notice Shows that an active member has no entry.
    /// @param neighbours The two neighbouring entries it would stand between; or the first alone, if it would stand
    /// before it; or the last alone, if after it; or none where there are no entries.
    function missingEntry(Target calldata target, uint32 member, Proof[] calldata neighbours) external;

    /// @notice Shows an entry with another total than its last match leaves it with.
    /// @param last Its last match; none where the round has no matches.
    function badTotal(Target calldata target, Proof calldata entry, Proof[] calldata last) external;

    /// @notice Shows that an entry is disqualified without reason, or at another match than the first that contradicts
    /// its claim, or not at all though one does.
    /// @param claim The claim posted for the entry; ignored where there is none.
    /// @param contradiction A match of the entry: where it is said to be disqualified but is not contradicted, or an
    /// earlier one that does contradict it. None where the entry has no claim, or no such match.
    function badDisqualification(
        Target calldata target,
        Proof calldata entry,
        Claim calldata claim,
        Proof[] calldata contradiction
    ) external;

    // Matches

    /// @notice Shows a match with another status than the schedule and its entries give it, or one that was not played
    /// with other scores than its status has.
    /// @param seats The entries in its seats, in order; empty seats left out.
    function badStatus(Target calldata target, Proof calldata matchProof, Proof[] calldata seats) external;

    /// @notice Shows a running total that does not follow from the entry's previous match.
    /// @param previous That match; none where this is the entry's first.
    function badSum(Target calldata target, Proof calldata matchProof, uint8 seat, Proof[] calldata previous) external;

    // Traces

    /// @notice Shows a trace of another match, or of another length than the match has steps.
    /// @param seats The entries in the match's seats, in order; not looked at where the length is another.
    function badTrace(Target calldata target, Proof calldata matchProof, Trace calldata trace, Proof[] calldata seats)
        external;

    /// @notice Shows a trace that does not begin in the start state of its match.
    /// @param first Leaf 0 of the trace.
    function badStart(Target calldata target, Proof calldata matchProof, Trace calldata trace, Proof calldata first)
        external;

    /// @notice Shows a step that the rules do not allow: other seats acted, an action was illegal, the match was over,
    /// or another state follows.
    /// @param leaf The step.
    /// @param next The leaf after it, a step or the end.
    /// @param state The bytes of the state before the step.
    function badStep(
        Target calldata target,
        Proof calldata matchProof,
        Trace calldata trace,
        Proof calldata leaf,
        Proof calldata next,
        bytes calldata state
    ) external;

    /// @notice Shows an end with other scores than the match has in the round, or that the last state does not have:
    /// not over, over for another reason, forfeited by seats that did not act, or scored otherwise.
    /// @param end The last leaf of the trace.
    /// @param state The bytes of the last state; empty suffices where the scores are not those of the match leaf.
    function badEnd(
        Target calldata target,
        Proof calldata matchProof,
        Trace calldata trace,
        Proof calldata end,
        bytes calldata state
    ) external;

    // Signatures

    /// @notice Shows, in a signed league, a step whose action in a seat was not signed by the agent seated there: the
    /// signature is missing, malformed, another's, or of something else.
    /// @param leaf The step.
    /// @param entry The entry in that seat.
    function badSignature(
        Target calldata target,
        Proof calldata matchProof,
        Trace calldata trace,
        Proof calldata leaf,
        uint8 seat,
        Proof calldata entry
    ) external;

    /// @notice Shows, in a signed league, a match that is said to be forfeited although no flag fell in it, or that is
    /// not said to be forfeited where and by whom a flag did (`IClocks`).
    /// @param end The last leaf of the trace.
    /// @param seats The entries in the match's seats, in order.
    function badForfeit(
        Target calldata target,
        Proof calldata matchProof,
        Trace calldata trace,
        Proof calldata end,
        Proof[] calldata seats
    ) external;

    // Ranks

    /// @notice Shows two neighbouring ranks that are not in strictly ascending order of (disqualified, −total, entry).
    function badRankOrder(Target calldata target, Proof calldata rank, Proof calldata next) external;

    /// @notice Shows a rank that is not that of its entry: no such entry, another total or another disqualification.
    /// @param entry The entry named; none where there is no such entry.
    function badRank(Target calldata target, Proof calldata rank, Proof[] calldata entry) external;
}
