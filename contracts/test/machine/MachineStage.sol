// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Node} from "../../src/interfaces/HashTypes.sol";
import {IMachine} from "../../src/interfaces/IMachine.sol";
import {Check} from "../court/Check.sol";
import {Vm} from "../Vm.sol";
import {Registers} from "./States.sol";

/// @title A machine about one instruction, in trees of which a word and its siblings are known, and the states before
/// and after.
/// @dev Trees are made here once more, by the words of SPEC section 12. A machine is deployed by
/// name, so that a mutant can take its place.
abstract contract MachineStage is Check {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    Node internal constant NONE = Node.wrap(0);
    uint32 internal constant RAM = 0x80000000;
    uint32 internal constant RAM_END = 0x90000000;
    uint32 internal constant CODE_END = 4 << 20;
    uint256 internal constant CODE_HEIGHT = 17;
    uint256 internal constant RAM_HEIGHT = 23;
    uint32 internal constant EXITED = 1;
    uint32 internal constant TRAPPED = 3;

    // Operands are in x6 and x7, what comes of them in x5.
    uint32 internal constant D = 5;
    uint32 internal constant A = 6;
    uint32 internal constant B = 7;

    function _deploy(uint32 entry, Node codeRoot, Node ramRoot) internal returns (IMachine) {
        string memory artifact = vm.envOr("NETS_MACHINE", "Machine.sol:Machine");
        return IMachine(vm.deployCode(artifact, abi.encode(entry, codeRoot, ramRoot)));
    }

    // Trees

    /// @dev Siblings from a seed; every other one is empty, as most are in a memory that is hardly used.
    function _path(uint256 height, bytes32 seed) internal pure returns (bytes32[] memory path) {
        path = new bytes32[](height);
        for (uint256 i = 0; i < height; ++i) {
            bytes32 sibling = keccak256(abi.encode(seed, i));
            path[i] = uint8(sibling[0]) % 2 == 0 ? bytes32(0) : sibling;
        }
    }

    function _proof(uint256 height, bytes32 seed) internal pure returns (IMachine.WordProof memory) {
        return IMachine.WordProof(keccak256(abi.encode("word", seed)), _path(height, seed));
    }

    function _rootOf(IMachine.WordProof memory proof, uint256 index) internal pure returns (Node) {
        bytes32 node = proof.word;
        for (uint256 i = 0; i < proof.path.length; ++i) {
            bytes32 sibling = proof.path[i];
            bool right = (index >> i) % 2 == 1;
            if (node == 0 && sibling == 0) continue;
            node = sha256(abi.encodePacked(hex"01", right ? sibling : node, right ? node : sibling));
        }
        return Node.wrap(node);
    }

    // Bytes of words: the first one is at the lowest address

    function _write(bytes32 word, uint256 offset, bytes memory bytes_) internal pure returns (bytes32) {
        bytes memory all = abi.encodePacked(word);
        for (uint256 i = 0; i < bytes_.length; ++i) {
            all[offset + i] = bytes_[i];
        }
        return bytes32(all);
    }

    /// @dev The lowest bytes of a number, the lowest first.
    function _little(uint256 value, uint256 size) internal pure returns (bytes memory bytes_) {
        bytes_ = new bytes(size);
        for (uint256 i = 0; i < size; ++i) {
            bytes_[i] = bytes1(uint8(value >> (8 * i)));
        }
    }

    function _read(bytes32 word, uint256 offset, uint256 size) internal pure returns (uint32 value) {
        for (uint256 i = 0; i < size; ++i) {
            value |= uint32(uint8(word[offset + i])) << uint32(8 * i);
        }
    }

    // States

    function _registers(bytes32 seed) internal pure returns (Registers memory state) {
        for (uint256 i = 1; i < 32; ++i) {
            state.x[i] = uint32(uint256(keccak256(abi.encode(seed, "register", i))));
        }
        state.ram = Node.wrap(keccak256(abi.encode(seed, "ram")));
    }

    // Steps

    /// @dev A machine whose code has this instruction where the state's program counter is, and the step with it.
    function _holding(Registers memory state, uint32 code)
        internal
        returns (IMachine machine, IMachine.Step memory step)
    {
        uint256 pc = state.x[0];
        step.code = _proof(CODE_HEIGHT, bytes32(uint256(code)));
        step.code.word = _write(step.code.word, pc % 32, _little(code, 4));
        machine = _deploy(0, _rootOf(step.code, pc / 32), NONE);
    }

    /// @dev The instruction leads from this state to that.
    function _leads(Registers memory from, uint32 code, Registers memory to, string memory rule) internal {
        (IMachine machine, IMachine.Step memory step) = _holding(from, code);
        checkEqual(machine.next(from.given(), step), to.digest(), rule);
    }

    /// @dev The machine cannot do it: it is trapped, and all else is as it was.
    function _traps(Registers memory from, uint32 code, string memory rule) internal {
        Registers memory to = from.copy();
        to.x[0] = TRAPPED;
        _leads(from, code, to, rule);
    }

    /// @dev The instruction sets the register to this and goes on to the next one.
    function _sets(Registers memory from, uint32 code, uint32 register, uint32 result, string memory rule) internal {
        Registers memory to = from.copy();
        to.x[0] += 4;
        if (register != 0) to.x[register] = result;
        _leads(from, code, to, rule);
    }

    // Instructions, by the formats of the manual

    function _r(uint32 opcode, uint32 kind, uint32 funct, uint32 d, uint32 a, uint32 b) internal pure returns (uint32) {
        return (funct << 25) | (b << 20) | (a << 15) | (kind << 12) | (d << 7) | opcode;
    }

    function _i(uint32 opcode, uint32 kind, uint32 d, uint32 a, int32 immediate) internal pure returns (uint32) {
        return (uint32(immediate) << 20) | (a << 15) | (kind << 12) | (d << 7) | opcode;
    }

    function _s(uint32 kind, uint32 a, uint32 b, int32 immediate) internal pure returns (uint32) {
        uint32 bits = uint32(immediate) & 0xfff;
        return _r(0x23, kind, bits >> 5, bits & 31, a, b);
    }

    function _branch(uint32 kind, uint32 a, uint32 b, int32 offset) internal pure returns (uint32) {
        uint32 bits = uint32(offset) & 0x1ffe;
        uint32 high = ((bits >> 12) << 6) | ((bits >> 5) & 0x3f);
        return _r(0x63, kind, high, (bits & 0x1e) | ((bits >> 11) & 1), a, b);
    }

    function _jump(uint32 d, int32 offset) internal pure returns (uint32) {
        uint32 bits = uint32(offset) & 0x1ffffe;
        uint32 high = ((bits >> 20) << 19) | (((bits >> 1) & 0x3ff) << 9) | (((bits >> 11) & 1) << 8);
        return ((high | ((bits >> 12) & 0xff)) << 12) | (d << 7) | 0x6f;
    }
}
