// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {SharedBeacon} from "../../src/beacons/SharedBeacon.sol";
import {BeaconValue, ChainLink, ShareCommitment} from "../../src/interfaces/HashTypes.sol";
import {Check} from "../court/Check.sol";
import {Vm} from "../Vm.sol";

contract SharedBeaconTest is Check {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    address private constant ADA = address(0xada);
    address private constant BO = address(0xb0);
    uint64 private constant WINDOW = 5;
    uint256 private constant BOND = 7;

    ChainLink private constant THIRD = ChainLink.wrap(keccak256("secret"));
    SharedBeacon private beacon;
    uint256 private start;

    function setUp() external {
        string memory artifact = vm.envOr("NETS_SHARED_BEACON", "SharedBeacon.sol:SharedBeacon");
        vm.roll(100);
        beacon = SharedBeacon(vm.deployCode(artifact, abi.encode(_link(_first()), WINDOW, BOND)));
        start = 100;
        vm.deal(ADA, 100);
        vm.deal(BO, 100);
    }

    function _link(ChainLink secret) private pure returns (ChainLink) {
        return ChainLink.wrap(sha256(abi.encodePacked(uint8(0x0d), secret)));
    }

    function _second() private pure returns (ChainLink) {
        return _link(THIRD);
    }

    function _first() private pure returns (ChainLink) {
        return _link(_second());
    }

    function _value(ChainLink secret, bytes32 mix) private pure returns (bytes32) {
        return sha256(abi.encodePacked(uint8(0x0f), secret, mix));
    }

    function _commitment(uint64 index, address owner, bytes32 share) private pure returns (ShareCommitment) {
        return ShareCommitment.wrap(keccak256(abi.encode(index, owner, share)));
    }

    function _commit(uint64 index, address owner, bytes32 share) private {
        vm.prank(owner);
        beacon.commit{value: BOND}(index, _commitment(index, owner, share));
    }

    function _show(uint64 index, address owner, bytes32 share) private {
        vm.prank(owner);
        beacon.show(index, share);
    }

    function test_reveal_settlesAtOnceWithoutShares() external {
        checkEqual(beacon.readyBlock(), start + WINDOW + 1, "there is a window before the first secret, too");
        vm.roll(start + WINDOW + 1);
        checkEqual(beacon.nextIndex(), 0, "none is known");
        beacon.reveal(_first());
        checkEqual(beacon.value(0), _value(_first(), 0), "the secret alone");
        checkEqual(beacon.nextIndex(), 1, "the second is next");
        checkEqual(ChainLink.unwrap(beacon.link()), ChainLink.unwrap(_first()), "and must open the first");
        checkEqual(beacon.readyBlock(), start + 2 * WINDOW + 2, "a window later");
        vm.roll(start + 2 * WINDOW + 2);
        beacon.reveal(_second());
        checkEqual(beacon.value(1), _value(_second(), 0), "the second");
        checkEqual(beacon.value(0), _value(_first(), 0), "the first stays");
    }

    function test_reveal_failsBeforeItsBlockAndWithAnotherSecret() external {
        (ChainLink first, ChainLink second, ChainLink tip) = (_first(), _second(), beacon.link());
        vm.roll(start + WINDOW);
        vm.expectRevert(abi.encodeWithSelector(SharedBeacon.TooEarly.selector, start + WINDOW, start + WINDOW + 1));
        beacon.reveal(first);
        vm.roll(start + WINDOW + 1);
        vm.expectRevert(abi.encodeWithSelector(SharedBeacon.WrongSecret.selector, first, tip));
        beacon.reveal(second);
    }

    function testFuzz_value_isOfTheSecretAndAllShares(bytes32 adas, bytes32 bos) external {
        _commit(0, ADA, adas);
        _commit(0, BO, bos);
        checkEqual(ADA.balance, 100 - BOND, "a bond is put up");
        vm.roll(start + WINDOW + 1);
        beacon.reveal(_first());
        checkEqual(beacon.value(0), 0, "not yet");
        _show(0, BO, bos);
        checkEqual(beacon.value(0), 0, "one is missing");
        // The last block of the window.
        vm.roll(start + 2 * WINDOW + 1);
        _show(0, ADA, adas);
        checkEqual(beacon.value(0), _value(_first(), adas ^ bos), "whoever was first");
        checkEqual(ADA.balance + BO.balance, 200, "and the bonds are back");
        checkEqual(address(beacon).balance, 0, "all of them");
    }

    /// @dev Whatever order commitments, shares and secrets come in: a bond is returned once or forfeited, and no known
    /// value changes.
    function testFuzz_everything_conservesBondsAndKeepsValues(uint256[24] calldata moves) external {
        ChainLink[3] memory secrets = [_first(), _second(), THIRD];
        bytes32[3] memory known;
        for (uint256 i = 0; i < moves.length; ++i) {
            _move(moves[i], secrets);
            uint256 open = 0;
            for (uint64 index = 0; index < 3; ++index) {
                (,,, uint64 unshown) = beacon.drawOf(index);
                open += unshown;
                bytes32 value = BeaconValue.unwrap(beacon.value(index));
                check(known[index] == 0 || known[index] == value, "a value is known once");
                known[index] = value;
            }
            // The bond of a share that was never shown stays counted, and stays.
            checkEqual(address(beacon).balance, open * BOND, "a bond for each share not shown");
            checkEqual(ADA.balance + BO.balance + address(beacon).balance, 200, "and no coin comes or goes");
        }
    }

    /// @dev Anything that an owner or anybody can do, sensible or not.
    function _move(uint256 choice, ChainLink[3] memory secrets) private {
        address owner = choice & 1 == 0 ? ADA : BO;
        uint64 index = uint64((choice >> 1) % 3);
        bytes32 share = bytes32((choice >> 4) % 2);
        uint256 action = (choice >> 8) % 6;
        bytes memory input;
        uint256 coin = 0;
        if (action == 0) {
            coin = choice >> 16 & 7 == 0 ? BOND - 1 : BOND;
            input = abi.encodeCall(beacon.commit, (index, _commitment(index, owner, share)));
        } else if (action == 1) {
            input = abi.encodeCall(beacon.takeBack, (index));
        } else if (action == 2) {
            input = abi.encodeCall(beacon.show, (index, share));
        } else if (action == 3) {
            input = abi.encodeCall(beacon.settle, (index));
        } else if (action == 4) {
            input = abi.encodeCall(beacon.reveal, (secrets[index]));
        } else {
            vm.roll(vm.getBlockNumber() + (choice >> 16) % (2 * WINDOW));
            return;
        }
        vm.prank(owner);
        (bool done,) = address(beacon).call{value: coin}(input);
        // Refusals are half of what is tried here; what must hold after them is checked by the caller.
        done;
    }

    function test_settle_leavesOutWhatWasNotShown() external {
        _commit(0, ADA, "a");
        _commit(0, BO, "b");
        vm.roll(start + WINDOW + 1);
        beacon.reveal(_first());
        _show(0, ADA, "a");
        vm.roll(start + 2 * WINDOW + 1);
        vm.expectRevert(
            abi.encodeWithSelector(SharedBeacon.TooEarly.selector, start + 2 * WINDOW + 1, start + 2 * WINDOW + 2)
        );
        beacon.settle(0);
        vm.roll(start + 2 * WINDOW + 2);
        vm.prank(BO);
        vm.expectRevert(
            abi.encodeWithSelector(SharedBeacon.TooLate.selector, start + 2 * WINDOW + 2, start + 2 * WINDOW + 1)
        );
        beacon.show(0, "b");
        beacon.settle(0);
        checkEqual(beacon.value(0), _value(_first(), "a"), "without the share that was not shown");
        checkEqual(ADA.balance, 100, "who showed has its bond");
        checkEqual(BO.balance, 100 - BOND, "who did not has lost it");
        checkEqual(address(beacon).balance, BOND, "to nobody");
        vm.expectRevert(abi.encodeWithSelector(SharedBeacon.AlreadySettled.selector, uint64(0)));
        beacon.settle(0);
        vm.prank(BO);
        vm.expectRevert(abi.encodeWithSelector(SharedBeacon.Frozen.selector, uint64(0)));
        beacon.takeBack(0);
    }

    function test_reveal_settlesTheValueBefore() external {
        _commit(0, ADA, "a");
        vm.roll(start + WINDOW + 1);
        beacon.reveal(_first());
        vm.roll(start + 2 * WINDOW + 2);
        beacon.reveal(_second());
        checkEqual(beacon.value(0), _value(_first(), 0), "values are known in their order");
        checkEqual(beacon.value(1), _value(_second(), 0), "both of them");
    }

    function test_settle_failsBeforeTheSecret() external {
        vm.expectRevert(abi.encodeWithSelector(SharedBeacon.NotFrozen.selector, uint64(0)));
        beacon.settle(0);
        _commit(0, ADA, "a");
        vm.prank(ADA);
        vm.expectRevert(abi.encodeWithSelector(SharedBeacon.NotFrozen.selector, uint64(0)));
        beacon.show(0, "a");
    }

    function test_commit_isClosedByTheSecret() external {
        vm.roll(start + WINDOW + 1);
        _commit(1, ADA, "a");
        beacon.reveal(_first());
        vm.prank(ADA);
        vm.expectRevert(abi.encodeWithSelector(SharedBeacon.Frozen.selector, uint64(0)));
        beacon.commit{value: BOND}(0, _commitment(0, ADA, "a"));
        _commit(1, BO, "b");
        vm.roll(start + 2 * WINDOW + 2);
        beacon.reveal(_second());
        _show(1, ADA, "a");
        _show(1, BO, "b");
        checkEqual(beacon.value(1), _value(_second(), bytes32("a") ^ bytes32("b")), "one could commit early");
    }

    function test_commit_failsWithAnotherBondTwiceAndForNothing() external {
        vm.prank(ADA);
        vm.expectRevert(abi.encodeWithSelector(SharedBeacon.WrongBond.selector, BOND - 1, BOND));
        beacon.commit{value: BOND - 1}(0, ShareCommitment.wrap("x"));
        vm.prank(ADA);
        vm.expectRevert(abi.encodeWithSelector(SharedBeacon.WrongBond.selector, BOND + 1, BOND));
        beacon.commit{value: BOND + 1}(0, ShareCommitment.wrap("x"));
        vm.prank(ADA);
        vm.expectRevert(abi.encodeWithSelector(SharedBeacon.NotCommitted.selector, uint64(0), ADA));
        beacon.commit{value: BOND}(0, ShareCommitment.wrap(0));
        _commit(0, ADA, "a");
        vm.prank(ADA);
        vm.expectRevert(abi.encodeWithSelector(SharedBeacon.AlreadyCommitted.selector, uint64(0), ADA));
        beacon.commit{value: BOND}(0, ShareCommitment.wrap("x"));
    }

    function test_takeBack_leavesNoShare() external {
        _commit(0, ADA, "a");
        vm.prank(BO);
        vm.expectRevert(abi.encodeWithSelector(SharedBeacon.NotCommitted.selector, uint64(0), BO));
        beacon.takeBack(0);
        vm.prank(ADA);
        beacon.takeBack(0);
        checkEqual(ADA.balance, 100, "the bond is back");
        vm.prank(ADA);
        vm.expectRevert(abi.encodeWithSelector(SharedBeacon.NotCommitted.selector, uint64(0), ADA));
        beacon.takeBack(0);
        vm.roll(start + WINDOW + 1);
        beacon.reveal(_first());
        checkEqual(beacon.value(0), _value(_first(), 0), "nobody is waited for");
    }

    function test_show_takesWhatTheSenderCommittedToAndOnce() external {
        _commit(0, ADA, "a");
        _commit(0, BO, "b");
        vm.roll(start + WINDOW + 1);
        beacon.reveal(_first());
        vm.prank(BO);
        vm.expectRevert(
            abi.encodeWithSelector(
                SharedBeacon.WrongShare.selector, uint64(0), _commitment(0, BO, "a"), _commitment(0, BO, "b")
            )
        );
        beacon.show(0, "a");
        _show(0, ADA, "a");
        vm.prank(ADA);
        vm.expectRevert(abi.encodeWithSelector(SharedBeacon.NotCommitted.selector, uint64(0), ADA));
        beacon.show(0, "a");
        // A copied commitment is nobody's to show.
        vm.prank(BO);
        beacon.commit{value: BOND}(1, _commitment(1, ADA, "c"));
        vm.roll(start + 2 * WINDOW + 2);
        beacon.reveal(_second());
        vm.prank(BO);
        vm.expectPartialRevert(SharedBeacon.WrongShare.selector);
        beacon.show(1, "c");
    }

    function test_show_failsIfTheBondIsRefused() external {
        vm.deal(address(this), BOND);
        beacon.commit{value: BOND}(0, _commitment(0, address(this), "t"));
        vm.expectRevert(abi.encodeWithSelector(SharedBeacon.BondRefused.selector, address(this)));
        beacon.takeBack(0);
        vm.roll(start + WINDOW + 1);
        beacon.reveal(_first());
        vm.expectRevert(abi.encodeWithSelector(SharedBeacon.BondRefused.selector, address(this)));
        beacon.show(0, "t");
        checkEqual(beacon.value(0), 0, "and nothing has happened");
    }
}
