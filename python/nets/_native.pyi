"""The compiled half: Systems, matches of them, and packing."""

from __future__ import annotations

import os
from typing import Any, Literal, Sequence, final

import numpy as np
import numpy.typing as npt

_Ending = Literal["finished", "step_limit", "forfeit"]
_Seed = int | bytes
"""Where a match's chance comes from: a whole number below 2**256, or 32 bytes. The number 42 is
``--seed 2a`` of the command."""

class PackError(Exception):
    """A network that cannot be packed."""

class IllegalAction(ValueError):
    """An action that is not legal; the match stands as before."""

@final
class System:
    """Rules with fixed parameters, as :func:`system` makes them."""

    @property
    def name(self) -> str:
        """The name, as on the command line."""
    @property
    def version(self) -> int:
        """The version of the rules, counted from 1."""
    @property
    def summary(self) -> str:
        """One sentence for people."""
    @property
    def description(self) -> str:
        """The rules in prose, with their source."""
    @property
    def seats(self) -> int:
        """How many seats a match has."""
    @property
    def action_count(self) -> int:
        """Actions are numbers below this."""
    @property
    def step_count_max(self) -> int:
        """No match has more steps."""
    @property
    def tensor_shape(self) -> tuple[int, ...]:
        """The shape of what a seat sees as numbers, the slowest index first."""
    @property
    def tensor_planes(self) -> str | None:
        """Whether its planes are the "first" or the "last" size; None where it is a row of numbers."""
    @property
    def tensor_layout(self) -> str:
        """What each index of it means."""
    @property
    def is_private(self) -> bool:
        """Whether each seat sees only its own part of a state."""
    @property
    def is_simultaneous(self) -> bool:
        """Whether seats act at once."""
    @property
    def parameters(self) -> dict[str, int | str]:
        """The value of each parameter; ``data`` is the SHA-256 of a data set, in hex."""
    @property
    def parameter_ranges(self) -> dict[str, tuple[int, int, int, str]]:
        """For each parameter the least value, the greatest, that where none is given, and its meaning."""
    def action_name(self, action: int) -> str:
        """The name of an action for people, as ``up`` or ``e2e4``."""
    def action(self, name: str) -> int:
        """The action of that name.

        Raises:
            ValueError: No action has it.
        """

def systems() -> list[System]:
    """Every System, with the parameters that it has where nobody sets any."""

def system(name: str, **parameters: int | str | bytes | os.PathLike[str]) -> System:
    """The System of that name with these parameters; ``step_limit`` stands for ``step-limit``.

    ``data`` is a data set: the name or SHA-256 of one that ships, its bytes, or the path of its file
    as a :class:`pathlib.Path`. Chess takes ``fen``, the position that a match begins at.

    Raises:
        ValueError: There is no such System, or it does not accept the parameters.
        OSError: The data set cannot be read.
    """

@final
class Game:
    """One match: a state that steps.

    Args:
        system: A System, or the name of one.
        seed: Where its chance comes from; 0 where none is given.
        illegal: What becomes of an action that is not legal: ``"raise"``, or ``"forfeit"`` as in
            every league, where the match ends with the System's scores for it.
        parameters: Those of the System, where it is given by name.
    """

    def __new__(
        cls,
        system: str | System,
        seed: _Seed | None = None,
        *,
        illegal: Literal["raise", "forfeit"] = "raise",
        **parameters: Any,
    ) -> Game: ...
    def reset(self, seed: _Seed | None = None) -> None:
        """Begins a match anew: with this seed, or with the one that follows, the SHA-256 of the last."""
    def step(self, action: int | Sequence[int]) -> bool:
        """Takes an action, or where several seats act a list with one of each, in ascending order of
        seats. Gives whether the match is over.

        Raises:
            IllegalAction: One is not legal; the match stands as before.
            ValueError: The match is over, or the count is not that of the seats that act.
        """
    def advance(
        self, action: int | Sequence[int]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int8], float | tuple[float, ...], bool]:
        """As :meth:`step`; gives what :meth:`see` gives of the seat that acts next, the reward, by seat
        where there are several, and whether the match is over."""
    def see(self, seat: int | None = None) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int8]]:
        """Observation and action mask of a seat, in new arrays; of :attr:`seat`, where none is given."""
    def observation(self, seat: int | None = None) -> npt.NDArray[np.float32]:
        """What a seat sees, as numbers of the shape :attr:`System.tensor_shape`."""
    def action_mask(self, seat: int | None = None) -> npt.NDArray[np.int8]:
        """1 for each legal action of a seat, of all below :attr:`System.action_count`."""
    def legal_actions(self, seat: int | None = None) -> list[int]:
        """The legal actions of a seat in ascending order; none where it does not act."""
    @property
    def system(self) -> System:
        """The rules."""
    @property
    def is_over(self) -> bool:
        """Whether the match is over."""
    @property
    def ending(self) -> _Ending | None:
        """How it ended, once it has."""
    @property
    def seat(self) -> int:
        """The first of the seats that act; where the match is over, the one that acted last."""
    @property
    def seats(self) -> tuple[int, ...]:
        """The seats that act now; none where the match is over."""
    @property
    def scores(self) -> tuple[int, ...]:
        """The score of each seat if the match ended here."""
    @property
    def rewards(self) -> tuple[float, ...]:
        """What the last step added to the score of each seat."""
    @property
    def seed(self) -> bytes:
        """The 32 bytes that chance comes from."""
    @property
    def state(self) -> bytes:
        """The canonical bytes of the state: all seats' together, so nothing for a player."""
    def picture(self) -> str:
        """The state as text, for people."""
    def svg(self) -> str:
        """The state as an SVG picture, for people."""
    def rgb(self) -> npt.NDArray[np.uint8]:
        """The same picture as pixels of shape [height, width, 3], on light ground."""
    def fork(self) -> Game:
        """A copy that goes its own way, by the same chance."""
    def __copy__(self) -> Game: ...
    def __deepcopy__(self, memo: Any) -> Game: ...

@final
class VectorEnv:
    """Matches of one System side by side, in which one seat acts at a time. A step of all is one call
    without Python's lock. A match that ends is begun anew in the same step.

    Args:
        system: A System, or the name of one.
        count: How many matches.
        seed: That of the first; each later match has the next greater one. A match that is begun
            anew has the SHA-256 of its last seed. 0 where none is given.
        reuse: Whether every step writes into the same arrays, which saves time where they are large;
            what is to be kept must then be copied before the next step, and masks not be changed.
        parameters: Those of the System, where it is given by name.

    Raises:
        ValueError: In the System seats act at once, or the count is not from 1 to 1,048,576.
    """

    def __new__(
        cls,
        system: str | System,
        count: int,
        seed: _Seed | None = None,
        *,
        reuse: bool = False,
        **parameters: Any,
    ) -> VectorEnv: ...
    def reset(
        self, seed: _Seed | None = None
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int8]]:
        """Begins all matches anew: with this seed and the next greater ones; without one the first time
        with the seed it was made with, and then as after an end.

        Gives observations of shape [count, *tensor_shape] and masks of shape [count, action_count],
        each row for the seat that acts.
        """
    def step(
        self, actions: npt.ArrayLike
    ) -> tuple[
        npt.NDArray[np.float32],
        npt.NDArray[np.float32],
        npt.NDArray[np.bool_],
        npt.NDArray[np.int8],
    ]:
        """Takes an action in each match; one that is not legal forfeits.

        Gives observations, rewards, terminated and masks. Rewards are of shape [count], or
        [count, seats] where there are several seats. Where a match ended, reward and terminated are
        of it, and observation and mask of the one that was begun.

        Raises:
            TypeError: The actions are no whole numbers.
            ValueError: They are not of shape [count].
        """
    @property
    def system(self) -> System:
        """The rules."""
    @property
    def count(self) -> int:
        """How many matches there are."""
    @property
    def seats(self) -> npt.NDArray[np.uint8]:
        """The seat that acts in each match."""
    @property
    def scores(self) -> npt.NDArray[np.int64]:
        """The scores of each match, of rewards' shape: the last ones of those that ended with the last
        step."""
    @property
    def endings(self) -> list[_Ending | None]:
        """How each match ended with the last step; None where it goes on."""
    @property
    def seeds(self) -> list[bytes]:
        """The seed of each match that is on."""
    @property
    def final_observations(self) -> npt.NDArray[np.float32]:
        """What was seen last in the last match that ended in each place, by the seat that acted last;
        zeros where none has."""
    def __len__(self) -> int: ...

def pack_onnx(
    model: str | os.PathLike[str] | bytes,
    system: System,
    *,
    precision: str,
    choice: str,
    temperature: float | None,
    input_layout: str | None,
    policy: str | None,
    value: str | None,
    state: list[tuple[str, str]],
    positions: int,
    check: bool,
    fuel_base: int | None,
    fuel_increment: int | None,
    fuel_cap: int | None,
) -> dict[str, Any]:
    """What :func:`nets.pack` does with the path or bytes of an ONNX file; gives the fields of
    :class:`nets.Packed`."""
