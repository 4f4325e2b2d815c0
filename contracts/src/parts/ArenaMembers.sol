// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CodePublication} from "../arena/CodePublication.sol";
import {Enrolments} from "../arena/Enrolments.sol";
import {Entering} from "../arena/Entering.sol";
import {Proposals} from "../arena/Proposals.sol";

/// @title The part of an arena that serves the ways in: agents that register one by one and in batches, and show their
/// code.
/// @notice Called by itself, and not by its arena, it has a state of its own, without coin.
contract ArenaMembers is Entering, Proposals, Enrolments, CodePublication {}
