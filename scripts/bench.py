"""Measure speed side by side, in one run, and print one table for each question.

1. How long does each chapter take to execute?
2. How fast and how exact is ``nll_from_logits`` beside SciPy and PyTorch?
3. How long is an epoch of chapter 5 beside its matrix products alone?
4. How much memory and time do the losses of chapter 8 take? (``bench_losses.py``)

Every figure is the best of several repetitions: other work on the machine only ever adds time.

Usage: python scripts/bench.py
"""

from __future__ import annotations

import os
import tempfile
import timeit
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import bench_losses
import mpmath
import nbformat
import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import log_softmax
from torch.nn import functional as F

from course.contents import ROOT
from course.execute import execute
from lib import mnist
from lib.losses import nll_from_logits
from lib.training import mlp, pixels, train

BATCH = 64
HIDDEN = 128


def best_seconds(run: Callable[[], object], repetitions: int) -> float:
    """Return the shortest time that `run` took."""
    return min(timeit.repeat(run, number=1, repeat=repetitions))


def chapters() -> None:
    """Execute copies of the chapters, each in a folder of its own."""
    print("\nExecution of the pages, one after the other\n")
    seconds = {}
    with tempfile.TemporaryDirectory() as folder:
        for chapter in sorted((ROOT / "chapters").glob("*.ipynb")):
            copy = Path(folder) / chapter.name
            copy.write_bytes(chapter.read_bytes())
            seconds[chapter.stem] = execute(copy)
            print(f"  {chapter.stem:<24} {seconds[chapter.stem]:6.1f} s", flush=True)
    first_five = sum(s for name, s in seconds.items() if name < "06")
    print(f"  {'chapters 1 to 5':<24} {first_five:6.1f} s (to reach: 90 s)")
    print(f"  {'together':<24} {sum(seconds.values()):6.1f} s (to reach: 150 s)")


def exact_nll(row: NDArray[np.float64], label: int) -> Any:
    """Return the loss of one row with 500 digits."""
    with mpmath.workdps(500):
        terms = [mpmath.exp(mpmath.mpf(float(z)) - float(row[label])) for z in row]
        terms[label] = mpmath.mpf(0)
        return mpmath.log1p(mpmath.fsum(terms))


def worst_error(loss: Callable[..., NDArray[np.float64]], K: int) -> float:
    """Return the largest relative error over confident and unsure, right and wrong rows."""
    rng = np.random.default_rng(0)
    worst = 0.0
    for margin in (-600.0, -40.0, -5.0, 0.0, 5.0, 20.0, 40.0, 100.0, 600.0):
        row = rng.normal(size=K)
        row[0] = row[1:].max() + margin
        exact = exact_nll(row, 0)
        got = mpmath.mpf(float(loss(row[None, :], np.zeros(1, dtype=np.int64))[0]))
        worst = max(worst, float(abs(got - exact) / exact))
    return worst


def losses() -> None:
    """Time the loss from logits in three libraries on the same float64 numbers."""

    def ours(z: NDArray[np.float64], y: NDArray[np.int64]) -> Any:
        return nll_from_logits(z, y, reduction="none")

    def scipy(z: NDArray[np.float64], y: NDArray[np.int64]) -> Any:
        return -log_softmax(z, axis=1)[np.arange(len(y)), y]

    def pytorch(z: NDArray[np.float64], y: NDArray[np.int64]) -> Any:
        result = F.cross_entropy(torch.from_numpy(z), torch.from_numpy(y), reduction="none")
        return result.numpy()

    print("\nLoss from logits, float64 (to reach: at most 1.5 times the faster library)\n")
    head = ("shape", "threads", "lib", "SciPy", "PyTorch", "lib/faster")
    print("  {:>16} {:>8} {:>12} {:>12} {:>12} {:>11}".format(*head))
    for N, K, repetitions in ((1, 10, 300), (10_000, 10, 50), (1_000, 50_257, 5)):
        rng = np.random.default_rng(0)
        z, y = rng.normal(size=(N, K)), rng.integers(0, K, N)
        for threads in sorted({1, os.cpu_count() or 1}):
            torch.set_num_threads(threads)
            runs = [partial(f, z, y) for f in (ours, scipy, pytorch)]
            seconds = [best_seconds(run, repetitions) for run in runs]
            cells = " ".join(f"{1e3 * s:9.3f} ms" for s in seconds)
            ratio = seconds[0] / min(seconds[1:])
            print(f"  {f'({N}, {K})':>16} {threads:>8} {cells} {ratio:>11.2f}")
    torch.set_num_threads(1)
    print(
        "\n  worst relative error against mpmath, margins from -600 to 600 (1 = no digit right)\n"
    )
    for K in (10, 50_257):
        errors = [worst_error(f, K) for f in (ours, scipy, pytorch)]
        print(f"  {f'K = {K}':>25} " + " ".join(f"{e:>12.1e}" for e in errors))


def products(batches: list[Any], W1: Any, W2: Any) -> Callable[[], None]:
    """Return a function that does the matrix products of an epoch and nothing else."""

    def run() -> None:
        for x in batches:
            h = x @ W1
            z = h @ W2
            h.T @ z
            x.T @ (z @ W2.T)

    return run


def chapter_functions() -> dict[str, Any]:
    """Return the functions of the network by hand, as the cells of chapter 5 define them."""
    notebook = nbformat.read(ROOT / "chapters" / "05_mnist.ipynb", as_version=4)
    names: dict[str, Any] = {"np": np, "torch": torch, "log_softmax": log_softmax}
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.startswith(("def backprop(", "def step(")):
            exec(cell.source, names)
    return names


def epochs() -> None:
    """Time an epoch of chapter 5, by hand and with PyTorch, beside its matrix products."""
    torch.set_num_threads(1)
    split = mnist.load()
    X, y = pixels(split.X_train), split.y_train
    rng = np.random.default_rng(0)
    W1, W2 = rng.normal(size=(784, HIDDEN)), rng.normal(size=(HIDDEN, 10))
    order = rng.permutation(len(X))
    batches = [X[order[i : i + BATCH]] for i in range(0, len(X), BATCH)]
    by_hand = chapter_functions()

    weights = [w.detach().numpy().T.copy() for w in mlp(0).parameters()]
    generator = torch.Generator().manual_seed(0)

    def numpy_epoch() -> None:
        by_hand["epoch"](weights, X, y, 0.1, torch.randperm(len(X), generator=generator))

    def torch_epochs() -> None:
        train(mlp(0), split, F.cross_entropy, epochs=3)

    numpy_products = products(batches, W1, W2)
    torch_products = products(
        [torch.from_numpy(x) for x in batches], torch.from_numpy(W1), torch.from_numpy(W2)
    )
    print("\nAn epoch of chapter 5: 8 000 digits, batches of 64, float64, one thread\n")
    print(f"  {'':<24} {'epoch':>10} {'products':>10} {'ratio':>7} {'to reach':>9}")
    for name, run, alone, count, goal in (
        ("NumPy, by hand, SGD", numpy_epoch, numpy_products, 1, 1.5),
        ("PyTorch, fused Adam", torch_epochs, torch_products, 3, 2.0),
    ):
        epoch = best_seconds(run, 7) / count
        matrix = best_seconds(alone, 7)
        print(f"  {name:<24} {epoch:8.3f} s {matrix:8.3f} s {epoch / matrix:7.2f} {goal:9.1f}")


if __name__ == "__main__":
    chapters()
    losses()
    epochs()
    bench_losses.main()
