// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {QuestionHash} from "../../src/interfaces/HashTypes.sol";
import {IMachine} from "../../src/interfaces/IMachine.sol";
import {Bytes} from "../../src/libraries/Bytes.sol";
import {Registers} from "../machine/States.sol";

/// @title A program whose states are known without running it: it counts down, and then calls a trace false by the
/// lowest bit of the question.
library Program {
    uint32 internal constant TURNS = 100;
    /// @dev The steps until it ends.
    uint256 internal constant LENGTH = 2 * TURNS + 4;

    /// @dev addi x5, x0, TURNS; addi x5, x5, -1; bne x5, x0, -4; andi x10, x10, 1; addi x17, x0, 0; ecall.
    bytes32 internal constant CODE = hex"930240069382f2ffe39e02fe1375150093080000730000000000000000000000";

    uint256 private constant CODE_HEIGHT = 17;

    /// @dev What the machine is made with; the memory is empty.
    function image() internal pure returns (bytes memory) {
        bytes32 root = CODE;
        for (uint256 i = 0; i < CODE_HEIGHT; ++i) {
            root = sha256(abi.encodePacked(hex"01", root, bytes32(0)));
        }
        return abi.encode(uint32(0), root, bytes32(0));
    }

    /// @dev What every step touches: the one word of code.
    function step() internal pure returns (IMachine.Step memory touched) {
        touched.code = IMachine.WordProof(CODE, new bytes32[](CODE_HEIGHT));
    }

    function stateAt(QuestionHash question, uint256 steps) internal pure returns (Registers memory state) {
        for (uint256 i = 0; i < 8; ++i) {
            state.x[10 + i] = Bytes.swap32(uint32(uint256(QuestionHash.unwrap(question)) >> (224 - 32 * i)));
        }
        if (steps == 0) return state;
        if (steps <= 2 * TURNS) {
            state.x[0] = steps % 2 == 1 ? 4 : 8;
            state.x[5] = TURNS - uint32(steps / 2);
            return state;
        }
        uint256 rest = steps > LENGTH ? 4 : steps - 2 * TURNS;
        state.x[0] = [uint32(12), 16, 20, 1][rest - 1];
        if (rest > 1) state.x[10] &= 1;
        if (rest > 2) state.x[17] = 0;
    }
}
