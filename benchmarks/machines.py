"""
What it costs to sum gradients over workers: ``nox -s bench -- machines``.

The data set is larger than one worker's memory limit; its shards, which differ in size up to sixty
times, are made where they are summed. It prints the time, the bytes moved and a worker's most
memory with 1, 2 and 4 workers on this machine, beside NumPy in one process, which takes the same
shards one by one, and the error of the mean of the shards' means. What is compared takes turns; a
time is the median.
"""

from __future__ import annotations

import functools
import operator
import os
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from resource import RUSAGE_SELF, getrusage
from typing import Any

import numpy as np
from distributed import Client

from oneoverm import GradientSum, batch, initial_layers, relative_error
from oneoverm.distributed import Shard, connect, gradient_sum

SIZES = (1024, 256, 10)
MEMORY = 384 * 2**20
"""The limit of one worker, in bytes: an interpreter with its libraries takes about a third."""
COUNTS = np.rint(np.geomspace(60, 4000, 96)).astype(int)
WORKERS = (1, 2, 4)
TURNS = 3
LOSS = "softmax_cross_entropy"

LAYERS = initial_layers(SIZES, "relu", output="softmax", rng=0)
PARAMETERS = sum(layer.W.nbytes + layer.b.nbytes for layer in LAYERS)


def load(k: int) -> Shard:
    """Make shard k, in the place of reading it; each has a middle of its own."""
    rng = np.random.default_rng(k)
    X = rng.normal(size=(SIZES[0], COUNTS[k]))
    X += rng.normal(size=(SIZES[0], 1))
    return Shard(X, rng.integers(SIZES[-1], size=COUNTS[k]))


def part(k: int) -> GradientSum:
    """Sum the gradients of a shard, in this process."""
    X, Y, *_ = load(k)
    trace = batch.forward(X, LAYERS)
    gradients = batch.backward(trace, Y, LAYERS, "never", loss=LOSS)
    return GradientSum.of(gradients, len(Y))


def in_one_process() -> GradientSum:
    """Sum shard after shard."""
    total: GradientSum = sum(map(part, range(len(COUNTS))))
    return total


def mean_of_means() -> Any:
    """Average the shards' own means, as is wrong; give the first layer's dW."""
    return sum(part(k).mean()[0].dW for k in range(len(COUNTS))) / len(COUNTS)


def over(client: Client) -> GradientSum:
    """Sum the shards over a client's workers."""
    shards = [functools.partial(load, k) for k in range(len(COUNTS))]
    return gradient_sum(shards, LAYERS, client, loss=LOSS)


def sent(client: Client) -> int:
    """Count the bytes that the workers have sent."""
    count = client.run(lambda dask_worker: dask_worker.transfer_outgoing_bytes_total)
    return sum(count.values())


def most_memory(client: Client) -> int:
    """Give the most memory that a worker has had, in bytes."""
    return max(client.run(lambda: getrusage(RUSAGE_SELF).ru_maxrss * 1024).values())


def main() -> None:
    """Measure and print."""
    data = 8 * SIZES[0] * int(COUNTS.sum())
    if data <= MEMORY:
        raise SystemExit("expected data that is larger than one worker's memory limit")
    print(
        f"{'-'.join(map(str, SIZES))}, {COUNTS.sum()} examples in {len(COUNTS)} shards of "
        f"{COUNTS.min()} to {COUNTS.max()}\n"
        f"data {data / 1e6:.0f} MB, limit of a worker {MEMORY / 1e6:.0f} MB, "
        f"parameters {PARAMETERS / 1e6:.2f} MB, {os.cpu_count()} cores, {TURNS} turns\n"
    )
    with ExitStack() as stack:
        clients = {
            count: stack.enter_context(connect(count, memory_limit=MEMORY)) for count in WORKERS
        }
        compare(clients)


def compare(clients: dict[int, Client]) -> None:
    """Let one process and the workers take turns."""
    started = {count: client.run(os.getpid) for count, client in clients.items()}
    before = {count: sent(client) for count, client in clients.items()}
    tasks: dict[int, Callable[[], GradientSum]] = {0: in_one_process}
    tasks |= {count: functools.partial(over, client) for count, client in clients.items()}
    seconds: dict[int, list[float]] = {count: [] for count in tasks}
    results = {}
    for _ in range(TURNS):
        for count, task in tasks.items():
            begun = time.perf_counter()
            results[count] = task().mean()[0].dW
            seconds[count].append(time.perf_counter() - begun)
    print(f"{'':22}{'time':>9}{'to NumPy':>10}{'moved':>10}{'memory':>10}{'error':>10}")
    for count, spent in seconds.items():
        name = f"{count} worker{'s' * (count > 1)}" if count else "NumPy, one process"
        ratio = statistics.median(map(operator.truediv, spent, seconds[0]))
        row = f"{name:22}{statistics.median(spent):>7.2f} s{ratio:>9.2f}×"
        if count:
            if clients[count].run(os.getpid) != started[count]:
                raise SystemExit(f"{name}: one was killed and started anew; its time says nothing")
            moved = (sent(clients[count]) - before[count]) / TURNS
            row += f"{moved / 1e6:>7.2f} MB{most_memory(clients[count]) / 1e6:>7.0f} MB"
            row += f"{relative_error(results[count], results[0]):>10.0e}"
        print(row, flush=True)
    error = relative_error(mean_of_means(), results[0])
    print(f"{'mean of means':22}{'':38}{error:>10.0e}")


if __name__ == "__main__":
    main()
