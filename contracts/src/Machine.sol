// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MachineHash, Node, QuestionHash} from "./interfaces/HashTypes.sol";
import {IMachine} from "./interfaces/IMachine.sol";
import {Bytes} from "./libraries/Bytes.sol";
import {Sha256} from "./libraries/Sha256.sol";
import {Tree} from "./libraries/Tree.sol";
import {Arithmetic} from "./machine/Arithmetic.sol";

/// @title The machine that trials are about, one instruction at a time.
/// @notice Decodes and executes one instruction of RV32IM; what it computes is in `Arithmetic`.
/// @dev A state is changed in memory, as the 161 bytes that its digest is over. INVARIANT: for a state there is one
/// state that follows, whatever is given of code and memory, up to collisions of SHA-256.
contract Machine is IMachine {
    uint8 private constant STATE_TAG = 0x10;
    // In the bytes of a state: the tag, then registers of four bytes, the program counter in the place of x0.
    uint256 private constant RAM_OFFSET = 1 + 128;

    uint256 private constant CODE_BYTES_MAX = 4 << 20;
    uint256 private constant CODE_HEIGHT = 17;
    uint256 private constant RAM_START = 0x80000000;
    uint256 private constant RAM_BYTES = 256 << 20;
    uint256 private constant RAM_HEIGHT = 23;

    // No instruction is at an odd address: a program counter that is odd is that of a machine which has halted.
    uint256 private constant EXITED = 1;
    uint256 private constant TRAPPED = 3;

    // System calls, by their number in x17.
    uint256 private constant CALL_EXIT = 0;
    uint256 private constant CALL_CHAINING = 1;

    uint32 private immutable ENTRY;
    Node private immutable CODE_ROOT;
    Node private immutable RAM_ROOT;

    /// @param entry The address of the image's first instruction.
    /// @param codeRoot The root of the tree over its code.
    /// @param ramRoot The root of the tree over the RAM that it begins with.
    constructor(uint32 entry, Node codeRoot, Node ramRoot) {
        (ENTRY, CODE_ROOT, RAM_ROOT) = (entry, codeRoot, ramRoot);
    }

    /// @inheritdoc IMachine
    function image() external view returns (uint32 entry, Node codeRoot, Node ramRoot) {
        return (ENTRY, CODE_ROOT, RAM_ROOT);
    }

    /// @inheritdoc IMachine
    function start(QuestionHash input) external view returns (MachineHash digest) {
        // The program counter, x1 to x9, the input as x10 to x17, x18 to x31.
        bytes memory state =
            abi.encodePacked(STATE_TAG, Bytes.swap32(ENTRY), new bytes(36), input, new bytes(56), RAM_ROOT);
        return MachineHash.wrap(Bytes.hash(state));
    }

    /// @inheritdoc IMachine
    function look(State calldata state) external view returns (MachineHash digest, uint256 pc, uint32 code) {
        bytes memory machine = _bytes(state);
        return (MachineHash.wrap(Bytes.hash(machine)), _at(machine, 0), uint32(_at(machine, 10)));
    }

    /// @inheritdoc IMachine
    function next(State calldata state, Step calldata step) external view returns (MachineHash digest) {
        bytes memory machine = _bytes(state);
        uint256 pc = _at(machine, 0);
        if (pc & 1 == 0) {
            bool done = pc & 3 == 0 && pc < CODE_BYTES_MAX;
            if (done) {
                _requireWord(CODE_ROOT, CODE_HEIGHT, pc, step.code);
                done = _execute(machine, pc, _number(step.code.word, pc, 4), step);
            }
            if (!done) _set(machine, 0, TRAPPED);
        }
        return MachineHash.wrap(Bytes.hash(machine));
    }

    /// @dev Executes an instruction; false, and the state as it was, if that cannot be done.
    function _execute(bytes memory machine, uint256 pc, uint256 code, Step calldata step) private view returns (bool) {
        unchecked {
            uint256 opcode = code & 0x7f;
            if (opcode == 0x73) return code == 0x73 && _call(machine, pc, step);
            uint256 a = _register(machine, code >> 15);
            uint256 b = _register(machine, code >> 20);
            uint256 target = pc + 4;
            uint256 result = target;
            bool done = true;
            if (opcode == 0x13) {
                (done, result) = Arithmetic.withImmediate(code, a);
            } else if (opcode == 0x33) {
                (done, result) = Arithmetic.withRegister(code, a, b);
            } else if (opcode == 0x03) {
                (done, result) = _load(machine, code, a, step.read);
            } else if (opcode == 0x23) {
                done = _store(machine, code, a, b, step.written);
            } else if (opcode == 0x63) {
                bool taken;
                (done, taken) = Arithmetic.isTaken(code, a, b);
                if (taken) target = pc + _branchOffset(code);
            } else if (opcode == 0x6f) {
                target = pc + _jumpOffset(code);
            } else if (opcode == 0x67) {
                done = (code >> 12) & 7 == 0;
                target = _sum(a, _immediate(code)) & ~uint256(1);
            } else if (opcode == 0x37) {
                result = code & 0xfffff000;
            } else if (opcode == 0x17) {
                result = pc + (code & 0xfffff000);
            } else {
                // A fence orders what is in order here anyway.
                done = opcode == 0x0f && (code >> 12) & 7 == 0;
            }
            if (!done) return false;
            bool writes = opcode != 0x23 && opcode != 0x63 && opcode != 0x0f;
            uint256 destination = (code >> 7) & 31;
            if (writes && destination != 0) _set(machine, destination, result);
            _set(machine, 0, target);
            return true;
        }
    }

    /// @dev A system call: the program ends, or asks what led to a chaining value.
    function _call(bytes memory machine, uint256 pc, Step calldata step) private view returns (bool) {
        uint256 number = _at(machine, 17);
        if (number == CALL_EXIT) {
            _set(machine, 0, EXITED);
            return true;
        }
        (uint256 value, uint256 part, uint256 target) = (_at(machine, 10), _at(machine, 11), _at(machine, 12));
        bool known = number == CALL_CHAINING && part < 3 && _isIn(value, 32) && _isIn(target, 32);
        if (!known) return false;
        _requireWord(_ram(machine), RAM_HEIGHT, value - RAM_START, step.read);
        _requireWord(_ram(machine), RAM_HEIGHT, target - RAM_START, step.written);
        bytes32 received = Sha256.compress(step.previous, step.firstHalf, step.secondHalf);
        if (received != step.read.word) revert ChainingMismatch(received, step.read.word);
        bytes32 answer = part == 0 ? step.previous : part == 1 ? step.firstHalf : step.secondHalf;
        _setRam(machine, Tree.climb(Node.wrap(answer), (target - RAM_START) >> 5, Tree.nodesOf(step.written.path)));
        _set(machine, 0, pc + 4);
        return true;
    }

    function _load(bytes memory machine, uint256 code, uint256 a, WordProof calldata read)
        private
        view
        returns (bool done, uint256 result)
    {
        uint256 kind = (code >> 12) & 7;
        uint256 size = 1 << (kind & 3);
        uint256 address_ = _sum(a, _immediate(code));
        // Bytes and halves may be read without a sign, words of four may not.
        if (size == 8 || kind > 5 || !_isIn(address_, size)) return (false, 0);
        _requireWord(_ram(machine), RAM_HEIGHT, address_ - RAM_START, read);
        result = _number(read.word, address_, size);
        if (kind == 0) result = uint256(int256(int8(uint8(result))));
        if (kind == 1) result = uint256(int256(int16(uint16(result))));
        return (true, result);
    }

    function _store(bytes memory machine, uint256 code, uint256 a, uint256 b, WordProof calldata written)
        private
        view
        returns (bool)
    {
        uint256 kind = (code >> 12) & 7;
        uint256 size = 1 << kind;
        uint256 address_ = _sum(a, _storeOffset(code));
        if (kind > 2 || !_isIn(address_, size)) return false;
        _requireWord(_ram(machine), RAM_HEIGHT, address_ - RAM_START, written);
        // The lowest byte is the first one, and the first byte of a word is its highest.
        uint256 shift = 256 - 8 * ((address_ & 31) + size);
        uint256 mask = (1 << (8 * size)) - 1;
        uint256 value = uint256(Bytes.swap32(uint32(b))) >> (32 - 8 * size);
        uint256 word = (uint256(written.word) & ~(mask << shift)) | (value << shift);
        _setRam(machine, Tree.climb(Node.wrap(bytes32(word)), (address_ - RAM_START) >> 5, Tree.nodesOf(written.path)));
        return true;
    }

    /// @dev Whether something of so many bytes, a power of two, can be at an address.
    function _isIn(uint256 address_, uint256 size) private pure returns (bool) {
        return address_ >= RAM_START && address_ < RAM_START + RAM_BYTES && address_ % size == 0;
    }

    /// @dev Reverts unless the word is at this offset, in bytes, under the root.
    function _requireWord(Node root, uint256 height, uint256 offset, WordProof calldata proof) private view {
        if (proof.path.length != height) revert Tree.PathLengthMismatch(proof.path.length, height);
        Node received = Tree.climb(Node.wrap(proof.word), offset >> 5, Tree.nodesOf(proof.path));
        if (Node.unwrap(received) != Node.unwrap(root)) revert Tree.RootMismatch(received, root);
    }

    /// @dev The little-endian number of `size` bytes at an address in its word.
    function _number(bytes32 word, uint256 address_, uint256 size) private pure returns (uint256) {
        uint256 highest = (uint256(word) << (8 * (address_ & 31))) >> 224;
        return Bytes.swap32(uint32(highest)) & ((1 << (8 * size)) - 1);
    }

    function _sum(uint256 a, uint256 immediate) private pure returns (uint256) {
        unchecked {
            return (a + immediate) & 0xffffffff;
        }
    }

    // Immediates, sign-extended to 256 bits

    function _immediate(uint256 code) private pure returns (uint256) {
        return uint256(Arithmetic.signed(code) >> 20);
    }

    function _storeOffset(uint256 code) private pure returns (uint256) {
        return (uint256(Arithmetic.signed(code) >> 25) << 5) | ((code >> 7) & 31);
    }

    function _branchOffset(uint256 code) private pure returns (uint256) {
        uint256 sign = uint256(Arithmetic.signed(code) >> 31) << 12;
        return sign | ((code << 4) & 0x800) | ((code >> 20) & 0x7e0) | ((code >> 7) & 0x1e);
    }

    function _jumpOffset(uint256 code) private pure returns (uint256) {
        uint256 sign = uint256(Arithmetic.signed(code) >> 31) << 20;
        return sign | (code & 0xff000) | ((code >> 9) & 0x800) | ((code >> 20) & 0x7fe);
    }

    // The bytes of a state

    function _bytes(State calldata state) private pure returns (bytes memory) {
        return abi.encodePacked(STATE_TAG, state.registers, state.ram);
    }

    /// @dev A register as an operand: x0 is 0.
    function _register(bytes memory machine, uint256 index) private pure returns (uint256) {
        index &= 31;
        return index == 0 ? 0 : _at(machine, index);
    }

    /// @dev The number at a place: the program counter at 0, a register at its own.
    function _at(bytes memory machine, uint256 index) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(224, mload(add(add(machine, 0x21), shl(2, index))))
        }
        return Bytes.swap32(uint32(value));
    }

    function _set(bytes memory machine, uint256 index, uint256 value) private pure {
        uint256 swapped = Bytes.swap32(uint32(value));
        assembly ("memory-safe") {
            let place := add(add(machine, 0x21), shl(2, index))
            mstore(place, or(shr(32, shl(32, mload(place))), shl(224, swapped)))
        }
    }

    function _ram(bytes memory machine) private pure returns (Node root) {
        assembly ("memory-safe") {
            root := mload(add(add(machine, 0x20), RAM_OFFSET))
        }
    }

    function _setRam(bytes memory machine, Node root) private pure {
        assembly ("memory-safe") {
            mstore(add(add(machine, 0x20), RAM_OFFSET), root)
        }
    }
}
