// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Outcomes} from "./arena/Outcomes.sol";
import {Payouts} from "./arena/Payouts.sol";

/// @title The arena: accounts, leagues, members, rounds, claims, outcomes and payouts in one contract.
/// @notice What each call does is said in `IArena`. The bases stand on each other in the order of a round:
/// Accounts ← Leagues ← Members ← Rounds ← Claims ← Outcomes ← Holds ← Payouts, and each keeps the storage it alone
/// writes, but for the count of open demands, which is in the assertion.
/// @dev No owner, no pause, no upgrade; the court and the demands contract are the only addresses with rights that
/// others lack.
contract Arena is Payouts {
    /// @param court The contract that kills assertions proven wrong.
    /// @param demands The contract that opens and settles demands, and kills assertions that hide what was demanded.
    constructor(address court, address demands) Outcomes(court, demands) {}
}
