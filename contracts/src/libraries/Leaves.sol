// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, CodeHash, StateHash, TraceRoot} from "../interfaces/HashTypes.sol";
import {Bytes} from "./Bytes.sol";
import {Signatures} from "./Signatures.sol";

/// @notice What a round says of one entry.
struct EntryLeaf {
    /// The member, numbered from 0 in its league.
    uint32 member;
    /// The agent the member entered with.
    AgentId agentId;
    /// The sum of the entry's scores over its matches.
    int64 total;
    /// The match that contradicts the entry's claim; `Leaves.NEVER` if none does.
    uint32 disqualifiedAt;
}

/// @notice What a round says of one seat of a match.
struct SeatResult {
    /// The seat's score.
    int64 score;
    /// The total of the seat's entry after this match; 0 for an empty seat.
    int64 runningTotal;
}

/// @notice What a round says of one match.
struct MatchLeaf {
    /// One of `Leaves.PLAYED`, `WALKOVER`, `BYE` and `SAME_OWNER`.
    uint8 status;
    /// The root of its trace; zero where it was not played.
    TraceRoot traceRoot;
    /// How many steps it took; zero where it was not played.
    uint32 stepCount;
    /// Its seats, in order.
    SeatResult[] seats;
}

/// @notice What a round says of one rank.
struct RankLeaf {
    /// The entry on this rank.
    uint32 entry;
    /// The entry's total.
    int64 total;
    /// Whether the entry is disqualified.
    bool disqualified;
}

/// @notice What an owner signed to become a member with a batch.
struct RegistrationLeaf {
    /// The owner.
    address owner;
    /// The SHA-256 of the agent's module, or in a signed league its key.
    CodeHash codeHash;
}

/// @notice One step of a match's trace.
struct StepLeaf {
    /// The set of seats that act; seat `i` is bit `i`.
    uint8 acting;
    /// The hash of the state before the step.
    StateHash stateHash;
    /// The action of each acting seat, in ascending order of seats.
    uint64[] actions;
}

/// @notice The end of a match's trace.
struct EndLeaf {
    /// One of `Leaves.FINISHED`, `STEP_LIMIT` and `FORFEIT`.
    uint8 termination;
    /// The set of seats that forfeited; 0 unless the termination is `FORFEIT`.
    uint8 forfeits;
    /// The hash of the last state.
    StateHash stateHash;
    /// The score of each seat.
    int64[] scores;
}

/// @title The leaves of the protocol's trees, from bytes.
/// @notice An asserter may commit to any bytes. For each kind there is a question, whether bytes are such a leaf at
/// all, and a reader, which reverts where they are not.
/// @dev INVARIANT: what an `is…` function accepts its reader reads; nothing about bytes can make an `is…` revert.
library Leaves {
    /// @notice The bytes are no leaf of the kind expected.
    error MalformedLeaf(bytes leaf);

    /// @notice Value of `disqualifiedAt` for an entry whose claim no match contradicts.
    uint32 internal constant NEVER = type(uint32).max;

    uint8 internal constant PLAYED = 0;
    uint8 internal constant WALKOVER = 1;
    uint8 internal constant BYE = 2;
    uint8 internal constant SAME_OWNER = 3;

    uint8 internal constant FINISHED = 0;
    uint8 internal constant STEP_LIMIT = 1;
    uint8 internal constant FORFEIT = 2;

    /// @notice The kinds that step leaves of a league may have, as sets of kinds: where information is perfect, which
    /// a System with a step contract has; where nothing is known of it; and where actions are signed.
    uint256 internal constant PERFECT_STEPS = 1 << STEP_KIND;
    uint256 internal constant UNKNOWN_STEPS = 1 << STEP_KIND | 1 << PRIVATE_STEP_KIND;
    uint256 internal constant SIGNED_STEPS = 1 << SIGNED_STEP_KIND;

    uint256 private constant STEP_KIND = 0x00;
    uint256 private constant END_KIND = 0x01;
    uint256 private constant PRIVATE_STEP_KIND = 0x02;
    uint256 private constant ENTRY_KIND = 0x03;
    uint256 private constant MATCH_KIND = 0x04;
    uint256 private constant RANK_KIND = 0x05;
    uint256 private constant SIGNED_STEP_KIND = 0x06;
    uint256 private constant REGISTRATION_KIND = 0x07;

    uint256 private constant SEAT_BYTES = 16;

    /// @notice Whether bytes are an entry leaf.
    function isEntry(bytes calldata leaf) internal pure returns (bool) {
        return leaf.length == 50 && Bytes.kind(leaf) == ENTRY_KIND;
    }

    /// @notice Reads an entry leaf.
    function entry(bytes calldata leaf) internal pure returns (EntryLeaf memory) {
        if (!isEntry(leaf)) revert MalformedLeaf(leaf);
        return EntryLeaf({
            member: Bytes.u32(leaf, 2),
            agentId: AgentId.wrap(Bytes.word(leaf, 6)),
            total: Bytes.i64(leaf, 38),
            disqualifiedAt: Bytes.u32(leaf, 46)
        });
    }

    /// @notice Whether bytes are a rank leaf.
    function isRank(bytes calldata leaf) internal pure returns (bool) {
        return leaf.length == 15 && Bytes.kind(leaf) == RANK_KIND && uint8(leaf[14]) < 2;
    }

    /// @notice Reads a rank leaf.
    function rank(bytes calldata leaf) internal pure returns (RankLeaf memory) {
        if (!isRank(leaf)) revert MalformedLeaf(leaf);
        return RankLeaf({entry: Bytes.u32(leaf, 2), total: Bytes.i64(leaf, 6), disqualified: leaf[14] != 0});
    }

    /// @notice Whether bytes are a registration leaf.
    function isRegistration(bytes calldata leaf) internal pure returns (bool) {
        return leaf.length == 119 && Bytes.kind(leaf) == REGISTRATION_KIND;
    }

    /// @notice Reads a registration leaf.
    function registration(bytes calldata leaf) internal pure returns (RegistrationLeaf memory) {
        if (!isRegistration(leaf)) revert MalformedLeaf(leaf);
        return
            RegistrationLeaf({
                owner: address(bytes20(Bytes.word(leaf, 2))), codeHash: CodeHash.wrap(Bytes.word(leaf, 22))
            });
    }

    /// @notice The owner's signature in a registration leaf, `r ‖ s ‖ v`.
    function registrationSignature(bytes calldata leaf) internal pure returns (bytes calldata) {
        if (!isRegistration(leaf)) revert MalformedLeaf(leaf);
        return leaf[54:];
    }

    /// @notice Whether bytes are a leaf of a match of `seatCount` seats: a played one has a trace, another has none.
    function isMatch(bytes calldata leaf, uint256 seatCount) internal pure returns (bool) {
        if (leaf.length != 40 + SEAT_BYTES * seatCount || Bytes.kind(leaf) != MATCH_KIND) return false;
        if (uint8(leaf[39]) != seatCount || uint8(leaf[2]) > SAME_OWNER) return false;
        bool traced = Bytes.word(leaf, 3) != 0;
        return uint8(leaf[2]) == PLAYED ? traced : !traced && Bytes.u32(leaf, 35) == 0;
    }

    /// @notice Reads the leaf of a match of `seatCount` seats.
    function matchOf(bytes calldata leaf, uint256 seatCount) internal pure returns (MatchLeaf memory result) {
        if (!isMatch(leaf, seatCount)) revert MalformedLeaf(leaf);
        result.status = uint8(leaf[2]);
        result.traceRoot = TraceRoot.wrap(Bytes.word(leaf, 3));
        result.stepCount = Bytes.u32(leaf, 35);
        result.seats = new SeatResult[](seatCount);
        for (uint256 seat = 0; seat < seatCount; ++seat) {
            uint256 offset = 40 + SEAT_BYTES * seat;
            result.seats[seat] = SeatResult({score: Bytes.i64(leaf, offset), runningTotal: Bytes.i64(leaf, offset + 8)});
        }
    }

    /// @notice The trace root of the leaf of a match of `seatCount` seats; zero iff it was not played.
    function traceRootOf(bytes calldata leaf, uint256 seatCount) internal pure returns (TraceRoot) {
        if (!isMatch(leaf, seatCount)) revert MalformedLeaf(leaf);
        return TraceRoot.wrap(Bytes.word(leaf, 3));
    }

    /// @notice Whether bytes are the leaf of step `step` of a match of `seatCount` seats.
    /// @param kinds The set of kinds that it may have. Signatures are any bytes, as far as the form of a leaf goes.
    function isStep(bytes calldata leaf, uint256 seatCount, uint256 step, uint256 kinds) internal pure returns (bool) {
        if (leaf.length < 39) return false;
        uint256 kind = Bytes.kind(leaf);
        if (kinds >> kind & 1 == 0) return false;
        uint256 acting = uint8(leaf[6]);
        if (acting == 0 || acting >> seatCount != 0 || Bytes.u32(leaf, 2) != step) return false;
        uint256 seatBytes = kind == SIGNED_STEP_KIND ? 8 + Signatures.BYTES : 8;
        return leaf.length == _actionsOffset(kind) + seatBytes * seatsIn(acting);
    }

    /// @notice Reads the leaf of step `step` of a match of `seatCount` seats of a System of perfect information.
    /// @param kinds The set of kinds that it may have: `PERFECT_STEPS` or `SIGNED_STEPS`.
    function stepOf(bytes calldata leaf, uint256 seatCount, uint256 step, uint256 kinds)
        internal
        pure
        returns (StepLeaf memory result)
    {
        if (!isStep(leaf, seatCount, step, kinds)) revert MalformedLeaf(leaf);
        result.acting = uint8(leaf[6]);
        result.stateHash = StateHash.wrap(Bytes.word(leaf, 7));
        result.actions = new uint64[](seatsIn(result.acting));
        for (uint256 i = 0; i < result.actions.length; ++i) {
            result.actions[i] = Bytes.u64(leaf, _actionsOffset(STEP_KIND) + 8 * i);
        }
    }

    /// @notice The signature of the acting seat with `position` seats before it, in the leaf of a signed step in which
    /// `count` seats act.
    function signatureOf(bytes calldata leaf, uint256 position, uint256 count) internal pure returns (bytes calldata) {
        uint256 offset = _actionsOffset(SIGNED_STEP_KIND) + 8 * count + Signatures.BYTES * position;
        return leaf[offset:offset + Signatures.BYTES];
    }

    /// @notice Whether bytes are the end leaf of a match of `seatCount` seats and `stepCount` steps.
    function isEnd(bytes calldata leaf, uint256 seatCount, uint256 stepCount) internal pure returns (bool) {
        if (leaf.length != 41 + 16 * seatCount || Bytes.kind(leaf) != END_KIND) return false;
        if (Bytes.u32(leaf, 2) != stepCount || uint8(leaf[8]) != seatCount) return false;
        uint256 forfeits = uint8(leaf[7]);
        if (uint8(leaf[6]) == FORFEIT) return forfeits != 0 && forfeits >> seatCount == 0;
        return uint8(leaf[6]) < FORFEIT && forfeits == 0;
    }

    /// @notice Reads the end leaf of a match of `seatCount` seats and `stepCount` steps.
    function endOf(bytes calldata leaf, uint256 seatCount, uint256 stepCount)
        internal
        pure
        returns (EndLeaf memory result)
    {
        if (!isEnd(leaf, seatCount, stepCount)) revert MalformedLeaf(leaf);
        result.termination = uint8(leaf[6]);
        result.forfeits = uint8(leaf[7]);
        result.stateHash = StateHash.wrap(Bytes.word(leaf, 9));
        result.scores = new int64[](seatCount);
        for (uint256 seat = 0; seat < seatCount; ++seat) {
            result.scores[seat] = Bytes.i64(leaf, 41 + 8 * seat);
        }
    }

    /// @notice The hash of the state that a leaf of a trace, step or end, commits to, whatever else it says.
    function stateHashOf(bytes calldata leaf) internal pure returns (StateHash) {
        uint256 offset = Bytes.kind(leaf) == END_KIND ? 9 : 7;
        uint256 kinds = UNKNOWN_STEPS | SIGNED_STEPS | 1 << END_KIND;
        if (kinds >> Bytes.kind(leaf) & 1 == 0 || leaf.length < offset + 32) revert MalformedLeaf(leaf);
        return StateHash.wrap(Bytes.word(leaf, offset));
    }

    /// @notice How many seats a set of at most eight has.
    function seatsIn(uint256 set) internal pure returns (uint256 count) {
        for (; set != 0; set >>= 1) {
            count += set & 1;
        }
    }

    function _actionsOffset(uint256 kind) private pure returns (uint256) {
        return kind == PRIVATE_STEP_KIND ? 71 : 39;
    }
}
