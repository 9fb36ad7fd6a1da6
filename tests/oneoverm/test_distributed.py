"""Sums over workers: uneven shards, weights, a worker that is killed, and what is moved."""

import itertools
import logging
import os
import re
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import cloudpickle
import dask
import numpy as np
import psutil
import pytest
from distributed import LocalCluster

from oneoverm import batch, initial_layers, relative_error
from oneoverm.distributed import Shard, _tree, connect, gradient_sum

# The workers have no tests to import from.
cloudpickle.register_pickle_by_value(sys.modules[__name__])

M = 23
CUTS = [0, 1, 2, 9, 9, 12, M]
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(3, M)), RNG.uniform(size=(2, M))
WEIGHTS, MASK = RNG.uniform(0.5, 2, M), np.arange(M) % 3 > 0
LAYERS = initial_layers([3, 4, 2], rng=RNG)
WEIGHTINGS = [{}, {"weights": WEIGHTS}, {"mask": MASK}, {"weights": WEIGHTS, "mask": MASK}]

# Dask says so on a machine without a network, and takes the machine's own name.
pytestmark = pytest.mark.filterwarnings("ignore:Couldn't detect a suitable IP:RuntimeWarning")

QUIET = {"silence_logs": logging.CRITICAL}
HERE = {
    "processes": False,
    "threads_per_worker": 1,
    "dashboard_address": "127.0.0.1:0",
    **QUIET,
}


@pytest.fixture(scope="module")
def client():
    """Give a client of two processes of one thread each."""
    with connect(2, memory_limit="400MiB", **QUIET) as client:
        yield client


@pytest.fixture(scope="module")
def threads():
    """Give a client of three workers in this process, which take no work from each other."""
    with (
        dask.config.set({"distributed.scheduler.work-stealing": False}),
        connect(3, processes=False, **QUIET) as client,
    ):
        yield client


def cut(cuts=CUTS, **weighting):
    """Cut the data into shards."""
    return [
        Shard(X[:, a:b], Y[:, a:b], **{name: given[a:b] for name, given in weighting.items()})
        for a, b in itertools.pairwise(cuts)
    ]


def same(total, layers=LAYERS, data=(X, Y), **options):
    """Tell whether a sum over workers has the mean gradients of one machine, up to rounding."""
    _, whole = batch.cost_and_gradients(*data, layers, **options)
    return all(
        relative_error(one.dW, other.dW) < 1e-14 and relative_error(one.db, other.db) < 1e-14
        for one, other in zip(total.mean(), whole, strict=True)
    )


@pytest.mark.parametrize("weighting", WEIGHTINGS, ids=lambda given: "-".join(given) or "none")
def test_uneven_shards_give_the_gradient_of_one_machine(client, weighting):
    total = gradient_sum(cut(**weighting), LAYERS, client)
    assert same(total, **weighting)
    weights, mask = weighting.get("weights", np.ones(M)), weighting.get("mask", np.ones(M, bool))
    assert total.weight == pytest.approx(weights[mask].sum(), rel=1e-15)


def test_the_mean_of_the_shards_means_is_another_gradient():
    means = [batch.cost_and_gradients(*cut()[k][:2], LAYERS)[1][0].dW for k in (0, 1, 2, 4, 5)]
    _, whole = batch.cost_and_gradients(X, Y, LAYERS)
    assert relative_error(sum(means) / len(means), whole[0].dW) > 0.1


@pytest.mark.parametrize("count", range(1, 9))
def test_any_number_of_shards_on_any_number_of_workers(threads, count):
    cuts = np.linspace(0, M, count + 1).astype(int)
    assert same(gradient_sum(cut(cuts), LAYERS, threads))


def test_another_loss_and_classes_as_labels(threads):
    layers = initial_layers([3, 4], output="softmax", rng=0)
    classes = RNG.integers(4, size=M)
    shards = [Shard(X[:, a:b], classes[a:b]) for a, b in itertools.pairwise(CUTS)]
    loss = {"loss": "softmax_cross_entropy"}
    assert same(gradient_sum(shards, layers, threads, **loss), layers, (X, classes), **loss)


def test_a_shard_without_examples_or_without_any_that_counts_adds_nothing(threads):
    nothing = np.zeros(M, bool)
    empty, masked = cut([0, 0]), cut([0, 5], mask=nothing)
    assert same(gradient_sum(empty + cut() + masked, LAYERS, threads))
    none = gradient_sum(empty + masked, LAYERS, threads)
    assert none.weight == 0
    assert not none.sums[0].dW.any()
    with pytest.raises(ValueError, match=r"^the weight is 0; expected at least one example that"):
        none.mean()


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 100])
def test_sums_are_added_in_order_in_a_tree(count):
    class Node(list):
        depth = 0

        def __add__(self, other):
            added = Node([*self, *other])
            added.depth = max(self.depth, other.depth) + 1
            return added

    leaves = [dask.delayed(Node([k]), traverse=False) for k in range(count)]
    root = dask.compute(_tree(leaves), scheduler="sync")[0]
    assert [*root] == [*range(count)]
    assert root.depth == np.ceil(np.log2(count))


def moved(client):
    """Count the bytes that the workers have sent."""
    sent = client.run(lambda dask_worker: dask_worker.transfer_outgoing_bytes_total)
    return sum(sent.values())


@pytest.mark.parametrize("count", [3, 30])
def test_each_worker_but_one_gets_the_layers_once_and_sends_one_sum(threads, count):
    layers = initial_layers([100, 50, 1], rng=0)
    p = sum(one.W.nbytes + one.b.nbytes for one in layers)
    shards = [Shard(np.ones((100, k)), np.ones((1, k))) for k in range(1, count + 1)]
    before = moved(threads)
    gradient_sum(shards, layers, threads)
    # Two and two, and the whole sum to the client; beside numbers there is little else.
    assert moved(threads) - before == pytest.approx(5 * p, rel=0.01)


def test_data_larger_than_a_worker_s_memory_is_loaded_where_it_is_summed(client):
    n, m, count = 1000, 5000, 15

    def shard(k):
        return lambda: Shard(np.full((n, m), k + 1.0), np.ones((1, m)))

    layers = initial_layers([n, 1], rng=0)
    limits = client.run(lambda dask_worker: dask_worker.memory_manager.memory_limit)
    assert count * n * m * 8 > max(limits.values())
    processes = client.run(os.getpid)
    total = gradient_sum([shard(k) for k in range(count)], layers, client)
    # None was killed for its memory, and started again.
    assert client.run(os.getpid) == processes
    # The examples of a shard are all alike: one with a weight of m is the same.
    each = Shard(np.arange(1.0, count + 1) * np.ones((n, 1)), np.ones((1, count)))
    assert total.weight == count * m
    assert relative_error(total.mean()[0].dW, local(each, layers)[0].dW) < 1e-13


def local(shard, layers):
    """Give the mean gradients of one machine."""
    return batch.cost_and_gradients(shard.X, shard.Y, layers)[1]


def wait_until(condition):
    """Wait, but not for ever."""
    late = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < late
        time.sleep(0.01)


def test_a_worker_killed_while_the_sum_runs_loses_nothing(client, tmp_path):
    client.wait_for_workers(2, timeout=60)
    shards = cut([0, 1, 9, 12, M])

    def shard(k):
        def load():
            # Of its two, a worker stops at the second, when it has the sum of the first.
            second = any(tmp_path.glob(f"*-{os.getpid()}"))
            (tmp_path / f"{k}-{os.getpid()}").touch()
            if second:
                wait_until((tmp_path / "go").exists)
            return shards[k]

        return load

    def ran():
        """Give for each process the shards that it has begun."""
        begun = [file.name.split("-") for file in sorted(tmp_path.glob("*-*"))]
        return {int(pid): {k for k, by in begun if by == pid} for _, pid in begun}

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(gradient_sum, [shard(k) for k in range(4)], LAYERS, client)
        wait_until(lambda: [len(each) for each in ran().values()] == [2, 2])
        (killed, lost), (other, _) = ran().items()
        psutil.Process(killed).kill()
        wait_until(lambda: not psutil.pid_exists(killed))
        assert not running.done()
        (tmp_path / "go").touch()
        total = running.result(timeout=60)
    again = {pid: each for pid, each in ran().items() if pid not in {killed, other}}
    # What the killed worker had summed is summed again, beside what it was at.
    assert sum(len(each) for each in ran().values()) == 6
    assert lost <= ran()[other].union(*again.values())
    assert total.weight == M
    assert same(total)


def test_no_shard_is_refused(client):
    with pytest.raises(ValueError, match=r"^shards is empty; expected at least one shard$"):
        gradient_sum([], LAYERS, client)


def missing():
    return Shard(np.load("missing.npy"), Y)


@pytest.mark.parametrize(
    ("shard", "kind", "message"),
    [
        (Shard(X[:2], Y), ValueError, "layers[0].W has shape (4, 3)"),
        (Shard(X, Y[:, 1:]), ValueError, "Y has shape (2, 22)"),
        (Shard(X, Y, WEIGHTS[1:]), ValueError, "weights has shape (22,); expected (23,)"),
        ((X, Y), TypeError, "it is a tuple; expected a Shard, or a function that returns one"),
        (lambda: None, TypeError, "it returned a NoneType; expected a Shard, or a function"),
        (missing, FileNotFoundError, "missing.npy"),
    ],
    ids=["inputs", "labels", "weights", "tuple", "nothing", "file"],
)
def test_a_shard_that_cannot_be_summed_is_named(threads, shard, kind, message):
    with pytest.raises(kind, match=re.escape(message)) as error:
        gradient_sum([*cut(), shard], LAYERS, threads)
    assert error.value.__notes__ == [f"in shards[{len(CUTS) - 1}]"]


def test_the_variable_leads_to_a_running_scheduler(monkeypatch):
    with LocalCluster(n_workers=3, protocol="tcp", **HERE) as other:
        monkeypatch.setenv("ONEOVERM_SCHEDULER", other.scheduler_address)
        with connect(1) as client:
            assert client.scheduler.address == other.scheduler_address
            assert len(client.nthreads()) == 3
            assert same(gradient_sum(cut(), LAYERS, client))
        assert len(other.scheduler.workers) == 3


def test_workers_may_come_later():
    with (
        LocalCluster(n_workers=0, **HERE) as cluster,
        cluster.get_client() as client,
        ThreadPoolExecutor(1) as pool,
    ):
        running = pool.submit(gradient_sum, cut(), LAYERS, client)
        wait_until(lambda: cluster.scheduler.tasks)
        cluster.scale(1)
        assert same(running.result(timeout=60))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{port}", "nowhere://127.0.0.1:{port}"])
def test_a_scheduler_that_does_not_answer_is_named(monkeypatch, address):
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = address.format(port=free.getsockname()[1])
    monkeypatch.setenv("ONEOVERM_SCHEDULER", address)
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "0.2s"}),
        pytest.raises(ConnectionError, match=rf"^ONEOVERM_SCHEDULER is {address}; expected the"),
    ):
        connect()
