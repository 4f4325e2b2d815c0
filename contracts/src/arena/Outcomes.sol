// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Node} from "../interfaces/HashTypes.sol";
import {IArena} from "../interfaces/IArena.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {Clock} from "../libraries/Clock.sol";
import {Assertions} from "./Assertions.sol";

/// @title Outcomes: asserted with a bond, killed where wrong or hidden, final once they have stood.
/// @notice Knows who asserted what and when; whether it is true is the court's to judge, and whether it hides anything
/// the demands contract's.
/// @dev The assertions that stand form a list, in the order they were posted in, so that no number of false ones makes
/// any call dearer. INVARIANT: an assertion's bond leaves exactly once, returned or forfeit.
abstract contract Outcomes is Assertions, IArena {
    uint8 private constant WANTED_ENTRIES = 1;
    uint8 private constant WANTED_MATCHES = 2;
    uint8 private constant WANTED_RANKS = 4;
    uint8 private constant WANTED_RULES = 8;
    uint8 private constant WANTED_PARAMETERS = 16;

    /// @inheritdoc IArena
    address public immutable court;

    /// @inheritdoc IArena
    address public immutable demands;

    /// @inheritdoc IArena
    address public immutable clocks;

    /// @param court_ The contract that kills assertions proven wrong.
    /// @param demands_ The contract that opens and settles demands, and kills assertions that hide what was demanded.
    /// @param clocks_ The contract that has the clocks of matches in signed leagues.
    constructor(address court_, address demands_, address clocks_) {
        if (court_.code.length == 0) revert NoContract("court", court_);
        if (demands_.code.length == 0) revert NoContract("demands", demands_);
        if (clocks_.code.length == 0) revert NoContract("clocks", clocks_);
        court = court_;
        demands = demands_;
        clocks = clocks_;
    }

    /// @inheritdoc IArena
    function assertResult(
        LeagueId league,
        uint32 round,
        uint32 entryCount,
        Node entriesRoot,
        Node matchesRoot,
        Node ranksRoot
    ) external returns (uint32 assertion) {
        RoundState storage asserted = _requireAssertable(league, round);
        if (entryCount > asserted.memberCount) revert TooManyEntries(entryCount, asserted.memberCount);
        _debit(msg.sender, _terms[league].assertionBond);

        assertion = asserted.assertionCount++;
        Assertion storage posted = _assertions[league][round][assertion];
        posted.asserter = msg.sender;
        posted.status = AssertionStatus.Live;
        posted.postedAt = uint40(block.number);
        posted.entryCount = entryCount;
        posted.entriesRoot = entriesRoot;
        posted.matchesRoot = matchesRoot;
        posted.ranksRoot = ranksRoot;
        _link(league, round, assertion);
        emit ResultAsserted(league, round, assertion, msg.sender, entryCount, entriesRoot, matchesRoot, ranksRoot);
    }

    /// @inheritdoc IArena
    function kill(LeagueId league, uint32 round, uint32 assertion, address refuter) external {
        if (msg.sender != court && msg.sender != demands) revert NotCourt(msg.sender, court);
        // Once the round is over its members may renew, and what the court reads of them is no longer that round's.
        RoundState storage judged = _requireStatus(league, round, RoundStatus.Seeded);
        Assertion storage killed = _requireLive(league, round, assertion);
        killed.status = AssertionStatus.Killed;
        judged.killedAt = uint40(block.number);
        _unlink(league, round, killed);
        (uint128 earned, uint128 burning) = _forfeit(_terms[league].assertionBond, refuter);
        emit AssertionKilled(league, round, assertion, refuter, earned, burning);
    }

    /// @inheritdoc IArena
    function finalize(LeagueId league, uint32 round, uint32 assertion) external {
        RoundState storage ending = _requireStatus(league, round, RoundStatus.Seeded);
        Assertion storage stood = _requireLive(league, round, assertion);
        if (ending.earliestLive != assertion + 1) revert EarlierAssertionLive(ending.earliestLive - 1);
        LeagueTerms storage terms = _terms[league];
        uint256 earliest = uint256(stood.postedAt) + terms.challengeBlocks + 1;
        // By then the clocks of every demand have run out, and whoever was to kill has had its time.
        if (stood.openDemands != 0) earliest += Clock.BOUND_MOVES * terms.demandBlocks;
        if (block.number < earliest) revert TooEarly(block.number, earliest);

        uint128 released = _beyond(league, stood.entryCount);
        _end(league, ending, RoundStatus.Final, released);
        uint128 earned = terms.assertionPayout;
        _returnBond(league, round, assertion, stood, earned);
        emit RoundFinal(league, round, assertion, earned);
    }

    /// @inheritdoc IArena
    function assertionOf(LeagueId league, uint32 round, uint32 assertion) external view returns (Assertion memory) {
        return _assertions[league][round][assertion];
    }

    /// @inheritdoc IArena
    function factsOf(LeagueId league, uint32 round, uint32 assertion, uint8 wanted)
        external
        view
        returns (Facts memory facts)
    {
        LeagueTerms storage terms = _requireLeague(league);
        RoundState storage judged = _rounds[league][round];
        Assertion storage posted = _assertions[league][round][assertion];
        facts.entryCount = posted.entryCount;
        if (wanted & WANTED_ENTRIES != 0) facts.entriesRoot = posted.entriesRoot;
        if (wanted & WANTED_MATCHES != 0) facts.matchesRoot = posted.matchesRoot;
        if (wanted & WANTED_RANKS != 0) facts.ranksRoot = posted.ranksRoot;
        facts.memberCount = judged.memberCount;
        facts.seed = judged.seed;
        if (wanted & WANTED_RULES != 0) facts.rulesId = terms.rulesId;
        facts.system = terms.system;
        facts.seats = terms.seats;
        facts.matchesPerRound = terms.matchesPerRound;
        facts.clockBlocks = terms.clockBlocks;
        if (wanted & WANTED_PARAMETERS != 0) facts.parameters = terms.parameters;
    }

    function _requireAssertable(LeagueId league, uint32 round) private view returns (RoundState storage asserted) {
        asserted = _requireStatus(league, round, RoundStatus.Seeded);
        uint256 earliest = _settledAt(league, asserted) + 1;
        if (block.number < earliest) revert TooEarly(block.number, earliest);
    }

    /// @dev What was set aside for ranks that a round of `entryCount` entries does not have.
    function _beyond(LeagueId league, uint256 entryCount) private view returns (uint128 amount) {
        LeagueTerms storage terms = _terms[league];
        for (uint256 rank = entryCount; rank < terms.payouts.length; ++rank) {
            amount += terms.payouts[rank] * terms.payoutMultiplier;
        }
    }

    /// @dev Puts an assertion at the end of the list of those that stand.
    function _link(LeagueId league, uint32 round, uint32 assertion) private {
        RoundState storage list = _rounds[league][round];
        uint32 earlier = list.latestLive;
        if (earlier == 0) {
            list.earliestLive = assertion + 1;
        } else {
            _assertions[league][round][assertion].earlier = earlier;
            _assertions[league][round][earlier - 1].later = assertion + 1;
        }
        list.latestLive = assertion + 1;
    }

    /// @dev Takes an assertion out of the list of those that stand.
    function _unlink(LeagueId league, uint32 round, Assertion storage killed) private {
        RoundState storage list = _rounds[league][round];
        (uint32 earlier, uint32 later) = (killed.earlier, killed.later);
        if (earlier == 0) list.earliestLive = later;
        else _assertions[league][round][earlier - 1].later = later;
        if (later == 0) list.latestLive = earlier;
        else _assertions[league][round][later - 1].earlier = earlier;
    }
}
