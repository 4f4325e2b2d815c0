// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Node, RoundSeed, RulesId} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {Stage} from "./Stage.sol";

contract OutcomesTest is Stage {
    uint32 private round;

    function setUp() public override {
        super.setUp();
        _register(0, 2);
        _register(1, 1);
        round = _play();
    }

    function _post() private returns (uint32) {
        _deposit(ASSERTER, 61);
        vm.prank(ASSERTER);
        return arena.assertResult(league, round, 2, ENTRIES, MATCHES, RANKS);
    }

    function _checkNotLive(uint32 assertion, IArenaTypes.AssertionStatus status) private {
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.AssertionNotLive.selector, assertion, status));
    }

    function _checkStatusRefused(IArenaTypes.RoundStatus received, IArenaTypes.RoundStatus expected) private {
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.WrongRoundStatus.selector, received, expected));
    }

    // Assert

    function test_assertResult_storesAllAndTakesTheBond() external {
        uint32 assertion = _post();
        checkEqual(arena.balanceOf(ASSERTER), 0, "the bond is put up");
        IArenaTypes.Assertion memory posted = arena.assertionOf(league, round, assertion);
        check(posted.asserter == ASSERTER, "asserter");
        check(posted.status == IArenaTypes.AssertionStatus.Live, "live");
        checkEqual(posted.postedAt, vm.getBlockNumber(), "now");
        checkEqual(posted.entryCount, 2, "count");
        checkEqual(posted.entriesRoot, ENTRIES, "entries");
        checkEqual(posted.matchesRoot, MATCHES, "matches");
        checkEqual(posted.ranksRoot, RANKS, "ranks");
        checkEqual(arena.roundOf(league, round).earliestLive, 1, "the earliest that stands");
    }

    function test_factsOf_isWhatAnAssertionIsJudgedBy() external {
        uint32 assertion = _post();
        IArenaTypes.LeagueTerms memory terms = _terms();
        IArenaTypes.Round memory judged = arena.roundOf(league, round);
        IArenaTypes.Assertion memory posted = arena.assertionOf(league, round, assertion);
        IArenaTypes.Facts memory facts = arena.factsOf(league, round, assertion, 31);
        checkEqual(facts.entryCount, posted.entryCount, "entries");
        checkEqual(facts.entriesRoot, posted.entriesRoot, "entries root");
        checkEqual(facts.matchesRoot, posted.matchesRoot, "matches root");
        checkEqual(facts.ranksRoot, posted.ranksRoot, "ranks root");
        checkEqual(facts.memberCount, judged.memberCount, "members");
        checkEqual(RoundSeed.unwrap(facts.seed), RoundSeed.unwrap(judged.seed), "seed");
        checkEqual(RulesId.unwrap(facts.rulesId), RulesId.unwrap(terms.rulesId), "rules id");
        check(facts.system == terms.system, "system");
        checkEqual(facts.seats, 1, "seats");
        checkEqual(facts.matchesPerRound, 3, "matches");
        checkEqual(facts.parameters, terms.parameters, "parameters");
    }

    /// @dev What each refutation needs differs, and what is read is paid for.
    function testFuzz_factsOf_hasWhatIsWanted(uint8 wanted) external {
        uint32 assertion = _post();
        IArenaTypes.Facts memory all = arena.factsOf(league, round, assertion, 31);
        IArenaTypes.Facts memory facts = arena.factsOf(league, round, assertion, wanted);
        checkEqual(facts.entriesRoot, wanted & 1 == 0 ? Node.wrap(0) : all.entriesRoot, "entries root");
        checkEqual(facts.matchesRoot, wanted & 2 == 0 ? Node.wrap(0) : all.matchesRoot, "matches root");
        checkEqual(facts.ranksRoot, wanted & 4 == 0 ? Node.wrap(0) : all.ranksRoot, "ranks root");
        RulesId rulesId = wanted & 8 == 0 ? RulesId.wrap(0) : all.rulesId;
        checkEqual(RulesId.unwrap(facts.rulesId), RulesId.unwrap(rulesId), "rules id");
        checkEqual(facts.parameters, wanted & 16 == 0 ? bytes("") : all.parameters, "parameters");
        checkEqual(facts.entryCount, all.entryCount, "the rest is always there");
    }

    function test_assertResult_failsIfClaimsAreStillTaken() external {
        _pass(50);
        arena.voidRound(league);
        round = _open();
        _seed();
        uint256 seeded = vm.getBlockNumber();
        _pass(10);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooEarly.selector, seeded + 10, seeded + 11));
        arena.assertResult(league, round, 1, ENTRIES, MATCHES, RANKS);
    }

    function test_assertResult_failsIfTheBondIsNotHeld() external {
        _deposit(ASSERTER, 60);
        vm.prank(ASSERTER);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.BalanceTooLow.selector, uint128(60), uint128(61)));
        arena.assertResult(league, round, 2, ENTRIES, MATCHES, RANKS);
    }

    function test_assertResult_failsIfThereAreMoreEntriesThanMembers() external {
        _register(2, 1);
        _deposit(ASSERTER, 61);
        vm.prank(ASSERTER);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooManyEntries.selector, uint32(3), uint32(2)));
        arena.assertResult(league, round, 3, ENTRIES, MATCHES, RANKS);
    }

    function test_assertResult_failsIfTheRoundIsAnother() external {
        _deposit(ASSERTER, 61);
        vm.prank(ASSERTER);
        _checkStatusRefused(IArenaTypes.RoundStatus.None, IArenaTypes.RoundStatus.Seeded);
        arena.assertResult(league, round + 1, 2, ENTRIES, MATCHES, RANKS);
    }

    // Kill

    function test_kill_splitsTheBond() external {
        uint32 assertion = _post();
        arena.kill(league, round, assertion, STRANGER);
        checkEqual(arena.balanceOf(STRANGER), 30, "half, rounded down, to who refuted it");
        checkEqual(arena.burnt(), 31, "the rest is burnt");
        check(
            arena.assertionOf(league, round, assertion).status == IArenaTypes.AssertionStatus.Killed, "and it is dead"
        );
        checkEqual(arena.roundOf(league, round).earliestLive, 0, "none stands");
        checkEqual(arena.roundOf(league, round).killedAt, vm.getBlockNumber(), "now");
    }

    function test_kill_failsIfNotByTheCourt() external {
        uint32 assertion = _post();
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotCourt.selector, STRANGER, address(this)));
        arena.kill(league, round, assertion, STRANGER);
    }

    function test_kill_failsIfDead() external {
        uint32 assertion = _post();
        arena.kill(league, round, assertion, STRANGER);
        _checkNotLive(assertion, IArenaTypes.AssertionStatus.Killed);
        arena.kill(league, round, assertion, STRANGER);
    }

    function test_kill_failsIfNeverPosted() external {
        _checkNotLive(0, IArenaTypes.AssertionStatus.None);
        arena.kill(league, round, 0, STRANGER);
    }

    function test_kill_succeedsIfTheWindowIsOverButTheRoundIsNot() external {
        uint32 assertion = _post();
        _pass(1000);
        arena.kill(league, round, assertion, STRANGER);
    }

    /// @dev Members may have renewed since, and what the court reads of them is no longer that round's.
    function test_kill_failsIfTheRoundIsOver() external {
        uint32 earlier = _post();
        uint32 later = _post();
        _pass(21);
        arena.finalize(league, round, earlier);
        _checkStatusRefused(IArenaTypes.RoundStatus.Final, IArenaTypes.RoundStatus.Seeded);
        arena.kill(league, round, later, STRANGER);
    }

    // Finalize

    function test_finalize_failsIfTheChallengeWindowIsOpen() external {
        uint32 assertion = _post();
        uint256 posted = vm.getBlockNumber();
        _pass(20);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooEarly.selector, posted + 20, posted + 21));
        arena.finalize(league, round, assertion);
        _pass(1);
        arena.finalize(league, round, assertion);
        checkEqual(arena.balanceOf(ASSERTER), 61, "the bond is back");
        IArenaTypes.Round memory ended = arena.roundOf(league, round);
        check(ended.status == IArenaTypes.RoundStatus.Final, "final");
        checkEqual(ended.endedAt, posted + 21, "now");
        checkEqual(ended.finalAssertion, assertion, "this one");
    }

    function test_finalize_returnsWhatRanksBeyondTheEntriesWouldEarn() external {
        uint32 assertion = _post();
        uint128 purse = _purse();
        _pass(21);
        arena.finalize(league, round, assertion);
        checkEqual(arena.roundOf(league, round).reserved, 160, "two ranks: 50 and 30, twice");
        checkEqual(_purse(), purse + 40, "the third: 20, twice");
    }

    /// @dev A round of a league whose asserters earn `amount`, with a purse of 300 and two entries at 7.
    function _playWithPayout(uint128 amount) private {
        IArenaTypes.LeagueTerms memory terms = _terms();
        terms.assertionPayout = amount;
        league = arena.createLeague(terms);
        _fund(300);
        _register(2, 1);
        _register(3, 1);
        round = _play();
    }

    function testFuzz_finalize_paysTheAsserterOutOfThePurse(uint128 amount) external {
        amount = amount % 115;
        _playWithPayout(amount);
        checkEqual(_purse(), 114 - amount, "it is set aside beside the payouts when the round opens");
        checkEqual(arena.roundOf(league, round).reserved, 200 + amount, "with them");
        uint32 refuted = _post();
        uint32 assertion = _post();
        uint32 spare = _post();
        arena.kill(league, round, refuted, STRANGER);
        _pass(21);
        vm.expectEmit(true, true, true, true, address(arena));
        emit IArenaTypes.RoundFinal(league, round, assertion, amount);
        arena.finalize(league, round, assertion);
        checkEqual(arena.roundOf(league, round).finalAssertion, assertion, "the outcome is the earliest that stood");
        checkEqual(arena.balanceOf(ASSERTER), 61 + amount, "its asserter has its bond and what it earned");
        checkEqual(arena.roundOf(league, round).reserved, 160, "the payouts of two ranks are left");
        checkEqual(_purse(), 114 - amount + 40, "that of the third is back");
        arena.reclaimBond(league, round, spare);
        checkEqual(arena.balanceOf(ASSERTER), 122 + amount, "who stood by earns nothing");
    }

    function test_finalize_paysWhoeverAsserted() external {
        _playWithPayout(13);
        _deposit(STRANGER, 61);
        vm.prank(STRANGER);
        uint32 assertion = arena.assertResult(league, round, 2, ENTRIES, MATCHES, RANKS);
        _pass(21);
        vm.prank(ASSERTER);
        arena.finalize(league, round, assertion);
        checkEqual(arena.balanceOf(STRANGER), 74, "the asserter, not who makes the round final");
        checkEqual(arena.balanceOf(ASSERTER), 0, "who earns nothing");
    }

    function test_voidRound_returnsWhatItsAsserterWouldEarn() external {
        _playWithPayout(13);
        _pass(50);
        arena.voidRound(league);
        checkEqual(_purse(), 300, "all is back, and the fees are kept for refunds");
        checkEqual(arena.roundOf(league, round).refunds, 14, "both of them");
    }

    function test_openRound_failsIfThePurseDoesNotCoverTheAssertersPayout() external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        terms.assertionPayout = 13;
        league = arena.createLeague(terms);
        checkEqual(arena.payoutSum(league), 213, "it is one of the payouts of a round");
        _fund(205);
        _register(2, 1);
        _pass(5);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.PurseTooLow.selector, uint128(212), uint128(213)));
        arena.openRound(league);
        _fund(1);
        arena.openRound(league);
    }

    function test_finalize_failsIfAnEarlierOneStands() external {
        uint32 first = _post();
        uint32 second = _post();
        uint32 third = _post();
        _pass(21);
        arena.kill(league, round, second, STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.EarlierAssertionLive.selector, first));
        arena.finalize(league, round, third);
        arena.kill(league, round, first, STRANGER);
        arena.finalize(league, round, third);
        checkEqual(arena.roundOf(league, round).finalAssertion, third, "the earliest that was left");
    }

    function test_finalize_failsIfDead() external {
        uint32 assertion = _post();
        arena.kill(league, round, assertion, STRANGER);
        _pass(21);
        _checkNotLive(assertion, IArenaTypes.AssertionStatus.Killed);
        arena.finalize(league, round, assertion);
    }

    function test_finalize_failsIfTheRoundIsFinal() external {
        uint32 assertion = _post();
        _post();
        _pass(21);
        arena.finalize(league, round, assertion);
        _checkStatusRefused(IArenaTypes.RoundStatus.Final, IArenaTypes.RoundStatus.Seeded);
        arena.finalize(league, round, assertion + 1);
    }

    /// @dev Whatever is killed in whatever order, the earliest that stands becomes final, and no other.
    function testFuzz_finalize_takesTheEarliestThatStands(uint8 killed, uint256 order) external {
        for (uint256 i = 0; i < 8; ++i) {
            _post();
        }
        for (uint256 i = 0; i < 8; ++i) {
            uint32 assertion = uint32((i * 5 + order % 8) % 8);
            if (killed >> assertion & 1 != 0) arena.kill(league, round, assertion, STRANGER);
        }
        _pass(21);
        bool ended = false;
        for (uint32 assertion = 0; assertion < 8; ++assertion) {
            bool stands = killed >> assertion & 1 == 0;
            if (!stands || ended) vm.expectRevert();
            arena.finalize(league, round, assertion);
            if (stands) ended = true;
        }
        check(ended == (killed != type(uint8).max), "one is final unless all were killed");
    }

    // Bonds

    function test_reclaimBond_succeedsIfAnotherOneIsFinal() external {
        uint32 first = _post();
        uint32 second = _post();
        _checkStatusRefused(IArenaTypes.RoundStatus.Seeded, IArenaTypes.RoundStatus.Final);
        arena.reclaimBond(league, round, second);
        _pass(21);
        arena.finalize(league, round, first);
        arena.reclaimBond(league, round, second);
        checkEqual(arena.balanceOf(ASSERTER), 122, "both bonds are back");
        _checkNotLive(second, IArenaTypes.AssertionStatus.Returned);
        arena.reclaimBond(league, round, second);
        _checkNotLive(first, IArenaTypes.AssertionStatus.Returned);
        arena.reclaimBond(league, round, first);
    }

    function test_reclaimBond_failsIfKilled() external {
        uint32 first = _post();
        uint32 second = _post();
        arena.kill(league, round, second, STRANGER);
        _pass(21);
        arena.finalize(league, round, first);
        _checkNotLive(second, IArenaTypes.AssertionStatus.Killed);
        arena.reclaimBond(league, round, second);
    }
}
