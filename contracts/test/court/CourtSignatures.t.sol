// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {Leaves} from "../../src/libraries/Leaves.sol";
import {Tree} from "../../src/libraries/Tree.sol";
import {TracesTest} from "./CourtTraces.t.sol";
import {CourtStage} from "./CourtStage.sol";
import {ConnectFourRound} from "./Rounds.sol";
import {SignatureCalls} from "./SignatureCalls.sol";
import {SignedConnectFourRound, SignedSnakeRound, SignedStage} from "./SignedRounds.sol";
import {Play, Story, Tale} from "./Tale.sol";

/// @title What is to be shown of any System's signed traces, besides what is to be shown of all.
abstract contract SignedTracesTest is TracesTest, SignatureCalls, SignedStage {
    // The order of secp256k1.
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function test_honestSignaturesAndForfeits_areRefutedNowhere() external {
        Story memory story = Tale.tell(round);
        ICourt.Target memory target = _assert(story);
        uint256 forfeited = 0;
        for (uint256 q = 0; q < story.matches.length; ++q) {
            bytes[] memory leaves = story.plays[q].leaves;
            if (leaves.length == 0) continue;
            _checkUnproven(_forfeit(target, story, q), ICourt.NothingWrong.selector, "forfeit");
            if (uint8(leaves[leaves.length - 1][END_TERMINATION]) == Leaves.FORFEIT) ++forfeited;
            for (uint256 step = 0; step + 1 < leaves.length && q < 8; ++step) {
                _checkUnproven(_signature(target, story, q, step), ICourt.NothingWrong.selector, "signature");
            }
        }
        check(forfeited != 0, "a flag fell");
    }

    function test_badSignature_killsWhatTheAgentDidNotSign() external {
        Story memory honest = Tale.tell(round);
        uint256 q = _longest(honest);
        bytes memory signed = _signatureIn(honest.plays[q].leaves[1]);
        bytes memory leaf = honest.plays[q].leaves[1];
        uint8 seat = uint8(leaf[STEP_ACTING]) - 1;
        bytes32 s;
        assembly ("memory-safe") {
            s := mload(add(signed, 64))
        }
        bytes memory high = bytes.concat(signed);
        assembly ("memory-safe") {
            mstore(add(high, 64), sub(ORDER, s))
        }
        high[64] = signed[64] == 0x1b ? bytes1(0x1c) : bytes1(0x1b);
        bytes memory otherV = bytes.concat(signed);
        otherV[64] = bytes1(uint8(signed[64]) - 27);
        _checkKilled(q, new bytes(65), "missing");
        _checkKilled(q, high, "the upper half");
        _checkKilled(q, otherV, "another form of v");
        _checkKilled(q, Tale.sign(round, 4711, q, seat, leaf), "forged");
        _checkKilled(q, Tale.sign(round, round.keys[0], q + 1, seat, leaf), "of another match");
        _checkKilled(q, _signatureIn(honest.plays[q].leaves[0]), "of another step");
        signed[5] ^= 0x01;
        _checkKilled(q, signed, "a bit changed");
    }

    function _checkKilled(uint256 q, bytes memory signature, string memory lie) private {
        Story memory story = Tale.tell(round);
        bytes memory leaf = bytes.concat(story.plays[q].leaves[1]);
        _setSignature(leaf, signature);
        story.plays[q].leaves[1] = leaf;
        _retrace(story, q);
        _checkRefuted(_signature(_assert(story), story, q, 1), lie);
    }

    function test_badSignature_refusesStepsThatAreNotInTheTrace() external {
        Story memory story = Tale.tell(round);
        uint256 q = _longest(story);
        ICourt.Target memory target = _assert(story);
        ICourt.Proof memory leaf = _proof(story.plays[q].leaves, 1);
        leaf.leaf = bytes.concat(leaf.leaf);
        _setSignature(leaf.leaf, new bytes(65));
        uint8 seat = uint8(leaf.leaf[STEP_ACTING]) - 1;
        ICourt.Proof memory seated = _proof(story.entries, Tale.seatedIn(round.plan, q)[seat]);
        ICourt.Trace memory trace = Tale.traceOf(story.plays[q]);
        bytes memory input =
            abi.encodeCall(court.badSignature, (target, _proof(story.matches, q), trace, leaf, seat, seated));
        _checkUnproven(input, Tree.RootMismatch.selector, "no such step");
    }

    function test_badSignature_killsAnotherActionThanTheSignedOne() external {
        Story memory story = Tale.tell(round);
        uint256 q = _longest(story);
        _flip(story.plays[q].leaves, 1, STEP_ACTION, 1);
        _retrace(story, q);
        _checkRefuted(_signature(_assert(story), story, q, 1), "another action");
        story = Tale.tell(round);
        _flip(story.plays[q].leaves, 1, STEP_STATE, 1);
        _retrace(story, q);
        _checkRefuted(_signature(_assert(story), story, q, 1), "another state");
    }

    function test_badSignature_refusesOtherSeatsAndEntries() external {
        Story memory story = Tale.tell(round);
        uint256 q = _longest(story);
        ICourt.Target memory target = _assert(story);
        uint8 seat = uint8(story.plays[q].leaves[1][STEP_ACTING]) - 1;
        uint256 entry = Tale.seatedIn(round.plan, q)[seat];
        bytes memory input = _signatureOf(target, story, q, 1, seat, (entry + 1) % story.entries.length);
        _checkUnproven(input, ICourt.IndexMismatch.selector, "another entry");
        input = _signatureOf(target, story, q, 1, 1 - seat, entry);
        _checkUnproven(input, ICourt.SeatNotActing.selector, "another seat");
        input = _signatureOf(target, story, q, 1, 200, entry);
        _checkUnproven(input, ICourt.SeatNotActing.selector, "no seat");
    }

    function test_malformedTraceLeaf_killsStepsThatAreNotSigned() external {
        for (uint256 kind = 0; kind < 3; ++kind) {
            Story memory story = Tale.tell(round);
            uint256 q = _longest(story);
            bytes memory leaf = story.plays[q].leaves[1];
            bytes memory other = new bytes(kind == 0 ? 47 : kind == 1 ? 79 : 111);
            for (uint256 i = 0; i < other.length && i < leaf.length; ++i) {
                other[i] = leaf[i];
            }
            other[1] = kind == 0 ? bytes1(0x00) : kind == 1 ? bytes1(0x02) : bytes1(0x06);
            story.plays[q].leaves[1] = other;
            _retrace(story, q);
            _checkRefuted(_malformed(_assert(story), story, q, 1), "not signed");
            ICourt.Target memory target = _assert(story);
            _checkUnproven(_signature(target, story, q, 1), Leaves.MalformedLeaf.selector, "no signed step");
        }
    }

    function test_badForfeit_killsForfeitsWithoutAFlag() external {
        Story memory story = Tale.tell(round);
        uint256 q = _finished(story);
        _cut(story, q, 2, 1);
        _checkRefuted(_forfeit(_assert(story), story, q), "no flag fell");
    }

    function test_badForfeit_killsForfeitsBeforeTheFlag() external {
        Story memory story = Tale.tell(round);
        uint256 q = _forfeited(story);
        uint256 last = story.plays[q].leaves.length - 1;
        uint8 loser = uint8(story.plays[q].leaves[last][END_FORFEITS]);
        _cut(story, q, last - 1, loser);
        _checkRefuted(_forfeit(_assert(story), story, q), "before it fell");
        // Nor in the state in which it fell, at another step.
        story = Tale.tell(round);
        bytes memory fallen = story.plays[q].states[last];
        _cut(story, q, last - 1, loser);
        _setStateHash(story.plays[q].leaves, last - 1, Tale.stateHash(fallen));
        _retrace(story, q);
        _checkRefuted(_forfeit(_assert(story), story, q), "at another step");
    }

    function test_badForfeit_killsDeniedFlags() external {
        Story memory story = Tale.tell(round);
        uint256 q = _forfeited(story);
        uint256 last = story.plays[q].leaves.length - 1;
        bytes memory end = bytes.concat(story.plays[q].leaves[last]);
        (end[END_TERMINATION], end[END_FORFEITS]) = (0x00, 0x00);
        story.plays[q].leaves[last] = end;
        _retrace(story, q);
        _checkRefuted(_forfeit(_assert(story), story, q), "it fell");
        story = Tale.tell(round);
        _flip(story.plays[q].leaves, last, END_STATE, 1);
        _retrace(story, q);
        _checkRefuted(_forfeit(_assert(story), story, q), "it fell elsewhere");
    }

    /// @dev The first match that was not forfeited and has three steps at least.
    function _finished(Story memory story) private pure returns (uint256 q) {
        while (true) {
            bytes[] memory leaves = story.plays[q].leaves;
            if (leaves.length > 3 && uint8(leaves[leaves.length - 1][END_TERMINATION]) != Leaves.FORFEIT) return q;
            ++q;
        }
    }

    function _forfeited(Story memory story) internal pure returns (uint256 q) {
        while (true) {
            bytes[] memory leaves = story.plays[q].leaves;
            if (leaves.length != 0 && uint8(leaves[leaves.length - 1][END_TERMINATION]) == Leaves.FORFEIT) return q;
            ++q;
        }
    }

    /// @dev Ends a match after `steps` steps, as forfeited by the seats in a set.
    function _cut(Story memory story, uint256 q, uint256 steps, uint8 losers) internal pure {
        Play memory play = story.plays[q];
        bytes[] memory shorter = new bytes[](steps + 1);
        for (uint256 i = 0; i < steps; ++i) {
            shorter[i] = play.leaves[i];
        }
        shorter[steps] = bytes.concat(play.leaves[play.leaves.length - 1]);
        shorter[steps][2] = bytes1(uint8(steps));
        (shorter[steps][END_TERMINATION], shorter[steps][END_FORFEITS]) = (0x02, bytes1(losers));
        play.leaves = shorter;
        _setStateHash(shorter, steps, Tale.stateHash(play.states[steps]));
        bytes memory leaf = bytes.concat(story.matches[q]);
        leaf[STEP_COUNT] = bytes1(uint8(steps));
        story.matches[q] = leaf;
        _retrace(story, q);
    }
}

contract CourtSignedSnakeTest is SignedTracesTest, SignedSnakeRound {
    function _clockBlocks() internal view override(CourtStage, SignedSnakeRound) returns (uint32) {
        return SignedSnakeRound._clockBlocks();
    }
}

contract CourtSignedConnectFourTest is SignedTracesTest, SignedConnectFourRound {
    function _clockBlocks() internal view override(CourtStage, SignedConnectFourRound) returns (uint32) {
        return SignedConnectFourRound._clockBlocks();
    }

    function test_badForfeit_killsForfeitsOfTheOtherSeat() external {
        Story memory story = Tale.tell(round);
        uint256 q = _forfeited(story);
        uint256 last = story.plays[q].leaves.length - 1;
        _flip(story.plays[q].leaves, last, END_FORFEITS, 0x03);
        _retrace(story, q);
        _checkRefuted(_forfeit(_assert(story), story, q), "the other");
        story = Tale.tell(round);
        _flip(story.plays[q].leaves, last, END_FORFEITS, 0x01);
        _retrace(story, q);
        _checkRefuted(_forfeit(_assert(story), story, q), "both");
    }

    function test_badSignature_killsWhatTheOpponentSigned() external {
        Story memory story = Tale.tell(round);
        uint256 q = _longest(story);
        bytes memory leaf = bytes.concat(story.plays[q].leaves[1]);
        _setSignature(leaf, Tale.sign(round, round.keys[Tale.seatedIn(round.plan, q)[0]], q, 1, leaf));
        story.plays[q].leaves[1] = leaf;
        _retrace(story, q);
        _checkRefuted(_signature(_assert(story), story, q, 1), "the opponent's");
    }
}

/// @title A league of modules: nothing is signed, and forfeits are no business of clocks.
contract CourtUnsignedTest is SignatureCalls, ConnectFourRound {
    function test_signatureRefutations_refuseToJudge() external {
        Story memory story = Tale.tell(round);
        ICourt.Target memory target = _assert(story);
        uint256 q = _longest(story);
        _checkUnproven(_signature(target, story, q, 1), IArenaTypes.NotSigned.selector, "not signed");
        _checkUnproven(_forfeit(target, story, q), IArenaTypes.NotSigned.selector, "not signed");
    }

    function test_malformedTraceLeaf_killsSignedSteps() external {
        Story memory story = Tale.tell(round);
        uint256 q = _longest(story);
        bytes memory leaf = bytes.concat(story.plays[q].leaves[1], new bytes(65));
        leaf[1] = 0x06;
        story.plays[q].leaves[1] = leaf;
        _retrace(story, q);
        _checkRefuted(_malformed(_assert(story), story, q, 1), "signed");
    }
}
