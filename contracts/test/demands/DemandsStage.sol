// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {
    DefenceHash,
    DefenceId,
    DemandHash,
    DemandId,
    DemandedHash,
    MatchId,
    Node,
    TraceRoot,
    TrialId
} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {ICourt} from "../../src/interfaces/ICourt.sol";
import {IDemands} from "../../src/interfaces/IDemands.sol";
import {ITrials} from "../../src/interfaces/ITrials.sol";
import {Bytes} from "../../src/libraries/Bytes.sol";
import {Vm} from "../Vm.sol";
import {Stage} from "../arena/Stage.sol";
import {Grove, Wood} from "./Grove.sol";

/// @notice All that the demands contract is called for, its part for trials included, and what it keeps.
interface IWholeDemands is IDemands, ITrials {
    function digestOf(DemandId id) external view returns (DemandHash);
    function defencesOf(TrialId trialId) external view returns (uint256);
    function defenceOf(DefenceId id) external view returns (DefenceHash);
}

/// @notice What an asserter committed to: all of it, by subject (entries, matches, ranks, trace).
struct Story {
    bytes[][4] leaves;
    Wood[4] woods;
    bytes[] states;
    MatchId matchId;
}

/// @title An arena with a demands contract, a round of two entries with six matches, and assertions with everything
/// that is under them.
/// @dev Match 1 was played and has a trace; the others are walkovers, for this stage does not care who won. What a
/// demand's state becomes is computed here once more, by the words of SPEC 9.7.
abstract contract DemandsStage is Stage {
    using Grove for Wood;

    /// @dev Forge prints events of this name.
    event log_named_uint(string key, uint256 val);

    address internal constant WATCHER = address(0x3a7c);
    address internal constant ANSWERER = address(0xa459);
    uint32 internal constant PLAYED = 1;
    uint128 internal constant DEMAND_BOND = 11;
    uint256 internal constant WINDOW = 20;
    uint256 internal constant MOVE = 2;
    uint256 internal constant SPARE = 14;
    uint256 internal constant BOUND = 56;

    IWholeDemands internal demands;
    uint32 internal round;

    function setUp() public virtual override {
        super.setUp();
        _register(0, 1);
        _register(1, 1);
        round = _play();
        _deposit(WATCHER, 1_000_000);
        _deposit(ANSWERER, 1);
    }

    function _demands() internal override returns (address) {
        demands = IWholeDemands(vm.deployCode(vm.envOr("NETS_DEMANDS", "Demands.sol:Demands"), _image()));
        return address(demands);
    }

    /// @dev The image that trials are about, as the constructor takes it; demands never look at it.
    function _image() internal view virtual returns (bytes memory) {
        return abi.encode(uint32(0), bytes32(0), bytes32(0));
    }

    // Stories

    /// @dev A story in which match 1 has a trace of so many leaves, the last its end.
    function _tell(uint256 traceLeaves) internal pure returns (Story memory story) {
        story.matchId = MatchId.wrap(keccak256("match"));
        story.states = new bytes[](traceLeaves);
        bytes[] memory trace = new bytes[](traceLeaves);
        for (uint32 step = 0; step < traceLeaves; ++step) {
            story.states[step] = abi.encodePacked(keccak256(abi.encode(step)), uint8(step));
            bytes32 state = sha256(bytes.concat(hex"03", story.states[step]));
            trace[step] = step + 1 < traceLeaves
                ? abi.encodePacked(hex"0000", Bytes.swap32(step), uint8(1), state, Bytes.swap64(step % 4))
                : abi.encodePacked(hex"0001", Bytes.swap32(step), hex"000001", state, new bytes(16));
        }
        _setTrace(story, trace);
        for (uint256 tree = 0; tree <= 2; tree += 2) {
            story.leaves[tree] = new bytes[](2);
            for (uint256 i = 0; i < 2; ++i) {
                story.leaves[tree][i] = abi.encodePacked(hex"0003", tree, i);
            }
            story.woods[tree] = Grove.grow(story.leaves[tree]);
        }
    }

    function _setTrace(Story memory story, bytes[] memory trace) internal pure {
        story.leaves[3] = trace;
        story.woods[3] = Grove.grow(trace);
        _setTraceRoot(story, TraceRoot.wrap(sha256(_tracePreimage(story))));
    }

    function _setTraceRoot(Story memory story, TraceRoot root) internal pure {
        story.leaves[1] = new bytes[](6);
        for (uint32 q = 0; q < 6; ++q) {
            bool played = q == PLAYED;
            uint32 steps = played ? uint32(story.leaves[3].length) - 1 : 0;
            bytes memory head = abi.encodePacked(hex"0004", uint8(played ? 0 : 1), played ? root : TraceRoot.wrap(0));
            story.leaves[1][q] = abi.encodePacked(head, Bytes.swap32(steps), uint8(1), uint64(q), uint64(0));
        }
        story.woods[1] = Grove.grow(story.leaves[1]);
    }

    function _tracePreimage(Story memory story) internal pure returns (bytes memory) {
        uint32 count = uint32(story.leaves[3].length);
        return abi.encodePacked(uint8(0x02), story.matchId, Bytes.swap32(count), story.woods[3].rootOf());
    }

    function _assertStory(Story memory story) internal returns (ICourt.Target memory target) {
        _deposit(ASSERTER, 61);
        (Node entries, Node matches) = (story.woods[0].rootOf(), story.woods[1].rootOf());
        vm.prank(ASSERTER);
        uint32 assertion = arena.assertResult(league, round, 2, entries, matches, story.woods[2].rootOf());
        return ICourt.Target(arena, league, round, assertion);
    }

    // What demands are opened with

    function _nodeProof(Story memory story, uint256 subject, uint256 height, uint256 position)
        internal
        pure
        returns (ICourt.NodeProof memory)
    {
        Wood memory wood = story.woods[subject];
        Node[] memory path = wood.pathOf(height, position, wood.topOf());
        return ICourt.NodeProof(uint8(height), uint64(position), wood.nodeOf(height, position), path);
    }

    function _leafProof(Story memory story, uint256 subject, uint256 index)
        internal
        pure
        returns (ICourt.Proof memory)
    {
        Wood memory wood = story.woods[subject];
        return ICourt.Proof(uint32(index), story.leaves[subject][index], wood.pathOf(0, index, wood.topOf()));
    }

    function _trace(Story memory story) internal pure returns (ICourt.Trace memory) {
        return ICourt.Trace(story.matchId, uint32(story.leaves[3].length), story.woods[3].rootOf());
    }

    /// @dev The call that demands a node, a trace root (subject 4) or a state (subject 5, of the leaf `position`).
    function _demandCall(
        ICourt.Target memory target,
        Story memory story,
        uint256 subject,
        uint256 height,
        uint256 position
    ) internal view returns (bytes memory) {
        if (subject < 3) {
            ICourt.NodeProof memory proof = _nodeProof(story, subject, height, position);
            return abi.encodeCall(demands.demandNode, (target, ICourt.RoundTree(uint8(subject)), proof));
        }
        ICourt.Proof memory matchProof = _leafProof(story, 1, PLAYED);
        if (subject == 3) {
            ICourt.NodeProof memory node = _nodeProof(story, 3, height, position);
            return abi.encodeCall(demands.demandTraceNode, (target, matchProof, _trace(story), node));
        }
        if (subject == 4) return abi.encodeCall(demands.demandTraceRoot, (target, matchProof));
        ICourt.Proof memory leaf = _leafProof(story, 3, position);
        return abi.encodeCall(demands.demandState, (target, matchProof, _trace(story), leaf));
    }

    /// @dev The state in which a demand opens.
    function _opened(ICourt.Target memory target, Story memory story, uint256 subject, uint256 height, uint256 position)
        internal
        view
        returns (IDemands.Demand memory demand)
    {
        (demand.arena, demand.league) = (target.arena, target.league);
        (demand.round, demand.assertion) = (target.round, target.assertion);
        demand.demander = WATCHER;
        demand.subject = IDemands.Subject(uint8(subject));
        if (subject >= 3) demand.matchIndex = PLAYED;
        demand.position = uint64(position);
        demand.bonds = 1;
        if (subject < 4) {
            demand.leafCount = uint32(story.leaves[subject].length);
            demand.height = uint8(height);
            demand.node = _demanded(story.woods[subject].nodeOf(height, position));
            if (height > 5) demand.bonds = uint8((height + 4) / 5);
        } else if (subject == 4) {
            demand.node = DemandedHash.wrap(sha256(_tracePreimage(story)));
        } else {
            demand.node = DemandedHash.wrap(sha256(bytes.concat(hex"03", story.states[position])));
        }
        demand.movedAt = uint64(vm.getBlockNumber());
        demand.moveBlocks = uint32(MOVE);
        (demand.demanderLeft, demand.answererLeft) = (uint32(SPARE), uint32(SPARE));
    }

    function _demand(ICourt.Target memory target, Story memory story, uint256 subject, uint256 height, uint256 position)
        internal
        returns (DemandId id, IDemands.Demand memory demand)
    {
        bytes memory input = _demandCall(target, story, subject, height, position);
        vm.prank(WATCHER);
        id = abi.decode(_do(input), (DemandId));
        demand = _opened(target, story, subject, height, position);
        checkEqual(
            DemandId.unwrap(id), DemandId.unwrap(_idOf(demand)), "a demand's id is the digest of its first state"
        );
        _checkCurrent(id, demand);
    }

    // What demands are answered with

    /// @dev The honest answer to a demand.
    function _answerCall(DemandId id, IDemands.Demand memory demand, Story memory story)
        internal
        view
        returns (bytes memory)
    {
        uint256 subject = uint256(demand.subject);
        if (subject == 4) {
            return abi.encodeCall(demands.answerPreimage, (id, demand, _withoutTag(_tracePreimage(story))));
        }
        if (subject == 5) return abi.encodeCall(demands.answerPreimage, (id, demand, story.states[demand.position]));
        if (demand.height > 5) {
            Node[] memory nodes = story.woods[subject].below(demand.height, demand.position, 5);
            return abi.encodeCall(demands.answerNodes, (id, demand, nodes));
        }
        return abi.encodeCall(demands.answerLeaves, (id, demand, _leavesUnder(demand, story)));
    }

    function _leavesUnder(IDemands.Demand memory demand, Story memory story) internal pure returns (bytes memory all) {
        bytes[] memory leaves = story.leaves[uint256(demand.subject)];
        uint256 first = uint256(demand.position) << demand.height;
        for (uint256 i = first; i < leaves.length && i < first + (1 << demand.height); ++i) {
            all = abi.encodePacked(all, Bytes.swap16(uint16(leaves[i].length)), leaves[i]);
        }
    }

    /// @dev Answers honestly; the state after it, or that of a demand that is over.
    function _answer(DemandId id, IDemands.Demand memory demand, Story memory story)
        internal
        returns (IDemands.Demand memory next)
    {
        bytes memory input = _answerCall(id, demand, story);
        vm.prank(ANSWERER);
        _do(input);
        next = _copy(demand);
        if (demand.height <= 5) {
            checkEqual(demands.digestOf(id), 0, "the demand is over");
            return next;
        }
        next.answerer = ANSWERER;
        next.bonds -= 1;
        next.movedAt = uint64(vm.getBlockNumber());
        next.answererLeft = _left(demand.movedAt, demand.answererLeft);
        _checkCurrent(id, next);
    }

    function _pickCall(DemandId id, IDemands.Demand memory demand, Story memory story, uint256 position)
        internal
        view
        returns (bytes memory)
    {
        Wood memory wood = story.woods[uint256(demand.subject)];
        uint256 height = demand.height - 5;
        Node[] memory path = wood.pathOf(height, position, demand.height);
        return abi.encodeCall(demands.pick, (id, demand, uint64(position), wood.nodeOf(height, position), path));
    }

    function _pick(DemandId id, IDemands.Demand memory demand, Story memory story, uint256 position)
        internal
        returns (IDemands.Demand memory next)
    {
        bytes memory input = _pickCall(id, demand, story, position);
        vm.prank(WATCHER);
        _do(input);
        next = _copy(demand);
        next.answerer = address(0);
        next.height -= 5;
        next.position = uint64(position);
        next.node = _demanded(story.woods[uint256(demand.subject)].nodeOf(next.height, position));
        next.movedAt = uint64(vm.getBlockNumber());
        next.demanderLeft = _left(demand.movedAt, demand.demanderLeft);
        _checkCurrent(id, next);
    }

    // Checks

    /// @dev What a side has left that moves now: what it took beyond the time of a move is gone.
    function _left(uint256 movedAt, uint32 left) internal view returns (uint32) {
        uint256 taken = vm.getBlockNumber() - movedAt;
        return taken <= MOVE ? left : left - uint32(taken - MOVE);
    }

    /// @dev The id of a demand that is in its first state.
    function _idOf(IDemands.Demand memory demand) internal pure returns (DemandId) {
        return DemandId.wrap(DemandHash.unwrap(_digest(demand)));
    }

    function _digest(IDemands.Demand memory demand) internal pure returns (DemandHash) {
        return DemandHash.wrap(sha256(bytes.concat(hex"0e", abi.encode(demand))));
    }

    function _demanded(Node node) internal pure returns (DemandedHash) {
        return DemandedHash.wrap(Node.unwrap(node));
    }

    function _checkCurrent(DemandId id, IDemands.Demand memory demand) internal view {
        bytes32 expected = DemandHash.unwrap(_digest(demand));
        checkEqual(demands.digestOf(id), expected, "the demand is in this state");
    }

    function _status(ICourt.Target memory target) internal view returns (IArenaTypes.AssertionStatus) {
        return arena.assertionOf(league, round, target.assertion).status;
    }

    function _openDemands(ICourt.Target memory target) internal view returns (uint256) {
        return arena.assertionOf(league, round, target.assertion).openDemands;
    }

    function _withoutTag(bytes memory tagged) internal pure returns (bytes memory bare) {
        bare = new bytes(tagged.length - 1);
        for (uint256 i = 0; i < bare.length; ++i) {
            bare[i] = tagged[i + 1];
        }
    }

    function _copy(IDemands.Demand memory demand) internal pure returns (IDemands.Demand memory) {
        return abi.decode(abi.encode(demand), (IDemands.Demand));
    }

    /// @dev A call of the demands contract that must succeed; by whom, the test has said before.
    function _do(bytes memory input) internal returns (bytes memory) {
        (bool done, bytes memory output) = address(demands).call(input);
        if (!done) revert NotRefused("the call must succeed", output, 0);
        return output;
    }

    function _refused(address caller, bytes memory input, bytes4 expected, string memory rule) internal {
        vm.prank(caller);
        checkRefused(address(demands), input, expected, rule);
    }

    /// @dev Makes a call that must succeed; what it used as a transaction, less refunds, in gas.
    function _measure(string memory move, address caller, bytes memory input) internal returns (uint256 used) {
        vm.prank(caller);
        (bool done,) = address(demands).call(input);
        check(done, move);
        Vm.Gas memory spent = vm.lastCallGas();
        used = spent.gasTotalUsed - uint64(spent.gasRefunded);
        emit log_named_uint(move, used);
    }
}
