"""Plays episodes of Gymnasium's classic control tasks and writes down all that can be compared.

    python gymnasium_episodes.py TASK SEED COUNT [LEVELS]

TASK is as gymnasium.make takes it; LEVELS is how many torques from -2 to 2 Pendulum-v1 is played with.
Each line of the output is one episode, in JSON:

    {"start": ["3fa9..."],
     "steps": [{"action": 1, "state": ["3fa9..."], "observation": [0.05],
                "reward": 1.0, "terminated": false, "truncated": false}]}

A state is the numbers of the environment, each as the 64 bits of a float in hex, so that no digit is
lost. Half of the episodes are played at random; the others by a rule of thumb that gets further, with
a random action now and then. Nothing here knows the Systems it is compared with.
"""

import json
import random
import struct
import sys

import gymnasium
import numpy

RULES = {
    "CartPole-v1": lambda s: int(s[2] + s[3] > 0),
    "MountainCar-v0": lambda s: 0 if s[1] < 0 else 2,
    "Acrobot-v1": lambda s: 0 if s[2] > 0 else 2,
    "Pendulum-v1": lambda s: 0 if s[1] < 0 else -1,
}


def bits(state):
    return [struct.pack(">d", float(number)).hex() for number in state]


def play(env, task, seed, levels, dice):
    env.reset(seed=seed)
    state = env.unwrapped.state
    count = levels or int(env.action_space.n)
    is_random = seed % 2 == 0
    episode = {"start": bits(state), "steps": []}
    over = False
    while not over:
        by_chance = is_random or dice.random() < 0.1
        action = dice.randrange(count) if by_chance else RULES[task](state) % count
        # The torque stays a float of 64 bits on its way into the environment.
        taken = numpy.array([-2.0 + 4.0 * action / (levels - 1)]) if levels else action
        observation, reward, terminated, truncated, _ = env.step(taken)
        state = env.unwrapped.state
        over = terminated or truncated
        episode["steps"].append(
            {
                "action": action,
                "state": bits(state),
                "observation": [float(number) for number in observation],
                "reward": float(reward),
                "terminated": bool(terminated),
                "truncated": bool(truncated),
            }
        )
    return episode


def main():
    task, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    levels = int(sys.argv[4]) if len(sys.argv) > 4 else 0
    env = gymnasium.make(task)
    dice = random.Random(seed)
    for index in range(count):
        print(json.dumps(play(env, task, seed + index, levels, dice)))


main()
