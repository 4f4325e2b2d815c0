// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArena} from "../interfaces/IArena.sol";

/// @title The accounts of owners, and what is burnt.
/// @notice The only place where coin enters or leaves the arena; everything else moves amounts between accounts,
/// stakes, purses, reserves and bonds.
/// @dev INVARIANT: coin leaves only through `withdraw`, out of the caller's own account, after it was debited.
abstract contract Accounts is IArena {
    mapping(address owner => uint128 amount) private _balances;

    /// @inheritdoc IArena
    uint128 public burnt;

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
    function balanceOf(address owner) public view returns (uint128 amount) {
        return _balances[owner];
    }

    /// @dev The coin sent with the call.
    function _received() internal view returns (uint128) {
        if (msg.value > type(uint128).max) revert AmountTooLarge(msg.value, type(uint128).max);
        return uint128(msg.value);
    }

    function _credit(address owner, uint128 amount) internal {
        _balances[owner] += amount;
    }

    function _debit(address owner, uint128 amount) internal {
        uint128 held = _balances[owner];
        if (held < amount) revert BalanceTooLow(held, amount);
        _balances[owner] = held - amount;
    }

    /// @dev Pays who found a lie half of what it forfeits, rounded down, and burns the rest, so that nobody gains by
    /// reporting a lie of their own.
    function _forfeit(uint128 amount, address finder) internal returns (uint128 earned, uint128 burning) {
        earned = amount / 2;
        burning = amount - earned;
        burnt += burning;
        _credit(finder, earned);
    }
}
