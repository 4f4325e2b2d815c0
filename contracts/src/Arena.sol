// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Claims} from "./arena/Claims.sol";
import {Holds} from "./arena/Holds.sol";
import {Leagues} from "./arena/Leagues.sol";
import {Members} from "./arena/Members.sol";
import {Outcomes} from "./arena/Outcomes.sol";
import {Parts} from "./arena/Parts.sol";
import {Rounds} from "./arena/Rounds.sol";

/// @title The arena: accounts, leagues, members, rounds, claims, outcomes and payouts at one address.
/// @notice What each call does is said in `IArena`. What every round needs is here, in one base for each subject; what
/// is called seldom is in parts that run on the same state, `ArenaState`.
/// @dev No owner, no pause, no upgrade; the court and the demands contract are the only addresses with rights that
/// others lack.
contract Arena is Leagues, Members, Rounds, Claims, Holds, Parts {
    /// @param court The contract that kills assertions proven wrong.
    /// @param demands The contract that opens and settles demands, and kills assertions that hide what was demanded.
    /// @param clocks The contract that has the clocks of matches in signed leagues.
    // slither-disable-next-line shadowing-local: they are handed on to what they shadow.
    constructor(address court, address demands, address clocks) Outcomes(court, demands, clocks) {}
}
