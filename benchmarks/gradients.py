"""
How long a batch's cost and gradients take: ``nox -s bench -- gradients``.

It prints, with its target, the time of a step beside that of the matrix products alone, of a
textbook's NumPy and of frameworks; then the step compiled by JAX beside JAX's own differentiation,
the memory that a step needs, how its time grows, and what importing takes. What is compared takes
turns in random order on one core, so that a busy machine slows all alike; a ratio is the median
over the turns.

``python benchmarks/gradients.py W2 W4`` measures these workloads only, and nothing else.
"""

from __future__ import annotations

import functools
import gc
import itertools
import math
import os
import random
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from oneoverm import Layer, batch, initial_layers

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

Array = npt.NDArray[Any]
Task = Callable[[], Any]
Result: TypeAlias = tuple[float, list[Array]]
"""The cost, and each layer's dW."""
Setup: TypeAlias = tuple[Task, Callable[[Any], Result]]
"""A step, ready to be run, and what reads the step's result."""


@dataclass(frozen=True)
class Workload:
    """A network, a number of examples, and how many times as long as ours each should take."""

    name: str
    sizes: tuple[int, ...]
    m: int
    hidden: str
    targets: Mapping[str, float]

    @property
    def output(self) -> str:
        """The last layer's activation: a softmax for several classes."""
        return "sigmoid" if self.sizes[-1] == 1 else "softmax"

    def __str__(self) -> str:
        return f"{self.name}: {'-'.join(map(str, self.sizes))} {self.output}, m = {self.m}"


OURS, PRODUCTS, JIT = "ours", "matrix products", "JAX jit"
COLUMNS_JIT = "JAX jit of columns"
OURS_JIT = "ours in JAX jit"
"""Compared with JAX's own differentiation, which is compiled, too: of columns, as ours is."""

LARGE = 1 / 1.05
SMALL = 1 / 1.5

WORKLOADS = (
    Workload("W1", (12288, 1), 209, "relu", {"textbook": LARGE, "PyTorch": 1}),
    Workload("W2", (2, 4, 1), 400, "tanh", {"textbook": SMALL, "PyTorch": 2}),
    Workload("W3", (12288, 20, 7, 5, 1), 209, "relu", {"textbook": LARGE, "PyTorch": 1}),
    Workload("W4", (784, 256, 128, 10), 128, "relu", {"textbook": LARGE, "PyTorch": 0.9}),
    Workload("W4", (784, 256, 128, 10), 1024, "relu", {"textbook": LARGE, "PyTorch": 0.9}),
    Workload("W5", (1024, 1024, 1024, 10), 4096, "relu", {"textbook": LARGE, "PyTorch": 0.9}),
    Workload("W6", (2, 4, 1), 1, "tanh", {"textbook": SMALL, "PyTorch": 2}),
)


class Case:
    """A workload's arrays in one dtype, drawn from a seed; columns are examples."""

    def __init__(self, workload: Workload, dtype: str) -> None:
        rng = np.random.default_rng(0)
        drawn = initial_layers(workload.sizes, workload.hidden, output=workload.output, rng=rng)
        self.layers = [Layer(g.W.astype(dtype), g.b.astype(dtype), g.activation) for g in drawn]
        self.X = rng.normal(size=(workload.sizes[0], workload.m)).astype(dtype)
        self.hidden = workload.hidden
        self.binary = workload.output == "sigmoid"
        self.classes = rng.integers(2 if self.binary else workload.sizes[-1], size=workload.m)
        self.Y = (
            self.classes[np.newaxis] if self.binary else np.eye(workload.sizes[-1])[self.classes].T
        ).astype(dtype)
        self.loss = "binary_cross_entropy" if self.binary else "softmax_cross_entropy"

    def rows(self) -> tuple[Array, Array, list[Array]]:
        """Give the arrays as frameworks have them: rows are examples, W and b in turn."""
        parameters = [p for g in self.layers for p in (np.ascontiguousarray(g.W.T), g.b[:, 0])]
        return np.ascontiguousarray(self.X.T), np.ascontiguousarray(self.Y.T), parameters


def ours(case: Case) -> Setup:
    """Set up this package's step."""
    return (
        lambda: batch.cost_and_gradients(case.X, case.Y, case.layers, loss=case.loss),
        _read_ours,
    )


def _read_ours(result: Any) -> Result:
    """Read what this package returns."""
    J, gradients = result
    return J, [one.dW for one in gradients]


def matrix_products(case: Case) -> Setup:
    """Set up the products that a step cannot do without, each into an array of its own."""
    trace = batch.forward(case.X, case.layers)
    gradients = batch.backward(trace, case.Y, case.layers, loss=case.loss)
    J = batch.cost(trace, case.Y, case.layers, loss=case.loss)
    operands = []
    for k, (layer, one) in enumerate(zip(case.layers, gradients, strict=True)):
        operands += [(layer.W, trace.A[k]), (one.dZ, trace.A[k].T)]
        operands += [(layer.W.T, one.dZ)] * (k > 0)
    products = [(left, right, np.matmul(left, right)) for left, right in operands]

    def run() -> None:
        for left, right, product in products:
            np.matmul(left, right, out=product)

    return run, lambda _: (J, [one.dW for one in gradients])


def textbook(case: Case, *, input_gradient: bool = False) -> Setup:
    """Set up what courses write: dictionaries, a function for each step, np.dot and np.multiply."""
    p = {}
    for k, layer in enumerate(case.layers, start=1):
        p[f"W{k}"], p[f"b{k}"] = layer.W, layer.b
    last = len(case.layers)

    def run() -> tuple[Array, dict[str, Array]]:
        cache = textbook_forward(case, p)
        J = textbook_cost(case, cache[f"A{last}"])
        return J, textbook_backward(case, p, cache, input_gradient=input_gradient)

    return run, lambda result: (result[0], [result[1][f"dW{k}"] for k in range(1, last + 1)])


def textbook_forward(case: Case, p: dict[str, Array]) -> dict[str, Array]:
    """Compute every Z and A, as courses do."""
    L = len(case.layers)
    cache = {"A0": case.X}
    for k in range(1, L + 1):
        Z = np.dot(p[f"W{k}"], cache[f"A{k - 1}"]) + p[f"b{k}"]
        if k < L:
            A = np.tanh(Z) if case.hidden == "tanh" else np.maximum(0, Z)
        elif case.binary:
            A = 1 / (1 + np.exp(-Z))
        else:
            e = np.exp(Z - np.max(Z, axis=0, keepdims=True))
            A = e / np.sum(e, axis=0, keepdims=True)
        cache[f"Z{k}"], cache[f"A{k}"] = Z, A
    return cache


def textbook_cost(case: Case, A: Array) -> Array:
    """Compute the cost from A, as courses do."""
    logs = np.multiply(case.Y, np.log(A))
    if case.binary:
        logs = logs + np.multiply(1 - case.Y, np.log(1 - A))
    return np.squeeze(-1 / case.X.shape[1] * np.sum(logs))


def textbook_backward(
    case: Case, p: dict[str, Array], cache: dict[str, Array], *, input_gradient: bool
) -> dict[str, Array]:
    """Compute every dW and db, as courses do."""
    m, L = case.X.shape[1], len(case.layers)
    gradients = {}
    dZ = cache[f"A{L}"] - case.Y
    for k in reversed(range(1, L + 1)):
        gradients[f"dW{k}"] = 1 / m * np.dot(dZ, cache[f"A{k - 1}"].T)
        gradients[f"db{k}"] = 1 / m * np.sum(dZ, axis=1, keepdims=True)
        if k > 1 or input_gradient:
            dA = np.dot(p[f"W{k}"].T, dZ)
        if k > 1 and case.hidden == "tanh":
            dZ = np.multiply(dA, 1 - np.power(cache[f"A{k - 1}"], 2))
        elif k > 1:
            dZ = np.array(dA, copy=True)
            dZ[cache[f"Z{k - 1}"] <= 0] = 0
    return gradients


def pytorch(case: Case, *, compiled: bool = False) -> Setup:
    """Set up PyTorch: a loss of its own, and autograd."""
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    X, Y, parameters = case.rows()
    x, y = torch.from_numpy(X), torch.from_numpy(Y if case.binary else case.classes)
    weights = [torch.tensor(W.T.copy(), requires_grad=True) for W in parameters[::2]]
    biases = [torch.tensor(b.copy(), requires_grad=True) for b in parameters[1::2]]
    g = torch.tanh if case.hidden == "tanh" else torch.relu
    of_logits = (
        functional.binary_cross_entropy_with_logits if case.binary else functional.cross_entropy
    )

    def loss(x: Any, y: Any, weights: list[Any], biases: list[Any]) -> Any:
        for k, (W, b) in enumerate(zip(weights, biases, strict=True)):
            x = functional.linear(x if k == 0 else g(x), W, b)
        return of_logits(x, y)

    if compiled:
        torch.compiler.reset()
        loss = torch.compile(loss)

    def run() -> Any:
        J = loss(x, y, weights, biases)
        return J, torch.autograd.grad(J, [*weights, *biases])

    return run, lambda result: (
        float(result[0].detach()),
        [dW.numpy() for dW in result[1][: len(weights)]],
    )


def traced_loss(case: Case, np: Any, *, columns: bool = False) -> Callable[..., Any]:
    """Write the cost for a library that differentiates what looks like NumPy."""
    classes = 0 if columns else 1

    def loss(parameters: list[Any], x: Any, y: Any) -> Any:
        for k in range(0, len(parameters), 2):
            W, b = parameters[k], parameters[k + 1]
            z = W @ x + b if columns else x @ W + b
            x = np.tanh(z) if case.hidden == "tanh" else np.maximum(z, 0)
        if case.binary:
            return np.mean(np.logaddexp(0, z) - y * z)
        z = z - np.max(z, axis=classes, keepdims=True)
        return np.mean(np.log(np.sum(np.exp(z), axis=classes)) - np.sum(y * z, axis=classes))

    return loss


def jax_jit(case: Case, *, columns: bool = False) -> Setup:
    """Set up JAX, compiled; rows are examples, unless columns are, as this package has them."""
    import jax

    jax.config.update("jax_enable_x64", True)
    arrays = (case.X, case.Y, [p for g in case.layers for p in (g.W, g.b)])
    X, Y, parameters = jax.tree.map(jax.numpy.asarray, arrays if columns else case.rows())
    step = jax.jit(jax.value_and_grad(traced_loss(case, jax.numpy, columns=columns)))
    read = _read_columns if columns else _read_rows
    return lambda: jax.block_until_ready(step(parameters, X, Y)), read


def ours_in_jax_jit(case: Case) -> Setup:
    """Set up this package's step, compiled by JAX: layers are its pytrees."""
    import jax

    jax.config.update("jax_enable_x64", True)
    layers = [Layer(*map(jax.numpy.asarray, (g.W, g.b)), g.activation) for g in case.layers]
    X, Y = jax.numpy.asarray(case.X), jax.numpy.asarray(case.Y)

    @jax.jit
    def step(layers: Any, X: Any, Y: Any) -> Any:
        J, gradients = batch.cost_and_gradients(X, Y, layers, loss=case.loss)
        return J, [(one.dW, one.db) for one in gradients]

    return (
        lambda: jax.block_until_ready(step(layers, X, Y)),
        lambda result: (float(result[0]), [np.asarray(dW) for dW, _ in result[1]]),
    )


def autograd(case: Case) -> Setup:
    """Set up HIPS autograd."""
    from autograd import numpy as differentiable
    from autograd import value_and_grad

    X, Y, parameters = case.rows()
    step = value_and_grad(traced_loss(case, differentiable))
    return lambda: step(parameters, X, Y), _read_rows


def _read_rows(result: Any) -> Result:
    """Read a result whose parameters are for rows."""
    J, each = _read_columns(result)
    return J, [dW.T for dW in each]


def _read_columns(result: Any) -> Result:
    """Read a result whose parameters are for columns."""
    J, gradients = result
    return float(J), [np.asarray(dW) for dW in gradients[::2]]


def scikit_learn(case: Case) -> Setup:
    """Set up what `MLPClassifier.fit` calls for each batch."""
    from sklearn.neural_network import MLPClassifier

    X, Y, parameters = case.rows()
    network = MLPClassifier(activation=case.hidden, alpha=0.0)
    network.coefs_, network.intercepts_ = parameters[::2], parameters[1::2]
    network.n_layers_ = len(case.layers) + 1
    network.out_activation_ = "logistic" if case.binary else "softmax"
    blank = [None] * len(case.layers)

    def run() -> Any:
        arrays = ([X, *blank], [*blank], [*blank], [*blank])
        return network._backprop(X, Y, None, *arrays)  # noqa: SLF001 - there is no other to time

    return run, lambda result: (result[0], [dW.T for dW in result[1]])


CONTENDERS: dict[str, Callable[[Case], Setup]] = {
    OURS: ours,
    PRODUCTS: matrix_products,
    "textbook": textbook,
    "textbook with dA0": functools.partial(textbook, input_gradient=True),
    "PyTorch": pytorch,
    "torch.compile": functools.partial(pytorch, compiled=True),
    JIT: jax_jit,
    COLUMNS_JIT: functools.partial(jax_jit, columns=True),
    OURS_JIT: ours_in_jax_jit,
    "autograd": autograd,
    "scikit-learn": scikit_learn,
}


def main() -> None:
    """Measure and print everything, or the workloads named."""
    if any(os.environ.get(name) != "1" for name in ONE_THREAD):
        raise SystemExit(f"expected {', '.join(ONE_THREAD)} to be 1, as nox -s bench has them")
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    chosen = [w for w in WORKLOADS if w.name in (sys.argv[1:] or {w.name for w in WORKLOADS})]
    for workload in chosen:
        for dtype in ("float32", "float64"):
            versus(workload, dtype)
    if not sys.argv[1:]:
        memory()
        growth()
        importing()


def turns(
    tasks: Mapping[str, Task], seconds: float = 6.0, least: int = 5
) -> dict[str, list[float]]:
    """Time the tasks in random order, turn after turn; give for each the seconds of every turn."""
    repeats = {name: 1 + int(2e-3 / _once(task)) for name, task in tasks.items()}
    spent: dict[str, list[float]] = {name: [] for name in tasks}
    rng, started = random.Random(0), time.perf_counter()  # noqa: S311 - not cryptography
    gc.collect()
    gc.disable()
    while len(spent[next(iter(tasks))]) < least or time.perf_counter() - started < seconds:
        for name in rng.sample(list(tasks), len(tasks)):
            task, repeat = tasks[name], range(repeats[name])
            # Once untimed: whose turn it was before has filled the caches and freed its memory.
            task()
            begun = time.process_time()
            for _ in repeat:
                task()
            spent[name].append((time.process_time() - begun) / len(repeat))
    gc.enable()
    return spent


def _once(task: Task) -> float:
    """Time a task once, when it is warm."""
    for _ in range(2):
        started = time.perf_counter()
        task()
        seconds = time.perf_counter() - started
    return seconds


def ratio(above: Iterable[float], below: Iterable[float]) -> float:
    """Give the median over the turns of how many times as long the first took."""
    return statistics.median(a / b for a, b in zip(above, below, strict=True))


def versus(workload: Workload, dtype: str) -> None:
    """Compare a step with everything else that computes it."""
    tasks, absent = {}, []
    case = Case(workload, dtype)
    run, read = ours(case)
    wanted = read(run())
    for name, contender in CONTENDERS.items():
        try:
            run, read = contender(case)
            check_same(name, read(run()), wanted)
        except ModuleNotFoundError as error:
            absent.append(f"{name} (no {error.name})")
        except Exception as error:
            if name != "torch.compile":
                raise
            absent.append(f"{name} ({type(error).__name__}: {str(error).splitlines()[0]})")
        else:
            tasks[name] = run
    seconds = turns(tasks)
    rounds = len(seconds[OURS])
    print(f"\n{workload}, {dtype}: medians of {rounds} turns; × is the other's time to ours")
    for name, each in seconds.items():
        cells = [f"{1e6 * statistics.median(each):>13.1f} µs"]
        if name != OURS:
            value = ratio(each, seconds[OURS])
            cells.append(f"{value:>8.3f} × {verdict(value, workload.targets.get(name))}")
        print(f"  {name:<20}", *cells)
    if OURS_JIT in seconds:
        value = ratio(seconds[COLUMNS_JIT], seconds[OURS_JIT])
        print(f"  {COLUMNS_JIT + ' to ours in it':<36} {value:>8.3f} × {verdict(value, 0.95)}")
    if absent:
        print(f"  absent: {', '.join(absent)}")


def check_same(name: str, got: Result, wanted: Result) -> None:
    """Refuse to compare the times of what computes different things."""
    for left, right in ((got[0], wanted[0]), *zip(got[1], wanted[1], strict=True)):
        # A z beside ReLU's kink may be rounded to either side: whole arrays are close, not entries.
        if not np.linalg.norm(left - right) <= 1e-2 * np.linalg.norm(right):
            raise SystemExit(f"{name} computes something else: {left}; expected {right}")


def verdict(value: float, target: float | None, *, most: bool = False) -> str:
    """Say whether a measurement meets its target."""
    if target is None:
        return ""
    met = value <= target if most else value >= target
    return f"{'meets' if met else 'MISSES'} {'≤' if most else '≥'} {target:.3g}"


def show(what: str, value: float, unit: str = "×", target: float | None = None) -> None:
    """Print one measurement, and whether it is at most its target."""
    print(f"  {what:<72} {value:>9.3f} {unit:<3} {verdict(value, target, most=True)}")


def memory() -> None:
    """Measure the most memory that a step has at a time."""
    print("\nThe most memory that a step has at a time, float64")
    for workload in WORKLOADS:
        case = Case(workload, "float64")
        trace = batch.forward(case.X, case.layers)
        kept = [*trace.Z, *trace.A[1:]]
        for one in batch.backward(trace, case.Y, case.layers, loss=case.loss):
            kept += one
        least = sum(array.nbytes for array in kept)
        for what in (OURS, "textbook"):
            CONTENDERS[what](case)[0]()
            tracemalloc.start()
            task = CONTENDERS[what](case)[0]
            task()
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            show(
                f"{workload} ({what}: {most / 1e6:.4g} MB) to all Z, A and gradients", most / least
            )


def growth() -> None:
    """Measure how the time grows with the examples, the units, the layers; 1: in proportion."""
    grown = {
        "m": [((784, 256, 128, 10), m) for m in (256, 512, 1024, 2048)],
        "n² (all layers' n)": [((n, n, n, 10), 256) for n in (128, 256, 512, 1024)],
        "layers": [((256, *[256] * layers, 10), 256) for layers in (2, 4, 8, 16)],
    }
    for what, cases in grown.items():
        tasks, sizes = {}, {}
        for sizes_, m in cases:
            name = f"{'-'.join(map(str, sizes_[:3]))}-… of {len(sizes_) - 1} layers, m = {m}"
            tasks[name] = ours(Case(Workload("", sizes_, m, "relu", {}), "float64"))[0]
            sizes[name] = m * sum(map(math.prod, itertools.pairwise(sizes_)))
        seconds = turns(tasks, 5)
        first = next(iter(tasks))
        print(f"\nThe time for each multiplication as {what} grows, to that of the first")
        for name in tasks:
            per_product = sizes[name] / sizes[first]
            show(name, ratio(seconds[name], seconds[first]) / per_product, target=1.25)


def importing() -> None:
    """Measure what importing takes, beyond NumPy's own import."""
    code = "import time; import numpy; t = time.process_time(); import oneoverm"
    code += "; print(time.process_time() - t)"
    spent = [
        float(subprocess.check_output([sys.executable, "-c", code], text=True)) for _ in range(9)
    ]
    print("\nImporting oneoverm, when NumPy is imported")
    show("median of 9 processes", 1e3 * statistics.median(spent), "ms", 60)


if __name__ == "__main__":
    main()
