// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DefenceHash, TrialId} from "../../src/interfaces/HashTypes.sol";
import {IArena} from "../../src/interfaces/IArena.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {ITrials} from "../../src/interfaces/ITrials.sol";
import {Argument, TrialsStage} from "./TrialsStage.sol";

/// @title Challengers, defenders and strangers who open, defend, go on and meddle as the fuzzer tells them.
/// @notice One assertion is right, and each trial of it is defended with the truth, in time; the other is not. What must
/// hold of a single action is checked in it and remembered in `broken`, because a revert would undo the evidence.
contract TrialsHandler is TrialsStage {
    address private constant MEDDLER = address(0x3edd);

    /// @notice The rules that were seen broken.
    string[] public broken;
    /// @notice The trials that are open.
    uint256 public openCount;

    ICourt.Target public right;
    ICourt.Target public wrong;
    uint256 public postedAt;
    ITrials.Trial[] private _trials;
    Argument[] private _running;

    function setUp() public override {
        super.setUp();
        right = _assertStory(_tellOf(false));
        wrong = _assertStory(_tellOf(true));
        postedAt = vm.getBlockNumber();
    }

    function theArena() external view returns (IArena) {
        return arena;
    }

    function theDemands() external view returns (address) {
        return address(demands);
    }

    function theRound() external view returns (uint32) {
        return round;
    }

    /// @notice Everybody who can have an account.
    function account(uint256 index) external view returns (address) {
        if (index < 2) return _owner(index);
        return [ASSERTER, STRANGER, WATCHER, ANSWERER, MEDDLER, address(demands), address(this)][index - 2];
    }

    function brokenCount() external view returns (uint256) {
        return broken.length;
    }

    /// @notice Whether each defence that stands is in the state that its own sides brought it to.
    function areAsArgued() external view returns (bool) {
        for (uint256 i = 0; i < _running.length; ++i) {
            bytes32 expected = keccak256(abi.encode(_running[i].defence));
            if (DefenceHash.unwrap(demands.defenceOf(_running[i].id)) != expected) return false;
        }
        return true;
    }

    // Actions

    /// @dev Whoever defends the truth does so at once.
    function open(bool isFalse) external {
        ITrials.Trial memory trial = _openTrial(isFalse ? wrong : right, _tellOf(isFalse));
        _note(vm.getBlockNumber() <= postedAt + WINDOW, "trials open in the window");
        ++openCount;
        _trials.push(trial);
        if (!isFalse) _running.push(_defend(trial, ANSWERER, 2, NEVER));
    }

    /// @dev A defence that lies somewhere, also by the challenger against itself.
    function defend(uint256 index, uint256 who, uint256 from) external {
        ITrials.Trial memory trial = _trials[index % _trials.length];
        address defender = [STRANGER, ASSERTER, WATCHER][who % 3];
        _running.push(_defend(trial, defender, 2, 1 + from % 204));
    }

    function pickPart(uint256 index, uint256 part, bool isFair) external {
        index = _waiting(index, true);
        _pickAt(index, isFair ? _firstFalse(_running[index]) % 64 : part % 64);
    }

    function cutPart(uint256 index) external {
        _cutAt(_waiting(index, false));
    }

    function judgeStep(uint256 index, uint256 part, bool isFair) external {
        index = index % _running.length;
        Argument memory argument = _running[index];
        part = isFair ? _firstFalse(argument) % 64 : part % 64;
        bytes memory input = _judgeCall(argument, part);
        vm.prank(argument.trial.challenger);
        _do(input);
        _note(part == _firstFalse(argument), "only the first lie is one instruction's");
        _failed(index);
    }

    /// @dev Both sides go on until the instruction that is in question.
    function argueOut(uint256 index) external {
        index = index % _running.length;
        for (uint256 moves = 0; moves < 3; ++moves) {
            Argument memory argument = _running[index];
            if (!_isCut(argument.defence)) _cutAt(index);
            else if (argument.defence.height > 1) _pickAt(index, _firstFalse(argument) % 64);
        }
        if (_running[index].defence.defender != ANSWERER) this.judgeStep(index, 0, true);
    }

    /// @dev A defender that is silent until its defence fails; seldom, as the window is over then.
    function silence(uint256 index) external {
        if (index % 2 != 0) revert("not now");
        index = _waiting(index / 2, true);
        for (uint256 i = 0; _running[index].defence.defender == ANSWERER && i < _running.length; ++i) {
            index = _waiting(index + 1, true);
        }
        if (_running[index].defence.height == 1) revert("nothing to pick");
        if (_running[index].defence.defender == ANSWERER) revert("it is never silent");
        _pickAt(index, 0);
        // From here on nothing may revert, for a revert does not turn the clock back.
        this.pass(17);
        this.failDefence(index);
    }

    function failDefence(uint256 index) external {
        index = _waiting(index, false);
        _do(_failCall(_running[index]));
        _note(_isLate(_running[index].defence.movedAt, _running[index].defence.defenderLeft), "only silence fails");
        _failed(index);
    }

    /// @dev A challenger that is silent until its trial is lost.
    function neglect(uint256 index) external {
        if (index % 2 != 0) revert("not now");
        index = _waiting(index / 2, true);
        this.pass(17);
        this.acquit(index);
    }

    function acquit(uint256 index) external {
        Argument memory argument = _running[_waiting(index, true)];
        uint128 before = arena.balanceOf(argument.defence.defender);
        _do(_acquitCall(argument));
        _note(_isLate(argument.defence.movedAt, argument.defence.challengerLeft), "only silence acquits");
        uint128 gained = arena.balanceOf(argument.defence.defender) - before;
        _note(gained == BONDS, "and pays whom it was silent to");
        _ended(argument.defence.trial);
    }

    /// @dev Where no defence stands, there is nothing to wait for but the time for one; seldom it is tried where one does.
    function convict(uint256 index) external {
        ITrials.Trial memory trial = _trials[index % _trials.length];
        uint256 standing = _standing(trial);
        if (standing == 0 || index % 4 == 0) this.pass(17);
        bool stood = arena.isStanding(league, round, trial.assertion);
        // What time brought must stay, so this does not revert.
        (bool done,) = address(demands).call(_convictCall(trial));
        if (!done) return;
        bool late = _isLate(trial.openedAt, uint32(SPARE));
        _note(!stood || (late && standing == 0), "nobody is convicted who is defended, or has time to be");
        _note(!arena.isStanding(league, round, trial.assertion), "what is convicted is dead");
        _ended(_idOf(trial));
    }

    /// @dev Whoever is no side of a defence makes a move of it: what only time allows is as good from anybody.
    function meddle(uint256 index, uint256 part) external {
        index = index % _running.length;
        Argument memory argument = _running[index];
        bytes[3] memory moves =
            [_pickPartCall(argument, part % 64), _judgeCall(argument, part % 64), _cutPartCall(argument)];
        for (uint256 i = 0; i < 3; ++i) {
            vm.prank(MEDDLER);
            (bool done,) = address(demands).call(moves[i]);
            _note(!done, "a move is its side's");
        }
    }

    /// @dev Time passes; before it is too late for the truth to go on, it does.
    function pass(uint256 blocks) external {
        for (blocks = blocks % 17 == 0 ? 17 : blocks % 6; blocks != 0; --blocks) {
            for (uint256 i = 0; i < _running.length; ++i) {
                ITrials.Defence memory due = _running[i].defence;
                bool last = vm.getBlockNumber() >= due.movedAt + MOVE + due.defenderLeft;
                if (due.defender == ANSWERER && !_isCut(due) && last) _cutAt(i);
            }
            _pass(1);
        }
    }

    function finalize() external {
        arena.finalize(league, round, right.assertion);
        _note(vm.getBlockNumber() > postedAt + WINDOW, "not within the window");
    }

    /// @dev A defence that waits for its challenger, or for its defender, from `index` on.
    function _waiting(uint256 index, bool forChallenger) private view returns (uint256 found) {
        for (uint256 i = 0; i < _running.length; ++i) {
            found = (index % _running.length + i) % _running.length;
            if (_isCut(_running[found].defence) == forChallenger) return found;
        }
        revert("none waits");
    }

    function _pickAt(uint256 index, uint256 part) private {
        Argument memory argument = _running[index];
        _pickPart(argument, part);
        _running[index] = argument;
    }

    function _cutAt(uint256 index) private {
        Argument memory argument = _running[index];
        _cutPart(argument);
        _running[index] = argument;
    }

    function _isLate(uint256 movedAt, uint256 left) private view returns (bool) {
        return vm.getBlockNumber() > movedAt + MOVE + left;
    }

    function _failed(uint256 index) private {
        _note(_running[index].defence.defender != ANSWERER, "the truth never fails");
        _note(DefenceHash.unwrap(demands.defenceOf(_running[index].id)) == 0, "what failed is over");
        _forget(index);
    }

    /// @dev With a trial its defences are over.
    function _ended(TrialId id) private {
        --openCount;
        for (uint256 i = _running.length; i != 0; --i) {
            if (TrialId.unwrap(_running[i - 1].defence.trial) == TrialId.unwrap(id)) _forget(i - 1);
        }
        for (uint256 i = 0; i < _trials.length; ++i) {
            if (TrialId.unwrap(_idOf(_trials[i])) != TrialId.unwrap(id)) continue;
            _trials[i] = _trials[_trials.length - 1];
            return _trials.pop();
        }
    }

    function _forget(uint256 index) private {
        _running[index] = _running[_running.length - 1];
        _running.pop();
    }

    function _note(bool holds, string memory rule) private {
        if (!holds) broken.push(rule);
    }
}
