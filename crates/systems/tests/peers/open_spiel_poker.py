"""Plays hands of OpenSpiel's kuhn_poker and leduc_poker at random and writes down all of them.

    python open_spiel_poker.py GAME SEED COUNT

Each line of the output is one hand, in JSON:

    {"cards": [0, 2], "open": null,
     "moments": [{"player": 0, "legal": [0, 1], "action": 1,
                  "information": [[...], [...]], "observation": [[...], [...]]}],
     "returns": [-1.0, 1.0]}

Cards are as dealt, to player 0 first; the tensors are those of both players. Nothing here knows the
Systems it is compared with.
"""

import json
import random
import sys

import pyspiel


def play(game, dice):
    state = game.new_initial_state()
    dealt, moments = [], []
    while not state.is_terminal():
        if state.is_chance_node():
            card = dice.choice([outcome for outcome, _ in state.chance_outcomes()])
            dealt.append(card)
            state.apply_action(card)
            continue
        legal = state.legal_actions()
        moments.append(
            {
                "player": state.current_player(),
                "legal": legal,
                "action": dice.choice(legal),
                "information": [state.information_state_tensor(p) for p in (0, 1)],
                "observation": [state.observation_tensor(p) for p in (0, 1)],
            }
        )
        state.apply_action(moments[-1]["action"])
    opened = dealt[2] if len(dealt) > 2 else None
    return {"cards": dealt[:2], "open": opened, "moments": moments, "returns": state.returns()}


def main():
    game, dice = pyspiel.load_game(sys.argv[1]), random.Random(int(sys.argv[2]))
    for _ in range(int(sys.argv[3])):
        print(json.dumps(play(game, dice)))


main()
