// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CourtEntries} from "./court/CourtEntries.sol";
import {CourtMatches} from "./court/CourtMatches.sol";
import {CourtRanks} from "./court/CourtRanks.sol";
import {CourtSignatures} from "./court/CourtSignatures.sol";
import {Node} from "./interfaces/HashTypes.sol";
import {ICourt} from "./interfaces/ICourt.sol";
import {Leaves} from "./libraries/Leaves.sol";

/// @title The court: proves lies in assertions and kills them.
/// @notice Refutations are grouped by what is lied about: entries, matches, traces, signatures, ranks. Here are those of a tree's
/// shape, which are alike for all trees of a round.
/// @dev INVARIANT: it has no state and holds no coin; all it can do is to kill an assertion that it saw proven wrong.
contract Court is CourtEntries, CourtMatches, CourtSignatures, CourtRanks {
    /// @inheritdoc ICourt
    function badShape(Target calldata target, RoundTree tree, NodeProof calldata node) external {
        (Node root, uint256 count) = _tree(_open(target, _wanting(uint8(1 << uint8(tree)))), tree);
        _refute(target, _isMisplaced(root, count, node));
    }

    /// @inheritdoc ICourt
    function malformedLeaf(Target calldata target, RoundTree tree, Proof calldata leaf) external {
        Case memory opened = _open(target, _wanting(uint8(1 << uint8(tree))));
        _requireLeaf(opened, tree, leaf);
        bool wellFormed;
        if (tree == RoundTree.Entries) wellFormed = Leaves.isEntry(leaf.leaf);
        else if (tree == RoundTree.Ranks) wellFormed = Leaves.isRank(leaf.leaf);
        else wellFormed = Leaves.isMatch(leaf.leaf, opened.plan.seatCount);
        _refute(target, !wellFormed);
    }
}
