"""Measure the memory and the time of chapter 8's losses beside PyTorch's, in one table.

The last layer turns N vectors of D numbers into scores of V classes; the loss and its gradients for
vectors and weights follow. Each loss gets the same float32 numbers and one thread.

- *counted* is the peak of ``lib.memory.Alive``: bytes of tensors alive beyond the inputs;
- *resident* is what the system gave beyond the inputs, at the peak, to a fresh process that
  computes the loss once (Linux alone). glibc keeps freed blocks below a threshold that moves;
  ``MALLOC_MMAP_THRESHOLD_`` holds it at 1 MiB, so that a freed table is really gone;
- *seconds* are the processor's, which other work on the machine hardly changes; the best of some
  rounds, in each of which every loss has one turn.

Of the parallel loss the rank that needs most counts, without the start of the processes. On a
machine with a GPU a second table follows, with ``torch.compile``; there *counted* is the memory
that PyTorch's allocator handed out, and seconds are those of the clock.

Usage: python scripts/bench_losses.py
"""

from __future__ import annotations

import ast
import json
import linecache
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import nbformat
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from course.contents import ROOT
from lib.memory import Alive
from lib.parallel import run_on

N, D, V = 2048, 256, 50_257
ROUNDS = 3
RANKS = 2
PARALLEL = f"parallel, {RANKS} ranks"
MB = 1e6

Loss = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, ...]]


def chapter_functions(*names: str) -> list[Callable[..., Any]]:
    """Return functions as cells of chapter 8 define them, with a source that can be found."""
    space: dict[str, Any] = {"__name__": "__main__", "torch": torch, "F": F}
    space["dist"] = torch.distributed
    notebook = nbformat.read(ROOT / "chapters" / "08_language.ipynb", as_version=4)
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef) and node.name in names:
                file = f"<cell {number}, {node.name}>"
                first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                source = "\n".join(cell.source.splitlines()[first - 1 : node.end_lineno]) + "\n"
                linecache.cache[file] = (len(source), None, source.splitlines(True), file)
                exec(compile(source, file, "exec"), space)
    return [space[name] for name in names]


def unnamed(h: Tensor, W: Tensor, y: Tensor) -> tuple[Tensor, ...]:
    """Return the naive loss and its gradients; the scores go as soon as they are used."""
    return _with_gradients(lambda h, W: F.cross_entropy(h @ W.T, y), h, W)


def checkpointed(h: Tensor, W: Tensor, y: Tensor) -> tuple[Tensor, ...]:
    """Return the naive loss and its gradients; the scores are computed a second time."""

    def loss(h: Tensor, W: Tensor) -> Tensor:
        return F.cross_entropy(h @ W.T, y)

    return _with_gradients(lambda h, W: checkpoint(loss, h, W, use_reentrant=False), h, W)


def torchs(h: Tensor, W: Tensor, y: Tensor, size: int | None = None) -> tuple[Tensor, ...]:
    """Return PyTorch's own loss in chunks; without a size it chooses one."""
    options = torch.nn.LinearCrossEntropyOptions(batch_chunk_size=size)
    return _with_gradients(lambda h, W: F.linear_cross_entropy(h, W, y, options=options), h, W)


def compiled() -> Loss:
    """Return the naive loss, compiled by PyTorch, with its gradients."""
    fused = torch.compile(lambda h, W, y: F.cross_entropy(h @ W.T, y))
    return lambda h, W, y: _with_gradients(lambda h, W: fused(h, W, y), h, W)


def losses() -> dict[str, Loss]:
    """Return the losses of one process by name."""
    naive, chunked, _settle = chapter_functions("naive", "chunked", "settle")
    found: dict[str, Loss] = {
        "naive, scores named": naive,
        "naive": unnamed,
        "checkpointed": checkpointed,
        "chunked, 64 rows": partial(chunked, size=64),
        "chunked, 256 rows": partial(chunked, size=256),
    }
    if hasattr(F, "linear_cross_entropy"):
        found["F.linear_cross_entropy, 256 rows"] = partial(torchs, size=256)
        found["F.linear_cross_entropy, as it likes"] = torchs
    return found


def batch(device: str = "cpu") -> tuple[Tensor, Tensor, Tensor]:
    """Return vectors (N, D), weights (V, D) and classes (N,), the same at every call."""
    generator = torch.Generator().manual_seed(0)
    h = torch.randn(N, D, generator=generator)
    W = torch.randn(V, D, generator=generator) / 10
    y = torch.randint(V, (N,), generator=generator)
    return h.to(device), W.to(device), y.to(device)


def resident(run: Callable[[], object]) -> int | None:
    """Return by how many bytes this process grew at most while it ran; None where nobody says."""
    from pathlib import Path  # here, because it travels to the ranks

    status = Path("/proc/self/status")
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # forget the peak so far
        before = status.read_text(encoding="utf-8")
        run()
        after = status.read_text(encoding="utf-8")
    except OSError:
        return None
    values = [
        int(text.split(f"{name}:")[1].split()[0])
        for text, name in ((before, "VmRSS"), (after, "VmHWM"))
    ]
    return 1024 * (values[1] - values[0])


def in_a_rank(
    split_loss: Callable[..., Any],
    settle: Callable[..., Any],
    resident: Callable[..., Any],
    h: Tensor,
    W: Tensor,
    y: Tensor,
    rounds: int,
) -> tuple[float, int, int | None, list[float]]:
    """Return loss, counted and resident bytes, and seconds of the split loss in one process."""
    import time

    from lib.memory import Alive

    bias = torch.zeros(len(W))
    space = resident(lambda: split_loss(settle, h, W, bias, y))
    with Alive() as alive:
        loss = split_loss(settle, h, W, bias, y)[0].item()
    seconds = []
    for _ in range(rounds):
        dist.barrier()  # type: ignore[name-defined]  # noqa: F821
        start = time.process_time()
        split_loss(settle, h, W, bias, y)
        seconds.append(time.process_time() - start)
    return loss, alive.peak, space, seconds


def of_the_ranks(rounds: int) -> tuple[float, int, int | None, float]:
    """Return loss, counted and resident bytes and best seconds of the slowest and largest rank."""
    split_loss, settle = chapter_functions("split_loss", "settle")
    ranks = run_on(
        *(RANKS, in_a_rank, split_loss, settle, resident, *batch(), rounds), timeout=600.0
    )
    loss, counted, space, seconds = zip(*(rank.value for rank in ranks), strict=True)
    best = min(map(max, zip(*seconds, strict=True)), default=0.0)
    return loss[0], max(counted), None if None in space else max(space), best


def resident_of(name: str) -> int | None:
    """Return the resident bytes of one loss; meant for a fresh process."""
    if name == PARALLEL:
        return of_the_ranks(0)[2]
    loss, (h, W, y) = losses()[name], batch()
    loss(h[:2].clone(), W[:2].clone(), torch.zeros_like(y[:2]))  # what is loaded at the first use
    return resident(lambda: loss(h, W, y))


def in_a_fresh_process(name: str) -> int | None:
    """Return the resident bytes of one loss, from a process of its own."""
    environment = os.environ | {"MALLOC_MMAP_THRESHOLD_": str(2**20)}
    done = subprocess.run(
        [sys.executable, __file__, "--resident", name],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: int | None = json.loads(done.stdout)
    return found


def measure(rounds: int = ROUNDS) -> dict[str, tuple[float, int, int | None, float]]:
    """Return loss, counted bytes, resident bytes and seconds of each loss on this processor."""
    torch.set_num_threads(1)
    results: dict[str, tuple[float, int, int | None, float]] = {}
    every, data = losses(), batch()
    for name, loss in every.items():
        with Alive() as alive:
            value = loss(*_fresh(data))[0].item()
        results[name] = value, alive.peak, in_a_fresh_process(name), float("inf")
    for _ in range(rounds):
        for name, loss in every.items():
            inputs = _fresh(data)
            start = time.process_time()
            loss(*inputs)
            seconds = time.process_time() - start
            results[name] = *results[name][:3], min(results[name][3], seconds)
    value, counted, _, seconds = of_the_ranks(rounds)
    results[PARALLEL] = value, counted, in_a_fresh_process(PARALLEL), seconds
    return results


def measure_on_gpu(rounds: int = ROUNDS) -> dict[str, tuple[float, int, int | None, float]]:
    """Return the same of the losses of one process on the first GPU, torch.compile among them."""
    results: dict[str, tuple[float, int, int | None, float]] = {}
    data = batch("cuda")
    for name, loss in (losses() | {"torch.compile": compiled()}).items():
        with torch.device("cuda"):  # where the chapter's functions make their indices
            loss(*_fresh(data))  # compiled, loaded, chosen
        seconds = []
        for _ in range(rounds):
            inputs = _fresh(data)
            torch.cuda.synchronize()
            torch.cuda.reset_peak_memory_stats()
            before, start = torch.cuda.memory_allocated(), time.perf_counter()
            with torch.device("cuda"):
                value = loss(*inputs)[0].item()
            torch.cuda.synchronize()
            seconds.append(time.perf_counter() - start)
            counted = torch.cuda.max_memory_allocated() - before
        results[name] = value, counted, None, min(seconds)
    return results


def show(results: Mapping[str, tuple[float, int, int | None, float]]) -> None:
    """Print one line for each loss; raise if they are not the same loss."""
    first = next(iter(results.values()))[0]
    naive = results["naive"]
    print(f"  {'':<36} {'counted':>10} {'resident':>10} {'seconds':>9} {'naive = 1':>9}")
    for name, (loss, counted, space, seconds) in results.items():
        if abs(loss - first) > 1e-4:
            raise ValueError(f"{name} gives {loss}, the first of the table {first}")
        grown = "" if space is None else f"{space / MB:7.0f} MB"
        print(
            f"  {name:<36} {counted / MB:7.0f} MB {grown:>10} {seconds:7.2f} s"
            f" {seconds / naive[3]:9.2f}"
        )


def main() -> None:
    """Print the tables."""
    print(f"\nThe loss of {N} tokens with its gradients, D = {D}, V = {V}, float32, one thread")
    print("(to reach: in chunks of 256 at most 110 MB, no slower than naive, and at most 1.2 times")
    print(f"F.linear_cross_entropy at its best; the table of scores is {4 * N * V / MB:.0f} MB)\n")
    show(measure())
    if torch.cuda.is_available():
        print(f"\nThe same on {torch.cuda.get_device_name()}\n")
        show(measure_on_gpu())


def _with_gradients(
    loss: Callable[[Tensor, Tensor], Tensor], h: Tensor, W: Tensor
) -> tuple[Tensor, ...]:
    """Return a loss and its gradients for vectors and weights."""
    h, W = h.detach().requires_grad_(), W.detach().requires_grad_()
    value = loss(h, W)
    return value.detach(), *torch.autograd.grad(value, (h, W))


def _fresh(data: tuple[Tensor, Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """Return the inputs without anything that an earlier loss has left on them."""
    h, W, y = data
    return h.detach(), W.detach(), y


if __name__ == "__main__":
    if sys.argv[1:2] == ["--resident"]:
        torch.set_num_threads(1)
        print(json.dumps(resident_of(sys.argv[2])))
    else:
        main()
