"""The slim object for one match, and what is said of Systems."""

import copy

import numpy as np
import pytest
from conftest import ROOT, SYSTEMS, choice

import nets


def test_systems_say_what_they_are():
    snake = SYSTEMS["snake"]
    assert (snake.name, snake.version, snake.seats, snake.action_count) == ("snake", 1, 1, 4)
    assert snake.tensor_shape == (10, 10, 5) and snake.tensor_planes == "last"
    assert nets.system("go").tensor_planes == "first" and nets.system("rps").tensor_planes is None
    assert snake.parameters == {"width": 10, "height": 10, "step-limit": 300}
    assert snake.parameter_ranges["width"] == (2, 16, 10, "columns")
    assert snake.action_name(2) == "down" and snake.action("left") == 3
    small = nets.system("snake", width=5, step_limit=9)
    assert small.tensor_shape == (10, 5, 5) and small.step_count_max == 9
    assert nets.system("snake-arena", snakes=4).seats == 4
    assert SYSTEMS["kuhn-poker"].is_private and not snake.is_private
    assert "apple" in snake.description


@pytest.mark.parametrize("name", SYSTEMS)
def test_observations_are_the_tensor_and_masks_the_legal_actions(name, dice):
    system = SYSTEMS[name]
    game = nets.Game(system, 3)
    steps = 0
    while not game.is_over and steps < 200:
        for seat in range(system.seats):
            observation, mask = game.see(seat)
            assert observation.shape == system.tensor_shape and observation.dtype == np.float32
            assert mask.shape == (system.action_count,) and mask.dtype == np.int8
            assert np.array_equal(mask.nonzero()[0], game.legal_actions(seat))
            assert mask.any() == (seat in game.seats)
        game.step(choice(game, dice))
        steps += 1
    assert steps > 0
    for seat in range(system.seats):
        assert not game.is_over or not game.action_mask(seat).any()


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_match_depends_on_seed_and_actions_alone(name, dice):
    game = nets.Game(name, 5)
    taken, rewards, before = [], np.zeros(game.system.seats), game.scores
    while not game.is_over:
        taken.append(choice(game, dice))
        game.step(taken[-1])
        rewards += game.rewards
    other = nets.Game(name, bytes(31) + b"\5")
    for action in taken:
        other.step(action)
    assert other.state == game.state and other.scores == game.scores and other.is_over
    assert list(rewards) == [now - then for now, then in zip(game.scores, before)]


def test_seeds_follow_on_each_other():
    game = nets.Game("snake", 1)
    first = game.state
    game.reset()
    assert game.seed != (1).to_bytes(32, "big") and game.state != first
    second = game.seed
    game.reset(1)
    assert game.state == first
    game.reset()
    assert game.seed == second


def test_a_fork_goes_its_own_way():
    game = nets.Game("connect-four")
    game.step(3)
    for fork in (game.fork(), copy.copy(game), copy.deepcopy(game)):
        fork.step(0)
        assert fork.state != game.state
    assert game.seat == 1


def test_pictures_are_those_of_the_playthroughs():
    path = ROOT / "crates/systems/tests/playthroughs/connect-four-the-last-stone-wins.txt"
    steps = path.read_text().split("\n== ")
    game = nets.Game("connect-four")
    assert game.picture() in steps[1]
    game.step(3)
    assert game.picture() in steps[2]
    assert game.svg().startswith("<svg")


def test_what_is_refused_says_why_and_leaves_the_match_as_it_was():
    game = nets.Game("tic-tac-toe")
    game.step(4)
    before = game.state
    with pytest.raises(nets.IllegalAction) as caught:
        game.step(4)
    assert str(caught.value) == (
        "action 4 is not legal for seat 1\nhint: legal are 0, 1, 2, 3, 5, 6, 7, 8"
    )
    with pytest.raises(ValueError, match="1 seats act, got 2 actions"):
        game.step([0, 1])
    with pytest.raises(TypeError, match="expected the number of an action"):
        game.step("middle")
    assert game.state == before
    for action in (0, 3, 1, 5):
        game.step(action)
    with pytest.raises(ValueError, match="expected|the match is over"):
        for action in (2, 6, 7, 8):
            game.step(action)
    with pytest.raises(ValueError, match="there is no seat 2"):
        game.observation(2)


@pytest.mark.parametrize(
    ("arguments", "parameters", "text"),
    [
        (("snek",), {}, 'no System "snek"; did you mean "snake"?'),
        (("snake",), {"width": 99}, "parameter width is 99, expected 2 to 16"),
        (("snake",), {"hight": 3}, 'no parameter "hight"; this System has width, height, step-limit'),
        (("snake",), {"width": -1}, "parameter width is -1, expected a whole number from 0"),
        (("snake", -1), {}, r"the seed is -1, expected 0 to 2\*\*256 - 1"),
        (("snake", b"short"), {}, "the seed has 5 bytes, expected 32"),
        (("snake",), {"illegal": "shrug"}, 'illegal is "shrug", expected'),
        (("forecast",), {"data": "nothing"}, 'no data set "nothing"'),
    ],
)
def test_bad_arguments_are_named(arguments, parameters, text):
    with pytest.raises(ValueError, match=text):
        nets.Game(*arguments, **parameters)


def test_chess_begins_at_a_position_and_forecast_on_a_file(tmp_path):
    game = nets.Game("chess", fen="8/8/8/8/8/4k3/4P3/4K3 w - - 0 1")
    assert [game.system.action_name(action) for action in game.legal_actions()] == ["e1d1", "e1f1"]
    shipped = ROOT / "crates/systems/data/sunspots.csv"
    by_name = nets.Game("forecast", data="sunspots")
    parameters = {**by_name.system.parameters, "data": shipped}
    by_file = nets.Game("forecast", **parameters)
    parameters["data"] = shipped.read_bytes()
    by_bytes = nets.Game("forecast", **parameters)
    assert np.array_equal(by_name.observation(), by_file.observation())
    assert np.array_equal(by_name.observation(), by_bytes.observation())
    with pytest.raises(OSError, match="cannot read the data set"):
        nets.Game("forecast", data=tmp_path / "missing.csv")
