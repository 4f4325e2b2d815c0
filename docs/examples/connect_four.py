"""A model for `nets agent serve`: a question a line in, the number or name of an action a line out."""

import json
import sys


def stones(packed, column):
    """Whose the stones of a column are, from below: 1 for one's own, 0 for the opponent's."""
    bits = packed >> 7 * column & 0x7F
    return [bits >> row & 1 for row in range(bits.bit_length() - 1)]


for line in sys.stdin:
    question = json.loads(line)
    packed = int(question["packed"], 16)
    legal = [each["action"] for each in question["legal"]]
    # Three of a colour on top of each other are ended with a fourth, the others near the middle.
    ended = [c for c in legal if len(set(stones(packed, c)[-3:])) == 1 and len(stones(packed, c)) >= 3]
    print(min(ended or legal, key=lambda column: abs(column - 3)), flush=True)
