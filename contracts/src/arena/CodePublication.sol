// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, CodeHash} from "../interfaces/HashTypes.sol";
import {ICodePublication} from "../interfaces/IArenaParts.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {Digests} from "../libraries/Digests.sol";
import {Membership} from "./Membership.sol";

/// @title Code that is made public before it plays.
/// @notice Knows what was demanded and what was shown.
/// @dev A member that is out of one round has a streak up to it and another from the next one on, as if it had paused, so
/// whoever asks who is active need not know of demands. INVARIANT: the entries of a round change only while it is Publishing,
/// and every bond that is held has a demander. What a batch says of the others in it does not change, so one of its
/// members is enrolled before anything is said of its code.
abstract contract CodePublication is Membership, ICodePublication {
    /// @inheritdoc ICodePublication
    function demandCode(LeagueId league, uint32 round, uint32 member, CodeHash codeHash) external {
        RoundState storage publishing = _requireStatus(league, round, RoundStatus.Publishing);
        LeagueTerms storage terms = _terms[league];
        uint256 latest = uint256(publishing.openedAt) + terms.codeBlocks;
        if (block.number > latest) revert TooLate(block.number, latest);
        MemberState storage hiding = _requireMember(league, member);
        // Whoever came after the freeze is active from a later round on.
        if (round < hiding.from || round >= hiding.to) revert NotActive(member, round);
        _requireCode(league, hiding, codeHash);
        if (_showers[codeHash] != address(0)) revert CodeKnown(codeHash);

        _debit(msg.sender, terms.demandBond);
        _codeDemanders[league][round][member] = msg.sender;
        _streaks[league][member][round + 1] = Streak(hiding.from, round);
        hiding.from = round + 1;
        --publishing.entryCount;
        emit CodeDemanded(league, round, member, codeHash, msg.sender);
    }

    /// @inheritdoc ICodePublication
    function showCode(LeagueId league, uint32 member, bytes calldata code) external {
        MemberState storage shown = _requireMember(league, member);
        CodeHash codeHash = CodeHash.wrap(sha256(code));
        _requireCode(league, shown, codeHash);
        bool isNew = _showers[codeHash] == address(0);
        if (isNew) {
            _showers[codeHash] = msg.sender;
            emit CodeShown(codeHash, msg.sender, code);
        }
        // Who shows for a second agent what was just shown for a first must not come too late by it.
        if (!_answer(league, shown, codeHash) && !isNew) revert CodeKnown(codeHash);
    }

    /// @inheritdoc ICodePublication
    function readmit(LeagueId league, uint32 member, CodeHash codeHash) external {
        MemberState storage shown = _requireMember(league, member);
        _requireCode(league, shown, codeHash);
        if (_showers[codeHash] == address(0)) revert CodeUnknown(codeHash);
        if (!_answer(league, shown, codeHash)) {
            (uint32 round,) = _latestRound(league);
            revert CodeNotDemanded(member, round);
        }
    }

    /// @inheritdoc ICodePublication
    function returnCodeBond(LeagueId league, uint32 round, uint32 member) external {
        LeagueTerms storage terms = _requireLeague(league);
        address demander = _codeDemanders[league][round][member];
        if (demander == address(0)) revert CodeNotDemanded(member, round);
        _requirePublished(terms, _rounds[league][round]);
        delete _codeDemanders[league][round][member];
        uint128 amount = terms.demandBond;
        _credit(demander, amount);
        emit CodeBondReturned(league, round, member, demander, amount);
    }

    /// @inheritdoc ICodePublication
    function closePublication(LeagueId league) external {
        (uint32 round, RoundState storage closing) = _latestRound(league);
        _requireStatus(league, round, RoundStatus.Publishing);
        LeagueTerms storage terms = _terms[league];
        _requirePublished(terms, closing);
        uint32 entryCount = closing.entryCount;
        if (entryCount < terms.seats) revert TooFewEntries(entryCount, terms.seats);

        uint64 beaconIndex = _unknownValue(terms);
        closing.status = RoundStatus.Open;
        closing.beaconIndex = beaconIndex;
        emit PublicationClosed(league, round, entryCount, beaconIndex);
    }

    /// @dev Brings a member back into the round that is Publishing, if its code was demanded and the time is not over.
    function _answer(LeagueId league, MemberState storage shown, CodeHash codeHash) private returns (bool answered) {
        (uint32 round, RoundState storage publishing) = _latestRound(league);
        LeagueTerms storage terms = _terms[league];
        uint32 member = shown.number;
        if (_codeDemanders[league][round][member] == address(0)) return false;
        if (block.number > _publishingUntil(terms, publishing)) return false;

        delete _codeDemanders[league][round][member];
        shown.from = _streaks[league][member][round + 1].from;
        delete _streaks[league][member][round + 1];
        ++publishing.entryCount;
        address shower = _showers[codeHash];
        uint128 earned = terms.demandBond;
        _credit(shower, earned);
        emit Readmitted(league, round, member, shower, earned);
        return true;
    }

    /// @dev Reverts unless the owner with this code is the agent.
    function _requireCode(LeagueId league, MemberState storage found, CodeHash codeHash) private view {
        AgentId received = Digests.agentId(found.owner, codeHash);
        AgentId expected = _agentOf(league, found.number);
        if (AgentId.unwrap(received) != AgentId.unwrap(expected)) revert CodeMismatch(received, expected);
    }

    /// @dev Reverts while code may still be shown for the round.
    function _requirePublished(LeagueTerms storage terms, RoundState storage round) private view {
        uint256 earliest = _publishingUntil(terms, round) + 1;
        if (block.number < earliest) revert TooEarly(block.number, earliest);
    }
}
