"""Trains a network to play Snake by imitation of a planner, and packs it as an agent.

    python python/examples/train_snake.py snake.wasm --minutes 5

The planner goes the shortest way to the apple after which the tail can still be reached, as the agent
snake-scout does. The network never searches; it is to know by sight what the planner would find. So the network
plays, 64 matches at a time, the planner says what it should have done in every position that it gets into, and
the network learns from all that was said so far: imitation with dataset aggregation (DAgger, Ross et al. 2011).

The same seed and minutes give the same network: minutes are a number of rounds, not read from a clock.
It needs torch, onnx and onnxscript beside the package nets.
"""

import time

import arena
import nets
import numpy as np
import torch
from torch import nn

MATCHES, STEPS, BATCHES, BATCH = 64, 32, 30, 512
MEMORY = 200_000  # Positions that are remembered.
ROUNDS_PER_MINUTE = 120  # So many there are on one core of a small machine.
SIZE = 10
NEAR = 5  # How far from its head the network sees every cell.
BODY, HEAD, TAIL, APPLE, PLACE = range(5)
WAYS = ((-1, 0), (0, 1), (1, 0), (0, -1))  # up, right, down, left, as (row, column)
NEVER = 10_000
OPPONENTS = ("snake-greedy", "snake-scout")


def neighbours(cell):
    """The cell that each way leads to, None where that is off the board."""
    row, column = divmod(cell, SIZE)
    steps = ((row + down, column + right) for down, right in WAYS)
    return [y * SIZE + x if 0 <= y < SIZE and 0 <= x < SIZE else None for y, x in steps]


NEXT = [neighbours(cell) for cell in range(SIZE * SIZE)]
AROUND = [[cell for cell in cells if cell is not None] for cells in NEXT]


def search(body, goal=None):
    """When each cell can be reached by the head, as a dictionary, up to the goal if there is one.

    The body is its cells from tail to head; a cell of it is free once the tail has passed it.
    """
    free_from = {cell: step for step, cell in enumerate(body, 1)}
    reached = {body[-1]: 0}
    edge = [body[-1]]
    step = 0
    while edge and goal not in reached:
        step += 1
        following = []
        for here in edge:
            for cell in AROUND[here]:
                if cell not in reached and step >= free_from.get(cell, 0):
                    reached[cell] = step
                    following.append(cell)
        edge = following
    return reached


def moved(body, cell, apple):
    """The body after its head has gone to a cell; None where that kills it."""
    if cell is None or cell in body[1:]:
        return None
    return [*body, cell] if cell == apple else [*body[1:], cell]


def fed(body, apple):
    """The body after the shortest way to the apple, and how many steps that takes; None, NEVER without one."""
    if body[-1] == apple:
        return body, 0
    reached = search(body, apple)
    steps = reached.get(apple)
    if steps is None:
        return None, NEVER
    way = [apple]
    for step in range(steps - 1, 0, -1):
        way.append(next(cell for cell in AROUND[way[-1]] if reached.get(cell) == step))
    # The head's trail: it grows by the apple only.
    return [*body, *reversed(way)][-len(body) - 1 :], steps


def plan(body, apple):
    """The best ways, as a list of four truths: several where they are equally good."""
    after = [moved(body, cell, apple) for cell in NEXT[body[-1]]]
    meals, waits, rooms = [NEVER] * 4, [-1] * 4, [-1] * 4
    for way, snake in enumerate(after):
        if snake is None:
            continue
        full, steps = fed(snake, apple)
        if full is not None and full[0] in search(full, full[0]):
            meals[way] = steps
    if min(meals) < NEVER:
        return [steps == min(meals) for steps in meals]
    for way, snake in enumerate(after):
        if snake is not None:
            waits[way] = search(snake, snake[0]).get(snake[0], -1)
            rooms[way] = len(search(snake))
    best = waits if max(waits) >= 0 else rooms
    return [worth == max(best) for worth in best]


def judged(boards):
    """What the planner says of boards of shape [count, 10, 10, 5], as numbers of shape [count, 4]."""
    flat = boards.reshape(len(boards), SIZE * SIZE, 5)
    order = np.argsort(flat[:, :, PLACE], axis=1, kind="stable")
    lengths = (flat[:, :, BODY] > 0).sum(1)
    apples = flat[:, :, APPLE].argmax(1)
    plans = [plan(cells[-length:].tolist(), apple) for cells, length, apple in zip(order, lengths, apples)]
    return np.array(plans, np.float32)


class Policy(nn.Module):
    """A number for each way, of a board of shape [batch, 10, 10, 5]."""

    def __init__(self, width=96):
        super().__init__()
        window = 2 * SIZE - 1
        rows, cells = torch.arange(window)[:, None], torch.arange(SIZE)
        self.register_buffer("shift", (cells - rows + 2 * SIZE - 2).flatten(), persistent=False)
        inputs = 4 * (2 * NEAR + 1) ** 2 + 4 * window
        self.layers = nn.Sequential(
            nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, 64), nn.ReLU(), nn.Linear(64, 4)
        )

    def around(self, along):
        """The matrix that moves the head to the middle, of a 1 where the head is in one direction."""
        padded = nn.functional.pad(along, (SIZE - 1, SIZE - 1))
        return padded.index_select(1, self.shift).reshape(-1, 2 * SIZE - 1, SIZE)

    def forward(self, board):
        body, head, tail, apple, place = (board[..., feature] for feature in range(5))
        # In how many tens of steps the tail will have passed.
        time = place * body.sum((1, 2), keepdim=True) * 0.1
        ground = torch.ones_like(body)
        planes = torch.stack([ground, time, apple, tail], 1)
        down, right = self.around(head.sum(2)), self.around(head.sum(1))
        seen = down[:, None] @ planes @ right.transpose(1, 2)[:, None]
        near = slice(SIZE - 1 - NEAR, SIZE + NEAR)
        far = seen[:, 2:]
        parts = [seen[:, :, near, near], far.sum(2), far.sum(3)]
        return self.layers(torch.cat([part.flatten(1) for part in parts], 1))


class Memory:
    """The last positions that were judged, with their judgements."""

    def __init__(self, size):
        self.boards = torch.zeros(size, SIZE, SIZE, 5, dtype=torch.float16)
        self.plans = torch.zeros(size, 4)
        self.count = 0

    def add(self, boards, plans):
        places = (self.count + torch.arange(len(boards))) % len(self.boards)
        self.boards[places] = torch.from_numpy(boards).half()
        self.plans[places] = torch.from_numpy(plans)
        self.count += len(boards)

    def draw(self, count):
        """So many of them, all turned or mirrored in the same way: the planner would say the same."""
        places = torch.randint(min(self.count, len(self.boards)), (count,))
        boards, plans = self.boards[places].float(), self.plans[places]
        quarters, is_mirrored = torch.randint(4, ()).item(), torch.randint(2, ()).item()
        boards, plans = torch.rot90(boards, quarters, (1, 2)), plans.roll(-quarters, 1)
        return (boards.flip(2), plans[:, [0, 3, 2, 1]]) if is_mirrored else (boards, plans)


def train(policy, system, rounds, seed):
    """Plays, has the planner judge, and learns, so many times."""
    env = nets.VectorEnv(system, MATCHES, seed)
    dice = np.random.default_rng(seed)
    optimiser = torch.optim.Adam(policy.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, rounds * BATCHES, pct_start=0.1)
    memory, scores, start, said = Memory(MEMORY), [], time.time(), time.time()
    boards, _ = env.reset()
    for number in range(rounds):
        # At first the planner plays, soon the network.
        share = 0.8**number
        for _ in range(STEPS):
            plans = judged(boards)
            memory.add(boards, plans)
            with torch.no_grad():
                own = policy(torch.from_numpy(boards)).numpy()
            is_led = dice.random(MATCHES) < share
            boards, _, ended, _ = env.step(np.where(is_led, plans.argmax(1), own.argmax(1)))
            scores += env.scores[ended].tolist()
        for _ in range(BATCHES):
            boards_drawn, plans = memory.draw(BATCH)
            logs = policy(boards_drawn).log_softmax(1)
            # The share that the network gives to all good ways together.
            loss = -logs.masked_fill(plans == 0, -torch.inf).logsumexp(1).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        if time.time() - said > 5 or number + 1 == rounds:
            said, scores = time.time(), scores[-200:]
            print(
                f"{said - start:4.0f} s, round {number + 1} of {rounds}: loss {loss.item():.3f}, "
                f"{np.mean(scores or [0]):.0f} a match",
                flush=True,
            )


def main():
    parser = arena.parser(__doc__)
    parser.add_argument("--matches", type=int, default=40, help="how many are played in the end")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    system, policy = nets.system("snake"), Policy()
    train(policy, system, max(1, round(options.minutes * ROUNDS_PER_MINUTE)), options.seed)
    arena.finish(policy, system, ["policy"], options.output, options.onnx)
    if not arena.command():
        print("no matches: the command nets is not on the path, and NETS_COMMAND does not name it")
        return
    seeds = range(1_000_000, 1_000_000 + options.matches)
    for name, module in [("the network", options.output), *((n, arena.agent(n)) for n in OPPONENTS)]:
        scores = [arena.play("snake", [module], seed)[0] for seed in seeds]
        print(f"{name}: {np.mean(scores):.1f} a match, {min(scores)} to {max(scores)}")


if __name__ == "__main__":
    main()
