// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, Node} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {Bytes} from "../../src/libraries/Bytes.sol";
import {Forest} from "../court/Forest.sol";

/// @title The trees of a round's outcome, built from what each entry scored.
library Ranking {
    /// @notice How an entry did; a round's results are in ascending order of members.
    struct Result {
        uint32 member;
        AgentId agentId;
        int64 total;
        bool disqualified;
    }

    function entryLeaves(Result[] memory results) internal pure returns (bytes[] memory leaves) {
        leaves = new bytes[](results.length);
        for (uint256 entry = 0; entry < results.length; ++entry) {
            Result memory result = results[entry];
            leaves[entry] = abi.encodePacked(
                hex"0003",
                Bytes.swap32(result.member),
                result.agentId,
                Bytes.swapSigned64(result.total),
                result.disqualified ? uint32(0) : type(uint32).max
            );
        }
    }

    function rankLeaves(Result[] memory results) internal pure returns (bytes[] memory leaves) {
        uint32[] memory order = ranked(results);
        leaves = new bytes[](results.length);
        for (uint256 rank = 0; rank < order.length; ++rank) {
            Result memory result = results[order[rank]];
            leaves[rank] = abi.encodePacked(
                hex"0005", Bytes.swap32(order[rank]), Bytes.swapSigned64(result.total), result.disqualified
            );
        }
    }

    /// @dev The entries from the best rank to the worst: ascending (disqualified, −total, entry).
    function ranked(Result[] memory results) internal pure returns (uint32[] memory order) {
        order = new uint32[](results.length);
        for (uint32 entry = 0; entry < results.length; ++entry) {
            uint256 rank = entry;
            for (; rank > 0 && _before(results[entry], results[order[rank - 1]]); --rank) {
                order[rank] = order[rank - 1];
            }
            order[rank] = entry;
        }
    }

    function proof(bytes[] memory leaves, uint256 index) internal pure returns (IArenaTypes.Proof memory) {
        return IArenaTypes.Proof({leaf: leaves[index], path: Forest.pathOf(Forest.hashes(leaves), 0, index)});
    }

    function root(bytes[] memory leaves) internal pure returns (Node) {
        return Forest.rootOf(Forest.hashes(leaves));
    }

    function _before(Result memory a, Result memory b) private pure returns (bool) {
        return a.disqualified == b.disqualified ? a.total > b.total : b.disqualified;
    }
}
