// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {RoundSeed} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes, LeagueId} from "../../src/interfaces/IArenaTypes.sol";
import {Stage} from "./Stage.sol";

contract RoundsTest is Stage {
    function _checkStatusRefused(IArenaTypes.RoundStatus received, IArenaTypes.RoundStatus expected) private {
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.WrongRoundStatus.selector, received, expected));
    }

    // Open

    function test_openRound_freezesAndReserves() external {
        _register(0, 1);
        _register(1, 2);
        uint32 round = _open();
        IArenaTypes.Round memory opened = arena.roundOf(league, round);
        check(opened.status == IArenaTypes.RoundStatus.Open, "open");
        checkEqual(opened.memberCount, 2, "members freeze");
        checkEqual(opened.entryCount, 2, "so do entries");
        checkEqual(opened.beaconIndex, 1, "the second unknown value");
        checkEqual(opened.openedAt, vm.getBlockNumber(), "the block");
        checkEqual(opened.reserved, 200, "all payouts");
        checkEqual(_purse(), 1000 + 14 - 200, "the fees of this round join the purse, the payouts leave it");
        checkEqual(arena.leagueOf(league).nextRound, 1, "the next one");
    }

    /// @dev Value 2 may be on its way, and readable, while somebody opens the round.
    function test_openRound_namesTheSecondUnknownValue() external {
        _register(0, 1);
        beacon.reveal(_secret(0));
        beacon.reveal(_secret(1));
        uint32 round = _open();
        checkEqual(arena.roundOf(league, round).beaconIndex, 3, "nobody knew it when entries froze");
        beacon.reveal(_secret(2));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.SeedUnknown.selector, uint64(3)));
        arena.drawSeed(league);
        beacon.reveal(_secret(3));
        arena.drawSeed(league);
    }

    function test_openRound_failsIfEntriesWereOpenTooShort() external {
        _register(0, 1);
        _pass(4);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooEarly.selector, 104, 105));
        arena.openRound(league);
    }

    function test_openRound_failsIfThePreviousHasNotEnded() external {
        _register(0, 2);
        _open();
        _pass(5);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.RoundNotEnded.selector, uint32(0)));
        arena.openRound(league);
    }

    function test_openRound_failsIfThePreviousHasJustEnded() external {
        _register(0, 2);
        _playVoid();
        uint256 ended = vm.getBlockNumber();
        _pass(4);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooEarly.selector, ended + 4, ended + 5));
        arena.openRound(league);
    }

    function test_openRound_failsIfTooFewEntered() external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        (terms.seats, terms.matchesPerRound) = (2, 4);
        league = arena.createLeague(terms);
        _fund(1000);
        _register(0, 1);
        _pass(5);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooFewEntries.selector, uint32(1), uint8(2)));
        arena.openRound(league);
        _register(1, 1);
        arena.openRound(league);
    }

    function test_openRound_failsIfThePurseDoesNotCoverThePayouts() external {
        league = arena.createLeague(_terms());
        _fund(192);
        _register(0, 2);
        _pass(5);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.PurseTooLow.selector, uint128(199), uint128(200)));
        arena.openRound(league);
        _fund(1);
        arena.openRound(league);
        checkEqual(_purse(), 0, "with one more it does; the second round's fee stays apart");
    }

    function test_openRound_failsIfLeagueIsUnknown() external {
        LeagueId unknown = LeagueId.wrap(7);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.UnknownLeague.selector, unknown, uint64(1)));
        arena.openRound(unknown);
    }

    // Seed

    function testFuzz_drawSeed_isTheHashOfAllThatIsFrozen(uint64 chainId) external {
        vm.chainId(chainId);
        _register(0, 1);
        uint32 round = _open();
        _seed();
        bytes32 expected = sha256(
            abi.encodePacked(
                uint8(0x0c), _reversed(chainId), address(arena), bytes8(0), bytes4(0), hex"01000000", _secret(1)
            )
        );
        IArenaTypes.Round memory drawn = arena.roundOf(league, round);
        checkEqual(RoundSeed.unwrap(drawn.seed), expected, "SPEC 9.2");
        check(drawn.status == IArenaTypes.RoundStatus.Seeded, "seeded");
        checkEqual(drawn.seededAt, vm.getBlockNumber(), "now");
    }

    function _reversed(uint64 value) private pure returns (bytes memory reversed) {
        for (uint256 i = 0; i < 8; ++i) {
            reversed = abi.encodePacked(reversed, uint8(value >> (8 * i)));
        }
    }

    function test_drawSeed_failsIfTheValueIsUnknown() external {
        _register(0, 1);
        _open();
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.SeedUnknown.selector, uint64(1)));
        arena.drawSeed(league);
    }

    function test_drawSeed_failsIfNoRoundWaitsForOne() external {
        _checkStatusRefused(IArenaTypes.RoundStatus.None, IArenaTypes.RoundStatus.Open);
        arena.drawSeed(league);
        _register(0, 1);
        _play();
        _checkStatusRefused(IArenaTypes.RoundStatus.Seeded, IArenaTypes.RoundStatus.Open);
        arena.drawSeed(league);
    }

    // Void

    function test_voidRound_failsIfTheSeedMayStillCome() external {
        _register(0, 1);
        uint32 round = _open();
        uint256 opened = vm.getBlockNumber();
        _pass(50);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooEarly.selector, opened + 50, opened + 51));
        arena.voidRound(league);
        _pass(1);
        arena.voidRound(league);
        IArenaTypes.Round memory voided = arena.roundOf(league, round);
        check(voided.status == IArenaTypes.RoundStatus.Void, "void");
        checkEqual(voided.endedAt, opened + 51, "now");
        checkEqual(voided.reserved, 0, "nothing is reserved");
        checkEqual(voided.refunds, 7, "but the fee");
        checkEqual(_purse(), 1000, "the purse is as it was");
    }

    function test_voidRound_failsIfAnAssertionMayStillCome() external {
        _register(0, 1);
        _play();
        uint256 claimsEnd = vm.getBlockNumber() - 1;
        _pass(49);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooEarly.selector, claimsEnd + 50, claimsEnd + 51));
        arena.voidRound(league);
        _pass(1);
        arena.voidRound(league);
    }

    function test_voidRound_failsIfAnAssertionStands() external {
        _register(0, 1);
        uint32 round = _play();
        _deposit(ASSERTER, 61);
        vm.prank(ASSERTER);
        arena.assertResult(league, round, 1, ENTRIES, MATCHES, RANKS);
        _pass(1000);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.AssertionLive.selector, uint32(0)));
        arena.voidRound(league);
    }

    /// @dev Whoever relied on an assertion that turned out wrong has the time to post a right one.
    function test_voidRound_failsIfAnAssertionWasJustKilled() external {
        _register(0, 1);
        uint32 round = _play();
        _deposit(ASSERTER, 61);
        vm.prank(ASSERTER);
        arena.assertResult(league, round, 1, ENTRIES, MATCHES, RANKS);
        _pass(1000);
        arena.kill(league, round, 0, STRANGER);
        uint256 killed = vm.getBlockNumber();
        _pass(50);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooEarly.selector, killed + 50, killed + 51));
        arena.voidRound(league);
        _pass(1);
        arena.voidRound(league);
    }

    function test_voidRound_failsIfNoRoundIsUnderWay() external {
        _checkStatusRefused(IArenaTypes.RoundStatus.None, IArenaTypes.RoundStatus.Seeded);
        arena.voidRound(league);
        _register(0, 1);
        _playVoid();
        _pass(1000);
        _checkStatusRefused(IArenaTypes.RoundStatus.Void, IArenaTypes.RoundStatus.Seeded);
        arena.voidRound(league);
    }

    // Refund

    function test_refundEntry_succeedsOnce() external {
        _register(0, 2);
        _register(1, 1);
        uint32 round = _playVoid();
        uint128 held = arena.balanceOf(_owner(0));
        arena.refundEntry(league, round, 0);
        checkEqual(arena.balanceOf(_owner(0)), held + 7, "the owner has its price back");
        checkEqual(arena.roundOf(league, round).refunds, 7, "the other's is still there");
        bytes memory refused = abi.encodeWithSelector(IArenaTypes.NoRefund.selector, uint32(0), round);
        vm.expectRevert(refused);
        arena.refundEntry(league, round, 0);
        // Nor once another has its own.
        arena.refundEntry(league, round, 1);
        vm.expectRevert(refused);
        arena.refundEntry(league, round, 0);
    }

    /// @dev A member that paused and came back has another window of rounds, but paid for the void one all the same.
    function test_refundEntry_succeedsIfTheMemberCameBack() external {
        _register(0, 1);
        _register(1, 5);
        uint32 round = _playVoid();
        _open();
        vm.prank(_owner(0));
        arena.renew(league, 0, 1);
        arena.refundEntry(league, round, 0);
    }

    /// @dev However a member pauses and comes back, each void round it paid for is paid back, once, and no other.
    function testFuzz_refundEntry_succeedsForWhatWasPaid(uint16 choices) external {
        _register(0, 1);
        _register(1, 9);
        bool[9] memory paid;
        for (uint32 round = 0; round < 9; ++round) {
            paid[round] = round == 0 || choices >> round & 1 != 0;
            if (round != 0 && paid[round]) {
                vm.prank(_owner(0));
                arena.renew(league, 0, 1);
            }
            _playVoid();
        }
        for (uint32 round = 0; round < 9; ++round) {
            bytes memory input = abi.encodeCall(arena.refundEntry, (league, round, 0));
            if (paid[round]) arena.refundEntry(league, round, 0);
            checkRefused(address(arena), input, IArenaTypes.NoRefund.selector, "never, or not twice");
            checkEqual(arena.roundOf(league, round).refunds, 7, "member 1 has not asked yet");
            arena.refundEntry(league, round, 1);
        }
    }

    function test_refundEntry_failsIfUnknown() external {
        _register(0, 1);
        uint32 round = _playVoid();
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.UnknownMember.selector, uint32(1), uint32(1)));
        arena.refundEntry(league, round, 1);
    }

    function test_refundEntry_failsIfTheMemberWasNotEntered() external {
        _register(0, 1);
        uint32 round = _playVoid();
        _register(1, 1);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NoRefund.selector, uint32(1), round));
        arena.refundEntry(league, round, 1);
    }

    function test_refundEntry_failsIfTheMemberLeftAndWasPaidBack() external {
        _register(0, 2);
        _register(1, 2);
        _playVoid();
        vm.prank(_owner(0));
        arena.unbond(league, 0);
        uint32 round = _playVoid();
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NoRefund.selector, uint32(0), round));
        arena.refundEntry(league, round, 0);
    }

    function test_refundEntry_failsIfTheRoundIsNotVoid() external {
        _register(0, 1);
        uint32 round = _play();
        _checkStatusRefused(IArenaTypes.RoundStatus.Seeded, IArenaTypes.RoundStatus.Void);
        arena.refundEntry(league, round, 0);
    }
}
