// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MatchSeed} from "../interfaces/HashTypes.sol";
import {ISystem} from "../interfaces/ISystem.sol";
import {Bytes} from "../libraries/Bytes.sol";

/// @title Rock-paper-scissors, version 1 (SPEC 8.2).
/// @notice Parameter: throws. State: `played u16 ‖ points of seat 0 u32 ‖ points of seat 1 u32 ‖ last throw of seat 0 u8
/// ‖ last throw of seat 1 u8`, throws being 0 rock, 1 paper, 2 scissors, 3 none yet.
/// @dev INVARIANT: both seats' points sum to twice the throws played.
contract RpsSystem is ISystem {
    /// @notice The bytes are no state of this System.
    error MalformedState(bytes state);

    uint256 private constant STATE_BYTES = 12;
    uint8 private constant BOTH = 3;
    uint8 private constant NO_THROW = 3;

    /// @inheritdoc ISystem
    function start(bytes calldata, MatchSeed) external pure returns (bytes memory) {
        return abi.encodePacked(uint16(0), uint32(0), uint32(0), NO_THROW, NO_THROW);
    }

    /// @inheritdoc ISystem
    function step(bytes calldata parameters, MatchSeed, bytes calldata state, uint8 acting, uint64[] calldata actions)
        external
        pure
        returns (bool legal, bytes memory next)
    {
        legal = _runs(parameters, state) && acting == BOTH && actions.length == 2 && actions[0] < 3 && actions[1] < 3;
        if (!legal) return (false, next);
        // Each throw is beaten by the next one round the circle.
        uint32 lead = uint32((actions[0] + 3 - actions[1]) % 3);
        uint32 points = lead == 1 ? 2 : lead == 0 ? 1 : 0;
        next = abi.encodePacked(
            Bytes.swap16(Bytes.u16(state, 0) + 1),
            Bytes.swap32(Bytes.u32(state, 2) + points),
            Bytes.swap32(Bytes.u32(state, 6) + 2 - points),
            uint8(actions[0]),
            uint8(actions[1])
        );
    }

    /// @inheritdoc ISystem
    function status(bytes calldata parameters, bytes calldata state)
        external
        pure
        returns (uint8 acting, uint8 termination, int64[] memory scores)
    {
        if (_runs(parameters, state)) (acting, termination) = (BOTH, 255);
        scores = new int64[](2);
        scores[0] = int64(uint64(Bytes.u32(state, 2)));
        scores[1] = int64(uint64(Bytes.u32(state, 6)));
    }

    /// @inheritdoc ISystem
    function forfeitScores(bytes calldata parameters, uint8 forfeits) external pure returns (int64[] memory scores) {
        scores = new int64[](2);
        int64 best = 2 * Bytes.i64(parameters, 0);
        if (forfeits & 1 == 0) scores[0] = best;
        if (forfeits & 2 == 0) scores[1] = best;
    }

    function _runs(bytes calldata parameters, bytes calldata state) private pure returns (bool) {
        if (state.length != STATE_BYTES) revert MalformedState(state);
        return Bytes.u16(state, 0) < Bytes.u64(parameters, 0);
    }
}
