"""What several tests need: the vectors, the command, Systems by their kind, and random play."""

import json
import os
import pathlib
import random

import pytest

import nets

ROOT = pathlib.Path(__file__).resolve().parents[2]
SYSTEMS = {system.name: system for system in nets.systems()}
ONE_SEAT = [name for name, system in SYSTEMS.items() if system.seats == 1]
SEVERAL_SEATS = [name for name, system in SYSTEMS.items() if system.seats > 1]
SIMULTANEOUS = [name for name, system in SYSTEMS.items() if system.is_simultaneous]
IN_TURN = [name for name in SYSTEMS if name not in SIMULTANEOUS]
ONNX = ROOT / "docs/examples/othello-positions.onnx"


def vectors(name):
    """The matches of a System as its vectors have them, each with its System."""
    with open(ROOT / f"vectors/systems/{name}.json") as file:
        matches = json.load(file)["matches"]
    for match in matches:
        # The hash of a data set stands after the numbers.
        data = match["parameter_bytes"][2 + 16 * len(match["parameters"]) :]
        parameters = {**match["parameters"], **({"data": data} if data else {})}
        yield match, parameters


def choice(game, dice):
    """A legal action for each seat that acts."""
    actions = [dice.choice(game.legal_actions(seat)) for seat in game.seats]
    return actions[0] if len(actions) == 1 else actions


@pytest.fixture
def dice():
    return random.Random(7)


@pytest.fixture(scope="session")
def command():
    """The path of the command `nets` of the same sources, which the test command gives."""
    path = os.environ.get("NETS_COMMAND")
    if not path:
        pytest.skip("NETS_COMMAND does not name the command nets; `cargo xtask test` does")
    return path
