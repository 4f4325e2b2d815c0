"""The examples that train: a few seconds of each, where torch is there."""

import os
import subprocess
import sys

import pytest
from conftest import ROOT

import nets

EXAMPLES = ROOT / "python/examples"
# Torch is too large to be installed for these tests.
for library in ("torch", "onnx", "onnxscript"):
    pytest.importorskip(library, reason="what the examples need beside the package is not installed")


def train(script, folder, minutes, *arguments, **environment):
    """Runs an example; gives the module, the network and what was printed."""
    folder.mkdir()
    module, network = folder / "agent.wasm", folder / "network.onnx"
    run = subprocess.run(
        [sys.executable, EXAMPLES / script, module, "--onnx", network, "--minutes", minutes, *arguments],
        capture_output=True, text=True, cwd=folder, env={**os.environ, **environment},
    )
    assert run.returncode == 0, run.stderr
    assert sorted(file.name for file in folder.iterdir()) == ["agent.wasm", "network.onnx"]
    return module.read_bytes(), network.read_bytes(), run.stdout


@pytest.mark.parametrize(
    ("script", "system", "options"),
    [("train_snake.py", "snake", {}), ("train_connect_four.py", "connect-four", {"choice": "value"})],
)
def test_an_example_trains_packs_and_plays(script, system, options, tmp_path):
    module, network, said = train(script, tmp_path / "one", "0.1")
    assert nets.pack(network, system, **options).module == module
    # The file tells nothing of the machine that it was made on.
    assert os.fsencode(tmp_path) not in network and os.fsencode(EXAMPLES) not in network
    assert b"stack_trace" not in network
    if os.environ.get("NETS_COMMAND"):
        assert f"{system}-greedy" in said


@pytest.mark.parametrize("script", ["train_snake.py", "train_connect_four.py"])
def test_an_example_makes_the_same_of_the_same_seed(script, tmp_path):
    # Without the command no matches are played, and that is said.
    alone = {"NETS_COMMAND": "", "PATH": ""}
    one, _, said = train(script, tmp_path / "one", "0.01", **alone)
    two, _, _ = train(script, tmp_path / "two", "0.01", **alone)
    other, _, _ = train(script, tmp_path / "other", "0.01", "--seed", "2", **alone)
    assert one == two != other
    assert said.endswith("no matches: the command nets is not on the path, and NETS_COMMAND does not name it\n")


def test_the_planner_of_snake_outlives_and_outscores_what_it_teaches(monkeypatch):
    monkeypatch.syspath_prepend(str(EXAMPLES))
    import train_snake

    env = nets.VectorEnv("snake", 8, 1)
    boards, _ = env.reset()
    scores = []
    while len(scores) < 8:
        boards, _, ended, _ = env.step(train_snake.judged(boards).argmax(1))
        scores += env.scores[ended].tolist()
    # The agent snake-scout, by the same rule, has some 390 of a match.
    assert sum(scores) / len(scores) > 350


def test_the_rules_in_the_example_of_connect_four_are_those_of_the_system(dice, monkeypatch):
    monkeypatch.syspath_prepend(str(EXAMPLES))
    import torch
    import train_connect_four as example

    network = example.Network()
    game = nets.Game("connect-four")
    for _ in range(200):
        if game.is_over:
            game.reset()
        board, seat = torch.from_numpy(game.observation())[None], torch.tensor([game.seat])
        after, is_full = example.children(board, seat)
        worths = example.worths(network, board, seat)[0]
        assert [a for a in range(7) if not is_full[0, a]] == game.legal_actions()
        for action in game.legal_actions():
            next_game = game.fork()
            is_over = next_game.step(action)
            assert (after[0, action].numpy() == next_game.observation()).all()
            replies = [] if is_over else next_game.legal_actions()
            is_lost = any(loses(next_game, reply, game.seat) for reply in replies)
            assert (worths[action] == 1) == (next_game.rewards[game.seat] == 1)
            assert (worths[action] == -1) == is_lost
        game.step(dice.choice(game.legal_actions()))


def loses(game, action, seat):
    """Whether an action of the other seat ends a match that this seat loses."""
    after = game.fork()
    after.step(action)
    return after.rewards[seat] == -1
