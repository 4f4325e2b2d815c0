// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICourt} from "../../src/interfaces/ICourt.sol";
import {TraceCalls} from "./CourtTraces.t.sol";
import {Play, Story, Tale} from "./Tale.sol";

/// @title The calls that show what an agent did not sign, and what a clock says.
abstract contract SignatureCalls is TraceCalls {
    function _signature(ICourt.Target memory target, Story memory story, uint256 q, uint256 step)
        internal
        view
        returns (bytes memory)
    {
        uint8 seat = uint8(story.plays[q].leaves[step][STEP_ACTING]) - 1;
        return _signatureOf(target, story, q, step, seat, Tale.seatedIn(round.plan, q)[seat]);
    }

    function _signatureOf(
        ICourt.Target memory target,
        Story memory story,
        uint256 q,
        uint256 step,
        uint8 seat,
        uint256 entry
    ) internal view returns (bytes memory) {
        Play memory play = story.plays[q];
        ICourt.Proof memory proof = _proof(story.matches, q);
        ICourt.Proof memory leaf = _proof(play.leaves, step);
        ICourt.Proof memory seated = _proof(story.entries, entry);
        return abi.encodeCall(court.badSignature, (target, proof, Tale.traceOf(play), leaf, seat, seated));
    }

    function _forfeit(ICourt.Target memory target, Story memory story, uint256 q) internal view returns (bytes memory) {
        Play memory play = story.plays[q];
        uint256[] memory seated = Tale.seatedIn(round.plan, q);
        ICourt.Proof[] memory seats = new ICourt.Proof[](seated.length);
        for (uint256 seat = 0; seat < seats.length; ++seat) {
            seats[seat] = _proof(story.entries, seated[seat]);
        }
        ICourt.Proof memory end = _proof(play.leaves, play.leaves.length - 1);
        return abi.encodeCall(court.badForfeit, (target, _proof(story.matches, q), Tale.traceOf(play), end, seats));
    }
}
