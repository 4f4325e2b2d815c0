"""Plays games of OpenSpiel at random and writes down all that can be compared.

    python open_spiel_games.py GAME SEED COUNT

GAME is as pyspiel.load_game takes it. The first line of the output is about the game, each further
line is one game played, and every line is JSON:

    {"actions": how many there are, "shape": [sizes of the observation tensor]}
    {"chance": [outcomes of the chance nodes, in order],
     "moments": [{"acting": [{"player": 0, "legal": [0, 1], "tensor": "0110"}], "actions": [1]}],
     "returns": [1.0, -1.0]}

A moment is a node where somebody acts, one player or several at once; its tensors are what those
players observe. A tensor of zeros and ones is a string of these digits, any other a list of numbers;
long ones are written at some moments only. Nothing here knows the Systems it is compared with, but
for actions that OpenSpiel allows and ends the game by at once: those are not legal where a position
may not come up again, and are left out.
"""

import json
import random
import sys

import numpy
import pyspiel


# Longer tensors are written at one moment in so many only: all would take minutes.
LONG_TENSOR, MOMENTS_BETWEEN = 1_000, 40


class NoRepeats:
    """Go: a stone that makes an earlier position again ends the game as a draw in OpenSpiel."""

    def __init__(self, state):
        self.cells = state.get_game().num_distinct_actions() - 1
        # By player: the opponent's stones in each earlier position, by the player's own.
        self.earlier = ({}, {})

    def stones(self, state):
        digits = tensor(state, 0)
        ends = range(0, 2 * self.cells, self.cells)
        return [int(digits[end : end + self.cells][::-1], 2) for end in ends]

    def legal(self, state):
        """The legal actions of a state that follows the one asked about before."""
        player, stones = state.current_player(), self.stones(state)
        for one, positions in enumerate(self.earlier):
            positions.setdefault(stones[one], set()).add(stones[1 - one])
        own, earlier = stones[player], self.earlier[player]
        # Own stones stay where they are, so that few actions have to be tried.
        could = lambda action: own | 1 << action in earlier
        return [a for a in state.legal_actions() if not (could(a) and self.repeats(state, a))]

    def repeats(self, state, action):
        player, after = state.current_player(), state.child(action)
        stones = self.stones(after)
        is_earlier = stones[1 - player] in self.earlier[player].get(stones[player], ())
        is_drawn = after.is_terminal() and after.returns() == [0.0, 0.0]
        if action < self.cells and is_earlier != is_drawn:
            raise ValueError(f"earlier {is_earlier}, drawn {is_drawn}: {after}")
        return action < self.cells and is_drawn


# By game: what knows the legal actions where they are not those of the state alone.
RULES = {"go": NoRepeats}


def tensor(state, player):
    values = numpy.asarray(state.observation_tensor(player), dtype=numpy.float32)
    bits = values.astype(numpy.uint8)
    if numpy.array_equal(values, bits) and bits.max(initial=0) <= 1:
        return (bits + ord("0")).tobytes().decode()
    return values.tolist()


def seen(state, player, rule, has_tensor):
    legal = rule.legal(state) if rule else state.legal_actions(player)
    view = {"player": player, "legal": legal}
    if has_tensor:
        view["tensor"] = tensor(state, player)
    return view


def play(game, dice):
    has_tensor = game.get_type().provides_observation_tensor
    is_long = has_tensor and game.observation_tensor_size() > LONG_TENSOR
    state = game.new_initial_state()
    rule = RULES.get(game.get_type().short_name)
    rule = rule(state) if rule else None
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
        has_turn = has_tensor and not (is_long and len(record["moments"]) % MOMENTS_BETWEEN)
        acting = [seen(state, player, rule, has_turn) for player in players]
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
