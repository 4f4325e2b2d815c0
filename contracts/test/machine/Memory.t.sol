// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Node} from "../../src/interfaces/HashTypes.sol";
import {IMachine} from "../../src/interfaces/IMachine.sol";
import {Sha256} from "../../src/libraries/Sha256.sol";
import {Tree} from "../../src/libraries/Tree.sol";
import {MachineStage} from "./MachineStage.sol";
import {Registers} from "./States.sol";

/// @title Instructions that touch memory: loads, stores and system calls, and what has to be given of it.
contract MachineMemoryTest is MachineStage {
    uint32 private constant ECALL = 0x73;
    bytes private constant MESSAGE = "a message of less than one block";

    // Loads and stores

    function test_load_ofEveryKindAtEveryOffset() external {
        for (uint32 offset = 0; offset < 32; ++offset) {
            for (uint32 kind = 0; kind < 6; ++kind) {
                if (kind != 3) _checkLoad(bytes32(uint256(offset)), kind, RAM + 64 + offset, int32(offset) - 16);
            }
        }
    }

    function testFuzz_load_fromAnywhere(bytes32 seed, uint32 kind, uint32 place, uint256 any) external {
        kind = [uint32(0), 1, 2, 4, 5][kind % 5];
        uint32 size = uint32(1) << (kind % 4);
        _checkLoad(seed, kind, RAM + (place % (RAM_END - RAM)) / size * size, _offset(any));
        _checkLoad(seed, kind, RAM_END - size, _offset(any));
    }

    function test_store_ofEveryKindAtEveryOffset() external {
        for (uint32 offset = 0; offset < 32; ++offset) {
            for (uint32 kind = 0; kind < 3; ++kind) {
                _checkStore(bytes32(uint256(offset)), kind, RAM + 96 + offset, int32(offset) * 64 - 1024);
            }
        }
    }

    function testFuzz_store_anywhere(bytes32 seed, uint32 kind, uint32 place, uint256 any) external {
        kind = kind % 3;
        uint32 size = uint32(1) << kind;
        _checkStore(seed, kind, RAM + (place % (RAM_END - RAM)) / size * size, _offset(any));
        _checkStore(seed, kind, RAM_END - size, _offset(any));
    }

    function testFuzz_memory_isNowhereElse(bytes32 seed, uint32 place, uint256 any) external {
        uint32 outside = place % 2 == 0 ? place % RAM : RAM_END + place % (type(uint32).max - RAM_END);
        uint32[5] memory places = [outside, RAM - 1, RAM - 4, RAM_END, 0];
        for (uint32 kind = 0; kind < 6; ++kind) {
            for (uint256 i = 0; kind != 3 && i < places.length; ++i) {
                Registers memory state = _at(seed, places[i], _offset(any));
                _traps(state, _i(0x03, kind, D, A, _offset(any)), "a load from outside");
                if (kind < 3) _traps(state, _s(kind, A, B, _offset(any)), "a store outside");
            }
        }
    }

    /// @dev What is given of a word of code and of memory has to be what is there; loads and stores look at no other.
    function testFuzz_memory_isTakenAsItIs(bytes32 seed, uint32 place, uint256 level) external {
        uint32 address_ = RAM + (place % (RAM_END - RAM)) / 4 * 4;
        for (uint32 load = 0; load < 2; ++load) {
            Registers memory state = _at(seed, address_, 0);
            uint32 code = load == 1 ? _i(0x03, 2, D, A, 0) : _s(2, A, B, 0);
            (IMachine machine, IMachine.Step memory step) = _holding(state, code);
            IMachine.WordProof memory proof = _proof(RAM_HEIGHT, seed);
            state.ram = _rootOf(proof, (address_ - RAM) / 32);
            if (load == 1) step.read = proof;
            else step.written = proof;
            machine.next(state.given(), step);
            proof.word = spoilt(proof.word);
            _refused(machine, state, step, Tree.RootMismatch.selector, "another word");
            proof.word = spoilt(proof.word);
            proof.path[level % RAM_HEIGHT] = spoilt(proof.path[level % RAM_HEIGHT]);
            _refused(machine, state, step, Tree.RootMismatch.selector, "another sibling");
            proof.path[level % RAM_HEIGHT] = spoilt(proof.path[level % RAM_HEIGHT]);
            step.code.word = spoilt(step.code.word);
            _refused(machine, state, step, Tree.RootMismatch.selector, "other code");
            step.code.word = spoilt(step.code.word);
            state.x[A] ^= uint32(32) << uint32(level % RAM_HEIGHT);
            _refused(machine, state, step, Tree.RootMismatch.selector, "the word of another address");
        }
    }

    function test_memory_needsPathsOfItsHeights() external {
        Registers memory state = _at(0, RAM, 0);
        (IMachine machine, IMachine.Step memory step) = _holding(state, _i(0x03, 2, D, A, 0));
        for (uint256 height = 22; height < 25; ++height) {
            step.read = _proof(height, 0);
            state.ram = _rootOf(step.read, 0);
            if (height == RAM_HEIGHT) machine.next(state.given(), step);
            else _refused(machine, state, step, Tree.PathLengthMismatch.selector, "of memory");
        }
        step.read = _proof(RAM_HEIGHT, 0);
        state.ram = _rootOf(step.read, 0);
        for (uint256 height = 16; height < 19; ++height) {
            step.code = _proof(height, 0);
            step.code.word = _write(0, state.x[0] % 32, _little(_i(0x03, 2, D, A, 0), 4));
            machine = _deploy(0, _rootOf(step.code, state.x[0] / 32), NONE);
            if (height == CODE_HEIGHT) machine.next(state.given(), step);
            else _refused(machine, state, step, Tree.PathLengthMismatch.selector, "of code");
        }
    }

    // System calls

    function testFuzz_call_ends(bytes32 seed, uint32 pc) external {
        Registers memory state = _registers(seed);
        state.x[0] = (pc % CODE_END) & ~uint32(3);
        state.x[17] = 0;
        Registers memory to = state.copy();
        to.x[0] = EXITED;
        _leads(state, ECALL, to, "and everything else stays");
    }

    function testFuzz_call_writesWhatLedToAChainingValue(bytes32 seed, uint32 from, uint32 target) external {
        (from, target) = (from % (1 << 23), target % (1 << 23));
        for (uint32 part = 0; part < 3; ++part) {
            _checkChaining(seed, from, target, part);
            _checkChaining(seed, from, from, part);
            _checkChaining(seed, (1 << 23) - 1, target, part);
        }
    }

    function testFuzz_call_takesNothingElse(bytes32 seed, uint32 from, uint256 bit) external {
        (Registers memory state, IMachine machine, IMachine.Step memory step) = _asking(seed, from % (1 << 23), 0, 0);
        bytes32 flip = bytes32(uint256(1) << (bit % 256));
        bytes4 expected = IMachine.ChainingMismatch.selector;
        step.previous ^= flip;
        _refused(machine, state, step, expected, "another value before");
        step.previous ^= flip;
        step.firstHalf ^= flip;
        _refused(machine, state, step, expected, "another first half");
        step.firstHalf ^= flip;
        step.secondHalf ^= flip;
        _refused(machine, state, step, expected, "another second half");
        step.secondHalf ^= flip;
        step.written.word ^= flip;
        _refused(machine, state, step, Tree.RootMismatch.selector, "another word where it is written");
        step.written.word ^= flip;
        step.read.word ^= flip;
        _refused(machine, state, step, Tree.RootMismatch.selector, "another value");
    }

    function testFuzz_call_trapsAtWhatCannotBeAsked(bytes32 seed, uint32 any) external {
        uint32 inner = RAM + 32 * (any % (1 << 23));
        uint32[4] memory bad = [RAM - 32, RAM_END, inner + 1 + any % 31, inner + 16];
        for (uint256 i = 0; i < bad.length; ++i) {
            _traps(_call(seed, 1, bad[i], 0, inner), ECALL, "a value that cannot be there");
            _traps(_call(seed, 1, inner, 0, bad[i]), ECALL, "a place that is none");
        }
        _traps(_call(seed, 1, inner, 3, inner), ECALL, "a fourth part");
        _traps(_call(seed, 1, inner, any < 3 ? 3 : any, inner), ECALL, "a part beyond");
        _traps(_call(seed, 2, inner, 0, inner), ECALL, "a third call");
        _traps(_call(seed, any < 2 ? 2 : any, inner, 0, inner), ECALL, "a call beyond");
    }

    // What comes of it, once more

    function _offset(uint256 any) private pure returns (int32) {
        return int32(int256(any % 4096)) - 2048;
    }

    /// @dev A state in which x6 and the immediate come to this address.
    function _at(bytes32 seed, uint32 address_, int32 immediate) private pure returns (Registers memory state) {
        state = _registers(seed);
        state.x[0] = 4 * uint32(uint256(seed) % 64);
        unchecked {
            state.x[A] = address_ - uint32(immediate);
        }
    }

    function _checkLoad(bytes32 seed, uint32 kind, uint32 address_, int32 immediate) private {
        uint32 size = uint32(1) << (kind % 4);
        Registers memory state = _at(seed, address_, immediate);
        uint32 code = _i(0x03, kind, D, A, immediate);
        if (address_ % size != 0) return _traps(state, code, "an unaligned load");
        (IMachine machine, IMachine.Step memory step) = _holding(state, code);
        step.read = _proof(RAM_HEIGHT, seed);
        state.ram = _rootOf(step.read, (address_ - RAM) / 32);
        Registers memory to = state.copy();
        to.x[0] += 4;
        uint32 value = _read(step.read.word, address_ % 32, size);
        if (kind == 0) value = uint32(int32(int8(uint8(value))));
        if (kind == 1) value = uint32(int32(int16(uint16(value))));
        to.x[D] = value;
        checkEqual(machine.next(state.given(), step), to.digest(), "what was there");
    }

    function _checkStore(bytes32 seed, uint32 kind, uint32 address_, int32 immediate) private {
        uint32 size = uint32(1) << kind;
        Registers memory state = _at(seed, address_, immediate);
        uint32 code = _s(kind, A, B, immediate);
        if (address_ % size != 0) return _traps(state, code, "an unaligned store");
        (IMachine machine, IMachine.Step memory step) = _holding(state, code);
        step.written = _proof(RAM_HEIGHT, seed);
        state.ram = _rootOf(step.written, (address_ - RAM) / 32);
        Registers memory to = state.copy();
        to.x[0] += 4;
        IMachine.WordProof memory after_ =
            IMachine.WordProof(_write(step.written.word, address_ % 32, _little(state.x[B], size)), step.written.path);
        to.ram = _rootOf(after_, (address_ - RAM) / 32);
        checkEqual(machine.next(state.given(), step), to.digest(), "these bytes and no others");
    }

    function _call(bytes32 seed, uint32 number, uint32 value, uint32 part, uint32 target)
        private
        pure
        returns (Registers memory state)
    {
        state = _registers(seed);
        state.x[0] = 4 * uint32(uint256(seed) % 64);
        (state.x[17], state.x[10], state.x[11], state.x[12]) = (number, value, part, target);
    }

    /// @dev A state that asks for a part of what led to the hash of a message, which is the word `from`, with a memory
    /// that has this word and another, `target`, or the same.
    function _asking(bytes32 seed, uint32 from, uint32 target, uint32 part)
        private
        returns (Registers memory state, IMachine machine, IMachine.Step memory step)
    {
        state = _call(seed, 1, RAM + 32 * from, part, RAM + 32 * target);
        (machine, step) = _holding(state, ECALL);
        bytes memory message = bytes.concat(MESSAGE, bytes16(seed));
        bytes memory block_ =
            abi.encodePacked(message, hex"80", new bytes(55 - message.length), uint64(8 * message.length));
        (step.firstHalf, step.secondHalf) = abi.decode(block_, (bytes32, bytes32));
        step.previous = Sha256.INITIAL;
        step.read = _proof(RAM_HEIGHT, seed);
        step.read.word = sha256(message);
        step.written = from == target ? step.read : _beside(step.read, from, target, seed);
        state.ram = _rootOf(step.read, from);
    }

    /// @dev The word at `target` in a memory that has `known` at `from`; completes the path of that one, too.
    function _beside(IMachine.WordProof memory known, uint32 from, uint32 target, bytes32 seed)
        private
        pure
        returns (IMachine.WordProof memory other)
    {
        uint256 fork = 0;
        while (from >> (fork + 1) != target >> (fork + 1)) ++fork;
        other = _proof(RAM_HEIGHT, keccak256(abi.encode(seed, "beside")));
        for (uint256 i = fork + 1; i < RAM_HEIGHT; ++i) {
            other.path[i] = known.path[i];
        }
        known.path[fork] = Node.unwrap(_nodeAt(other, target, fork));
        other.path[fork] = Node.unwrap(_nodeAt(known, from, fork));
    }

    /// @dev The node at this height above a word.
    function _nodeAt(IMachine.WordProof memory proof, uint256 index, uint256 height) private pure returns (Node) {
        bytes32[] memory path = new bytes32[](height);
        for (uint256 i = 0; i < height; ++i) {
            path[i] = proof.path[i];
        }
        return _rootOf(IMachine.WordProof(proof.word, path), index);
    }

    function _checkChaining(bytes32 seed, uint32 from, uint32 target, uint32 part) private {
        (Registers memory state, IMachine machine, IMachine.Step memory step) = _asking(seed, from, target, part);
        Registers memory to = state.copy();
        to.x[0] += 4;
        bytes32 answer = [step.previous, step.firstHalf, step.secondHalf][part];
        to.ram = _rootOf(IMachine.WordProof(answer, step.written.path), target);
        checkEqual(machine.next(state.given(), step), to.digest(), "the part that was asked for");
    }

    function _refused(
        IMachine machine,
        Registers memory state,
        IMachine.Step memory step,
        bytes4 expected,
        string memory rule
    ) private {
        checkRefused(address(machine), abi.encodeCall(machine.next, (state.given(), step)), expected, rule);
    }
}
