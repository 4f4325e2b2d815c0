// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {ISystem} from "../../src/interfaces/ISystem.sol";
import {ConnectFourSystem} from "../../src/systems/ConnectFourSystem.sol";
import {CourtStage} from "./CourtStage.sol";
import {SnakeRound, StoryStage} from "./Rounds.sol";
import {SignatureCalls} from "./SignatureCalls.sol";
import {SignedSnakeRound} from "./SignedRounds.sol";
import {Play, Story, Tale} from "./Tale.sol";

/// @title Calls against an honest assertion, as honest as can be but for what a fuzzer changes.
abstract contract Forgeries is StoryStage {
    uint256 internal constant FUNCTIONS = 17;
    // Selector and target: another target is another assertion.
    uint256 private constant FIRST_BYTE = 4 + 4 * 32;

    /// @dev No change of one or two bytes of any refutation turns it against an assertion that is right.
    function testFuzz_refutations_neverKillAnHonestAssertion(
        uint256 choice,
        uint256 q,
        uint256 step,
        uint256[2] calldata places,
        bytes2 masks
    ) external {
        Story memory story = Tale.tell(round);
        ICourt.Target memory target = _assert(story);
        bytes memory input = _call(target, story, choice, q, step);
        for (uint256 i = 0; i < places.length; ++i) {
            uint256 place = FIRST_BYTE + places[i] % (input.length - FIRST_BYTE);
            input[place] ^= masks[i];
        }
        _commit(address(this), input);
        (bool done,) = address(court).call(input);
        check(!done, "nothing is wrong");
        IArenaTypes.AssertionStatus status = arena.assertionOf(league, 0, target.assertion).status;
        check(status == IArenaTypes.AssertionStatus.Live, "and nothing dies");
    }

    /// @dev One of the calls, by number.
    function _call(ICourt.Target memory target, Story memory story, uint256 choice, uint256 q, uint256 step)
        internal
        view
        virtual
        returns (bytes memory)
    {
        choice %= FUNCTIONS;
        if (choice >= 9) return _traceCall(target, story, choice, _played(story, q), step);
        q %= story.matches.length;
        ICourt.Proof memory matchProof = _proof(story.matches, q);
        uint256 entry = step % story.entries.length;
        ICourt.Proof memory proof = _proof(story.entries, entry);
        if (choice == 0) return abi.encodeCall(court.malformedLeaf, (target, ICourt.RoundTree.Matches, matchProof));
        if (choice == 1) {
            return abi.encodeCall(court.badShape, (target, ICourt.RoundTree.Entries, _node(story.entries, 1, 0)));
        }
        if (choice == 2) return abi.encodeCall(court.badEntry, (target, proof));
        if (choice == 3) {
            ICourt.Proof memory next = _proof(story.entries, (entry + 1) % story.entries.length);
            return abi.encodeCall(court.badEntryOrder, (target, proof, next));
        }
        if (choice == 4) {
            return abi.encodeCall(court.missingEntry, (target, uint32(q), _proofs(story.entries, entry)));
        }
        if (choice == 5) return abi.encodeCall(court.badTotal, (target, proof, _proofs(story.matches, q)));
        if (choice == 6) {
            ICourt.Claim memory claim = round.claims[entry];
            return abi.encodeCall(court.badDisqualification, (target, proof, claim, _proofs(story.matches, q)));
        }
        if (choice == 7) return abi.encodeCall(court.badStatus, (target, matchProof, _seats(story, q)));
        uint256 before = (q + entry) % story.matches.length;
        return abi.encodeCall(court.badSum, (target, matchProof, uint8(step % 2), _proofs(story.matches, before)));
    }

    function _traceCall(ICourt.Target memory target, Story memory story, uint256 choice, uint256 q, uint256 step)
        private
        view
        returns (bytes memory)
    {
        Play memory play = story.plays[q];
        ICourt.Proof memory matchProof = _proof(story.matches, q);
        ICourt.Trace memory trace = Tale.traceOf(play);
        uint256 last = play.leaves.length - 1;
        step %= last;
        ICourt.Proof memory leaf = _proof(play.leaves, step);
        if (choice == 9) return abi.encodeCall(court.malformedTraceLeaf, (target, matchProof, trace, leaf));
        if (choice == 10) {
            return abi.encodeCall(court.badTraceShape, (target, matchProof, trace, _node(play.leaves, 1, 0)));
        }
        if (choice == 11) return abi.encodeCall(court.badTrace, (target, matchProof, trace, _seats(story, q)));
        if (choice == 12) return abi.encodeCall(court.badStart, (target, matchProof, trace, leaf));
        if (choice == 13) {
            ICourt.Proof memory next = _proof(play.leaves, step + 1);
            return abi.encodeCall(court.badStep, (target, matchProof, trace, leaf, next, play.states[step]));
        }
        if (choice == 14) {
            ICourt.Proof memory end = _proof(play.leaves, last);
            return abi.encodeCall(court.badEnd, (target, matchProof, trace, end, play.states[last]));
        }
        return _rankCall(target, story, choice == 15, step);
    }

    function _rankCall(ICourt.Target memory target, Story memory story, bool order, uint256 step)
        private
        view
        returns (bytes memory)
    {
        uint256 rank = step % (story.ranks.length - 1);
        ICourt.Proof memory proof = _proof(story.ranks, rank);
        if (order) return abi.encodeCall(court.badRankOrder, (target, proof, _proof(story.ranks, rank + 1)));
        // The entry on the rank is the first field of its leaf; there are few.
        uint256 entry = uint8(story.ranks[rank][2]);
        return abi.encodeCall(court.badRank, (target, proof, _proofs(story.entries, entry)));
    }

    /// @dev A match from `q` on that was played.
    function _played(Story memory story, uint256 q) internal pure returns (uint256 played) {
        played = q % story.matches.length;
        while (story.plays[played].leaves.length == 0) {
            played = (played + 1) % story.matches.length;
        }
    }

    function _seats(Story memory story, uint256 q) private view returns (ICourt.Proof[] memory seats) {
        uint256[] memory seated = Tale.seatedIn(round.plan, q);
        uint256 count = 0;
        for (uint256 seat = 0; seat < seated.length; ++seat) {
            if (seated[seat] < story.entries.length) seated[count++] = seated[seat];
        }
        seats = new ICourt.Proof[](count);
        for (uint256 i = 0; i < count; ++i) {
            seats[i] = _proof(story.entries, seated[i]);
        }
    }
}

/// @dev Few matches, since each run tells them anew; one entry of three has a bye.
contract ConnectFourForgeriesTest is Forgeries {
    function _system() internal override returns (ISystem, bytes memory, uint8, uint16) {
        return (new ConnectFourSystem(), "", 2, 2);
    }

    function _owners() internal pure override returns (uint256[] memory owners) {
        owners = new uint256[](4);
        (owners[1], owners[2], owners[3]) = (1, 2, 3);
    }

    function _absent() internal pure override returns (uint32) {
        return 1;
    }

    /// @dev The last entry claims what it does not score.
    function _postClaims(Story memory) internal override {
        int64[] memory scores = new int64[](2);
        scores[1] = 5;
        _claim(2, 1, scores);
    }
}

contract SnakeForgeriesTest is Forgeries, SnakeRound {}

/// @dev Two further calls there are for signed rounds only; half of what is tried is one of them.
contract SignedForgeriesTest is Forgeries, SignatureCalls, SignedSnakeRound {
    function _clockBlocks() internal view override(CourtStage, SignedSnakeRound) returns (uint32) {
        return SignedSnakeRound._clockBlocks();
    }

    function _call(ICourt.Target memory target, Story memory story, uint256 choice, uint256 q, uint256 step)
        internal
        view
        override
        returns (bytes memory)
    {
        if (choice % 2 == 0) return super._call(target, story, choice / 2, q, step);
        q = _played(story, q);
        if (choice % 4 == 1) return _forfeit(target, story, q);
        return _signature(target, story, q, step % (story.plays[q].leaves.length - 1));
    }
}
