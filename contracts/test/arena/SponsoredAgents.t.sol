// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CodeHash, SigningDigest, StateHash} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes, LeagueId} from "../../src/interfaces/IArenaTypes.sol";
import {ActionStatement, Signatures} from "../../src/libraries/Signatures.sol";
import {BatchStage} from "./BatchStage.sol";

/// @dev A batch of three in a league of which code may be demanded for 4 blocks and shown for 8.
contract BatchPublicationTest is BatchStage {
    uint32 private constant CODE_BLOCKS = 4;

    bytes[] private leaves;
    uint32 private round;
    uint256 private openedAt;

    function _terms() internal view override returns (IArenaTypes.LeagueTerms memory terms) {
        terms = super._terms();
        (terms.codeBlocks, terms.unbondBlocks) = (CODE_BLOCKS, 78);
    }

    function setUp() public override {
        super.setUp();
        for (uint256 i = 0; i < 3; ++i) {
            leaves.push(_registration(1 + i, CodeHash.wrap(sha256(_module(1 + i)))));
        }
        bytes[] memory sorted = leaves;
        _sort(sorted);
        leaves = sorted;
        _admit(leaves, 2);
        _deposit(WATCHER, 22);
        round = _open();
        openedAt = vm.getBlockNumber();
    }

    function _module(uint256 owner) private pure returns (bytes memory) {
        return abi.encodePacked("module ", owner);
    }

    function _moduleOf(uint32 member) private view returns (bytes memory) {
        (address owner,) = _ownerAndCode(leaves[member]);
        uint256 number = 1;
        while (_owner(number) != owner) {
            ++number;
        }
        return _module(number);
    }

    function _demand(uint32 member) private {
        (, CodeHash codeHash) = _ownerAndCode(leaves[member]);
        vm.prank(WATCHER);
        arena.demandCode(league, round, member, codeHash);
    }

    function _voided() private {
        vm.roll(openedAt + 2 * CODE_BLOCKS + 51);
        arena.voidRound(league);
    }

    function _checkActive(uint32 member, bool now_, bool next) private view {
        IArenaTypes.Member memory found = arena.memberOf(league, member);
        check((found.from <= round && round < found.to) == now_, "in this round");
        check((found.from <= round + 1 && round + 1 < found.to) == next, "in the next one");
    }

    function test_demandCode_needsAMemberOfABatchEnrolled() external {
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotEnrolled.selector, uint32(1)));
        _demand(1);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotEnrolled.selector, uint32(1)));
        arena.showCode(league, 1, _moduleOf(1));
        _enroll(1, leaves);
        for (uint32 member = 0; member < 3; ++member) {
            _checkActive(member, true, true);
        }
        checkEqual(arena.roundOf(league, round).entryCount, 3, "enrolling changes no entries");
        _demand(1);
        _checkActive(1, false, true);
        _checkActive(0, true, true);
        checkEqual(arena.roundOf(league, round).entryCount, 2, "two are left");
        checkEqual(arena.roundOf(league, round + 1).entryCount, 3, "of the next one it is an entry");
        checkEqual(arena.batchOf(league, 0).enrolled, 1, "the others are in their batch");
    }

    function test_showCode_bringsAMemberOfABatchBack() external {
        _enroll(1, leaves);
        _demand(1);
        bytes memory module = _moduleOf(1);
        vm.prank(STRANGER);
        arena.showCode(league, 1, module);
        _checkActive(1, true, true);
        checkEqual(arena.roundOf(league, round).entryCount, 3, "all three");
        checkEqual(arena.balanceOf(STRANGER), 11, "the bond to whoever showed it");
        arena.enroll(league, 2, _proofOf(leaves, 2));
        _checkActive(2, true, true);
    }

    function test_refundBatch_leavesOutWhoHidItsCode() external {
        uint128 paid = arena.balanceOf(SPONSOR);
        _enroll(0, leaves);
        _enroll(1, leaves);
        _demand(1);
        _voided();
        checkEqual(arena.roundOf(league, round).refunds, 14, "of two entries");
        arena.refundBatch(league, round, 0);
        checkEqual(arena.balanceOf(SPONSOR), paid + 7, "of the one that is not enrolled");
        bytes memory input = abi.encodeCall(arena.refundEntry, (league, round, 1));
        checkRefused(address(arena), input, IArenaTypes.NoRefund.selector, "it was out of the round");
        arena.refundEntry(league, round, 0);
        checkEqual(arena.balanceOf(SPONSOR), paid + 14, "of the other one that is");
        _enroll(2, leaves);
        input = abi.encodeCall(arena.refundEntry, (league, round, 2));
        checkRefused(address(arena), input, IArenaTypes.NoRefund.selector, "paid with the batch");
        checkEqual(arena.roundOf(league, round).refunds, 0, "nothing is left");
    }

    function test_unbondBatch_whileCodeIsDemandedChangesLaterRoundsOnly() external {
        _enroll(1, leaves);
        _demand(1);
        vm.prank(SPONSOR);
        arena.unbondBatch(league, 0);
        _checkActive(0, true, false);
        _checkActive(1, false, true);
        arena.showCode(league, 1, _moduleOf(1));
        _checkActive(1, true, true);
        checkEqual(arena.roundOf(league, round).entryCount, 3, "this round is as it was");
        checkEqual(arena.roundOf(league, round + 1).entryCount, 1, "and the next has one");
        // Its stake stays until the round is over, and the time to slash it.
        vm.prank(SPONSOR);
        arena.unbond(league, 1);
        _voided();
        _pass(77);
        vm.prank(SPONSOR);
        vm.expectPartialRevert(IArenaTypes.TooEarly.selector);
        arena.withdrawStake(league, 1);
        _pass(1);
        vm.prank(SPONSOR);
        arena.withdrawStake(league, 1);
    }
}

/// @dev A batch of two keys in a signed league.
contract BatchEquivocationsTest is BatchStage {
    StateHash private constant STATE = StateHash.wrap("state");
    uint256 private constant AGENT = 4000;

    bytes[] private leaves;

    function _terms() internal view override returns (IArenaTypes.LeagueTerms memory terms) {
        terms = super._terms();
        (terms.system, terms.clockBlocks) = (address(this), 3);
    }

    function setUp() public override {
        super.setUp();
        bytes[] memory sorted = new bytes[](2);
        sorted[0] = _registration(1, _keyOf(AGENT));
        sorted[1] = _registration(2, _keyOf(AGENT + 1));
        _sort(sorted);
        leaves = sorted;
        _admit(leaves, 3);
    }

    function _keyOf(uint256 agent) private pure returns (CodeHash) {
        return CodeHash.wrap(bytes32(uint256(uint160(vm.addr(agent)))));
    }

    function _said(uint64 action) private view returns (IArenaTypes.SignedAction memory) {
        ActionStatement memory said = ActionStatement(LeagueId.unwrap(league), 0, 0, 0, 0, STATE, action);
        SigningDigest digest = Signatures.actionDigest(Signatures.domainOf(address(arena)), said);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(AGENT, digest);
        return IArenaTypes.SignedAction(STATE, action, abi.encodePacked(r, s, v));
    }

    /// @dev The number of the member whose key equivocates, and of the other one.
    function _members() private view returns (uint32 equivocal, uint32 honest) {
        (address owner,) = _ownerAndCode(leaves[0]);
        return owner == _owner(1) ? (0, 1) : (1, 0);
    }

    function _report(uint32 member) private {
        (IArenaTypes.SignedAction memory first, IArenaTypes.SignedAction memory second) = (_said(1), _said(2));
        vm.prank(STRANGER);
        arena.slashEquivocation(league, member, 0, 0, 0, 0, first, second);
    }

    function test_slashEquivocation_takesTheStakeThatASponsorPutUp() external {
        (uint32 equivocal, uint32 honest) = _members();
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotEnrolled.selector, equivocal));
        _report(equivocal);
        _enroll(equivocal, leaves);
        _enroll(honest, leaves);
        vm.expectPartialRevert(IArenaTypes.AgentMismatch.selector);
        _report(honest);
        // The owner's own stakes have nothing to do with it.
        _register(1, CodeHash.wrap("another"));
        uint128 purse = _purse();
        _report(equivocal);
        IArenaTypes.Member memory member = arena.memberOf(league, equivocal);
        check(member.banned && member.stake == 0, "banned, and without a stake");
        checkEqual(arena.stakesOf(_owner(1)), 151, "the owner's stakes are as they were");
        checkEqual(arena.balanceOf(STRANGER), STAKE / 2, "half to the reporter");
        checkEqual(arena.burnt(), STAKE / 2, "half is burnt");
        checkEqual(_purse(), purse + 21, "its entries into rounds to come stay in the league");
        checkEqual(arena.roundOf(league, 0).entryCount, 2, "the other and the owner's own play");
        checkEqual(arena.roundOf(league, 1).entryCount, 1, "then the other alone");
        check(!arena.memberOf(league, honest).banned, "the other one stays");
    }

    /// @dev The same agent by itself: another member, with another stake.
    function test_slashEquivocation_takesEachStakeOfAnAgent() external {
        (uint32 equivocal,) = _members();
        uint32 alone = _register(1, _keyOf(AGENT));
        _enroll(equivocal, leaves);
        _report(alone);
        check(arena.memberOf(league, alone).banned && !arena.memberOf(league, equivocal).banned, "one by one");
        _report(equivocal);
        check(arena.memberOf(league, equivocal).banned, "both");
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.MemberBanned.selector, alone));
        _report(alone);
    }
}
