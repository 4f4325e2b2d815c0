// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DefenceHash, DefenceId, MachineHash, Node, QuestionHash, TrialId} from "./HashTypes.sol";
import {IArena} from "./IArena.sol";
import {LeagueId} from "./IArenaTypes.sol";
import {ICourt} from "./ICourt.sol";
import {IMachine} from "./IMachine.sol";

/// @title Trials of what a seat did in a match.
/// @notice A trace of which every step follows from the one before may still be of a match that the agents did not
/// play. What a seat does follows from its agent's code, and a program, the image, says for a trace and a seat whether
/// the rules come to it: it plays the whole match of that seat, its agent's code included, on `IMachine`. Nobody runs
/// it here; whoever says that an honest run of it ends otherwise is led to the one instruction that is in question.
///
/// A challenger opens a trial of one seat in one match, with demand bonds. Anyone may defend: with how long the run is,
/// the state that it ends in, in which the image does not call the trace false, and the 63 states that cut the run into
/// 64 parts. The challenger picks the first part whose end it does not believe; the defender cuts that into 64, and so
/// on, until the part is one instruction, which `IMachine` judges. A run has at most 64^6 instructions; a longer one is
/// no verdict against anybody, so a defender may say of it that it is not over.
///
/// Defences know nothing of each other, and each has clocks of its own, for both sides (`Clock`), that began when the
/// trial was opened. So a false defence takes nothing from an honest one, whoever makes it. A trial is lost by its
/// challenger where it lets one defence wait too long: the bonds go to that defender. It is won, and the assertion dies,
/// when the time to defend is over and no defence stands. An honest assertion has a defence that no challenger beats.
/// @dev The calls are those of the demands contract, which this is a part of: what a trial takes and pays is the bond of
/// a demand. INVARIANT: each open trial has one word of storage, each defence another.
interface ITrials {
    // Types

    /// @notice All that never changes of a trial. Its digest is its id.
    /// @param arena The arena, league, round and assertion that it is against.
    /// @param challenger Who opened it, and is paid if it is won.
    /// @param matchIndex The match, and the seat in it.
    /// @param question What the image is asked: `H(0x11, match id ‖ trace root ‖ step count ‖ seat)`.
    /// @param bonds The demand bonds held for it.
    /// @param openedAt The block in which it was opened.
    /// @param moveBlocks The league's `demandBlocks`.
    struct Trial {
        IArena arena;
        LeagueId league;
        uint32 round;
        uint32 assertion;
        address challenger;
        uint32 matchIndex;
        uint8 seat;
        QuestionHash question;
        uint8 bonds;
        uint64 openedAt;
        uint32 moveBlocks;
    }

    /// @notice All that is known of a defence.
    /// @param trial The trial's id.
    /// @param defender Who makes it.
    /// @param number Which defence of the trial it is, from 0.
    /// @param height The part in question has 64^height instructions.
    /// @param position Its position among those of its height.
    /// @param first The digest of the state that it begins with.
    /// @param last That of the state that it ends with.
    /// @param cut The root of the tree over the ends of its 64 parts; 0 while the defender is to give them.
    /// @param movedAt The block of the latest move.
    /// @param challengerLeft What the challenger has left to spare, in blocks.
    /// @param defenderLeft What the defender has left to spare, in blocks.
    struct Defence {
        TrialId trial;
        address defender;
        uint32 number;
        uint8 height;
        uint64 position;
        MachineHash first;
        MachineHash last;
        Node cut;
        uint64 movedAt;
        uint32 challengerLeft;
        uint32 defenderLeft;
    }

    /// @notice One of the 64 parts of what is in question.
    /// @param index Which one, from 0.
    /// @param first The digest of the state that it begins with, with its six siblings; for the first part, which
    /// begins with what is known, nothing.
    /// @param last That of the state that it ends with.
    struct Part {
        uint8 index;
        IMachine.WordProof first;
        IMachine.WordProof last;
    }

    // Events

    /// @notice A seat is on trial. With the trace, anybody has what the question is the hash of.
    event TrialOpened(TrialId indexed id, IArena indexed arena, Trial trial, ICourt.Trace trace);
    /// @notice A defence was made, with the states that cut the run.
    event Defended(DefenceId indexed id, TrialId indexed trial, Defence defence, bytes32[] states);
    /// @notice The challenger does not believe the end of this part.
    event PartPicked(DefenceId indexed id, uint8 index, MachineHash first, MachineHash last, uint32 challengerLeft);
    /// @notice The defender cut the part in question.
    event PartCut(DefenceId indexed id, uint32 defenderLeft, bytes32[] states);
    /// @notice The defence is over: an instruction leads to another state, or the defender was silent.
    event DefenceFailed(DefenceId indexed id, TrialId indexed trial, bool judged);
    /// @notice The trial is over.
    /// @param convicted Whether the assertion died of it.
    /// @param payee Who has the bonds.
    event TrialEnded(TrialId indexed id, bool convicted, address payee);

    // Errors

    /// @notice The same trial is open.
    error TrialOpen(TrialId id);
    /// @notice There is no such trial, or it is over.
    error NoTrial(TrialId id);
    /// @notice There is no such defence in this state.
    error DefenceMismatch(DefenceHash received, DefenceHash expected);
    /// @notice A trace without leaves is none: the court refutes it (`badTrace`).
    error EmptyTrace();
    /// @notice The match has no such seat.
    error NoSuchSeat(uint8 received, uint8 seats);
    /// @notice The run has an impossible length, or the image does not let the trace stand in this state.
    error NoDefence(uint8 levels, uint256 pc, uint32 code);
    /// @notice States that are all zeros cut nothing.
    error EmptyCut();
    /// @notice So many states cut a run.
    error StateCountMismatch(uint256 received, uint256 expected);
    /// @notice The move is another's.
    error NotYourMove(address received, address expected);
    /// @notice It is the challenger that is to move, or the defender.
    error MoveNotDue(bool challengerDue);
    /// @notice The part is longer than one instruction, or the move is one for longer ones.
    error WrongHeight(uint8 received);
    /// @notice The state is not the one that the part begins with.
    error StateMismatch(MachineHash received, MachineHash expected);
    /// @notice The instruction leads where the defender says.
    error NothingFalse(MachineHash digest);
    /// @notice So many defences stand.
    error DefencesStand(uint256 count);

    // Challenge

    /// @notice Puts a seat on trial, within the challenge window.
    function openTrial(
        ICourt.Target calldata target,
        ICourt.Proof calldata matchProof,
        ICourt.Trace calldata trace,
        uint8 seat
    ) external returns (TrialId id);

    /// @notice Says which part's end is not believed, of a part that is longer than 64 instructions.
    function pickPart(DefenceId id, Trial calldata trial, Defence calldata defence, Part calldata part) external;

    /// @notice Shows that an instruction leads to another state than the defender says; the defence is over.
    function judgeStep(
        DefenceId id,
        Trial calldata trial,
        Defence calldata defence,
        Part calldata part,
        IMachine.State calldata state,
        IMachine.Step calldata step
    ) external;

    // Defend

    /// @notice Defends a seat, while there is time for it.
    /// @param levels The run has at most 64^levels instructions.
    /// @param ending The state after so many.
    /// @param states The digests of the 63 states that cut the run.
    function defend(
        TrialId trialId,
        Trial calldata trial,
        uint8 levels,
        IMachine.State calldata ending,
        MachineHash[] calldata states
    ) external returns (DefenceId id);

    /// @notice Gives the digests of the 63 states that cut the part in question.
    function cutPart(DefenceId id, Trial calldata trial, Defence calldata defence, MachineHash[] calldata states)
        external;

    // End

    /// @notice Ends a defence that was to go on and did not; anyone may.
    function failDefence(DefenceId id, Trial calldata trial, Defence calldata defence) external;

    /// @notice Ends a trial whose challenger let a defence wait too long; anyone may. The bonds are the defender's.
    function acquit(DefenceId id, Trial calldata trial, Defence calldata defence) external;

    /// @notice Ends a trial that nobody defends any more and kills the assertion; or one against an assertion that
    /// stands no longer, at any time. Anyone may. The bonds go back to the challenger.
    function convict(TrialId trialId, Trial calldata trial) external;

    // Look

    /// @notice The machine.
    function machine() external view returns (IMachine);
}
