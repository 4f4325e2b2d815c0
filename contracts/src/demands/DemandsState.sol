// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {DefenceHash, DefenceId, DemandHash, DemandId, TrialId} from "../interfaces/HashTypes.sol";

/// @title All storage of the demands contract, which its part for trials runs on.
/// @dev INVARIANT: what is over has no word here, so no move of it succeeds again; only defences that stood when their
/// trial ended keep theirs, and no move of them succeeds without it.
abstract contract DemandsState {
    /// @notice The digest of an open demand's state, or 0.
    mapping(DemandId id => DemandHash digest) public digestOf;

    /// @notice One more than how many defences of an open trial stand in the lower half, how many there were in the
    /// upper; 0 where there is no such trial.
    mapping(TrialId trialId => uint256 word) public defencesOf;

    /// @notice The digest of a defence that stands, or 0.
    mapping(DefenceId id => DefenceHash digest) public defenceOf;
}
