// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Calls that are handed on to a part: a contract that runs on the storage of whoever created it for itself.
library Handing {
    /// @notice Ends the call with what the part makes of it, as it came.
    function to(address part) internal {
        assembly ("memory-safe") {
            let start := mload(0x40)
            calldatacopy(start, 0, calldatasize())
            let done := delegatecall(gas(), part, start, calldatasize(), 0, 0)
            returndatacopy(start, 0, returndatasize())
            if iszero(done) { revert(start, returndatasize()) }
            return(start, returndatasize())
        }
    }
}
