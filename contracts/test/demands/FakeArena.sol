// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Node} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes, LeagueId} from "../../src/interfaces/IArenaTypes.sol";

/// @title A contract that passes for an arena in which everything stands and may be demanded.
contract FakeArena {
    Node private immutable root;
    bool public killed;

    constructor(Node root_) {
        root = root_;
    }

    function openDemand(LeagueId, uint32, uint32, uint8, address, uint8)
        external
        view
        returns (IArenaTypes.Demanded memory)
    {
        return IArenaTypes.Demanded(root, 2, 1, 3, 2);
    }

    function isStanding(LeagueId, uint32, uint32) external pure returns (bool) {
        return true;
    }

    function settleDemand(LeagueId, uint32, uint32, address, uint8, bool) external {}

    function kill(LeagueId, uint32, uint32, address) external {
        killed = true;
    }
}
