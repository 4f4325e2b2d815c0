// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArena} from "../interfaces/IArena.sol";
import {Ledger} from "./Ledger.sol";

/// @title The accounts of owners, and what is burnt.
/// @notice With `Leagues`, the only place where coin enters the arena, and the only one where it leaves it.
/// @dev INVARIANT: coin leaves only through `withdraw`, out of the caller's own account, after it was debited.
abstract contract Accounts is Ledger, IArena {
    /// @inheritdoc IArena
    function deposit() external payable {
        uint128 amount = _received();
        _credit(msg.sender, amount);
        emit Deposited(msg.sender, amount);
    }

    /// @inheritdoc IArena
    function withdraw(uint128 amount) external {
        _debit(msg.sender, amount);
        emit Withdrawn(msg.sender, amount);
        (bool accepted,) = msg.sender.call{value: amount}("");
        if (!accepted) revert PaymentRefused(msg.sender, amount);
    }

    /// @inheritdoc IArena
    function balanceOf(address owner) external view returns (uint128 amount) {
        return _accounts[owner].balance;
    }

    /// @inheritdoc IArena
    function stakesOf(address owner) external view returns (uint128 amount) {
        return _accounts[owner].stakes;
    }

    /// @inheritdoc IArena
    function burnt() external view returns (uint128 amount) {
        return _burnt;
    }

    /// @dev The coin sent with the call.
    function _received() internal view returns (uint128) {
        if (msg.value > type(uint128).max) revert AmountTooLarge(msg.value, type(uint128).max);
        return uint128(msg.value);
    }
}
