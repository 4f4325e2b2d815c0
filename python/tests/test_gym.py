"""Systems of one seat as Gymnasium environments."""

import re

import gymnasium
import numpy as np
import pytest
from conftest import ONE_SEAT, SYSTEMS
from gymnasium.utils.env_checker import check_env

import nets.gym


@pytest.mark.filterwarnings("ignore:.*Box observation space m.*infinity")
@pytest.mark.parametrize("name", ONE_SEAT)
def test_environments_are_what_gymnasium_expects(name):
    registered = f"nets/{name}-v{SYSTEMS[name].version}"
    check_env(gymnasium.make(registered, render_mode="ansi").unwrapped)


@pytest.mark.parametrize("name", ONE_SEAT)
def test_an_episode_is_the_match_of_its_seed(name, dice):
    env, game = nets.gym.make(name), nets.Game(name, 11)
    start = game.scores[0]
    observation, info = env.reset(seed=11)
    gained, terminated = 0.0, False
    while not terminated:
        assert np.array_equal(observation, game.observation())
        assert np.array_equal(info["action_mask"], game.action_mask())
        assert np.array_equal(env.action_masks(), game.action_mask() == 1)
        action = int(dice.choice(np.flatnonzero(info["action_mask"])))
        observation, reward, terminated, truncated, info = env.step(action)
        game.step(action)
        assert reward == game.rewards[0] and truncated is False and terminated == game.is_over
        gained += reward
    assert info["score"] == game.scores[0] == start + gained
    assert info["ending"] == game.ending


def test_seeds_make_episodes_and_later_ones_the_same():
    def states(env, seed):
        env.reset(seed=seed)
        first = env.game.state
        env.reset()
        return first, env.game.state

    one, other = nets.gym.make("snake"), nets.gym.make("snake")
    assert states(one, 3) == states(other, 3) != states(other, 4)
    # Whoever names no seed gets another match each time.
    fresh = [nets.gym.make("snake") for _ in range(2)]
    for env in fresh:
        env.reset()
    assert fresh[0].game.seed != fresh[1].game.seed
    many = [nets.gym.make_vec("snake", 2) for _ in range(2)]
    for envs in many:
        envs.reset()
    assert not set(many[0].batch.seeds) & set(many[1].batch.seeds)


def test_an_illegal_action_ends_the_episode():
    env = nets.gym.make("pendulum")
    env.reset(seed=1)
    _, reward, terminated, _, info = env.step(21)
    assert terminated and info["ending"] == "forfeit" and not info["action_mask"].any()
    assert info["score"] == reward < 0


def test_states_are_drawn_as_text():
    env = nets.gym.make("snake", render_mode="ansi")
    env.reset(seed=1)
    assert env.render() == env.game.picture() and "score 1" in env.render()
    assert nets.gym.make("snake").render() is None


@pytest.mark.parametrize("name", ONE_SEAT)
def test_states_are_drawn_as_pixels(name):
    env = nets.gym.make(name, render_mode="rgb_array")
    env.reset(seed=1)
    first = env.render()
    width, height = (int(word) for word in re.search(r'width="(\d+)" height="(\d+)"', env.game.svg()).groups())
    assert first.shape == (2 * height, 2 * width, 3) and first.dtype == np.uint8
    # The ground in a corner, and more than one other colour: shapes and the words in ink.
    colours = {tuple(pixel) for pixel in first.reshape(-1, 3).tolist()}
    assert tuple(first[0, 0]) in {(0xFB, 0xFA, 0xF7), (0xE7, 0xE3, 0xD8)}
    assert (0x23, 0x26, 0x2B) in colours and len(colours) > 3
    assert (env.game.rgb() == first).all()
    env.step(env.action_masks().argmax())
    assert (env.render() != first).any()


def test_other_systems_and_modes_are_refused():
    with pytest.raises(ValueError, match="connect-four has 2 seats, expected 1"):
        nets.gym.make("connect-four")
    with pytest.raises(ValueError, match="render_mode is 'human', expected 'ansi', 'rgb_array' or None"):
        nets.gym.make("snake", render_mode="human")


@pytest.mark.parametrize("name", ONE_SEAT)
def test_vectorised_environments_play_as_single_ones(name):
    envs = nets.gym.make_vec(name, 5)
    singles = [nets.gym.make(name) for _ in range(5)]
    observations, infos = envs.reset(seed=20)
    seen = [env.reset(seed=20 + place) for place, env in enumerate(singles)]
    ended = 0
    for step in range(700):
        actions = infos["action_mask"].argmax(axis=1) + step % 2
        actions %= np.maximum(infos["action_mask"].sum(axis=1), 1)
        observations, rewards, terminated, truncated, infos = envs.step(actions)
        assert not truncated.any()
        for place, env in enumerate(singles):
            observation, reward, over, _, info = env.step(actions[place])
            assert rewards[place] == np.float32(reward) and terminated[place] == over
            if over:
                ended += 1
                assert np.array_equal(infos["final_obs"][place], observation)
                assert infos["final_info"]["score"][place] == info["score"]
                assert infos["final_info"]["ending"][place] == info["ending"]
                observation, info = env.reset()
            assert np.array_equal(observations[place], observation)
            assert np.array_equal(infos["action_mask"][place], info["action_mask"])
    assert ended >= 5


def test_gymnasium_makes_vectorised_ones_of_ours():
    envs = gymnasium.make_vec("nets/snake-v1", num_envs=3, vectorization_mode="vector_entry_point")
    observations, _ = envs.reset(seed=1)
    assert gymnasium.make("nets.gym:nets/snake-v1").unwrapped.system.name == "snake"
    assert isinstance(envs.unwrapped, nets.gym.NetsVectorEnv) and observations.shape == (3, 10, 10, 5)
    recorded = gymnasium.wrappers.vector.RecordEpisodeStatistics(envs)
    recorded.reset(seed=1)
    for _ in range(20):
        *_, infos = recorded.step(np.zeros(3, np.int64))
        if "episode" in infos:
            break
    assert infos["episode"]["l"].max() > 0
