// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArena, LeagueId, RoundSeed} from "../interfaces/IArena.sol";
import {Digests} from "../libraries/Digests.sol";
import {Members} from "./Members.sol";

/// @title Rounds: opened, seeded, and voided where they come to nothing.
/// @notice Knows the order of things in a round and what is reserved for it; not what its outcome is.
/// @dev INVARIANT: entries freeze before the seed is known, and an open round holds all its payouts.
abstract contract Rounds is Members {
    /// @inheritdoc IArena
    function openRound(LeagueId league) external returns (uint32 round) {
        LeagueTerms storage terms = _requireLeague(league);
        League storage opening = _leagues[league];
        round = opening.nextRound;
        if (round != 0 && _rounds[league][round - 1].endedAt == 0) revert RoundNotEnded(round - 1);
        uint256 earliest = uint256(opening.idleSince) + terms.entryBlocks;
        if (block.number < earliest) revert TooEarly(block.number, earliest);
        Round storage opened = _rounds[league][round];
        if (opened.entryCount < terms.seats) revert TooFewEntries(opened.entryCount, terms.seats);

        opening.nextRound = round + 1;
        opened.status = RoundStatus.Open;
        opened.memberCount = opening.memberCount;
        opened.openedAt = uint64(block.number);
        // The first unknown value may be on its way already, for whoever watches transactions to read.
        opened.beaconIndex = terms.beacon.nextIndex() + 1;
        _reserve(league, opened);
        emit RoundOpened(league, round, opened.memberCount, opened.beaconIndex, opened.reserved);
    }

    /// @inheritdoc IArena
    function drawSeed(LeagueId league) external returns (RoundSeed seed) {
        (uint32 round, Round storage drawn) = _latestRound(league);
        if (drawn.status != RoundStatus.Open) revert WrongRoundStatus(drawn.status, RoundStatus.Open);
        bytes32 known = _terms[league].beacon.value(drawn.beaconIndex);
        if (known == 0) revert SeedUnknown(drawn.beaconIndex);

        seed = Digests.roundSeed(league, round, drawn.memberCount, known);
        drawn.status = RoundStatus.Seeded;
        drawn.seed = seed;
        drawn.seededAt = uint64(block.number);
        emit SeedDrawn(league, round, seed);
    }

    /// @inheritdoc IArena
    function voidRound(LeagueId league) external {
        (uint32 round, Round storage voided) = _latestRound(league);
        uint256 latest = _hopedUntil(league, voided);
        if (block.number <= latest) revert TooEarly(block.number, latest + 1);

        _end(league, voided, RoundStatus.Void);
        uint128 fees = _fees(league, voided);
        _leagues[league].purse = _leagues[league].purse + voided.reserved - fees;
        voided.reserved = 0;
        voided.refunds = fees;
        emit RoundVoid(league, round, fees);
    }

    /// @inheritdoc IArena
    function refundEntry(LeagueId league, uint32 round, uint32 member) external {
        Round storage voided = _requireStatus(league, round, RoundStatus.Void);
        Member storage refunded = _requireMember(league, member);
        if (!_clearEntered(league, member, round)) revert NoRefund(member, round);
        uint128 amount = _terms[league].entryPrice;
        voided.refunds -= amount;
        _credit(refunded.owner, amount);
        emit EntryRefunded(league, round, member, amount);
    }

    /// @dev The round under way, or else the latest that was.
    function _latestRound(LeagueId league) private view returns (uint32 round, Round storage latest) {
        uint32 next = _leagues[league].nextRound;
        round = next == 0 ? 0 : next - 1;
        latest = _rounds[league][round];
    }

    /// @dev The last block in which the round may still get what it waits for: its seed, or an assertion.
    function _hopedUntil(LeagueId league, Round storage round) private view returns (uint256) {
        LeagueTerms storage terms = _terms[league];
        if (round.status == RoundStatus.Open) return uint256(round.openedAt) + terms.voidBlocks;
        if (round.status != RoundStatus.Seeded) revert WrongRoundStatus(round.status, RoundStatus.Seeded);
        if (round.earliestLive != 0) revert AssertionLive(round.earliestLive - 1);
        uint256 since = uint256(round.seededAt) + terms.claimBlocks;
        // Who relied on an assertion that was killed has the whole time again.
        if (round.killedAt > since) since = round.killedAt;
        return since + terms.voidBlocks;
    }

    /// @dev The fees join the purse, from which the payouts are set aside.
    function _reserve(LeagueId league, Round storage opened) private {
        uint128 needed = payoutSum[league];
        uint128 held = _leagues[league].purse + _fees(league, opened);
        if (held < needed) revert PurseTooLow(held, needed);
        _leagues[league].purse = held - needed;
        opened.reserved = needed;
    }

    function _fees(LeagueId league, Round storage round) private view returns (uint128) {
        return _terms[league].entryPrice * round.entryCount;
    }
}
