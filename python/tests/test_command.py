"""What Python does is what the command does, built of the same sources."""

import json
import subprocess

import pytest
from conftest import ONNX, SYSTEMS, choice

import nets


def run(command, *arguments):
    line = [command, *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True)


def test_both_make_the_same_module(command, tmp_path):
    for options in (
        {"precision": "int8"},
        {"precision": "f32"},
        {"choice": "sampled", "temperature": 0.25},
        {"policy": "policy", "positions": 99},
    ):
        path = tmp_path / "agent.wasm"
        words = [part for name, value in options.items() for part in (f"--{name}", value)]
        done = run(command, "pack", ONNX, "--system", "othello", "-o", path, "--json", *words)
        line = json.loads(done.stdout)
        packed = nets.pack(ONNX, "othello", **options)
        assert packed.module == path.read_bytes()
        assert packed.code_hash == line["code_hash"] and packed.size == line["size"]
        assert packed.fuel_first == line["fuel_first"]
        assert packed.fuel_per_decision == line["fuel_per_decision"]
        assert (packed.alike, packed.positions) == (line["alike"], line["positions"])


@pytest.mark.parametrize(
    ("system", "option"), [("snake", {}), ("othello", {"policy": "logits"}), ("othello", {"value": "v"})]
)
def test_both_refuse_in_the_same_words(command, tmp_path, system, option):
    options = [part for name, value in option.items() for part in (f"--{name}", value)]
    done = run(command, "pack", ONNX, "--system", system, "-o", tmp_path / "agent.wasm", *options)
    with pytest.raises(nets.PackError) as caught:
        nets.pack(ONNX, system, **option)
    *told, hint = str(caught.value).splitlines()
    *expected, expected_hint = done.stderr.splitlines()
    assert told == ["".join(expected[:1]).removeprefix("error: "), *expected[1:]]
    assert hint.startswith("hint: ") and expected_hint.startswith("hint: ")


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_command_plays_the_same_match(command, name, dice):
    game = nets.Game(name, 0x2A)
    pictures, actions = [game.picture()], []
    while not game.is_over and len(actions) < 40:
        taken = choice(game, dice)
        actions.append("+".join(map(str, taken)) if isinstance(taken, list) else str(taken))
        game.step(taken)
        pictures.append(game.picture())
    line = ["simulate", name, "--seed", "2a", "--actions", ",".join(actions)]
    last = json.loads(run(command, *line, "--json").stdout.splitlines()[-1])
    assert last["scores"] == list(game.scores) and last["terminal"] == game.is_over
    assert last["termination"] == game.ending
    for seat in game.seats:
        assert [each["action"] for each in last["legal"][str(seat)]] == game.legal_actions(seat)
    shown = run(command, *line).stdout
    assert all(picture.rstrip("\n") in shown for picture in pictures)
