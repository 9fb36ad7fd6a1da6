"""
Gradients of data that is spread over workers: sums and weights are added, and divided once.

Dask does the work: it hands the shards out, adds in a tree, and computes again what was lost with
a worker. It is optional, ``pip install 'oneoverm[distributed]'``; nothing else imports it.
"""

import operator
import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import dask
from dask.sizeof import sizeof
from distributed import Client

from oneoverm.gradient_sum import GradientSum
from oneoverm.layers import Layer
from oneoverm.losses import Loss

__all__ = ["Shard", "connect", "gradient_sum"]

VARIABLE = "ONEOVERM_SCHEDULER"


class Shard(NamedTuple):
    """
    A part of the data: some examples, as many as there happen to be, or none.

    Parameters
    ----------
    X, Y, weights, mask : array
        As for `oneoverm.batch.backward`; column i is example i.
    """

    X: Any
    Y: Any
    weights: Any = None
    mask: Any = None


def connect(workers: int = 2, **options: Any) -> Client:
    """
    Connect to the workers: those of a running scheduler, or new ones on this machine.

    If the environment variable ``ONEOVERM_SCHEDULER`` has an address, such as
    ``tcp://10.0.0.1:8786``, the scheduler there decides about workers, and the arguments are not
    used. They need `oneoverm` installed, with the versions that you have here. Close the client, or
    use it in a ``with``: what was started for it then ends.

    Parameters
    ----------
    workers : int
        How many processes to start, of one thread each.
    **options
        As for `dask.distributed.LocalCluster`: ``memory_limit="1GiB"`` for each worker.
    """
    address = os.environ.get(VARIABLE)
    if not address:
        # Dask's status page has one port on the whole machine, and warns, even if it is not wanted,
        # when another cluster has it; any free one will do.
        local = {"threads_per_worker": 1, "dashboard_address": "127.0.0.1:0", **options}
        return Client(n_workers=workers, **local)
    try:
        return Client(address)
    except (OSError, ValueError) as error:
        raise ConnectionError(
            f"{VARIABLE} is {address}; expected the address of a scheduler that runs, "
            "tcp://host:port: start one with `dask scheduler`, "
            f"or unset {VARIABLE} for workers on this machine"
        ) from error


def gradient_sum(
    shards: Iterable[Shard | Callable[[], Shard]],
    layers: Sequence[Layer[Any]],
    client: Client,
    *,
    loss: str | Loss = "binary_cross_entropy",
) -> GradientSum:
    """
    Sum the gradients of all shards where they are, and the sums in a tree.

    Equation :eq:`machines-whole` of the book. A worker sums its shards before anything moves, so
    what moves is as large as the parameters, however many examples there are. What a worker had
    that dies is computed again on others. Of a shard that does not fit, a note to the error tells
    the number.

    Parameters
    ----------
    shards : iterable
        Each is a `Shard`, which is sent to a worker, or a function of no arguments that returns
        one and is called on a worker. Shards of functions are not kept, so that the data may be
        larger than the workers' memory, and a worker that dies takes none of it along.
    layers : sequence of Layer
        The network; each worker gets it once.
    client : distributed.Client
        As `connect` returns it.
    loss : str or Loss
        A name in `oneoverm.losses.LOSSES`, or a `Loss` of your own.
    """
    shards, layers = list(shards), list(layers)
    if not shards:
        raise ValueError("shards is empty; expected at least one shard")
    if not isinstance(client, Client):
        kind = type(client).__name__
        raise TypeError(f"client is a {kind}; expected a distributed.Client, as connect returns")
    part = dask.delayed(_part, pure=False)
    network = dask.delayed(layers, traverse=False)
    workers = list(client.nthreads())[: len(shards)]
    count = max(len(workers), 1)
    sums = []
    for first in range(count):
        # A wish, not an order: elsewhere if the worker is gone, or if others are idle.
        place = {"workers": workers[first], "allow_other_workers": True} if workers else {}
        with dask.annotate(**place):
            own = range(first, len(shards), count)
            sums.append(_tree([part(k, shards[k], network, loss) for k in own]))
    total: GradientSum = client.compute(_tree(sums), sync=True)
    return total


def _part(k: int, shard: Any, layers: Sequence[Layer[Any]], loss: str | Loss) -> GradientSum:
    """Sum the gradients of a shard, on a worker."""
    try:
        X, Y, weights, mask = _loaded(shard)
        return GradientSum.of(X, Y, layers, loss=loss, weights=weights, mask=mask)
    except Exception as error:
        error.add_note(f"in shards[{k}]")
        raise


def _loaded(shard: Any) -> Shard:
    """Call what loads a shard."""
    loaded = shard() if callable(shard) else shard
    if not isinstance(loaded, Shard):
        which = "it returned" if callable(shard) else "it is"
        kind = type(loaded).__name__
        raise TypeError(f"{which} a {kind}; expected a Shard, or a function that returns one")
    return loaded


def _tree(sums: list[Any]) -> Any:
    """Add in pairs, pairs of pairs, and so on."""
    added = dask.delayed(operator.add, pure=False)
    while len(sums) > 1:
        odd = sums[len(sums) // 2 * 2 :]
        sums = [*map(added, sums[0::2], sums[1::2]), *odd]
    return sums[0]


# What a task's result weighs: Dask sees no arrays in a class that it does not know.
sizeof.register(GradientSum, lambda one: sizeof(one.sums))
sizeof.register(Layer, lambda one: sizeof((one.W, one.b)))
