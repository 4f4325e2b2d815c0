// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {BeaconValue, RoundSeed} from "../interfaces/HashTypes.sol";
import {IArena} from "../interfaces/IArena.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {Digests} from "../libraries/Digests.sol";
import {Assertions} from "./Assertions.sol";

/// @title Rounds: opened and seeded.
/// @notice Knows the order of things in a round and what is set aside for it; not what its outcome is.
/// @dev What is set aside for payouts is not written down: it is what they come to, less those that were paid.
/// INVARIANT: entries freeze before the seed is known, and an open round holds all its payouts.
abstract contract Rounds is Assertions, IArena {
    /// @inheritdoc IArena
    function openRound(LeagueId league) external returns (uint32 round) {
        LeagueTerms storage terms = _requireLeague(league);
        League memory opening = _leagues[league];
        round = opening.nextRound;
        if (opening.idleSince == 0) revert RoundNotEnded(round - 1);
        uint256 earliest = uint256(opening.idleSince) + terms.entryBlocks;
        if (block.number < earliest) revert TooEarly(block.number, earliest);
        RoundState storage opened = _rounds[league][round];
        uint32 entryCount = opened.entryCount;
        if (entryCount < terms.seats) revert TooFewEntries(entryCount, terms.seats);

        // The fees join the purse, from which the payouts are set aside.
        uint128 needed = _payoutSums[league];
        uint128 held = opening.purse + terms.entryPrice * entryCount;
        if (held < needed) revert PurseTooLow(held, needed);
        opening.purse = held - needed;
        opening.nextRound = round + 1;
        opening.idleSince = 0;
        _leagues[league] = opening;

        bool isPublishing = terms.codeBlocks != 0;
        uint64 beaconIndex = isPublishing ? 0 : _unknownValue(terms);
        opened.status = isPublishing ? RoundStatus.Publishing : RoundStatus.Open;
        opened.memberCount = opening.memberCount;
        opened.openedAt = uint40(block.number);
        opened.beaconIndex = beaconIndex;
        emit RoundOpened(league, round, opening.memberCount, beaconIndex, needed);
    }

    /// @inheritdoc IArena
    function drawSeed(LeagueId league) external returns (RoundSeed seed) {
        (uint32 round, RoundState storage drawn) = _latestRound(league);
        if (drawn.status != RoundStatus.Open) revert WrongRoundStatus(drawn.status, RoundStatus.Open);
        BeaconValue known = _terms[league].beacon.value(drawn.beaconIndex);
        if (BeaconValue.unwrap(known) == 0) revert SeedUnknown(drawn.beaconIndex);

        seed = Digests.roundSeed(league, round, drawn.memberCount, known);
        drawn.status = RoundStatus.Seeded;
        drawn.seed = seed;
        drawn.seededAt = uint40(block.number);
        emit SeedDrawn(league, round, seed);
    }

    /// @inheritdoc IArena
    function roundOf(LeagueId league, uint32 round) external view returns (Round memory) {
        RoundState storage found = _rounds[league][round];
        bool ended = found.status == RoundStatus.Final;
        return Round({
            status: found.status,
            memberCount: found.memberCount,
            entryCount: found.entryCount,
            seededAt: found.seededAt,
            endedAt: found.endedAt,
            finalAssertion: ended ? _finalAssertion(found) : 0,
            paidRanks: found.paidRanks,
            seed: found.seed,
            reserved: _reserved(league, round),
            assertionCount: found.assertionCount,
            earliestLive: found.earliestLive,
            latestLive: found.latestLive,
            beaconIndex: found.beaconIndex,
            openedAt: found.openedAt,
            killedAt: found.killedAt,
            refunds: _terms[league].entryPrice * found.unrefunded
        });
    }

    /// @inheritdoc IArena
    function stagedOf(LeagueId league, uint32 round) external view returns (Staged memory) {
        LeagueTerms storage terms = _requireLeague(league);
        RoundState storage found = _rounds[league][round];
        bool seeded = found.status == RoundStatus.Seeded;
        return Staged({
            seed: found.seed,
            system: terms.system,
            seats: terms.seats,
            matchesPerRound: terms.matchesPerRound,
            clockBlocks: terms.clockBlocks,
            latest: seeded ? uint256(found.seededAt) + terms.claimBlocks : 0,
            parameters: terms.parameters
        });
    }

    /// @dev What is held for the payouts of a round.
    function _reserved(LeagueId league, uint32 round) private view returns (uint128 amount) {
        RoundState storage found = _rounds[league][round];
        if (found.status == RoundStatus.None || found.status == RoundStatus.Void) return 0;
        if (found.status != RoundStatus.Final) return _payoutSums[league];
        LeagueTerms storage terms = _terms[league];
        uint256 entryCount = _assertions[league][round][_finalAssertion(found)].entryCount;
        for (uint256 rank = 0; rank < terms.payouts.length && rank < entryCount; ++rank) {
            if (found.paidRanks >> rank & 1 == 0) amount += terms.payouts[rank] * terms.payoutMultiplier;
        }
    }
}
