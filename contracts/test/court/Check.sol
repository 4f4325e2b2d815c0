// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ISystem} from "../../src/interfaces/ISystem.sol";

/// @title What tests say: this holds, these are equal, this call is refused for that reason.
/// @dev Values of both sides are in the error, so that a failing test shows them.
abstract contract Check {
    error NotTrue(string rule);
    error NotEqual(string rule, uint256 received, uint256 expected);
    error NotEqualBytes(string rule, bytes received, bytes expected);
    error NotRefused(string rule, bytes received, bytes4 expected);

    function check(bool holds, string memory rule) internal pure {
        if (!holds) revert NotTrue(rule);
    }

    function checkEqual(uint256 received, uint256 expected, string memory rule) internal pure {
        if (received != expected) revert NotEqual(rule, received, expected);
    }

    function checkEqual(bytes32 received, bytes32 expected, string memory rule) internal pure {
        if (received != expected) revert NotEqual(rule, uint256(received), uint256(expected));
    }

    function checkEqual(bytes memory received, bytes memory expected, string memory rule) internal pure {
        if (keccak256(received) != keccak256(expected)) revert NotEqualBytes(rule, received, expected);
    }

    /// @dev The call must revert with the error of this selector.
    /// @dev A step contract says whether a step is legal, and gives a state only then.
    function checkLegality(
        ISystem system,
        bytes memory parameters,
        bytes memory state,
        uint8 acting,
        uint64[] memory actions,
        bool expected
    ) internal view {
        (bool legal, bytes memory next) = system.step(parameters, 0, state, acting, actions);
        check(legal == expected, expected ? "legal" : "illegal");
        check((next.length != 0) == expected, "a state after legal steps only");
    }

    function checkRefused(address callee, bytes memory input, bytes4 expected, string memory rule) internal {
        (bool done, bytes memory output) = callee.call(input);
        if (done || bytes4(output) != expected) revert NotRefused(rule, output, expected);
    }
}
