// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DemandsState} from "../demands/DemandsState.sol";
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
    ) external returns (bytes32 id) {
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
        id = keccak256(abi.encode(trial));
        if (defencesOf[id] != 0) revert TrialOpen(id);
        defencesOf[id] = 1;
        emit TrialOpened(id, trial.arena, trial, trace);
    }

    /// @inheritdoc ITrials
    function defend(
        bytes32 trialId,
        Trial calldata trial,
        uint8 levels,
        IMachine.State calldata ending,
        bytes32[] calldata states
    ) external returns (bytes32 id) {
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
            cut: 0,
            movedAt: uint64(block.number),
            challengerLeft: spare,
            defenderLeft: Clock.leftAfterMove(trial.openedAt, trial.moveBlocks, spare)
        });
        defence.cut = _cut(states, defence.last);
        id = keccak256(abi.encode(defence));
        defencesOf[trialId] = word + (1 << COUNT_BITS) + 1;
        defenceOf[id] = id;
        emit Defended(id, trialId, defence, states);
    }

    /// @inheritdoc ITrials
    function pickPart(bytes32 id, Trial calldata trial, Defence calldata given, Part calldata part) external {
        Defence memory defence = _challenged(id, trial, given);
        if (defence.height == 1) revert WrongHeight(defence.height);
        (defence.first, defence.last) = _ends(defence, part);
        defence.height -= 1;
        defence.position = (defence.position << uint64(LEVELS)) | part.index;
        defence.cut = 0;
        _store(id, defence);
        emit PartPicked(id, part.index, defence.first, defence.last, defence.challengerLeft);
    }

    /// @inheritdoc ITrials
    function judgeStep(
        bytes32 id,
        Trial calldata trial,
        Defence calldata given,
        Part calldata part,
        IMachine.State calldata state,
        IMachine.Step calldata step
    ) external {
        Defence memory defence = _challenged(id, trial, given);
        if (defence.height != 1) revert WrongHeight(defence.height);
        (bytes32 first, bytes32 last) = _ends(defence, part);
        // slither-disable-next-line unused-return: only the digest says that it is this state.
        (bytes32 received,,) = machine.look(state);
        if (received != first) revert StateMismatch(received, first);
        if (machine.next(state, step) == last) revert NothingFalse(last);
        _fail(id, defence.trial, true);
    }

    /// @inheritdoc ITrials
    function cutPart(bytes32 id, Trial calldata trial, Defence calldata given, bytes32[] calldata states) external {
        Defence memory defence = _current(id, trial, given);
        if (defence.cut != 0) revert MoveNotDue(true);
        if (msg.sender != defence.defender) revert NotYourMove(msg.sender, defence.defender);
        defence.defenderLeft = Clock.leftAfterMove(defence.movedAt, trial.moveBlocks, defence.defenderLeft);
        defence.cut = _cut(states, defence.last);
        _store(id, defence);
        emit PartCut(id, defence.defenderLeft, states);
    }

    /// @inheritdoc ITrials
    function failDefence(bytes32 id, Trial calldata trial, Defence calldata given) external {
        Defence memory defence = _current(id, trial, given);
        if (defence.cut != 0) revert MoveNotDue(true);
        Clock.requireOver(defence.movedAt, trial.moveBlocks, defence.defenderLeft);
        _fail(id, defence.trial, false);
    }

    /// @inheritdoc ITrials
    function acquit(bytes32 id, Trial calldata trial, Defence calldata given) external {
        Defence memory defence = _current(id, trial, given);
        if (defence.cut == 0) revert MoveNotDue(false);
        Clock.requireOver(defence.movedAt, trial.moveBlocks, defence.challengerLeft);
        delete defenceOf[id];
        _end(defence.trial, trial, false, defence.defender);
    }

    /// @inheritdoc ITrials
    function convict(bytes32 trialId, Trial calldata trial) external {
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
    ) private view returns (bytes32) {
        uint256 count = Schedule.matchCount(
            Plan({
                seatCount: facts.seats,
                matchesPerRound: facts.matchesPerRound,
                entryCount: facts.entryCount,
                roundSeed: 0
            })
        );
        Tree.requireLeaf(facts.root, count, matchProof.index, matchProof.leaf, matchProof.path);
        bytes32 expected = Leaves.traceRootOf(matchProof.leaf, facts.seats);
        bytes32 received =
            Bytes.hash(abi.encodePacked(uint8(0x02), trace.matchId, Bytes.swap32(trace.leafCount), trace.treeRoot));
        // A match that was not played has a root of zeros, which nothing hashes to.
        if (received != expected) revert ICourt.TraceRootMismatch(received, expected);
        if (trace.leafCount == 0) revert EmptyTrace();
        return
            Bytes.hash(abi.encodePacked(QUESTION_TAG, trace.matchId, expected, Bytes.swap32(trace.leafCount - 1), seat));
    }

    /// @dev The digest of the state that a run ends in, if the image does not call the trace false in it. A machine
    /// that was trapped is no verdict, nor is a run that is too long.
    function _requireStanding(uint8 levels, IMachine.State calldata ending) private view returns (bytes32 digest) {
        uint256 pc;
        uint32 code;
        (digest, pc, code) = machine.look(ending);
        bool over = pc == TRAPPED || (pc == EXITED && code == 0);
        bool tooLong = levels == HEIGHT_MAX && pc != EXITED;
        if (levels == 0 || levels > HEIGHT_MAX || !(over || tooLong)) revert NoDefence(levels, pc, code);
    }

    /// @dev The root over the ends of the 64 parts, of which the last is the end of the whole. Nothing but zeros has the
    /// root 0, which says that a cut is due, and no state has the digest 0.
    function _cut(bytes32[] calldata states, bytes32 last) private view returns (bytes32 root) {
        if (states.length != STATES) revert StateCountMismatch(states.length, STATES);
        bytes32[] memory nodes = Tree.pad(states, LEVELS);
        nodes[STATES] = last;
        root = Tree.fold(nodes);
        // slither-disable-next-line incorrect-equality: a hash, 0 where all is 0.
        if (root == 0) revert EmptyCut();
    }

    /// @dev The states that a part begins and ends with.
    function _ends(Defence memory defence, Part calldata part) private view returns (bytes32 first, bytes32 last) {
        if (part.index > STATES) revert Tree.PositionOutOfRange(part.index, STATES + 1);
        _requireEnd(defence.cut, part.index, part.last);
        last = part.last.word;
        if (part.index == 0) return (defence.first, last);
        _requireEnd(defence.cut, part.index - 1, part.first);
        first = part.first.word;
    }

    function _requireEnd(bytes32 root, uint256 index, IMachine.WordProof calldata proof) private view {
        if (proof.path.length != LEVELS) revert Tree.PathLengthMismatch(proof.path.length, LEVELS);
        bytes32 received = Tree.climb(proof.word, index, proof.path);
        if (received != root) revert Tree.RootMismatch(received, root);
    }

    /// @dev The word of an open trial; reverts unless it is this one.
    function _requireTrial(bytes32 trialId, Trial calldata trial) private view returns (uint256 word) {
        word = defencesOf[trialId];
        if (word == 0 || keccak256(abi.encode(trial)) != trialId) revert NoTrial(trialId);
    }

    /// @dev A defence of an open trial; reverts unless both are as given.
    function _current(bytes32 id, Trial calldata trial, Defence calldata given)
        private
        view
        returns (Defence memory defence)
    {
        defence = given;
        bytes32 received = keccak256(abi.encode(defence));
        bytes32 expected = defenceOf[id];
        if (received != expected) revert DefenceMismatch(received, expected);
        _requireTrial(defence.trial, trial);
    }

    /// @dev A defence that waits for its challenger, who is moving now, in time.
    function _challenged(bytes32 id, Trial calldata trial, Defence calldata given)
        private
        view
        returns (Defence memory defence)
    {
        defence = _current(id, trial, given);
        if (defence.cut == 0) revert MoveNotDue(false);
        if (msg.sender != trial.challenger) revert NotYourMove(msg.sender, trial.challenger);
        defence.challengerLeft = Clock.leftAfterMove(defence.movedAt, trial.moveBlocks, defence.challengerLeft);
    }

    function _store(bytes32 id, Defence memory defence) private {
        defence.movedAt = uint64(block.number);
        defenceOf[id] = keccak256(abi.encode(defence));
    }

    function _fail(bytes32 id, bytes32 trialId, bool judged) private {
        delete defenceOf[id];
        defencesOf[trialId] -= 1;
        emit DefenceFailed(id, trialId, judged);
    }

    function _end(bytes32 trialId, Trial calldata trial, bool convicted, address payee) private {
        delete defencesOf[trialId];
        emit TrialEnded(trialId, convicted, payee);
        trial.arena.settleDemand(trial.league, trial.round, trial.assertion, payee, trial.bonds, true);
    }
}
