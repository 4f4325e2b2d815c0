// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, ClockId, DomainHash, MatchSeed, StateHash} from "./interfaces/HashTypes.sol";
import {IArena} from "./interfaces/IArena.sol";
import {IArenaTypes, LeagueId} from "./interfaces/IArenaTypes.sol";
import {IClocks} from "./interfaces/IClocks.sol";
import {ISystem} from "./interfaces/ISystem.sol";
import {Bytes} from "./libraries/Bytes.sol";
import {Digests} from "./libraries/Digests.sol";
import {Plan, Schedule} from "./libraries/Schedule.sol";
import {ActionStatement, Signatures} from "./libraries/Signatures.sol";

/// @title Clocks: makes agents of signed leagues move.
/// @notice What it is for, and why nobody honest loses by it, is said in `IClocks`.
/// @dev INVARIANT: a position is kept only if plays lead to it from the start, each signed by the agent that was to move;
/// once a flag has fallen, or the match is over, it stays for ever.
contract Clocks is IClocks {
    /// @dev What a step contract says of a state that is not terminal.
    uint8 private constant RUNNING = 255;

    /// @dev In place of the seat that is to move: the match is over.
    uint8 private constant NOBODY = 255;

    mapping(ClockId id => Position) private _positions;

    /// @dev A match as plays go on in it.
    struct Walk {
        ISystem system;
        bytes parameters;
        MatchSeed seed;
        DomainHash domain;
        uint32 step;
        uint8 acting;
        bytes state;
        StateHash stateHash;
    }

    /// @inheritdoc IClocks
    function advance(Match calldata played, bytes calldata state, Play[] calldata plays) external {
        IArenaTypes.Staged memory staged = played.arena.stagedOf(played.league, played.round);
        if (staged.clockBlocks == 0) revert IArenaTypes.NotSigned(played.league);
        if (played.agents.length != staged.seats) revert SeatCountMismatch(played.agents.length, staged.seats);
        if (played.owners.length != staged.seats) revert SeatCountMismatch(played.owners.length, staged.seats);
        ClockId id = _idOf(played.arena, played.league, played.round, played.matchIndex, played.agents);
        Position memory position = _positions[id];
        bool started = position.since != 0;
        if (!started && block.number > staged.latest) revert IArenaTypes.TooLate(block.number, staged.latest);

        Walk memory walk = _begin(played, staged, id, position, state);
        for (uint256 i = 0; i < plays.length; ++i) {
            _take(played, walk, plays[i]);
        }
        if (started) {
            if (walk.step <= position.step) revert NotLater(walk.step, position.step);
            _charge(position);
        } else {
            (position.firstLeft, position.secondLeft) = (staged.clockBlocks, staged.clockBlocks);
            emit Started(id, played.arena, played.league, played.round, played.matchIndex, played.agents);
        }
        (position.stateHash, position.step, position.acting) = (walk.stateHash, walk.step, walk.acting);
        position.since = uint40(block.number);
        _positions[id] = position;
        emit Advanced(id, position, walk.state, plays);
    }

    /// @inheritdoc IClocks
    function idOf(IArena arena, LeagueId league, uint32 round, uint32 matchIndex, AgentId[] calldata agents)
        external
        pure
        returns (ClockId id)
    {
        return _idOf(arena, league, round, matchIndex, agents);
    }

    /// @inheritdoc IClocks
    function positionOf(ClockId id) external view returns (Position memory) {
        return _positions[id];
    }

    /// @inheritdoc IClocks
    function flagOf(IArena arena, LeagueId league, uint32 round, uint32 matchIndex, AgentId[] calldata agents)
        external
        view
        returns (Flag memory flag)
    {
        Position memory position = _positions[_idOf(arena, league, round, matchIndex, agents)];
        if (position.since == 0 || position.acting == NOBODY) return flag;
        flag = Flag(block.number > _latest(position), position.acting, position.step, position.stateHash);
    }

    /// @dev Where plays begin: at the position kept, or at the start of the match.
    function _begin(
        Match calldata played,
        IArenaTypes.Staged memory staged,
        ClockId id,
        Position memory position,
        bytes calldata state
    ) private view returns (Walk memory walk) {
        walk.system = ISystem(staged.system);
        walk.parameters = staged.parameters;
        walk.domain = Signatures.domainOf(address(played.arena));
        walk.seed = Schedule.seedOf(
            Plan({
                seatCount: staged.seats, matchesPerRound: staged.matchesPerRound, entryCount: 0, roundSeed: staged.seed
            }),
            played.matchIndex
        );
        if (state.length == 0) {
            _reach(walk, walk.system.start(walk.parameters, walk.seed));
            return walk;
        }
        if (position.since == 0) revert NotStarted(id);
        walk.step = position.step;
        _reach(walk, state);
        if (StateHash.unwrap(walk.stateHash) != StateHash.unwrap(position.stateHash)) {
            revert StateMismatch(walk.stateHash, position.stateHash);
        }
    }

    /// @dev Goes on by one play.
    function _take(Match calldata played, Walk memory walk, Play calldata play) private view {
        uint8 seat = walk.acting;
        if (seat == NOBODY) revert NotOneSeat(0);
        ActionStatement memory said = ActionStatement({
            league: LeagueId.unwrap(played.league),
            round: played.round,
            matchIndex: played.matchIndex,
            seat: seat,
            step: walk.step,
            stateHash: walk.stateHash,
            action: play.action
        });
        address key = Signatures.signerOf(Signatures.actionDigest(walk.domain, said), play.signature);
        AgentId signer = key == address(0) ? AgentId.wrap(0) : Digests.agentOfKey(played.owners[seat], key);
        AgentId expected = played.agents[seat];
        // Nobody's signature is not that of an agent zero, which an attacker could seat.
        if (key == address(0) || AgentId.unwrap(signer) != AgentId.unwrap(expected)) {
            revert NotSignedByAgent(walk.step, signer, expected);
        }
        uint64[] memory actions = new uint64[](1);
        actions[0] = play.action;
        // slither-disable-next-line calls-loop: as many calls as plays, whose caller pays for them.
        (bool legal, bytes memory next) =
            walk.system.step(walk.parameters, walk.seed, walk.state, uint8(1 << seat), actions);
        if (!legal) revert IllegalPlay(walk.step, play.action);
        ++walk.step;
        _reach(walk, next);
    }

    /// @dev Takes in a state, and who is to move in it.
    function _reach(Walk memory walk, bytes memory state) private view {
        walk.state = state;
        walk.stateHash = StateHash.wrap(Bytes.hash(bytes.concat(hex"03", state)));
        // slither-disable-next-line unused-return: what it scores is for the court.
        (uint8 acting, uint8 termination,) = walk.system.status(walk.parameters, state);
        walk.acting = termination == RUNNING ? _only(acting) : NOBODY;
    }

    /// @dev The one seat in a set.
    function _only(uint8 acting) private pure returns (uint8) {
        if (acting == 1) return 0;
        if (acting == 2) return 1;
        revert NotOneSeat(acting);
    }

    /// @dev Stops the clock that runs and takes off what it has run.
    function _charge(Position memory position) private view {
        if (position.acting == NOBODY) revert MatchOver(position.step);
        uint256 latest = _latest(position);
        if (block.number > latest) revert FlagFallen(block.number, latest);
        uint32 left = uint32(latest - block.number);
        if (position.acting == 0) position.firstLeft = left;
        else position.secondLeft = left;
    }

    /// @dev The last block in which the seat that is to move can answer.
    function _latest(Position memory position) private pure returns (uint256) {
        uint32 left = position.acting == 0 ? position.firstLeft : position.secondLeft;
        return uint256(position.since) + left;
    }

    function _idOf(IArena arena, LeagueId league, uint32 round, uint32 matchIndex, AgentId[] calldata agents)
        private
        pure
        returns (ClockId)
    {
        return ClockId.wrap(keccak256(abi.encode(arena, league, round, matchIndex, agents)));
    }
}
