// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DemandId, DemandedHash, Node, TraceRoot} from "../../src/interfaces/HashTypes.sol";
import {IArena} from "../../src/interfaces/IArena.sol";
import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {IDemands} from "../../src/interfaces/IDemands.sol";
import {Leaves} from "../../src/libraries/Leaves.sol";
import {Tree} from "../../src/libraries/Tree.sol";
import {DemandsStage, Story} from "./DemandsStage.sol";
import {FakeArena} from "./FakeArena.sol";

/// @title What can be demanded, what answers it, and what cannot and does not.
contract DemandsTest is DemandsStage {
    ICourt.Target private target;

    // A trace of 40 leaves has 2 nodes of height 5, of which the second has 8 leaves.
    uint256 private constant STEPS = 40;

    function _begin() private returns (Story memory told) {
        told = _tell(STEPS);
        target = _assertStory(told);
    }

    // Demand

    function test_demand_opensForEverythingThereIs() external {
        Story memory told = _begin();
        uint128 before = arena.balanceOf(WATCHER);
        _demand(target, told, 0, 1, 0);
        _demand(target, told, 1, 3, 0);
        _demand(target, told, 2, 0, 1);
        _demand(target, told, 3, 6, 0);
        _demand(target, told, 4, 0, 0);
        _demand(target, told, 5, 0, STEPS - 1);
        checkEqual(arena.balanceOf(WATCHER), before - 7 * DEMAND_BOND, "a bond for each answer, two for six levels");
        checkEqual(_openDemands(target), 6, "all keep the assertion from becoming final");
    }

    function test_demand_failsForWhatDoesNotExist() external {
        Story memory told = _begin();
        bytes4 range = Tree.PositionOutOfRange.selector;
        _refused(WATCHER, _demandCall(target, told, 3, 5, 2), range, "a node with no leaves");
        _refused(WATCHER, _demandCall(target, told, 3, 0, STEPS), range, "a leaf beyond the count");
        _refused(WATCHER, _demandCall(target, told, 1, 1, 3), range, "a match beyond the count");
        ICourt.NodeProof memory node = _nodeProof(told, 0, 1, 0);
        node.height = 2;
        bytes memory input = abi.encodeCall(demands.demandNode, (target, ICourt.RoundTree.Entries, node));
        _refused(WATCHER, input, range, "a node above the root");
        node = _nodeProof(told, 0, 0, 1);
        node.node = spoilt(node.node);
        input = abi.encodeCall(demands.demandNode, (target, ICourt.RoundTree.Entries, node));
        _refused(WATCHER, input, Tree.RootMismatch.selector, "another node");
    }

    function test_demand_failsForTracesThatAreNone() external {
        Story memory told = _begin();
        ICourt.Proof memory proof = _leafProof(told, 1, PLAYED + 1);
        bytes memory input = abi.encodeCall(demands.demandTraceRoot, (target, proof));
        _refused(WATCHER, input, IDemands.NotPlayed.selector, "a match that was not played has no trace");
        proof = _leafProof(told, 1, PLAYED);
        proof.index += 1;
        input = abi.encodeCall(demands.demandTraceRoot, (target, proof));
        _refused(WATCHER, input, Tree.RootMismatch.selector, "the match is another");
        told.matchId = spoilt(told.matchId);
        bytes4 expected = ICourt.TraceRootMismatch.selector;
        _refused(WATCHER, _demandCall(target, told, 3, 6, 0), expected, "the trace of another match");
        _refused(WATCHER, _demandCall(target, told, 5, 0, 0), expected, "nor a state of it");
    }

    function test_demand_failsForStatesOfLeavesThatAreNotThere() external {
        Story memory told = _begin();
        ICourt.Proof memory leaf = _leafProof(told, 3, 7);
        leaf.index = 8;
        ICourt.Proof memory proof = _leafProof(told, 1, PLAYED);
        bytes memory input = abi.encodeCall(demands.demandState, (target, proof, _trace(told), leaf));
        _refused(WATCHER, input, Tree.RootMismatch.selector, "another leaf");
        told.leaves[3][7] = hex"0003";
        _setTrace(told, told.leaves[3]);
        target = _assertStory(told);
        input = abi.encodeCall(
            demands.demandState, (target, _leafProof(told, 1, PLAYED), _trace(told), _leafProof(told, 3, 7))
        );
        _refused(WATCHER, input, Leaves.MalformedLeaf.selector, "a leaf that names no state");
    }

    function test_demand_failsIfNotAgainstAStandingAssertionInItsWindow() external {
        Story memory told = _begin();
        bytes memory input = _demandCall(target, told, 0, 1, 0);
        _pass(WINDOW);
        vm.prank(WATCHER);
        _do(input);
        _pass(1);
        _refused(WATCHER, input, IArenaTypes.TooLate.selector, "the window is over");
        target = _assertStory(told);
        arena.kill(league, round, target.assertion, STRANGER);
        input = _demandCall(target, told, 0, 1, 0);
        _refused(WATCHER, input, IArenaTypes.AssertionNotLive.selector, "it is dead");
    }

    function test_demand_failsWithoutTheBonds() external {
        Story memory told = _begin();
        _deposit(STRANGER, 2 * DEMAND_BOND - 1);
        _refused(
            STRANGER, _demandCall(target, told, 3, 6, 0), IArenaTypes.BalanceTooLow.selector, "two answers, two bonds"
        );
        vm.prank(STRANGER);
        _do(_demandCall(target, told, 3, 5, 0));
    }

    function test_demand_failsIfOpenAndCostsAgainOnceItIsNot() external {
        Story memory told = _begin();
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 0, 1, 0);
        bytes memory input = _demandCall(target, told, 0, 1, 0);
        _refused(WATCHER, input, IDemands.AlreadyDemanded.selector, "once at a time");
        _answer(id, demand, told);
        uint128 before = arena.balanceOf(WATCHER);
        _demand(target, told, 0, 1, 0);
        checkEqual(arena.balanceOf(WATCHER), before - DEMAND_BOND, "whoever asks again pays again");
    }

    function test_demand_ofOneHoldsUpNoOther() external {
        Story memory told = _begin();
        _deposit(STRANGER, DEMAND_BOND);
        vm.prank(STRANGER);
        _do(_demandCall(target, told, 0, 1, 0));
        _demand(target, told, 0, 1, 0);
        checkEqual(_openDemands(target), 2, "both are open");
    }

    // Answer

    function test_answer_earnsABondEach() external {
        Story memory told = _begin();
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 3, 6, 0);
        demand = _answer(id, demand, told);
        checkEqual(arena.balanceOf(ANSWERER), 1 + DEMAND_BOND, "for nodes");
        checkEqual(_openDemands(target), 1, "the demand goes on");
        demand = _pick(id, demand, told, 1);
        _answer(id, demand, told);
        checkEqual(arena.balanceOf(ANSWERER), 1 + 2 * DEMAND_BOND, "for leaves");
        checkEqual(_openDemands(target), 0, "it is over");
    }

    function test_answer_isInTheEvent() external {
        Story memory told = _begin();
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 3, 5, 1);
        bytes memory leaves = _leavesUnder(demand, told);
        vm.expectEmit(true, true, true, true, address(demands));
        emit IDemands.LeavesAnswered(id, ANSWERER, leaves);
        _answer(id, demand, told);
        (id, demand) = _demand(target, told, 5, 0, 3);
        vm.expectEmit(true, true, true, true, address(demands));
        emit IDemands.PreimageAnswered(id, ANSWERER, told.states[3]);
        _answer(id, demand, told);
    }

    function test_answer_mayBeBytesThatAreNoLeaf() external {
        Story memory told = _tell(STEPS);
        told.leaves[3][33] = new bytes(300);
        told.leaves[3][35] = "";
        _setTrace(told, told.leaves[3]);
        target = _assertStory(told);
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 3, 5, 1);
        _answer(id, demand, told);
        check(_status(target) == IArenaTypes.AssertionStatus.Live, "which the court is for");
    }

    function test_answer_failsIfItIsAnother() external {
        Story memory told = _begin();
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 3, 6, 0);
        // 40 leaves are under 20 nodes of height 1.
        Node[] memory nodes = told.woods[3].levels[1];
        nodes[19] = spoilt(nodes[19]);
        _answerFails(abi.encodeCall(demands.answerNodes, (id, demand, nodes)), IDemands.AnswerMismatch.selector);
        nodes[19] = spoilt(nodes[19]);
        bytes4 expected = IDemands.AnswerLengthMismatch.selector;
        Node[] memory others = new Node[](32);
        for (uint256 i = 0; i < 20; ++i) {
            others[i] = nodes[i];
        }
        _answerFails(abi.encodeCall(demands.answerNodes, (id, demand, others)), expected);
        others = new Node[](19);
        _answerFails(abi.encodeCall(demands.answerNodes, (id, demand, others)), expected);
        expected = IDemands.WrongAnswer.selector;
        _answerFails(abi.encodeCall(demands.answerLeaves, (id, demand, _leavesUnder(demand, told))), expected);
        _answerFails(abi.encodeCall(demands.answerPreimage, (id, demand, "")), expected);
    }

    function test_answer_failsIfLeavesAreOthers() external {
        Story memory told = _begin();
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 3, 5, 1);
        bytes memory leaves = _leavesUnder(demand, told);
        bytes4 length = IDemands.AnswerLengthMismatch.selector;
        _leavesFail(id, demand, bytes.concat(leaves, hex"0000"), length);
        _leavesFail(id, demand, bytes.concat(leaves, hex"00"), length);
        _leavesFail(id, demand, "", length);
        leaves[10] ^= 0x01;
        _leavesFail(id, demand, leaves, IDemands.AnswerMismatch.selector);
        leaves[10] ^= 0x01;
        leaves[leaves.length - 60] ^= 0x01;
        _leavesFail(id, demand, leaves, IDemands.AnswerMismatch.selector);
        Node[] memory nodes = new Node[](8);
        bytes memory input = abi.encodeCall(demands.answerNodes, (id, demand, nodes));
        _answerFails(input, IDemands.WrongAnswer.selector);
    }

    function test_answer_failsIfBytesAreOthers() external {
        Story memory told = _begin();
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 5, 0, 3);
        bytes memory input = abi.encodeCall(demands.answerPreimage, (id, demand, told.states[4]));
        _answerFails(input, IDemands.AnswerMismatch.selector);
        input = abi.encodeCall(demands.answerLeaves, (id, demand, told.states[3]));
        _answerFails(input, IDemands.WrongAnswer.selector);
        (id, demand) = _demand(target, told, 4, 0, 0);
        input = abi.encodeCall(demands.answerPreimage, (id, demand, bytes.concat(_tracePreimage(told))));
        _answerFails(input, IDemands.AnswerLengthMismatch.selector);
    }

    /// @dev The court could read no other bytes under a trace root.
    function test_answer_failsIfATraceRootIsOfOtherBytes() external {
        Story memory told = _tell(STEPS);
        bytes memory preimage = new bytes(100);
        _setTraceRoot(told, TraceRoot.wrap(sha256(bytes.concat(hex"02", preimage))));
        target = _assertStory(told);
        bytes memory input = _demandCall(target, told, 4, 0, 0);
        vm.prank(WATCHER);
        DemandId id = abi.decode(_do(input), (DemandId));
        IDemands.Demand memory demand = _opened(target, told, 4, 0, 0);
        demand.node = DemandedHash.wrap(sha256(bytes.concat(hex"02", preimage)));
        input = abi.encodeCall(demands.answerPreimage, (id, demand, preimage));
        _answerFails(input, IDemands.AnswerLengthMismatch.selector);
        _pass(MOVE + SPARE + 1);
        demands.expire(id, demand);
        check(_status(target) == IArenaTypes.AssertionStatus.Killed, "so the assertion dies");
    }

    function test_answer_failsIfNoneIsDue() external {
        Story memory told = _begin();
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 3, 6, 0);
        bytes memory first = _answerCall(id, demand, told);
        IDemands.Demand memory next = _answer(id, demand, told);
        _answerFails(first, IDemands.DemandMismatch.selector);
        _answerFails(_answerCall(id, next, told), IDemands.AnswerNotDue.selector);
        next = _pick(id, next, told, 0);
        bytes memory last = _answerCall(id, next, told);
        _answer(id, next, told);
        _answerFails(last, IDemands.DemandMismatch.selector);
    }

    function test_answer_failsForAnyOtherState() external {
        Story memory told = _begin();
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 3, 5, 0);
        for (uint256 field = 0; field < 17; ++field) {
            IDemands.Demand memory other = _copy(demand);
            assembly ("memory-safe") {
                let word := add(other, mul(32, field))
                mstore(word, xor(mload(word), 1))
            }
            bytes memory input = abi.encodeCall(demands.answerLeaves, (id, other, _leavesUnder(demand, told)));
            _answerFails(input, IDemands.DemandMismatch.selector);
        }
        bytes memory elsewhere = abi.encodeCall(demands.answerLeaves, (spoilt(id), demand, _leavesUnder(demand, told)));
        _answerFails(elsewhere, IDemands.DemandMismatch.selector);
    }

    // Go on

    function test_pick_failsIfNotOfTheAnswer() external {
        Story memory told = _begin();
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 3, 6, 0);
        bytes memory input = _pickCall(id, demand, told, 0);
        _refused(WATCHER, input, IDemands.AnswerDue.selector, "nothing was given yet");
        demand = _answer(id, demand, told);
        input = _pickCall(id, demand, told, 0);
        _refused(STRANGER, input, IDemands.NotDemander.selector, "only the demander goes on");
        input = abi.encodeCall(demands.pick, (id, demand, 0, Node.wrap(0), new Node[](5)));
        _refused(WATCHER, input, Tree.RootMismatch.selector, "another node");
        input = abi.encodeCall(demands.pick, (id, demand, 0, told.woods[3].levels[6][0], new Node[](0)));
        _refused(WATCHER, input, Tree.PathLengthMismatch.selector, "the same node again");
        _refused(WATCHER, _pickCall(id, demand, told, 32), Tree.PositionOutOfRange.selector, "not under it");
        _refused(WATCHER, _pickCall(id, demand, told, 20), Tree.PositionOutOfRange.selector, "no leaves under it");
        _pick(id, demand, told, 19);
    }

    function test_close_returnsWhatIsLeftToADemanderInTime() external {
        Story memory told = _begin();
        uint128 before = arena.balanceOf(WATCHER);
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 3, 6, 0);
        _refused(WATCHER, abi.encodeCall(demands.close, (id, demand)), IDemands.AnswerDue.selector, "not before");
        demand = _answer(id, demand, told);
        _pass(MOVE + SPARE);
        bytes memory input = abi.encodeCall(demands.close, (id, demand));
        _refused(STRANGER, input, IDemands.NotDemander.selector, "it is the demander's time");
        vm.prank(WATCHER);
        _do(input);
        checkEqual(arena.balanceOf(WATCHER), before - DEMAND_BOND, "one answer was given, one bond is gone");
        checkEqual(_openDemands(target), 0, "over");
        _refused(WATCHER, input, IDemands.DemandMismatch.selector, "once");
    }

    function test_close_paysTheAnswererWhereTheDemandIsAbandoned() external {
        Story memory told = _begin();
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 3, 6, 0);
        demand = _answer(id, demand, told);
        _pass(MOVE + SPARE + 1);
        _refused(WATCHER, _pickCall(id, demand, told, 0), bytes4(keccak256("MoveTooLate(uint256,uint256)")), "late");
        vm.prank(STRANGER);
        _do(abi.encodeCall(demands.close, (id, demand)));
        checkEqual(arena.balanceOf(ANSWERER), 1 + 2 * DEMAND_BOND, "all of it");
        _pass(WINDOW - MOVE - SPARE);
        arena.finalize(league, round, target.assertion);
    }

    function test_expire_killsAndPaysTheDemander() external {
        Story memory told = _begin();
        uint128 before = arena.balanceOf(WATCHER);
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 3, 6, 0);
        _pass(MOVE + SPARE + 1);
        _answerFails(_answerCall(id, demand, told), bytes4(keccak256("MoveTooLate(uint256,uint256)")));
        vm.expectEmit(true, true, true, true, address(demands));
        emit IDemands.Expired(id, true);
        vm.prank(STRANGER);
        _do(abi.encodeCall(demands.expire, (id, demand)));
        check(_status(target) == IArenaTypes.AssertionStatus.Killed, "what hides dies");
        checkEqual(arena.balanceOf(WATCHER), before + 30, "the bonds, and half of the assertion's, rounded down");
        checkEqual(arena.burnt(), 31, "the rest is burnt");
        _answerFails(_answerCall(id, demand, told), IDemands.DemandMismatch.selector);
        _refused(STRANGER, abi.encodeCall(demands.expire, (id, demand)), IDemands.DemandMismatch.selector, "once");
    }

    function test_expire_failsIfThereIsTimeOrAnAnswer() external {
        Story memory told = _begin();
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 3, 6, 0);
        _pass(MOVE + SPARE);
        bytes memory input = abi.encodeCall(demands.expire, (id, demand));
        _refused(WATCHER, input, bytes4(keccak256("MoveTooEarly(uint256,uint256)")), "the last block is the answerers'");
        demand = _answer(id, demand, told);
        _pass(1000);
        input = abi.encodeCall(demands.expire, (id, demand));
        _refused(WATCHER, input, IDemands.AnswerNotDue.selector, "it was answered");
        check(_status(target) == IArenaTypes.AssertionStatus.Live, "so it lives");
    }

    function test_expire_returnsTheBondsOfWhatNoLongerStands() external {
        Story memory told = _begin();
        uint128 before = arena.balanceOf(WATCHER);
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 3, 6, 0);
        (DemandId other, IDemands.Demand memory second) = _demand(target, told, 0, 1, 0);
        arena.kill(league, round, target.assertion, STRANGER);
        vm.expectEmit(true, true, true, true, address(demands));
        emit IDemands.Expired(id, false);
        vm.prank(STRANGER);
        _do(abi.encodeCall(demands.expire, (id, demand)));
        _do(abi.encodeCall(demands.expire, (other, second)));
        checkEqual(arena.balanceOf(WATCHER), before, "nobody lost anything by it");
        checkEqual(arena.balanceOf(STRANGER), 30, "and nobody is paid twice");
    }

    // Clocks

    function test_clock_leavesEveryMoveItsBlocks() external {
        Story memory told = _tell(1025);
        target = _assertStory(told);
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 3, 11, 0);
        _pass(MOVE + SPARE);
        demand = _answer(id, demand, told);
        checkEqual(demand.answererLeft, 0, "all is used up");
        _pass(MOVE + SPARE);
        demand = _pick(id, demand, told, 0);
        checkEqual(demand.demanderLeft, 0, "on both sides");
        _pass(MOVE);
        demand = _answer(id, demand, told);
        _pass(MOVE);
        demand = _pick(id, demand, told, 31);
        _pass(MOVE + 1);
        _answerFails(_answerCall(id, demand, told), bytes4(keccak256("MoveTooLate(uint256,uint256)")));
        demands.expire(id, demand);
        check(_status(target) == IArenaTypes.AssertionStatus.Killed, "one block more was one too many");
    }

    function test_clock_takesWhatAMoveTookBeyondItsBlocks(uint256 first, uint256 second) external {
        (first, second) = (first % (MOVE + SPARE + 1), second % (MOVE + SPARE + 1));
        Story memory told = _tell(65);
        target = _assertStory(told);
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 3, 7, 0);
        _pass(first);
        demand = _answer(id, demand, told);
        _pass(second);
        demand = _pick(id, demand, told, 2);
        checkEqual(demand.answererLeft, first > MOVE ? SPARE + MOVE - first : SPARE, "the answerers'");
        checkEqual(demand.demanderLeft, second > MOVE ? SPARE + MOVE - second : SPARE, "the demander's");
    }

    // Finality

    function test_finalize_waitsForOpenDemandsUpToTheBound() external {
        Story memory told = _begin();
        uint256 postedAt = vm.getBlockNumber();
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 3, 6, 0);
        _pass(MOVE);
        demand = _answer(id, demand, told);
        _pass(postedAt + WINDOW + BOUND - vm.getBlockNumber());
        bytes memory input = abi.encodeCall(arena.finalize, (league, round, target.assertion));
        checkRefused(address(arena), input, IArenaTypes.TooEarly.selector, "it may wait so long");
        _pass(1);
        arena.finalize(league, round, target.assertion);
        demands.close(id, demand);
        checkEqual(arena.balanceOf(ANSWERER), 1 + 2 * DEMAND_BOND, "what is left is still paid");
    }

    function test_finalize_isAsEverOnceAllIsAnswered() external {
        Story memory told = _begin();
        (DemandId id, IDemands.Demand memory demand) = _demand(target, told, 3, 5, 0);
        _pass(WINDOW + 1);
        bytes memory input = abi.encodeCall(arena.finalize, (league, round, target.assertion));
        checkRefused(address(arena), input, IArenaTypes.TooEarly.selector, "an answer is due");
        vm.roll(vm.getBlockNumber() - WINDOW);
        _answer(id, demand, told);
        _pass(WINDOW);
        arena.finalize(league, round, target.assertion);
    }

    // Other arenas

    function test_fakeArenas_concernNobody() external {
        Story memory told = _begin();
        FakeArena fake = new FakeArena(told.woods[0].levels[1][0]);
        ICourt.Target memory faked = ICourt.Target(IArena(address(fake)), league, round, target.assertion);
        uint128 before = arena.balanceOf(WATCHER);
        bytes memory input = _demandCall(faked, told, 0, 1, 0);
        vm.prank(WATCHER);
        DemandId id = abi.decode(_do(input), (DemandId));
        IDemands.Demand memory demand = _opened(faked, told, 0, 1, 0);
        _checkCurrent(id, demand);
        IDemands.Demand memory other = _copy(demand);
        other.arena = arena;
        _pass(1000);
        input = abi.encodeCall(demands.expire, (id, other));
        _refused(WATCHER, input, IDemands.DemandMismatch.selector, "a demand is against the arena it was opened in");
        demands.expire(id, demand);
        check(fake.killed(), "it may kill what it likes in its own");
        check(_status(target) == IArenaTypes.AssertionStatus.Live, "and nothing elsewhere");
        checkEqual(arena.balanceOf(WATCHER), before, "no coin moved");
        checkEqual(arena.balanceOf(address(demands)), 0, "there is none");
    }

    function _answerFails(bytes memory input, bytes4 expected) private {
        _refused(ANSWERER, input, expected, "no answer");
    }

    function _leavesFail(DemandId id, IDemands.Demand memory demand, bytes memory leaves, bytes4 expected) private {
        _answerFails(abi.encodeCall(demands.answerLeaves, (id, demand, leaves)), expected);
    }
}
