// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MachineHash, Node, QuestionHash} from "../../src/interfaces/HashTypes.sol";
import {IMachine} from "../../src/interfaces/IMachine.sol";
import {MachineStage} from "./MachineStage.sol";
import {Registers} from "./States.sol";

/// @title Instructions that touch registers alone, and states before the first and after the last one.
contract MachineTest is MachineStage {
    // States

    function testFuzz_start_hasTheInputInItsRegisters(uint32 entry, Node code, Node ram, QuestionHash input) external {
        IMachine machine = _deploy(entry, code, ram);
        Registers memory state;
        state.x[0] = entry;
        for (uint256 i = 0; i < 8; ++i) {
            state.x[10 + i] = _read(QuestionHash.unwrap(input), 4 * i, 4);
        }
        state.ram = ram;
        checkEqual(machine.start(input), state.digest(), "where the program begins");
        (uint32 entry_, Node code_, Node ram_) = machine.image();
        checkEqual(entry_, entry, "the image begins there");
        checkEqual(code_, code, "with this code");
        checkEqual(ram_, ram, "and this memory");
    }

    function testFuzz_look_isAtTheStateAlone(bytes32 seed, uint32 pc) external {
        Registers memory state = _registers(seed);
        state.x[0] = pc;
        (MachineHash digest, uint256 received, uint32 code) = _deploy(0, NONE, NONE).look(state.given());
        checkEqual(digest, state.digest(), "the digest");
        check(received == pc && code == state.x[10], "the program counter and x10");
    }

    function testFuzz_next_ofAHaltedStateIsTheSame(bytes32 seed, uint32 pc) external {
        Registers memory state = _registers(seed);
        for (uint256 i = 0; i < 3; ++i) {
            state.x[0] = [EXITED, TRAPPED, pc | 1][i];
            IMachine.Step memory step;
            checkEqual(_deploy(0, NONE, NONE).next(state.given(), step), state.digest(), "whatever is given");
        }
    }

    function testFuzz_next_trapsWhereNoInstructionIs(bytes32 seed, uint32 pc) external {
        Registers memory state = _registers(seed);
        uint32[5] memory nowhere =
            [CODE_END, CODE_END + (pc & ~uint32(3)) % (RAM - CODE_END), 2, (pc & ~uint32(3)) | 2, RAM];
        for (uint256 i = 0; i < nowhere.length; ++i) {
            state.x[0] = nowhere[i];
            Registers memory to = state.copy();
            to.x[0] = TRAPPED;
            IMachine.Step memory step;
            checkEqual(_deploy(0, NONE, NONE).next(state.given(), step), to.digest(), "unaligned, or beyond the code");
        }
    }

    function testFuzz_next_findsTheInstructionWhereverItIs(bytes32 seed, uint32 pc) external {
        Registers memory state = _registers(seed);
        state.x[0] = (pc % CODE_END) & ~uint32(3);
        _sets(state, _i(0x13, 0, D, A, 1), D, _plus(state.x[A], 1), "anywhere");
        state.x[0] = CODE_END - 4;
        _sets(state, _i(0x13, 0, D, A, 1), D, _plus(state.x[A], 1), "the last one");
    }

    // Arithmetic

    function testFuzz_arithmetic_ofRegisters(bytes32 seed, uint32 a, uint32 b) external {
        Registers memory state = _operands(seed, a, b);
        for (uint32 kind = 0; kind < 8; ++kind) {
            _sets(state, _r(0x33, kind, 0, D, A, B), D, _base(kind, false, a, b), "the base");
            _sets(state, _r(0x33, kind, 1, D, A, B), D, _multiplied(kind, a, b), "products and quotients");
        }
        _sets(state, _r(0x33, 0, 0x20, D, A, B), D, _base(0, true, a, b), "a difference");
        _sets(state, _r(0x33, 5, 0x20, D, A, B), D, _base(5, true, a, b), "an arithmetic shift");
    }

    function test_arithmetic_atTheEdges() external {
        uint32[8] memory edges = [0, 1, 2, 31, 0x7fffffff, 0x80000000, type(uint32).max - 1, type(uint32).max];
        for (uint256 i = 0; i < 64; ++i) {
            (uint32 a, uint32 b) = (edges[i / 8], edges[i % 8]);
            Registers memory state = _operands(bytes32(i), a, b);
            for (uint32 kind = 0; kind < 8; ++kind) {
                _sets(state, _r(0x33, kind, 1, D, A, B), D, _multiplied(kind, a, b), "products and quotients");
            }
            _sets(state, _r(0x33, 2, 0, D, A, B), D, _base(2, false, a, b), "less, with signs");
            _sets(state, _r(0x33, 3, 0, D, A, B), D, _base(3, false, a, b), "less, without");
        }
    }

    function testFuzz_arithmetic_withAnImmediate(bytes32 seed, uint32 a, uint256 any) external {
        int32 immediate = int32(int256(any % 4096)) - 2048;
        Registers memory state = _operands(seed, a, 0);
        for (uint32 kind = 0; kind < 8; ++kind) {
            if (kind == 1 || kind == 5) continue;
            _sets(state, _i(0x13, kind, D, A, immediate), D, _base(kind, false, a, uint32(immediate)), "sign-extended");
        }
        uint32 amount = uint32(any % 32);
        _sets(state, _r(0x13, 1, 0, D, A, amount), D, _base(1, false, a, amount), "to the left");
        _sets(state, _r(0x13, 5, 0, D, A, amount), D, _base(5, false, a, amount), "to the right");
        _sets(state, _r(0x13, 5, 0x20, D, A, amount), D, _base(5, true, a, amount), "with the sign");
    }

    function testFuzz_arithmetic_ofUpperImmediates(bytes32 seed, uint32 pc, uint32 any) external {
        Registers memory state = _registers(seed);
        state.x[0] = (pc % CODE_END) & ~uint32(3);
        uint32 upper = any & 0xfffff000;
        _sets(state, upper | (D << 7) | 0x37, D, upper, "lui");
        _sets(state, upper | (D << 7) | 0x17, D, _plus(state.x[0], upper), "auipc");
    }

    function testFuzz_registers_areTheOnesThatAreNamed(bytes32 seed, uint32 d, uint32 a, uint32 b) external {
        (d, a, b) = (d % 32, a % 32, b % 32);
        Registers memory state = _registers(seed);
        state.x[0] = 64;
        uint32 expected = _plus(_operand(state, a), _operand(state, b));
        _sets(state, _r(0x33, 0, 0, d, a, b), d, expected, "x0 is 0 and stays so");
        expected = _plus(_operand(state, a), 77);
        _sets(state, _i(0x13, 0, d, a, 77), d, expected, "with an immediate");
    }

    // Branches and jumps

    function testFuzz_branch_isTakenWhereItHolds(bytes32 seed, uint32 a, uint32 b, uint256 any) external {
        int32 offset = (int32(int256(any % 4096)) - 2048) * 2;
        for (uint256 i = 0; i < 18; ++i) {
            uint32 kind = uint32([0, 1, 4, 5, 6, 7][i % 6]);
            Registers memory state = _operands(seed, a, i < 6 ? b : i < 12 ? a : _plus(a, 1));
            state.x[0] = 8192;
            Registers memory to = state.copy();
            bool taken = _holds(kind, state.x[A], state.x[B]);
            to.x[0] = taken ? uint32(8192 + offset) : 8196;
            _leads(state, _branch(kind, A, B, offset), to, "there, or on");
        }
    }

    function testFuzz_jump_returnsToTheNextInstruction(bytes32 seed, uint256 any, uint32 d) external {
        int32 offset = (int32(int256(any % (1 << 20))) - (1 << 19)) * 2;
        Registers memory state = _registers(seed);
        state.x[0] = 2 << 20;
        d = d % 32;
        Registers memory to = state.copy();
        if (d != 0) to.x[d] = state.x[0] + 4;
        to.x[0] = uint32(int32(state.x[0]) + offset);
        _leads(state, _jump(d, offset), to, "jal");
    }

    function testFuzz_jump_toARegister(bytes32 seed, uint32 a, uint256 any, uint32 d) external {
        int32 offset = int32(int256(any % 4096)) - 2048;
        Registers memory state = _operands(seed, a, 0);
        d = d % 32;
        Registers memory to = state.copy();
        if (d != 0) to.x[d] = state.x[0] + 4;
        to.x[0] = _plus(a, uint32(offset)) & 0xfffffffe;
        _leads(state, _i(0x67, 0, d, A, offset), to, "jalr, to an even address");
    }

    function testFuzz_fence_doesNothing(bytes32 seed, uint32 any) external {
        Registers memory state = _operands(seed, 0, 0);
        _sets(state, (any & 0xffff8f80) | 0x0f, 0, 0, "all is in order");
    }

    // What is no instruction

    function testFuzz_next_trapsAtWhatIsNoInstruction(bytes32 seed, uint32 any) external {
        Registers memory state = _operands(seed, any, RAM);
        state.x[17] = 0;
        uint32 opcode = any % 128;
        if (!_isOpcode(opcode)) _traps(state, any, "an opcode that is none");
        uint32 funct = (any >> 3) % 128;
        uint32 kind = any % 8;
        if (funct > 1 && (funct != 0x20 || (kind != 0 && kind != 5))) {
            _traps(state, _r(0x33, kind, funct, D, A, B), "an operation that is none");
        }
        if (funct != 0) _traps(state, _r(0x13, 1, funct, D, A, 3), "a left shift that is none");
        if (funct != 0 && funct != 0x20) _traps(state, _r(0x13, 5, funct, D, A, 3), "a right shift that is none");
        if (any & 0xffffff80 != 0) _traps(state, (any & 0xffffff80) | 0x73, "a system instruction that is none");
        if (kind == 0) return;
        _traps(state, _i(0x67, kind, D, A, 0), "a jump that is none");
        _traps(state, _i(0x0f, kind, D, A, 0), "a fence that is none");
    }

    function test_next_trapsAtEveryKindThatIsNone() external {
        Registers memory state = _operands(0, RAM, RAM);
        for (uint32 kind = 0; kind < 8; ++kind) {
            if (kind == 2 || kind == 3) _traps(state, _branch(kind, A, B, 8), "branches");
            if (kind == 3 || kind > 5) _traps(state, _i(0x03, kind, D, A, 0), "loads");
            if (kind > 2) _traps(state, _s(kind, A, B, 0), "stores");
            if (kind != 0 && kind != 5) _traps(state, _r(0x33, kind, 0x20, D, A, B), "the other operation");
            if (kind != 0) _traps(state, _i(0x67, kind, D, A, 0), "jumps");
            if (kind != 0) _traps(state, _i(0x0f, kind, D, A, 0), "fences");
        }
        for (uint32 opcode = 0; opcode < 128; ++opcode) {
            if (!_isOpcode(opcode)) _traps(state, opcode, "opcodes");
        }
        _traps(state, 0x00100073, "a breakpoint");
        _traps(state, _r(0x13, 1, 0x20, D, A, 3), "an arithmetic shift to the left");
    }

    // What comes of it, once more

    function _operands(bytes32 seed, uint32 a, uint32 b) private pure returns (Registers memory state) {
        state = _registers(seed);
        state.x[0] = 4 * uint32(uint256(seed) % 64);
        (state.x[A], state.x[B]) = (a, b);
    }

    function _isOpcode(uint32 opcode) private pure returns (bool) {
        uint8[11] memory known = [0x03, 0x0f, 0x13, 0x17, 0x23, 0x33, 0x37, 0x63, 0x67, 0x6f, 0x73];
        for (uint256 i = 0; i < known.length; ++i) {
            if (known[i] == opcode) return true;
        }
        return false;
    }

    function _operand(Registers memory state, uint32 register) private pure returns (uint32) {
        return register == 0 ? 0 : state.x[register];
    }

    function _plus(uint32 a, uint32 b) private pure returns (uint32) {
        unchecked {
            return a + b;
        }
    }

    function _base(uint32 kind, bool other, uint32 a, uint32 b) private pure returns (uint32) {
        unchecked {
            if (kind == 0) return other ? a - b : a + b;
            if (kind == 1) return a << (b % 32);
            if (kind == 2) return int32(a) < int32(b) ? 1 : 0;
            if (kind == 3) return a < b ? 1 : 0;
            if (kind == 4) return a ^ b;
            if (kind == 5) return other ? uint32(int32(a) >> (b % 32)) : a >> (b % 32);
            return kind == 6 ? a | b : a & b;
        }
    }

    function _multiplied(uint32 kind, uint32 a, uint32 b) private pure returns (uint32) {
        unchecked {
            if (kind == 0) return a * b;
            if (kind == 1) return uint32(int32((int64(int32(a)) * int32(b)) >> 32));
            if (kind == 2) return uint32(uint128(int128(int32(a)) * int128(uint128(b)) >> 32));
            if (kind == 3) return uint32((uint64(a) * b) >> 32);
            if (b == 0) return kind < 6 ? type(uint32).max : a;
            // The one quotient that is too large.
            if (kind % 2 == 0 && a == 0x80000000 && b == type(uint32).max) return kind == 4 ? a : 0;
            if (kind == 4) return uint32(int32(a) / int32(b));
            if (kind == 5) return a / b;
            return kind == 6 ? uint32(int32(a) % int32(b)) : a % b;
        }
    }

    function _holds(uint32 kind, uint32 a, uint32 b) private pure returns (bool) {
        if (kind == 0) return a == b;
        if (kind == 1) return a != b;
        if (kind == 4) return int32(a) < int32(b);
        if (kind == 5) return int32(a) >= int32(b);
        return kind == 6 ? a < b : a >= b;
    }
}
