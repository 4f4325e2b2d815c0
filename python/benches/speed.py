"""Steps a second: single matches, many at once, and the same games of PettingZoo and pgx.

    pip install ./python pettingzoo pgx jax
    python python/benches/speed.py [--seconds 1] [--rounds 5]

Everything takes turns in one process, and medians are printed. What is not installed is left out.
Players choose at random among legal actions, and that is part of the time: by a list for single
matches, by numpy for many. Where it says "step alone", actions are chosen while the clock stands.
"""

import argparse
import random
import statistics
import time

import numpy as np

import nets

COUNT = 256


def until(seconds, step_some):
    """Steps a second of what makes some steps at a time and says how many, and what time to leave out."""
    steps, left_out, start = 0, 0.0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        made, aside = step_some()
        steps, left_out = steps + made, left_out + aside
    return steps / (time.perf_counter() - start - left_out)


def bare(name):
    """legal_actions and step: as a search plays."""
    game, draw = nets.Game(name), random.random

    def some():
        for _ in range(100):
            legal = game.legal_actions()
            if game.step(legal[int(draw() * len(legal))]):
                game.reset()
        return 100, 0.0

    return some


def step_alone(name):
    """step and nothing else: actions of whole matches are known before."""
    draw, record, game = random.Random(1).random, [], nets.Game(name)
    while not game.is_over:
        legal = game.legal_actions()
        record.append(legal[int(draw() * len(legal))])
        game.step(record[-1])

    def some():
        start = time.perf_counter()
        game.reset(0)
        aside = time.perf_counter() - start
        step = game.step
        for action in record:
            step(action)
        return len(record), aside

    return some


def observed(name):
    """legal_actions and advance: observation, mask, reward and end with every step."""
    game, draw = nets.Game(name), random.random

    def some():
        for _ in range(100):
            legal = game.legal_actions()
            if game.advance(legal[int(draw() * len(legal))])[3]:
                game.reset()
        return 100, 0.0

    return some


def in_turn(env):
    """last and step of a PettingZoo environment."""
    draw = random.random
    env.reset()

    def some():
        for _ in range(100):
            observation, _, terminated, truncated, _ = env.last()
            if terminated or truncated:
                env.reset()
                continue
            legal = observation["action_mask"].nonzero()[0]
            env.step(int(legal[int(draw() * len(legal))]))
        return 100, 0.0

    return some


def in_turn_alone(env):
    """step of a PettingZoo environment and nothing else: actions of a whole match are known before."""
    draw, record = random.Random(1).random, []
    env.reset()
    while not any(env.terminations.values()):
        legal = env.last()[0]["action_mask"].nonzero()[0]
        record.append(int(legal[int(draw() * len(legal))]))
        env.step(record[-1])

    def some():
        start = time.perf_counter()
        env.reset()
        aside = time.perf_counter() - start
        step = env.step
        for action in record:
            step(action)
        return len(record), aside

    return some


def many(name, is_choosing_timed):
    """VectorEnv, by numpy's random numbers."""
    env = nets.VectorEnv(name, COUNT)
    numbers = np.random.default_rng(0)
    _, masks = env.reset()

    def some():
        nonlocal masks
        aside = 0.0
        for _ in range(20):
            start = time.perf_counter()
            # A number for each legal action, so the greatest is at random one of them.
            if masks.shape[1] < 100:
                actions = (numbers.random(masks.shape, np.float32) * masks).argmax(axis=1)
            else:
                actions = masks.argmax(axis=1)
            aside += time.perf_counter() - start
            masks = env.step(actions)[3]
        return 20 * COUNT, 0.0 if is_choosing_timed else aside

    return some


def pgx_many(name, steps_in_one):
    """pgx, compiled by jax for this machine's processor: so many steps in one call."""
    import jax
    import pgx
    from pgx.experimental import auto_reset

    env = pgx.make(name)
    step = jax.vmap(auto_reset(env.step, env.init))

    def one(carry, _):
        states, key = carry
        key, choosing, stepping = jax.random.split(key, 3)
        logits = jax.numpy.log(states.legal_action_mask.astype(jax.numpy.float32))
        actions = jax.random.categorical(choosing, logits, axis=1)
        return (step(states, actions, jax.random.split(stepping, COUNT)), key), None

    run = jax.jit(lambda carry: jax.lax.scan(one, carry, None, length=steps_in_one)[0])
    key = jax.random.PRNGKey(0)
    carry = run((jax.jit(jax.vmap(env.init))(jax.random.split(key, COUNT)), key))

    def some():
        nonlocal carry
        carry = jax.block_until_ready(run(carry))
        return steps_in_one * COUNT, 0.0

    return some


def peers():
    """The same games of other libraries, where they are installed."""
    found = {}
    try:
        from pettingzoo.classic import connect_four_v3

        found["PettingZoo connect_four_v3: step alone"] = in_turn_alone(connect_four_v3.raw_env())
        found["PettingZoo connect_four_v3: last, step"] = in_turn(connect_four_v3.raw_env())
        from pettingzoo.classic import chess_v6

        found["PettingZoo chess_v6: last, step"] = in_turn(chess_v6.raw_env())
    except ImportError as error:
        print(f"PettingZoo is left out: {error}")
    try:
        found[f"pgx connect_four, {COUNT}: a step a call"] = pgx_many("connect_four", 1)
        found[f"pgx connect_four, {COUNT}: 100 steps a call"] = pgx_many("connect_four", 100)
        found[f"pgx chess, {COUNT}: 100 steps a call"] = pgx_many("chess", 100)
    except ImportError as error:
        print(f"pgx is left out: {error}")
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    contestants = {}
    for name in ("connect-four", "chess", "snake"):
        contestants[f"{name}: step alone"] = step_alone(name)
        contestants[f"{name}: legal_actions, step"] = bare(name)
        contestants[f"{name}: legal_actions, advance"] = observed(name)
        if nets.system(name).seats > 1:
            contestants[f"{name}: AECEnv, last, step"] = in_turn(nets.aec_env(name))
        contestants[f"{name}, {COUNT}: with choosing"] = many(name, True)
        contestants[f"{name}, {COUNT}: step alone"] = many(name, False)
    contestants.update(peers())
    results = {name: [] for name in contestants}
    for _ in range(options.rounds):
        for name, some in contestants.items():
            results[name].append(until(options.seconds, some))
    print(f"steps a second, medians of {options.rounds} rounds of {options.seconds:g} s")
    for name, rates in sorted(results.items()):
        print(f"{name:44} {statistics.median(rates):14,.0f}")


if __name__ == "__main__":
    main()
