"""A neural network as an agent: what ``nets pack`` does, for Python.

The compiled half reads ONNX and makes the module; here a torch module is exported before, and the
module is written whole or not at all.
"""

from __future__ import annotations

import errno
import io
import numbers
import os
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ._native import PackError, System, pack_onnx, system as built

__all__ = ["Packed", "pack"]

# How every WebAssembly module begins.
_MAGIC = b"\0asm"
# More would take longer than anybody waits.
_POSITIONS_MAX = 100_000


@dataclass(frozen=True)
class Packed:
    """An agent made of a network, and what it did in positions of random play.

    Attributes:
        module: The agent: a WebAssembly module without imports.
        code_hash: The module's SHA-256, in hex.
        fuel_per_decision: The dearest decision, the first of each match aside.
        fuel_first: The dearest first decision of a match, in which the agent sets itself up.
        decisions_within_clock: How many decisions in a row the fuel clock allows; None where it allows
            any number.
        decisions_max: How many steps a match has at most; where seats take turns, each has a part of
            them.
        positions: In how many positions it was tried.
        alike: In how many of them an agent with the weights of the file does the same.
        checked_alike: In how many it does what the reference evaluator chooses by the same rule, where
            that was checked.
    """

    module: bytes
    code_hash: str
    fuel_per_decision: int
    fuel_first: int
    decisions_within_clock: int | None
    decisions_max: int
    positions: int
    alike: int
    checked_alike: int | None

    @property
    def size(self) -> int:
        """The module's size, in bytes."""
        return len(self.module)

    @property
    def agreement(self) -> float:
        """The share of positions in which packing changed no decision, from 0 to 1."""
        return self.alike / self.positions if self.positions else 1.0

    def write(self, path: str | os.PathLike[str]) -> None:
        """Makes the module the whole content of a file, or leaves the file as it was.

        Raises:
            PackError: Where there is a file that is no module, so that none is lost by a slip, or
                something else than a file.
            OSError: Where the file cannot be written.
        """
        path = Path(path)
        if path.is_file():
            with path.open("rb") as file:
                beginning = file.read(len(_MAGIC))
            if beginning not in (b"", _MAGIC):
                raise PackError(
                    f"cannot write the agent {path}: there is a file that is not a WebAssembly module\n"
                    "hint: name a file that is not there yet, or move this one away"
                )
            path = path.resolve()
        elif path.exists() and not path.is_dir():
            raise PackError(
                f"cannot write the agent {path}: it is a device or a pipe\n"
                "hint: name a file, or one that is not there yet"
            )
        elif not path.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(path.parent))
        part = path.with_name(f".{path.name}-{os.getpid()}-{threading.get_ident()}")
        try:
            part.write_bytes(self.module)
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)

    def __repr__(self) -> str:
        return f"<nets.Packed {self.code_hash[:8]}: {self.size} bytes>"


def pack(
    model: Any,
    system: str | System,
    path: str | os.PathLike[str] | None = None,
    *,
    precision: str = "int8",
    choice: str = "best",
    temperature: float | None = None,
    input_layout: str | None = None,
    policy: str | None = None,
    value: str | None = None,
    state: Mapping[str, str] | None = None,
    positions: int = 256,
    check: bool = False,
    fuel_base: int | None = None,
    fuel_increment: int | None = None,
    fuel_cap: int | None = None,
    **parameters: Any,
) -> Packed:
    """Makes an agent of a network, as the command ``nets pack`` does.

    Args:
        model: The path of an ONNX file, the bytes of one, an onnx ``ModelProto``, or a torch module,
            which is then exported with zeros of the System's tensor in a batch of 1, its planes where
            ``input_layout`` says.
        system: The System that the agent plays.
        path: Where its module goes, if anywhere.
        precision: As what weights are kept: ``"int8"`` or ``"f32"``.
        choice: How an action is chosen among the legal ones: ``"best"``, ``"sampled"``,
            ``"value"``, the best value one step on; or ``"nearest"``, that nearest to the only number of
            the policy, of which 0 is the first action and 1 the last.
        temperature: What policy numbers are divided by where actions are sampled; above 0, and 1 where
            none is given.
        input_layout: Where the network has the planes of the System's tensor: ``"planes-first"`` or
            ``"planes-last"``. Where none is given, as the network's shape says, and a torch module is
            exported as the System has them, :attr:`System.tensor_planes`.
        policy: The output with a number for each action, where several could be it.
        value: The output with the value of the position, where several could be it.
        state: For each input that is remembered, which is zeros at first, the output that it is
            given at the next decision.
        positions: In how many positions of random play the agent is tried; 100,000 at most.
        check: Whether it is also compared with the reference evaluator in each of them.
        fuel_base: Fuel that a seat's clock starts with, in the league that the agent is for; the
            defaults of this and the next two are those of leagues.
        fuel_increment: Fuel that is added before each decision.
        fuel_cap: Fuel that a clock holds at most.
        parameters: Parameters of the System, where it is given by name.

    Raises:
        PackError: The network cannot be packed, does not fit the System, or ``check`` found the agent
            deciding otherwise than the reference; the text is that of the command.
        ValueError: There is no such System, parameter or option.
    """
    positions = _whole("positions", positions, 1, _POSITIONS_MAX)
    fuel = {"fuel_base": fuel_base, "fuel_increment": fuel_increment, "fuel_cap": fuel_cap}
    for name, given in fuel.items():
        if given is not None:
            fuel[name] = _whole(name, given, 0, 2**64 - 1)
    if state is not None and not isinstance(state, Mapping):
        raise TypeError(
            f"state is {state!r}, expected what names inputs and their outputs, as "
            '{"h_in": "h_out"}'
        )
    rules = system if isinstance(system, System) else built(system, **parameters)
    if rules is system and parameters:
        raise TypeError("a nets.System has its parameters: give them to nets.system")
    facts = pack_onnx(
        _onnx(model, rules, input_layout, state),
        rules,
        precision=precision,
        choice=choice,
        temperature=temperature,
        input_layout=input_layout,
        policy=policy,
        value=value,
        state=list((state or {}).items()),
        positions=positions,
        check=check,
        **fuel,
    )
    packed = Packed(**facts)
    if packed.checked_alike not in (None, packed.positions):
        raise PackError(
            f"the agent decides otherwise than the reference: alike are {packed.checked_alike} of "
            f"{packed.positions} decisions\nhint: please report this with the model"
        )
    if path is not None:
        if isinstance(model, (str, os.PathLike)) and _is_same(model, path):
            raise PackError(
                f"cannot write the agent {path}: it is the model\n"
                "hint: give another file for what is written"
            )
        packed.write(path)
    return packed


def _whole(name: str, given: Any, least: int, most: int) -> int:
    if isinstance(given, bool) or not isinstance(given, numbers.Integral):
        raise TypeError(f"{name} is {given!r}, expected a whole number")
    if not least <= given <= most:
        raise ValueError(f"{name} is {given}, expected {least} to {most}")
    return int(given)


def _is_same(one: Any, other: Any) -> bool:
    return os.path.exists(other) and os.path.samefile(one, other)


def _onnx(model: Any, system: System, input_layout: str | None, state: Any) -> Any:
    """The path or the bytes of a model in ONNX."""
    if isinstance(model, (str, os.PathLike)):
        return os.fspath(model)
    if isinstance(model, (bytes, bytearray, memoryview)):
        return bytes(model)
    if isinstance(model, io.IOBase):
        raise TypeError("expected a model, got an open file: give its path, or what read() gives")
    # Who has a torch module has imported torch.
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.nn.Module):
        return _exported(torch, model, system, input_layout, state)
    if hasattr(model, "SerializeToString"):
        return model.SerializeToString()
    raise TypeError(
        "expected the path or the bytes of an ONNX file, an onnx ModelProto or a torch module, got "
        f"{type(model).__name__}"
    )


def _exported(torch: Any, model: Any, system: System, input_layout: str | None, state: Any) -> bytes:
    """A torch module in ONNX, as it decides when it is not trained."""
    if state:
        raise PackError(
            "a torch module with state is exported by whoever knows its inputs\n"
            "hint: give nets.pack what torch.onnx.export makes of it, with input_names and output_names"
        )
    shape = list(system.tensor_shape)
    planes = None if input_layout is None else input_layout.removeprefix("planes-")
    if (system.tensor_planes, planes) == ("first", "last"):
        shape = shape[1:] + shape[:1]
    elif (system.tensor_planes, planes) == ("last", "first"):
        shape = shape[-1:] + shape[:-1]
    weight = next(model.parameters(), None)
    device = "cpu" if weight is None else weight.device
    zeros = torch.zeros([1, *shape], dtype=torch.float32, device=device)
    # Parts of a model may be trained while others are not.
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    try:
        with tempfile.TemporaryDirectory() as folder, torch.no_grad():
            file = Path(folder, "model.onnx")
            torch.onnx.export(model, (zeros,), str(file), external_data=False, verbose=False)
            return file.read_bytes()
    except Exception as error:
        raise PackError(
            f"torch cannot export the model for {system.name}: {error}\n"
            f"hint: it must take a float32 tensor of shape {tuple(zeros.shape)}; input_layout= says where "
            "its planes are, and newer versions of torch need the package onnxscript for this"
        ) from error
    finally:
        for part, was_training in modes:
            part.training = was_training
