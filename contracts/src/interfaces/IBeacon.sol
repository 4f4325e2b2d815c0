// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {BeaconValue} from "./HashTypes.sol";

/// @title A source of values that nobody knows in advance.
/// @notice A league names a beacon; each of its rounds is played on the second value that was not yet known when the
/// round's entries froze, because the first may be on its way already and readable for whoever watches transactions.
/// How hard that value is to predict or to withhold is what the beacon is worth.
/// @dev A value, once known, never changes, and values can be known in ascending order of their indices.
interface IBeacon {
    /// @notice The index of the first value that nobody can know yet.
    function nextIndex() external view returns (uint64 index);

    /// @notice The value at `index`, or 32 zero bytes while it is unknown.
    function value(uint64 index) external view returns (BeaconValue known);
}
