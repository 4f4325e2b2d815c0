// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ChanceKey, MatchSeed} from "../interfaces/HashTypes.sol";
import {Bytes} from "./Bytes.sol";

/// @title Chance: uniform draws that follow from a match's seed.
/// @notice A System numbers its chance events; each event is drawn from a key derived from the match seed.
/// @dev INVARIANT: the same seed, event and bound draw the same number as in any other implementation.
library Chance {
    /// @notice The key of all draws of a match.
    function key(MatchSeed matchSeed) internal view returns (ChanceKey) {
        return ChanceKey.wrap(Bytes.hash(abi.encodePacked(uint8(0x08), matchSeed)));
    }

    /// @notice One of `bound` equally likely numbers from 0; `bound` is not 0.
    function draw(ChanceKey chanceKey, uint32 chanceEvent, uint64 bound) internal view returns (uint64 drawn) {
        uint64 rejectedBelow = uint64((2 ** 64 - uint256(bound)) % bound);
        for (uint32 attempt = 0;; ++attempt) {
            bytes memory input =
                abi.encodePacked(uint8(0x09), chanceKey, Bytes.swap32(chanceEvent), Bytes.swap32(attempt));
            uint256 product = uint256(Bytes.swap64(uint64(bytes8(Bytes.hash(input))))) * bound;
            if (uint64(product) >= rejectedBelow) return uint64(product >> 64);
        }
    }
}
