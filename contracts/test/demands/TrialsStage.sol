// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DefenceId, MachineHash, MatchId, Node, QuestionHash, TrialId} from "../../src/interfaces/HashTypes.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {IMachine} from "../../src/interfaces/IMachine.sol";
import {ITrials} from "../../src/interfaces/ITrials.sol";
import {Bytes} from "../../src/libraries/Bytes.sol";
import {Forest} from "../court/Forest.sol";
import {Registers} from "../machine/States.sol";
import {DemandsStage, Story} from "./DemandsStage.sol";
import {Program} from "./Program.sol";

/// @notice A defence, and what its defender says: the truth for the steps before `from`, and of all others that the
/// program ended there and let the trace stand.
struct Argument {
    DefenceId id;
    ITrials.Trial trial;
    ITrials.Defence defence;
    uint256 from;
}

/// @title Trials of the one seat of the one match that was played, over a program of some two hundred steps.
/// @dev What trials and defences become is computed here once more.
abstract contract TrialsStage is DemandsStage {
    uint128 internal constant BONDS = 7 * DEMAND_BOND;
    uint256 internal constant NEVER = type(uint256).max;
    uint256 private constant TRACE_LEAVES = 4;

    function _image() internal pure override returns (bytes memory) {
        return Program.image();
    }

    // Stories

    /// @dev A story whose trace the image calls false, or not.
    function _tellOf(bool isFalse) internal pure returns (Story memory story) {
        story = _tell(TRACE_LEAVES);
        for (uint256 salt = 0; salt == 0 || _isFalse(_question(story)) != isFalse; ++salt) {
            story.matchId = MatchId.wrap(keccak256(abi.encode("match", salt)));
            _setTrace(story, story.leaves[3]);
        }
    }

    function _isFalse(QuestionHash question) internal pure returns (bool) {
        return uint8(QuestionHash.unwrap(question)[0]) % 2 == 1;
    }

    /// @dev What the image is asked about seat 0 in the match that was played.
    function _question(Story memory story) internal pure returns (QuestionHash) {
        bytes32 root = sha256(_tracePreimage(story));
        uint32 count = uint32(story.leaves[3].length);
        return
            QuestionHash.wrap(sha256(abi.encodePacked(hex"11", story.matchId, root, Bytes.swap32(count - 1), uint8(0))));
    }

    // Trials

    function _openCall(ICourt.Target memory target, Story memory story) internal view returns (bytes memory) {
        return abi.encodeCall(demands.openTrial, (target, _leafProof(story, 1, PLAYED), _trace(story), 0));
    }

    function _openTrial(ICourt.Target memory target, Story memory story) internal returns (ITrials.Trial memory trial) {
        bytes memory input = _openCall(target, story);
        vm.prank(WATCHER);
        TrialId id = abi.decode(_do(input), (TrialId));
        trial = _opened(target, story);
        checkEqual(TrialId.unwrap(id), TrialId.unwrap(_idOf(trial)), "a trial's id is its digest");
        checkEqual(demands.defencesOf(id), 1, "it is open, without defences");
    }

    /// @dev A trial that is opened now.
    function _opened(ICourt.Target memory target, Story memory story)
        internal
        view
        returns (ITrials.Trial memory trial)
    {
        trial.arena = target.arena;
        (trial.league, trial.round, trial.assertion) = (target.league, target.round, target.assertion);
        (trial.challenger, trial.matchIndex, trial.seat) = (WATCHER, PLAYED, 0);
        (trial.question, trial.bonds) = (_question(story), 7);
        (trial.openedAt, trial.moveBlocks) = (uint64(vm.getBlockNumber()), uint32(MOVE));
    }

    function _idOf(ITrials.Trial memory trial) internal pure returns (TrialId) {
        return TrialId.wrap(keccak256(abi.encode(trial)));
    }

    // Defences

    /// @dev What the defender says of a step.
    function _saidAt(QuestionHash question, uint256 from, uint256 step) internal pure returns (Registers memory state) {
        if (step < from) return Program.stateAt(question, step);
        state = Program.stateAt(question, Program.LENGTH);
        state.x[10] = 0;
    }

    /// @dev The states that 64 parts end with.
    function _ends(Argument memory argument) internal pure returns (MachineHash[] memory ends) {
        ends = new MachineHash[](64);
        uint256 size = 1 << (6 * (argument.defence.height - 1));
        uint256 first = argument.defence.position * 64;
        for (uint256 i = 0; i < 64; ++i) {
            ends[i] = _saidAt(argument.trial.question, argument.from, (first + i + 1) * size).digest();
        }
    }

    /// @dev Ends as the leaves of the tree over them.
    function _leaves(MachineHash[] memory ends) internal pure returns (Node[] memory leaves) {
        assembly ("memory-safe") {
            leaves := ends
        }
    }

    function _rootOf(MachineHash[] memory ends) internal pure returns (Node) {
        return Forest.rootOf(_leaves(ends));
    }

    function _endProof(MachineHash[] memory ends, uint256 index) internal pure returns (IMachine.WordProof memory) {
        Node[] memory path = Forest.pathOf(_leaves(ends), 0, index);
        return IMachine.WordProof(MachineHash.unwrap(ends[index]), Forest.wordsOf(path));
    }

    /// @dev What is between them: all but the last.
    function _between(Argument memory argument) internal pure returns (MachineHash[] memory states) {
        states = _ends(argument);
        assembly ("memory-safe") {
            mstore(states, 63)
        }
    }

    function _ending(Argument memory argument) internal pure returns (IMachine.State memory) {
        uint256 end = 1 << (6 * argument.defence.height);
        return _saidAt(argument.trial.question, argument.from, end).given();
    }

    /// @dev A defence as it begins.
    function _argue(ITrials.Trial memory trial, address defender, uint8 levels, uint256 from)
        internal
        view
        returns (Argument memory argument)
    {
        (argument.trial, argument.from) = (trial, from);
        ITrials.Defence memory defence = argument.defence;
        (defence.trial, defence.defender, defence.height) = (_idOf(trial), defender, levels);
        defence.number = uint32(demands.defencesOf(defence.trial) >> 128);
        defence.first = Program.stateAt(trial.question, 0).digest();
        defence.movedAt = uint64(vm.getBlockNumber());
        (defence.challengerLeft, defence.defenderLeft) = (uint32(SPARE), uint32(SPARE));
        // A run that is longer than any is no defence of this stage, so of another height nothing is computed.
        if (levels == 0 || levels > 6) return argument;
        MachineHash[] memory ends = _ends(argument);
        (defence.last, defence.cut) = (ends[63], _rootOf(ends));
    }

    function _defendCall(Argument memory argument) internal view returns (bytes memory) {
        return abi.encodeCall(
            demands.defend,
            (argument.defence.trial, argument.trial, argument.defence.height, _ending(argument), _between(argument))
        );
    }

    function _defend(ITrials.Trial memory trial, address defender, uint8 levels, uint256 from)
        internal
        returns (Argument memory argument)
    {
        argument = _argue(trial, defender, levels, from);
        argument.defence.defenderLeft = _left(trial.openedAt, uint32(SPARE));
        bytes memory input = _defendCall(argument);
        vm.prank(defender);
        argument.id = abi.decode(_do(input), (DefenceId));
        checkEqual(
            DefenceId.unwrap(argument.id),
            keccak256(abi.encode(argument.defence)),
            "a defence's id is the digest of its first state"
        );
        _checkDefence(argument);
    }

    function _partOf(Argument memory argument, uint256 index) internal pure returns (ITrials.Part memory part) {
        MachineHash[] memory ends = _ends(argument);
        part.index = uint8(index);
        part.last = _endProof(ends, index);
        if (index != 0) part.first = _endProof(ends, index - 1);
    }

    function _pickPartCall(Argument memory argument, uint256 index) internal view returns (bytes memory) {
        ITrials.Part memory part = _partOf(argument, index);
        return abi.encodeCall(demands.pickPart, (argument.id, argument.trial, argument.defence, part));
    }

    function _pickPart(Argument memory argument, uint256 index) internal {
        bytes memory input = _pickPartCall(argument, index);
        vm.prank(argument.trial.challenger);
        _do(input);
        _picked(argument, index);
        _checkDefence(argument);
    }

    /// @dev What a defence becomes once a part is picked now.
    function _picked(Argument memory argument, uint256 index) internal view {
        ITrials.Part memory part = _partOf(argument, index);
        ITrials.Defence memory defence = argument.defence;
        if (index != 0) defence.first = MachineHash.wrap(part.first.word);
        (defence.last, defence.cut) = (MachineHash.wrap(part.last.word), Node.wrap(0));
        defence.height -= 1;
        defence.position = defence.position * 64 + uint64(index);
        defence.challengerLeft = _left(defence.movedAt, defence.challengerLeft);
        defence.movedAt = uint64(vm.getBlockNumber());
    }

    function _cutPartCall(Argument memory argument) internal view returns (bytes memory) {
        return abi.encodeCall(demands.cutPart, (argument.id, argument.trial, argument.defence, _between(argument)));
    }

    function _cutPart(Argument memory argument) internal {
        bytes memory input = _cutPartCall(argument);
        vm.prank(argument.defence.defender);
        _do(input);
        _cut(argument);
        _checkDefence(argument);
    }

    /// @dev What it becomes once the part is cut now.
    function _cut(Argument memory argument) internal view {
        ITrials.Defence memory defence = argument.defence;
        defence.cut = _rootOf(_ends(argument));
        defence.defenderLeft = _left(defence.movedAt, defence.defenderLeft);
        defence.movedAt = uint64(vm.getBlockNumber());
    }

    /// @dev The call that shows where the instruction leads that the part is.
    function _judgeCall(Argument memory argument, uint256 index) internal view returns (bytes memory) {
        uint256 step = argument.defence.position * 64 + index;
        IMachine.State memory state = Program.stateAt(argument.trial.question, step).given();
        ITrials.Part memory part = _partOf(argument, index);
        return
            abi.encodeCall(
                demands.judgeStep, (argument.id, argument.trial, argument.defence, part, state, Program.step())
            );
    }

    function _failCall(Argument memory argument) internal view returns (bytes memory) {
        return abi.encodeCall(demands.failDefence, (argument.id, argument.trial, argument.defence));
    }

    function _acquitCall(Argument memory argument) internal view returns (bytes memory) {
        return abi.encodeCall(demands.acquit, (argument.id, argument.trial, argument.defence));
    }

    function _convictCall(ITrials.Trial memory trial) internal view returns (bytes memory) {
        return abi.encodeCall(demands.convict, (_idOf(trial), trial));
    }

    /// @dev The first of the 64 parts that ends otherwise than the program runs; 64 where none does.
    function _firstFalse(Argument memory argument) internal pure returns (uint256 index) {
        uint256 size = 1 << (6 * (argument.defence.height - 1));
        uint256 first = argument.defence.position * 64;
        while (index < 64 && (first + index + 1) * size < argument.from) ++index;
    }

    // Checks

    /// @dev Whether it is the challenger that is to move.
    function _isCut(ITrials.Defence memory defence) internal pure returns (bool) {
        return Node.unwrap(defence.cut) != 0;
    }

    function _checkDefence(Argument memory argument) internal view {
        bytes32 expected = keccak256(abi.encode(argument.defence));
        checkEqual(demands.defenceOf(argument.id), expected, "the defence is in this state");
    }

    function _standing(ITrials.Trial memory trial) internal view returns (uint256) {
        return uint128(demands.defencesOf(_idOf(trial))) - 1;
    }
}
