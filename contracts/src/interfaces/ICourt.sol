// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArena, LeagueId} from "./IArena.sol";

/// @title The judge of assertions.
/// @notice Each function proves one kind of lie in one assertion of a round and kills it; the caller earns half of its
/// bond. A call that proves nothing reverts.
/// @dev The court holds no money and no state, so one serves every arena that names it. INVARIANT: an assertion made
/// by the rules is refuted by no call.
interface ICourt {
    /// @notice The assertion that a refutation aims at.
    struct Target {
        IArena arena;
        LeagueId league;
        uint32 round;
        uint32 assertion;
    }
}
