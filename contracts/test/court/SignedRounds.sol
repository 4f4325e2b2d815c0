// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId} from "../../src/interfaces/HashTypes.sol";
import {IClocks} from "../../src/interfaces/IClocks.sol";
import {CourtStage} from "./CourtStage.sol";
import {ConnectFourRound, SnakeRound, StoryStage} from "./Rounds.sol";
import {Play, Story, Tale} from "./Tale.sol";

/// @title A signed round, in which whoever refuses to move is made to on chain, and lets its flag fall.
abstract contract SignedStage is StoryStage {
    uint256 internal constant SIGNATURE = 47;
    uint32 internal constant CLOCK_BLOCKS = 8;

    /// @dev Brings every match that somebody forfeits up to where it was left.
    function _bringForfeits(Story memory story) internal {
        for (uint256 q = 0; q < story.plays.length; ++q) {
            bytes[] memory leaves = story.plays[q].leaves;
            if (leaves.length == 0 || uint8(leaves[leaves.length - 1][6]) != 2) continue;
            clocks.advance(_matchOf(q), "", _playsOf(story.plays[q], 0, leaves.length - 1));
        }
    }

    function _matchOf(uint256 q) internal view returns (IClocks.Match memory played) {
        uint256[] memory seated = Tale.seatedIn(round.plan, q);
        played.arena = arena;
        played.league = league;
        played.matchIndex = uint32(q);
        (played.agents, played.owners) = (new AgentId[](seated.length), new address[](seated.length));
        for (uint256 seat = 0; seat < seated.length; ++seat) {
            played.agents[seat] = round.agents[seated[seat]];
            played.owners[seat] = round.owners[seated[seat]];
        }
    }

    /// @dev The plays of the steps from `from` to before `to`.
    function _playsOf(Play memory play, uint256 from, uint256 to) internal pure returns (IClocks.Play[] memory plays) {
        plays = new IClocks.Play[](to - from);
        for (uint256 i = 0; i < plays.length; ++i) {
            bytes memory leaf = play.leaves[from + i];
            plays[i] = IClocks.Play(Tale.actionOf(leaf), _signatureIn(leaf));
        }
    }

    function _signatureIn(bytes memory leaf) internal pure returns (bytes memory signature) {
        signature = new bytes(65);
        for (uint256 i = 0; i < 65; ++i) {
            signature[i] = leaf[SIGNATURE + i];
        }
    }

    function _setSignature(bytes memory leaf, bytes memory signature) internal pure {
        for (uint256 i = 0; i < 65; ++i) {
            leaf[SIGNATURE + i] = signature[i];
        }
    }
}

/// @title The round of Connect Four, signed.
abstract contract SignedConnectFourRound is SignedStage, ConnectFourRound {
    function _clockBlocks() internal view virtual override returns (uint32) {
        return CLOCK_BLOCKS;
    }

    function _postClaims(Story memory story) internal virtual override(CourtStage, ConnectFourRound) {
        _bringForfeits(story);
    }
}

/// @title The round of Snake, signed.
abstract contract SignedSnakeRound is SignedStage, SnakeRound {
    function _clockBlocks() internal view virtual override returns (uint32) {
        return CLOCK_BLOCKS;
    }

    function _postClaims(Story memory story) internal virtual override(CourtStage, SnakeRound) {
        _bringForfeits(story);
    }
}
