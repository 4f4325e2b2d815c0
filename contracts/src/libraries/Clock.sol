// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title The clocks of a demand.
/// @notice Demander and answerers move in turn. Each move has `moveBlocks`; what it takes beyond comes out of what its
/// side has to spare, which at the start is 7 · `moveBlocks` and never grows. So a move made in the last block leaves
/// the other side `moveBlocks` at least, and yet all moves together take no longer than 27 · `moveBlocks`: what both
/// may spare, seven answers and the six moves of the demander between them. One `moveBlocks` more is left to whoever
/// kills an assertion for want of the last answer: 28 · `moveBlocks` after the challenge window nothing is open.
/// @dev Seven answers of five levels reach the leaves of a tree of 2^32, the largest there is.
library Clock {
    /// @notice The move comes after its side's time was over.
    error MoveTooLate(uint256 received, uint256 latest);

    /// @notice The side that is to move still has time.
    error MoveTooEarly(uint256 received, uint256 earliest);

    /// @notice The levels of a tree that one answer spans: up to 32 nodes or leaves.
    uint256 internal constant LEVELS = 5;

    /// @notice The answers a demand needs at most.
    uint256 internal constant ANSWERS_MAX = 7;

    /// @notice What each side has beyond the time of every move, in moves.
    uint256 internal constant SPARE_MOVES = 7;

    /// @notice From a demand to the end of everything that may follow from it, in moves.
    uint256 internal constant BOUND_MOVES = 2 * SPARE_MOVES + 2 * ANSWERS_MAX;

    /// @notice The most blocks of a move, so that what a side has to spare fits 32 bits.
    uint256 internal constant MOVE_BLOCKS_MAX = type(uint32).max / SPARE_MOVES;

    /// @notice What a side has to spare at the start.
    function spare(uint32 moveBlocks) internal pure returns (uint32) {
        return uint32(SPARE_MOVES) * moveBlocks;
    }

    /// @notice The last block in which a side may move that has been to move since block `movedAt`.
    function latest(uint64 movedAt, uint32 moveBlocks, uint32 left) internal pure returns (uint256) {
        return uint256(movedAt) + moveBlocks + left;
    }

    /// @notice What a side has left to spare once it moves now; reverts if it is too late.
    function leftAfterMove(uint64 movedAt, uint32 moveBlocks, uint32 left) internal view returns (uint32) {
        uint256 last = latest(movedAt, moveBlocks, left);
        if (block.number > last) revert MoveTooLate(block.number, last);
        uint256 rest = last - block.number;
        return rest < left ? uint32(rest) : left;
    }

    /// @notice Reverts unless the time of the side that is to move is over.
    function requireOver(uint64 movedAt, uint32 moveBlocks, uint32 left) internal view {
        uint256 earliest = latest(movedAt, moveBlocks, left) + 1;
        if (block.number < earliest) revert MoveTooEarly(block.number, earliest);
    }

    /// @notice The answers that lead from a node at `height` to leaves.
    function answersFrom(uint8 height) internal pure returns (uint8) {
        return height == 0 ? 1 : uint8((height + LEVELS - 1) / LEVELS);
    }
}
