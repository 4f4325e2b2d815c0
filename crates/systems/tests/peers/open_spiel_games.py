"""Plays games of OpenSpiel at random and writes down all that can be compared.

    python open_spiel_games.py GAME SEED COUNT

GAME is as pyspiel.load_game takes it. The first line of the output is about the game, each further
line is one game played, and every line is JSON:

    {"actions": how many there are, "shape": [sizes of the observation tensor]}
    {"chance": [outcomes of the chance nodes, in order],
     "moments": [{"acting": [{"player": 0, "legal": [0, 1], "tensor": "0110"}], "actions": [1]}],
     "returns": [1.0, -1.0]}

A moment is a node where somebody acts, one player or several at once; its tensors are what those
players observe. A tensor of zeros and ones is a string of these digits, any other a list of numbers.
Nothing here knows the Systems it is compared with.
"""

import json
import random
import sys

import numpy
import pyspiel


def tensor(state, player):
    values = numpy.asarray(state.observation_tensor(player), dtype=numpy.float32)
    bits = values.astype(numpy.uint8)
    if numpy.array_equal(values, bits) and bits.max(initial=0) <= 1:
        return (bits + ord("0")).tobytes().decode()
    return values.tolist()


def seen(state, player, has_tensor):
    view = {"player": player, "legal": state.legal_actions(player)}
    if has_tensor:
        view["tensor"] = tensor(state, player)
    return view


def play(game, dice):
    has_tensor = game.get_type().provides_observation_tensor
    state = game.new_initial_state()
    record = {"chance": [], "moments": []}
    while not state.is_terminal():
        if state.is_chance_node():
            outcomes, weights = zip(*state.chance_outcomes())
            outcome = dice.choices(outcomes, weights)[0]
            record["chance"].append(outcome)
            state.apply_action(outcome)
            continue
        together = state.is_simultaneous_node()
        players = range(game.num_players()) if together else [state.current_player()]
        acting = [seen(state, player, has_tensor) for player in players]
        actions = [dice.choice(view["legal"]) for view in acting]
        record["moments"].append({"acting": acting, "actions": actions})
        if together:
            state.apply_actions(actions)
        else:
            state.apply_action(actions[0])
    record["returns"] = state.returns()
    return record


def main():
    name, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    game = pyspiel.load_game(name)
    dice = random.Random(seed)
    shape = game.observation_tensor_shape() if game.get_type().provides_observation_tensor else []
    print(json.dumps({"actions": game.num_distinct_actions(), "shape": shape}))
    for _ in range(count):
        print(json.dumps(play(game, dice), separators=(",", ":")))


if __name__ == "__main__":
    main()
