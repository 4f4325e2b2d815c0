// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {ICourt} from "../../src/interfaces/ICourt.sol";
import {ConnectFourRound} from "./Rounds.sol";
import {Story, Tale} from "./Tale.sol";

contract CourtRanksTest is ConnectFourRound {
    uint256 private constant ENTRY = 2;
    uint256 private constant TOTAL = 6;
    uint256 private constant DISQUALIFIED = 14;

    function test_badRankOrder_killsRanksThatDoNotAscend() external {
        Story memory story = Tale.tell(round);
        for (uint256 rank = 0; rank < 4; ++rank) {
            _checkUnproven(_order(story, rank, rank + 1), ICourt.NothingWrong.selector, "honest");
        }
        _checkUnproven(_order(story, 0, 2), ICourt.IndexMismatch.selector, "no neighbours");
        for (uint256 rank = 0; rank < 4; ++rank) {
            story = Tale.tell(round);
            (story.ranks[rank], story.ranks[rank + 1]) = (story.ranks[rank + 1], story.ranks[rank]);
            _checkRefuted(_order(story, rank, rank + 1), "swapped");
            story.ranks[rank] = story.ranks[rank + 1];
            _checkRefuted(_order(story, rank, rank + 1), "twice");
        }
    }

    function test_badRankOrder_knowsTheExtremesOfTotals() external {
        Story memory story = Tale.tell(round);
        bytes memory least = hex"000500000000000000000000008000";
        bytes memory most = hex"000501000000ffffffffffffff7f00";
        (story.ranks[0], story.ranks[1]) = (most, least);
        _checkUnproven(_order(story, 0, 1), ICourt.NothingWrong.selector, "the most before the least");
        (story.ranks[0], story.ranks[1]) = (least, most);
        _checkRefuted(_order(story, 0, 1), "the least before the most");
        bytes memory out = hex"000501000000ffffffffffffff7f01";
        (story.ranks[0], story.ranks[1]) = (least, out);
        _checkUnproven(_order(story, 0, 1), ICourt.NothingWrong.selector, "the disqualified last");
        (story.ranks[0], story.ranks[1]) = (out, least);
        _checkRefuted(_order(story, 0, 1), "the disqualified first");
    }

    function test_badRank_killsRanksThatAreNotTheirEntries() external {
        for (uint256 rank = 0; rank < 5; ++rank) {
            Story memory story = Tale.tell(round);
            _checkUnproven(_rank(story, rank), ICourt.NothingWrong.selector, "honest");
            _flip(story.ranks, rank, TOTAL, 1);
            _checkRefuted(_rank(story, rank), "total");
            story = Tale.tell(round);
            _flip(story.ranks, rank, DISQUALIFIED, 1);
            _checkRefuted(_rank(story, rank), "disqualified");
        }
        Story memory invented = Tale.tell(round);
        _flip(invented.ranks, 0, ENTRY + 3, 1);
        ICourt.Target memory target = _assert(invented);
        _checkRefuted(abi.encodeCall(court.badRank, (target, _proof(invented.ranks, 0), _none())), "no such entry");
    }

    function test_badRank_refusesAnotherEntry() external {
        Story memory story = Tale.tell(round);
        ICourt.Target memory target = _assert(story);
        uint256 other = (uint8(story.ranks[0][ENTRY]) + 1) % 5;
        ICourt.Proof memory proof = _proof(story.ranks, 0);
        bytes memory input = abi.encodeCall(court.badRank, (target, proof, _proofs(story.entries, other)));
        _checkUnproven(input, ICourt.IndexMismatch.selector, "another entry");
        input = abi.encodeCall(court.badRank, (target, proof, _none()));
        _checkUnproven(input, ICourt.ProofCountMismatch.selector, "no entry");
    }

    function _order(Story memory story, uint256 rank, uint256 next) private returns (bytes memory) {
        ICourt.Target memory target = _assert(story);
        return abi.encodeCall(court.badRankOrder, (target, _proof(story.ranks, rank), _proof(story.ranks, next)));
    }

    function _rank(Story memory story, uint256 rank) private returns (bytes memory) {
        ICourt.Target memory target = _assert(story);
        uint256 entry = uint8(story.ranks[rank][ENTRY]);
        return abi.encodeCall(court.badRank, (target, _proof(story.ranks, rank), _proofs(story.entries, entry)));
    }
}
