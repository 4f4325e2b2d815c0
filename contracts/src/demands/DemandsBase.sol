// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DemandHash, DemandId} from "../interfaces/HashTypes.sol";
import {IDemands} from "../interfaces/IDemands.sol";
import {Bytes} from "../libraries/Bytes.sol";
import {Tree} from "../libraries/Tree.sol";
import {DemandsState} from "./DemandsState.sol";

/// @title The open demands, and what every move of one begins and ends with.
/// @notice Keeps for each open demand the digest of its state; whoever moves brings the state along.
/// @dev INVARIANT: a demand that is over has no digest, so no move of it succeeds again.
abstract contract DemandsBase is DemandsState, IDemands {
    // Seventeen fields of a word each.
    uint256 private constant DEMAND_BYTES = 544;

    /// @dev The state of a demand, copied as it comes; reverts unless it is the one that the demand is in.
    function _current(DemandId id, Demand calldata given) internal view returns (Demand memory demand) {
        // What has the right digest was encoded here, so its fields are in their ranges.
        assembly ("memory-safe") {
            demand := mload(0x40)
            mstore(0x40, add(demand, DEMAND_BYTES))
            calldatacopy(demand, given, DEMAND_BYTES)
        }
        DemandHash received = _digest(demand);
        DemandHash expected = digestOf[id];
        if (DemandHash.unwrap(received) != DemandHash.unwrap(expected)) revert DemandMismatch(received, expected);
    }

    /// @dev `H(0x0e, ABI encoding)`: in memory, too, the state is one word for each field.
    function _digest(Demand memory demand) internal view returns (DemandHash digest) {
        bool done;
        assembly ("memory-safe") {
            let start := mload(0x40)
            mstore8(start, 0x0e)
            mcopy(add(start, 1), demand, DEMAND_BYTES)
            done := staticcall(gas(), 0x02, start, add(DEMAND_BYTES, 1), 0x00, 0x20)
            digest := mload(0x00)
        }
        if (!done) revert Bytes.HashFailed();
    }

    /// @dev Pays some of the bonds that the arena holds for a demand.
    function _settle(Demand memory demand, address payee, uint8 bonds, bool ends) internal {
        demand.arena.settleDemand(demand.league, demand.round, demand.assertion, payee, bonds, ends);
    }

    /// @dev Reverts unless leaves stand under the node; a node that none do is zero in every honest tree.
    function _requireCovering(uint256 leafCount, uint256 height, uint256 position) internal pure {
        if (position << height >= leafCount) revert Tree.PositionOutOfRange(position, leafCount);
    }
}
