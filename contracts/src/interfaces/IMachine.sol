// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MachineHash, Node, QuestionHash} from "./HashTypes.sol";

/// @title The machine that trials are about, one instruction at a time.
/// @notice RV32IM over a Merkle memory, running one program, the image, that is fixed for ever. What the program comes
/// to is a chain of states, each of which has exactly one that follows; here it is said which.
/// @dev A state's digest is `H(0x10, pc ‖ x1 … x31 ‖ root of the RAM)`, registers being u32, little-endian. SPEC.md
/// section 12.
interface IMachine {
    /// @notice A state: the program counter and x1 to x31 as 128 bytes, and the root of the tree over the RAM.
    struct State {
        bytes32[4] registers;
        Node ram;
    }

    /// @notice A word of 32 bytes, which is a leaf as it is, with its siblings, lowest first; the lowest is a word, too.
    /// Without siblings where a step touches none.
    struct WordProof {
        bytes32 word;
        bytes32[] path;
    }

    /// @notice What a step touches.
    /// @param code The word of code that the instruction is in.
    /// @param read The word of memory that it reads, by a load or as a chaining value.
    /// @param written The word of memory that it writes, as it was before.
    /// @param previous The chaining value before the one that it asks about.
    /// @param firstHalf The first half of the block between the two.
    /// @param secondHalf The second half.
    struct Step {
        WordProof code;
        WordProof read;
        WordProof written;
        bytes32 previous;
        bytes32 firstHalf;
        bytes32 secondHalf;
    }

    /// @notice What was given as what led to a chaining value leads to another.
    error ChainingMismatch(bytes32 received, bytes32 expected);

    /// @notice The digest of the state in which the program begins, with 32 bytes for it in x10 to x17.
    function start(QuestionHash input) external view returns (MachineHash digest);

    /// @notice The digest of the state after this one. What is given of code and memory must be what the roots are of.
    function next(State calldata state, Step calldata step) external view returns (MachineHash digest);

    /// @notice The digest of a state, its program counter, which is 1 where the program ended and 3 where it was
    /// trapped, and x10, which is the code that it ended with.
    function look(State calldata state) external view returns (MachineHash digest, uint256 pc, uint32 code);

    /// @notice The address of the image's first instruction, and the roots of its code and of its first memory.
    function image() external view returns (uint32 entry, Node codeRoot, Node ramRoot);
}
