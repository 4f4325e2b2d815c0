// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title What an instruction of RV32IM computes of registers and an immediate.
/// @notice Numbers are u32 in 256 bits; results may have more, of which the lowest 32 count.
library Arithmetic {
    /// @notice Register with immediate, opcode 0x13.
    function withImmediate(uint256 code, uint256 a) internal pure returns (bool known, uint256 result) {
        unchecked {
            uint256 kind = (code >> 12) & 7;
            int256 immediate = signed(code) >> 20;
            if (kind == 1 || kind == 5) {
                // A shift: what is above its amount is no part of it.
                uint256 funct = code >> 25;
                known = funct == 0 || (kind == 5 && funct == 0x20);
                return (known, _basic(kind, funct == 0x20, a, (code >> 20) & 31));
            }
            return (true, _basic(kind, false, a, uint256(immediate) & 0xffffffff));
        }
    }

    /// @notice Register with register, opcode 0x33.
    function withRegister(uint256 code, uint256 a, uint256 b) internal pure returns (bool known, uint256 result) {
        uint256 kind = (code >> 12) & 7;
        uint256 funct = code >> 25;
        if (funct == 1) return (true, kind < 4 ? _product(kind, a, b) : _quotient(kind, a, b));
        bool other = funct == 0x20;
        known = funct == 0 || (other && (kind == 0 || kind == 5));
        return (known, _basic(kind, other, a, b));
    }

    /// @notice Whether a branch is taken, opcode 0x63.
    function isTaken(uint256 code, uint256 a, uint256 b) internal pure returns (bool known, bool taken) {
        uint256 kind = (code >> 12) & 7;
        known = kind != 2 && kind != 3;
        if (kind < 2) taken = a == b;
        else if (kind < 6) taken = signed(a) < signed(b);
        else taken = a < b;
        // Each odd one is the contrary of the one before.
        if (kind & 1 == 1) taken = !taken;
    }

    /// @notice A u32 as the i32 with the same bits.
    function signed(uint256 value) internal pure returns (int256) {
        return int32(uint32(value));
    }

    /// @dev The operations of the base: `other` makes a subtraction of an addition, and an arithmetic shift of a
    /// logical one.
    function _basic(uint256 kind, bool other, uint256 a, uint256 b) private pure returns (uint256) {
        unchecked {
            if (kind == 0) return other ? a - b : a + b;
            if (kind == 1) return a << (b & 31);
            if (kind == 2) return signed(a) < signed(b) ? 1 : 0;
            if (kind == 3) return a < b ? 1 : 0;
            if (kind == 4) return a ^ b;
            if (kind == 5) return other ? uint256(signed(a) >> (b & 31)) : a >> (b & 31);
            return kind == 6 ? a | b : a & b;
        }
    }

    function _product(uint256 kind, uint256 a, uint256 b) private pure returns (uint256) {
        unchecked {
            if (kind == 0) return a * b;
            if (kind == 1) return uint256((signed(a) * signed(b)) >> 32);
            if (kind == 2) return uint256((signed(a) * int256(b)) >> 32);
            return (a * b) >> 32;
        }
    }

    /// @dev Division by zero gives all ones and leaves the dividend; the one quotient too large is the dividend.
    function _quotient(uint256 kind, uint256 a, uint256 b) private pure returns (uint256) {
        unchecked {
            if (b == 0) return kind < 6 ? type(uint32).max : a;
            if (kind == 4) return uint256(signed(a) / signed(b));
            if (kind == 5) return a / b;
            return kind == 6 ? uint256(signed(a) % signed(b)) : a % b;
        }
    }
}
