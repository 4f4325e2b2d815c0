// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Outcomes} from "./arena/Outcomes.sol";
import {Payouts} from "./arena/Payouts.sol";

/// @title The arena: accounts, leagues, members, rounds, claims, outcomes and payouts in one contract.
/// @notice What each call does is said in `IArena`. The bases stand on each other in the order of a round:
/// Accounts ← Leagues ← Members ← Rounds ← Claims ← Outcomes ← Payouts, and each keeps the storage it alone writes.
/// @dev No owner, no pause, no upgrade; the court is the only address with a right that others lack.
contract Arena is Payouts {
    /// @param court The only contract that kills assertions.
    constructor(address court) Outcomes(court) {}
}
