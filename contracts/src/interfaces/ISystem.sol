// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {MatchSeed} from "./HashTypes.sol";

/// @title The rules of one System, as the court runs them for a single step.
/// @notice State bytes, actions and scores are those of SPEC section 8; a contract must agree with the System that
/// agents play to the byte, for every state that play can reach.
/// @dev Functions are total over reachable states. The court calls them only with a state whose hash an assertion
/// commits to, so bytes that are no state of the System may revert.
interface ISystem {
    /// @notice The state a match begins in.
    /// @param parameters The league's parameters, u64 each, little-endian, in the System's order.
    /// @param matchSeed The seed of the match (SPEC 9.3), from which chance is drawn.
    function start(bytes calldata parameters, MatchSeed matchSeed) external view returns (bytes memory state);

    /// @notice The state after one step, if there is such a step.
    /// @param acting The seats that are said to act, seat i as bit i.
    /// @param actions Their actions, in ascending order of seats.
    /// @return legal Whether exactly these seats act in the state, and each action is a legal one of its seat.
    /// @return next The state after the step; empty where it is not legal.
    function step(
        bytes calldata parameters,
        MatchSeed matchSeed,
        bytes calldata state,
        uint8 acting,
        uint64[] calldata actions
    ) external view returns (bool legal, bytes memory next);

    /// @notice Who acts in a state, whether it is terminal, and what it scores.
    /// @return acting The seats that act, seat i as bit i; 0 in a terminal state.
    /// @return termination 0 finished by the rules, 1 step limit, 255 running.
    /// @return scores One for each seat.
    function status(bytes calldata parameters, bytes calldata state)
        external
        view
        returns (uint8 acting, uint8 termination, int64[] memory scores);

    /// @notice The scores of a match that the seats in `forfeits` (seat i is bit i) forfeit.
    function forfeitScores(bytes calldata parameters, uint8 forfeits) external view returns (int64[] memory scores);
}
