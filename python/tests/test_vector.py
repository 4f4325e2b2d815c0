"""Many matches at once."""

import threading

import numpy as np
import pytest
from conftest import IN_TURN, SIMULTANEOUS, SYSTEMS

import nets

COUNT = 6


def chosen(masks, numbers):
    """A legal action for each row, which one by a random number."""
    legal = masks.cumsum(axis=1, dtype=np.int64)
    wanted = (numbers.random(len(masks)) * legal[:, -1]).astype(np.int64) + 1
    return (legal >= wanted[:, None]).argmax(axis=1)


@pytest.mark.parametrize("reuse", [False, True])
@pytest.mark.parametrize("name", IN_TURN)
def test_each_match_goes_as_it_would_alone(name, reuse):
    numbers = np.random.default_rng(1)
    vector = nets.VectorEnv(name, COUNT, 100, reuse=reuse)
    games = [nets.Game(name, 100 + place, illegal="forfeit") for place in range(COUNT)]
    observations, masks = vector.reset(100)
    ended = 0
    for step in range(450):
        actions = chosen(masks, numbers)
        if step % 97 == 50:
            actions[step % COUNT] = -1
        assert list(vector.seats) == [game.seat for game in games]
        observations, rewards, terminated, masks = vector.step(actions)
        for place, game in enumerate(games):
            assert game.step(actions[place]) == terminated[place]
            single = game.rewards if len(game.rewards) > 1 else game.rewards[0]
            assert np.array_equal(rewards[place], np.float32(single))
            assert vector.endings[place] == game.ending
            assert np.array_equal(vector.scores.reshape(COUNT, -1)[place], game.scores)
            if game.is_over:
                ended += 1
                assert np.array_equal(vector.final_observations[place], game.observation())
                game.reset()
            observation, mask = game.see()
            assert np.array_equal(observations[place], observation)
            assert np.array_equal(masks[place], mask)
            assert vector.seeds[place] == game.seed
    assert ended >= COUNT // 2


def test_arrays_have_their_shapes_and_types():
    vector = nets.VectorEnv("connect-four", 4)
    observations, masks = vector.reset()
    assert observations.shape == (4, 3, 6, 7) and observations.dtype == np.float32
    assert masks.shape == (4, 7) and masks.dtype == np.int8
    _, rewards, terminated, _ = vector.step(np.zeros(4, np.int64))
    assert rewards.shape == (4, 2) and rewards.dtype == np.float32
    assert terminated.shape == (4,) and terminated.dtype == np.bool_
    assert nets.VectorEnv("snake", 4).step([0, 1, 2, 3])[1].shape == (4,)
    assert len(vector) == vector.count == 4 and vector.system.name == "connect-four"


def test_arrays_are_fresh_unless_they_are_to_be_used_again():
    fresh, reused = nets.VectorEnv("snake", 3), nets.VectorEnv("snake", 3, reuse=True)
    for vector, is_same in [(fresh, False), (reused, True)]:
        first, _ = vector.reset()
        second = vector.step(np.zeros(3, np.int64))[0]
        assert np.shares_memory(first, second) == is_same


def test_seeds_are_those_that_were_given():
    vector = nets.VectorEnv("snake", 3, 2**256 - 1)
    assert vector.seeds == [b"\xff" * 32, bytes(32), bytes(31) + b"\1"]
    first, _ = vector.reset(8)
    again, _ = nets.VectorEnv("snake", 3, 8).reset(8)
    assert np.array_equal(first, again)
    later, _ = vector.reset()
    assert not np.array_equal(first, later)
    vector = nets.VectorEnv("snake", 3, 8)
    assert np.array_equal(vector.reset()[0], first)
    assert np.array_equal(vector.reset()[0], later)


def test_any_whole_numbers_are_actions_and_nothing_else():
    for kind in (np.int8, np.uint8, np.int32, np.uint64):
        nets.VectorEnv("snake", 4).step(np.ones(4, kind))
    nets.VectorEnv("snake", 4).step(np.ones(8, np.int64)[::2])
    vector = nets.VectorEnv("snake", 4)
    with pytest.raises(TypeError, match="expected whole numbers as actions"):
        vector.step(np.ones(4))
    with pytest.raises(ValueError, match=r"of shape \(4,\), got shape \(3,\)"):
        vector.step([0, 0, 0])
    with pytest.raises(ValueError, match=r"of shape \(4,\), got shape \(4, 1\)"):
        vector.step(np.ones((4, 1), np.int64))


def test_what_cannot_be_vectorised_is_refused():
    for name in SIMULTANEOUS:
        with pytest.raises(ValueError, match="seats act at once"):
            nets.VectorEnv(name, 2)
    for count in (0, -1, 2**20 + 1, 2**64):
        with pytest.raises(ValueError, match=f"the count of matches is {count}, expected 1 to 1048576"):
            nets.VectorEnv("snake", count)
    with pytest.raises(TypeError, match="the count of matches is 'a', expected a whole number"):
        nets.VectorEnv("snake", "a")
    with pytest.raises(TypeError, match="a nets.System has its parameters"):
        nets.VectorEnv(SYSTEMS["snake"], 2, width=5)


def test_a_step_lets_other_threads_run():
    vector = nets.VectorEnv("chess", 2_000, reuse=True)
    _, masks = vector.reset()
    turns, refused, stop = 0, 0, threading.Event()

    def watch():
        nonlocal turns, refused
        while not stop.is_set():
            turns += 1
            try:
                vector.seats
            except RuntimeError as error:
                assert "another thread is using this object" in str(error)
                refused += 1

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in range(20):
        masks = vector.step(masks.argmax(axis=1))[3]
    stop.set()
    watcher.join()
    # Somebody else ran Python while a step was going on.
    assert turns > refused > 0
