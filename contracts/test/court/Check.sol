// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {
    AgentId,
    BeaconValue,
    DefenceHash,
    DefenceId,
    DemandHash,
    DemandId,
    MachineHash,
    MatchId,
    MatchSeed,
    Node,
    StateHash
} from "../../src/interfaces/HashTypes.sol";
import {ISystem} from "../../src/interfaces/ISystem.sol";

/// @title What tests say: this holds, these are equal, this call is refused for that reason.
/// @dev Values of both sides are in the error, so that a failing test shows them.
abstract contract Check {
    /// @dev For Systems without chance.
    MatchSeed internal constant SEEDLESS = MatchSeed.wrap(0);

    error NotTrue(string rule);
    error NotEqual(string rule, uint256 received, uint256 expected);
    error NotEqualBytes(string rule, bytes received, bytes expected);
    error NotRefused(string rule, bytes received, bytes4 expected);

    /// @dev Another one, by one bit.
    function spoilt(MatchId id) internal pure returns (MatchId) {
        return MatchId.wrap(MatchId.unwrap(id) ^ bytes32(uint256(1)));
    }

    function spoilt(DemandId id) internal pure returns (DemandId) {
        return DemandId.wrap(DemandId.unwrap(id) ^ bytes32(uint256(1)));
    }

    function spoilt(DefenceId id) internal pure returns (DefenceId) {
        return DefenceId.wrap(DefenceId.unwrap(id) ^ bytes32(uint256(1)));
    }

    function spoilt(bytes32 word) internal pure returns (bytes32) {
        return word ^ bytes32(uint256(1));
    }

    function spoilt(Node node) internal pure returns (Node) {
        return Node.wrap(Node.unwrap(node) ^ bytes32(uint256(1)));
    }

    function check(bool holds, string memory rule) internal pure {
        if (!holds) revert NotTrue(rule);
    }

    function checkEqual(uint256 received, uint256 expected, string memory rule) internal pure {
        if (received != expected) revert NotEqual(rule, received, expected);
    }

    function checkEqual(bytes32 received, bytes32 expected, string memory rule) internal pure {
        if (received != expected) revert NotEqual(rule, uint256(received), uint256(expected));
    }

    function checkEqual(AgentId received, AgentId expected, string memory rule) internal pure {
        checkEqual(AgentId.unwrap(received), AgentId.unwrap(expected), rule);
    }

    function checkEqual(Node received, Node expected, string memory rule) internal pure {
        checkEqual(Node.unwrap(received), Node.unwrap(expected), rule);
    }

    function checkEqual(BeaconValue received, bytes32 expected, string memory rule) internal pure {
        checkEqual(BeaconValue.unwrap(received), expected, rule);
    }

    function checkEqual(MatchSeed received, MatchSeed expected, string memory rule) internal pure {
        checkEqual(MatchSeed.unwrap(received), MatchSeed.unwrap(expected), rule);
    }

    function checkEqual(StateHash received, StateHash expected, string memory rule) internal pure {
        checkEqual(StateHash.unwrap(received), StateHash.unwrap(expected), rule);
    }

    function checkEqual(MachineHash received, MachineHash expected, string memory rule) internal pure {
        checkEqual(MachineHash.unwrap(received), MachineHash.unwrap(expected), rule);
    }

    function checkEqual(DemandHash received, bytes32 expected, string memory rule) internal pure {
        checkEqual(DemandHash.unwrap(received), expected, rule);
    }

    function checkEqual(DefenceHash received, bytes32 expected, string memory rule) internal pure {
        checkEqual(DefenceHash.unwrap(received), expected, rule);
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
        (bool legal, bytes memory next) = system.step(parameters, SEEDLESS, state, acting, actions);
        check(legal == expected, expected ? "legal" : "illegal");
        check((next.length != 0) == expected, "a state after legal steps only");
    }

    function checkRefused(address callee, bytes memory input, bytes4 expected, string memory rule) internal {
        (bool done, bytes memory output) = callee.call(input);
        if (done || bytes4(output) != expected) revert NotRefused(rule, output, expected);
    }
}
