// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CodeHash, Commitment, Node} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {Leaves} from "../../src/libraries/Leaves.sol";
import {Tree} from "../../src/libraries/Tree.sol";
import {Forest} from "../court/Forest.sol";
import {BatchStage} from "./BatchStage.sol";

contract ProposalsTest is BatchStage {
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    // Proposing

    function test_proposeBatch_takesStakesEntriesAndABond() external {
        bytes[] memory leaves = _registrations(3);
        uint32 batch = _propose(leaves, 2);
        checkEqual(arena.balanceOf(SPONSOR), 0, "all of it is taken");
        IArenaTypes.Batch memory proposed = arena.batchOf(league, batch);
        check(proposed.sponsor == SPONSOR, "the sponsor is who proposed");
        checkEqual(proposed.stake, STAKE, "each has the slot capital in its stake");
        checkEqual(proposed.count, 3, "of so many leaves");
        checkEqual(proposed.root, _rootOf(leaves), "under this root");
        checkEqual(arena.batchNonce(league, SPONSOR), 1, "no signature serves another batch");
        checkEqual(arena.leagueOf(league).memberCount, 0, "nobody is a member yet");
        checkEqual(arena.roundOf(league, 0).entryCount, 0, "nor entered");
    }

    function test_proposeBatch_failsIfTheAccountDoesNotCoverIt() external {
        _deposit(SPONSOR, _costOf(3, 2) + BOND - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IArenaTypes.BalanceTooLow.selector, _costOf(3, 2) + BOND - 1, _costOf(3, 2) + BOND)
        );
        vm.prank(SPONSOR);
        arena.proposeBatch(league, ENTRIES, 3, 2);
    }

    function test_proposeBatch_failsIfItIsEmptyOrTooLargeOrForNoRounds() external {
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.EmptyBatch.selector));
        arena.proposeBatch(league, ENTRIES, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.LeagueFull.selector, uint32(1 << 23)));
        arena.proposeBatch(league, ENTRIES, (1 << 23) + 1, 1);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.RoundsOutOfRange.selector, 0, 32));
        arena.proposeBatch(league, ENTRIES, 1, 0);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.RoundsOutOfRange.selector, 33, 32));
        arena.proposeBatch(league, ENTRIES, 1, 33);
    }

    // Refuting

    function testFuzz_refuteRegistration_failsIfTheLeafIsSigned(uint8 count, uint32 index) external {
        count = count % 40 + 1;
        bytes[] memory leaves = _registrations(count);
        uint32 batch = _propose(leaves, 1);
        index = index % count;
        bytes memory input = abi.encodeCall(arena.refuteRegistration, (league, batch, index, _proofOf(leaves, index)));
        _checkUpheld(input, IArenaTypes.NothingWrongInBatch.selector, "an honest leaf");
        if (index + 1 == count) return;
        _checkUpheld(_order(batch, leaves, index), IArenaTypes.NothingWrongInBatch.selector, "in its place");
    }

    function test_refuteRegistration_endsABatchWithALeafThatIsNone() external {
        for (uint256 i = 0; i < 4; ++i) {
            bytes[] memory leaves = _registrations(3);
            if (i == 0) leaves[1] = bytes.concat(leaves[1], hex"00");
            else if (i == 1) leaves[1] = "";
            else if (i == 2) leaves[1][0] = 0x01;
            else leaves[1][1] = 0x05;
            _checkRefuted(leaves, 1, "no registration leaf");
        }
    }

    function test_refuteRegistration_endsABatchWithALeafItsOwnerDidNotSign() external {
        bytes[] memory leaves = _registrations(3);
        leaves[1][60] ^= 0x01;
        _checkRefuted(leaves, 1, "another signature");
        leaves = _registrations(3);
        leaves[1][30] ^= 0x01;
        _checkRefuted(leaves, 1, "another module");
        leaves = _registrations(3);
        leaves[1][10] ^= 0x01;
        _checkRefuted(leaves, 1, "another owner");
        leaves = _registrations(3);
        leaves[2] = _signed(3, CodeHash.wrap("module"), SPONSOR, arena.batchNonce(league, SPONSOR) + 1);
        _checkRefuted(leaves, 2, "for another batch");
        leaves = _registrations(3);
        leaves[2] = _signed(3, CodeHash.wrap("module"), STRANGER, arena.batchNonce(league, SPONSOR));
        _checkRefuted(leaves, 2, "for another sponsor");
        leaves = _registrations(3);
        leaves[0] = abi.encodePacked(hex"0007", address(0), leaves[0], hex"00");
        assembly ("memory-safe") {
            mstore(mload(add(leaves, 0x20)), 119)
        }
        _checkRefuted(leaves, 0, "nobody's signature is nobody's consent");
    }

    /// @dev Each signature gives a second one, which would make a second leaf of one consent.
    function test_refuteRegistration_endsABatchWithTheOtherFormOfASignature() external {
        bytes[] memory leaves = _registrations(3);
        bytes memory leaf = leaves[1];
        bytes32 s;
        assembly ("memory-safe") {
            s := mload(add(leaf, 118))
            mstore(add(leaf, 118), sub(ORDER, s))
        }
        leaf[118] = leaf[118] == 0x1b ? bytes1(0x1c) : bytes1(0x1b);
        _checkRefuted(leaves, 1, "the upper half");
        leaves = _registrations(3);
        leaves[1][118] = bytes1(uint8(leaves[1][118]) - 27);
        _checkRefuted(leaves, 1, "another way to write v");
    }

    function test_refuteRegistrationOrder_endsABatchThatDoesNotAscend() external {
        bytes[] memory leaves = _registrations(3);
        (leaves[1], leaves[2]) = (leaves[2], leaves[1]);
        uint32 batch = _propose(leaves, 1);
        _checkUpheld(_order(batch, leaves, 0), IArenaTypes.NothingWrongInBatch.selector, "these ascend");
        _checkCancelled(_order(batch, leaves, 1), batch, "these descend");
        leaves = _registrations(3);
        leaves[2] = leaves[1];
        batch = _propose(leaves, 1);
        _checkCancelled(_order(batch, leaves, 1), batch, "one agent twice");
    }

    function test_refuteRegistrationOrder_failsIfTheLeavesAreNoNeighbours() external {
        bytes[] memory leaves = _registrations(3);
        (leaves[0], leaves[2]) = (leaves[2], leaves[0]);
        uint32 batch = _propose(leaves, 1);
        bytes memory input =
            abi.encodeCall(arena.refuteRegistrationOrder, (league, batch, 0, _proofOf(leaves, 0), _proofOf(leaves, 2)));
        _checkUpheld(input, Tree.RootMismatch.selector, "one is left out between them");
        input =
            abi.encodeCall(arena.refuteRegistrationOrder, (league, batch, 2, _proofOf(leaves, 2), _proofOf(leaves, 2)));
        _checkUpheld(input, Tree.PositionOutOfRange.selector, "nothing follows the last");
    }

    function test_refuteRegistration_needsACommitmentOfAnEarlierBlock() external {
        bytes[] memory leaves = _registrations(2);
        leaves[1][60] ^= 0x01;
        uint32 batch = _propose(leaves, 1);
        bytes memory input = abi.encodeCall(arena.refuteRegistration, (league, batch, 1, _proofOf(leaves, 1)));
        vm.prank(WATCHER);
        checkRefused(address(arena), input, ICourt.NotCommitted.selector, "nobody committed to it");
        committedAt[Commitment.wrap(keccak256(abi.encode(WATCHER, keccak256(input))))] = vm.getBlockNumber();
        vm.prank(WATCHER);
        checkRefused(address(arena), input, ICourt.NotCommitted.selector, "in this block only");
        _pass(1);
        vm.prank(STRANGER);
        checkRefused(address(arena), input, ICourt.NotCommitted.selector, "somebody else did");
        _checkCancelled(input, batch, "who committed may show it");
    }

    function test_refuteRegistration_givesTheSponsorEverythingElseBack() external {
        bytes[] memory leaves = _registrations(3);
        leaves[1][60] ^= 0x01;
        uint128 burnt = arena.burnt();
        _checkRefuted(leaves, 1, "unsigned");
        checkEqual(arena.balanceOf(SPONSOR), _costOf(3, 2), "stakes and entry prices");
        checkEqual(arena.burnt() - burnt, BOND - BOND / 2, "half of the bond is nobody's");
        bytes memory input = abi.encodeCall(arena.refuteRegistration, (league, 0, 1, _proofOf(leaves, 1)));
        _checkUpheld(input, IArenaTypes.WrongBatchStatus.selector, "it is over");
    }

    // Accepting

    function test_acceptBatch_makesItsLeavesMembersOfTheNextRounds() external {
        _register(1, 1);
        uint32 batch = _propose(_registrations(3), 2);
        _pass(20);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooEarly.selector, 120, 121));
        arena.acceptBatch(league, batch);
        _pass(1);
        arena.acceptBatch(league, batch);
        checkEqual(arena.balanceOf(SPONSOR), BOND, "the bond is back");
        checkEqual(arena.leagueOf(league).memberCount, 4, "members with numbers after the others'");
        checkEqual(arena.roundOf(league, 0).entryCount, 4, "entered into the next round");
        checkEqual(arena.roundOf(league, 1).entryCount, 3, "and the one after it");
        checkEqual(arena.roundOf(league, 2).entryCount, 0, "and no other");
        IArenaTypes.Member memory waiting = arena.memberOf(league, 2);
        check(waiting.owner == address(0) && waiting.from == 0 && waiting.to == 2, "active, and of nobody yet");
        checkEqual(waiting.stake, STAKE, "with its stake");
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.UnknownMember.selector, 4, 4));
        arena.memberOf(league, 4);
        vm.expectPartialRevert(IArenaTypes.WrongBatchStatus.selector);
        arena.acceptBatch(league, batch);
    }

    function test_acceptBatch_entersIntoNoRoundThatIsOpen() external {
        _register(1, 1);
        uint32 batch = _propose(_registrations(3), 2);
        _pass(21);
        _open();
        arena.acceptBatch(league, batch);
        checkEqual(arena.roundOf(league, 0).entryCount, 1, "the open round is as it was");
        checkEqual(arena.memberOf(league, 1).from, 1, "active from the next on");
        checkEqual(arena.roundOf(league, 2).entryCount, 3, "for two rounds");
    }

    function test_acceptBatch_failsIfItsNumbersAreForOthers() external {
        _deposit(SPONSOR, 2 * (_costOf(1 << 23, 1) + BOND));
        vm.prank(SPONSOR);
        arena.proposeBatch(league, ENTRIES, 1 << 23, 1);
        vm.prank(SPONSOR);
        arena.proposeBatch(league, ENTRIES, 1, 1);
        _pass(21);
        arena.acceptBatch(league, 0);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.LeagueFull.selector, uint32(1 << 23)));
        arena.acceptBatch(league, 1);
        checkEqual(_register(1, 1), 1 << 23, "who registers alone has room");
        uint128 before = arena.balanceOf(SPONSOR);
        vm.prank(SPONSOR);
        arena.withdrawBatch(league, 1);
        checkEqual(arena.balanceOf(SPONSOR), before + _costOf(1, 1) + BOND, "and the sponsor all it paid");
    }

    function test_withdrawBatch_failsForOthersAndBeforeItStood() external {
        uint32 batch = _propose(_registrations(3), 2);
        vm.expectPartialRevert(IArenaTypes.TooEarly.selector);
        vm.prank(SPONSOR);
        arena.withdrawBatch(league, batch);
        _pass(21);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotOwner.selector, STRANGER, SPONSOR));
        vm.prank(STRANGER);
        arena.withdrawBatch(league, batch);
        vm.prank(SPONSOR);
        arena.withdrawBatch(league, batch);
        vm.expectPartialRevert(IArenaTypes.WrongBatchStatus.selector);
        arena.acceptBatch(league, batch);
    }

    // Demands for leaves

    function testFuzz_answerRegistrations_isTakenOfWhoHasTheLeaves(uint8 count, uint32 position) external {
        count = count % 80 + 1;
        bytes[] memory leaves = _registrations(count);
        uint32 batch = _propose(leaves, 1);
        uint8 height = uint8(Tree.heightOf(count) < 5 ? Tree.heightOf(count) : 5);
        position = position % uint32((uint256(count) + 31) / 32);
        _demand(batch, height, position);
        _answer(batch, leaves, height, position);
        checkEqual(arena.balanceOf(ASSERTER), 11, "and pays");
        _pass(21);
        arena.acceptBatch(league, batch);
    }

    /// @dev A tree of 65 leaves has 128 places, of which one node of 32 is all beyond them.
    function test_demandRegistrations_asksForWhatIsBeyondTheLeaves() external {
        bytes[] memory leaves = _registrations(65);
        uint32 batch = _propose(leaves, 1);
        _demand(batch, 5, 3);
        Node[] memory path = Forest.pathOf(Forest.hashes(leaves), 5, 3);
        vm.prank(ASSERTER);
        arena.answerRegistrations(league, batch, 5, 3, "", path);
        checkEqual(arena.balanceOf(ASSERTER), 11, "there is nothing, which can be shown");

        bytes[] memory more = new bytes[](128);
        for (uint256 i = 0; i < 65; ++i) {
            more[i] = leaves[i];
        }
        more[100] = "hidden";
        batch = _proposeRoot(_rootOf(more), 65, 1);
        _demand(batch, 5, 3);
        path = Forest.pathOf(Forest.hashes(more), 5, 3);
        vm.expectPartialRevert(Tree.RootMismatch.selector);
        arena.answerRegistrations(league, batch, 5, 3, "", path);
    }

    function test_demandRegistrations_failsForOtherNodes() external {
        bytes[] memory leaves = _registrations(65);
        uint32 batch = _propose(leaves, 1);
        uint8[2][8] memory nodes = [[0, 0], [4, 0], [6, 0], [7, 0], [8, 0], [5, 4], [4, 7], [4, 6]];
        for (uint256 i = 0; i < nodes.length; ++i) {
            vm.expectPartialRevert(IArenaTypes.NotDemandable.selector);
            arena.demandRegistrations(league, batch, nodes[i][0], nodes[i][1]);
        }
        batch = _propose(_registrations(3), 1);
        vm.expectPartialRevert(IArenaTypes.NotDemandable.selector);
        arena.demandRegistrations(league, batch, 5, 0);
        batch = _proposeRoot(ENTRIES, 129, 1);
        _demand(batch, 6, 3);
        vm.expectPartialRevert(IArenaTypes.NotDemandable.selector);
        arena.demandRegistrations(league, batch, 5, 6);
    }

    function test_demandRegistrations_failsIfTwiceOrTooLate() external {
        bytes[] memory leaves = _registrations(40);
        uint32 batch = _propose(leaves, 1);
        _demand(batch, 5, 1);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.RegistrationsAlreadyDemanded.selector, 5, 1));
        arena.demandRegistrations(league, batch, 5, 1);
        _answer(batch, leaves, 5, 1);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.RegistrationsAlreadyDemanded.selector, 5, 1));
        arena.demandRegistrations(league, batch, 5, 1);
        _pass(21);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooLate.selector, 121, 120));
        arena.demandRegistrations(league, batch, 5, 0);
    }

    function test_answerRegistrations_failsIfItIsAnotherOrNotDemanded() external {
        bytes[] memory leaves = _registrations(40);
        uint32 batch = _propose(leaves, 1);
        Node[] memory path = Forest.pathOf(Forest.hashes(leaves), 5, 0);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.RegistrationsNotDemanded.selector, 5, 0));
        arena.answerRegistrations(league, batch, 5, 0, _listed(leaves, 0, 32), path);
        _demand(batch, 5, 0);
        vm.expectPartialRevert(IArenaTypes.RegistrationsLengthMismatch.selector);
        arena.answerRegistrations(league, batch, 5, 0, _listed(leaves, 0, 33), path);
        vm.expectPartialRevert(IArenaTypes.RegistrationsLengthMismatch.selector);
        arena.answerRegistrations(league, batch, 5, 0, _listed(leaves, 0, 31), path);
        leaves[3][60] ^= 0x01;
        vm.expectPartialRevert(Tree.RootMismatch.selector);
        arena.answerRegistrations(league, batch, 5, 0, _listed(leaves, 0, 32), path);
        leaves[3][60] ^= 0x01;
        _answer(batch, leaves, 5, 0);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.RegistrationsNotDemanded.selector, 5, 0));
        arena.answerRegistrations(league, batch, 5, 0, _listed(leaves, 0, 32), path);
    }

    function test_acceptBatch_waitsForWhatIsDemanded() external {
        bytes[] memory leaves = _registrations(40);
        uint32 batch = _propose(leaves, 1);
        _demand(batch, 5, 0);
        _demand(batch, 5, 1);
        _pass(21);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.DemandsOpen.selector, 2));
        arena.acceptBatch(league, batch);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.DemandsOpen.selector, 2));
        vm.prank(SPONSOR);
        arena.withdrawBatch(league, batch);
        _answer(batch, leaves, 5, 0);
        _answer(batch, leaves, 5, 1);
        arena.acceptBatch(league, batch);
    }

    function test_expireBatch_endsABatchThatHidesLeaves() external {
        bytes[] memory leaves = _registrations(40);
        uint32 batch = _propose(leaves, 2);
        _demand(batch, 5, 0);
        _demand(batch, 5, 1);
        _pass(16);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooEarly.selector, 116, 117));
        arena.expireBatch(league, batch, 5, 0);
        _pass(1);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.TooEarly.selector, 117, 118));
        arena.expireBatch(league, batch, 5, 1);
        vm.prank(STRANGER);
        arena.expireBatch(league, batch, 5, 0);
        checkEqual(arena.balanceOf(STRANGER), 0, "whoever says so");
        checkEqual(arena.balanceOf(WATCHER), 11 + BOND / 2, "the demander has its bond, and half of the batch's");
        checkEqual(arena.balanceOf(SPONSOR), _costOf(40, 2), "the sponsor the rest");
        vm.expectPartialRevert(IArenaTypes.WrongBatchStatus.selector);
        arena.expireBatch(league, batch, 5, 1);
        arena.reclaimDemandBond(league, batch, 5, 1);
        checkEqual(arena.balanceOf(WATCHER), 22 + BOND / 2, "the other demand has served too");
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.RegistrationsNotDemanded.selector, 5, 1));
        arena.reclaimDemandBond(league, batch, 5, 1);
    }

    function test_reclaimDemandBond_failsAsLongAsTheBatchStands() external {
        uint32 batch = _propose(_registrations(3), 1);
        _demand(batch, 2, 0);
        vm.expectPartialRevert(IArenaTypes.WrongBatchStatus.selector);
        arena.reclaimDemandBond(league, batch, 2, 0);
    }

    /// @dev Whatever is demanded of it, the sponsor answers all of it and is paid for each.
    function test_demandRegistrations_costAnHonestSponsorNothing() external {
        bytes[] memory leaves = _registrations(100);
        uint32 batch = _propose(leaves, 1);
        for (uint32 position = 0; position < 4; ++position) {
            _demand(batch, 5, position);
        }
        for (uint32 position = 0; position < 4; ++position) {
            // One answer in each block, the first as late as it can be.
            _pass(position == 0 ? 16 : 1);
            checkRefused(
                address(arena),
                abi.encodeCall(arena.expireBatch, (league, batch, 5, position)),
                IArenaTypes.TooEarly.selector,
                "in time"
            );
            _answer(batch, leaves, 5, position);
        }
        _pass(2);
        arena.acceptBatch(league, batch);
        checkEqual(arena.balanceOf(ASSERTER), 44, "and who answered has all bonds");
    }

    function _demand(uint32 batch, uint8 height, uint32 position) private {
        _deposit(WATCHER, 11);
        vm.prank(WATCHER);
        arena.demandRegistrations(league, batch, height, position);
    }

    function _answer(uint32 batch, bytes[] memory leaves, uint8 height, uint32 position) private {
        bytes memory list = _listed(leaves, uint256(position) << height, uint256(position + 1) << height);
        Node[] memory path = Forest.pathOf(Forest.hashes(leaves), height, position);
        vm.prank(ASSERTER);
        arena.answerRegistrations(league, batch, height, position, list, path);
    }

    function _order(uint32 batch, bytes[] memory leaves, uint32 index) private view returns (bytes memory) {
        return abi.encodeCall(
            arena.refuteRegistrationOrder, (league, batch, index, _proofOf(leaves, index), _proofOf(leaves, index + 1))
        );
    }

    function _checkRefuted(bytes[] memory leaves, uint32 index, string memory lie) private {
        Node[] memory hashes = new Node[](leaves.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            hashes[i] = Node.wrap(sha256(leaves[i]));
        }
        uint32 batch = _proposeRoot(Forest.rootOf(hashes), uint32(leaves.length), 2);
        IArenaTypes.Proof memory shown = IArenaTypes.Proof(leaves[index], Forest.pathOf(hashes, 0, index));
        _checkCancelled(abi.encodeCall(arena.refuteRegistration, (league, batch, index, shown)), batch, lie);
    }
}
