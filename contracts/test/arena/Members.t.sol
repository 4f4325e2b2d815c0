// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, CodeHash} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {Stage} from "./Stage.sol";

contract MembersTest is Stage {
    CodeHash private constant CODE = CodeHash.wrap(bytes32(uint256(0xc0de)));

    function _agentId(address owner, CodeHash code) private pure returns (AgentId) {
        return AgentId.wrap(sha256(abi.encodePacked(uint8(0x0a), owner, code)));
    }

    function _entryCount(uint32 round) private view returns (uint32) {
        return arena.roundOf(league, round).entryCount;
    }

    // Register

    function test_register_succeedsIfAllIsPaid() external {
        _deposit(_owner(0), 1000);
        AgentId expected = _agentId(_owner(0), CODE);
        vm.expectEmit(true, true, true, true, address(arena));
        emit IArenaTypes.Registered(league, 0, _owner(0), expected, CODE, 200, 0, 3);
        vm.prank(_owner(0));
        uint32 member = arena.register(league, CODE, 200, 3);
        checkEqual(member, 0, "members are numbered from 0");
        IArenaTypes.Member memory entered = arena.memberOf(league, 0);
        checkEqual(AgentId.unwrap(entered.agentId), AgentId.unwrap(_agentId(_owner(0), CODE)), "agent id");
        check(entered.owner == _owner(0), "owner");
        checkEqual(entered.from, 0, "from the next round");
        checkEqual(entered.to, 3, "for three rounds");
        checkEqual(entered.stake, 200, "stake");
        checkEqual(arena.stakesOf(_owner(0)), 200, "the owner's stakes");
        checkEqual(arena.balanceOf(_owner(0)), 1000 - 200 - 21, "stake and three entries are paid");
        checkEqual(_purse(), 1000, "fees are kept apart until their round opens");
        for (uint32 round = 0; round < 4; ++round) {
            checkEqual(_entryCount(round), round < 3 ? 1 : 0, "entries of the round");
            checkEqual(arena.slotsOf(league, round, _owner(0)), round < 3 ? 1 : 0, "slots of the owner");
        }
        (bool found, uint32 known) = arena.memberOfAgent(league, entered.agentId);
        check(found && known == 0, "found by agent id");
    }

    function testFuzz_register_failsIfStakeIsBelowTheClaimBond(uint128 stake) external {
        stake = stake % 151;
        _deposit(_owner(0), 1000);
        vm.prank(_owner(0));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.StakeTooLow.selector, stake, uint128(151)));
        arena.register(league, CODE, stake, 1);
    }

    function test_register_failsIfStakeIsBelowTheMinimum() external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        terms.minimumStake = 160;
        league = arena.createLeague(terms);
        _deposit(_owner(0), 1000);
        vm.prank(_owner(0));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.StakeTooLow.selector, uint128(159), uint128(160)));
        arena.register(league, CODE, 159, 1);
    }

    function test_register_failsIfBalanceDoesNotCoverTheEntries() external {
        _deposit(_owner(0), 210);
        vm.prank(_owner(0));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.BalanceTooLow.selector, uint128(10), uint128(14)));
        arena.register(league, CODE, 200, 2);
    }

    function test_register_failsIfAgentIsMember() external {
        _register(0, 1);
        CodeHash code = CodeHash.wrap(keccak256("module"));
        AgentId agentId = _agentId(_owner(0), code);
        vm.prank(_owner(0));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.AlreadyMember.selector, agentId, uint32(0)));
        arena.register(league, code, 151, 1);
        // Somebody else's agent of the same code is another agent.
        checkEqual(_register(1, 1), 1, "the second member");
    }

    function test_register_failsIfRoundsAreNoneOrTooManyAhead() external {
        _deposit(_owner(0), 1000);
        vm.prank(_owner(0));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.RoundsOutOfRange.selector, 0, 32));
        arena.register(league, CODE, 200, 0);
        vm.prank(_owner(0));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.RoundsOutOfRange.selector, 33, 32));
        arena.register(league, CODE, 200, 33);
        vm.prank(_owner(0));
        arena.register(league, CODE, 200, 32);
        checkEqual(arena.memberOf(league, 0).to, 32, "thirty-two are possible");
    }

    function test_register_failsIfSlotsAreExhausted() external {
        _deposit(_owner(0), 1000);
        for (uint256 code = 0; code < 2; ++code) {
            vm.prank(_owner(0));
            arena.register(league, CodeHash.wrap(bytes32(code)), 151, 1);
        }
        vm.prank(_owner(0));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.SlotsExhausted.selector, uint32(0), uint32(3), uint16(2)));
        arena.register(league, CODE, 151, 1);
    }

    /// @dev Two slots of 200 need 400 after both entries are paid: 414 are enough, 413 are not.
    function test_register_failsIfCapitalDoesNotCarryTheSlots() external {
        _deposit(_owner(0), 413);
        vm.prank(_owner(0));
        arena.register(league, CodeHash.wrap(0), 151, 1);
        vm.prank(_owner(0));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.CapitalTooLow.selector, 399, 400));
        arena.register(league, CODE, 151, 1);
        _deposit(_owner(0), 1);
        vm.prank(_owner(0));
        arena.register(league, CODE, 151, 1);
        checkEqual(_entryCount(0), 2, "with one more it may");
    }

    /// @dev Slots are counted for sixteen rounds in a word; here they are in two, and none in a third.
    function testFuzz_slotsOf_countsEachRound(uint32 first, uint32 second) external {
        (first, second) = (1 + first % 32, 1 + second % 32);
        _deposit(_owner(0), 1000);
        vm.prank(_owner(0));
        arena.register(league, CodeHash.wrap(0), 151, first);
        vm.prank(_owner(0));
        arena.register(league, CODE, 151, second);
        for (uint32 round = 0; round < 40; ++round) {
            uint256 expected = (round < first ? 1 : 0) + (round < second ? 1 : 0);
            checkEqual(arena.slotsOf(league, round, _owner(0)), expected, "slots of the owner");
            checkEqual(_entryCount(round), expected, "entries of the round");
        }
        vm.prank(_owner(0));
        arena.unbond(league, 0);
        for (uint32 round = 0; round < 40; ++round) {
            checkEqual(arena.slotsOf(league, round, _owner(0)), round < second ? 1 : 0, "only the other's are left");
        }
    }

    function testFuzz_slotsOf_countsNothingInLeaguesWithoutLimits(uint16 limit, uint128 capital) external {
        IArenaTypes.LeagueTerms memory terms = _terms();
        terms.slotsPerOwnerMax = limit % 3 == 0 ? type(uint16).max : 1 + limit % type(uint16).max;
        terms.slotCapital = capital % 2;
        league = arena.createLeague(terms);
        bool counted = terms.slotsPerOwnerMax != type(uint16).max || terms.slotCapital != 0;
        _register(0, 3);
        checkEqual(arena.slotsOf(league, 2, _owner(0)), counted ? 1 : 0, "slots of the owner");
        vm.prank(_owner(0));
        arena.unbond(league, 0);
        checkEqual(arena.slotsOf(league, 2, _owner(0)), 0, "given back, if taken");
        checkEqual(_entryCount(2), 0, "entries of the round");
    }

    // Renew

    function test_renew_succeedsIfContiguous() external {
        _register(0, 2);
        vm.prank(_owner(0));
        arena.renew(league, 0, 3);
        checkEqual(arena.memberOf(league, 0).from, 0, "from stays");
        checkEqual(arena.memberOf(league, 0).to, 5, "to moves on");
        checkEqual(_entryCount(4), 1, "entered into the last");
        checkEqual(_entryCount(5), 0, "and no further");
    }

    /// @dev Member 0 plays round 0, misses round 1, which is open, and buys the two after it.
    function _pause() private {
        _register(0, 1);
        _register(1, 8);
        _playVoid();
        _open();
        vm.prank(_owner(0));
        arena.renew(league, 0, 2);
    }

    function test_renew_succeedsIfPaused() external {
        _pause();
        IArenaTypes.Member memory renewed = arena.memberOf(league, 0);
        checkEqual(renewed.from, 2, "from the next round, not the open one");
        checkEqual(renewed.to, 4, "for two");
        checkEqual(_entryCount(1), 1, "the open round is as it was");
    }

    function test_renew_succeedsIfItsRoundIsOpen() external {
        _register(0, 1);
        _open();
        vm.prank(_owner(0));
        arena.renew(league, 0, 1);
        checkEqual(arena.memberOf(league, 0).from, 0, "it still plays the open round");
        checkEqual(arena.memberOf(league, 0).to, 2, "and the next");
    }

    function test_renew_failsIfTooFarAhead() external {
        _register(0, 30);
        vm.prank(_owner(0));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.RoundsOutOfRange.selector, 3, 2));
        arena.renew(league, 0, 3);
    }

    function test_renew_failsIfSomebodyElses() external {
        _register(0, 1);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotOwner.selector, STRANGER, _owner(0)));
        arena.renew(league, 0, 1);
    }

    function test_renew_failsIfUnknown() external {
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.UnknownMember.selector, uint32(0), uint32(0)));
        arena.renew(league, 0, 1);
    }

    // Stake

    function testFuzz_addStake_movesBalanceToStake(uint128 amount) external {
        _register(0, 1);
        uint128 held = arena.balanceOf(_owner(0));
        amount = amount % (held + 1);
        vm.prank(_owner(0));
        arena.addStake(league, 0, amount);
        checkEqual(arena.memberOf(league, 0).stake, 151 + amount, "stake");
        checkEqual(arena.stakesOf(_owner(0)), 151 + amount, "stakes");
        checkEqual(arena.balanceOf(_owner(0)), held - amount, "balance");
    }

    function test_addStake_failsIfUnbonding() external {
        _register(0, 1);
        vm.prank(_owner(0));
        arena.unbond(league, 0);
        vm.prank(_owner(0));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.MemberUnbonding.selector, uint32(0)));
        arena.addStake(league, 0, 1);
    }

    // Unbond

    function test_unbond_paysBackRoundsNotOpened() external {
        _register(0, 3);
        _open();
        uint128 held = arena.balanceOf(_owner(0));
        vm.prank(_owner(0));
        arena.unbond(league, 0);
        checkEqual(arena.memberOf(league, 0).to, 1, "it plays the open round and no other");
        checkEqual(arena.balanceOf(_owner(0)), held + 14, "two entries are paid back");
        checkEqual(_entryCount(0), 1, "the open round is as it was");
        checkEqual(_entryCount(1), 0, "it left the others");
        checkEqual(arena.slotsOf(league, 1, _owner(0)), 0, "and its slots");
    }

    function test_unbond_failsIfTwice() external {
        _register(0, 1);
        vm.prank(_owner(0));
        arena.unbond(league, 0);
        vm.prank(_owner(0));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.MemberUnbonding.selector, uint32(0)));
        arena.unbond(league, 0);
    }

    function test_unbond_failsIfSomebodyElses() external {
        _register(0, 1);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotOwner.selector, STRANGER, _owner(0)));
        arena.unbond(league, 0);
    }

    function _checkWithdrawalRefused(bytes memory reason) private {
        vm.prank(_owner(0));
        vm.expectRevert(reason);
        arena.withdrawStake(league, 0);
    }

    function test_withdrawStake_failsIfNotUnbonding() external {
        _register(0, 1);
        _checkWithdrawalRefused(abi.encodeWithSelector(IArenaTypes.MemberNotUnbonding.selector, uint32(0)));
    }

    /// @dev Asks for the stake of member 0 and lets the unbonding time pass; until then it does not leave.
    function _unbondAndWait() private {
        vm.prank(_owner(0));
        arena.unbond(league, 0);
        uint256 earliest = vm.getBlockNumber() + 70;
        _pass(69);
        _checkWithdrawalRefused(abi.encodeWithSelector(IArenaTypes.TooEarly.selector, earliest - 1, earliest));
        _pass(1);
    }

    function test_withdrawStake_failsIfTooEarly() external {
        _register(0, 1);
        _unbondAndWait();
        uint128 held = arena.balanceOf(_owner(0));
        vm.prank(_owner(0));
        arena.withdrawStake(league, 0);
        checkEqual(arena.balanceOf(_owner(0)), held + 151, "the stake is back");
        checkEqual(arena.memberOf(league, 0).stake, 0, "and no longer there");
        checkEqual(arena.stakesOf(_owner(0)), 0, "nor counted");
    }

    function test_withdrawStake_failsIfItsRoundIsUnderWay() external {
        _register(0, 1);
        _open();
        vm.prank(_owner(0));
        arena.unbond(league, 0);
        _pass(1000);
        _checkWithdrawalRefused(abi.encodeWithSelector(IArenaTypes.RoundNotEnded.selector, uint32(0)));
        _seed();
        _pass(1000);
        _checkWithdrawalRefused(abi.encodeWithSelector(IArenaTypes.RoundNotEnded.selector, uint32(0)));
    }

    /// @dev Whoever finalizes a round could otherwise withdraw before anybody can slash.
    function test_withdrawStake_failsIfItsRoundHasJustEnded() external {
        _register(0, 1);
        uint32 round = _open();
        vm.prank(_owner(0));
        arena.unbond(league, 0);
        _pass(1000);
        arena.voidRound(league);
        uint256 earliest = arena.roundOf(league, round).endedAt + 70;
        _checkWithdrawalRefused(abi.encodeWithSelector(IArenaTypes.TooEarly.selector, earliest - 70, earliest));
        vm.roll(earliest);
        vm.prank(_owner(0));
        arena.withdrawStake(league, 0);
    }

    /// @dev A member that paused and bought later rounds has no round to name; the one it played was over before.
    function test_withdrawStake_countsFromTheRequestIfTheMemberHadPaused() external {
        _pause();
        _unbondAndWait();
        vm.prank(_owner(0));
        arena.withdrawStake(league, 0);
    }

    function test_withdrawStake_failsIfTwice() external {
        _register(0, 1);
        vm.prank(_owner(0));
        arena.unbond(league, 0);
        _pass(70);
        vm.prank(_owner(0));
        arena.withdrawStake(league, 0);
        _checkWithdrawalRefused(abi.encodeWithSelector(IArenaTypes.MemberNotUnbonding.selector, uint32(0)));
    }

    function test_renew_succeedsIfStakedAgainAfterWithdrawal() external {
        _register(0, 1);
        vm.prank(_owner(0));
        arena.unbond(league, 0);
        _pass(70);
        vm.prank(_owner(0));
        arena.withdrawStake(league, 0);
        vm.prank(_owner(0));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.StakeTooLow.selector, uint128(0), uint128(151)));
        arena.renew(league, 0, 1);
        vm.prank(_owner(0));
        arena.addStake(league, 0, 151);
        vm.prank(_owner(0));
        arena.renew(league, 0, 1);
        checkEqual(_entryCount(0), 1, "it is back");
    }
}
