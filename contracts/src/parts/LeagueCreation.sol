// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ILeagueCreation} from "../interfaces/IArenaParts.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {Clock} from "../libraries/Clock.sol";
import {ArenaState} from "../arena/ArenaState.sol";

/// @title The part of an arena that creates leagues.
/// @notice Knows what terms may be; called by itself, and not by its arena, it has a state of its own, without coin.
/// @dev INVARIANT: the terms of a league are written once.
contract LeagueCreation is ArenaState, ILeagueCreation {
    uint256 private constant MATCHES_MAX = 64;
    uint256 private constant PAYOUTS_MAX = 16;
    // Thirty-two parameters, more than any System has; the court carries them through every call.
    uint256 private constant PARAMETERS_BYTES_MAX = 256;

    /// @inheritdoc ILeagueCreation
    function createLeague(LeagueTerms memory terms) external returns (LeagueId league) {
        _requireRules(terms);
        _requireMoney(terms);
        _requireWindows(terms);
        league = LeagueId.wrap(_leagueCount++);
        _terms[league] = terms;
        _payoutSums[league] = _payoutSum(terms);
        _leagues[league].idleSince = uint64(block.number);
        emit LeagueCreated(league, msg.sender, terms.rulesId, terms);
    }

    function _payoutSum(LeagueTerms memory terms) private pure returns (uint128 sum) {
        sum = terms.assertionPayout;
        for (uint256 rank = 0; rank < terms.payouts.length; ++rank) {
            sum += terms.payouts[rank] * terms.payoutMultiplier;
        }
    }

    function _requireRules(LeagueTerms memory terms) private view {
        _requireRange("seats", terms.seats, 1, 2);
        _requireRange("matchesPerRound", terms.matchesPerRound, 1, MATCHES_MAX);
        if (terms.seats == 2 && terms.matchesPerRound % 2 != 0) revert OddMatchCount(terms.matchesPerRound);
        _requireRange("parameters", terms.parameters.length, 0, PARAMETERS_BYTES_MAX);
        // Where actions are signed it is the step contract that says who is to move.
        if (terms.system != address(0) || terms.clockBlocks != 0) _requireContract("system", terms.system);
        _requireContract("beacon", address(terms.beacon));
    }

    function _requireMoney(LeagueTerms memory terms) private pure {
        _requireRange("payouts", terms.payouts.length, 0, PAYOUTS_MAX);
        _requireRange("payoutMultiplier", terms.payoutMultiplier, 1, type(uint16).max);
        _requireRange("slotsPerOwnerMax", terms.slotsPerOwnerMax, 1, type(uint16).max);
        // Without a stake, false claims would be free.
        if (terms.minimumStake == 0 && terms.claimBond == 0) revert NothingToLose(terms.minimumStake, terms.claimBond);
        // Without a bond, asserting nonsense would be free.
        _requireRange("assertionBond", terms.assertionBond, 1, type(uint128).max);
        // Without a bond, answering would cost more than demanding.
        _requireRange("demandBond", terms.demandBond, 1, type(uint128).max);
    }

    function _requireWindows(LeagueTerms memory terms) private pure {
        _requireRange("challengeBlocks", terms.challengeBlocks, 1, type(uint32).max);
        _requireRange("demandBlocks", terms.demandBlocks, 1, Clock.MOVE_BLOCKS_MAX);
        _requireRange("voidBlocks", terms.voidBlocks, 1, type(uint32).max);
        uint256 dispute = uint256(terms.challengeBlocks) + terms.voidBlocks;
        _requireRange("unbondBlocks", terms.unbondBlocks, dispute, type(uint32).max);
    }

    function _requireRange(bytes32 term, uint256 received, uint256 least, uint256 most) private pure {
        if (received < least || received > most) revert TermOutOfRange(term, received, least, most);
    }

    function _requireContract(bytes32 term, address received) private view {
        if (received.code.length == 0) revert NoContract(term, received);
    }
}
