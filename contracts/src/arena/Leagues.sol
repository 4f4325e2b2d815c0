// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArena, LeagueId} from "../interfaces/IArena.sol";
import {Clock} from "../libraries/Clock.sol";
import {Accounts} from "./Accounts.sol";

/// @title Leagues: their terms, purses and rounds.
/// @notice Knows what a league fixes and where its rounds stand; what moves them is above.
/// @dev INVARIANT: the terms of a league never change.
abstract contract Leagues is Accounts {
    uint256 private constant MATCHES_MAX = 64;
    uint256 private constant PAYOUTS_MAX = 16;
    // Thirty-two parameters, more than any System has; the court carries them through every call.
    uint256 private constant PARAMETERS_BYTES_MAX = 256;

    /// @inheritdoc IArena
    uint64 public leagueCount;

    mapping(LeagueId league => LeagueTerms) internal _terms;
    mapping(LeagueId league => League) internal _leagues;
    mapping(LeagueId league => mapping(uint32 round => Round)) internal _rounds;

    /// @inheritdoc IArena
    mapping(LeagueId league => uint128 amount) public payoutSum;

    /// @inheritdoc IArena
    function createLeague(LeagueTerms memory terms) external returns (LeagueId league) {
        _requireRules(terms);
        _requireMoney(terms);
        _requireWindows(terms);
        league = LeagueId.wrap(leagueCount++);
        _terms[league] = terms;
        _leagues[league].idleSince = uint64(block.number);
        for (uint256 rank = 0; rank < terms.payouts.length; ++rank) {
            payoutSum[league] += terms.payouts[rank] * terms.payoutMultiplier;
        }
        emit LeagueCreated(league, msg.sender, terms.rulesId, terms);
    }

    /// @inheritdoc IArena
    function fund(LeagueId league) external payable {
        _requireLeague(league);
        uint128 amount = _received();
        _leagues[league].purse += amount;
        emit Funded(league, msg.sender, amount);
    }

    /// @inheritdoc IArena
    function leagueOf(LeagueId league) external view returns (League memory) {
        _requireLeague(league);
        return _leagues[league];
    }

    /// @inheritdoc IArena
    function termsOf(LeagueId league) external view returns (LeagueTerms memory) {
        return _requireLeague(league);
    }

    /// @inheritdoc IArena
    function roundOf(LeagueId league, uint32 round) external view returns (Round memory) {
        return _rounds[league][round];
    }

    function _requireLeague(LeagueId league) internal view returns (LeagueTerms storage) {
        if (LeagueId.unwrap(league) >= leagueCount) revert UnknownLeague(league, leagueCount);
        return _terms[league];
    }

    function _requireStatus(LeagueId league, uint32 round, RoundStatus expected)
        internal
        view
        returns (Round storage found)
    {
        found = _rounds[league][round];
        if (found.status != expected) revert WrongRoundStatus(found.status, expected);
    }

    /// @dev A round is over, as final or as void.
    function _end(LeagueId league, Round storage round, RoundStatus status) internal {
        round.status = status;
        round.endedAt = uint64(block.number);
        _leagues[league].idleSince = uint64(block.number);
    }

    function _requireRules(LeagueTerms memory terms) private view {
        _requireRange("seats", terms.seats, 1, 2);
        _requireRange("matchesPerRound", terms.matchesPerRound, 1, MATCHES_MAX);
        if (terms.seats == 2 && terms.matchesPerRound % 2 != 0) revert OddMatchCount(terms.matchesPerRound);
        _requireRange("parameters", terms.parameters.length, 0, PARAMETERS_BYTES_MAX);
        if (terms.system != address(0)) _requireContract("system", terms.system);
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
