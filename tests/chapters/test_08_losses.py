"""The losses of chapter 8: in chunks, and in several processes, each beside PyTorch's own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.distributed as dist
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional as F

from lib.memory import Alive
from lib.parallel import run_on
from scripts import bench_losses
from scripts.bench_losses import chapter_functions
from tests.lib.references import given

naive, chunked, settle, split_loss, torchs_own = chapter_functions(
    "naive", "chunked", "settle", "split_loss", "torchs_own"
)

#: Of differences to PyTorch's float64 losses, nats, and gradients, with scores up to 1 in size.
CLOSE = 1e-12


def close(got: Tensor, expected: Tensor, size: float = 1.0) -> None:
    torch.testing.assert_close(got, expected, rtol=0, atol=CLOSE * max(1.0, size))


def batch(
    N: int, D: int, K: int, seed: int, size: float = 1.0, kind: torch.dtype = torch.float64
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return vectors (N, D), weights (K, D), biases (K,) and classes (N,); scores of about size."""
    generator = torch.Generator().manual_seed(seed)
    h, W, b = (
        torch.randn(*shape, generator=generator, dtype=torch.float64).to(kind)
        for shape in ((N, D), (K, D), (K,))
    )
    return h * size / D**0.5, W, b * size, torch.randint(K, (N,), generator=generator)


def reference(h: Tensor, W: Tensor, b: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the loss and its gradients for scores, vectors and weights, by autograd."""
    h, W = h.detach().requires_grad_(), W.detach().requires_grad_()
    z = h @ W.T + b
    loss = F.cross_entropy(z, y)
    return loss.detach(), *torch.autograd.grad(loss, (z, h, W))


# ------------------------------------------------------------------ in chunks


@given(
    st.integers(1, 30),
    st.integers(1, 5),
    st.integers(1, 40),
    st.sampled_from([1, 2, 7, 64, 1000]),
    st.sampled_from([0.0, 1.0, 30.0, 1000.0]),
    st.integers(0, 9),
)
def test_chunks_give_the_same_loss_and_gradients(
    N: int, D: int, K: int, rows: int, size: float, seed: int
) -> None:
    h, W, _, y = batch(N, D, K, seed, size)
    before = h.clone(), W.clone(), y.clone()
    loss, dh, dW = chunked(h, W, y, rows)
    value, _, grad_h, grad_W = reference(h, W, torch.zeros(K, dtype=h.dtype), y)
    close(loss, value, size)
    close(dh, grad_h)
    close(dW, grad_W, size)
    for tensor, old in zip((h, W, y), before, strict=True):
        assert torch.equal(tensor, old)


def test_naive_is_the_reference() -> None:
    h, W, b, y = batch(9, 3, 8, 0)
    value, _, grad_h, grad_W = reference(h, W, 0 * b, y)
    for got, expected in zip(naive(h, W, y), (value, grad_h, grad_W), strict=True):
        close(got, expected)


@pytest.mark.skipif(not hasattr(F, "linear_cross_entropy"), reason="PyTorch 2.13 brings it")
@pytest.mark.parametrize("rows", [3, None])
def test_chunks_give_what_pytorchs_own_chunks_give(rows: int | None) -> None:
    h, W, _, y = batch(50, 8, 300, 1)
    options = torch.nn.LinearCrossEntropyOptions(batch_chunk_size=rows)
    leaves = h.clone().requires_grad_(), W.clone().requires_grad_()
    value = F.linear_cross_entropy(*leaves, y, options=options)
    value.backward()
    loss, dh, dW = chunked(h, W, y, 16)
    close(loss, value.detach())
    for got, leaf in zip((dh, dW), leaves, strict=True):
        assert leaf.grad is not None
        close(got, leaf.grad)


def test_float32_chunks_are_as_exact_as_the_naive_loss() -> None:
    h, W, _, y = batch(64, 16, 5000, 2)
    exact = naive(h, W, y)
    few = h.detach().float(), W.detach().float(), y
    for got, plain, value in zip(chunked(*few), naive(*few), exact, strict=True):
        error, usual = ((t.double() - value).abs().max() for t in (got.detach(), plain))
        assert error <= max(4 * usual, torch.tensor(1e-6))


def test_the_peak_is_a_chunk_and_not_a_table() -> None:
    N, D, K, rows = 512, 8, 4096, 16
    h, W, _, y = batch(N, D, K, 0, kind=torch.float32)
    peaks = []
    for loss in (chunked, naive):
        with Alive() as alive:
            loss(h.detach(), W.detach(), y, *(rows,) * (loss is chunked))
        peaks.append(alive.peak / (4 * N * K))
    own = (N + K) * D / (N * K)  # the gradients that are returned
    assert rows / N + own <= peaks[0] <= rows / N + own + 0.001
    assert 4 <= peaks[1] <= 4.001 + own


# ------------------------------------------------------------------ in several processes


def all_cases(
    split_loss: Callable[..., Any],
    settle: Callable[..., Any],
    torchs_own: Callable[..., Any],
    cases: list[tuple[Tensor, ...]],
) -> tuple[list[Any], list[Any], list[str]]:
    """Return what one rank gets for each case: the chapter's loss, PyTorch's, and refusals."""
    ours = [split_loss(settle, *case) for case in cases]
    theirs = [torchs_own(*case) for case in cases[:2]]
    h, W, b, y = cases[0]
    refusals = []
    for K, label in ((dist.get_world_size() - 1, 0), (len(W), -100), (len(W), len(W))):
        try:
            refusals.append(split_loss(settle, h, W[:K], b[:K], torch.full_like(y, label)))
        except ValueError as error:
            refusals.append(str(error))
    return ours, theirs, refusals


@pytest.mark.slow
@pytest.mark.parametrize("ranks", [1, 2, 3, 4])
def test_ranks_give_the_same_loss_and_gradients(ranks: int) -> None:
    """As autograd does in one process, and PyTorch's parallel loss in as many (run_on)."""
    cases = [
        batch(20, 6, 27, 0),
        batch(7, 3, 13, 1),
        batch(1, 1, ranks, 2),
        batch(5, 2, 11, 3, size=1000.0),
        batch(5, 2, 11, 4, size=0.0),
    ]
    h, W, b, _ = batch(6, 4, 9, 5)
    cases.append((h, W, b, torch.zeros(6, dtype=torch.int64)))  # all in the first rank's part
    cases.append((h, W, b, torch.full((6,), 8)))  # all in the last rank's part
    b[3:6] = -torch.inf  # classes that cannot be, of three ranks the whole part of one
    cases.append((h, W, b, torch.tensor([0, 1, 2, 6, 7, 8])))
    results = run_on(ranks, all_cases, split_loss, settle, torchs_own, cases, timeout=300.0)

    for number, (h, W, b, y) in enumerate(cases):
        value, grad_z, grad_h, grad_W = reference(h, W, b, y)
        size = h.abs().max().item() * h.shape[1]
        ours = [rank.value[0][number] for rank in results]
        for loss, _, dh in ours:
            close(loss, value, size)
            close(dh, grad_h)
        dz = torch.cat([part for _, part, _ in ours], 1)
        close(dz, grad_z)
        close(dz.T @ h, grad_W, size)
        assert [part.shape[1] for _, part, _ in ours] == [
            len(part) for part in torch.arange(len(W)).tensor_split(ranks)
        ]
    for number, (h, W, b, y) in enumerate(cases[:2]):
        value, grad_z, _, _ = reference(h, W, b, y)
        theirs = [rank.value[1][number] for rank in results]
        for loss, _ in theirs:
            close(loss, value)
        close(torch.cat([part for _, part in theirs], 1), grad_z)
    assert {refusal for rank in results for refusal in rank.value[2]} == {
        "a rank without letters, or a label outside them"
    }

    # Three numbers a token for the loss, D more for what goes back: 8 bytes each.
    for rank in results:
        sent = rank.sent[: 4 * len(cases)]
        assert sent == [
            8 * len(y) * numbers for h, _, _, y in cases for numbers in (1, 1, 1, h.shape[1])
        ]
        # PyTorch's own sends three numbers a token too, after rank 0 has dealt out the scores.
        own = rank.sent[4 * len(cases) :]
        assert [own[1:4], own[5:8]] == [[8 * len(case[3])] * 3 for case in cases[:2]]


# ------------------------------------------------------------------ the table of `make bench`


@pytest.mark.parametrize("name", bench_losses.losses())
def test_every_loss_of_the_table_is_the_same_loss(name: str) -> None:
    h, W, _, y = batch(300, 8, 100, 6)
    expected = reference(h, W, torch.zeros(100, dtype=h.dtype), y)
    for got, value in zip(
        bench_losses.losses()[name](h, W, y), (expected[0], *expected[2:]), strict=True
    ):
        close(got, value)


def test_the_table_refuses_a_loss_that_is_another(capsys) -> None:
    row = (12.0, 1_000_000, None, 2.0)
    bench_losses.show({"naive": row, "other": (12.0, 3_000_000, 4_000_000, 1.0)})
    assert capsys.readouterr().out.splitlines()[1:] == [
        "  naive                                      1 MB               2.00 s      1.00",
        "  other                                      3 MB       4 MB    1.00 s      0.50",
    ]
    with pytest.raises(ValueError, match=r"^other gives 12.1, the first of the table 12.0$"):
        bench_losses.show({"naive": row, "other": (12.1, 1, 1, 1.0)})


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone tells the peak of a process")
def test_what_is_resident_grows_by_what_is_written_and_forgets_what_was_before() -> None:
    size = 50_000_000
    before = torch.ones(2 * size, dtype=torch.uint8)
    del before
    grown = bench_losses.resident(lambda: torch.ones(size, dtype=torch.uint8))
    if grown is None:
        pytest.skip("this system does not let a process forget its peak")
    assert 0.98 * size <= grown <= 1.2 * size  # some pages are counted late


def test_chunks_are_forgotten_although_the_inputs_need_slopes() -> None:
    """As every training loop's do; and a label outside the letters is refused."""
    h, W = (torch.randn(n, 8).requires_grad_() for n in (64, 500))
    y = torch.arange(64)
    with Alive() as alive:
        chunked(h, W, y, 4)
    assert alive.peak < 64 * 500 * 4 / 2
    for bad in (-100, -1, 500):
        with pytest.raises(ValueError, match="a label outside the letters"):
            chunked(h, W, torch.full((64,), bad))
