// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IBeacon} from "../../src/interfaces/IBeacon.sol";
import {IArenaTypes, LeagueId} from "../../src/interfaces/IArenaTypes.sol";
import {Stage} from "./Stage.sol";

contract LeaguesTest is Stage {
    function _checkTermRefused(
        IArenaTypes.LeagueTerms memory terms,
        bytes32 term,
        uint256 received,
        uint256 least,
        uint256 most
    ) private {
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TermOutOfRange.selector, term, received, least, most));
        arena.createLeague(terms);
    }

    function test_createLeague_succeedsIfTermsAreInRange() external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        terms.system = address(beacon);
        LeagueId second = arena.createLeague(terms);
        checkEqual(LeagueId.unwrap(second), 1, "leagues are numbered");
        checkEqual(arena.leagueCount(), 2, "and counted");
        checkEqual(abi.encode(arena.termsOf(second)), abi.encode(terms), "the terms are stored whole");
        checkEqual(arena.payoutSum(second), 200, "100 twice");
        checkEqual(arena.leagueOf(second).idleSince, vm.getBlockNumber(), "entries are open from now on");
    }

    function test_createLeague_failsIfRulesAreOutOfRange() external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        terms.seats = 3;
        _checkTermRefused(terms, "seats", 3, 1, 2);
        terms.seats = 0;
        _checkTermRefused(terms, "seats", 0, 1, 2);
        terms = _terms();
        terms.matchesPerRound = 65;
        _checkTermRefused(terms, "matchesPerRound", 65, 1, 64);
        terms.matchesPerRound = 0;
        _checkTermRefused(terms, "matchesPerRound", 0, 1, 64);
        terms = _terms();
        terms.parameters = new bytes(257);
        _checkTermRefused(terms, "parameters", 257, 0, 256);
    }

    function test_createLeague_failsIfMoneyIsOutOfRange() external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        terms.payouts = new uint128[](17);
        _checkTermRefused(terms, "payouts", 17, 0, 16);
        terms = _terms();
        terms.payoutMultiplier = 0;
        _checkTermRefused(terms, "payoutMultiplier", 0, 1, type(uint16).max);
        terms = _terms();
        terms.slotsPerOwnerMax = 0;
        _checkTermRefused(terms, "slotsPerOwnerMax", 0, 1, type(uint16).max);
        terms = _terms();
        terms.assertionBond = 0;
        _checkTermRefused(terms, "assertionBond", 0, 1, type(uint128).max);
    }

    function test_createLeague_failsIfAFalseClaimWouldCostNothing() external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        (terms.minimumStake, terms.claimBond) = (0, 0);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NothingToLose.selector, uint128(0), uint128(0)));
        arena.createLeague(terms);
        terms.minimumStake = 1;
        arena.createLeague(terms);
        (terms.minimumStake, terms.claimBond) = (0, 1);
        arena.createLeague(terms);
    }

    function test_createLeague_failsIfWindowsAreOutOfRange() external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        terms.challengeBlocks = 0;
        _checkTermRefused(terms, "challengeBlocks", 0, 1, type(uint32).max);
        terms = _terms();
        terms.voidBlocks = 0;
        _checkTermRefused(terms, "voidBlocks", 0, 1, type(uint32).max);
        terms = _terms();
        terms.unbondBlocks = 69;
        _checkTermRefused(terms, "unbondBlocks", 69, 70, type(uint32).max);
    }

    function test_createLeague_failsIfASignedLeagueDemandsCode() external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        (terms.system, terms.clockBlocks, terms.codeBlocks) = (address(beacon), 1, 1);
        terms.unbondBlocks = 72;
        _checkTermRefused(terms, "codeBlocks", 1, 0, 0);
        terms.codeBlocks = 0;
        arena.createLeague(terms);
    }

    function test_createLeague_failsIfMatchesOfTwoSeatsAreOdd() external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        terms.seats = 2;
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.OddMatchCount.selector, uint16(3)));
        arena.createLeague(terms);
    }

    function test_createLeague_failsIfThereIsNoContract() external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        terms.system = STRANGER;
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NoContract.selector, bytes32("system"), STRANGER));
        arena.createLeague(terms);
        terms = _terms();
        terms.beacon = IBeacon(address(0));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NoContract.selector, bytes32("beacon"), address(0)));
        arena.createLeague(terms);
    }

    function test_createLeague_failsIfPayoutsOverflow() external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        terms.payouts[1] = type(uint128).max / 2;
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        arena.createLeague(terms);
    }

    /// @dev Whatever the terms: they are stored whole and promise no more than can be counted, or nothing is stored.
    function testFuzz_createLeague_storesTermsWholeOrNotAtAll(IArenaTypes.LeagueTerms memory terms, bool plausible)
        external
    {
        if (plausible) _makePlausible(terms);
        (bool done,) = address(arena).call(abi.encodeCall(arena.createLeague, (terms)));
        checkEqual(arena.leagueCount(), done ? 2 : 1, "counted if it exists");
        if (!done) return;
        LeagueId second = LeagueId.wrap(1);
        checkEqual(abi.encode(arena.termsOf(second)), abi.encode(terms), "stored whole");
        uint256 sum = terms.assertionPayout;
        for (uint256 rank = 0; rank < terms.payouts.length; ++rank) {
            sum += uint256(terms.payouts[rank]) * terms.payoutMultiplier;
        }
        checkEqual(arena.payoutSum(second), sum, "what it promises");
        check(terms.minimumStake != 0 || terms.claimBond != 0, "a claim has something to lose");
        check(terms.unbondBlocks >= uint256(terms.challengeBlocks) + terms.voidBlocks, "a stake stays for disputes");
    }

    /// @dev Brings into range what hardly ever is by itself, each by a field that is as likely to spoil it.
    function _makePlausible(IArenaTypes.LeagueTerms memory terms) private view {
        (terms.system, terms.beacon) = (address(beacon), beacon);
        (terms.seats, terms.matchesPerRound) = (1 + terms.seats % 2, terms.matchesPerRound % 66);
        (terms.challengeBlocks, terms.voidBlocks) = (terms.challengeBlocks % 2 ** 30, terms.voidBlocks % 2 ** 30);
        terms.demandBlocks %= 2 ** 29;
        for (uint256 rank = 0; rank < terms.payouts.length; ++rank) {
            terms.payouts[rank] >>= 24;
        }
    }

    function testFuzz_fund_fillsThePurse(uint128 amount) external {
        amount = amount / 2;
        _fund(amount);
        checkEqual(_purse(), 1000 + uint256(amount), "all of it");
    }

    function test_fund_failsIfLeagueIsUnknown() external {
        LeagueId unknown = LeagueId.wrap(1);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.UnknownLeague.selector, unknown, uint64(1)));
        arena.fund{value: 0}(unknown);
    }
}
