// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MatchSeed} from "../interfaces/HashTypes.sol";
import {ISystem} from "../interfaces/ISystem.sol";
import {Bytes} from "../libraries/Bytes.sol";
import {Chance} from "../libraries/Chance.sol";

/// @title Snake, version 1 (SPEC 8.1).
/// @notice Parameters: width, height, step limit. State: `step u16 ‖ status u8 ‖ eaten u16 ‖ head u8 ‖ tail u8 ‖
/// apple u16 ‖ occupancy ‖ links`. Occupancy has a bit for each cell; links have two, the action that leads from a cell
/// of the body to the next one towards the head.
/// @dev A step changes single fields of a copy of the state's bytes, so its cost does not grow with the body.
/// INVARIANT: following the links from the tail visits every occupied cell once and ends at the head.
contract SnakeSystem is ISystem {
    /// @notice The bytes are no state of this System.
    error MalformedState(bytes state);

    uint8 private constant RUNNING = 0;
    uint8 private constant DEAD = 1;
    uint8 private constant WON = 2;
    uint8 private constant LIMIT_REACHED = 3;

    uint16 private constant NO_APPLE = 0xffff;

    // Offsets into the state's bytes.
    uint256 private constant STATUS = 2;
    uint256 private constant EATEN = 3;
    uint256 private constant HEAD = 5;
    uint256 private constant TAIL = 6;
    uint256 private constant APPLE = 7;
    uint256 private constant OCCUPANCY = 9;

    struct Board {
        uint256 width;
        uint256 height;
        uint256 limit;
    }

    /// @inheritdoc ISystem
    function start(bytes calldata parameters, MatchSeed matchSeed) external view returns (bytes memory state) {
        Board memory board = _board(parameters);
        // slither-disable-next-line divide-before-multiply: the row, rounded down, times its cells.
        uint256 head = board.height / 2 * board.width + board.width / 2;
        state = new bytes(_stateBytes(board));
        state[HEAD] = bytes1(uint8(head));
        state[TAIL] = bytes1(uint8(head));
        _setOccupied(state, head, true);
        _write16(state, APPLE, _drawApple(board, matchSeed, state, 0));
    }

    /// @inheritdoc ISystem
    function step(
        bytes calldata parameters,
        MatchSeed matchSeed,
        bytes calldata state,
        uint8 acting,
        uint64[] calldata actions
    ) external view returns (bool legal, bytes memory next) {
        Board memory board = _board(parameters);
        bool runs = _status(board, state) == RUNNING;
        if (!runs || acting != 1 || actions.length != 1 || actions[0] > 3) return (false, next);
        legal = true;
        next = state;
        uint256 steps = uint256(Bytes.u16(state, 0)) + 1;
        _write16(next, 0, steps);
        _move(board, matchSeed, next, uint256(actions[0]));
        if (uint8(next[STATUS]) == RUNNING && steps == board.limit) next[STATUS] = bytes1(LIMIT_REACHED);
    }

    /// @inheritdoc ISystem
    function status(bytes calldata parameters, bytes calldata state)
        external
        pure
        returns (uint8 acting, uint8 termination, int64[] memory scores)
    {
        uint8 code = _status(_board(parameters), state);
        if (code == RUNNING) (acting, termination) = (1, 255);
        else if (code == LIMIT_REACHED) termination = 1;
        scores = new int64[](1);
        scores[0] = 11 * int64(uint64(Bytes.u16(state, EATEN))) + 1;
    }

    /// @inheritdoc ISystem
    function forfeitScores(bytes calldata, uint8) external pure returns (int64[] memory) {
        return new int64[](1);
    }

    /// @dev Moves the head one cell, where it eats, dies or pulls the tail after it.
    function _move(Board memory board, MatchSeed matchSeed, bytes memory state, uint256 action) private view {
        uint256 head = uint8(state[HEAD]);
        (uint256 target, bool inside) = _neighbour(board, head, action);
        uint256 tail = uint8(state[TAIL]);
        bool eats = inside && target == _read16(state, APPLE);
        if (!inside || (!eats && target != tail && _isOccupied(state, target))) {
            state[STATUS] = bytes1(DEAD);
            return;
        }
        _setLink(board, state, head, action);
        if (!eats) {
            (uint256 nextTail,) = _neighbour(board, tail, _link(board, state, tail));
            _setOccupied(state, tail, false);
            _setLink(board, state, tail, 0);
            state[TAIL] = bytes1(uint8(nextTail));
        }
        _setOccupied(state, target, true);
        state[HEAD] = bytes1(uint8(target));
        if (eats) _eat(board, matchSeed, state);
    }

    /// @dev Counts the apple and places the next, unless the board is full.
    function _eat(Board memory board, MatchSeed matchSeed, bytes memory state) private view {
        uint256 eaten = _read16(state, EATEN) + 1;
        _write16(state, EATEN, eaten);
        if (eaten + 1 == board.width * board.height) {
            state[STATUS] = bytes1(WON);
            _write16(state, APPLE, NO_APPLE);
        } else {
            _write16(state, APPLE, _drawApple(board, matchSeed, state, eaten));
        }
    }

    /// @dev The cell of apple `eaten`, drawn over the free cells in ascending order.
    function _drawApple(Board memory board, MatchSeed matchSeed, bytes memory state, uint256 eaten)
        private
        view
        returns (uint256)
    {
        uint256 cells = board.width * board.height;
        uint256 occupied;
        assembly ("memory-safe") {
            occupied := mload(add(state, add(0x20, OCCUPANCY)))
        }
        uint256 free = ~Bytes.swap256(occupied) & (type(uint256).max >> (256 - cells));
        uint256 rank = Chance.draw(Chance.key(matchSeed), uint32(eaten), uint64(cells - eaten - 1));
        for (; rank != 0; --rank) {
            free &= free - 1;
        }
        return _lowestBit(free);
    }

    /// @dev The number of the lowest bit set in a word that is not 0.
    function _lowestBit(uint256 word) private pure returns (uint256 bit) {
        for (uint256 half = 128; half != 0; half >>= 1) {
            if (word << (256 - half) != 0) continue;
            word >>= half;
            bit += half;
        }
    }

    /// @dev The cell next to `cell` in a direction, and whether that is inside the board.
    function _neighbour(Board memory board, uint256 cell, uint256 action)
        private
        pure
        returns (uint256 target, bool inside)
    {
        uint256 width = board.width;
        if (action == 0) return cell < width ? (cell, false) : (cell - width, true);
        if (action == 1) return (cell + 1, cell % width != width - 1);
        if (action == 2) return (cell + width, cell / width != board.height - 1);
        return cell % width == 0 ? (cell, false) : (cell - 1, true);
    }

    function _board(bytes calldata parameters) private pure returns (Board memory) {
        return Board(Bytes.u64(parameters, 0), Bytes.u64(parameters, 8), Bytes.u64(parameters, 16));
    }

    function _stateBytes(Board memory board) private pure returns (uint256) {
        return _linksAt(board) + (board.width * board.height + 3) / 4;
    }

    function _linksAt(Board memory board) private pure returns (uint256) {
        return OCCUPANCY + (board.width * board.height + 7) / 8;
    }

    function _status(Board memory board, bytes calldata state) private pure returns (uint8 code) {
        if (state.length != _stateBytes(board)) revert MalformedState(state);
        code = uint8(state[STATUS]);
        if (code > LIMIT_REACHED) revert MalformedState(state);
    }

    function _isOccupied(bytes memory state, uint256 cell) private pure returns (bool) {
        return uint8(state[OCCUPANCY + cell / 8]) >> (cell % 8) & 1 == 1;
    }

    function _setOccupied(bytes memory state, uint256 cell, bool occupied) private pure {
        uint256 offset = OCCUPANCY + cell / 8;
        uint8 bit = uint8(1 << (cell % 8));
        state[offset] = bytes1(occupied ? uint8(state[offset]) | bit : uint8(state[offset]) & ~bit);
    }

    function _link(Board memory board, bytes memory state, uint256 cell) private pure returns (uint256) {
        return uint8(state[_linksAt(board) + cell / 4]) >> (2 * (cell % 4)) & 3;
    }

    function _setLink(Board memory board, bytes memory state, uint256 cell, uint256 action) private pure {
        uint256 offset = _linksAt(board) + cell / 4;
        uint256 shift = 2 * (cell % 4);
        state[offset] = bytes1(uint8(uint8(state[offset]) & ~(3 << shift) | (action << shift)));
    }

    function _read16(bytes memory state, uint256 offset) private pure returns (uint256) {
        return uint256(uint8(state[offset])) | uint256(uint8(state[offset + 1])) << 8;
    }

    function _write16(bytes memory state, uint256 offset, uint256 value) private pure {
        state[offset] = bytes1(uint8(value));
        state[offset + 1] = bytes1(uint8(value >> 8));
    }
}
