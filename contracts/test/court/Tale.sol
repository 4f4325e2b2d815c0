// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {
    AgentId,
    DomainHash,
    MatchId,
    MatchSeed,
    RulesId,
    SigningDigest,
    StateHash,
    TraceRoot
} from "../../src/interfaces/HashTypes.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {ISystem} from "../../src/interfaces/ISystem.sol";
import {Bytes} from "../../src/libraries/Bytes.sol";
import {Plan, Schedule} from "../../src/libraries/Schedule.sol";
import {Vm} from "../Vm.sol";
import {Forest} from "./Forest.sol";

/// @notice What a round is played from.
struct Round {
    ISystem system;
    bytes parameters;
    uint8 seats;
    uint16 matches;
    RulesId rulesId;
    Plan plan;
    uint32[] members;
    address[] owners;
    AgentId[] agents;
    ICourt.Claim[] claims;
    mapping(uint256 entry => bool) claimed;
    /// The keys that the agents are, in a signed league; none in others.
    uint256[] keys;
    /// The domain of what they sign.
    DomainHash domain;
}

/// @notice The trace of one match, with what its hashes are of.
struct Play {
    MatchId matchId;
    bytes[] leaves;
    bytes[] states;
}

/// @notice All leaves of a round's trees.
struct Story {
    bytes[] entries;
    bytes[] matches;
    bytes[] ranks;
    Play[] plays;
}

/// @title Plays a round and writes its leaves by the words of SPEC 9, one match after the other.
/// @dev Agents play pseudo-random legal actions; the last entry's agent forfeits in the last seat of every other turn.
library Tale {
    uint32 internal constant NEVER = type(uint32).max;
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev The entries' results so far.
    struct Standing {
        int64[] totals;
        uint32[] disqualifiedAt;
    }

    struct Scored {
        uint8 status;
        TraceRoot traceRoot;
        uint32 steps;
        int64[] scores;
    }

    function tell(Round storage round) internal view returns (Story memory story) {
        uint256 count = Schedule.matchCount(round.plan);
        uint256 entries = round.members.length;
        Standing memory standing = Standing(new int64[](entries), new uint32[](entries));
        for (uint256 entry = 0; entry < entries; ++entry) {
            standing.disqualifiedAt[entry] = NEVER;
        }
        story.matches = new bytes[](count);
        story.plays = new Play[](count);
        for (uint256 q = 0; q < count; ++q) {
            uint256[] memory seated = seatedIn(round.plan, q);
            Scored memory scored = _score(round, standing, q, seated, story.plays[q]);
            story.matches[q] = _enter(round, standing, q, seated, scored);
        }
        story.entries = _entryLeaves(round, standing);
        story.ranks = _rankLeaves(standing);
    }

    function seatedIn(Plan memory plan, uint256 q) internal pure returns (uint256[] memory seated) {
        seated = new uint256[](plan.seatCount);
        (uint256 first, uint256 second) = Schedule.seatsOf(plan, q);
        seated[0] = first;
        if (plan.seatCount == 2) seated[1] = second;
    }

    function traceOf(Play memory play) internal pure returns (ICourt.Trace memory) {
        return ICourt.Trace(play.matchId, uint32(play.leaves.length), Forest.rootOf(Forest.hashes(play.leaves)));
    }

    function rootOf(ICourt.Trace memory trace) internal pure returns (TraceRoot) {
        bytes memory head = abi.encodePacked(uint8(0x02), trace.matchId, Bytes.swap32(trace.leafCount));
        return TraceRoot.wrap(sha256(abi.encodePacked(head, trace.treeRoot)));
    }

    function _score(Round storage round, Standing memory standing, uint256 q, uint256[] memory seated, Play memory play)
        private
        view
        returns (Scored memory scored)
    {
        scored.scores = new int64[](seated.length);
        uint8 losers = 0;
        uint256 empty = seated.length;
        for (uint256 seat = 0; seat < seated.length; ++seat) {
            if (seated[seat] == Schedule.EMPTY) empty = seat;
            else if (standing.disqualifiedAt[seated[seat]] < q) losers |= uint8(1 << seat);
        }
        if (empty != seated.length) {
            scored.status = 2;
            scored.scores = round.system.forfeitScores(round.parameters, uint8(1 << empty));
            scored.scores[empty] = 0;
        } else if (seated.length == 2 && round.owners[seated[0]] == round.owners[seated[1]]) {
            scored.status = 3;
        } else if (losers != 0) {
            scored.status = 1;
            scored.scores = round.system.forfeitScores(round.parameters, losers);
        } else {
            _play(round, q, seated, play, scored);
        }
    }

    function _play(Round storage round, uint256 q, uint256[] memory seated, Play memory play, Scored memory scored)
        private
        view
    {
        MatchSeed seed = Schedule.seedOf(round.plan, q);
        bytes memory input = abi.encodePacked(uint8(0x06), round.rulesId, seed, round.seats);
        for (uint256 seat = 0; seat < seated.length; ++seat) {
            input = abi.encodePacked(input, round.agents[seated[seat]]);
        }
        play.matchId = MatchId.wrap(sha256(input));
        bool refuses =
            seated[seated.length - 1] == round.members.length - 1 && Schedule.ordinalOf(round.plan, q) % 4 < 2;
        bytes memory state = round.system.start(round.parameters, seed);
        play.states = _push(play.states, state);
        while (!_ends(round, play, scored, refuses)) {
            (uint8 acting, uint64[] memory actions) = _actions(round, play);
            bytes memory leaf = _stepLeaf(round, play, actions);
            if (round.keys.length != 0) leaf = _signed(round, q, seated, leaf);
            play.leaves = _push(play.leaves, leaf);
            (, state) = round.system.step(round.parameters, seed, state, acting, actions);
            play.states = _push(play.states, state);
        }
    }

    /// @dev Ends the match where its last state is terminal, or the last seat must act and refuses to.
    function _ends(Round storage round, Play memory play, Scored memory scored, bool refuses)
        private
        view
        returns (bool)
    {
        bytes memory state = _last(play);
        (uint8 acting, uint8 termination, int64[] memory scores) = round.system.status(round.parameters, state);
        uint8 last = uint8(1 << (round.seats - 1));
        bool forfeits = refuses && acting & last != 0 && play.leaves.length > 1;
        if (termination == 255 && !forfeits) return false;
        if (forfeits) {
            termination = 2;
            scores = round.system.forfeitScores(round.parameters, last);
        }
        scored.steps = uint32(play.leaves.length);
        scored.scores = scores;
        bytes memory kind = abi.encodePacked(termination, forfeits ? last : 0);
        play.leaves = _push(play.leaves, _endLeaf(scored.steps, kind, state, scores));
        scored.traceRoot = rootOf(traceOf(play));
        return true;
    }

    function _last(Play memory play) private pure returns (bytes memory) {
        return play.states[play.states.length - 1];
    }

    function _stepLeaf(Round storage round, Play memory play, uint64[] memory actions)
        private
        view
        returns (bytes memory leaf)
    {
        (uint8 acting,,) = round.system.status(round.parameters, _last(play));
        leaf = abi.encodePacked(hex"0000", Bytes.swap32(uint32(play.leaves.length)), acting, stateHash(_last(play)));
        for (uint256 i = 0; i < actions.length; ++i) {
            leaf = abi.encodePacked(leaf, Bytes.swap64(actions[i]));
        }
    }

    /// @dev The leaf of a step in which one seat acts, with the signature of the agent seated there.
    function _signed(Round storage round, uint256 q, uint256[] memory seated, bytes memory leaf)
        private
        view
        returns (bytes memory)
    {
        uint8 seat = uint8(leaf[6]) - 1;
        leaf[1] = 0x06;
        return bytes.concat(leaf, sign(round, round.keys[seated[seat]], q, seat, leaf));
    }

    /// @dev What a key signs of the step in a leaf.
    function sign(Round storage round, uint256 key, uint256 q, uint8 seat, bytes memory leaf)
        internal
        view
        returns (bytes memory)
    {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest(round, q, seat, leaf));
        return abi.encodePacked(r, s, v);
    }

    /// @dev What is signed of the step in a leaf, of league 0 and round 0, by the words of SPEC 3.1.
    function digest(Round storage round, uint256 q, uint8 seat, bytes memory leaf)
        internal
        view
        returns (SigningDigest)
    {
        uint32 step = uint32(uint8(leaf[2])) | uint32(uint8(leaf[3])) << 8;
        bytes32 hash;
        assembly ("memory-safe") {
            hash := mload(add(leaf, 39))
        }
        bytes32 content = keccak256(
            abi.encode(
                keccak256(
                    "Action(uint64 league,uint32 round,uint32 matchIndex,uint8 seat,uint32 step,bytes32 stateHash,uint64 action)"
                ),
                uint64(0),
                uint32(0),
                uint32(q),
                seat,
                step,
                hash,
                actionOf(leaf)
            )
        );
        return SigningDigest.wrap(keccak256(abi.encodePacked(hex"1901", round.domain, content)));
    }

    /// @dev The action of a step in which one seat acts.
    function actionOf(bytes memory leaf) internal pure returns (uint64 action) {
        for (uint256 i = 0; i < 8; ++i) {
            action |= uint64(uint8(leaf[39 + i])) << uint64(8 * i);
        }
    }

    function stateHash(bytes memory state) internal pure returns (StateHash) {
        return StateHash.wrap(sha256(bytes.concat(hex"03", state)));
    }

    /// @dev Who acts, and the first legal actions after some at random.
    function _actions(Round storage round, Play memory play)
        private
        view
        returns (uint8 acting, uint64[] memory actions)
    {
        bytes memory state = _last(play);
        (acting,,) = round.system.status(round.parameters, state);
        uint256 random = uint256(keccak256(abi.encode(play.matchId, state)));
        actions = new uint64[](acting == 3 ? 2 : 1);
        bool legal = false;
        for (uint256 tried = 0; !legal; ++tried) {
            for (uint256 i = 0; i < actions.length; ++i) {
                actions[i] = uint64((random >> (64 * i)) + (tried >> (3 * i))) % 8;
            }
            (legal,) = round.system.step(round.parameters, MatchSeed.wrap(0), state, acting, actions);
        }
    }

    function _endLeaf(uint32 step, bytes memory termination, bytes memory state, int64[] memory scores)
        private
        pure
        returns (bytes memory leaf)
    {
        leaf = abi.encodePacked(hex"0001", Bytes.swap32(step), termination, uint8(scores.length), stateHash(state));
        for (uint256 seat = 0; seat < scores.length; ++seat) {
            leaf = abi.encodePacked(leaf, Bytes.swapSigned64(scores[seat]));
        }
        leaf = bytes.concat(leaf, new bytes(8 * scores.length));
    }

    /// @dev Adds a match to the standing of its entries and writes its leaf.
    function _enter(
        Round storage round,
        Standing memory standing,
        uint256 q,
        uint256[] memory seated,
        Scored memory scored
    ) private view returns (bytes memory leaf) {
        leaf = abi.encodePacked(
            hex"0004", scored.status, scored.traceRoot, Bytes.swap32(scored.steps), uint8(seated.length)
        );
        for (uint256 seat = 0; seat < seated.length; ++seat) {
            uint256 entry = seated[seat];
            int64 score = scored.scores[seat];
            if (entry == Schedule.EMPTY) {
                leaf = bytes.concat(leaf, new bytes(16));
                continue;
            }
            standing.totals[entry] += score;
            leaf = abi.encodePacked(leaf, Bytes.swapSigned64(score), Bytes.swapSigned64(standing.totals[entry]));
            if (standing.disqualifiedAt[entry] == NEVER && _contradicts(round, standing, q, entry, scored, score)) {
                standing.disqualifiedAt[entry] = uint32(q);
            }
        }
    }

    function _contradicts(
        Round storage round,
        Standing memory standing,
        uint256 q,
        uint256 entry,
        Scored memory scored,
        int64 score
    ) private view returns (bool) {
        if (!round.claimed[entry]) return false;
        uint256 ordinal = Schedule.ordinalOf(round.plan, q);
        ICourt.Claim storage claim = round.claims[entry];
        if (claim.kind == 1) return scored.status != 1 && claim.scores[ordinal] != score;
        return ordinal + 1 == round.matches && claim.scores[0] != standing.totals[entry];
    }

    function _entryLeaves(Round storage round, Standing memory standing) private view returns (bytes[] memory leaves) {
        leaves = new bytes[](round.members.length);
        for (uint256 entry = 0; entry < leaves.length; ++entry) {
            leaves[entry] = abi.encodePacked(
                hex"0003",
                Bytes.swap32(round.members[entry]),
                round.agents[entry],
                Bytes.swapSigned64(standing.totals[entry]),
                Bytes.swap32(standing.disqualifiedAt[entry])
            );
        }
    }

    /// @dev Picks the best of those left, again and again.
    function _rankLeaves(Standing memory standing) private pure returns (bytes[] memory leaves) {
        leaves = new bytes[](standing.totals.length);
        bool[] memory taken = new bool[](leaves.length);
        for (uint256 rank = 0; rank < leaves.length; ++rank) {
            uint256 best = leaves.length;
            for (uint256 entry = 0; entry < leaves.length; ++entry) {
                if (!taken[entry] && (best == leaves.length || _isAbove(standing, entry, best))) best = entry;
            }
            taken[best] = true;
            bool disqualified = standing.disqualifiedAt[best] != NEVER;
            leaves[rank] = abi.encodePacked(
                hex"0005", Bytes.swap32(uint32(best)), Bytes.swapSigned64(standing.totals[best]), disqualified
            );
        }
    }

    function _isAbove(Standing memory standing, uint256 entry, uint256 other) private pure returns (bool) {
        bool stays = standing.disqualifiedAt[entry] == NEVER;
        if (stays != (standing.disqualifiedAt[other] == NEVER)) return stays;
        return standing.totals[entry] > standing.totals[other];
    }

    function _push(bytes[] memory list, bytes memory item) private pure returns (bytes[] memory longer) {
        longer = new bytes[](list.length + 1);
        for (uint256 i = 0; i < list.length; ++i) {
            longer[i] = list[i];
        }
        longer[list.length] = item;
    }
}
