// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, ClockId, StateHash} from "../../src/interfaces/HashTypes.sol";
import {IArenaTypes} from "../../src/interfaces/IArenaTypes.sol";
import {IClocks} from "../../src/interfaces/IClocks.sol";
import {CourtStage} from "./CourtStage.sol";
import {ConnectFourRound} from "./Rounds.sol";
import {SignedConnectFourRound, SignedSnakeRound, SignedStage} from "./SignedRounds.sol";
import {Play, Story, Tale} from "./Tale.sol";

/// @title Clocks of matches, in the block in which the seed of their round was drawn.
abstract contract ClocksStage is SignedStage {
    uint8 internal constant NOBODY = 255;

    uint256 internal q;
    uint256 internal seeded;
    Story internal story;

    /// @dev The first match that was played to its end in `steps` steps at least, and has no clocks yet.
    function _start(uint256 steps) internal {
        seeded = arena.roundOf(league, 0).seededAt;
        vm.roll(seeded);
        Story memory told = Tale.tell(round);
        while (!_isFinished(told.plays[q].leaves, steps)) {
            ++q;
        }
        story.plays.push(told.plays[q]);
    }

    function _isFinished(bytes[] memory leaves, uint256 steps) private pure returns (bool) {
        return leaves.length > steps && uint8(leaves[leaves.length - 1][6]) != 2;
    }

    function _play() internal view returns (Play memory) {
        return story.plays[0];
    }

    function _steps() internal view returns (uint256) {
        return _play().leaves.length - 1;
    }

    /// @dev Brings the position after `to` steps, by the plays from step `from` on.
    function _advance(uint256 from, uint256 to) internal {
        bytes memory state = from == 0 ? bytes("") : _play().states[from];
        clocks.advance(_matchOf(q), state, _playsOf(_play(), from, to));
    }

    function _checkRefused(uint256 from, uint256 to, bytes memory reason) internal {
        IClocks.Match memory played = _matchOf(q);
        bytes memory state = from == 0 ? bytes("") : _play().states[from];
        IClocks.Play[] memory plays = _playsOf(_play(), from, to);
        vm.expectRevert(reason);
        clocks.advance(played, state, plays);
    }

    function _position() internal view returns (IClocks.Position memory) {
        return clocks.positionOf(clocks.idOf(arena, league, 0, uint32(q), _matchOf(q).agents));
    }

    function _flag() internal view returns (IClocks.Flag memory) {
        return clocks.flagOf(arena, league, 0, uint32(q), _matchOf(q).agents);
    }

    /// @dev The action of a step is replaced, and signed by who is to move.
    function _replaced(uint256 step, uint64 action) internal view returns (IClocks.Play memory) {
        bytes memory leaf = bytes.concat(_play().leaves[step]);
        leaf[39] = bytes1(uint8(action));
        uint8 seat = uint8(leaf[6]) - 1;
        uint256 key = round.keys[Tale.seatedIn(round.plan, q)[seat]];
        return IClocks.Play(action, Tale.sign(round, key, q, seat, leaf));
    }
}

contract ClocksTest is ClocksStage, SignedConnectFourRound {
    function _clockBlocks() internal view override(SignedConnectFourRound, CourtStage) returns (uint32) {
        return SignedConnectFourRound._clockBlocks();
    }

    function _postClaims(Story memory told) internal override(SignedConnectFourRound, CourtStage) {
        SignedConnectFourRound._postClaims(told);
    }

    function setUp() public override {
        super.setUp();
        _start(8);
    }

    function test_advance_startsTheClockOfWhoIsToMove() external {
        IClocks.Position memory position = _position();
        checkEqual(position.since, 0, "nothing was brought");
        check(!_flag().fallen, "and no flag fell");
        _advance(0, 0);
        position = _position();
        checkEqual(position.stateHash, Tale.stateHash(_play().states[0]), "the start");
        checkEqual(position.step, 0, "no play");
        checkEqual(position.acting, 0, "seat 0 is to move");
        checkEqual(position.since, seeded, "since now");
        check(position.firstLeft == CLOCK_BLOCKS && position.secondLeft == CLOCK_BLOCKS, "full clocks");
    }

    function test_advance_saysAllThatIsNeededToAnswer() external {
        IClocks.Match memory played = _matchOf(q);
        IClocks.Play[] memory plays = _playsOf(_play(), 0, 2);
        ClockId id = clocks.idOf(arena, league, 0, uint32(q), played.agents);
        vm.expectEmit(true, true, true, true, address(clocks));
        emit IClocks.Started(id, arena, league, 0, uint32(q), played.agents);
        vm.expectEmit(true, true, true, true, address(clocks));
        bytes memory state = _play().states[2];
        IClocks.Position memory position = IClocks.Position({
            stateHash: Tale.stateHash(state),
            step: 2,
            acting: 0,
            since: uint40(seeded),
            firstLeft: CLOCK_BLOCKS,
            secondLeft: CLOCK_BLOCKS
        });
        emit IClocks.Advanced(id, position, state, plays);
        clocks.advance(played, "", plays);
    }

    function test_advance_chargesWhoWasToMoveAndNobodyElse() external {
        _advance(0, 1);
        vm.roll(seeded + 3);
        _advance(1, 2);
        IClocks.Position memory position = _position();
        check(position.firstLeft == CLOCK_BLOCKS && position.secondLeft == CLOCK_BLOCKS - 3, "seat 1 took three blocks");
        vm.roll(seeded + 3 + CLOCK_BLOCKS);
        _advance(2, 5);
        position = _position();
        check(position.firstLeft == 0 && position.secondLeft == CLOCK_BLOCKS - 3, "seat 0 took all it had");
        checkEqual(position.acting, 1, "seat 1 is to move");
    }

    function test_flag_fallsWhenTheClockHasRunOutAndStaysDown() external {
        _advance(0, 1);
        vm.roll(seeded + CLOCK_BLOCKS);
        check(!_flag().fallen, "in the last block");
        vm.roll(seeded + CLOCK_BLOCKS + 1);
        IClocks.Flag memory flag = _flag();
        check(flag.fallen && flag.seat == 1 && flag.step == 1, "after it");
        checkEqual(flag.stateHash, Tale.stateHash(_play().states[1]), "where");
        uint256 latest = seeded + CLOCK_BLOCKS;
        _checkRefused(1, 2, abi.encodeWithSelector(IClocks.FlagFallen.selector, latest + 1, latest));
        _checkRefused(0, _steps(), abi.encodeWithSelector(IClocks.FlagFallen.selector, latest + 1, latest));
    }

    function test_advance_stopsTheClocksAtTheEnd() external {
        _advance(0, 1);
        _advance(1, _steps());
        checkEqual(_position().acting, NOBODY, "nobody is to move");
        vm.roll(seeded + 1000);
        check(!_flag().fallen, "no flag falls");
        bytes memory reason = abi.encodeWithSelector(IClocks.NotLater.selector, _steps(), uint32(_steps()));
        _checkRefused(0, _steps(), reason);
        IClocks.Play[] memory plays = new IClocks.Play[](1);
        IClocks.Match memory played = _matchOf(q);
        bytes memory state = _play().states[_steps()];
        vm.expectRevert(abi.encodeWithSelector(IClocks.NotOneSeat.selector, uint8(0)));
        clocks.advance(played, state, plays);
    }

    function test_advance_goesOnUntilAllIsOverButStartsInTheWindowOnly() external {
        vm.roll(seeded + CLAIM_BLOCKS + 1);
        bytes memory reason =
            abi.encodeWithSelector(IArenaTypes.TooLate.selector, seeded + CLAIM_BLOCKS + 1, seeded + CLAIM_BLOCKS);
        _checkRefused(0, 0, reason);
        vm.roll(seeded + CLAIM_BLOCKS);
        _advance(0, 0);
        vm.roll(seeded + CLAIM_BLOCKS + CLOCK_BLOCKS);
        _advance(0, 3);
        checkEqual(_position().step, 3, "later positions later");
    }

    function test_advance_failsWithoutAnEarlierPositionToGoOnFrom() external {
        ClockId id = clocks.idOf(arena, league, 0, uint32(q), _matchOf(q).agents);
        _checkRefused(2, 3, abi.encodeWithSelector(IClocks.NotStarted.selector, id));
        _advance(0, 2);
        StateHash kept = Tale.stateHash(_play().states[2]);
        StateHash other = Tale.stateHash(_play().states[3]);
        _checkRefused(3, 4, abi.encodeWithSelector(IClocks.StateMismatch.selector, other, kept));
        _checkRefused(0, 2, abi.encodeWithSelector(IClocks.NotLater.selector, 2, uint32(2)));
        _checkRefused(0, 1, abi.encodeWithSelector(IClocks.NotLater.selector, 1, uint32(2)));
        _checkRefused(2, 2, abi.encodeWithSelector(IClocks.NotLater.selector, 2, uint32(2)));
    }

    function test_advance_failsForWhatTheAgentDidNotSign() external {
        IClocks.Match memory played = _matchOf(q);
        for (uint256 i = 0; i < 4; ++i) {
            IClocks.Play[] memory plays = _playsOf(_play(), 0, 2);
            if (i == 0) plays[1].action ^= 1;
            if (i == 1) plays[1].signature = plays[0].signature;
            if (i == 2) plays[1].signature = new bytes(65);
            if (i == 3) plays[1].signature = "";
            vm.expectPartialRevert(IClocks.NotSignedByAgent.selector);
            clocks.advance(played, "", plays);
        }
        // A signature of another match is none of this one.
        played.matchIndex += 2;
        IClocks.Play[] memory others = _playsOf(_play(), 0, 1);
        vm.expectPartialRevert(IClocks.NotSignedByAgent.selector);
        clocks.advance(played, "", others);
    }

    function test_advance_takesNobodysSignatureForNoAgents() external {
        IClocks.Match memory played = _matchOf(q);
        played.agents[0] = AgentId.wrap(0);
        IClocks.Play[] memory plays = _playsOf(_play(), 0, 1);
        plays[0].signature = "";
        vm.expectPartialRevert(IClocks.NotSignedByAgent.selector);
        clocks.advance(played, "", plays);
    }

    function test_advance_failsForIllegalActions() external {
        IClocks.Play[] memory plays = new IClocks.Play[](1);
        plays[0] = _replaced(0, 7);
        IClocks.Match memory played = _matchOf(q);
        vm.expectRevert(abi.encodeWithSelector(IClocks.IllegalPlay.selector, 0, 7));
        clocks.advance(played, "", plays);
    }

    function test_advance_failsForOtherNumbersOfSeats() external {
        IClocks.Match memory played = _matchOf(q);
        IClocks.Play[] memory none = new IClocks.Play[](0);
        played.owners = new address[](1);
        vm.expectRevert(abi.encodeWithSelector(IClocks.SeatCountMismatch.selector, 1, 2));
        clocks.advance(played, "", none);
        played.agents = new AgentId[](3);
        vm.expectRevert(abi.encodeWithSelector(IClocks.SeatCountMismatch.selector, 3, 2));
        clocks.advance(played, "", none);
    }

    function test_positionsOfAgentsThatAreNotSeated_bindNobody() external {
        IClocks.Match memory played = _matchOf(q);
        (played.agents[0], played.agents[1]) = (played.agents[1], played.agents[0]);
        clocks.advance(played, "", new IClocks.Play[](0));
        checkEqual(_position().since, 0, "another match");
        vm.roll(seeded + 1000);
        check(!_flag().fallen, "no flag of this one");
    }

    /// @dev Seat 0 says two things of step 2. What it shows on chain is not what seat 1 has answered; seat 1 brings
    /// its own branch, which is a step further, and is bound by the other no longer.
    function test_advance_letsAnHonestAgentLeaveABranchItNeverSawBehind() external {
        uint64 said = Tale.actionOf(_play().leaves[2]);
        IClocks.Play[] memory plays = _playsOf(_play(), 0, 3);
        plays[2] = _replaced(2, (said + 1) % 7);
        clocks.advance(_matchOf(q), "", plays);
        checkEqual(_position().step, 3, "the other branch");
        bytes32 other = StateHash.unwrap(Tale.stateHash(_play().states[3]));
        check(StateHash.unwrap(_position().stateHash) != other, "in which seat 1 never was");
        vm.roll(seeded + CLOCK_BLOCKS);
        _advance(0, 4);
        checkEqual(_position().stateHash, Tale.stateHash(_play().states[4]), "its own");
        checkEqual(_position().acting, 0, "where seat 0 is to move");
        // The other branch cannot go on without its signature.
        _checkRefused(0, 4, abi.encodeWithSelector(IClocks.NotLater.selector, 4, uint32(4)));
    }

    /// @dev Waits, brings positions from the start or from the one kept, and compares with clocks that are counted
    /// block by block.
    function testFuzz_clocks_agreeWithOnesCountedBlockByBlock(uint256 random) external {
        uint256[2] memory left = [uint256(CLOCK_BLOCKS), CLOCK_BLOCKS];
        uint256 step = 0;
        bool fallen = false;
        _advance(0, 0);
        uint256 now_ = seeded;
        for (uint256 i = 0; i < 12; ++i) {
            for (uint256 waits = random % 5; waits != 0; --waits) {
                vm.roll(++now_);
                if (step == _steps() || fallen) continue;
                if (left[step % 2] == 0) fallen = true;
                else --left[step % 2];
            }
            uint256 to = step + 1 + (random >> 8) % 3;
            if (to > _steps()) to = _steps();
            bool kept = random >> 16 & 1 == 0 && step != 0;
            IClocks.Match memory played = _matchOf(q);
            bytes memory state = kept ? _play().states[step] : bytes("");
            IClocks.Play[] memory plays = _playsOf(_play(), kept ? step : 0, to);
            try clocks.advance(played, state, plays) {
                check(!fallen && to > step, "taken in time");
                step = to;
            } catch {
                check(fallen || to <= step, "refused too late");
            }
            random = uint256(keccak256(abi.encode(random)));
        }
        IClocks.Position memory position = _position();
        checkEqual(position.step, step, "step");
        checkEqual(_flag().fallen ? 1 : 0, fallen ? 1 : 0, "flag");
        if (step != _steps() && !fallen) {
            uint256 used = vm.getBlockNumber() - position.since;
            uint256[2] memory kept = [uint256(position.firstLeft), position.secondLeft];
            kept[step % 2] -= used;
            check(kept[0] == left[0] && kept[1] == left[1], "what is left");
        }
        // Whatever happened, when results are asserted every clock has stopped or run out.
        vm.roll(seeded + CLAIM_BLOCKS + 2 * CLOCK_BLOCKS + 1);
        check(_flag().fallen || _position().acting == NOBODY, "over");
    }
}

contract ClocksOfOneSeatTest is ClocksStage, SignedSnakeRound {
    function _clockBlocks() internal view override(SignedSnakeRound, CourtStage) returns (uint32) {
        return SignedSnakeRound._clockBlocks();
    }

    function _postClaims(Story memory told) internal override(SignedSnakeRound, CourtStage) {
        SignedSnakeRound._postClaims(told);
    }

    function test_advance_playsAloneToTheEnd() external {
        _start(3);
        _advance(0, 0);
        vm.roll(seeded + 2);
        _advance(0, 2);
        checkEqual(_position().firstLeft, CLOCK_BLOCKS - 2, "its only clock");
        _advance(2, _steps());
        checkEqual(_position().acting, NOBODY, "over");
    }
}

contract ClocksOfUnsignedLeaguesTest is ConnectFourRound, SignedStage {
    function _clockBlocks() internal pure override returns (uint32) {
        return 0;
    }

    function _postClaims(Story memory told) internal override(ConnectFourRound, CourtStage) {
        ConnectFourRound._postClaims(told);
    }

    function test_advance_failsWhereAgentsAreModules() external {
        IClocks.Match memory played = _matchOf(_find(Tale.tell(round), 0));
        vm.roll(arena.roundOf(league, 0).seededAt);
        vm.expectRevert(abi.encodeWithSelector(IArenaTypes.NotSigned.selector, league));
        clocks.advance(played, "", new IClocks.Play[](0));
    }
}
