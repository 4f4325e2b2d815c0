// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {Stage} from "./Stage.sol";

contract AccountsTest is Stage {
    bool private refusing;
    bool private reentering;

    receive() external payable {
        if (refusing) revert();
        if (reentering) {
            reentering = false;
            arena.withdraw(uint128(msg.value));
        }
    }

    function testFuzz_deposit_succeedsIfItFits(uint128 amount) external {
        _deposit(STRANGER, amount);
        checkEqual(arena.balanceOf(STRANGER), amount, "the account holds what came");
        checkEqual(address(arena).balance, 1000 + uint256(amount), "and so does the arena");
    }

    function test_deposit_failsIfMoreThan128Bits() external {
        uint256 amount = uint256(type(uint128).max) + 1;
        vm.deal(address(this), amount);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.AmountTooLarge.selector, amount, type(uint128).max));
        arena.deposit{value: amount}();
    }

    function testFuzz_withdraw_succeedsIfHeld(uint128 held, uint128 amount) external {
        amount = amount % (held / 2 + 1);
        _deposit(STRANGER, held);
        vm.prank(STRANGER);
        arena.withdraw(amount);
        checkEqual(arena.balanceOf(STRANGER), held - amount, "the rest stays");
        checkEqual(STRANGER.balance, amount, "the owner has it");
    }

    function test_withdraw_failsIfNotHeld() external {
        _deposit(STRANGER, 10);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.BalanceTooLow.selector, uint128(10), uint128(11)));
        arena.withdraw(11);
    }

    function test_withdraw_failsIfPayeeRefuses() external {
        _deposit(address(this), 10);
        refusing = true;
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.PaymentRefused.selector, address(this), uint128(10)));
        arena.withdraw(10);
        checkEqual(arena.balanceOf(address(this)), 10, "nothing is lost");
    }

    function test_withdraw_failsIfReenteredForMoreThanHeld() external {
        _deposit(STRANGER, 10);
        _deposit(address(this), 10);
        reentering = true;
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.PaymentRefused.selector, address(this), uint128(10)));
        arena.withdraw(10);
        checkEqual(address(arena).balance, 1020, "nobody else's coin leaves");
    }
}
