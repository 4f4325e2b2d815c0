"""Systems of nets as environments for learning, and networks as agents that play them.

What is trained here is what is played: states, observations, legal actions and scores come from
the same compiled rules that matches are played by.

    systems, system    which Systems there are, and one with parameters
    Game               one match, the slim way
    VectorEnv          many matches at once, one call for a step of all
    gym                Systems of one seat as Gymnasium environments
    aec_env            Systems of several seats as PettingZoo environments
    parallel_env       those whose seats act at once
    pack               an agent of a network: an ONNX file, its bytes, or a torch module

Rewards are everywhere what a step added to a seat's score. So the rewards of a match sum up to its
last scores less those it began with: to 1, 0 or -1 on boards, where a match stands at a draw until
it ends.

Parameters of a System are keyword arguments; ``step_limit=50`` sets ``step-limit``.
"""

from __future__ import annotations

import importlib
from typing import Any

from ._native import Game, IllegalAction, PackError, System, VectorEnv, system, systems
from .packing import Packed, pack

__all__ = [
    "Game",
    "IllegalAction",
    "PackError",
    "Packed",
    "System",
    "VectorEnv",
    "aec_env",
    "pack",
    "parallel_env",
    "system",
    "systems",
]


def aec_env(system: str | System, *, render_mode: str | None = None, **parameters: Any):
    """A System of several seats as a PettingZoo environment in which one agent acts at a time.

    See :class:`nets.zoo.AECEnv`. Needs Gymnasium and PettingZoo.
    """
    return _needing("zoo").AECEnv(system, render_mode=render_mode, **parameters)


def parallel_env(system: str | System, *, render_mode: str | None = None, **parameters: Any):
    """A System whose seats act at once as a PettingZoo environment of parallel agents.

    See :class:`nets.zoo.ParallelEnv`. Needs Gymnasium and PettingZoo.
    """
    return _needing("zoo").ParallelEnv(system, render_mode=render_mode, **parameters)


# Gymnasium and PettingZoo are no dependencies, so what needs them is imported when it is used.
_NEEDS = {"gym": "gymnasium", "zoo": "gymnasium pettingzoo"}


def _needing(name: str) -> Any:
    try:
        return importlib.import_module(f".{name}", __name__)
    except ModuleNotFoundError as error:
        packages = _NEEDS[name]
        if error.name not in packages.split():
            raise
        raise ModuleNotFoundError(
            f"nets.{name} needs the package {error.name}, which is not installed\n"
            f"hint: pip install {packages}",
            name=error.name,
        ) from error


def __getattr__(name: str) -> Any:
    if name in _NEEDS:
        return _needing(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
