// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId} from "../interfaces/HashTypes.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {EntryLeaf, Leaves} from "../libraries/Leaves.sol";
import {Tree} from "../libraries/Tree.sol";
import {Membership} from "./Membership.sol";

/// @title Assertions as the arena and its parts use them.
/// @notice Finds those that stand and those that are final, and reads entries under final ones.
/// @dev INVARIANT: a bond is returned once, as its assertion is then no longer live.
abstract contract Assertions is Membership {
    function _requireLive(LeagueId league, uint32 round, uint32 assertion)
        internal
        view
        returns (Assertion storage live)
    {
        live = _assertions[league][round][assertion];
        if (live.status != AssertionStatus.Live) revert AssertionNotLive(assertion, live.status);
    }

    /// @dev Returns the bond of an assertion, with what its asserter earned.
    function _returnBond(LeagueId league, uint32 round, uint32 assertion, Assertion storage stood, uint128 earned)
        internal
    {
        uint128 bond = _terms[league].assertionBond;
        stood.status = AssertionStatus.Returned;
        _credit(stood.asserter, bond + earned);
        emit BondReturned(league, round, assertion, bond);
    }

    function _requireOutcome(LeagueId league, uint32 round) internal view returns (Assertion storage) {
        RoundState storage ended = _rounds[league][round];
        // What a round ended with is final if it is anything. Both are in the word that a payout changes, the status is not.
        bool isFinal = ended.endedAt != 0 && ended.earliestLive != 0;
        if (!isFinal) revert WrongRoundStatus(ended.status, RoundStatus.Final);
        return _assertions[league][round][_finalAssertion(ended)];
    }

    /// @dev The one that was the earliest to stand when the round became final; the list does not change after.
    function _finalAssertion(RoundState storage ended) internal view returns (uint32) {
        return ended.earliestLive - 1;
    }

    /// @dev The entry leaf at `entry` of a final outcome, and the member that it is of.
    function _provenEntry(LeagueId league, Assertion storage outcome, uint32 entry, Proof calldata proof)
        internal
        view
        returns (EntryLeaf memory shown, MemberState storage member)
    {
        Tree.requireLeaf(outcome.entriesRoot, outcome.entryCount, entry, proof.leaf, proof.path);
        shown = Leaves.entry(proof.leaf);
        AgentId agentId = shown.agentId;
        member = _members[league][agentId];
        if (member.owner != address(0) && member.number == shown.member) return (shown, member);
        // It came with a batch, or it is another's.
        AgentId expected = _agentOf(league, shown.member);
        if (AgentId.unwrap(expected) != AgentId.unwrap(agentId)) revert AgentMismatch(agentId, expected);
        member = _members[league][_batchedKey(shown.member)];
    }
}
