"""Trains a network to play Connect Four by playing against itself, and packs it as an agent.

    python python/examples/train_connect_four.py connect-four.wasm --minutes 5

The network says what a position is worth, and the agent takes the step after which that is the greatest
(``choice="value"``). What a position is worth is learnt from those that follow in 512 matches at a time, with
temporal differences, where a player looks one step ahead and sees whoever wins at once. Beside it the network
learns which step that was, for ``choice="best"`` and ``choice="sampled"``.

The same seed and minutes give the same network: minutes are a number of rounds, not read from a clock. It needs
torch, onnx and onnxscript beside the package nets.
"""

import itertools
import time

import arena
import nets
import numpy as np
import torch
from torch import nn

MATCHES, STEPS, BATCHES, BATCH = 512, 16, 32, 1024
MEMORY = 16  # Rounds whose positions are remembered.
ROUNDS_PER_MINUTE = 75  # So many there are on one core of a small machine.
TRUST = 0.8  # How much of what comes later counts, the lambda of temporal differences.
ROWS, COLUMNS = 6, 7
FROM_CENTRE = (3, 2, 4, 1, 5, 0, 6)


def windows(height, width):
    """The cells of each window of that size, as a tensor of shape [windows, height * width]."""
    cells = torch.arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS)
    return cells.unfold(0, height, 1).unfold(1, width, 1).reshape(-1, height * width)


SQUARES = windows(4, 4)
DIAGONALS = [SQUARES[:, [0, 5, 10, 15]], SQUARES[:, [3, 6, 9, 12]]]
LINES = torch.cat([windows(1, 4), windows(4, 1), *DIAGONALS])
IN_LINE = nn.functional.one_hot(LINES, ROWS * COLUMNS).sum(1).float().T  # [cell, line]


class Network(nn.Module):
    """A number for each column, and what the position is worth to who moves, from -1 to 1."""

    def __init__(self, channels=8, width=64):
        super().__init__()
        self.register_buffer("lines", LINES.flatten(), persistent=False)
        # The same for every line of four cells.
        self.near = nn.Sequential(nn.Linear(4 * 4, channels), nn.ReLU())
        inputs = len(LINES) * channels + 2 * ROWS * COLUMNS + 1
        self.far = nn.Sequential(nn.Linear(inputs, width), nn.ReLU())
        self.policy, self.value = nn.Linear(width, COLUMNS), nn.Sequential(nn.Linear(width, 1), nn.Tanh())

    def forward(self, board):
        first, second, empty = (board[:, plane].flatten(1) for plane in range(3))
        # Who moves: 0 where both have as many stones, else 1.
        turn = first.sum(1, keepdim=True) - second.sum(1, keepdim=True)
        own, other = first + turn * (second - first), second + turn * (first - second)
        # An empty cell above a stone or the floor, where the next stone may land.
        ground = 1 - nn.functional.pad(empty[:, :-COLUMNS], (COLUMNS, 0))
        cells = torch.stack([own, other, empty, empty * ground], 2)
        near = self.near(cells.index_select(1, self.lines).reshape(-1, len(LINES), 4 * 4))
        hidden = self.far(torch.cat([near.flatten(1), own, other, turn], 1))
        return self.policy(hidden), self.value(hidden)


def children(boards, seats):
    """Boards after each column, of shape [count, 7, 3, 6, 7], and where the column is full."""
    taken = 1 - boards[:, 2]
    heights = taken.sum(1).long()
    rows = nn.functional.one_hot(heights, ROWS + 1)[..., :ROWS].float()  # [count, 7, row]
    stones = rows[..., None] * torch.eye(COLUMNS)[None, :, None]  # [count, 7, row, column]
    after = boards[:, None].repeat(1, COLUMNS, 1, 1, 1)
    after[torch.arange(len(boards)), :, seats] += stones
    after[:, :, 2] -= stones
    return after, heights >= ROWS


def counts(cells):
    """How many of each line are among these cells, of shape [..., 6, 7]."""
    return cells.flatten(-2) @ IN_LINE


def worths(network, boards, seats, sees_threats=True):
    """What each column is worth to who moves, -2 where it is full.

    Without threats it is what the packed agent sees: who has won, and else what the network says.
    """
    after, is_full = children(boards, seats)
    count = torch.arange(len(boards))
    own, other, empty = after[count, :, seats], after[count, :, 1 - seats], after[:, :, 2]
    with torch.no_grad():
        worth = -network(after.flatten(0, 1))[1].reshape(-1, COLUMNS)
    worth[empty.sum((2, 3)) == 0] = 0.0
    if sees_threats:
        # The other wins where the last cell of a line is one that a stone may land on.
        ground = 1 - nn.functional.pad(empty[..., :-1, :], (0, 0, 1, 0))
        worth[((counts(other) == 3) & (counts(empty * ground) == 1)).any(-1)] = -1.0
    worth[(counts(own) == 4).any(-1)] = 1.0
    return worth.masked_fill(is_full, -2.0)


def greedy(boards, seats):
    """What the agent connect-four-greedy does: it wins, else blocks, else plays near the centre."""
    count = torch.arange(len(boards))
    liking = torch.tensor([FROM_CENTRE[::-1].index(column) for column in range(COLUMNS)]).float()
    liking = liking.repeat(len(boards), 1)
    for weight, who in ((100.0, seats), (10.0, 1 - seats)):
        after, is_full = children(boards, who)
        liking += weight * (counts(after[count, :, who]) == 4).any(-1)
    return liking.masked_fill(is_full, -1.0).argmax(1)


def seats_of(env):
    return torch.from_numpy(env.seats.astype(np.int64))


def against_greedy(network, pairs, seed):
    """Wins, draws and losses against the rule of connect-four-greedy: from each opening of up to six random
    stones one match in each seat."""
    results = []
    for own in (0, 1):
        dice = np.random.default_rng(seed)
        plies = dice.integers(0, 7, pairs)
        env = nets.VectorEnv("connect-four", pairs, 1)
        boards, masks = env.reset()
        score, is_over = np.zeros(pairs), np.zeros(pairs, bool)
        for ply in itertools.count():
            seats, seen = seats_of(env), torch.from_numpy(boards)
            ours = worths(network, seen, seats, sees_threats=False).argmax(1)
            actions = torch.where(seats == own, ours, greedy(seen, seats)).numpy()
            random = (dice.random((pairs, COLUMNS)) * masks).argmax(1)
            boards, rewards, ended, masks = env.step(np.where(ply < plies, random, actions))
            score[ended & ~is_over] = rewards[ended & ~is_over, own]
            is_over |= ended
            if is_over.all():
                break
        results += score.tolist()
    return [results.count(score) for score in (1, 0, -1)]


class Play:
    """A round of the network against itself: positions, what they turned out to be worth, and which columns
    were good."""

    def __init__(self, env, network, boards, dice):
        self.boards, self.goods, self.others, self.other_values = [], [], [], []
        bests, values, follows = [], [], []
        # Some play their best, some do something else now and then.
        whim = np.linspace(0, 0.4, MATCHES)
        for _ in range(STEPS):
            seats, seen = seats_of(env), torch.from_numpy(boards)
            worth = worths(network, seen, seats)
            best = worth.max(1)[0]
            liking = worth + 0.03 * torch.from_numpy(dice.standard_normal(worth.shape)).float()
            odd = torch.from_numpy(dice.random(worth.shape)).float().masked_fill(worth == -2, -1.0)
            is_odd = torch.from_numpy(dice.random(MATCHES) < whim)
            actions = torch.where(is_odd, odd.argmax(1), liking.masked_fill(worth == -2, -9.0).argmax(1))
            self.boards.append(seen)
            self.goods.append((worth / 0.05).softmax(1))
            # Mistakes that nobody makes have to be known as well: any position one step on.
            other = odd.argmax(1)
            after, _ = children(seen, seats)
            self.others.append(after[torch.arange(MATCHES), other])
            self.other_values.append(-worth.gather(1, other[:, None])[:, 0])
            bests.append(best)
            boards, _, ended, _ = env.step(actions.numpy())
            is_good = worth.gather(1, actions[:, None])[:, 0] > best - 0.05
            follows.append(is_good & ~torch.from_numpy(ended))
        value = worths(network, torch.from_numpy(boards), seats_of(env)).max(1)[0]
        for best, follow in zip(reversed(bests), reversed(follows)):
            # What follows tells about a position only where who moved did what was good.
            value = torch.where(follow, (1 - TRUST) * best - TRUST * value, best)
            values.append(value)
        self.values = torch.cat(values[::-1])
        self.boards, self.goods = torch.cat(self.boards), torch.cat(self.goods)
        self.others, self.other_values = torch.cat(self.others), torch.cat(self.other_values)
        self.last = boards


def train(network, rounds, seed):
    """Plays and learns, so many times."""
    env = nets.VectorEnv("connect-four", MATCHES, seed)
    dice = np.random.default_rng(seed)
    optimiser = torch.optim.Adam(network.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, rounds * BATCHES, pct_start=0.1)
    memory, start, said = [], time.time(), time.time()
    boards, _ = env.reset()
    for number in range(rounds):
        play = Play(env, network, boards, dice)
        boards = play.last
        memory = [*memory[1 - MEMORY :], play]
        for _ in range(BATCHES):
            part = memory[torch.randint(len(memory), ()).item()]
            places = torch.randint(len(part.values), (BATCH,))
            seen, others, goods = part.boards[places], part.others[places], part.goods[places]
            if torch.randint(2, ()).item():
                seen, others, goods = seen.flip(3), others.flip(3), goods.flip(1)
            policy, value = network(torch.cat([seen, others[: BATCH // 2]]))
            goals = torch.cat([part.values[places], part.other_values[places[: BATCH // 2]]])
            error = (value[:, 0] - goals).pow(2).mean()
            loss = error - 0.1 * (policy[:BATCH].log_softmax(1) * goods).sum(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        if time.time() - said > 10 or number + 1 == rounds:
            said = time.time()
            won, drawn, lost = against_greedy(network, 50, 1)
            print(
                f"{said - start:4.0f} s, round {number + 1} of {rounds}: error {error.item():.3f}, "
                f"against the greedy rule {won} won, {drawn} drawn, {lost} lost",
                flush=True,
            )


def main():
    options = arena.parser(__doc__).parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    network = Network()
    train(network, max(1, round(options.minutes * ROUNDS_PER_MINUTE)), options.seed)
    won, drawn, lost = against_greedy(network, 500, 2)
    print(f"against the greedy rule from 500 openings, both seats: {won} won, {drawn} drawn, {lost} lost")
    model = arena.finish(
        network, nets.system("connect-four"), ["policy", "value"], options.output, options.onnx, choice="value"
    )
    if not arena.command():
        print("no matches: the command nets is not on the path, and NETS_COMMAND does not name it")
        return
    ways = [{"choice": "value"}, {"choice": "best"}]
    ways += [{"choice": "sampled", "temperature": heat} for heat in (0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)]
    for way in ways:
        packed = nets.pack(model, "connect-four", positions=1, **way)
        first, second = arena.duel("connect-four", packed, arena.agent("connect-four-greedy"))
        told = ", ".join(str(value) for value in way.values())
        print(f"match with connect-four-greedy, {told}: {first} as first, {second} as second", flush=True)


if __name__ == "__main__":
    main()
