// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {BeaconValue} from "../interfaces/HashTypes.sol";
import {IBeacon} from "../interfaces/IBeacon.sol";
import {Bls12381} from "../libraries/Bls12381.sol";

/// @title The public randomness of drand's network quicknet, verified here.
/// @notice A value is a round of quicknet, one every three seconds, signed by a threshold of its nodes. Anyone may
/// bring the signature of a round, which is public on many servers; the contract checks it, so nobody has to be trusted
/// with bringing it, and all leagues of a chain share it.
///
/// What it is worth: a threshold of drand's nodes could know values early, though not choose them. Nobody else can do
/// either, the operator of a league and the makers of blocks included, as long as the chain's clock is not further
/// behind than the margin.
/// @dev INVARIANT: the value of a round is the SHA-256 of its only valid signature, which is what drand publishes as its
/// randomness.
contract DrandBeacon is IBeacon {
    /// @notice When round 1 was made, in seconds of Unix time.
    uint256 public constant GENESIS = 1692803367;

    /// @notice Seconds from one round to the next.
    uint256 public constant PERIOD = 3;

    /// @dev Quicknet's public key, a point of G2 (chain 52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971).
    bytes private constant PUBLIC_KEY = hex"000000000000000000000000000000000d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
        hex"0000000000000000000000000000000003cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
        hex"000000000000000000000000000000000e5db2b6bfbb01c867749cadffca88b36c24f3012ba09fc4d3022c5c37dce0f977d3adb5d183c7477c442b1f04515273"
        hex"0000000000000000000000000000000001a714f2edb74119a2f2b0d5a7c75ba902d163700a61bc224ededd8e63aef7be1aaf8e93d7a9718b047ccddb3eb5d68b";

    /// @notice How many rounds past the one of the block's time are counted as known: for clocks that lag.
    uint64 public immutable margin;

    /// @notice The value of a round became known.
    event Published(uint64 indexed index, BeaconValue value);

    /// @notice The signature is not that of the round.
    error WrongSignature(uint64 round);

    /// @inheritdoc IBeacon
    mapping(uint64 index => BeaconValue known) public value;

    /// @param margin_ As many rounds as the chain's clock may be behind.
    constructor(uint64 margin_) {
        margin = margin_;
    }

    /// @inheritdoc IBeacon
    function nextIndex() external view returns (uint64 index) {
        // slither-disable-next-line timestamp: rounds go by time; the margin is for a lagging clock.
        uint256 made = block.timestamp < GENESIS ? 0 : (block.timestamp - GENESIS) / PERIOD + 1;
        return uint64(made) + margin + 1;
    }

    /// @notice The other coordinate of a signature, for `publish`: dear to find and cheap to check, so it is asked for
    /// outside of a transaction.
    function yOf(bytes calldata signature) external view returns (bytes memory y) {
        return Bls12381.yOf(signature);
    }

    /// @notice Makes the value of a round known.
    /// @param signature The round's signature as drand publishes it: 48 bytes.
    /// @param y What `yOf` says of it.
    function publish(uint64 round, bytes calldata signature, bytes calldata y) external {
        bytes32 message = sha256(abi.encodePacked(round));
        if (!Bls12381.verify(PUBLIC_KEY, message, signature, y)) revert WrongSignature(round);
        BeaconValue published = BeaconValue.wrap(sha256(signature));
        value[round] = published;
        emit Published(round, published);
    }
}
