"""Systems of one seat as Gymnasium environments.

    env = nets.gym.make("snake", width=6, height=6)
    envs = nets.gym.make_vec("snake", 64)

Importing this registers each of them with its default parameters, so that Gymnasium has them too:
``gymnasium.make("nets.gym:nets/snake-v1")``.
"""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from ._native import Game, System, VectorEnv, system as built, systems

__all__ = ["NetsEnv", "NetsVectorEnv", "make", "make_vec"]


def _one_seat(system: str | System, parameters: dict[str, Any]) -> System:
    rules = system if isinstance(system, System) else built(system, **parameters)
    if rules.seats != 1:
        raise ValueError(
            f"{rules.name} has {rules.seats} seats, expected 1\nhint: nets.aec_env and nets.VectorEnv have it"
        )
    return rules


def _spaces(system: System) -> tuple[spaces.Box, spaces.Discrete]:
    observations = spaces.Box(-np.inf, np.inf, system.tensor_shape, np.float32)
    return observations, spaces.Discrete(system.action_count)


class NetsEnv(gymnasium.Env):
    """A System of one seat.

    Observations are the System's tensor. ``info["action_mask"]`` is 1 for each legal action. The
    reward is what the step added to the score. An action that is not legal forfeits, as in every
    league: the match ends with the System's score for it. A match that ends, also by the System's
    own step limit, is terminated and never truncated; then ``info["ending"]`` is ``"finished"``,
    ``"step_limit"`` or ``"forfeit"`` and ``info["score"]`` the last score.

    ``reset(seed=...)`` begins the match with that seed, the one that ``--seed`` of the command
    names in hex. Without one, a match's seed follows from that of the match before.
    """

    metadata = {"render_modes": ["ansi", "rgb_array"], "render_fps": 10}

    def __init__(
        self, system: str | System, *, render_mode: str | None = None, **parameters: Any
    ):
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(f"render_mode is {render_mode!r}, expected 'ansi', 'rgb_array' or None")
        self.system = _one_seat(system, parameters)
        self.game = Game(self.system, illegal="forfeit")
        self.observation_space, self.action_space = _spaces(self.system)
        self.render_mode = render_mode
        self._has_seed = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        super().reset(seed=seed)
        if seed is None and not self._has_seed:
            self.game.reset(self.np_random.bytes(32))
        else:
            self.game.reset(seed)
        self._has_seed = True
        observation, mask = self.game.see()
        return observation, {"action_mask": mask}

    def step(self, action: Any) -> tuple[np.ndarray, float, bool, bool, dict[str, Any]]:
        observation, mask, reward, is_over = self.game.advance(action)
        info: dict[str, Any] = {"action_mask": mask}
        if is_over:
            info["ending"] = self.game.ending
            info["score"] = self.game.scores[0]
        return observation, reward, is_over, False, info

    def action_masks(self) -> np.ndarray:
        """Which actions are legal: bool for each. The name is the one that sb3-contrib asks for."""
        return self.game.action_mask().astype(bool)

    def render(self) -> str | np.ndarray | None:
        """The state as text, as ``--watch`` of the command shows it, or as the pixels of its picture."""
        if self.render_mode == "rgb_array":
            return self.game.rgb()
        return self.game.picture() if self.render_mode == "ansi" else None


class NetsVectorEnv(gymnasium.vector.VectorEnv):
    """Many matches of a System of one seat, all stepped in one call of compiled code.

    ``reset(seed=...)`` gives the first match that seed and each later one the next greater. A match
    that ends is begun anew in the same step; ``infos["final_obs"]`` is what was seen last
    in it. Rewards, masks and forfeits are those of :class:`NetsEnv`.
    """

    metadata = {"render_modes": [], "autoreset_mode": AutoresetMode.SAME_STEP}

    def __init__(self, system: str | System, num_envs: int = 1, **parameters: Any):
        self.system = _one_seat(system, parameters)
        self.batch = VectorEnv(self.system, num_envs)
        self.num_envs = num_envs
        self.single_observation_space, self.single_action_space = _spaces(self.system)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._has_seed = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[np.ndarray, dict[str, Any]]:
        super().reset(seed=seed)
        is_first = seed is None and not self._has_seed
        observations, masks = self.batch.reset(self.np_random.bytes(32) if is_first else seed)
        self._has_seed = True
        return observations, self._infos(masks)

    def step(
        self, actions: Any
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        observations, rewards, terminated, masks = self.batch.step(actions)
        infos = self._infos(masks)
        if terminated.any():
            infos["final_obs"] = np.full(self.num_envs, None, dtype=object)
            ended = self.batch.final_observations
            for place in np.flatnonzero(terminated):
                infos["final_obs"][place] = ended[place]
            endings = np.array(self.batch.endings, dtype=object)
            infos["final_info"] = {
                "ending": endings,
                "_ending": terminated,
                "score": np.where(terminated, self.batch.scores, 0),
                "_score": terminated,
            }
            infos["_final_obs"] = infos["_final_info"] = terminated
        truncated = np.zeros(self.num_envs, dtype=bool)
        return observations, rewards, terminated, truncated, infos

    def _infos(self, masks: np.ndarray) -> dict[str, Any]:
        return {"action_mask": masks, "_action_mask": np.ones(self.num_envs, dtype=bool)}


def make(system: str | System, *, render_mode: str | None = None, **parameters: Any) -> NetsEnv:
    """A System of one seat with these parameters."""
    return NetsEnv(system, render_mode=render_mode, **parameters)


def make_vec(system: str | System, num_envs: int, **parameters: Any) -> NetsVectorEnv:
    """So many matches of a System of one seat with these parameters."""
    return NetsVectorEnv(system, num_envs, **parameters)


def _register() -> None:
    for rules in systems():
        if rules.seats == 1:
            gymnasium.register(
                id=f"nets/{rules.name}-v{rules.version}",
                entry_point="nets.gym:NetsEnv",
                vector_entry_point="nets.gym:NetsVectorEnv",
                kwargs={"system": rules.name},
            )


_register()
