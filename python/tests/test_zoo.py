"""Systems of several seats as PettingZoo environments."""

import numpy as np
import pytest
from conftest import IN_TURN, SEVERAL_SEATS, SIMULTANEOUS
from pettingzoo.test import api_test, parallel_api_test, parallel_seed_test, seed_test

import nets

# PettingZoo knows by name which of its own environments observe more than a picture, and boards
# begin empty.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Observation space for each agent probably should be"),
    pytest.mark.filterwarnings("ignore:Observation is not a NumPy array"),
    pytest.mark.filterwarnings("ignore:Observation numpy array is all zeros"),
    pytest.mark.filterwarnings("ignore:Action mask numpy array is all zeros"),
    pytest.mark.filterwarnings("ignore:The observation contains negative numbers"),
]
SMALL = {
    "go": {"size": 5, "ply-limit": 50},
    "chess": {"ply-limit": 60},
    "hex": {"size": 4},
    "leduc-poker": {"hands": 10},
}


@pytest.mark.parametrize("name", SEVERAL_SEATS)
def test_environments_are_what_pettingzoo_expects(name):
    api_test(nets.aec_env(name, **SMALL.get(name, {})), num_cycles=200)
    seed_test(lambda: nets.aec_env(name, **SMALL.get(name, {})), num_cycles=100)


@pytest.mark.parametrize("name", SIMULTANEOUS)
def test_parallel_environments_are_what_pettingzoo_expects(name):
    parallel_api_test(nets.parallel_env(name), num_cycles=200)
    parallel_seed_test(lambda: nets.parallel_env(name), num_cycles=100)


@pytest.mark.parametrize("name", SEVERAL_SEATS)
def test_an_episode_is_the_match_of_its_seed(name, dice):
    env, game = nets.aec_env(name), nets.Game(name, 9)
    start, total = game.scores, dict.fromkeys(env.possible_agents, 0.0)
    env.reset(seed=9)
    chosen = []
    for agent in env.agent_iter():
        observation, reward, terminated, _, info = env.last()
        total[agent] += reward
        if terminated:
            assert info["ending"] == game.ending
            assert info["score"] == game.scores[int(agent[-1])]
            env.step(None)
            continue
        seat = game.seats[len(chosen)]
        assert agent == f"seat_{seat}"
        assert np.array_equal(observation["observation"], game.observation(seat))
        assert np.array_equal(observation["action_mask"], game.action_mask(seat))
        action = int(dice.choice(np.flatnonzero(observation["action_mask"])))
        chosen.append(action)
        env.step(action)
        if len(chosen) == len(game.seats):
            game.step(chosen)
            chosen = []
    assert game.is_over
    assert list(total.values()) == [now - then for now, then in zip(game.scores, start)]


def test_a_won_board_is_worth_one_and_a_draw_nothing():
    def rewards(actions):
        env = nets.aec_env("tic-tac-toe")
        env.reset()
        for action in actions:
            env.step(action)
        return [env.rewards[agent] for agent in env.possible_agents]

    assert rewards([0, 3, 1, 4, 2]) == [1.0, -1.0]
    assert rewards([0, 1, 2, 4, 3, 5, 7, 6, 8]) == [0.0, 0.0]
    # What is not legal forfeits.
    assert rewards([0, 0]) == [1.0, -1.0]


def test_seats_that_act_at_once_do_not_see_what_the_others_chose():
    env = nets.aec_env("rps")
    env.reset(seed=1)
    before = env.observe("seat_1")["observation"].copy()
    env.step(2)
    assert env.agent_selection == "seat_1" and env.game.rewards == (0.0, 0.0)
    assert np.array_equal(env.observe("seat_1")["observation"], before)


def test_a_seat_does_not_see_the_other_ones_card():
    # In each of 40 deals what the first seat sees before anybody acts is one of three cards.
    seen = {}
    for seed in range(40):
        env = nets.aec_env("kuhn-poker")
        env.reset(seed=seed)
        own = env.observe("seat_0")["observation"]
        other = env.observe("seat_1")["observation"]
        seen.setdefault(own.tobytes(), set()).add(other.tobytes())
    assert len(seen) == 3
    # With each card of one's own, the other seat has either of the two others.
    assert all(len(others) == 2 for others in seen.values())


def test_parallel_and_one_at_a_time_play_the_same(dice):
    for name in SIMULTANEOUS:
        parallel, aec = nets.parallel_env(name), nets.aec_env(name)
        observations, _ = parallel.reset(seed=4)
        aec.reset(seed=4)
        while parallel.agents:
            actions = {}
            for agent, seen in observations.items():
                legal = np.flatnonzero(seen["action_mask"])
                actions[agent] = int(dice.choice(legal)) if len(legal) else 0
            for seat in aec.game.seats:
                aec.step(actions[f"seat_{seat}"])
            observations, rewards, terminated, _, _ = parallel.step(actions)
            assert parallel.game.state == aec.game.state
            assert rewards == {agent: aec.rewards[agent] for agent in rewards}
        assert all(terminated.values()) and aec.game.is_over


def test_dead_snakes_stay_and_do_not_act():
    env = nets.parallel_env("snake-arena", snakes=3)
    env.reset(seed=2)
    out = set()
    while env.agents:
        observations, _, terminated, _, _ = env.step(dict.fromkeys(env.agents, 0))
        masked = {agent for agent, seen in observations.items() if not seen["action_mask"].any()}
        assert out <= masked
        out = masked
    assert set(terminated) == set(env.possible_agents) and all(terminated.values())


def test_what_does_not_go_together_is_refused():
    for name in set(SEVERAL_SEATS) & set(IN_TURN):
        with pytest.raises(ValueError, match="seats act in turn"):
            nets.parallel_env(name)
    with pytest.raises(ValueError, match="snake has 1 seat, expected 2 or more"):
        nets.aec_env("snake")
    env = nets.parallel_env("rps")
    env.reset(seed=1)
    with pytest.raises(ValueError, match="got none for seat_1"):
        env.step({"seat_0": 1})


@pytest.mark.parametrize("name", SEVERAL_SEATS)
def test_states_are_drawn_as_text_and_as_pixels(name):
    text, film = nets.aec_env(name, render_mode="ansi"), nets.aec_env(name, render_mode="rgb_array")
    for env in (text, film):
        env.reset(seed=1)
    assert text.render() == film.game.picture()
    pixels = film.render()
    assert pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.dtype == np.uint8
    assert (pixels == film.game.rgb()).all() and len(np.unique(pixels.reshape(-1, 3), axis=0)) > 3
    assert nets.aec_env(name).render() is None
    with pytest.raises(ValueError, match="expected 'ansi', 'rgb_array' or None"):
        nets.aec_env(name, render_mode="human")
