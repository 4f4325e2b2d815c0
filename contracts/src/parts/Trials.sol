// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DemandsState} from "../demands/DemandsState.sol";
import {
    DefenceHash,
    DefenceId,
    MachineHash,
    Node,
    QuestionHash,
    RoundSeed,
    TraceRoot,
    TrialId
} from "../interfaces/HashTypes.sol";
import {IArenaTypes} from "../interfaces/IArenaTypes.sol";
import {ICourt} from "../interfaces/ICourt.sol";
import {IMachine} from "../interfaces/IMachine.sol";
import {ITrials} from "../interfaces/ITrials.sol";
import {Bytes} from "../libraries/Bytes.sol";
import {Clock} from "../libraries/Clock.sol";
import {Leaves} from "../libraries/Leaves.sol";
import {Plan, Schedule} from "../libraries/Schedule.sol";
import {Tree} from "../libraries/Tree.sol";

/// @title The part of the demands contract that serves trials.
/// @notice Called by itself, and not by the demands contract, it has a state of its own, which no arena knows.
/// @dev INVARIANT: the state that a part begins with was agreed on by both sides, and the one it ends with is the
/// defender's word.
contract Trials is DemandsState, ITrials {
    uint8 private constant QUESTION_TAG = 0x11;

    // A part is cut into 64 by what is between them.
    uint256 private constant LEVELS = 6;
    uint256 private constant STATES = 63;
    // The most instructions that a run may have are 64^6: six moves of either side, which `Clock` has time for.
    uint8 private constant HEIGHT_MAX = 6;
    uint8 private constant BONDS = 7;

    // What a program counter is once the machine has halted.
    uint256 private constant EXITED = 1;
    uint256 private constant TRAPPED = 3;

    uint256 private constant COUNT_BITS = 128;

    /// @inheritdoc ITrials
    IMachine public immutable machine;

    /// @param machine_ The machine, with the image that it runs.
    constructor(IMachine machine_) {
        machine = machine_;
    }

    /// @inheritdoc ITrials
    function openTrial(
        ICourt.Target calldata target,
        ICourt.Proof calldata matchProof,
        ICourt.Trace calldata trace,
        uint8 seat
    ) external returns (TrialId id) {
        // The call comes before the trial is kept, since what it returns is a part of it; a false arena that calls back
        // finds nothing of it yet.
        // slither-disable-next-line reentrancy-benign,reentrancy-events: as said above.
        IArenaTypes.Demanded memory facts = target.arena
            .openDemand(
                target.league, target.round, target.assertion, uint8(ICourt.RoundTree.Matches), msg.sender, BONDS
            );
        if (seat >= facts.seats) revert NoSuchSeat(seat, facts.seats);
        Trial memory trial = Trial({
            arena: target.arena,
            league: target.league,
            round: target.round,
            assertion: target.assertion,
            challenger: msg.sender,
            matchIndex: matchProof.index,
            seat: seat,
            question: _question(facts, matchProof, trace, seat),
            bonds: BONDS,
            openedAt: uint64(block.number),
            moveBlocks: facts.demandBlocks
        });
        id = TrialId.wrap(keccak256(abi.encode(trial)));
        if (defencesOf[id] != 0) revert TrialOpen(id);
        defencesOf[id] = 1;
        emit TrialOpened(id, trial.arena, trial, trace);
    }

    /// @inheritdoc ITrials
    function defend(
        TrialId trialId,
        Trial calldata trial,
        uint8 levels,
        IMachine.State calldata ending,
        MachineHash[] calldata states
    ) external returns (DefenceId id) {
        uint256 word = _requireTrial(trialId, trial);
        uint32 spare = Clock.spare(trial.moveBlocks);
        Defence memory defence = Defence({
            trial: trialId,
            defender: msg.sender,
            number: uint32(word >> COUNT_BITS),
            height: levels,
            position: 0,
            first: machine.start(trial.question),
            last: _requireStanding(levels, ending),
            cut: Node.wrap(0),
            movedAt: uint64(block.number),
            challengerLeft: spare,
            defenderLeft: Clock.leftAfterMove(trial.openedAt, trial.moveBlocks, spare)
        });
        defence.cut = _cut(states, defence.last);
        id = DefenceId.wrap(keccak256(abi.encode(defence)));
        defencesOf[trialId] = word + (1 << COUNT_BITS) + 1;
        defenceOf[id] = DefenceHash.wrap(DefenceId.unwrap(id));
        emit Defended(id, trialId, defence, Tree.wordsOf(_nodes(states)));
    }

    /// @inheritdoc ITrials
    function pickPart(DefenceId id, Trial calldata trial, Defence calldata given, Part calldata part) external {
        Defence memory defence = _challenged(id, trial, given);
        if (defence.height == 1) revert WrongHeight(defence.height);
        (defence.first, defence.last) = _ends(defence, part);
        defence.height -= 1;
        defence.position = (defence.position << uint64(LEVELS)) | part.index;
        defence.cut = Node.wrap(0);
        _store(id, defence);
        emit PartPicked(id, part.index, defence.first, defence.last, defence.challengerLeft);
    }

    /// @inheritdoc ITrials
    function judgeStep(
        DefenceId id,
        Trial calldata trial,
        Defence calldata given,
        Part calldata part,
        IMachine.State calldata state,
        IMachine.Step calldata step
    ) external {
        Defence memory defence = _challenged(id, trial, given);
        if (defence.height != 1) revert WrongHeight(defence.height);
        (MachineHash first, MachineHash last) = _ends(defence, part);
        // slither-disable-next-line unused-return: only the digest says that it is this state.
        (MachineHash received,,) = machine.look(state);
        if (MachineHash.unwrap(received) != MachineHash.unwrap(first)) revert StateMismatch(received, first);
        if (MachineHash.unwrap(machine.next(state, step)) == MachineHash.unwrap(last)) revert NothingFalse(last);
        _fail(id, defence.trial, true);
    }

    /// @inheritdoc ITrials
    function cutPart(DefenceId id, Trial calldata trial, Defence calldata given, MachineHash[] calldata states)
        external
    {
        Defence memory defence = _current(id, trial, given);
        if (_isCut(defence)) revert MoveNotDue(true);
        if (msg.sender != defence.defender) revert NotYourMove(msg.sender, defence.defender);
        defence.defenderLeft = Clock.leftAfterMove(defence.movedAt, trial.moveBlocks, defence.defenderLeft);
        defence.cut = _cut(states, defence.last);
        _store(id, defence);
        emit PartCut(id, defence.defenderLeft, Tree.wordsOf(_nodes(states)));
    }

    /// @inheritdoc ITrials
    function failDefence(DefenceId id, Trial calldata trial, Defence calldata given) external {
        Defence memory defence = _current(id, trial, given);
        if (_isCut(defence)) revert MoveNotDue(true);
        Clock.requireOver(defence.movedAt, trial.moveBlocks, defence.defenderLeft);
        _fail(id, defence.trial, false);
    }

    /// @inheritdoc ITrials
    function acquit(DefenceId id, Trial calldata trial, Defence calldata given) external {
        Defence memory defence = _current(id, trial, given);
        if (!_isCut(defence)) revert MoveNotDue(false);
        Clock.requireOver(defence.movedAt, trial.moveBlocks, defence.challengerLeft);
        defenceOf[id] = DefenceHash.wrap(0);
        _end(defence.trial, trial, false, defence.defender);
    }

    /// @inheritdoc ITrials
    function convict(TrialId trialId, Trial calldata trial) external {
        uint256 standingCount = uint128(_requireTrial(trialId, trial)) - 1;
        bool standing = trial.arena.isStanding(trial.league, trial.round, trial.assertion);
        if (standing) {
            if (standingCount != 0) revert DefencesStand(standingCount);
            Clock.requireOver(trial.openedAt, trial.moveBlocks, Clock.spare(trial.moveBlocks));
        }
        _end(trialId, trial, standing, trial.challenger);
        if (standing) trial.arena.kill(trial.league, trial.round, trial.assertion, trial.challenger);
    }

    /// @dev What the image is asked about a seat in a match, once the match and its trace are proven.
    function _question(
        IArenaTypes.Demanded memory facts,
        ICourt.Proof calldata matchProof,
        ICourt.Trace calldata trace,
        uint8 seat
    ) private view returns (QuestionHash) {
        uint256 count = Schedule.matchCount(
            Plan({
                seatCount: facts.seats,
                matchesPerRound: facts.matchesPerRound,
                entryCount: facts.entryCount,
                roundSeed: RoundSeed.wrap(0)
            })
        );
        Tree.requireLeaf(facts.root, count, matchProof.index, matchProof.leaf, matchProof.path);
        TraceRoot expected = Leaves.traceRootOf(matchProof.leaf, facts.seats);
        TraceRoot received = TraceRoot.wrap(
            Bytes.hash(abi.encodePacked(uint8(0x02), trace.matchId, Bytes.swap32(trace.leafCount), trace.treeRoot))
        );
        // A match that was not played has a root of zeros, which nothing hashes to.
        if (TraceRoot.unwrap(received) != TraceRoot.unwrap(expected)) {
            revert ICourt.TraceRootMismatch(received, expected);
        }
        if (trace.leafCount == 0) revert EmptyTrace();
        return QuestionHash.wrap(
            Bytes.hash(abi.encodePacked(QUESTION_TAG, trace.matchId, expected, Bytes.swap32(trace.leafCount - 1), seat))
        );
    }

    /// @dev The digest of the state that a run ends in, if the image does not call the trace false in it. A machine
    /// that was trapped is no verdict, nor is a run that is too long.
    function _requireStanding(uint8 levels, IMachine.State calldata ending) private view returns (MachineHash digest) {
        uint256 pc;
        uint32 code;
        (digest, pc, code) = machine.look(ending);
        bool over = pc == TRAPPED || (pc == EXITED && code == 0);
        bool tooLong = levels == HEIGHT_MAX && pc != EXITED;
        if (levels == 0 || levels > HEIGHT_MAX || !(over || tooLong)) revert NoDefence(levels, pc, code);
    }

    /// @dev The root over the ends of the 64 parts, of which the last is the end of the whole. Nothing but zeros has the
    /// root 0, which says that a cut is due, and no state has the digest 0.
    function _cut(MachineHash[] calldata states, MachineHash last) private view returns (Node root) {
        if (states.length != STATES) revert StateCountMismatch(states.length, STATES);
        Node[] memory nodes = Tree.pad(_nodes(states), LEVELS);
        nodes[STATES] = Node.wrap(MachineHash.unwrap(last));
        root = Tree.fold(nodes);
        // slither-disable-next-line incorrect-equality: a hash, 0 where all is 0.
        if (Node.unwrap(root) == 0) revert EmptyCut();
    }

    /// @dev States as the leaves of the tree over them.
    function _nodes(MachineHash[] calldata states) private pure returns (Node[] calldata nodes) {
        assembly ("memory-safe") {
            nodes.offset := states.offset
            nodes.length := states.length
        }
    }

    /// @dev The states that a part begins and ends with.
    function _ends(Defence memory defence, Part calldata part)
        private
        view
        returns (MachineHash first, MachineHash last)
    {
        if (part.index > STATES) revert Tree.PositionOutOfRange(part.index, STATES + 1);
        _requireEnd(defence.cut, part.index, part.last);
        last = MachineHash.wrap(part.last.word);
        if (part.index == 0) return (defence.first, last);
        _requireEnd(defence.cut, part.index - 1, part.first);
        first = MachineHash.wrap(part.first.word);
    }

    function _requireEnd(Node root, uint256 index, IMachine.WordProof calldata proof) private view {
        if (proof.path.length != LEVELS) revert Tree.PathLengthMismatch(proof.path.length, LEVELS);
        Node received = Tree.climb(Node.wrap(proof.word), index, Tree.nodesOf(proof.path));
        if (Node.unwrap(received) != Node.unwrap(root)) revert Tree.RootMismatch(received, root);
    }

    /// @dev The word of an open trial; reverts unless it is this one.
    function _requireTrial(TrialId trialId, Trial calldata trial) private view returns (uint256 word) {
        word = defencesOf[trialId];
        if (word == 0 || keccak256(abi.encode(trial)) != TrialId.unwrap(trialId)) revert NoTrial(trialId);
    }

    /// @dev A defence of an open trial; reverts unless both are as given.
    function _current(DefenceId id, Trial calldata trial, Defence calldata given)
        private
        view
        returns (Defence memory defence)
    {
        defence = given;
        DefenceHash received = DefenceHash.wrap(keccak256(abi.encode(defence)));
        DefenceHash expected = defenceOf[id];
        if (DefenceHash.unwrap(received) != DefenceHash.unwrap(expected)) revert DefenceMismatch(received, expected);
        _requireTrial(defence.trial, trial);
    }

    /// @dev A defence that waits for its challenger, who is moving now, in time.
    function _challenged(DefenceId id, Trial calldata trial, Defence calldata given)
        private
        view
        returns (Defence memory defence)
    {
        defence = _current(id, trial, given);
        if (!_isCut(defence)) revert MoveNotDue(false);
        if (msg.sender != trial.challenger) revert NotYourMove(msg.sender, trial.challenger);
        defence.challengerLeft = Clock.leftAfterMove(defence.movedAt, trial.moveBlocks, defence.challengerLeft);
    }

    /// @dev Whether it is the challenger that is to move.
    function _isCut(Defence memory defence) private pure returns (bool) {
        return Node.unwrap(defence.cut) != 0;
    }

    function _store(DefenceId id, Defence memory defence) private {
        defence.movedAt = uint64(block.number);
        defenceOf[id] = DefenceHash.wrap(keccak256(abi.encode(defence)));
    }

    function _fail(DefenceId id, TrialId trialId, bool judged) private {
        defenceOf[id] = DefenceHash.wrap(0);
        defencesOf[trialId] -= 1;
        emit DefenceFailed(id, trialId, judged);
    }

    function _end(TrialId trialId, Trial calldata trial, bool convicted, address payee) private {
        delete defencesOf[trialId];
        emit TrialEnded(trialId, convicted, payee);
        trial.arena.settleDemand(trial.league, trial.round, trial.assertion, payee, trial.bonds, true);
    }
}
