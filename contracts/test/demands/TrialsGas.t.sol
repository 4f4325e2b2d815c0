// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DefenceId} from "../../src/interfaces/HashTypes.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {ITrials} from "../../src/interfaces/ITrials.sol";
import {Story} from "./DemandsStage.sol";
import {Argument, TrialsStage} from "./TrialsStage.sol";

/// @title What the moves of a trial cost.
/// @dev Isolated and measured as those of demands are. The program is short and uses no memory, so a step is judged by
/// one path of code; `crates/chain` has the dearest steps of real programs.
contract TrialsGasTest is TrialsStage {
    /// forge-config: default.isolate = true
    function test_gas_ofATrialThatIsWon() external {
        Argument memory argument = _measureToTheInstruction(true, 3, 150);
        _measure("judge", WATCHER, _judgeCall(argument, _firstFalse(argument)));
        _pass(MOVE + SPARE + 1);
        _measure("convict", STRANGER, _convictCall(argument.trial));
        check(!arena.isStanding(league, round, argument.trial.assertion), "it is dead");
    }

    /// forge-config: default.isolate = true
    function test_gas_ofATrialThatIsLost() external {
        Argument memory argument = _measureToTheInstruction(false, 3, NEVER);
        _pass(MOVE + SPARE + 1);
        _measure("acquit", STRANGER, _acquitCall(argument));
        checkEqual(arena.balanceOf(ANSWERER), 1 + BONDS, "the defender is paid");
    }

    /// forge-config: default.isolate = true
    function test_gas_ofASilentDefender() external {
        Argument memory argument = _measureToTheDefence(false, 2, NEVER);
        bytes memory input = _pickPartCall(argument, 9);
        _measure("pick", WATCHER, input);
        _picked(argument, 9);
        _pass(MOVE + SPARE + 1);
        _measure("fail", STRANGER, _failCall(argument));
        checkEqual(demands.defenceOf(argument.id), 0, "the defence is over");
    }

    function _measureToTheDefence(bool isFalse, uint8 levels, uint256 from) private returns (Argument memory argument) {
        Story memory story = _tellOf(isFalse);
        ICourt.Target memory target = _assertStory(story);
        _measure("open", WATCHER, _openCall(target, story));
        ITrials.Trial memory trial = _opened(target, story);
        argument = _argue(trial, ANSWERER, levels, from);
        _measure("defend", ANSWERER, _defendCall(argument));
        argument.id = DefenceId.wrap(keccak256(abi.encode(argument.defence)));
    }

    /// @dev Both sides go on, the challenger fairly where there is a lie, until the part is one instruction.
    function _measureToTheInstruction(bool isFalse, uint8 levels, uint256 from)
        private
        returns (Argument memory argument)
    {
        argument = _measureToTheDefence(isFalse, levels, from);
        while (argument.defence.height > 1) {
            uint256 index = _firstFalse(argument) % 64;
            bytes memory input = _pickPartCall(argument, index);
            _measure("pick", WATCHER, input);
            _picked(argument, index);
            input = _cutPartCall(argument);
            _measure("cut", ANSWERER, input);
            _cut(argument);
        }
    }
}
