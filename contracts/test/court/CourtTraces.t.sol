// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {StateHash} from "../../src/interfaces/HashTypes.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {Leaves} from "../../src/libraries/Leaves.sol";
import {ConnectFourRound, SnakeRound, StoryStage} from "./Rounds.sol";
import {Play, Story, Tale} from "./Tale.sol";

/// @title The calls that show a lie in a trace, and where its fields are.
abstract contract TraceCalls is StoryStage {
    uint256 internal constant STEP_ACTING = 6;
    uint256 internal constant STEP_STATE = 7;
    uint256 internal constant STEP_ACTION = 39;
    uint256 internal constant END_TERMINATION = 6;
    uint256 internal constant END_FORFEITS = 7;
    uint256 internal constant END_STATE = 9;
    uint256 internal constant END_SCORES = 41;

    /// @dev The match with most steps among the first ones.
    function _longest(Story memory story) internal pure returns (uint256 q) {
        for (uint256 i = 0; i < story.plays.length && i < 12; ++i) {
            if (story.plays[i].leaves.length > story.plays[q].leaves.length) q = i;
        }
    }

    function _trace(ICourt.Target memory target, Story memory story, uint256 q) internal view returns (bytes memory) {
        uint256[] memory seated = Tale.seatedIn(round.plan, q);
        ICourt.Proof[] memory seats = new ICourt.Proof[](seated.length);
        for (uint256 seat = 0; seat < seats.length; ++seat) {
            seats[seat] = _proof(story.entries, seated[seat]);
        }
        ICourt.Trace memory trace = Tale.traceOf(story.plays[q]);
        return abi.encodeCall(court.badTrace, (target, _proof(story.matches, q), trace, seats));
    }

    function _start(ICourt.Target memory target, Story memory story, uint256 q) internal view returns (bytes memory) {
        Play memory play = story.plays[q];
        ICourt.Proof memory first = _proof(play.leaves, 0);
        return abi.encodeCall(court.badStart, (target, _proof(story.matches, q), Tale.traceOf(play), first));
    }

    function _step(ICourt.Target memory target, Story memory story, uint256 q, uint256 step)
        internal
        view
        returns (bytes memory)
    {
        Play memory play = story.plays[q];
        ICourt.Proof memory proof = _proof(story.matches, q);
        ICourt.Proof memory leaf = _proof(play.leaves, step);
        ICourt.Proof memory next = _proof(play.leaves, step + 1);
        return abi.encodeCall(court.badStep, (target, proof, Tale.traceOf(play), leaf, next, play.states[step]));
    }

    function _end(ICourt.Target memory target, Story memory story, uint256 q) internal view returns (bytes memory) {
        Play memory play = story.plays[q];
        ICourt.Proof memory proof = _proof(story.matches, q);
        ICourt.Proof memory end = _proof(play.leaves, play.leaves.length - 1);
        bytes memory state = play.states[play.states.length - 1];
        return abi.encodeCall(court.badEnd, (target, proof, Tale.traceOf(play), end, state));
    }

    function _malformed(ICourt.Target memory target, Story memory story, uint256 q, uint256 index)
        internal
        view
        returns (bytes memory)
    {
        Play memory play = story.plays[q];
        ICourt.Proof memory proof = _proof(story.matches, q);
        ICourt.Proof memory leaf = _proof(play.leaves, index);
        return abi.encodeCall(court.malformedTraceLeaf, (target, proof, Tale.traceOf(play), leaf));
    }

    function _shape(ICourt.Target memory target, Story memory story, uint256 q, uint8 height, uint64 position)
        internal
        view
        returns (bytes memory)
    {
        Play memory play = story.plays[q];
        ICourt.Proof memory proof = _proof(story.matches, q);
        ICourt.NodeProof memory node = _node(play.leaves, height, position);
        return abi.encodeCall(court.badTraceShape, (target, proof, Tale.traceOf(play), node));
    }

    function _setState(Story memory story, uint256 q, uint256 index, bytes memory state) internal pure {
        _setStateHash(story.plays[q].leaves, index, Tale.stateHash(state));
        story.plays[q].states[index] = state;
        _retrace(story, q);
    }

    function _setStateHash(bytes[] memory leaves, uint256 index, StateHash hash) internal pure {
        bytes memory changed = bytes.concat(leaves[index]);
        uint256 offset = 32 + (index + 1 == leaves.length ? END_STATE : STEP_STATE);
        assembly ("memory-safe") {
            mstore(add(changed, offset), hash)
        }
        leaves[index] = changed;
    }
}

/// @title What is to be shown of any System's traces.
abstract contract TracesTest is TraceCalls {
    function test_honestTraces_areRefutedNowhere() external {
        Story memory story = Tale.tell(round);
        ICourt.Target memory target = _assert(story);
        for (uint256 q = 0; q < story.matches.length && q < 12; ++q) {
            Play memory play = story.plays[q];
            if (play.leaves.length == 0) continue;
            bytes4 expected = ICourt.NothingWrong.selector;
            _checkUnproven(_trace(target, story, q), expected, "trace");
            _checkUnproven(_start(target, story, q), expected, "start");
            _checkUnproven(_end(target, story, q), expected, "end");
            for (uint256 step = 0; step < play.leaves.length; ++step) {
                _checkUnproven(_malformed(target, story, q, step), expected, "malformed");
                if (step + 1 < play.leaves.length) _checkUnproven(_step(target, story, q, step), expected, "step");
            }
        }
    }

    function test_badTrace_killsTracesOfOtherMatchesAndLengths() external {
        Story memory story = Tale.tell(round);
        uint256 q = _longest(story);
        story.plays[q].matchId = spoilt(story.plays[q].matchId);
        _retrace(story, q);
        _checkRefuted(_trace(_assert(story), story, q), "another match");
        story = Tale.tell(round);
        _flip(story.matches, q, STEP_COUNT, 1);
        _checkRefuted(_trace(_assert(story), story, q), "another length");
        ICourt.Target memory target = _assert(story);
        _checkUnproven(_start(target, story, q), ICourt.LeafCountMismatch.selector, "length first");
    }

    function test_badTrace_needsNoSeatsForAnotherLength() external {
        Story memory story = Tale.tell(round);
        uint256 q = _longest(story);
        _flip(story.matches, q, STEP_COUNT, 1);
        ICourt.Target memory target = _assert(story);
        ICourt.Proof memory proof = _proof(story.matches, q);
        ICourt.Trace memory trace = Tale.traceOf(story.plays[q]);
        ICourt.Proof[] memory none = new ICourt.Proof[](0);
        _checkRefuted(abi.encodeCall(court.badTrace, (target, proof, trace, none)), "whoever was seated");
    }

    function test_badTrace_refusesAnotherTrace() external {
        Story memory story = Tale.tell(round);
        uint256 q = _longest(story);
        ICourt.Target memory target = _assert(story);
        story.plays[q].matchId = spoilt(story.plays[q].matchId);
        _checkUnproven(_trace(target, story, q), ICourt.TraceRootMismatch.selector, "not what was committed to");
    }

    function test_badStart_killsAnotherFirstState() external {
        Story memory story = Tale.tell(round);
        uint256 q = _longest(story);
        bytes memory state = bytes.concat(story.plays[q].states[0]);
        state[state.length - 1] ^= 0x01;
        _setState(story, q, 0, state);
        _checkRefuted(_start(_assert(story), story, q), "start");
    }

    function test_badStep_killsEveryFalseState() external {
        Story memory honest = Tale.tell(round);
        uint256 q = _longest(honest);
        for (uint256 step = 1; step < honest.plays[q].leaves.length; step += 3) {
            Story memory story = Tale.tell(round);
            // Not even a state: nobody must need to read it.
            _setState(story, q, step, "no state");
            _checkRefuted(_step(_assert(story), story, q, step - 1), "state");
        }
    }

    function test_badStep_killsIllegalActions() external {
        Story memory story = Tale.tell(round);
        uint256 q = _longest(story);
        _flip(story.plays[q].leaves, 1, STEP_ACTION + 7, 0x80);
        _retrace(story, q);
        _checkRefuted(_step(_assert(story), story, q, 1), "illegal");
        // To a state of no bytes, which is what a step contract gives where there is no step.
        _setState(story, q, 2, "");
        _checkRefuted(_step(_assert(story), story, q, 1), "illegal, to nothing");
    }

    function test_badStep_killsActionsOfOtherSeats() external {
        Story memory story = Tale.tell(round);
        uint256 q = _longest(story);
        uint8 acting = uint8(story.plays[q].leaves[1][STEP_ACTING]);
        // One of one seat, or both of two: no other set of seats makes a leaf of that length.
        if (round.seats == 1 || acting == 3) return;
        _flip(story.plays[q].leaves, 1, STEP_ACTING, 0x03);
        _setState(story, q, 2, "");
        _checkRefuted(_step(_assert(story), story, q, 1), "the other seat");
    }

    function test_badStep_killsStepsAfterTheEnd() external {
        Story memory story = Tale.tell(round);
        uint256 q = _longest(story);
        Play memory play = story.plays[q];
        uint256 count = play.leaves.length;
        bytes[] memory longer = new bytes[](count + 1);
        for (uint256 i = 0; i + 1 < count; ++i) {
            longer[i] = play.leaves[i];
        }
        bytes memory step = bytes.concat(play.leaves[count - 2]);
        step[2] = bytes1(uint8(count - 1));
        longer[count - 1] = step;
        longer[count] = bytes.concat(play.leaves[count - 1]);
        longer[count][2] = bytes1(uint8(count));
        play.leaves = longer;
        _setStateHash(longer, count - 1, Tale.stateHash(play.states[count - 1]));
        bytes memory leaf = bytes.concat(story.matches[q]);
        leaf[STEP_COUNT] = bytes1(uint8(count));
        story.matches[q] = leaf;
        _retrace(story, q);
        _checkRefuted(_step(_assert(story), story, q, count - 1), "after the end");
    }

    function test_badStep_refusesAnotherStateAndOtherLeaves() external {
        Story memory story = Tale.tell(round);
        uint256 q = _longest(story);
        ICourt.Target memory target = _assert(story);
        Play memory play = story.plays[q];
        ICourt.Proof memory leaf = _proof(play.leaves, 1);
        ICourt.Proof memory far = _proof(play.leaves, 3);
        ICourt.Proof memory proof = _proof(story.matches, q);
        ICourt.Trace memory trace = Tale.traceOf(play);
        bytes memory input = abi.encodeCall(court.badStep, (target, proof, trace, leaf, far, play.states[1]));
        _checkUnproven(input, ICourt.IndexMismatch.selector, "no neighbours");
        ICourt.Proof memory next = _proof(play.leaves, 2);
        input = abi.encodeCall(court.badStep, (target, proof, trace, leaf, next, play.states[2]));
        _checkUnproven(input, ICourt.StateHashMismatch.selector, "another state");
        input = abi.encodeCall(court.badStep, (target, proof, trace, leaf, next, ""));
        _checkUnproven(input, ICourt.StateHashMismatch.selector, "no state");
    }

    function test_badEnd_killsOtherScoresThanTheMatchLeafs() external {
        Story memory story = Tale.tell(round);
        uint256 q = _longest(story);
        _flip(story.matches, q, _scoreAt(0), 0x01);
        _checkRefuted(_end(_assert(story), story, q), "scores");
    }

    function test_badEnd_killsScoresTheStateDoesNotHave() external {
        for (uint256 seat = 0; seat < round.seats; ++seat) {
            Story memory story = Tale.tell(round);
            uint256 q = _longest(story);
            _flip(story.matches, q, _scoreAt(seat), 0x01);
            _flip(story.plays[q].leaves, story.plays[q].leaves.length - 1, END_SCORES + 8 * seat, 0x01);
            _retrace(story, q);
            _checkRefuted(_end(_assert(story), story, q), "scores");
        }
    }

    function test_badEnd_killsOtherTerminations() external {
        bytes2[3] memory terminations = [bytes2(0x0000), 0x0100, 0x0201];
        Story memory honest = Tale.tell(round);
        uint256 q = _longest(honest);
        uint256 last = honest.plays[q].leaves.length - 1;
        for (uint256 i = 0; i < 3; ++i) {
            Story memory story = Tale.tell(round);
            bytes memory end = bytes.concat(story.plays[q].leaves[last]);
            if (end[END_TERMINATION] == terminations[i][0]) continue;
            (end[END_TERMINATION], end[END_FORFEITS]) = (terminations[i][0], terminations[i][1]);
            story.plays[q].leaves[last] = end;
            _retrace(story, q);
            _checkRefuted(_end(_assert(story), story, q), "termination");
        }
    }

    function test_badEnd_killsMatchesCutShort() external {
        Story memory story = Tale.tell(round);
        uint256 q = _longest(story);
        Play memory play = story.plays[q];
        bytes[] memory shorter = new bytes[](3);
        (shorter[0], shorter[1]) = (play.leaves[0], play.leaves[1]);
        shorter[2] = bytes.concat(play.leaves[play.leaves.length - 1]);
        shorter[2][2] = 0x02;
        (shorter[2][END_TERMINATION], shorter[2][END_FORFEITS]) = (0x00, 0x00);
        play.leaves = shorter;
        _setStateHash(shorter, 2, Tale.stateHash(play.states[2]));
        bytes memory leaf = bytes.concat(story.matches[q]);
        leaf[STEP_COUNT] = 0x02;
        story.matches[q] = leaf;
        _retrace(story, q);
        ICourt.Target memory target = _assert(story);
        bytes memory state = play.states[2];
        bytes memory input = abi.encodeCall(
            court.badEnd, (target, _proof(story.matches, q), Tale.traceOf(play), _proof(shorter, 2), state)
        );
        _checkRefuted(input, "cut short");
    }

    function test_malformedTraceLeaf_killsWhatIsNoLeaf() external {
        for (uint256 i = 0; i < 4; ++i) {
            Story memory story = Tale.tell(round);
            uint256 q = _longest(story);
            bytes[] memory leaves = story.plays[q].leaves;
            uint256 index = i % 2 == 0 ? 1 : leaves.length - 1;
            if (i < 2) _flip(leaves, index, 2, 0x80);
            else leaves[index] = "not a leaf";
            _retrace(story, q);
            _checkRefuted(_malformed(_assert(story), story, q, index), "malformed");
            ICourt.Target memory target = _assert(story);
            bytes4 expected = Leaves.MalformedLeaf.selector;
            if (index == 1) _checkUnproven(_step(target, story, q, 1), expected, "that is for malformedTraceLeaf");
            else _checkUnproven(_end(target, story, q), expected, "that is for malformedTraceLeaf");
        }
    }

    function test_badTraceShape_killsEmptyLeavesAndFullPadding() external {
        Story memory story = Tale.tell(round);
        uint256 q = _longest(story);
        story.plays[q].leaves[1] = "";
        _retrace(story, q);
        _checkRefuted(_shape(_assert(story), story, q, 0, 1), "no leaf");
        _checkUnproven(_shape(_assert(story), story, q, 0, 0), ICourt.NothingWrong.selector, "there is one");
    }
}

contract SnakeTracesTest is TracesTest, SnakeRound {}

contract ConnectFourTracesTest is TracesTest, ConnectFourRound {
    function test_badStep_killsAMoveOutOfTurn() external {
        Story memory story = Tale.tell(round);
        uint256 q = _find(story, 0);
        _flip(story.plays[q].leaves, 1, STEP_ACTING, 0x03);
        _retrace(story, q);
        _checkRefuted(_step(_assert(story), story, q, 1), "the other seat's turn");
    }

    function test_badEnd_killsForfeitsOfSeatsThatDidNotAct() external {
        Story memory story = Tale.tell(round);
        uint256 q = _forfeited(story);
        uint256 last = story.plays[q].leaves.length - 1;
        checkEqual(uint8(story.plays[q].leaves[last][END_FORFEITS]), 2, "seat 1 forfeits");
        _checkUnproven(_end(_assert(story), story, q), ICourt.NothingWrong.selector, "honest");
        _flip(story.plays[q].leaves, last, END_FORFEITS, 0x01);
        _retrace(story, q);
        _checkRefuted(_end(_assert(story), story, q), "both");
        // Only the other, with the scores that would go with it: 0 and 2 instead of 2 and 0.
        _flip(story.plays[q].leaves, last, END_FORFEITS, 0x02);
        for (uint256 seat = 0; seat < 2; ++seat) {
            _flip(story.plays[q].leaves, last, END_SCORES + 8 * seat, 0x02);
            _flip(story.matches, q, _scoreAt(seat), 0x02);
        }
        _retrace(story, q);
        _checkRefuted(_end(_assert(story), story, q), "the other");
    }

    function _forfeited(Story memory story) private pure returns (uint256 q) {
        while (true) {
            bytes[] memory leaves = story.plays[q].leaves;
            if (leaves.length != 0 && uint8(leaves[leaves.length - 1][END_TERMINATION]) == Leaves.FORFEIT) return q;
            ++q;
        }
    }
}

/// @title A league that names no step contract: what hangs on states cannot be shown, the rest can.
contract CourtWithoutStepContractTest is TraceCalls, SnakeRound {
    function _isJudged() internal pure override returns (bool) {
        return false;
    }

    function test_stateRefutations_refuseToJudge() external {
        Story memory story = Tale.tell(round);
        ICourt.Target memory target = _assert(story);
        bytes4 expected = ICourt.NoStepContract.selector;
        _checkUnproven(_start(target, story, 0), expected, "start");
        _checkUnproven(_step(target, story, 0, 0), expected, "step");
        _checkUnproven(_end(target, story, 0), expected, "end");
        uint256 walkover = _find(story, 1);
        bytes memory input = abi.encodeCall(
            court.badStatus, (target, _proof(story.matches, walkover), _proofs(story.entries, walkover / 2))
        );
        _checkUnproven(input, expected, "the scores of a walkover");
    }

    function test_otherRefutations_stillKill() external {
        Story memory story = Tale.tell(round);
        _checkUnproven(_trace(_assert(story), story, 0), ICourt.NothingWrong.selector, "honest");
        story.plays[0].matchId = spoilt(story.plays[0].matchId);
        _retrace(story, 0);
        _checkRefuted(_trace(_assert(story), story, 0), "another match");
        story = Tale.tell(round);
        _flip(story.matches, 0, _scoreAt(0), 1);
        _checkRefuted(_end(_assert(story), story, 0), "scores that are not the trace's");
        story = Tale.tell(round);
        _flip(story.plays[0].leaves, 0, 2, 1);
        _retrace(story, 0);
        _checkRefuted(_malformed(_assert(story), story, 0, 0), "another step");
    }

    function test_malformedTraceLeaf_takesStepsOfPrivateInformation() external {
        Story memory story = Tale.tell(round);
        bytes memory leaf = story.plays[0].leaves[0];
        bytes memory hidden = bytes.concat(leaf, new bytes(32));
        hidden[1] = 0x02;
        story.plays[0].leaves[0] = hidden;
        _retrace(story, 0);
        _checkUnproven(_malformed(_assert(story), story, 0, 0), ICourt.NothingWrong.selector, "may be right");
    }
}
