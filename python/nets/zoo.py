"""Systems of several seats as PettingZoo environments.

Agents are named ``seat_0``, ``seat_1`` and so on. An observation is a dict: ``"observation"`` is
what that seat sees, as the System's tensor, and no more than an agent in a match sees; and
``"action_mask"`` is 1 for each action that is legal for it, so all 0 where it does not act.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pettingzoo
from gymnasium import spaces

from ._native import Game, System, system as built

__all__ = ["AECEnv", "ParallelEnv"]


class _Seats:
    """What both sorts of environment have in common: seats as agents of one match."""

    def _sit_down(
        self, system: str | System, render_mode: str | None, parameters: dict[str, Any]
    ) -> None:
        rules = system if isinstance(system, System) else built(system, **parameters)
        if rules.seats < 2:
            raise ValueError(f"{rules.name} has 1 seat, expected 2 or more\nhint: nets.gym.make has it")
        if render_mode not in (None, "ansi", "rgb_array"):
            raise ValueError(f"render_mode is {render_mode!r}, expected 'ansi', 'rgb_array' or None")
        self.metadata = {
            "render_modes": ["ansi", "rgb_array"],
            "name": f"nets_{rules.name}_v{rules.version}",
            "is_parallelizable": rules.is_simultaneous,
            "render_fps": 2,
        }
        self.system = rules
        self.game = Game(rules, illegal="forfeit")
        self.render_mode = render_mode
        self.possible_agents = [f"seat_{seat}" for seat in range(rules.seats)]
        self.agents: list[str] = []
        self._seat_of = {agent: seat for seat, agent in enumerate(self.possible_agents)}
        # Each agent has spaces of its own, so that they can be seeded apart.
        self.observation_spaces = {agent: _observations(rules) for agent in self.possible_agents}
        self.action_spaces = {
            agent: spaces.Discrete(rules.action_count) for agent in self.possible_agents
        }
        self._has_seed = False

    def _begin(self, seed: int | None) -> None:
        self.game.reset(os.urandom(32) if seed is None and not self._has_seed else seed)
        self._has_seed = True
        self.agents = self.possible_agents[:]

    def observe(self, agent: str) -> dict[str, np.ndarray]:
        """What the seat sees, and what is legal for it."""
        observation, mask = self.game.see(self._seat_of[agent])
        return {"observation": observation, "action_mask": mask}

    def observation_space(self, agent: str) -> spaces.Dict:
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> spaces.Discrete:
        return self.action_spaces[agent]

    def render(self) -> str | np.ndarray | None:
        """What all seats see together: the state as text, as ``--watch`` of the command shows it, or as
        the pixels of its picture."""
        if self.render_mode == "rgb_array":
            return self.game.rgb()
        return self.game.picture() if self.render_mode == "ansi" else None

    def close(self) -> None:
        """Nothing: there is no window, and PettingZoo asks for this wherever something is drawn."""

    def _infos(self) -> dict[str, dict[str, Any]]:
        """For each agent how the match ended and its score, once it has."""
        if not self.game.is_over:
            return {agent: {} for agent in self.agents}
        ending, scores = self.game.ending, self.game.scores
        return {
            agent: {"ending": ending, "score": scores[self._seat_of[agent]]} for agent in self.agents
        }


def _observations(system: System) -> spaces.Dict:
    return spaces.Dict(
        {
            "observation": spaces.Box(-np.inf, np.inf, system.tensor_shape, np.float32),
            "action_mask": spaces.Box(0, 1, (system.action_count,), np.int8),
        }
    )


class AECEnv(_Seats, pettingzoo.AECEnv):
    """A System of several seats, in which one agent acts at a time.

    Where seats act at once, each is asked in turn and sees nothing of what the others chose; the
    match goes on when all have chosen. A seat is asked as often as it acts, so one that is out of
    the match, as a dead snake, is asked no more and learns its end with the others.

    Rewards are what a step added to scores. An action that is not legal forfeits, as in every
    league: the match ends, and the scores are the System's for that.
    """

    def __init__(self, system: str | System, *, render_mode: str | None = None, **parameters: Any):
        super().__init__()
        self._sit_down(system, render_mode, parameters)

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> None:
        self._begin(seed)
        self.rewards = dict.fromkeys(self.agents, 0.0)
        self._cumulative_rewards = dict.fromkeys(self.agents, 0.0)
        self.terminations = dict.fromkeys(self.agents, False)
        self.truncations = dict.fromkeys(self.agents, False)
        self.infos = self._infos()
        self._skip_agent_selection = None
        self._ask()

    def _ask(self) -> None:
        """Asks the first of the seats that act now."""
        self._chosen: list[Any] = []
        self._asked = self.game.seats
        self.agent_selection = self.possible_agents[self._asked[0]]

    def step(self, action: Any) -> None:
        agent = self.agent_selection
        if self.terminations[agent]:
            self._was_dead_step(action)
            return
        self._cumulative_rewards[agent] = 0.0
        self._chosen.append(action)
        if len(self._chosen) < len(self._asked):
            self._clear_rewards()
            self.agent_selection = self.possible_agents[self._asked[len(self._chosen)]]
            return
        is_over = self.game.step(action if len(self._chosen) == 1 else self._chosen)
        for agent, reward in zip(self.possible_agents, self.game.rewards):
            self.rewards[agent] = reward
            self._cumulative_rewards[agent] += reward
        if not is_over:
            self._ask()
            return
        self.terminations = dict.fromkeys(self.agents, True)
        self.infos = self._infos()
        self.agent_selection = self.agents[0]


class ParallelEnv(_Seats, pettingzoo.ParallelEnv):
    """A System whose seats act at once.

    All agents stay until the match is over. A seat that is out of it, as a dead snake, does not act:
    its mask is all 0 and what it is given to do is passed over. Rewards and forfeits are those of
    :class:`AECEnv`.
    """

    def __init__(self, system: str | System, *, render_mode: str | None = None, **parameters: Any):
        self._sit_down(system, render_mode, parameters)
        if not self.system.is_simultaneous:
            raise ValueError(
                f"in {self.system.name} seats act in turn\nhint: nets.aec_env and nets.VectorEnv have it"
            )

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, dict[str, np.ndarray]], dict[str, dict[str, Any]]]:
        self._begin(seed)
        return {agent: self.observe(agent) for agent in self.agents}, self._infos()

    def step(self, actions: dict[str, Any]) -> tuple[dict, dict, dict, dict, dict]:
        agents = self.agents
        asked = [self.possible_agents[seat] for seat in self.game.seats]
        missing = [agent for agent in asked if agent not in actions]
        if missing:
            raise ValueError(
                f"expected an action for each of {', '.join(asked)}, got none for {', '.join(missing)}"
            )
        is_over = self.game.step([actions[agent] for agent in asked])
        observations = {agent: self.observe(agent) for agent in agents}
        rewards = dict(zip(agents, self.game.rewards))
        infos = self._infos()
        terminated = dict.fromkeys(agents, is_over)
        if is_over:
            self.agents = []
        return observations, rewards, terminated, dict.fromkeys(agents, False), infos
