// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, StateHash, TraceRoot} from "../../src/interfaces/HashTypes.sol";
import {EndLeaf, EntryLeaf, Leaves, MatchLeaf, RankLeaf, StepLeaf} from "../../src/libraries/Leaves.sol";
import {Check} from "../court/Check.sol";

contract LeavesTest is Check {
    bytes32 private constant HASH = bytes32(uint256(0x1234));

    function entry(bytes calldata leaf) external pure returns (bool, EntryLeaf memory) {
        return (Leaves.isEntry(leaf), Leaves.entry(leaf));
    }

    function rank(bytes calldata leaf) external pure returns (bool, RankLeaf memory) {
        return (Leaves.isRank(leaf), Leaves.rank(leaf));
    }

    function matchOf(bytes calldata leaf, uint256 seats) external pure returns (bool, MatchLeaf memory) {
        return (Leaves.isMatch(leaf, seats), Leaves.matchOf(leaf, seats));
    }

    function stepOf(bytes calldata leaf, uint256 seats, uint256 step) external pure returns (bool, StepLeaf memory) {
        uint256 kinds = Leaves.PERFECT_STEPS;
        return (Leaves.isStep(leaf, seats, step, kinds), Leaves.stepOf(leaf, seats, step, kinds));
    }

    function endOf(bytes calldata leaf, uint256 seats, uint256 steps) external pure returns (bool, EndLeaf memory) {
        return (Leaves.isEnd(leaf, seats, steps), Leaves.endOf(leaf, seats, steps));
    }

    function signedStepOf(bytes calldata leaf, uint256 step)
        external
        pure
        returns (StepLeaf memory, bytes memory first, bytes memory second)
    {
        return (
            Leaves.stepOf(leaf, 2, step, Leaves.SIGNED_STEPS),
            Leaves.signatureOf(leaf, 0, 2),
            Leaves.signatureOf(leaf, 1, 2)
        );
    }

    function stateHashOf(bytes calldata leaf) external pure returns (StateHash) {
        return Leaves.stateHashOf(leaf);
    }

    function areLeaves(bytes calldata leaf, uint8 seats, uint32 step) external pure returns (bool[7] memory) {
        return [
            Leaves.isEntry(leaf),
            Leaves.isRank(leaf),
            Leaves.isMatch(leaf, seats),
            Leaves.isStep(leaf, seats, step, Leaves.PERFECT_STEPS),
            Leaves.isStep(leaf, seats, step, Leaves.UNKNOWN_STEPS),
            Leaves.isEnd(leaf, seats, step),
            Leaves.isStep(leaf, seats, step, Leaves.SIGNED_STEPS)
        ];
    }

    function test_entry_readsEveryField() external view {
        bytes memory leaf = abi.encodePacked(hex"000302010000", HASH, hex"feffffffffffffff", hex"05000000");
        (, EntryLeaf memory read) = this.entry(leaf);
        checkEqual(read.member, 0x0102, "member");
        checkEqual(read.agentId, AgentId.wrap(HASH), "agent");
        check(read.total == -2, "total");
        checkEqual(read.disqualifiedAt, 5, "disqualified at");
    }

    function test_rank_readsEveryField() external view {
        (, RankLeaf memory read) = this.rank(hex"000507000000000000000000008001");
        checkEqual(read.entry, 7, "entry");
        check(read.total == type(int64).min, "total");
        check(read.disqualified, "disqualified");
    }

    function test_matchOf_readsEveryField() external view {
        (, MatchLeaf memory read) = this.matchOf(_played(), 2);
        checkEqual(read.status, Leaves.PLAYED, "status");
        checkEqual(TraceRoot.unwrap(read.traceRoot), HASH, "trace root");
        checkEqual(read.stepCount, 9, "steps");
        check(read.seats[0].score == 1 && read.seats[0].runningTotal == 2, "seat 0");
        check(read.seats[1].score == -1 && read.seats[1].runningTotal == 5, "seat 1");
    }

    function test_stepOf_readsEveryField() external view {
        bytes memory leaf = abi.encodePacked(hex"00000900000003", HASH, hex"0100000000000000", hex"0200000000000000");
        (, StepLeaf memory read) = this.stepOf(leaf, 2, 9);
        checkEqual(read.acting, 3, "acting");
        checkEqual(read.stateHash, StateHash.wrap(HASH), "state");
        checkEqual(read.actions.length, 2, "actions");
        check(read.actions[0] == 1 && read.actions[1] == 2, "actions");
    }

    function test_endOf_readsEveryField() external view {
        bytes memory leaf = abi.encodePacked(hex"000109000000020101", HASH, hex"ffffffffffffffff", uint64(0));
        (, EndLeaf memory read) = this.endOf(leaf, 1, 9);
        checkEqual(read.termination, Leaves.FORFEIT, "termination");
        checkEqual(read.forfeits, 1, "forfeits");
        checkEqual(read.stateHash, StateHash.wrap(HASH), "state");
        check(read.scores.length == 1 && read.scores[0] == -1, "scores");
    }

    function test_entry_refusesOtherLengthsAndKinds() external {
        bytes memory leaf = abi.encodePacked(hex"000302010000", HASH, uint64(0), uint32(0));
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory other = bytes.concat(leaf);
            other[i] = 0x09;
            _checkMalformed(abi.encodeCall(this.entry, (other)));
        }
        _checkMalformed(abi.encodeCall(this.entry, (bytes.concat(leaf, hex"00"))));
        _checkMalformed(abi.encodeCall(this.entry, ("")));
    }

    function test_rank_refusesAThirdFlag() external {
        _checkMalformed(abi.encodeCall(this.rank, (hex"000507000000000000000000008002")));
    }

    function test_matchOf_refusesTracesWhereNothingWasPlayed() external {
        bytes memory leaf = _played();
        for (uint8 status = 1; status < 5; ++status) {
            leaf[2] = bytes1(status);
            _checkMalformed(abi.encodeCall(this.matchOf, (leaf, 2)));
        }
        bytes memory bare = _withoutTrace(2, 0);
        (bool whole,) = this.matchOf(bare, 2);
        check(whole, "a bye has no trace");
        _checkMalformed(abi.encodeCall(this.matchOf, (_withoutTrace(2, 1), 2)));
        _checkMalformed(abi.encodeCall(this.matchOf, (_withoutTrace(0, 0), 2)));
        _checkMalformed(abi.encodeCall(this.matchOf, (bare, 1)));
    }

    function test_stepOf_refusesOtherSeatsAndSteps() external {
        bytes memory leaf = abi.encodePacked(hex"00000900000001", HASH, uint64(0));
        this.stepOf(leaf, 1, 9);
        _checkMalformed(abi.encodeCall(this.stepOf, (leaf, 1, 8)));
        leaf[6] = 0x02;
        this.stepOf(leaf, 2, 9);
        _checkMalformed(abi.encodeCall(this.stepOf, (leaf, 1, 9)));
        leaf[6] = 0x00;
        _checkMalformed(abi.encodeCall(this.stepOf, (leaf, 1, 9)));
        leaf[6] = 0x03;
        _checkMalformed(abi.encodeCall(this.stepOf, (leaf, 2, 9)));
    }

    function test_isStep_takesPrivateStepsOnlyWhereTheSystemIsUnknown() external view {
        bytes memory leaf = abi.encodePacked(hex"00020900000001", HASH, HASH, uint64(0));
        bool[7] memory kinds = this.areLeaves(leaf, 1, 9);
        check(!kinds[3] && kinds[4] && !kinds[6], "private information");
    }

    function test_signedSteps_haveASignatureForEachSeat() external {
        bytes memory first = bytes.concat(HASH, HASH, hex"1b");
        bytes memory second = bytes.concat(HASH, bytes32(0), hex"1c");
        bytes memory leaf =
            abi.encodePacked(hex"00060900000003", HASH, hex"0100000000000000", hex"0200000000000000", first, second);
        bool[7] memory kinds = this.areLeaves(leaf, 2, 9);
        check(kinds[6] && !kinds[3] && !kinds[4], "only where actions are signed");
        (StepLeaf memory read, bytes memory firstRead, bytes memory secondRead) = this.signedStepOf(leaf, 9);
        check(read.actions[0] == 1 && read.actions[1] == 2, "actions");
        checkEqual(firstRead, first, "signature of seat 0");
        checkEqual(secondRead, second, "signature of seat 1");
        _checkMalformed(abi.encodeCall(this.signedStepOf, (bytes.concat(leaf, hex"00"), 9)));
        leaf[6] = 0x01;
        _checkMalformed(abi.encodeCall(this.signedStepOf, (leaf, 9)));
    }

    function test_stateHashOf_readsLeavesOfTracesOnly() external {
        for (uint8 kind = 0; kind < 9; ++kind) {
            bytes memory leaf = abi.encodePacked(hex"00", kind, new bytes(kind == 1 ? 7 : 5), HASH);
            if (kind < 3 || kind == 6) checkEqual(this.stateHashOf(leaf), StateHash.wrap(HASH), "state hash");
            else _checkMalformed(abi.encodeCall(this.stateHashOf, (leaf)));
        }
    }

    function test_endOf_refusesOtherTerminations() external {
        bytes2[5] memory terminations = [bytes2(0x0001), 0x0101, 0x0200, 0x0202, 0x0300];
        for (uint256 i = 0; i < terminations.length; ++i) {
            bytes memory leaf =
                abi.encodePacked(hex"000109000000", terminations[i], hex"01", HASH, uint64(0), uint64(0));
            _checkMalformed(abi.encodeCall(this.endOf, (leaf, 1, 9)));
        }
        bytes memory finished = abi.encodePacked(hex"000109000000000001", HASH, uint64(0), uint64(0));
        this.endOf(finished, 1, 9);
        _checkMalformed(abi.encodeCall(this.endOf, (finished, 1, 8)));
        _checkMalformed(abi.encodeCall(this.endOf, (finished, 2, 9)));
    }

    function testFuzz_is_neverRevertsAndNoBytesAreTwoKinds(bytes calldata leaf, uint8 seats, uint32 step)
        external
        view
    {
        uint256 kinds = 0;
        bool[7] memory found = this.areLeaves(leaf, 1 + seats % 2, step);
        for (uint256 i = 0; i < 7; ++i) {
            if (i != 3 && found[i]) ++kinds;
        }
        check(kinds < 2, "one kind at most");
    }

    function _played() private pure returns (bytes memory) {
        bytes memory seat0 = abi.encodePacked(hex"0100000000000000", hex"0200000000000000");
        bytes memory seat1 = abi.encodePacked(hex"ffffffffffffffff", hex"0500000000000000");
        return abi.encodePacked(hex"000400", HASH, hex"0900000002", seat0, seat1);
    }

    function _withoutTrace(uint8 status, uint8 steps) private pure returns (bytes memory) {
        return abi.encodePacked(hex"0004", status, bytes32(0), steps, hex"00000002", new bytes(32));
    }

    function _checkMalformed(bytes memory input) private {
        checkRefused(address(this), input, Leaves.MalformedLeaf.selector, "malformed");
    }
}
