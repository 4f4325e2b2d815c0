// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MachineHash, Node} from "../../src/interfaces/HashTypes.sol";
import {IMachine} from "../../src/interfaces/IMachine.sol";
import {Bytes} from "../../src/libraries/Bytes.sol";

/// @notice A state of the machine as its program sees it: `x[0]` is the program counter.
struct Registers {
    uint32[32] x;
    Node ram;
}

using States for Registers global;

/// @title The bytes of states, by the words of SPEC section 12.
library States {
    /// @dev As the contracts take it.
    function given(Registers memory state) internal pure returns (IMachine.State memory) {
        bytes32[4] memory registers;
        for (uint256 i = 0; i < 32; ++i) {
            registers[i / 8] |= bytes32(uint256(Bytes.swap32(state.x[i])) << (224 - 32 * (i % 8)));
        }
        return IMachine.State(registers, state.ram);
    }

    function digest(Registers memory state) internal pure returns (MachineHash) {
        return MachineHash.wrap(sha256(abi.encodePacked(hex"10", given(state).registers, state.ram)));
    }

    function copy(Registers memory state) internal pure returns (Registers memory) {
        return abi.decode(abi.encode(state), (Registers));
    }
}
