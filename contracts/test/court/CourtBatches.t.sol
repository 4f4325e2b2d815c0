// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, CodeHash, Node, SigningDigest} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {Schedule} from "../../src/libraries/Schedule.sol";
import {Forest} from "./Forest.sol";
import {SignatureCalls} from "./CourtSignatures.t.sol";
import {CourtStage} from "./CourtStage.sol";
import {ConnectFourRound} from "./Rounds.sol";
import {SignedConnectFourRound} from "./SignedRounds.sol";
import {Story, Tale} from "./Tale.sol";

/// @dev A round in which members 0 to 2 registered alone and 3 to 5 came with a batch.
abstract contract BatchedRound is ConnectFourRound {
    address private constant SPONSOR = address(0x590502);
    uint256 internal constant ALONE = 3;

    bytes[] private leaves;

    function _owners() internal view virtual override returns (uint256[] memory owners) {
        owners = new uint256[](6);
        owners[2] = 1;
        // Agents of a batch ascend: each owner is one whose agent is in the next third of all.
        for (uint32 i = 0; i < 3; ++i) {
            uint256 owner = 10 * (i + 1);
            while (uint8(AgentId.unwrap(_agent(_owner(owner), uint32(ALONE) + i))[0]) / 86 != i) {
                ++owner;
            }
            owners[ALONE + i] = owner;
        }
    }

    function _enterAll(uint256[] memory owners) internal virtual override {
        for (uint256 member = 0; member < ALONE; ++member) {
            _register(owners[member], member);
        }
        for (uint256 member = ALONE; member < owners.length; ++member) {
            leaves.push(_registration(owners[member], _codeHash(member)));
        }
        Node root = Forest.rootOf(Forest.hashes(leaves));
        _deposit(SPONSOR, 3 * 100 + BOND);
        vm.prank(SPONSOR);
        arena.proposeBatch(league, root, 3, 1);
        vm.roll(vm.getBlockNumber() + 21);
        arena.acceptBatch(league, 0);
    }

    function _registration(uint256 owner, CodeHash codeHash) private view returns (bytes memory) {
        bytes memory domain = abi.encode(
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
            keccak256("nets"),
            keccak256("1"),
            block.chainid,
            address(arena)
        );
        bytes memory registration = abi.encode(
            keccak256("Registration(uint64 league,address sponsor,uint64 nonce,bytes32 codeHash)"),
            league,
            SPONSOR,
            0,
            codeHash
        );
        bytes32 digest = keccak256(bytes.concat(hex"1901", keccak256(domain), keccak256(registration)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(1000 + owner, SigningDigest.wrap(digest));
        return abi.encodePacked(hex"0007", _owner(owner), codeHash, r, s, v);
    }

    function _enroll(uint32 member) internal {
        Node[] memory path = Forest.pathOf(Forest.hashes(leaves), 0, member - ALONE);
        arena.enroll(league, member, IArenaTypes.Proof(leaves[member - ALONE], path));
    }

    /// @dev The first match of these two entries that neither of them loses by a lie.
    function _between(uint256 one, uint256 other) internal view returns (uint256 q) {
        for (;; ++q) {
            uint256[] memory seated = Tale.seatedIn(round.plan, q);
            bool meets = seated[0] == one && seated[1] == other;
            if (meets || (seated[0] == other && seated[1] == one)) return q;
        }
    }
}

/// @dev Member 3, entry 2, is enrolled and lies, the others of the batch are not.
contract CourtBatchesTest is BatchedRound {
    function _postClaims(Story memory story) internal override {
        _enroll(3);
        int64[] memory scores = _scoresOf(story, 2);
        scores[2] += 1;
        _claim(2, 1, scores);
    }

    function _badEntry(Story memory story, uint256 entry) private returns (bytes memory) {
        ICourt.Target memory target = _assert(story);
        return abi.encodeCall(court.badEntry, (target, _proof(story.entries, entry)));
    }

    function test_badEntry_knowsTheAgentOfAMemberOnceItIsEnrolled() external {
        Story memory story = Tale.tell(round);
        _checkUnproven(_badEntry(story, 4), IArenaTypes.NotEnrolled.selector, "nobody knows its agent yet");
        _flip(story.entries, 4, 6, 0x01);
        bytes memory input = _badEntry(story, 4);
        _checkUnproven(input, IArenaTypes.NotEnrolled.selector, "nor that it is another");
        _enroll(5);
        _checkRefuted(input, "another agent than its registration's");
        _checkUnproven(_badEntry(Tale.tell(round), 4), ICourt.NothingWrong.selector, "honest");
    }

    function test_badEntry_killsEntriesThatCameTooLateInWhateverBatch() external {
        Story memory story = Tale.tell(round);
        _flip(story.entries, 4, 2, 0x05 ^ 0x06);
        _checkRefuted(_badEntry(story, 4), "member 6 registered after the round had opened");
    }

    function test_missingEntry_knowsWhoIsActiveInABatch() external {
        Story memory story = Tale.tell(round);
        bytes[] memory fewer = new bytes[](4);
        for (uint256 i = 0; i < 4; ++i) {
            fewer[i] = story.entries[i];
        }
        story.entries = fewer;
        ICourt.Target memory target = _assert(story);
        bytes memory input = abi.encodeCall(court.missingEntry, (target, 5, _proofs(fewer, 3)));
        _checkRefuted(input, "the last of the batch is left out");
    }

    /// @dev Nobody's owner is known to be nobody, so two of them are not of one owner.
    function test_badStatus_knowsOwnersOnceTheyAreEnrolled() external {
        Story memory story = Tale.tell(round);
        uint256 q = _between(3, 4);
        checkEqual(uint8(story.matches[q][STATUS]), 0, "it is played");
        _checkUnproven(_badStatus(story, q), IArenaTypes.NotEnrolled.selector, "honest");
        story.matches[q] = _sameOwner();
        bytes memory input = _badStatus(story, q);
        _checkUnproven(input, IArenaTypes.NotEnrolled.selector, "whose they are is not known");
        _enroll(4);
        _checkUnproven(input, IArenaTypes.NotEnrolled.selector, "of one of them it is");
        _enroll(5);
        _checkRefuted(input, "two owners");
        _checkUnproven(_badStatus(Tale.tell(round), q), ICourt.NothingWrong.selector, "honest");
    }

    function test_badStatus_needsNobodyEnrolledForAByeOfOne() external {
        Story memory story = Tale.tell(round);
        uint256 q = 0;
        while (uint8(story.matches[q][STATUS]) != 2) {
            ++q;
        }
        _checkUnproven(_badStatus(story, q), ICourt.NothingWrong.selector, "honest");
    }

    function test_badDisqualification_isTheSameForThoseOfABatch() external {
        Story memory story = Tale.tell(round);
        uint256 q = _disqualifiedAt(story, 2);
        _checkUnproven(_disqualification(story, 2, q), ICourt.NothingWrong.selector, "honest");
        _setDisqualifiedAt(story, 2, Tale.NEVER);
        _checkRefuted(_disqualification(story, 2, q), "spared");
    }

    function _badStatus(Story memory story, uint256 q) private returns (bytes memory) {
        ICourt.Target memory target = _assert(story);
        uint256[] memory seated = Tale.seatedIn(round.plan, q);
        uint256 count = 0;
        for (uint256 seat = 0; seat < 2; ++seat) {
            if (seated[seat] != Schedule.EMPTY) ++count;
        }
        ICourt.Proof[] memory seats = new ICourt.Proof[](count);
        uint256 used = 0;
        for (uint256 seat = 0; seat < 2; ++seat) {
            if (seated[seat] != Schedule.EMPTY) seats[used++] = _proof(story.entries, seated[seat]);
        }
        return abi.encodeCall(court.badStatus, (target, _proof(story.matches, q), seats));
    }

    function _sameOwner() private pure returns (bytes memory) {
        return abi.encodePacked(hex"000403", bytes32(0), uint32(0), uint8(2), bytes32(0));
    }
}

/// @dev The same round, signed; nobody of the batch is enrolled.
contract CourtSignedBatchesTest is BatchedRound, SignedConnectFourRound, SignatureCalls {
    function _owners() internal view override(BatchedRound, ConnectFourRound, CourtStage) returns (uint256[] memory) {
        return BatchedRound._owners();
    }

    function _enterAll(uint256[] memory owners) internal override(BatchedRound, CourtStage) {
        BatchedRound._enterAll(owners);
    }

    function _clockBlocks() internal view override(CourtStage, SignedConnectFourRound) returns (uint32) {
        return SignedConnectFourRound._clockBlocks();
    }

    function _postClaims(Story memory story) internal override(CourtStage, ConnectFourRound, SignedConnectFourRound) {
        SignedConnectFourRound._postClaims(story);
    }

    /// @dev Whose key it should be nobody knows before, and an honest signature must not be taken for another's.
    function test_badSignature_knowsWhoseKeyItIsOnceTheMemberIsEnrolled() external {
        Story memory story = Tale.tell(round);
        uint256 q = _between(3, 4);
        uint256 first = Tale.seatedIn(round.plan, q)[0];
        bytes memory honest = _signature(_assert(story), story, q, 0);
        _checkUnproven(honest, IArenaTypes.NotEnrolled.selector, "honest");

        bytes memory leaf = bytes.concat(story.plays[q].leaves[0]);
        _setSignature(leaf, Tale.sign(round, round.keys[Tale.seatedIn(round.plan, q)[1]], q, 0, leaf));
        story.plays[q].leaves[0] = leaf;
        _retrace(story, q);
        bytes memory forged = _signature(_assert(story), story, q, 0);
        _checkUnproven(forged, IArenaTypes.NotEnrolled.selector, "the opponent's");

        _enroll(round.members[first]);
        _checkUnproven(honest, ICourt.NothingWrong.selector, "honest still");
        _checkRefuted(forged, "the opponent's");
    }

    function test_badSignature_killsMissingOnesWhoeverIsEnrolled() external {
        Story memory story = Tale.tell(round);
        uint256 q = _between(3, 4);
        bytes memory leaf = bytes.concat(story.plays[q].leaves[0]);
        _setSignature(leaf, new bytes(65));
        story.plays[q].leaves[0] = leaf;
        _retrace(story, q);
        _checkRefuted(_signature(_assert(story), story, q, 0), "nobody signed");
    }
}
