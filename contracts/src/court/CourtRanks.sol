// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICourt} from "../interfaces/ICourt.sol";
import {EntryLeaf, Leaves, RankLeaf} from "../libraries/Leaves.sol";
import {CourtBase} from "./CourtBase.sol";

/// @title Lies about the ranking.
/// @notice Ranks ascend strictly and each says of its entry what the entry says of itself. As many ranks as entries,
/// no two of one entry: then they are the entries, sorted, and nobody had to sort them here.
/// @dev INVARIANT: if none of these succeeds, rank `r` is the `r`-th of the entries.
abstract contract CourtRanks is CourtBase {
    /// @inheritdoc ICourt
    function badRankOrder(Target calldata target, Proof calldata rank, Proof calldata next) external {
        Case memory opened = _open(target, _wanting(RANKS));
        _requireIndex(next.index, uint256(rank.index) + 1);
        _refute(target, !_isBefore(_rank(opened, rank), _rank(opened, next)));
    }

    /// @inheritdoc ICourt
    function badRank(Target calldata target, Proof calldata rank, Proof[] calldata entry) external {
        Case memory opened = _open(target, _wanting(ENTRIES | RANKS));
        RankLeaf memory leaf = _rank(opened, rank);
        bool wrong = leaf.entry >= opened.plan.entryCount;
        _requireCount(entry, wrong ? 0 : 1);
        if (!wrong) {
            _requireIndex(entry[0].index, leaf.entry);
            EntryLeaf memory named = _entry(opened, entry[0]);
            bool disqualified = named.disqualifiedAt != Leaves.NEVER;
            wrong = leaf.total != named.total || leaf.disqualified != disqualified;
        }
        _refute(target, wrong);
    }

    /// @dev The order of ranks: who is not disqualified first, then the higher total, then the earlier entry.
    function _isBefore(RankLeaf memory first, RankLeaf memory second) private pure returns (bool) {
        if (first.disqualified != second.disqualified) return second.disqualified;
        if (first.total != second.total) return first.total > second.total;
        return first.entry < second.entry;
    }
}
