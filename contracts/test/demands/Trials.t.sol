// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DefenceId, MachineHash, Node, QuestionHash, TraceRoot, TrialId} from "../../src/interfaces/HashTypes.sol";
import {IArena} from "../../src/interfaces/IArena.sol";
import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {IMachine} from "../../src/interfaces/IMachine.sol";
import {ITrials} from "../../src/interfaces/ITrials.sol";
import {Clock} from "../../src/libraries/Clock.sol";
import {Tree} from "../../src/libraries/Tree.sol";
import {Forest} from "../court/Forest.sol";
import {Registers} from "../machine/States.sol";
import {Story} from "./DemandsStage.sol";
import {FakeArena} from "./FakeArena.sol";
import {Grove, Wood} from "./Grove.sol";
import {Program} from "./Program.sol";
import {Argument, TrialsStage} from "./TrialsStage.sol";

/// @title How trials go, and what each of their moves needs.
contract TrialsTest is TrialsStage {
    using Grove for Wood;

    ICourt.Target private target;

    function _begin(bool isFalse) private returns (ITrials.Trial memory) {
        Story memory story = _tellOf(isFalse);
        target = _assertStory(story);
        return _openTrial(target, story);
    }

    function test_program_isWhatTheMachineRuns() external view {
        IMachine machine = demands.machine();
        for (uint256 salt = 0; salt < 2; ++salt) {
            QuestionHash question = QuestionHash.wrap(keccak256(abi.encode(salt)));
            checkEqual(machine.start(question), Program.stateAt(question, 0).digest(), "it begins");
            for (uint256 step = 0; step < Program.LENGTH + 2; ++step) {
                MachineHash next = machine.next(Program.stateAt(question, step).given(), Program.step());
                checkEqual(next, Program.stateAt(question, step + 1).digest(), "one follows from the other");
            }
        }
    }

    // Both outcomes

    function testFuzz_trial_ofAFalseTraceKillsWhereverItsDefenderBeginsToLie(uint256 from, uint8 levels) external {
        ITrials.Trial memory trial = _begin(true);
        uint128 before = arena.balanceOf(WATCHER);
        Argument memory argument = _defend(trial, ASSERTER, 2 + levels % 3, 1 + from % Program.LENGTH);
        checkEqual(_standing(trial), 1, "a defence stands");
        while (argument.defence.height > 1) {
            _pickPart(argument, _firstFalse(argument));
            _cutPart(argument);
        }
        bytes memory input = _judgeCall(argument, _firstFalse(argument));
        vm.expectEmit(true, true, true, true, address(demands));
        emit ITrials.DefenceFailed(argument.id, _idOf(trial), true);
        vm.prank(WATCHER);
        _do(input);
        checkEqual(demands.defenceOf(argument.id), 0, "the defence is over");
        checkEqual(_standing(trial), 0, "none stands");
        _pass(MOVE + SPARE + 1);
        _convict(trial, true);
        checkEqual(arena.balanceOf(WATCHER), before + BONDS + 30, "the bonds, and half of the assertion's");
    }

    function testFuzz_trial_isLostAgainstTheTruthWhateverIsPicked(uint256 first, uint256 second) external {
        ITrials.Trial memory trial = _begin(false);
        Argument memory argument = _defend(trial, ANSWERER, 2, NEVER);
        _pickPart(argument, first % 64);
        _cutPart(argument);
        bytes memory input = _judgeCall(argument, second % 64);
        _refused(WATCHER, input, ITrials.NothingFalse.selector, "it leads there");
        _pass(MOVE + SPARE);
        input = _acquitCall(argument);
        _refused(STRANGER, input, Clock.MoveTooEarly.selector, "the challenger has time");
        _pass(1);
        vm.expectEmit(true, true, true, true, address(demands));
        emit ITrials.TrialEnded(_idOf(trial), false, ANSWERER);
        vm.prank(STRANGER);
        _do(input);
        checkEqual(arena.balanceOf(ANSWERER), 1 + BONDS, "the defender has the bonds");
        checkEqual(demands.defencesOf(_idOf(trial)), 0, "the trial is over");
        checkEqual(demands.defenceOf(argument.id), 0, "and the defence");
        checkEqual(_openDemands(target), 0, "nothing is open");
        _pass(WINDOW);
        arena.finalize(league, round, target.assertion);
    }

    function test_trial_thatNobodyDefendsKills() external {
        ITrials.Trial memory trial = _begin(false);
        bytes memory input = _convictCall(trial);
        _pass(MOVE + SPARE);
        _refused(WATCHER, input, Clock.MoveTooEarly.selector, "the last block is the defenders'");
        _pass(1);
        _convict(trial, true);
        _refused(WATCHER, input, ITrials.NoTrial.selector, "once");
    }

    function test_trial_ofWhatNoLongerStandsGivesItsBondsBack() external {
        uint128 before = arena.balanceOf(WATCHER);
        ITrials.Trial memory trial = _begin(false);
        checkEqual(arena.balanceOf(WATCHER), before - BONDS, "they were held");
        Argument memory argument = _defend(trial, ASSERTER, 2, NEVER);
        arena.kill(league, round, target.assertion, STRANGER);
        _convict(trial, false);
        checkEqual(arena.balanceOf(WATCHER), before, "and are back");
        checkEqual(arena.balanceOf(STRANGER), 30, "nobody is paid twice");
        _refused(WATCHER, _pickPartCall(argument, 0), ITrials.NoTrial.selector, "nothing goes on");
        _pass(MOVE + SPARE + 1);
        _refused(ASSERTER, _acquitCall(argument), ITrials.NoTrial.selector, "nor ends again");
    }

    function test_trial_goesOnWhileAnyDefenceStands() external {
        ITrials.Trial memory trial = _begin(false);
        Argument memory silent = _defend(trial, STRANGER, 2, 3);
        Argument memory right = _defend(trial, ANSWERER, 3, NEVER);
        checkEqual(_standing(trial), 2, "two stand");
        _pickPart(silent, 0);
        _pickPart(right, 5);
        bytes memory input = _failCall(silent);
        _pass(MOVE + SPARE);
        _refused(WATCHER, input, Clock.MoveTooEarly.selector, "the last block is the defender's");
        _cutPart(right);
        checkEqual(right.defence.defenderLeft, 0, "all is used up");
        _pass(1);
        vm.expectEmit(true, true, true, true, address(demands));
        emit ITrials.DefenceFailed(silent.id, _idOf(trial), false);
        vm.prank(STRANGER);
        _do(input);
        checkEqual(demands.defenceOf(silent.id), 0, "it is over");
        checkEqual(_standing(trial), 1, "the other stands");
        _checkDefence(right);
        _refused(WATCHER, _convictCall(trial), ITrials.DefencesStand.selector, "so nobody is convicted");
        _refused(STRANGER, input, ITrials.DefenceMismatch.selector, "once");
    }

    /// @dev A cut of nothing but zeros would be taken for one that is still due, again and again.
    function test_cut_ofZerosKeepsNobodyWaiting() external {
        ITrials.Trial memory trial = _begin(true);
        Registers memory ending = Program.stateAt(trial.question, Program.LENGTH);
        ending.x[10] = 0;
        MachineHash[] memory zeros = new MachineHash[](63);
        vm.prank(ASSERTER);
        bytes memory made = _do(abi.encodeCall(demands.defend, (_idOf(trial), trial, 2, ending.given(), zeros)));
        DefenceId id = abi.decode(made, (DefenceId));
        ITrials.Defence memory defence = _zeroDefence(trial, ending.digest());
        checkEqual(DefenceId.unwrap(id), keccak256(abi.encode(defence)), "as it should be");
        MachineHash[] memory ends = new MachineHash[](64);
        ends[63] = defence.last;
        ITrials.Part memory part;
        part.last = _endProof(ends, 0);
        vm.prank(WATCHER);
        _do(abi.encodeCall(demands.pickPart, (id, trial, defence, part)));
        (defence.last, defence.cut, defence.height) = (MachineHash.wrap(0), Node.wrap(0), 1);
        bytes memory cut = abi.encodeCall(demands.cutPart, (id, trial, defence, zeros));
        _refused(ASSERTER, cut, ITrials.EmptyCut.selector, "the part begins with a state");
        _pass(MOVE + SPARE + 1);
        _do(abi.encodeCall(demands.failDefence, (id, trial, defence)));
        _convict(trial, true);
    }

    // Open

    function test_open_failsForWhatIsNotThere() external {
        Story memory story = _tellOf(false);
        target = _assertStory(story);
        ICourt.Proof memory proof = _leafProof(story, 1, PLAYED);
        ICourt.Trace memory trace = _trace(story);
        _openFails(proof, trace, 1, ITrials.NoSuchSeat.selector, "one seat");
        _openFails(proof, trace, 255, ITrials.NoSuchSeat.selector, "one seat");
        bytes4 expected = ICourt.TraceRootMismatch.selector;
        trace.leafCount += 1;
        _openFails(proof, trace, 0, expected, "another length");
        trace.leafCount -= 1;
        trace.matchId = spoilt(trace.matchId);
        _openFails(proof, trace, 0, expected, "another match");
        trace.matchId = spoilt(trace.matchId);
        trace.treeRoot = spoilt(trace.treeRoot);
        _openFails(proof, trace, 0, expected, "another trace");
        trace.treeRoot = spoilt(trace.treeRoot);
        _openFails(_leafProof(story, 1, PLAYED + 1), trace, 0, expected, "a match that was not played");
        proof.index += 1;
        _openFails(proof, trace, 0, Tree.RootMismatch.selector, "another place");
        proof.index = 6;
        _openFails(proof, trace, 0, Tree.PositionOutOfRange.selector, "beyond the matches");
    }

    function test_open_failsForATraceWithoutLeaves() external {
        Story memory story = _tellOf(false);
        ICourt.Trace memory trace = _trace(story);
        trace.leafCount = 0;
        bytes memory preimage = abi.encodePacked(uint8(0x02), trace.matchId, uint32(0), trace.treeRoot);
        _setTraceRoot(story, TraceRoot.wrap(sha256(preimage)));
        target = _assertStory(story);
        _openFails(_leafProof(story, 1, PLAYED), trace, 0, ITrials.EmptyTrace.selector, "not even an end");
    }

    function test_open_failsTwiceAndAfterTheWindowAndWithoutBonds() external {
        _begin(false);
        bytes memory input = _openCall(target, _tellOf(false));
        _refused(WATCHER, input, ITrials.TrialOpen.selector, "it is open");
        _deposit(STRANGER, BONDS - 1);
        _refused(STRANGER, input, IArenaTypes.BalanceTooLow.selector, "seven bonds");
        _deposit(STRANGER, 1);
        vm.prank(STRANGER);
        _do(input);
        checkEqual(_openDemands(target), 2, "one of each challenger");
        _pass(WINDOW + 1);
        _refused(WATCHER, input, IArenaTypes.TooLate.selector, "the window is over");
    }

    // Defend

    function test_defend_needsARunThatLetsTheTraceStand() external {
        ITrials.Trial memory trial = _begin(true);
        Argument memory argument = _argue(trial, ASSERTER, 2, NEVER);
        _refused(ASSERTER, _defendCall(argument), ITrials.NoDefence.selector, "it calls the trace false");
        argument.from = 1;
        for (uint256 levels = 0; levels < 256; levels += levels < 7 ? 1 : 83) {
            argument.defence.height = uint8(levels);
            bytes memory input = _levelled(argument, Program.stateAt(trial.question, 3));
            if (levels != 6) _refused(ASSERTER, input, ITrials.NoDefence.selector, "it is not over");
            else _accepted(input);
            Registers memory ending = Program.stateAt(trial.question, Program.LENGTH);
            input = _levelled(argument, ending);
            _refused(ASSERTER, input, ITrials.NoDefence.selector, "not at any length");
            ending.x[10] = 0;
            input = _levelled(argument, ending);
            if (levels == 0 || levels > 6) _refused(ASSERTER, input, ITrials.NoDefence.selector, "no such length");
            else _accepted(input);
            (ending.x[0], ending.x[10]) = (3, 7);
            input = _levelled(argument, ending);
            if (levels == 0 || levels > 6) _refused(ASSERTER, input, ITrials.NoDefence.selector, "no such length");
            else _accepted(input);
        }
    }

    function test_defend_needsAllStatesAndTheTrial() external {
        ITrials.Trial memory trial = _begin(false);
        Argument memory argument = _argue(trial, ASSERTER, 2, NEVER);
        MachineHash[] memory states = new MachineHash[](62);
        IMachine.State memory ending = _ending(argument);
        bytes4 expected = ITrials.StateCountMismatch.selector;
        bytes memory input = abi.encodeCall(demands.defend, (_idOf(trial), trial, 2, ending, states));
        _refused(ASSERTER, input, expected, "one fewer");
        states = new MachineHash[](64);
        input = abi.encodeCall(demands.defend, (_idOf(trial), trial, 2, ending, states));
        _refused(ASSERTER, input, expected, "one more");
        for (uint256 field = 0; field < 11; ++field) {
            ITrials.Trial memory other = _changed(trial, field);
            states = _between(argument);
            input = abi.encodeCall(demands.defend, (_idOf(trial), other, 2, ending, states));
            _refused(ASSERTER, input, ITrials.NoTrial.selector, "another trial");
            input = abi.encodeCall(demands.defend, (_idOf(other), other, 2, ending, states));
            _refused(ASSERTER, input, ITrials.NoTrial.selector, "one that is not open");
        }
        input = _defendCall(argument);
        _pass(MOVE + SPARE + 1);
        _refused(ASSERTER, input, Clock.MoveTooLate.selector, "the time to defend is over");
    }

    /// @dev What the defender took beyond a move is gone; the challenger's clock is whole, as it begins only now.
    function testFuzz_defend_takesWhatIsBeyondAMove(uint256 blocks) external {
        ITrials.Trial memory trial = _begin(false);
        _pass(blocks % (MOVE + SPARE + 1));
        Argument memory argument = _defend(trial, ASSERTER, 2, NEVER);
        checkEqual(argument.defence.challengerLeft, SPARE, "the challenger's");
        _pass(MOVE + SPARE);
        _pickPart(argument, 1);
        checkEqual(argument.defence.challengerLeft, 0, "all of it");
        _cutPart(argument);
    }

    /// @dev Two defences that say the same are two, each with a state of its own.
    function test_defend_mayBeDoneTwice() external {
        ITrials.Trial memory trial = _begin(false);
        Argument memory one = _defend(trial, ASSERTER, 2, NEVER);
        Argument memory two = _defend(trial, ASSERTER, 2, NEVER);
        check(DefenceId.unwrap(one.id) != DefenceId.unwrap(two.id), "another");
        _pickPart(one, 7);
        _checkDefence(two);
    }

    // Pick

    function test_pick_needsTheEndsOfAPart() external {
        ITrials.Trial memory trial = _begin(false);
        Argument memory argument = _defend(trial, ASSERTER, 2, NEVER);
        _refused(STRANGER, _pickPartCall(argument, 3), ITrials.NotYourMove.selector, "the challenger's");
        _refused(ASSERTER, _pickPartCall(argument, 3), ITrials.NotYourMove.selector, "the challenger's");
        ITrials.Part memory part = _partOf(argument, 3);
        part.index = 64;
        _pickFails(argument, part, Tree.PositionOutOfRange.selector, "beyond");
        part.index = 4;
        _pickFails(argument, part, Tree.RootMismatch.selector, "another");
        part.index = 3;
        part.last.word = spoilt(part.last.word);
        _pickFails(argument, part, Tree.RootMismatch.selector, "another end");
        part.last.word = spoilt(part.last.word);
        part.first.word = spoilt(part.first.word);
        _pickFails(argument, part, Tree.RootMismatch.selector, "another beginning");
        part.first = part.last;
        _pickFails(argument, part, Tree.RootMismatch.selector, "the same end twice");
        part = _partOf(argument, 3);
        part.last.path = new bytes32[](5);
        _pickFails(argument, part, Tree.PathLengthMismatch.selector, "a node that is no state");
        part = _partOf(argument, 3);
        part.first.path = new bytes32[](7);
        _pickFails(argument, part, Tree.PathLengthMismatch.selector, "a longer path");
        bytes memory input = _pickPartCall(argument, 3);
        _pass(MOVE + SPARE + 1);
        _refused(WATCHER, input, Clock.MoveTooLate.selector, "too late");
    }

    function test_moves_needTheirTurnAndHeight() external {
        ITrials.Trial memory trial = _begin(true);
        Argument memory argument = _defend(trial, ASSERTER, 2, 100);
        _refused(WATCHER, _judgeCall(argument, 1), ITrials.WrongHeight.selector, "64 instructions are not one");
        _refused(ASSERTER, _cutPartCall(argument), ITrials.MoveNotDue.selector, "it is the challenger's turn");
        _refused(WATCHER, _failCall(argument), ITrials.MoveNotDue.selector, "it is the challenger's turn");
        _pickPart(argument, 1);
        _refused(WATCHER, _pickPartCall(argument, 1), ITrials.MoveNotDue.selector, "it is the defender's");
        _refused(WATCHER, _judgeCall(argument, 1), ITrials.MoveNotDue.selector, "it is the defender's");
        _pass(MOVE + SPARE + 1);
        _refused(ASSERTER, _acquitCall(argument), ITrials.MoveNotDue.selector, "it is the defender's");
        _refused(ASSERTER, _cutPartCall(argument), Clock.MoveTooLate.selector, "too late");
        vm.roll(vm.getBlockNumber() - 1);
        _refused(STRANGER, _cutPartCall(argument), ITrials.NotYourMove.selector, "another's defence");
        MachineHash[] memory states = new MachineHash[](64);
        bytes memory input = abi.encodeCall(demands.cutPart, (argument.id, trial, argument.defence, states));
        _refused(ASSERTER, input, ITrials.StateCountMismatch.selector, "one state more");
        _cutPart(argument);
        _refused(WATCHER, _pickPartCall(argument, 1), ITrials.WrongHeight.selector, "one instruction has no parts");
    }

    function test_judge_needsTheStateThatThePartBeginsWith() external {
        ITrials.Trial memory trial = _begin(true);
        Argument memory argument = _defend(trial, ASSERTER, 2, 100);
        _pickPart(argument, 1);
        _cutPart(argument);
        // Parts 0 to 34 end with steps 65 to 99, which are as they should be.
        _refused(STRANGER, _judgeCall(argument, 35), ITrials.NotYourMove.selector, "the challenger's");
        _refused(WATCHER, _judgeCall(argument, 34), ITrials.NothingFalse.selector, "the last that is right");
        ITrials.Part memory part = _partOf(argument, 35);
        IMachine.State memory state = Program.stateAt(trial.question, 98).given();
        bytes memory input =
            abi.encodeCall(demands.judgeStep, (argument.id, trial, argument.defence, part, state, Program.step()));
        _refused(WATCHER, input, ITrials.StateMismatch.selector, "another state");
        _pass(MOVE + SPARE + 1);
        _refused(WATCHER, _judgeCall(argument, 35), Clock.MoveTooLate.selector, "too late");
        vm.roll(vm.getBlockNumber() - 1);
        input = _judgeCall(argument, 35);
        vm.prank(WATCHER);
        _do(input);
    }

    /// @dev Every move but the opening takes a defence as it is and its trial, and no other.
    function test_moves_failForAnyOtherState() external {
        ITrials.Trial memory trial = _begin(false);
        Argument memory argument = _defend(trial, ASSERTER, 2, NEVER);
        ITrials.Part memory part = _partOf(argument, 3);
        Argument memory other = abi.decode(abi.encode(argument), (Argument));
        for (uint256 field = 0; field < 11; ++field) {
            other.defence = _changedDefence(argument.defence, field);
            _allRefused(other, part, ITrials.DefenceMismatch.selector);
            other.defence = argument.defence;
            other.trial = _changed(trial, field);
            _allRefused(other, part, ITrials.NoTrial.selector);
            other.trial = trial;
        }
        other.id = spoilt(argument.id);
        _allRefused(other, part, ITrials.DefenceMismatch.selector);
    }

    // The part

    function test_part_knowsNoTrialsOfItsOwnAccord() external {
        (bool done, bytes memory output) = address(demands).call(abi.encodeWithSelector(0x12345678));
        check(!done && output.length == 0, "what nobody knows is refused");
        (uint32 entry, Node code,) = demands.machine().image();
        (uint32 expectedEntry, Node expectedCode,) = abi.decode(Program.image(), (uint32, Node, Node));
        checkEqual(entry, expectedEntry, "the program begins where it was made to");
        checkEqual(code, expectedCode, "and is the one it was made with");
    }

    // Other arenas

    function test_fakeArenas_concernNobody() external {
        Story memory story = _tellOf(false);
        target = _assertStory(story);
        uint128 before = arena.balanceOf(WATCHER);
        FakeArena fake = new FakeArena(story.woods[1].rootOf());
        ICourt.Target memory faked = ICourt.Target(IArena(address(fake)), league, round, target.assertion);
        ITrials.Trial memory trial = _openTrial(faked, story);
        ITrials.Trial memory other = abi.decode(abi.encode(trial), (ITrials.Trial));
        other.arena = arena;
        _pass(1000);
        bytes memory input = abi.encodeCall(demands.convict, (_idOf(trial), other));
        _refused(WATCHER, input, ITrials.NoTrial.selector, "a trial is against the arena it was opened in");
        _do(_convictCall(trial));
        check(fake.killed(), "it may kill what it likes in its own");
        check(_status(target) == IArenaTypes.AssertionStatus.Live, "and nothing elsewhere");
        checkEqual(arena.balanceOf(WATCHER), before, "no coin moved");
    }

    /// @dev A defence of 64^2 steps that ends in `last`, of which all else is zeros.
    function _zeroDefence(ITrials.Trial memory trial, MachineHash last)
        private
        view
        returns (ITrials.Defence memory defence)
    {
        MachineHash[] memory ends = new MachineHash[](64);
        ends[63] = last;
        (defence.trial, defence.defender, defence.height) = (_idOf(trial), ASSERTER, 2);
        (defence.first, defence.last) = (Program.stateAt(trial.question, 0).digest(), last);
        (defence.cut, defence.movedAt) = (_rootOf(ends), uint64(vm.getBlockNumber()));
        (defence.challengerLeft, defence.defenderLeft) = (uint32(SPARE), uint32(SPARE));
    }

    function _convict(ITrials.Trial memory trial, bool kills) private {
        bytes memory input = _convictCall(trial);
        vm.expectEmit(true, true, true, true, address(demands));
        emit ITrials.TrialEnded(_idOf(trial), kills, WATCHER);
        vm.prank(STRANGER);
        _do(input);
        check(_status(target) == IArenaTypes.AssertionStatus.Killed, "the assertion is dead");
        checkEqual(demands.defencesOf(_idOf(trial)), 0, "the trial is over");
        checkEqual(_openDemands(target), 0, "nothing is open");
    }

    function _openFails(
        ICourt.Proof memory proof,
        ICourt.Trace memory trace,
        uint8 seat,
        bytes4 expected,
        string memory rule
    ) private {
        bytes memory input = abi.encodeCall(demands.openTrial, (target, proof, trace, seat));
        _refused(WATCHER, input, expected, rule);
    }

    function _pickFails(Argument memory argument, ITrials.Part memory part, bytes4 expected, string memory rule)
        private
    {
        bytes memory input = abi.encodeCall(demands.pickPart, (argument.id, argument.trial, argument.defence, part));
        _refused(WATCHER, input, expected, rule);
    }

    function _levelled(Argument memory argument, Registers memory ending) private view returns (bytes memory) {
        TrialId id = argument.defence.trial;
        MachineHash[] memory states = new MachineHash[](63);
        return abi.encodeCall(demands.defend, (id, argument.trial, argument.defence.height, ending.given(), states));
    }

    function _accepted(bytes memory input) private {
        vm.prank(ASSERTER);
        _do(input);
    }

    function _allRefused(Argument memory other, ITrials.Part memory part, bytes4 expected) private {
        (DefenceId id, ITrials.Trial memory trial, ITrials.Defence memory defence) =
            (other.id, other.trial, other.defence);
        bytes memory input = abi.encodeCall(demands.pickPart, (id, trial, defence, part));
        _refused(WATCHER, input, expected, "no pick");
        IMachine.State memory state;
        input = abi.encodeCall(demands.judgeStep, (id, trial, defence, part, state, Program.step()));
        _refused(WATCHER, input, expected, "no judgement");
        input = abi.encodeCall(demands.cutPart, (id, trial, defence, new MachineHash[](63)));
        _refused(ASSERTER, input, expected, "no cut");
        _refused(STRANGER, _failCall(other), expected, "no failure");
        _refused(STRANGER, _acquitCall(other), expected, "no acquittal");
    }

    /// @dev The trial with one bit of a field changed.
    function _changed(ITrials.Trial memory trial, uint256 field) private pure returns (ITrials.Trial memory other) {
        other = abi.decode(abi.encode(trial), (ITrials.Trial));
        assembly ("memory-safe") {
            let word := add(other, mul(32, field))
            mstore(word, xor(mload(word), 1))
        }
    }

    function _changedDefence(ITrials.Defence memory defence, uint256 field)
        private
        pure
        returns (ITrials.Defence memory other)
    {
        other = abi.decode(abi.encode(defence), (ITrials.Defence));
        assembly ("memory-safe") {
            let word := add(other, mul(32, field))
            mstore(word, xor(mload(word), 1))
        }
    }
}
