// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, Node} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {Leaves} from "../../src/libraries/Leaves.sol";
import {Tree} from "../../src/libraries/Tree.sol";
import {Ranking} from "./Ranking.sol";
import {Stage} from "./Stage.sol";

contract PayoutsTest is Stage {
    // What a register leaves of 1000: less a stake of 151 and two entries at 7.
    uint128 private constant LEFT = 835;

    Ranking.Result[] private results;

    function setUp() public override {
        super.setUp();
        for (uint256 owner = 0; owner < 3; ++owner) {
            _register(owner, 2);
        }
        // Member 1 is best; members 0 and 2 are equal, so the earlier entry is before the later.
        Ranking.Result[] memory played = _results([int64(-4), 9, -4]);
        for (uint256 i = 0; i < 3; ++i) {
            results.push(played[i]);
        }
    }

    // Payouts

    function test_claimPayout_paysEachRankItsMember() external {
        uint32 round = _playFinal(results);
        for (uint32 rank = 0; rank < 3; ++rank) {
            _claimPayout(round, rank, results, address(0));
        }
        checkEqual(arena.balanceOf(_owner(1)), LEFT + 100, "first: 50, twice");
        checkEqual(arena.balanceOf(_owner(0)), LEFT + 60, "second: 30, twice");
        checkEqual(arena.balanceOf(_owner(2)), LEFT + 40, "third: 20, twice");
        checkEqual(arena.roundOf(league, round).reserved, 0, "nothing is left in the reserve");
        checkEqual(arena.roundOf(league, round).paidRanks, 7, "three ranks are paid");
    }

    function test_claimPayout_failsIfTwice() external {
        uint32 round = _playFinal(results);
        _claimPayout(round, 0, results, address(0));
        IArenaTypes.Proof memory rankProof = Ranking.proof(Ranking.rankLeaves(results), 0);
        IArenaTypes.Proof memory entryProof = Ranking.proof(Ranking.entryLeaves(results), 1);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.AlreadyPaid.selector, uint32(0)));
        arena.claimPayout(league, round, 0, rankProof, entryProof, false);
    }

    function test_claimPayout_failsIfTheRankEarnsNothing() external {
        uint32 round = _playFinal(results);
        IArenaTypes.Proof memory none;
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.RankOutOfRange.selector, uint32(3), uint32(3)));
        arena.claimPayout(league, round, 3, none, none, false);
    }

    function test_claimPayout_failsIfTheRankHasNoEntry() external {
        Ranking.Result[] memory fewer = new Ranking.Result[](2);
        (fewer[0], fewer[1]) = (results[0], results[1]);
        uint32 round = _playFinal(fewer);
        IArenaTypes.Proof memory none;
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.RankOutOfRange.selector, uint32(2), uint32(2)));
        arena.claimPayout(league, round, 2, none, none, false);
    }

    function test_claimPayout_failsIfTheRoundIsNotFinal() external {
        uint32 round = _play();
        _assert(round, results);
        _pass(21);
        IArenaTypes.Proof memory none;
        vm.expectRevert(
            abi.encodeWithSelector(
                IArenaTypes.WrongRoundStatus.selector, IArenaTypes.RoundStatus.Seeded, IArenaTypes.RoundStatus.Final
            )
        );
        arena.claimPayout(league, round, 0, none, none, false);
    }

    function test_claimPayout_failsIfTheRoundIsVoid() external {
        uint32 round = _playVoid();
        IArenaTypes.Proof memory none;
        vm.expectRevert(
            abi.encodeWithSelector(
                IArenaTypes.WrongRoundStatus.selector, IArenaTypes.RoundStatus.Void, IArenaTypes.RoundStatus.Final
            )
        );
        arena.claimPayout(league, round, 0, none, none, false);
    }

    /// @dev The leaf of another rank, the entry of another rank, a leaf of another kind: each leads elsewhere.
    function test_claimPayout_failsIfALeafIsAnother() external {
        uint32 round = _playFinal(results);
        bytes[] memory ranks = Ranking.rankLeaves(results);
        bytes[] memory entries = Ranking.entryLeaves(results);
        IArenaTypes.Proof memory first = Ranking.proof(ranks, 0);
        IArenaTypes.Proof memory best = Ranking.proof(entries, 1);
        IArenaTypes.Proof memory second = Ranking.proof(ranks, 1);
        IArenaTypes.Proof memory worse = Ranking.proof(entries, 0);
        vm.expectPartialRevert(Tree.RootMismatch.selector);
        arena.claimPayout(league, round, 0, second, worse, false);
        vm.expectPartialRevert(Tree.RootMismatch.selector);
        arena.claimPayout(league, round, 0, first, worse, false);
        vm.expectPartialRevert(Tree.RootMismatch.selector);
        arena.claimPayout(league, round, 0, best, best, false);
    }

    /// @dev Once such an outcome stands, its leaves are still no others.
    function test_claimPayout_failsIfALeafIsNone() external {
        uint32 round = _play();
        bytes[] memory leaves = new bytes[](1);
        leaves[0] = hex"0003";
        Node root = Ranking.root(leaves);
        _deposit(ASSERTER, 61);
        vm.prank(ASSERTER);
        arena.assertResult(league, round, 1, root, MATCHES, root);
        _pass(21);
        arena.finalize(league, round, 0);
        IArenaTypes.Proof memory malformed = Ranking.proof(leaves, 0);
        vm.expectRevert(abi.encodeWithSelector(Leaves.MalformedLeaf.selector, leaves[0]));
        arena.claimPayout(league, round, 0, malformed, malformed, false);
    }

    function test_claimPayout_failsIfTheAgentIsNotTheMembers() external {
        AgentId stranger = AgentId.wrap(keccak256("stranger"));
        results[1].agentId = stranger;
        uint32 round = _playFinal(results);
        IArenaTypes.Proof memory rankProof = Ranking.proof(Ranking.rankLeaves(results), 0);
        IArenaTypes.Proof memory entryProof = Ranking.proof(Ranking.entryLeaves(results), 1);
        AgentId agentId = arena.memberOf(league, 1).agentId;
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.AgentMismatch.selector, stranger, agentId));
        arena.claimPayout(league, round, 0, rankProof, entryProof, false);
    }

    function test_claimPayout_failsIfTheMemberIsAnother() external {
        AgentId agentId = results[1].agentId;
        results[1].member = 2;
        uint32 round = _playFinal(results);
        IArenaTypes.Proof memory rankProof = Ranking.proof(Ranking.rankLeaves(results), 0);
        IArenaTypes.Proof memory entryProof = Ranking.proof(Ranking.entryLeaves(results), 1);
        AgentId expected = arena.memberOf(league, 2).agentId;
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.AgentMismatch.selector, agentId, expected));
        arena.claimPayout(league, round, 0, rankProof, entryProof, false);
    }

    function test_claimPayout_failsIfTheAgentIsNoMember() external {
        AgentId stranger = AgentId.wrap(keccak256("stranger"));
        (results[0].member, results[0].agentId, results[0].total) = (0, stranger, type(int64).max);
        uint32 round = _playFinal(results);
        IArenaTypes.Proof memory rankProof = Ranking.proof(Ranking.rankLeaves(results), 0);
        IArenaTypes.Proof memory entryProof = Ranking.proof(Ranking.entryLeaves(results), 0);
        AgentId expected = arena.memberOf(league, 0).agentId;
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.AgentMismatch.selector, stranger, expected));
        arena.claimPayout(league, round, 0, rankProof, entryProof, false);
    }

    function test_claimPayout_restakesIfTheOwnerAsks() external {
        uint32 round = _playFinal(results);
        _claimPayout(round, 0, results, _owner(1));
        checkEqual(arena.memberOf(league, 1).stake, 251, "the stake grows");
        checkEqual(arena.stakesOf(_owner(1)), 251, "and is counted");
        checkEqual(arena.balanceOf(_owner(1)), LEFT, "the account does not");
    }

    function test_claimPayout_failsIfSomebodyElseRestakes() external {
        uint32 round = _playFinal(results);
        IArenaTypes.Proof memory rankProof = Ranking.proof(Ranking.rankLeaves(results), 0);
        IArenaTypes.Proof memory entryProof = Ranking.proof(Ranking.entryLeaves(results), 1);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotOwner.selector, STRANGER, _owner(1)));
        arena.claimPayout(league, round, 0, rankProof, entryProof, true);
    }

    function test_claimPayout_failsIfRestakedWhileUnbonding() external {
        uint32 round = _playFinal(results);
        IArenaTypes.Proof memory rankProof = Ranking.proof(Ranking.rankLeaves(results), 0);
        IArenaTypes.Proof memory entryProof = Ranking.proof(Ranking.entryLeaves(results), 1);
        vm.prank(_owner(1));
        arena.unbond(league, 1);
        vm.prank(_owner(1));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.MemberUnbonding.selector, uint32(1)));
        arena.claimPayout(league, round, 0, rankProof, entryProof, true);
    }

    function test_claimPayout_returnsTheDisqualifiedOnesToThePurse() external {
        results[1].disqualified = true;
        uint32 round = _playFinal(results);
        uint128 purse = _purse();
        _claimPayout(round, 2, results, address(0));
        checkEqual(arena.balanceOf(_owner(1)), LEFT, "a disqualified entry is ranked last and earns nothing");
        checkEqual(_purse(), purse + 40, "its payout stays with the league");
    }

    function test_claimPayout_returnsTheBannedOnesToThePurse() external {
        uint32 first = _playFinal(results);
        results[1].disqualified = true;
        uint32 second = _playFinal(results);
        _slash(second, 1, results);
        uint128 purse = _purse();
        results[1].disqualified = false;
        _claimPayout(first, 0, results, address(0));
        checkEqual(arena.balanceOf(_owner(1)), LEFT, "nothing for who was slashed since");
        checkEqual(_purse(), purse + 100, "its payout stays with the league");
    }

    // Slash

    function test_slash_takesTheStakeAndBans() external {
        results[2].disqualified = true;
        uint32 round = _playFinal(results);
        uint128 purse = _purse();
        _slashAs(round, 2);
        checkEqual(arena.balanceOf(STRANGER), 75, "half of 151, rounded down, to the reporter");
        checkEqual(arena.burnt(), 76, "the rest is burnt");
        IArenaTypes.Member memory slashed = arena.memberOf(league, 2);
        check(slashed.banned, "banned");
        checkEqual(slashed.stake, 0, "no stake");
        checkEqual(arena.stakesOf(_owner(2)), 0, "none is counted");
        checkEqual(slashed.to, 1, "it plays no more");
        checkEqual(arena.roundOf(league, 1).entryCount, 2, "the next round is without it");
        checkEqual(_purse(), purse + 7, "what it paid for that round stays with the league");
    }

    function _slashAs(uint32 round, uint32 entry) private {
        IArenaTypes.Proof memory entryProof = Ranking.proof(Ranking.entryLeaves(results), entry);
        vm.prank(STRANGER);
        arena.slash(league, round, entry, entryProof);
    }

    function test_slash_leavesTheOpenRoundAsItIs() external {
        results[2].disqualified = true;
        uint32 round = _playFinal(results);
        uint32 next = _open();
        _slash(round, 2, results);
        checkEqual(arena.memberOf(league, 2).to, next + 1, "it was frozen into the open round");
        checkEqual(arena.roundOf(league, next).entryCount, 3, "which stays");
    }

    function test_refundEntry_paysTheSlashedTooAndConservesCoin() external {
        results[2].disqualified = true;
        uint32 round = _playFinal(results);
        uint32 next = _open();
        _slash(round, 2, results);
        uint128 purse = _purse();
        _pass(51);
        arena.voidRound(league);
        checkEqual(_purse(), purse + 200 - 21, "the payouts are back but for the fees");
        uint128 held = arena.balanceOf(_owner(2));
        for (uint32 member = 0; member < 3; ++member) {
            arena.refundEntry(league, next, member);
        }
        checkEqual(arena.balanceOf(_owner(2)), held + 7, "its price is its owner's, as everybody's is");
        checkEqual(arena.roundOf(league, next).refunds, 0, "nothing is left, nothing was minted");
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NoRefund.selector, uint32(2), next));
        arena.refundEntry(league, next, 2);
    }

    function test_slash_succeedsUntilTheStakeOfAnUnbondingMemberMayLeave() external {
        results[2].disqualified = true;
        uint32 round = _play();
        vm.prank(_owner(2));
        arena.unbond(league, 2);
        _assert(round, results);
        _pass(1000);
        arena.finalize(league, round, 0);
        uint256 earliest = vm.getBlockNumber() + 70;
        _pass(69);
        vm.prank(_owner(2));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooEarly.selector, earliest - 1, earliest));
        arena.withdrawStake(league, 2);
        _slashAs(round, 2);
        checkEqual(arena.balanceOf(STRANGER), 75, "half of the whole stake");
        _pass(1);
        vm.prank(_owner(2));
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.MemberBanned.selector, uint32(2)));
        arena.withdrawStake(league, 2);
    }

    function test_slash_failsIfTwice() external {
        results[2].disqualified = true;
        uint32 round = _playFinal(results);
        _slash(round, 2, results);
        IArenaTypes.Proof memory entryProof = Ranking.proof(Ranking.entryLeaves(results), 2);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.MemberBanned.selector, uint32(2)));
        arena.slash(league, round, 2, entryProof);
    }

    function test_slash_failsIfNotDisqualified() external {
        uint32 round = _playFinal(results);
        IArenaTypes.Proof memory entryProof = Ranking.proof(Ranking.entryLeaves(results), 1);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotDisqualified.selector, uint32(1)));
        arena.slash(league, round, 1, entryProof);
    }

    function test_slash_failsIfTheOutcomeIsNotFinal() external {
        results[2].disqualified = true;
        uint32 round = _play();
        _assert(round, results);
        IArenaTypes.Proof memory entryProof = Ranking.proof(Ranking.entryLeaves(results), 2);
        vm.expectRevert(
            abi.encodeWithSelector(
                IArenaTypes.WrongRoundStatus.selector, IArenaTypes.RoundStatus.Seeded, IArenaTypes.RoundStatus.Final
            )
        );
        arena.slash(league, round, 2, entryProof);
    }

    function test_slash_barsFromTheLeague() external {
        results[2].disqualified = true;
        _slash(_playFinal(results), 2, results);
        bytes memory banned = abi.encodeWithSelector(IArenaTypes.MemberBanned.selector, uint32(2));
        vm.prank(_owner(2));
        vm.expectRevert(banned);
        arena.renew(league, 2, 1);
        vm.prank(_owner(2));
        vm.expectRevert(banned);
        arena.addStake(league, 2, 1);
        vm.prank(_owner(2));
        vm.expectRevert(banned);
        arena.unbond(league, 2);
    }
}
