// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Bytes} from "./Bytes.sol";

/// @title Signatures on the curve BLS12-381, through the precompiles of EIP-2537.
/// @notice Verifies signatures that are points of G1, by public keys that are points of G2 (RFC 9380 hashing, suite
/// BLS12381G1_XMD:SHA-256_SSWU_RO_), from the 48 bytes in which they are published.
/// @dev A field element is 48 bytes big-endian, with 16 zero bytes before it in a point. The precompiles refuse points
/// that are not on the curve or not in the subgroup, so nothing here checks either. No call's failure is taken for an
/// answer: a lack of gas reverts.
library Bls12381 {
    /// @notice A signature of another length than 48 bytes, or one that is not of the compressed form.
    error MalformedSignature(uint256 length, uint8 flags);

    /// @notice Not the other coordinate of the point: of another length than 48 bytes, or that of the opposite point.
    error WrongCoordinate(bytes received);

    /// @notice A precompile refused its input, as for a point that is not on the curve.
    error PrecompileFailed(uint256 precompile);

    uint256 private constant MODEXP = 0x05;
    uint256 private constant G1_ADD = 0x0b;
    uint256 private constant PAIRING_CHECK = 0x0f;
    uint256 private constant MAP_TO_G1 = 0x10;

    // The flags of a compressed point: it is one, it is the point at infinity, its y is the larger one.
    uint8 private constant COMPRESSED = 0x80;
    uint8 private constant INFINITY = 0x40;
    uint8 private constant LARGER = 0x20;

    /// @dev The prime of the field.
    bytes private constant P =
        hex"1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";
    /// @dev (p + 1) / 4: the power that is a square root, where there is one.
    bytes private constant ROOT =
        hex"0680447a8e5ff9a692c6e9ed90d2eb35d91dd2e13ce144afd9cc34a83dac3d8907aaffffac54ffffee7fbfffffffeaab";
    // The prime, and half of it, rounded down, in two words: the upper 16 bytes, the lower 32.
    uint256 private constant P_HIGH = 0x1a0111ea397fe69a4b1ba7b6434bacd7;
    uint256 private constant P_LOW = 0x64774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab;
    uint256 private constant HALF_HIGH = 0x0d0088f51cbff34d258dd3db21a5d66b;
    uint256 private constant HALF_LOW = 0xb23ba5c279c2895fb39869507b587b120f55ffff58a9ffffdcff7fffffffd555;

    /// @dev The negative of G2's generator.
    bytes private constant NEGATIVE_GENERATOR = hex"00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
        hex"0000000000000000000000000000000013e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        hex"000000000000000000000000000000000d1b3cc2c7027888be51d9ef691d77bcb679afda66c73f17f9ee3837a55024f78c71363275a75d75d86bab79f74782aa"
        hex"0000000000000000000000000000000013fa4d4a0ad8b1ce186ed5061789213d993923066dddaf1040bc3ff59f825c78df74f2d75467e25e0f55f8a00fa030ed";

    /// @dev The domain separation tag, and its length as the last byte (RFC 9380, section 5.3.1).
    bytes private constant DOMAIN = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_\x2b";

    /// @notice Whether `signature` is that of `message` by the owner of `publicKey`.
    /// @param publicKey A point of G2, as EIP-2537 encodes it: 256 bytes.
    /// @param signature A compressed point of G1: 48 bytes.
    /// @param y The other coordinate of that point: 48 bytes.
    function verify(bytes memory publicKey, bytes32 message, bytes calldata signature, bytes calldata y)
        internal
        view
        returns (bool)
    {
        uint8 flags = _requireCompressed(signature);
        if (y.length != 48 || _isLarger(y) != (flags & LARGER != 0)) revert WrongCoordinate(y);
        bytes memory point = bytes.concat(bytes16(0), _xOf(signature), bytes16(0), y);
        // e(signature, -generator) * e(H(message), key) = 1
        bytes memory pairs = bytes.concat(point, NEGATIVE_GENERATOR, _hashToG1(message), publicKey);
        return abi.decode(_call(PAIRING_CHECK, pairs, 32), (bool));
    }

    /// @notice The other coordinate of a compressed point of G1. Where there is no such point, it is that of none.
    function yOf(bytes calldata signature) internal view returns (bytes memory y) {
        uint8 flags = _requireCompressed(signature);
        (uint256 high, uint256 low) = _words(_power(_xOf(signature), hex"03"));
        // y² = x³ + 4
        unchecked {
            low += 4;
            if (low < 4) ++high;
        }
        y = _power(_field(high, low), ROOT);
        if (_isLarger(y) == (flags & LARGER != 0)) return y;
        (high, low) = _words(y);
        unchecked {
            y = _field(P_HIGH - high - (low > P_LOW ? 1 : 0), P_LOW - low);
        }
    }

    function _requireCompressed(bytes calldata signature) private pure returns (uint8 flags) {
        flags = signature.length == 48 ? uint8(signature[0]) & 0xe0 : 0;
        if (flags & COMPRESSED == 0 || flags & INFINITY != 0) revert MalformedSignature(signature.length, flags);
    }

    function _xOf(bytes calldata signature) private pure returns (bytes memory x) {
        x = signature;
        x[0] &= 0x1f;
    }

    /// @dev Whether a coordinate is the larger one of the two that a point and its opposite have.
    function _isLarger(bytes memory y) private pure returns (bool) {
        (uint256 high, uint256 low) = _words(y);
        return high > HALF_HIGH || (high == HALF_HIGH && low > HALF_LOW);
    }

    function _hashToG1(bytes32 message) private view returns (bytes memory) {
        bytes32 start = Bytes.hash(bytes.concat(bytes32(0), bytes32(0), message, hex"0080", hex"00", DOMAIN));
        bytes32 first = Bytes.hash(bytes.concat(start, hex"01", DOMAIN));
        bytes32 second = Bytes.hash(bytes.concat(start ^ first, hex"02", DOMAIN));
        bytes32 third = Bytes.hash(bytes.concat(start ^ second, hex"03", DOMAIN));
        bytes32 fourth = Bytes.hash(bytes.concat(start ^ third, hex"04", DOMAIN));
        return _call(G1_ADD, bytes.concat(_mapToG1(first, second), _mapToG1(third, fourth)), 128);
    }

    /// @dev The point that belongs to a number of 64 bytes, reduced to the field.
    function _mapToG1(bytes32 high, bytes32 low) private view returns (bytes memory) {
        bytes memory reduced = _power(bytes.concat(high, low), hex"01");
        return _call(MAP_TO_G1, bytes.concat(bytes16(0), reduced), 128);
    }

    /// @dev `base` to the power of `exponent` in the field.
    function _power(bytes memory base, bytes memory exponent) private view returns (bytes memory) {
        bytes memory lengths = abi.encode(base.length, exponent.length, P.length);
        return _call(MODEXP, bytes.concat(lengths, base, exponent, P), 48);
    }

    /// @dev The upper 16 bytes of a field element, and the lower 32.
    function _words(bytes memory element) private pure returns (uint256 high, uint256 low) {
        assembly ("memory-safe") {
            high := shr(128, mload(add(element, 0x20)))
            low := mload(add(element, 0x30))
        }
    }

    function _field(uint256 high, uint256 low) private pure returns (bytes memory) {
        return abi.encodePacked(uint128(high), low);
    }

    function _call(uint256 precompile, bytes memory input, uint256 length) private view returns (bytes memory output) {
        output = new bytes(length);
        bool done;
        assembly ("memory-safe") {
            done := staticcall(gas(), precompile, add(input, 0x20), mload(input), add(output, 0x20), length)
            done := and(done, eq(returndatasize(), length))
        }
        if (!done) revert PrecompileFailed(precompile);
    }
}
