// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, SigningDigest, StateHash} from "../interfaces/HashTypes.sol";
import {IArenaTypes, LeagueId} from "../interfaces/IArenaTypes.sol";
import {IClocks} from "../interfaces/IClocks.sol";
import {ICourt} from "../interfaces/ICourt.sol";
import {Digests} from "../libraries/Digests.sol";
import {EndLeaf, EntryLeaf, Leaves, MatchLeaf, StepLeaf} from "../libraries/Leaves.sol";
import {ActionStatement, Signatures} from "../libraries/Signatures.sol";
import {CourtTraces} from "./CourtTraces.sol";

/// @title Lies about what agents of signed leagues decided.
/// @notice There an agent is its key. What it did it signed, and what it failed to do its clock on chain shows.
/// @dev INVARIANT: if none of these and none of the other lies about a trace is in it, the agents in its seats signed
/// every action, and a seat forfeits if and only if its flag fell, at that step.
abstract contract CourtSignatures is CourtTraces {
    /// @inheritdoc ICourt
    function badSignature(
        Target calldata target,
        Proof calldata matchProof,
        Trace calldata trace,
        Proof calldata leaf,
        uint8 seat,
        Proof calldata entry
    ) external {
        Case memory opened = _openSigned(target);
        _traced(opened, matchProof, trace);
        _requireTraceLeaf(trace, leaf);
        StepLeaf memory step = Leaves.stepOf(leaf.leaf, opened.plan.seatCount, leaf.index, Leaves.SIGNED_STEPS);
        if (step.acting >> seat & 1 == 0) revert SeatNotActing(seat, step.acting);
        _requireIndex(entry.index, _entriesOf(opened.plan, matchProof.index)[seat]);
        EntryLeaf memory seated = _entry(opened, entry);
        _refute(target, !_isSigned(target, matchProof.index, leaf, step, seat, seated));
    }

    /// @inheritdoc ICourt
    function badForfeit(
        Target calldata target,
        Proof calldata matchProof,
        Trace calldata trace,
        Proof calldata end,
        Proof[] calldata seats
    ) external {
        Case memory opened = _openSigned(target);
        MatchLeaf memory result = _traced(opened, matchProof, trace);
        _requireIndex(end.index, result.stepCount);
        _requireTraceLeaf(trace, end);
        EndLeaf memory leaf = Leaves.endOf(end.leaf, opened.plan.seatCount, result.stepCount);
        EntryLeaf[] memory seated = _seating(opened, matchProof.index, seats).leaves;
        AgentId[] memory agents = new AgentId[](seated.length);
        for (uint256 seat = 0; seat < seated.length; ++seat) {
            agents[seat] = seated[seat].agentId;
        }
        IClocks.Flag memory flag =
            IClocks(target.arena.clocks()).flagOf(target.arena, target.league, target.round, matchProof.index, agents);
        bool forfeited = leaf.termination == Leaves.FORFEIT;
        bool agrees = forfeited && leaf.forfeits == 1 << flag.seat && result.stepCount == flag.step
            && StateHash.unwrap(leaf.stateHash) == StateHash.unwrap(flag.stateHash);
        _refute(target, flag.fallen ? !agrees : forfeited);
    }

    function _openSigned(Target calldata target) private view returns (Case memory opened) {
        opened = _open(target, _wanting(ENTRIES | MATCHES));
        if (opened.facts.clockBlocks == 0) revert IArenaTypes.NotSigned(target.league);
    }

    /// @dev Whether the agent of the seat signed its action of the step.
    function _isSigned(
        Target calldata target,
        uint32 matchIndex,
        Proof calldata leaf,
        StepLeaf memory step,
        uint8 seat,
        EntryLeaf memory seated
    ) private view returns (bool) {
        uint256 position = Leaves.seatsIn(step.acting & ((1 << seat) - 1));
        ActionStatement memory said = ActionStatement({
            league: LeagueId.unwrap(target.league),
            round: target.round,
            matchIndex: matchIndex,
            seat: seat,
            step: leaf.index,
            stateHash: step.stateHash,
            action: step.actions[position]
        });
        SigningDigest digest = Signatures.actionDigest(Signatures.domainOf(address(target.arena)), said);
        bytes calldata signature = Leaves.signatureOf(leaf.leaf, position, step.actions.length);
        address key = Signatures.signerOf(digest, signature);
        if (key == address(0)) return false;
        // A member that is none has no entry either, which `badEntry` shows.
        address owner = target.arena.memberOf(target.league, seated.member).owner;
        if (owner == address(0)) revert IArenaTypes.NotEnrolled(seated.member);
        return AgentId.unwrap(Digests.agentOfKey(owner, key)) == AgentId.unwrap(seated.agentId);
    }
}
