// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, BeaconValue, ChainLink, ClaimHash, CodeHash, RoundSeed} from "../interfaces/HashTypes.sol";
import {LeagueId} from "../interfaces/IArenaTypes.sol";
import {Bytes} from "./Bytes.sol";

/// @title The ids and hashes that the arena makes itself.
/// @notice Each is `H(tag, …)`, SHA-256 over a one-byte tag and fixed-width little-endian fields (SPEC section 2).
/// @dev INVARIANT: no two functions share a tag, and the fields of one have a fixed length or stand last.
library Digests {
    uint8 private constant AGENT = 0x0a;
    uint8 private constant CLAIM = 0x0b;
    uint8 private constant ROUND_SEED = 0x0c;
    uint8 private constant BEACON_LINK = 0x0d;

    /// @notice The agent that `owner` makes of a module.
    function agentId(address owner, CodeHash codeHash) internal view returns (AgentId) {
        return AgentId.wrap(Bytes.hash(abi.encodePacked(AGENT, owner, codeHash)));
    }

    /// @notice The agent that `owner` makes of a key, in a signed league.
    function agentOfKey(address owner, address key) internal view returns (AgentId) {
        return agentId(owner, CodeHash.wrap(bytes32(uint256(uint160(key)))));
    }

    /// @notice The hash of claimed scores: `kind` 0 is one in total, 1 one for each match.
    function claimHash(uint8 kind, int64[] calldata scores) internal view returns (ClaimHash) {
        uint256 length = 2 + 8 * scores.length;
        // Each score is written as a whole word, of which the next one overwrites what is too much; 24 bytes are
        // there for what the last one has too much, and are cut off at the end.
        bytes memory preimage = new bytes(length + 24);
        preimage[0] = bytes1(CLAIM);
        preimage[1] = bytes1(kind);
        for (uint256 i = 0; i < scores.length; ++i) {
            bytes8 score = bytes8(Bytes.swapSigned64(scores[i]));
            assembly ("memory-safe") {
                mstore(add(add(preimage, 34), shl(3, i)), score)
            }
        }
        assembly ("memory-safe") {
            mstore(preimage, length)
        }
        return ClaimHash.wrap(Bytes.hash(preimage));
    }

    /// @notice The seed of a round of this arena on this chain.
    function roundSeed(LeagueId league, uint32 round, uint32 memberCount, BeaconValue beaconValue)
        internal
        view
        returns (RoundSeed)
    {
        bytes memory preimage = abi.encodePacked(
            ROUND_SEED,
            Bytes.swap64(uint64(block.chainid)),
            address(this),
            Bytes.swap64(LeagueId.unwrap(league)),
            Bytes.swap32(round),
            Bytes.swap32(memberCount),
            beaconValue
        );
        return RoundSeed.wrap(Bytes.hash(preimage));
    }

    /// @notice The link of a beacon's hash chain that a secret opens.
    function beaconLink(ChainLink secret) internal view returns (ChainLink) {
        return ChainLink.wrap(Bytes.hash(abi.encodePacked(BEACON_LINK, secret)));
    }
}
