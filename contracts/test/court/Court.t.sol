// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {Commitment, Node} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {Tree} from "../../src/libraries/Tree.sol";
import {ConnectFourRound} from "./Rounds.sol";
import {Forest} from "./Forest.sol";
import {Story, Tale} from "./Tale.sol";

contract CourtTest is ConnectFourRound {
    function test_malformedLeaf_killsWhatIsNoLeaf() external {
        for (uint8 tree = 0; tree < 3; ++tree) {
            for (uint256 change = 0; change < 3; ++change) {
                Story memory story = Tale.tell(round);
                bytes[] memory leaves = _leaves(story, tree);
                bytes memory input = _malformed(story, tree);
                _checkUnproven(input, ICourt.NothingWrong.selector, "honest");
                if (change == 0) _flip(leaves, 1, 1, 0x01);
                else if (change == 1) leaves[1] = bytes.concat(leaves[1], hex"00");
                else leaves[1] = "not a leaf";
                _checkRefuted(_malformed(story, tree), "malformed");
            }
        }
    }

    function test_commit_keepsAProofForWhoCommittedToIt() external {
        Story memory story = Tale.tell(round);
        story.entries[1] = "not a leaf";
        bytes memory input = _malformed(story, 0);
        address copier = address(0xc0b1e);
        Commitment own = _commitment(WATCHER, input);
        Commitment copied = _commitment(copier, input);
        _checkNotCommitted(WATCHER, input, own, 0);
        court.commit(own);
        court.commit(_commitment(copier, "another call"));
        _checkNotCommitted(WATCHER, input, own, vm.getBlockNumber());
        vm.roll(vm.getBlockNumber() + 1);
        _checkNotCommitted(copier, input, copied, 0);
        // Committing again, as a copier may, sets nobody back.
        court.commit(own);
        court.commit(copied);
        _checkNotCommitted(copier, input, copied, vm.getBlockNumber());
        vm.prank(WATCHER);
        (bool done,) = address(court).call(input);
        check(done, "who committed a block before");
    }

    function _commitment(address caller, bytes memory input) private pure returns (Commitment) {
        return Commitment.wrap(keccak256(abi.encode(caller, keccak256(input))));
    }

    function _checkNotCommitted(address caller, bytes memory input, Commitment commitment, uint256 since) private {
        vm.prank(caller);
        (bool done, bytes memory output) = address(court).call(input);
        check(!done, "not committed to");
        checkEqual(output, abi.encodeWithSelector(ICourt.NotCommitted.selector, commitment, since), "not committed to");
    }

    function test_malformedLeaf_killsTracesWhereNothingWasPlayed() external {
        Story memory story = Tale.tell(round);
        uint256 q = _find(story, 2);
        ICourt.Target memory target;
        uint8[2] memory offsets = [uint8(TRACE_ROOT), uint8(STEP_COUNT)];
        for (uint256 i = 0; i < 2; ++i) {
            _flip(story.matches, q, offsets[i], 1);
            target = _assert(story);
            bytes memory input =
                abi.encodeCall(court.malformedLeaf, (target, ICourt.RoundTree.Matches, _proof(story.matches, q)));
            _checkRefuted(input, "a bye with a trace");
            _flip(story.matches, q, offsets[i], 1);
        }
    }

    function test_badShape_killsEmptyLeavesInEveryTree() external {
        for (uint8 tree = 0; tree < 3; ++tree) {
            Story memory story = Tale.tell(round);
            bytes[] memory leaves = _leaves(story, tree);
            leaves[2] = "";
            _checkUnproven(_shape(_assert(story), leaves, tree, 0, 1), ICourt.NothingWrong.selector, "not there");
            _checkUnproven(_shape(_assert(story), leaves, tree, 1, 1), ICourt.NothingWrong.selector, "half full");
            _checkRefuted(_shape(_assert(story), leaves, tree, 0, 2), "no leaf");
            leaves[3] = "";
            _checkRefuted(_shape(_assert(story), leaves, tree, 1, 1), "no leaves under a node");
        }
    }

    function test_badShape_killsLeavesBeyondTheCount() external {
        Story memory story = Tale.tell(round);
        bytes[] memory longer = new bytes[](8);
        for (uint256 i = 0; i < 5; ++i) {
            longer[i] = story.entries[i];
        }
        longer[6] = "one too many";
        (Node root, Node ranks) = (_root(longer), _root(story.ranks));
        ICourt.Target memory target = _assertRoots(5, root, _root(story.matches), ranks);
        _checkUnproven(_shape(target, longer, 0, 0, 5), ICourt.NothingWrong.selector, "empty as it should");
        _checkRefuted(_shape(target, longer, 0, 0, 6), "beyond the count");
        target = _assertRoots(5, root, _root(story.matches), ranks);
        _checkRefuted(_shape(target, longer, 0, 1, 3), "a node beyond the count");
    }

    function test_badShape_killsMatchesWhereThereAreNone() external {
        Story memory story = Tale.tell(round);
        bytes[] memory only = new bytes[](1);
        only[0] = story.entries[0];
        bytes[] memory first = new bytes[](1);
        first[0] = story.matches[0];
        ICourt.Target memory target = _assertRoots(1, _root(only), _root(first), _root(only));
        _checkRefuted(_shape(target, first, 1, 0, 0), "one entry has nobody to play");
    }

    function test_badShape_refusesEveryNodeOfAnHonestRound() external {
        Story memory story = Tale.tell(round);
        ICourt.Target memory target = _assert(story);
        for (uint8 tree = 0; tree < 3; ++tree) {
            bytes[] memory leaves = _leaves(story, tree);
            uint8 top = uint8(Forest.heightOf(leaves.length));
            for (uint8 height = 0; height <= top; ++height) {
                for (uint64 position = 0; position < 1 << (top - height); ++position) {
                    bytes memory input = _shape(target, leaves, tree, height, position);
                    _checkUnproven(input, ICourt.NothingWrong.selector, "honest");
                }
            }
        }
    }

    function test_refutations_refuseLeavesThatAreNotThere() external {
        Story memory story = Tale.tell(round);
        ICourt.Target memory target = _assert(story);
        ICourt.Proof memory proof = _proof(story.entries, 1);
        proof.leaf = "anything";
        bytes memory input = abi.encodeCall(court.malformedLeaf, (target, ICourt.RoundTree.Entries, proof));
        _checkUnproven(input, Tree.RootMismatch.selector, "other bytes");
        proof = _proof(story.entries, 1);
        proof.index = 5;
        input = abi.encodeCall(court.malformedLeaf, (target, ICourt.RoundTree.Entries, proof));
        _checkUnproven(input, Tree.PositionOutOfRange.selector, "beyond the count");
    }

    function test_refutations_refuseWhatIsDeadOrNeverWas() external {
        Story memory story = Tale.tell(round);
        story.entries[1] = "not a leaf";
        ICourt.Target memory target = _assert(story);
        bytes memory input =
            abi.encodeCall(court.malformedLeaf, (target, ICourt.RoundTree.Entries, _proof(story.entries, 1)));
        _checkRefuted(input, "once");
        _commit(address(this), input);
        _checkUnproven(input, IArenaTypes.AssertionNotLive.selector, "not twice");
        target.assertion += 1;
        input = abi.encodeCall(court.missingEntry, (target, 0, _none()));
        _commit(address(this), input);
        _checkUnproven(input, IArenaTypes.AssertionNotLive.selector, "no such assertion");
    }

    function _malformed(Story memory story, uint8 tree) private returns (bytes memory) {
        ICourt.Target memory target = _assert(story);
        ICourt.Proof memory proof = _proof(_leaves(story, tree), 1);
        return abi.encodeCall(court.malformedLeaf, (target, ICourt.RoundTree(tree), proof));
    }

    function _shape(ICourt.Target memory target, bytes[] memory leaves, uint8 tree, uint8 height, uint64 position)
        private
        view
        returns (bytes memory)
    {
        ICourt.NodeProof memory node = _node(leaves, height, position);
        return abi.encodeCall(court.badShape, (target, ICourt.RoundTree(tree), node));
    }

    function _leaves(Story memory story, uint8 tree) private pure returns (bytes[] memory) {
        return tree == 0 ? story.entries : tree == 1 ? story.matches : story.ranks;
    }

    function _root(bytes[] memory leaves) private pure returns (Node) {
        return Forest.rootOf(Forest.hashes(leaves));
    }
}
