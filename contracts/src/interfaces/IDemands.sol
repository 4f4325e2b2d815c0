// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DemandHash, DemandId, DemandedHash, Node, TraceRoot} from "./HashTypes.sol";
import {IArena} from "./IArena.sol";
import {LeagueId} from "./IArenaTypes.sol";
import {ICourt} from "./ICourt.sol";

/// @title Demands for what an asserter hides.
/// @notice An assertion commits to roots; a refutation needs the bytes under them. Anyone may demand any node or leaf
/// of its trees, of the trace of any of its matches, and the bytes under a trace root or a state hash. Anyone may
/// answer, or the assertion dies: half of its bond goes to the demander, the rest is burnt. An answer has to hash to
/// what was demanded, so it cannot be wrong; bytes that are no leaf are an answer too, for the court to kill.
///
/// A demand names a node whose value follows from the assertion. Above the lowest five levels it is answered with the
/// nodes five levels below, of which the demander then picks one; further down with the bytes of all leaves under it,
/// which ends it. A descent over 1,024 leaves is two answers.
///
/// The demander puts up a demand bond for each answer that may follow; who answers earns one. What is left returns to a
/// demander who closes its demand in time, and goes to the last answerer where it abandons it.
///
/// Demander and answerers have a clock each, in moves of the league's `demandBlocks` (`Clock`): every move has at least
/// one, and each side has seven more to spare over all its moves. Demands open within the challenge window only; what
/// follows goes strictly deeper. An assertion that is always answered is final, nothing earlier standing, from
///
///     postedAt + challengeBlocks + 28 · demandBlocks + 1
///
/// on at the latest, whatever anybody demands. To give everything, with trees of up to 1,024 leaves and picks made at
/// once, a hiding asserter has for a path down the matches 9 moves, for a trace root 8, for a path down the trace 9 and
/// for a state 8; so a challenge window of 34 · `demandBlocks` has time for all of it.
/// @dev Holds no coin: bonds are held by the arena that a demand names, which has to name this contract. A demand
/// against a contract that is no arena concerns nobody else: nothing is kept of it here but its own digest.
/// INVARIANT: each open demand has one word of storage, the digest of all that is known of it (SPEC 9.7).
interface IDemands {
    // Types

    /// @notice What is demanded. A further kind is a further function that opens it, and a further name here.
    enum Subject {
        Entries,
        Matches,
        Ranks,
        Trace,
        TraceRoot,
        State
    }

    /// @notice All that is known of an open demand. Its digest is stored; the rest is in events, and comes with each
    /// call.
    /// @param arena The arena, league, round and assertion that it is against.
    /// @param demander Who demands, and who is paid if nobody answers.
    /// @param answerer Who answered last, while the demander is to move; 0 while an answer is due.
    /// @param matchIndex The match whose trace, trace root or state it is; else 0.
    /// @param leafCount The leaves of the tree that the node is of; else 0.
    /// @param height How far above the leaves the node stands; else 0.
    /// @param position Its position among the nodes of that height, or the leaf that names the state; else 0.
    /// @param node What the answer has to hash to.
    /// @param bonds The demand bonds still held for it.
    /// @param movedAt The block of the latest move.
    /// @param moveBlocks The league's `demandBlocks`.
    /// @param demanderLeft What the demander has left to spare, in blocks.
    /// @param answererLeft What the answerers have left to spare, in blocks.
    struct Demand {
        IArena arena;
        LeagueId league;
        uint32 round;
        uint32 assertion;
        address demander;
        address answerer;
        Subject subject;
        uint32 matchIndex;
        uint32 leafCount;
        uint8 height;
        uint64 position;
        DemandedHash node;
        uint8 bonds;
        uint64 movedAt;
        uint32 moveBlocks;
        uint32 demanderLeft;
        uint32 answererLeft;
    }

    // Events

    /// @notice Somebody demands something; the demand's id is the digest of this first state.
    event Demanded(DemandId indexed id, IArena indexed arena, Demand demand);
    /// @notice Nodes were given, those five levels below in order. The demand goes on with this answerer, one bond
    /// less, moved now, and what the answerers have left.
    event NodesAnswered(DemandId indexed id, address indexed answerer, uint32 answererLeft, bytes32[] nodes);
    /// @notice The demander goes on to a node that was given. The demand goes on with this node five levels lower, no
    /// answerer, moved now, and what the demander has left.
    event Picked(DemandId indexed id, uint64 position, Node node, uint32 demanderLeft);
    /// @notice Leaves were given: for each `length u16 ‖ bytes`, little-endian. The demand is over.
    event LeavesAnswered(DemandId indexed id, address indexed answerer, bytes leaves);
    /// @notice The bytes under a hash were given, without the tag. The demand is over.
    event PreimageAnswered(DemandId indexed id, address indexed answerer, bytes preimage);
    /// @notice The demander did not go on; what was left of its bonds went to `payee`.
    event Closed(DemandId indexed id, address payee);
    /// @notice Nobody answered in time, or the assertion stands no longer; the bonds left went back to the demander.
    /// @param killed Whether the assertion died of it.
    event Expired(DemandId indexed id, bool killed);

    // Errors

    /// @notice The demand is open.
    error AlreadyDemanded(DemandId id);
    /// @notice The demand is not open, or not in this state; `expected` is 0 where it is not open.
    error DemandMismatch(DemandHash received, DemandHash expected);
    /// @notice The match was not played, so it has no trace.
    error NotPlayed(uint256 matchIndex);
    /// @notice The demand waits for the demander.
    error AnswerNotDue();
    /// @notice The demand waits for an answer.
    error AnswerDue();
    /// @notice The demand is to be answered in another form: with nodes, leaves, or the bytes under a hash.
    error WrongAnswer(Subject subject, uint8 height);
    /// @notice The answer has another number of nodes, or of bytes, than what was demanded.
    error AnswerLengthMismatch(uint256 received, uint256 expected);
    /// @notice The answer does not hash to what was demanded.
    error AnswerMismatch(DemandedHash received, DemandedHash expected);
    /// @notice Only the demander goes on with a demand.
    error NotDemander(address received, address expected);

    // Demand

    /// @notice Demands what is under a node of one of the three trees of an assertion.
    function demandNode(ICourt.Target calldata target, ICourt.RoundTree tree, ICourt.NodeProof calldata node)
        external
        returns (DemandId id);

    /// @notice Demands what is under a node of the trace of a match.
    function demandTraceNode(
        ICourt.Target calldata target,
        ICourt.Proof calldata matchProof,
        ICourt.Trace calldata trace,
        ICourt.NodeProof calldata node
    ) external returns (DemandId id);

    /// @notice Demands what the trace root of a match is the hash of: match id, leaf count u32 and tree root.
    function demandTraceRoot(ICourt.Target calldata target, ICourt.Proof calldata matchProof)
        external
        returns (DemandId id);

    /// @notice Demands the bytes of the state that a leaf of a trace, step or end, has the hash of.
    function demandState(
        ICourt.Target calldata target,
        ICourt.Proof calldata matchProof,
        ICourt.Trace calldata trace,
        ICourt.Proof calldata leaf
    ) external returns (DemandId id);

    // Answer

    /// @notice Gives the nodes five levels below the demanded one, those that have leaves under them.
    function answerNodes(DemandId id, Demand calldata demand, Node[] calldata nodes) external;

    /// @notice Gives all leaves under the demanded node.
    /// @param leaves For each leaf `length u16 ‖ bytes`, little-endian.
    function answerLeaves(DemandId id, Demand calldata demand, bytes calldata leaves) external;

    /// @notice Gives the bytes under the demanded hash, without the tag.
    function answerPreimage(DemandId id, Demand calldata demand, bytes calldata preimage) external;

    // Go on

    /// @notice Demands what is under a node that was given; only the demander may.
    /// @param position Its position among the nodes of its height.
    /// @param path Its five siblings up to the node demanded before, lowest first.
    function pick(DemandId id, Demand calldata demand, uint64 position, Node node, Node[] calldata path) external;

    /// @notice Ends a demand that waits for its demander: the bonds left go back to a demander that calls in time; once
    /// its time is over anyone may call, and they go to who answered last.
    function close(DemandId id, Demand calldata demand) external;

    /// @notice Ends a demand that was not answered in time and kills the assertion; or one against an assertion that
    /// stands no longer, at any time. Its bonds go back to the demander.
    function expire(DemandId id, Demand calldata demand) external;
}
