// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MatchSeed} from "../interfaces/HashTypes.sol";
import {ISystem} from "../interfaces/ISystem.sol";
import {Bytes} from "../libraries/Bytes.sol";

/// @title Connect Four, version 1 (SPEC 8.3).
/// @notice State: `ply u8 ‖ status u8 ‖ stones of seat 0 u64 ‖ stones of seat 1 u64`; the stone in column `c`, row `r`
/// is bit `7c + r`, so that the seventh bit of a column stays empty and lines do not run over a column's end.
/// @dev INVARIANT: no bit above row 5 is ever set, as a full column takes no action.
contract ConnectFourSystem is ISystem {
    /// @notice The bytes are no state of this System.
    error MalformedState(bytes state);

    uint256 private constant STATE_BYTES = 18;
    uint256 private constant COLUMNS = 7;
    uint256 private constant ROWS = 6;
    uint8 private constant RUNNING = 0;
    uint8 private constant DRAWN = 3;

    struct Board {
        uint8 ply;
        uint8 status;
        uint64[2] stones;
    }

    /// @inheritdoc ISystem
    function start(bytes calldata, MatchSeed) external pure returns (bytes memory) {
        return new bytes(STATE_BYTES);
    }

    /// @inheritdoc ISystem
    function step(bytes calldata, MatchSeed, bytes calldata state, uint8 acting, uint64[] calldata actions)
        external
        pure
        returns (bool legal, bytes memory next)
    {
        Board memory board = _read(state);
        uint256 seat = board.ply & 1;
        if (acting != 1 << seat || actions.length != 1 || !_isOpen(board, actions[0])) return (false, next);
        legal = true;
        uint256 column = 7 * uint256(actions[0]);
        uint64 taken = board.stones[0] | board.stones[1];
        // A column fills from its lowest bit: adding one to it carries to the lowest free row.
        uint64 below = uint64(0x3f << column);
        board.stones[seat] |= (taken & below) + uint64(1 << column);
        ++board.ply;
        if (_hasLine(board.stones[seat])) board.status = uint8(seat + 1);
        else if (board.ply == COLUMNS * ROWS) board.status = DRAWN;
        next = abi.encodePacked(board.ply, board.status, Bytes.swap64(board.stones[0]), Bytes.swap64(board.stones[1]));
    }

    /// @inheritdoc ISystem
    function status(bytes calldata, bytes calldata state)
        external
        pure
        returns (uint8 acting, uint8 termination, int64[] memory scores)
    {
        Board memory board = _read(state);
        scores = new int64[](2);
        (scores[0], scores[1]) = (1, 1);
        if (board.status == RUNNING) return (uint8(1 << (board.ply & 1)), 255, scores);
        if (board.status != DRAWN) (scores[board.status - 1], scores[2 - board.status]) = (2, 0);
    }

    /// @inheritdoc ISystem
    function forfeitScores(bytes calldata, uint8 forfeits) external pure returns (int64[] memory scores) {
        scores = new int64[](2);
        if (forfeits & 1 == 0) scores[0] = 2;
        if (forfeits & 2 == 0) scores[1] = 2;
    }

    function _read(bytes calldata state) private pure returns (Board memory board) {
        if (state.length != STATE_BYTES || uint8(state[1]) > DRAWN) revert MalformedState(state);
        board.ply = uint8(state[0]);
        board.status = uint8(state[1]);
        board.stones = [Bytes.u64(state, 2), Bytes.u64(state, 10)];
    }

    /// @dev Whether the match runs and `action` is a column that is not full.
    function _isOpen(Board memory board, uint64 action) private pure returns (bool) {
        if (board.status != RUNNING || action >= COLUMNS) return false;
        return (board.stones[0] | board.stones[1]) >> (7 * uint256(action) + ROWS - 1) & 1 == 0;
    }

    /// @dev Whether four stones stand in a line: up, along a row, or on either diagonal.
    function _hasLine(uint64 stones) private pure returns (bool) {
        uint64 lines = 0;
        for (uint256 direction = 1; direction <= 8; direction = direction == 1 ? 6 : direction + 1) {
            uint64 pairs = stones & (stones >> direction);
            lines |= pairs & (pairs >> (2 * direction));
        }
        return lines != 0;
    }
}
