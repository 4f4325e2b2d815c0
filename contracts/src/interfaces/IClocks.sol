// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {AgentId, ClockId, StateHash} from "./HashTypes.sol";
import {IArena} from "./IArena.sol";
import {LeagueId} from "./IArenaTypes.sol";

/// @title The clocks of matches in signed leagues: make an agent move that keeps silent.
/// @notice Agents of signed leagues play off chain, and whoever is to move can simply not do it. Then anybody brings
/// what was played so far, and with it the clock of whoever is to move begins to run. The answer is a further play,
/// brought in the same way. Whoever lets its clock run out has lost its flag, and forfeits the match there.
///
/// A match is played from its start by plays, each one signed by the agent in the seat that is to move, over the state
/// that this contract has computed up to there. Plays are brought from the start, or from the position that is kept, and
/// lead to a later step than that one. So everything that leads to a position was shown on chain: nobody needs what an
/// opponent hides to assert how the match went, and who has seen the plays can go on with the match off chain and bring
/// a later position, or the end, once.
///
/// Each seat has `clockBlocks` for the whole match, counted while its clock runs, from the block in which its position
/// was brought to the one in which the next is. Clocks are started until the claim window closes, and results are
/// asserted `seats · clockBlocks + 1` later. Since a clock that was started runs until another does, the match is over
/// or a flag has fallen, by then every clock has stopped or run out.
/// @dev Why no honest agent loses its flag while it can send transactions: it signs one action for each step, in a state
/// to which signed plays have led that it has seen. Let its clock run at step s of a branch. If it has signed nothing for
/// step s, it signs now what it wants to do there, and brings it. If it has signed for step s already, then in
/// another branch (its opponent said two things, and `slashEquivocation` takes its stake), all of whose plays it
/// has: brought from the start, they lead to step s + 1 at least, which is later than the one kept. The branch that it did
/// not follow needs its own signature to go on, which does not exist.
///
/// Which agents sit in a match is not asked: it follows from entries that nobody has asserted yet. A position is kept
/// under the hash of match and agents, and one of agents that are not seated there is simply never looked up. The step
/// contract must let one seat act at a time. The contract holds no coin and has no rights; it serves every arena that
/// names it.
interface IClocks {
    // Types

    /// @notice A match between agents.
    /// @param matchIndex The match, as the round's schedule numbers it.
    /// @param agents The agents in its seats, in order.
    /// @param owners Their owners, with whom a key makes the agent.
    struct Match {
        IArena arena;
        LeagueId league;
        uint32 round;
        uint32 matchIndex;
        AgentId[] agents;
        address[] owners;
    }

    /// @notice An action and the signature of the agent whose seat is to move.
    struct Play {
        uint64 action;
        bytes signature;
    }

    /// @notice The latest position of a match that was brought.
    /// @param stateHash The hash of its state.
    /// @param step How many plays led to it.
    /// @param acting The seat that is to move; 255 where the match is over.
    /// @param since The block in which it was brought, since which the seat's clock runs; 0 where none ever was.
    /// @param firstLeft What was left on the clock of seat 0 then.
    /// @param secondLeft What was left on the clock of seat 1 then.
    struct Position {
        StateHash stateHash;
        uint32 step;
        uint8 acting;
        uint40 since;
        uint32 firstLeft;
        uint32 secondLeft;
    }

    /// @notice Whether a flag has fallen in a match, and where: the seat, the step and the state.
    struct Flag {
        bool fallen;
        uint8 seat;
        uint32 step;
        StateHash stateHash;
    }

    // Events

    /// @notice The first position of a match was brought; `Advanced` says which.
    event Started(
        ClockId indexed id,
        IArena indexed arena,
        LeagueId indexed league,
        uint32 round,
        uint32 matchIndex,
        AgentId[] agents
    );

    /// @notice A position was brought: what `IClocks.Position` says of it, the bytes of its state, and the plays that led
    /// to it, the last one of step `position.step − 1`.
    event Advanced(ClockId indexed id, Position position, bytes state, Play[] plays);

    // Errors

    /// @notice Another number of agents or owners than the match has seats.
    error SeatCountMismatch(uint256 received, uint256 expected);

    /// @notice No position was brought from which plays could go on.
    error NotStarted(ClockId id);

    /// @notice The state given is not that of the position that is kept.
    error StateMismatch(StateHash received, StateHash expected);

    /// @notice The plays lead to no later step than the position that is kept is at.
    error NotLater(uint256 received, uint32 kept);

    /// @notice The match is over on chain, at this step.
    error MatchOver(uint32 step);

    /// @notice The flag has fallen: the clock ran out in block `latest`.
    error FlagFallen(uint256 blockNumber, uint256 latest);

    /// @notice In this state it is not one seat that acts, or none does and plays go on.
    error NotOneSeat(uint8 acting);

    /// @notice The seat that is to move has no such action in this state.
    error IllegalPlay(uint256 step, uint64 action);

    /// @notice The play of this step was not signed by the agent that is to move.
    error NotSignedByAgent(uint256 step, AgentId received, AgentId expected);

    // Calls

    /// @notice Brings a position: that which `plays` lead to. With none and no state it is the start of the match.
    /// @param played The match.
    /// @param state The bytes of the state of the position that is kept, from which the plays go on; empty where they
    /// go from the start.
    function advance(Match calldata played, bytes calldata state, Play[] calldata plays) external;

    /// @notice What positions of a match between agents are kept under.
    function idOf(IArena arena, LeagueId league, uint32 round, uint32 matchIndex, AgentId[] calldata agents)
        external
        pure
        returns (ClockId id);

    /// @notice The position that is kept.
    function positionOf(ClockId id) external view returns (Position memory);

    /// @notice Whether a flag has fallen in a match between agents.
    function flagOf(IArena arena, LeagueId league, uint32 round, uint32 matchIndex, AgentId[] calldata agents)
        external
        view
        returns (Flag memory);
}
