// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId} from "../interfaces/HashTypes.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {Ledger} from "./Ledger.sol";

/// @title Batches as the arena and its parts use them.
/// @notice Finds the batch that a member came with and says who pays for it; how batches come to be `Proposals` knows.
/// @dev INVARIANT: a number belongs to at most one batch, and for ever.
abstract contract Batches is Ledger {
    /// @dev What an enrolled member of a batch is kept by in `_members`. A number is the hash of no agent, so an agent
    /// that somebody also registered alone is in nobody's way.
    function _batchedKey(uint32 member) internal pure returns (AgentId) {
        return AgentId.wrap(bytes32(uint256(member) + 1));
    }

    /// @dev The agent of a member that has a record; 0 where it has none.
    function _agentOf(LeagueId league, uint32 member) internal view returns (AgentId) {
        AgentId key = _agents[league][member];
        return AgentId.unwrap(key) == AgentId.unwrap(_batchedKey(member)) ? _batchedAgents[league][member] : key;
    }

    /// @dev Whose a member's stake is, and who pays for its rounds.
    function _sponsorOf(LeagueId league, MemberState storage member) internal view returns (address) {
        return member.batch == 0 ? member.owner : _batches[league][member.batch - 1].sponsor;
    }

    function _requireBatch(LeagueId league, uint32 batch, BatchStatus expected)
        internal
        view
        returns (Batch storage found)
    {
        Batch[] storage batches = _batches[league];
        if (batch >= batches.length) revert WrongBatchStatus(BatchStatus.None, expected);
        found = batches[batch];
        if (found.status != expected) revert WrongBatchStatus(found.status, expected);
    }

    /// @dev The accepted batch that has this number, whether or not it is enrolled.
    function _batchWith(LeagueId league, uint32 member) internal view returns (bool found, uint32 batch) {
        uint64[] storage accepted = _accepted[league];
        // The first one that begins after the number; the one before it is sought.
        uint256 low = 0;
        uint256 high = accepted.length;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (accepted[middle] >> 32 > member) high = middle;
            else low = middle + 1;
        }
        if (low == 0) return (false, 0);
        batch = uint32(accepted[low - 1]);
        Batch storage holder = _batches[league][batch];
        found = member - holder.first < holder.count;
    }
}
