// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Node} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {Stage} from "./Stage.sol";

/// @dev The test stands in for the demands contract.
contract HoldsTest is Stage {
    uint32 private round;
    uint32 private assertion;

    function setUp() public override {
        super.setUp();
        _register(0, 1);
        _register(1, 1);
        round = _play();
        assertion = _post();
        _deposit(STRANGER, 100);
    }

    function _post() private returns (uint32) {
        _deposit(ASSERTER, 61);
        vm.prank(ASSERTER);
        return arena.assertResult(league, round, 2, ENTRIES, MATCHES, RANKS);
    }

    function _openDemand(uint8 bonds) private {
        arena.openDemand(league, round, assertion, 0, STRANGER, bonds);
    }

    function _openDemands() private view returns (uint256) {
        return arena.assertionOf(league, round, assertion).openDemands;
    }

    function test_openDemand_takesBondsAndSaysWhatItIsAbout() external {
        Node[3] memory roots = [ENTRIES, MATCHES, RANKS];
        for (uint8 tree = 0; tree < 3; ++tree) {
            IArenaTypes.Demanded memory facts = arena.openDemand(league, round, assertion, tree, STRANGER, 2);
            checkEqual(facts.root, roots[tree], "root");
            checkEqual(facts.entryCount, 2, "entries");
            checkEqual(facts.seats, 1, "seats");
            checkEqual(facts.matchesPerRound, 3, "matches");
            checkEqual(facts.demandBlocks, 2, "blocks of a move");
        }
        checkEqual(arena.balanceOf(STRANGER), 100 - 6 * 11, "two bonds each");
        checkEqual(_openDemands(), 3, "three are open");
    }

    function test_openDemand_failsIfNotByTheDemandsContract() external {
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotDemands.selector, STRANGER, address(this)));
        _openDemand(1);
    }

    function test_openDemand_failsIfTheWindowIsOver() external {
        uint256 postedAt = vm.getBlockNumber();
        _pass(20);
        _openDemand(1);
        _pass(1);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooLate.selector, postedAt + 21, postedAt + 20));
        _openDemand(1);
    }

    function test_openDemand_failsIfTheRoundIsOver() external {
        _pass(10);
        uint32 later = _post();
        _pass(11);
        arena.finalize(league, round, assertion);
        vm.expectRevert(
            abi.encodeWithSelector(
                IArenaTypes.WrongRoundStatus.selector, IArenaTypes.RoundStatus.Final, IArenaTypes.RoundStatus.Seeded
            )
        );
        arena.openDemand(league, round, later, 0, STRANGER, 1);
    }

    function test_openDemand_failsIfTheAssertionIsDead() external {
        arena.kill(league, round, assertion, STRANGER);
        vm.expectRevert(
            abi.encodeWithSelector(IArenaTypes.AssertionNotLive.selector, assertion, IArenaTypes.AssertionStatus.Killed)
        );
        _openDemand(1);
    }

    function test_openDemand_failsIfTheBondsAreNotHeld() external {
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.BalanceTooLow.selector, uint128(100), uint128(110)));
        _openDemand(10);
    }

    function test_settleDemand_paysAndEnds() external {
        _openDemand(3);
        arena.settleDemand(league, round, assertion, ASSERTER, 1, false);
        checkEqual(arena.balanceOf(ASSERTER), 11, "one is paid");
        checkEqual(_openDemands(), 1, "it goes on");
        arena.settleDemand(league, round, assertion, ASSERTER, 2, true);
        checkEqual(arena.balanceOf(ASSERTER), 33, "all are paid");
        checkEqual(_openDemands(), 0, "it is over");
    }

    function test_settleDemand_failsIfNotByTheDemandsContract() external {
        _openDemand(1);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotDemands.selector, STRANGER, address(this)));
        arena.settleDemand(league, round, assertion, STRANGER, 1, true);
    }

    function test_finalize_waitsWhileDemandsAreOpen() external {
        uint256 postedAt = vm.getBlockNumber();
        _openDemand(1);
        _openDemand(1);
        arena.settleDemand(league, round, assertion, STRANGER, 1, true);
        _pass(76);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooEarly.selector, postedAt + 76, postedAt + 77));
        arena.finalize(league, round, assertion);
        _pass(1);
        arena.finalize(league, round, assertion);
    }

    function test_finalize_isAsEverOnceDemandsAreSettled() external {
        _openDemand(1);
        arena.settleDemand(league, round, assertion, STRANGER, 1, true);
        _pass(21);
        arena.finalize(league, round, assertion);
    }

    /// @dev Nobody can be kept from demanding by others who demand. So many demands would take a test too long, so the
    /// count is written where it stands: the last two bytes of the assertion's first word.
    function test_openDemand_succeedsHoweverManyAreOpen() external {
        bytes32 slot = _slotOfAssertion();
        vm.store(address(arena), slot, vm.load(address(arena), slot) | bytes32(uint256(65_534) << 240));
        checkEqual(_openDemands(), 65_534, "the count is there");
        for (uint256 i = 0; i < 3; ++i) {
            _openDemand(1);
        }
        checkEqual(_openDemands(), 65_535, "it has an end");
        arena.settleDemand(league, round, assertion, STRANGER, 1, true);
        checkEqual(_openDemands(), 65_535, "from which it does not come back");
        _pass(20 + 28 * 2);
        bytes memory input = abi.encodeCall(arena.finalize, (league, round, assertion));
        checkRefused(address(arena), input, IArenaTypes.TooEarly.selector, "until the bound");
        _pass(1);
        arena.finalize(league, round, assertion);
    }

    /// @dev The word that begins with the asserter, whichever slot the compiler gave the mapping of assertions.
    function _slotOfAssertion() private view returns (bytes32 slot) {
        for (uint256 base = 0;; ++base) {
            slot = keccak256(abi.encode(assertion, keccak256(abi.encode(round, keccak256(abi.encode(league, base))))));
            if (address(uint160(uint256(vm.load(address(arena), slot)))) == ASSERTER) return slot;
        }
    }

    function test_isStanding_untilTheAssertionOrTheRoundIsOver() external {
        uint32 later = _post();
        check(!arena.isStanding(league, round, later + 1), "never posted");
        check(arena.isStanding(league, round, later), "posted");
        arena.kill(league, round, later, STRANGER);
        check(!arena.isStanding(league, round, later), "killed");
        later = _post();
        _pass(21);
        arena.finalize(league, round, assertion);
        check(!arena.isStanding(league, round, later), "another is the outcome");
        check(!arena.isStanding(league, round, assertion), "it is the outcome");
    }

    function test_createLeague_failsIfDemandsCostNothingOrTakeNoTime() external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        terms.demandBond = 0;
        _checkTermRefused(terms, "demandBond", 0, 1, type(uint128).max);
        terms.demandBond = 1;
        terms.demandBlocks = 0;
        _checkTermRefused(terms, "demandBlocks", 0, 1, type(uint32).max / 7);
        terms.demandBlocks = type(uint32).max / 7 + 1;
        _checkTermRefused(terms, "demandBlocks", terms.demandBlocks, 1, type(uint32).max / 7);
    }

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
}
