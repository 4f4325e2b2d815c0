"""Random play of other libraries' games, for `cargo bench -p nets-runner --bench systems`.

Reads lines as `open-spiel chess` and answers each with the steps that random play has in a second
of this process's CPU time, all threads together, or with `none` where the library is not there.
Play is as each library's documentation shows it: ask for the legal actions, choose one, step.
Libraries are loaded, and compilers run, before anything is counted.
"""

import contextlib
import random
import sys
import time

SECONDS = 1.0


def rate(play):
    """How many steps a CPU-second has of `play`, which makes some at each call."""
    play()
    start = time.process_time()
    steps = 0
    while True:
        steps += play()
        seconds = time.process_time() - start
        if seconds > SECONDS:
            return steps / seconds


def open_spiel(name):
    import pyspiel

    game = pyspiel.load_game({"connect-four": "connect_four", "chess": "chess"}[name])

    def play():
        state, steps = game.new_initial_state(), 0
        while not state.is_terminal():
            state.apply_action(random.choice(state.legal_actions()))
            steps += 1
        return steps

    return play


def pettingzoo(name):
    if name == "chess":
        from pettingzoo.classic import chess_v6 as game
    else:
        from pettingzoo.classic import connect_four_v3 as game
    table = game.env()

    def play():
        table.reset()
        steps = 0
        for agent in table.agent_iter():
            observation, _, is_over, is_cut, _ = table.last()
            if is_over or is_cut:
                table.step(None)
                continue
            legal = observation["action_mask"].nonzero()[0]
            table.step(int(random.choice(legal)))
            steps += 1
        return steps

    return play


def kaggle(_name):
    from kaggle_environments import make

    table = make("connectx", {"rows": 6, "columns": 7, "inarow": 4})

    def play():
        return len(table.run(["random", "random"])) - 1

    return play


def pgx(name, batch=256, steps=64):
    """A batch at once, which is how it is meant to be used; matches that end begin anew."""
    import jax
    import pgx as library
    from pgx.experimental.wrappers import auto_reset

    game = library.make(name.replace("-", "_"))
    step = jax.vmap(auto_reset(game.step, game.init))

    def turn(carry, _):
        state, key = carry
        key, choosing, starting = jax.random.split(key, 3)
        logits = jax.numpy.log(state.legal_action_mask.astype(float))
        actions = jax.random.categorical(choosing, logits, axis=1)
        return (step(state, actions, jax.random.split(starting, batch)), key), None

    many = jax.jit(lambda carry: jax.lax.scan(turn, carry, None, length=steps)[0])
    keys = jax.random.split(jax.random.PRNGKey(0), batch)
    carry = (jax.jit(jax.vmap(game.init))(keys), jax.random.PRNGKey(1))

    def play():
        nonlocal carry
        carry = jax.block_until_ready(many(carry))
        return batch * steps

    return play


LIBRARIES = {"open-spiel": open_spiel, "pettingzoo": pettingzoo, "kaggle": kaggle, "pgx": pgx}


def main():
    games = {}
    for line in sys.stdin:
        library, name = line.split()
        # What libraries say while they are loaded is no answer.
        with contextlib.redirect_stdout(sys.stderr):
            if line not in games:
                # Others are for another program.
                make = LIBRARIES.get(library)
                try:
                    games[line] = make and make(name)
                except ImportError as error:
                    print(f"{library}: {error}")
                    games[line] = None
            figure = rate(games[line]) if games[line] else "none"
        print(figure, flush=True)


main()
