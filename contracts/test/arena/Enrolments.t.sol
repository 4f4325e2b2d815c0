// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, CodeHash} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {Tree} from "../../src/libraries/Tree.sol";
import {BatchStage} from "./BatchStage.sol";
import {Ranking} from "./Ranking.sol";

/// @dev One who registered alone, member 0, and a batch of three, members 1 to 3.
contract EnrolmentsTest is BatchStage {
    bytes[] private leaves;
    uint32 private batch;

    function setUp() public override {
        super.setUp();
        _register(9, 3);
        bytes[] memory made = _registrations(3);
        for (uint256 i = 0; i < 3; ++i) {
            leaves.push(made[i]);
        }
        batch = _admit(made, 2);
    }

    // Enrolling

    function testFuzz_enroll_changesNothingOfAMember(uint32 index, bool midway) external {
        uint32 member = 1 + index % 3;
        if (midway) _open();
        IArenaTypes.Member memory before = arena.memberOf(league, member);
        _enroll(member, leaves);
        IArenaTypes.Member memory enrolled = arena.memberOf(league, member);
        (address owner,) = _ownerAndCode(leaves[member - 1]);
        check(enrolled.owner == owner, "its owner is its leaf's");
        checkEqual(enrolled.agentId, _agentIn(leaves[member - 1]), "and so is its agent");
        checkEqual(enrolled.from, before.from, "it begins as before");
        checkEqual(enrolled.to, before.to, "and ends as before");
        checkEqual(enrolled.stake, before.stake, "with the same stake");
        checkEqual(arena.stakesOf(owner), 0, "which is not its owner's");
        checkEqual(arena.roundOf(league, 0).entryCount, 4, "and one entry as before");
        checkEqual(arena.batchOf(league, batch).enrolled, 1, "the batch has one less to speak for");
    }

    function test_enroll_failsIfItHasARecordOrTheLeafIsAnothers() external {
        IArenaTypes.Proof memory first = _proofOf(leaves, 0);
        IArenaTypes.Proof memory second = _proofOf(leaves, 1);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.AlreadyEnrolled.selector, 0));
        arena.enroll(league, 0, first);
        vm.expectPartialRevert(Tree.RootMismatch.selector);
        arena.enroll(league, 1, second);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.UnknownMember.selector, 4, 4));
        arena.enroll(league, 4, first);
        arena.enroll(league, 1, first);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.AlreadyEnrolled.selector, 1));
        arena.enroll(league, 1, first);
    }

    /// @dev Between two batches and after them there are members that registered alone.
    function test_enroll_findsTheBatchOfEachNumber() external {
        _register(10, 1);
        bytes[] memory second = _registrations(4);
        _admit(second, 1);
        _register(11, 1);
        IArenaTypes.Proof memory proof = _proofOf(second, 0);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.AlreadyEnrolled.selector, 4));
        arena.enroll(league, 4, proof);
        for (uint32 member = 5; member < 9; ++member) {
            _enroll(member, second);
            AgentId agentId = arena.memberOf(league, member).agentId;
            checkEqual(agentId, _agentIn(second[member - 5]), "each has its own leaf");
        }
        _enroll(3, leaves);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.UnknownMember.selector, 10, 10));
        arena.memberOf(league, 10);
    }

    /// @dev An owner that also registers alone is in nobody's way, and loses nothing.
    function test_enroll_isOpenToAnAgentThatIsAMemberAlready() external {
        (address owner, CodeHash codeHash) = _ownerAndCode(leaves[0]);
        _deposit(owner, 1000);
        vm.prank(owner);
        uint32 alone = arena.register(league, codeHash, 151, 1);
        _enroll(1, leaves);
        checkEqual(arena.memberOf(league, 1).agentId, _agentIn(leaves[0]), "in the batch");
        checkEqual(arena.memberOf(league, alone).agentId, _agentIn(leaves[0]), "and alone");
        (, uint32 found) = arena.memberOfAgent(league, _agentIn(leaves[0]));
        checkEqual(found, alone, "where it is looked for by its agent");
        vm.prank(SPONSOR);
        arena.unbond(league, 1);
        vm.prank(owner);
        arena.unbond(league, alone);
    }

    function test_enroll_tellsThatTheBatchIsLeaving() external {
        vm.prank(SPONSOR);
        arena.unbondBatch(league, batch);
        uint64 since = arena.memberOf(league, 1).unbondedAt;
        check(since != 0, "it is leaving");
        _pass(1);
        _enroll(1, leaves);
        checkEqual(arena.memberOf(league, 1).unbondedAt, since, "and goes on so");
        vm.expectPartialRevert(IArenaTypes.MemberUnbonding.selector);
        vm.prank(SPONSOR);
        arena.unbond(league, 1);
    }

    // What is done with a single one

    function test_postClaim_isTakenOfAnEnrolledMemberOnly() external {
        uint32 round = _open();
        _seed();
        int64[] memory scores = new int64[](3);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_keyOf(leaves[1]), arena.claimDigest(league, round, 2, 1, scores));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotActive.selector, 2, round));
        arena.postClaim(league, round, 2, 1, scores, abi.encodePacked(r, s, v));
        _enroll(2, leaves);
        arena.postClaim(league, round, 2, 1, scores, abi.encodePacked(r, s, v));
    }

    function test_claimPayout_paysTheOwnerAndNotTheSponsor() external {
        Ranking.Result[] memory results = _outcome();
        uint32 round = _playFinal(results);
        IArenaTypes.Proof memory rankProof = Ranking.proof(Ranking.rankLeaves(results), 0);
        IArenaTypes.Proof memory entryProof = Ranking.proof(Ranking.entryLeaves(results), 3);
        vm.expectPartialRevert(IArenaTypes.AgentMismatch.selector);
        arena.claimPayout(league, round, 0, rankProof, entryProof, false);
        _enroll(3, leaves);
        (address owner,) = _ownerAndCode(leaves[2]);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.StakeOfSponsor.selector, 3, SPONSOR));
        vm.prank(owner);
        arena.claimPayout(league, round, 0, rankProof, entryProof, true);
        uint128 before = arena.balanceOf(SPONSOR);
        arena.claimPayout(league, round, 0, rankProof, entryProof, false);
        checkEqual(arena.balanceOf(owner), 100, "50, twice");
        checkEqual(arena.balanceOf(SPONSOR), before, "nothing of it is the sponsor's");
    }

    function test_claimPayout_failsIfTheEntryIsOfAnotherAgent() external {
        Ranking.Result[] memory results = _outcome();
        results[3].agentId = results[2].agentId;
        uint32 round = _playFinal(results);
        _enroll(2, leaves);
        _enroll(3, leaves);
        IArenaTypes.Proof memory rankProof = Ranking.proof(Ranking.rankLeaves(results), 0);
        IArenaTypes.Proof memory entryProof = Ranking.proof(Ranking.entryLeaves(results), 3);
        vm.expectPartialRevert(IArenaTypes.AgentMismatch.selector);
        arena.claimPayout(league, round, 0, rankProof, entryProof, false);
    }

    function test_slash_takesTheStakeOfOneAndNoOthers() external {
        Ranking.Result[] memory results = _outcome();
        results[2].disqualified = true;
        uint32 round = _playFinal(results);
        _enroll(2, leaves);
        IArenaTypes.Proof memory proof = Ranking.proof(Ranking.entryLeaves(results), 2);
        vm.prank(STRANGER);
        arena.slash(league, round, 2, proof);
        checkEqual(arena.balanceOf(STRANGER), STAKE / 2, "half is the reporter's");
        checkEqual(arena.memberOf(league, 2).stake, 0, "all of it is gone");
        checkEqual(arena.memberOf(league, 1).stake, STAKE, "the others have theirs");
        checkEqual(arena.roundOf(league, 1).entryCount, 3, "and their entries");
        vm.prank(SPONSOR);
        arena.unbondBatch(league, batch);
        _pass(71);
        uint128 before = arena.balanceOf(SPONSOR);
        vm.prank(SPONSOR);
        arena.withdrawBatchStakes(league, batch);
        checkEqual(arena.balanceOf(SPONSOR) - before, 2 * STAKE, "which are the sponsor's still");
    }

    function test_unbond_isTheSponsorsWhoPaid() external {
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotEnrolled.selector, 1));
        vm.prank(SPONSOR);
        arena.unbond(league, 1);
        _enroll(1, leaves);
        (address owner,) = _ownerAndCode(leaves[0]);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotOwner.selector, owner, SPONSOR));
        vm.prank(owner);
        arena.unbond(league, 1);
        uint128 before = arena.balanceOf(SPONSOR);
        vm.prank(SPONSOR);
        arena.unbond(league, 1);
        checkEqual(arena.balanceOf(SPONSOR) - before, 14, "two entries are paid back to who paid");
        checkEqual(arena.roundOf(league, 1).entryCount, 3, "and are none any more");
        _pass(70);
        vm.prank(SPONSOR);
        arena.withdrawStake(league, 1);
        checkEqual(arena.balanceOf(SPONSOR) - before, 14 + STAKE, "and the stake");
    }

    function test_addStake_addsToWhatIsTheSponsors() external {
        _enroll(1, leaves);
        (address owner,) = _ownerAndCode(leaves[0]);
        _deposit(owner, 50);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotOwner.selector, owner, SPONSOR));
        vm.prank(owner);
        arena.addStake(league, 1, 50);
        _deposit(SPONSOR, 50);
        vm.prank(SPONSOR);
        arena.addStake(league, 1, 50);
        checkEqual(arena.memberOf(league, 1).stake, STAKE + 50, "it is staked");
        checkEqual(arena.stakesOf(owner) + arena.stakesOf(SPONSOR), 0, "and is nobody's capital for other slots");
        vm.prank(SPONSOR);
        arena.unbond(league, 1);
        _pass(70);
        uint128 before = arena.balanceOf(SPONSOR);
        vm.prank(SPONSOR);
        arena.withdrawStake(league, 1);
        checkEqual(arena.balanceOf(SPONSOR) - before, STAKE + 50, "all of it comes back");
    }

    /// @dev Two agents of one owner fill its slots; a sponsored one has none, as its stake is the capital for it.
    function test_renew_takesNoSlotOfTheOwners() external {
        (address owner,) = _ownerAndCode(leaves[0]);
        _deposit(owner, 2000);
        vm.prank(owner);
        arena.register(league, CodeHash.wrap("one"), 151, 3);
        vm.prank(owner);
        arena.register(league, CodeHash.wrap("two"), 151, 3);
        _enroll(1, leaves);
        _deposit(SPONSOR, 7);
        vm.prank(SPONSOR);
        arena.renew(league, 1, 1);
        checkEqual(arena.memberOf(league, 1).to, 3, "one round more");
        checkEqual(arena.slotsOf(league, 2, owner), 2, "beside two slots");
        vm.prank(SPONSOR);
        arena.unbond(league, 1);
        checkEqual(arena.slotsOf(league, 2, owner), 2, "which are taken as before");
        checkEqual(arena.slotsOf(league, 2, SPONSOR), 0, "the sponsor has none either");
    }

    // What a sponsor does with the rest

    function test_renewBatch_paysForThoseThatWait() external {
        _enroll(1, leaves);
        _deposit(SPONSOR, 2 * 3 * 7);
        uint128 before = arena.balanceOf(SPONSOR);
        vm.prank(SPONSOR);
        arena.renewBatch(league, batch, 3);
        checkEqual(before - arena.balanceOf(SPONSOR), 2 * 3 * 7, "two of three, three rounds");
        checkEqual(arena.memberOf(league, 1).to, 2, "who is enrolled is renewed alone");
        checkEqual(arena.memberOf(league, 2).to, 5, "the others go on");
        checkEqual(arena.roundOf(league, 4).entryCount, 2, "as entries");
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.RoundsOutOfRange.selector, 28, 27));
        vm.prank(SPONSOR);
        arena.renewBatch(league, batch, 28);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotOwner.selector, STRANGER, SPONSOR));
        vm.prank(STRANGER);
        arena.renewBatch(league, batch, 1);
    }

    function test_renewBatch_failsIfItPausedOrLeaves() external {
        _playVoid();
        _playVoid();
        _playVoid();
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.BatchPaused.selector, 2, 3));
        vm.prank(SPONSOR);
        arena.renewBatch(league, batch, 1);
        _enroll(1, leaves);
        _deposit(SPONSOR, 7);
        vm.prank(SPONSOR);
        arena.renew(league, 1, 1);
        checkEqual(arena.memberOf(league, 1).from, 3, "one that is enrolled begins again");
        vm.prank(SPONSOR);
        arena.unbondBatch(league, batch);
        vm.expectPartialRevert(IArenaTypes.MemberUnbonding.selector);
        vm.prank(SPONSOR);
        arena.renewBatch(league, batch, 1);
        _pass(71);
        vm.prank(SPONSOR);
        arena.withdrawBatchStakes(league, batch);
        vm.expectPartialRevert(IArenaTypes.MemberUnbonding.selector);
        vm.prank(SPONSOR);
        arena.renewBatch(league, batch, 1);
    }

    function test_unbondBatch_paysBackEntriesIntoLaterRounds() external {
        _open();
        _enroll(1, leaves);
        uint128 before = arena.balanceOf(SPONSOR);
        vm.prank(SPONSOR);
        arena.unbondBatch(league, batch);
        checkEqual(arena.balanceOf(SPONSOR) - before, 2 * 7, "one round of two members");
        checkEqual(arena.memberOf(league, 2).to, 1, "the open round is played");
        checkEqual(arena.memberOf(league, 1).to, 2, "who is enrolled stays");
        checkEqual(arena.roundOf(league, 1).entryCount, 2, "with who registered alone");
        vm.expectPartialRevert(IArenaTypes.MemberUnbonding.selector);
        vm.prank(SPONSOR);
        arena.unbondBatch(league, batch);
    }

    function test_withdrawBatchStakes_waitsForTheLastRoundAndTheWindow() external {
        vm.expectPartialRevert(IArenaTypes.MemberNotUnbonding.selector);
        vm.prank(SPONSOR);
        arena.withdrawBatchStakes(league, batch);
        uint32 round = _open();
        vm.prank(SPONSOR);
        arena.unbondBatch(league, batch);
        _pass(100);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.RoundNotEnded.selector, round));
        vm.prank(SPONSOR);
        arena.withdrawBatchStakes(league, batch);
        arena.voidRound(league);
        _pass(69);
        vm.expectPartialRevert(IArenaTypes.TooEarly.selector);
        vm.prank(SPONSOR);
        arena.withdrawBatchStakes(league, batch);
        _pass(1);
        uint128 before = arena.balanceOf(SPONSOR);
        vm.prank(SPONSOR);
        arena.withdrawBatchStakes(league, batch);
        checkEqual(arena.balanceOf(SPONSOR) - before, 3 * STAKE, "all that wait");
        _enroll(1, leaves);
        checkEqual(arena.memberOf(league, 1).stake, 0, "so there is nothing left of theirs");
        vm.expectPartialRevert(IArenaTypes.StakeTooLow.selector);
        vm.prank(SPONSOR);
        arena.renew(league, 1, 1);
    }

    /// @dev Who is enrolled while the others leave leaves too, with a stake of its own.
    function test_enroll_givesAMemberThatLeavesItsOwnStake() external {
        vm.prank(SPONSOR);
        arena.unbondBatch(league, batch);
        _enroll(1, leaves);
        _pass(71);
        uint128 before = arena.balanceOf(SPONSOR);
        vm.prank(SPONSOR);
        arena.withdrawBatchStakes(league, batch);
        checkEqual(arena.balanceOf(SPONSOR) - before, 2 * STAKE, "those that wait");
        vm.prank(SPONSOR);
        arena.withdrawStake(league, 1);
        checkEqual(arena.balanceOf(SPONSOR) - before, 3 * STAKE, "and the one that does not");
    }

    function test_stakes_ofABatchAreNoCapitalForOtherSlots() external view {
        checkEqual(arena.stakesOf(SPONSOR), 0, "they carry the slots of the batch");
    }

    // Rounds that come to nothing

    function test_refundBatch_paysEachEntryBackOnce() external {
        _enroll(1, leaves);
        uint32 round = _playVoid();
        uint128 before = arena.balanceOf(SPONSOR);
        arena.refundBatch(league, round, batch);
        checkEqual(arena.balanceOf(SPONSOR) - before, 14, "two that wait");
        vm.expectPartialRevert(IArenaTypes.NoRefund.selector);
        arena.refundBatch(league, round, batch);
        arena.refundEntry(league, round, 1);
        checkEqual(arena.balanceOf(SPONSOR) - before, 21, "the one that does not, alone");
        _enroll(2, leaves);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NoRefund.selector, 2, round));
        arena.refundEntry(league, round, 2);
        arena.refundEntry(league, round, 0);
        checkEqual(arena.roundOf(league, round).refunds, 0, "nothing is left");
    }

    function test_refundBatch_leavesOutWhoWasPaidAlone() external {
        uint32 round = _playVoid();
        _enroll(3, leaves);
        uint128 before = arena.balanceOf(SPONSOR);
        arena.refundEntry(league, round, 3);
        _enroll(1, leaves);
        arena.refundBatch(league, round, batch);
        checkEqual(arena.balanceOf(SPONSOR) - before, 14, "one alone, one in the batch");
        arena.refundEntry(league, round, 1);
        arena.refundEntry(league, round, 0);
        checkEqual(arena.roundOf(league, round).refunds, 0, "nothing is left");
    }

    function test_refundBatch_failsForOtherRounds() external {
        vm.expectPartialRevert(IArenaTypes.WrongRoundStatus.selector);
        arena.refundBatch(league, 0, batch);
        _playVoid();
        bytes[] memory later = _registrations(3);
        uint32 second = _admit(later, 1);
        vm.expectPartialRevert(IArenaTypes.NoRefund.selector);
        arena.refundBatch(league, 0, second);
        vm.prank(SPONSOR);
        arena.unbondBatch(league, second);
        _playVoid();
        vm.expectPartialRevert(IArenaTypes.NoRefund.selector);
        arena.refundBatch(league, 1, second);
        arena.refundBatch(league, 1, batch);
    }

    function _outcome() private view returns (Ranking.Result[] memory results) {
        results = new Ranking.Result[](4);
        results[0] = Ranking.Result(0, arena.memberOf(league, 0).agentId, 1, false);
        for (uint32 i = 1; i < 4; ++i) {
            results[i] = Ranking.Result(i, _agentIn(leaves[i - 1]), int64(uint64(i)) + 1, false);
        }
    }

    function _keyOf(bytes memory leaf) private pure returns (uint256) {
        (address owner,) = _ownerAndCode(leaf);
        for (uint256 i = 1;; ++i) {
            if (_owner(i) == owner) return _key(i);
        }
        revert("nobody's");
    }
}
