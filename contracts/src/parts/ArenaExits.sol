// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Equivocations} from "../arena/Equivocations.sol";
import {Leaving} from "../arena/Leaving.sol";
import {Payouts} from "../arena/Payouts.sol";
import {Voids} from "../arena/Voids.sol";

/// @title The part of an arena that serves the ways out: payouts, stakes, refunds, and what liars lose.
/// @notice Called by itself, and not by its arena, it has a state of its own, without coin.
contract ArenaExits is Leaving, Voids, Payouts, Equivocations {}
