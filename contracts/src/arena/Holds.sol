// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArena} from "../interfaces/IArena.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {Outcomes} from "./Outcomes.sol";

/// @title Holds: the bonds of demands, and how many of them keep an assertion from becoming final.
/// @notice Knows that there are demands and what they cost; what is demanded, whose turn it is and what was answered
/// the demands contract knows.
/// @dev INVARIANT: coin moves only between accounts and the bonds held, one demand bond for each bond taken.
abstract contract Holds is Outcomes {
    uint8 private constant ENTRIES = 0;
    uint8 private constant MATCHES = 1;

    // A count that got here stays: who floods an assertion with demands delays it to the bound and shuts nobody out.
    uint16 private constant OPEN_DEMANDS_MAX = type(uint16).max;

    /// @inheritdoc IArena
    function openDemand(LeagueId league, uint32 round, uint32 assertion, uint8 tree, address demander, uint8 bonds)
        external
        returns (Demanded memory)
    {
        _requireDemands();
        _requireStatus(league, round, RoundStatus.Seeded);
        Assertion storage held = _requireLive(league, round, assertion);
        LeagueTerms storage terms = _terms[league];
        uint256 latest = uint256(held.postedAt) + terms.challengeBlocks;
        if (block.number > latest) revert TooLate(block.number, latest);

        if (held.openDemands != OPEN_DEMANDS_MAX) ++held.openDemands;
        _debit(demander, terms.demandBond * bonds);
        return Demanded({
            root: tree == ENTRIES ? held.entriesRoot : tree == MATCHES ? held.matchesRoot : held.ranksRoot,
            entryCount: held.entryCount,
            seats: terms.seats,
            matchesPerRound: terms.matchesPerRound,
            demandBlocks: terms.demandBlocks
        });
    }

    /// @inheritdoc IArena
    function settleDemand(LeagueId league, uint32 round, uint32 assertion, address payee, uint8 bonds, bool ends)
        external
    {
        _requireDemands();
        if (ends) {
            Assertion storage held = _assertions[league][round][assertion];
            if (held.openDemands != OPEN_DEMANDS_MAX) --held.openDemands;
        }
        _credit(payee, _terms[league].demandBond * bonds);
    }

    /// @inheritdoc IArena
    function isStanding(LeagueId league, uint32 round, uint32 assertion) external view returns (bool standing) {
        // slither-disable-next-line incorrect-equality: states, not amounts.
        return _rounds[league][round].status == RoundStatus.Seeded
            && _assertions[league][round][assertion].status == AssertionStatus.Live;
    }

    function _requireDemands() private view {
        if (msg.sender != demands) revert NotDemands(msg.sender, demands);
    }
}
