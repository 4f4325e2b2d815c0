// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CodeHash, SigningDigest} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {Stage} from "./Stage.sol";

/// @dev A league of which code may be demanded for 4 blocks and shown for 8. Owner i has member i; all modules differ, but
/// those of members 2 and 3. A stranger demands, a helper shows.
contract CodePublicationTest is Stage {
    uint32 private constant CODE_BLOCKS = 4;
    uint128 private constant BOND = 11;
    address private constant HELPER = address(0x4e19);

    uint32 private round;
    uint256 private openedAt;

    function _terms() internal view override returns (IArenaTypes.LeagueTerms memory terms) {
        terms = super._terms();
        (terms.codeBlocks, terms.unbondBlocks) = (CODE_BLOCKS, 78);
    }

    function setUp() public override {
        super.setUp();
        _deposit(STRANGER, 10 * BOND);
        for (uint256 owner = 0; owner < 4; ++owner) {
            _enter(owner, 2);
        }
    }

    function _enter(uint256 owner, uint32 rounds) private {
        _deposit(_owner(owner), 1000);
        CodeHash codeHash = _hash(owner);
        vm.prank(_owner(owner));
        arena.register(league, codeHash, 151, rounds);
    }

    function _module(uint256 owner) private pure returns (bytes memory) {
        return abi.encodePacked("module ", owner == 3 ? 2 : owner);
    }

    function _hash(uint256 owner) private pure returns (CodeHash) {
        return CodeHash.wrap(sha256(_module(owner)));
    }

    function _publishing() private {
        round = _open();
        openedAt = vm.getBlockNumber();
    }

    function _demand(uint32 member) private {
        CodeHash codeHash = _hash(member);
        vm.prank(STRANGER);
        arena.demandCode(league, round, member, codeHash);
    }

    function _show(uint32 member) private {
        vm.prank(HELPER);
        arena.showCode(league, member, _module(member));
    }

    function _demandRefused(uint32 member, bytes4 expected, string memory rule) private {
        _demandRefused(round, member, _hash(member), expected, rule);
    }

    function _demandRefused(uint32 of_, uint32 member, CodeHash codeHash, bytes4 expected, string memory rule) private {
        vm.prank(STRANGER);
        checkRefused(address(arena), abi.encodeCall(arena.demandCode, (league, of_, member, codeHash)), expected, rule);
    }

    function _isActive(uint32 member, uint32 in_) private view returns (bool) {
        IArenaTypes.Member memory entered = arena.memberOf(league, member);
        return entered.from <= in_ && in_ < entered.to;
    }

    function _close() private {
        vm.roll(openedAt + 2 * CODE_BLOCKS + 1);
        arena.closePublication(league);
    }

    function _voided() private {
        vm.roll(openedAt + 2 * CODE_BLOCKS + 51);
        arena.voidRound(league);
    }

    // Open and close

    function test_openRound_publishesBeforeItsSeedIsNamed() external {
        _publishing();
        IArenaTypes.Round memory opened = arena.roundOf(league, round);
        check(opened.status == IArenaTypes.RoundStatus.Publishing, "publishing");
        checkEqual(opened.beaconIndex, 0, "no value is named");
        checkEqual(opened.entryCount, 4, "entries froze");
        checkEqual(opened.reserved, 200, "all payouts are set aside");
        // Were the value taken for number 0, everybody would know it.
        beacon.reveal(_secret(0));
        vm.expectRevert(
            abi.encodeWithSelector(
                IArenaTypes.WrongRoundStatus.selector, IArenaTypes.RoundStatus.Publishing, IArenaTypes.RoundStatus.Open
            )
        );
        arena.drawSeed(league);
    }

    function test_closePublication_namesTheSecondUnknownValue() external {
        _publishing();
        beacon.reveal(_secret(0));
        vm.roll(openedAt + 2 * CODE_BLOCKS);
        vm.expectRevert(
            abi.encodeWithSelector(
                IArenaTypes.TooEarly.selector, openedAt + 2 * CODE_BLOCKS, openedAt + 2 * CODE_BLOCKS + 1
            )
        );
        arena.closePublication(league);
        vm.expectEmit(true, true, true, true, address(arena));
        emit IArenaTypes.PublicationClosed(league, round, 4, 2);
        _close();
        IArenaTypes.Round memory closed = arena.roundOf(league, round);
        check(closed.status == IArenaTypes.RoundStatus.Open, "open");
        checkEqual(closed.beaconIndex, 2, "nobody knew it when the entries were settled");
        _seed();
        check(arena.roundOf(league, round).status == IArenaTypes.RoundStatus.Seeded, "seeded");
    }

    function test_closePublication_failsIfNoRoundIsPublishing() external {
        bytes memory input = abi.encodeCall(arena.closePublication, (league));
        checkRefused(address(arena), input, IArenaTypes.WrongRoundStatus.selector, "none");
        _publishing();
        _close();
        checkRefused(address(arena), input, IArenaTypes.WrongRoundStatus.selector, "open");
    }

    function test_openRound_publishesNothingWhereNoCodeIsDemanded() external {
        league = arena.createLeague(super._terms());
        _fund(1000);
        _enter(0, 1);
        round = _open();
        check(arena.roundOf(league, round).status == IArenaTypes.RoundStatus.Open, "open");
        _demandRefused(0, IArenaTypes.WrongRoundStatus.selector, "the league trusts its sources");
    }

    // Demand

    function test_demandCode_takesTheBondAndTheEntry() external {
        _publishing();
        vm.expectEmit(true, true, true, true, address(arena));
        emit IArenaTypes.CodeDemanded(league, round, 1, _hash(1), STRANGER);
        _demand(1);
        checkEqual(arena.balanceOf(STRANGER), 9 * BOND, "a bond");
        check(arena.codeDemanderOf(league, round, 1) == STRANGER, "whose it is");
        check(!_isActive(1, round), "it is out");
        check(_isActive(1, round + 1), "of this round only");
        checkEqual(arena.roundOf(league, round).entryCount, 3, "one entry less");
        checkEqual(_purse(), 1000 + 28 - 200, "its price stays in the purse");
    }

    function test_demandCode_succeedsInTimeOnly() external {
        _publishing();
        vm.roll(openedAt + CODE_BLOCKS + 1);
        _demandRefused(0, IArenaTypes.TooLate.selector, "the other half is for showing");
        vm.roll(openedAt + CODE_BLOCKS);
        _demand(0);
    }

    function test_demandCode_failsIfTheMemberIsNoEntry() external {
        vm.prank(_owner(1));
        arena.unbond(league, 1);
        _publishing();
        _enter(4, 1);
        _demandRefused(1, IArenaTypes.NotActive.selector, "it left");
        _demandRefused(4, IArenaTypes.NotActive.selector, "it came too late");
        _demandRefused(5, IArenaTypes.UnknownMember.selector, "nobody");
        _demand(0);
        _demandRefused(0, IArenaTypes.NotActive.selector, "it is out already");
    }

    /// @dev A member that came after the freeze of a round that it would be active in by its numbers.
    function test_demandCode_failsIfTheMemberCameAfterTheFreeze() external {
        _publishing();
        _enter(4, 2);
        _demandRefused(round + 1, 4, _hash(4), IArenaTypes.WrongRoundStatus.selector, "the next one is not open");
        _demandRefused(4, IArenaTypes.NotActive.selector, "it is not in this one");
    }

    function test_demandCode_failsIfTheCodeIsAnothers() external {
        _publishing();
        _demandRefused(round, 0, _hash(1), IArenaTypes.CodeMismatch.selector, "another's");
    }

    function test_demandCode_failsWithoutTheBond() external {
        _publishing();
        bytes memory input = abi.encodeCall(arena.demandCode, (league, round, 0, _hash(0)));
        vm.prank(HELPER);
        checkRefused(address(arena), input, IArenaTypes.BalanceTooLow.selector, "it has none");
    }

    function test_demandCode_failsIfTheRoundIsNotPublishing() external {
        _demandRefused(0, IArenaTypes.WrongRoundStatus.selector, "not open yet");
        _publishing();
        _close();
        vm.roll(openedAt + 1);
        _demandRefused(0, IArenaTypes.WrongRoundStatus.selector, "closed");
    }

    /// @dev Code that is out is out for ever: in later rounds, in other leagues, and for others who enter with it.
    function test_demandCode_failsIfTheCodeWasShown() external {
        _publishing();
        _show(0);
        _show(3);
        _demandRefused(0, IArenaTypes.CodeKnown.selector, "shown before anybody asked");
        _demandRefused(2, IArenaTypes.CodeKnown.selector, "shown for another agent");
        _close();
        _seed();
        _pass(61);
        arena.voidRound(league);
        _publishing();
        _demandRefused(0, IArenaTypes.CodeKnown.selector, "a round later");
        league = arena.createLeague(_terms());
        _fund(1000);
        _enter(0, 1);
        _publishing();
        _demandRefused(round, 0, _hash(0), IArenaTypes.CodeKnown.selector, "in another league");
    }

    // Show

    function test_showCode_bringsTheEntryBackAndPays() external {
        _publishing();
        _demand(1);
        vm.roll(openedAt + 2 * CODE_BLOCKS);
        vm.expectEmit(true, true, true, true, address(arena));
        emit IArenaTypes.CodeShown(_hash(1), HELPER, _module(1));
        vm.expectEmit(true, true, true, true, address(arena));
        emit IArenaTypes.Readmitted(league, round, 1, HELPER, BOND);
        _show(1);
        checkEqual(arena.balanceOf(HELPER), BOND, "the bond");
        check(arena.showerOf(_hash(1)) == HELPER, "who gave it");
        check(arena.codeDemanderOf(league, round, 1) == address(0), "the demand is over");
        check(_isActive(1, round) && _isActive(1, round + 1), "it plays");
        checkEqual(arena.roundOf(league, round).entryCount, 4, "as all do");
        vm.roll(openedAt);
        _demandRefused(1, IArenaTypes.CodeKnown.selector, "once");
        bytes memory input = abi.encodeCall(arena.showCode, (league, 1, _module(1)));
        checkRefused(address(arena), input, IArenaTypes.CodeKnown.selector, "nor is it shown twice");
        vm.roll(openedAt + 2 * CODE_BLOCKS + 1);
        input = abi.encodeCall(arena.returnCodeBond, (league, round, 1));
        checkRefused(address(arena), input, IArenaTypes.CodeNotDemanded.selector, "no bond is left");
    }

    function testFuzz_showCode_refusesOtherBytes(bytes calldata code) external {
        vm.assume(sha256(code) != CodeHash.unwrap(_hash(1)));
        _publishing();
        _demand(1);
        bytes memory input = abi.encodeCall(arena.showCode, (league, 1, code));
        checkRefused(address(arena), input, IArenaTypes.CodeMismatch.selector, "not the code");
        check(!_isActive(1, round), "it stays out");
    }

    function test_showCode_bringsNobodyBackTooLate() external {
        _publishing();
        _demand(1);
        vm.roll(openedAt + 2 * CODE_BLOCKS + 1);
        _show(1);
        check(!_isActive(1, round), "too late for this round");
        checkEqual(arena.balanceOf(HELPER), 0, "and for the bond");
        _close();
        checkEqual(arena.roundOf(league, round).entryCount, 3, "it does not play");
        check(arena.showerOf(_hash(1)) == HELPER, "yet nobody asks again");
        arena.returnCodeBond(league, round, 1);
        checkEqual(arena.balanceOf(STRANGER), 10 * BOND, "the bond goes back");
    }

    /// @dev Once the seed may be known, nobody may choose whether to play.
    function test_showCode_bringsNobodyBackOnceClosed() external {
        _publishing();
        _demand(1);
        _close();
        vm.roll(openedAt + 2 * CODE_BLOCKS + 1);
        _show(1);
        check(!_isActive(1, round), "it stays out");
        _seed();
        bytes memory input = abi.encodeCall(arena.readmit, (league, 1, _hash(1)));
        checkRefused(address(arena), input, IArenaTypes.CodeNotDemanded.selector, "demanded, but not in time");
        arena.returnCodeBond(league, round, 1);
        checkRefused(address(arena), input, IArenaTypes.CodeNotDemanded.selector, "nor now");
        check(!_isActive(1, round), "it stays out for ever");
    }

    /// @dev Members 2 and 3 are of different owners and have one code.
    function test_readmit_succeedsForAnotherAgentWithTheCode() external {
        _publishing();
        _demand(2);
        _demand(3);
        bytes memory input = abi.encodeCall(arena.readmit, (league, 3, _hash(3)));
        checkRefused(address(arena), input, IArenaTypes.CodeUnknown.selector, "nobody has shown it");
        _show(2);
        check(!_isActive(3, round), "still out");
        input = abi.encodeCall(arena.readmit, (league, 3, _hash(0)));
        checkRefused(address(arena), input, IArenaTypes.CodeMismatch.selector, "another code");
        vm.roll(openedAt + 2 * CODE_BLOCKS + 1);
        input = abi.encodeCall(arena.readmit, (league, 3, _hash(3)));
        checkRefused(address(arena), input, IArenaTypes.CodeNotDemanded.selector, "too late");
        vm.roll(openedAt + 2 * CODE_BLOCKS);
        arena.readmit(league, 3, _hash(3));
        check(_isActive(3, round), "it plays");
        checkEqual(arena.balanceOf(HELPER), 2 * BOND, "who showed the code earns both bonds");
    }

    /// @dev Whoever shows a second agent's code must not fail because the first one's was shown a moment before.
    function test_showCode_bringsBackAnAgentWhoseCodeWasShownForAnother() external {
        _publishing();
        _demand(2);
        _demand(3);
        _show(2);
        vm.prank(_owner(3));
        arena.showCode(league, 3, _module(3));
        check(_isActive(3, round), "it plays");
        checkEqual(arena.balanceOf(HELPER), 2 * BOND, "who showed it first earns");
    }

    // Bonds

    function test_returnCodeBond_failsWhileTheCodeMayBeShown() external {
        _publishing();
        _demand(1);
        vm.roll(openedAt + 2 * CODE_BLOCKS);
        bytes memory input = abi.encodeCall(arena.returnCodeBond, (league, round, 1));
        checkRefused(address(arena), input, IArenaTypes.TooEarly.selector, "it may");
        vm.roll(openedAt + 2 * CODE_BLOCKS + 1);
        vm.expectEmit(true, true, true, true, address(arena));
        emit IArenaTypes.CodeBondReturned(league, round, 1, STRANGER, BOND);
        arena.returnCodeBond(league, round, 1);
        checkEqual(arena.balanceOf(STRANGER), 10 * BOND, "all of it");
        checkRefused(address(arena), input, IArenaTypes.CodeNotDemanded.selector, "once");
    }

    // Money and time

    /// @dev Who hides loses the price of an entry, to the purse, and nothing else.
    function test_hiding_costsAnEntryPriceAlsoInAVoidRound() external {
        _publishing();
        _demand(1);
        _close();
        _voided();
        checkEqual(arena.roundOf(league, round).refunds, 21, "those who played have their prices back");
        checkEqual(_purse(), 1007, "the purse keeps that of who hid");
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NoRefund.selector, uint32(1), round));
        arena.refundEntry(league, round, 1);
        arena.refundEntry(league, round, 0);
        checkEqual(arena.memberOf(league, 1).stake, 151, "nothing is slashed");
    }

    /// @dev The rounds before the one that a member was out of are still those that it paid for.
    function test_hiding_takesNoRefundOfEarlierRounds() external {
        _publishing();
        _close();
        _voided();
        uint32 before = round;
        _publishing();
        _demand(0);
        _demand(1);
        _show(1);
        arena.refundEntry(league, before, 0);
        arena.refundEntry(league, before, 1);
        _close();
        _voided();
        arena.refundEntry(league, round, 1);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NoRefund.selector, uint32(0), round));
        arena.refundEntry(league, round, 0);
    }

    function test_voidRound_succeedsAtOnceIfTooFewAreLeft() external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        (terms.seats, terms.matchesPerRound) = (2, 4);
        league = arena.createLeague(terms);
        _fund(1000);
        _enter(0, 1);
        _enter(1, 1);
        _publishing();
        _demand(1);
        vm.roll(openedAt + 2 * CODE_BLOCKS);
        bytes memory input = abi.encodeCall(arena.voidRound, (league));
        checkRefused(address(arena), input, IArenaTypes.TooEarly.selector, "its code may be shown");
        vm.roll(openedAt + 2 * CODE_BLOCKS + 1);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooFewEntries.selector, uint32(1), uint8(2)));
        arena.closePublication(league);
        arena.voidRound(league);
        arena.refundEntry(league, round, 0);
        checkEqual(arena.balanceOf(_owner(0)), 1000 + 1000 - 151 - 14 - 151, "who showed loses nothing");
    }

    /// @dev Whatever is demanded and shown, the seed can be named when the time is over, by anybody; and where nobody cares,
    /// the round is over in time.
    function testFuzz_nobodyStallsARound(uint8 demanded, uint8 shown, bool closes) external {
        _publishing();
        for (uint32 member = 0; member < 4; ++member) {
            if (demanded >> member & 1 != 0) _demand(member);
        }
        vm.roll(openedAt + CODE_BLOCKS + 1);
        for (uint32 member = 0; member < 4; ++member) {
            if (shown >> member & 1 == 0) continue;
            vm.prank(HELPER);
            try arena.showCode(league, member, _module(member)) {} catch {}
        }
        uint32 left = 0;
        for (uint32 member = 0; member < 4; ++member) {
            bool out = demanded >> member & 1 != 0 && shown >> member & 1 == 0;
            check(_isActive(member, round) == !out, "who is not shown is out, who is shown plays");
            if (!out) ++left;
        }
        checkEqual(arena.roundOf(league, round).entryCount, left, "the others play");
        if (closes && left != 0) _close();
        vm.roll(openedAt + 2 * CODE_BLOCKS + 50);
        bytes memory input = abi.encodeCall(arena.voidRound, (league));
        if (left != 0) checkRefused(address(arena), input, IArenaTypes.TooEarly.selector, "there is hope");
        vm.roll(openedAt + 2 * CODE_BLOCKS + 51);
        arena.voidRound(league);
    }

    /// @dev However a member pauses, comes back, leaves and hides, it is active in what it paid for and did not hide in.
    function testFuzz_activityFollowsWhatWasPaidAndShown(uint32 choices) external {
        bool[6] memory plays;
        for (uint256 i = 0; i < 6; ++i) {
            uint256 choice = choices >> (5 * i);
            if (choice & 1 != 0) {
                vm.prank(_owner(0));
                try arena.renew(league, 0, 1 + uint32(choice >> 1 & 1)) {} catch {}
            }
            if (i > 1) _enter(4 + i, 1);
            _publishing();
            bool entered = _isActive(0, round);
            bool hides = entered && choice & 4 != 0 && arena.showerOf(_hash(0)) == address(0);
            if (hides) _demand(0);
            if (choice & 8 != 0) {
                vm.prank(_owner(0));
                try arena.renew(league, 0, 1) {} catch {}
            }
            if (hides && choice & 16 != 0) _show(0);
            plays[i] = entered && (!hides || choice & 16 != 0);
            check(_isActive(0, round) == plays[i], "in the round");
            _close();
            _voided();
        }
        for (uint32 past = 0; past < 6; ++past) {
            bytes memory input = abi.encodeCall(arena.refundEntry, (league, past, 0));
            if (plays[past]) arena.refundEntry(league, past, 0);
            checkRefused(address(arena), input, IArenaTypes.NoRefund.selector, "what it did not play, or twice");
        }
    }

    /// @dev Who asks its stake back, is taken out and comes back must not play without a stake.
    function test_unbond_leavesNoEntryWithoutAStake() external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        terms.unbondBlocks = 77;
        vm.expectRevert(
            abi.encodeWithSelector(
                IArenaTypes.TermOutOfRange.selector, bytes32("unbondBlocks"), 77, 78, type(uint32).max
            )
        );
        arena.createLeague(terms);
        _publishing();
        vm.prank(_owner(0));
        arena.unbond(league, 0);
        _demand(0);
        vm.roll(openedAt + 2 * CODE_BLOCKS);
        bytes memory input = abi.encodeCall(arena.withdrawStake, (league, 0));
        vm.prank(_owner(0));
        checkRefused(address(arena), input, IArenaTypes.TooEarly.selector, "the stake stays");
        _show(0);
        check(_isActive(0, round), "with it the entry is back");
        vm.roll(openedAt + 78);
        vm.prank(_owner(0));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.RoundNotEnded.selector, round));
        arena.withdrawStake(league, 0);
    }

    function test_postClaim_failsIfTheCodeWasHidden() external {
        _publishing();
        _demand(0);
        _demand(1);
        _show(1);
        _close();
        _seed();
        int64[] memory scores = new int64[](3);
        for (uint32 member = 0; member < 2; ++member) {
            SigningDigest digest = arena.claimDigest(league, round, member, 1, scores);
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(_key(member), digest);
            if (member == 0) vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotActive.selector, 0, round));
            arena.postClaim(league, round, member, 1, scores, abi.encodePacked(r, s, v));
        }
    }
}
