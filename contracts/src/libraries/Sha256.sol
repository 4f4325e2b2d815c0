// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title The compression function of SHA-256.
/// @notice The precompile hashes whole messages; this is the step from one chaining value to the next, over one block
/// of 64 bytes (FIPS 180-4, section 6.2.2).
library Sha256 {
    /// @notice The chaining value before the first block.
    bytes32 internal constant INITIAL = 0x6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19;

    uint256 private constant MASK = 0xffffffff;

    /// @notice The chaining value after a block, whose halves are given, from the one before.
    function compress(bytes32 previous, bytes32 firstHalf, bytes32 secondHalf) internal pure returns (bytes32 value) {
        uint256 schedule = _schedule(firstHalf, secondHalf);
        uint256 state = uint256(previous);
        // Both are packed: the first of eight words, which is `a`, in the highest 32 bits.
        assembly ("memory-safe") {
            let end := add(schedule, 0x800)
            for { let at := schedule } lt(at, end) { at := add(at, 0x20) } {
                // Twice side by side, a word is rotated by a shift.
                let e := and(shr(96, state), MASK)
                let double := or(e, shl(32, e))
                let sum := xor(xor(shr(6, double), shr(11, double)), shr(25, double))
                // h + Σ1(e) + Ch(e, f, g) + K + W, the last two of which are one number by now.
                let first := add(and(sum, MASK), mload(at))
                first := add(first, and(state, MASK))
                let g := shr(32, state)
                first := add(first, and(xor(g, and(e, xor(shr(64, state), g))), MASK))
                // Σ0(a) + Maj(a, b, c).
                let a := shr(224, state)
                double := or(a, shl(32, a))
                sum := xor(xor(shr(2, double), shr(13, double)), shr(22, double))
                let b := shr(192, state)
                let c := shr(160, state)
                let second := add(and(sum, MASK), and(or(and(a, or(b, c)), and(b, c)), MASK))
                // Everything moves one place on; `d` becomes `d + first`, and the new `a` comes in.
                let d := and(shr(128, state), MASK)
                state := and(shr(32, state), not(shl(96, MASK)))
                state := or(state, shl(96, and(add(d, first), MASK)))
                state := or(state, shl(224, and(add(first, second), MASK)))
            }
            // Word by word, without carries between them.
            for { let shift := 0 } lt(shift, 256) { shift := add(shift, 32) } {
                let word := add(shr(shift, state), shr(shift, previous))
                value := or(value, shl(shift, and(word, MASK)))
            }
        }
    }

    /// @dev Where in memory, past what is in use, the 64 words `W + K` are, in 32 bytes each.
    function _schedule(bytes32 firstHalf, bytes32 secondHalf) private pure returns (uint256 schedule) {
        assembly ("memory-safe") {
            schedule := mload(0x40)
            let half := schedule
            for { let at := 0 } lt(at, 8) { at := add(at, 1) } {
                let shift := sub(224, shl(5, at))
                mstore(half, and(shr(shift, firstHalf), MASK))
                mstore(add(half, 0x100), and(shr(shift, secondHalf), MASK))
                half := add(half, 0x20)
            }
            let end := add(schedule, 0x800)
            for { let at := add(schedule, 0x200) } lt(at, end) { at := add(at, 0x20) } {
                let word := mload(sub(at, 0x1e0))
                let double := or(word, shl(32, word))
                let sum := and(xor(xor(shr(7, double), shr(18, double)), shr(3, word)), MASK)
                word := mload(sub(at, 0x40))
                double := or(word, shl(32, word))
                sum := add(sum, and(xor(xor(shr(17, double), shr(19, double)), shr(10, word)), MASK))
                sum := add(sum, add(mload(sub(at, 0x200)), mload(sub(at, 0xe0))))
                mstore(at, and(sum, MASK))
            }
        }
        _addConstants(schedule, 0, 0x428a2f9871374491b5c0fbcfe9b5dba53956c25b59f111f1923f82a4ab1c5ed5);
        _addConstants(schedule, 1, 0xd807aa9812835b01243185be550c7dc372be5d7480deb1fe9bdc06a7c19bf174);
        _addConstants(schedule, 2, 0xe49b69c1efbe47860fc19dc6240ca1cc2de92c6f4a7484aa5cb0a9dc76f988da);
        _addConstants(schedule, 3, 0x983e5152a831c66db00327c8bf597fc7c6e00bf3d5a7914706ca635114292967);
        _addConstants(schedule, 4, 0x27b70a852e1b21384d2c6dfc53380d13650a7354766a0abb81c2c92e92722c85);
        _addConstants(schedule, 5, 0xa2bfe8a1a81a664bc24b8b70c76c51a3d192e819d6990624f40e3585106aa070);
        _addConstants(schedule, 6, 0x19a4c1161e376c082748774c34b0bcb5391c0cb34ed8aa4a5b9cca4f682e6ff3);
        _addConstants(schedule, 7, 0x748f82ee78a5636f84c878148cc7020890befffaa4506cebbef9a3f7c67178f2);
    }

    /// @dev Adds eight constants, the first one highest, to the words `8 * group` and following.
    function _addConstants(uint256 schedule, uint256 group, uint256 constants) private pure {
        assembly ("memory-safe") {
            let at := add(schedule, shl(8, group))
            for { let shift := 256 } gt(shift, 0) { at := add(at, 0x20) } {
                shift := sub(shift, 32)
                mstore(at, add(mload(at), and(shr(shift, constants), MASK)))
            }
        }
    }
}
