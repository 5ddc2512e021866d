"""Chapter 8's statements: on language models, on training, on the loss in chunks and in parts.

The functions are the chapter's own, taken from its cells. About half a minute on one core.
"""

from __future__ import annotations

import importlib
import math
import re
import sys
from collections.abc import Iterator
from itertools import permutations, product
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from course.guards import CHAPTERS, read
from lib.alice import ALPHABET, chapters
from lib.memory import Alive
from lib.parallel import run_on

NAMES = (
    *("next_ball", "probability", "learn", "predict", "network", "naive", "batch", "settle"),
    *("chunked", "merge", "split_loss"),
)
IMPORTS = """\
import math
from collections import Counter, defaultdict
from fractions import Fraction
import torch
import torch.distributed as dist
from torch import nn
from torch.nn import functional as F
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """Return a module with the functions that the chapter defines; other processes find it, too."""
    found: dict[str, str] = {}
    for cell in read(CHAPTERS[8]).cells:
        if cell.cell_type == "code":
            for match in re.finditer(r"(?m)^def (\w+)\(.*\n(?:(?: .*)?\n)*(?: .*)?", cell.source):
                found[match[1]] = match[0].rstrip() + "\n"
    folder = tmp_path_factory.mktemp("chapter")
    text = IMPORTS + "".join(f"\n\n{found[name]}" for name in NAMES)
    (folder / "language_page.py").write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    yield importlib.import_module("language_page")
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def novel() -> tuple[str, str]:
    *book, last = chapters()
    return " ".join(book) + " ", last


@pytest.fixture(scope="module")
def counting(page: ModuleType, novel: tuple[str, str]) -> np.ndarray:
    """Return the bits of the covered page at order 4."""
    train, test = novel
    seen, text = page.learn(train, 4), train + test
    places = range(len(train), len(text))
    return -np.log2([page.predict(seen, text[t - 4 : t], text[t]) for t in places])


# --- Language models ------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [0, 1, 4])
def test_all_texts_of_a_length_share_one_whole(page: ModuleType, length: int) -> None:
    texts = map("".join, product("wb", repeat=length))
    assert sum(page.probability(page.next_ball, text) for text in texts) == 1


def test_the_order_of_the_balls_does_not_matter_to_laplace(page: ModuleType) -> None:
    texts = {"".join(balls) for balls in permutations("wbwbb")}
    assert {page.probability(page.next_ball, text) for text in texts} == {1 / page.Fraction(60)}


@settings(deadline=None)
@given(st.text("abc", max_size=30), st.text("abcd", max_size=4), st.sampled_from([0.5, 1, 4]))
def test_the_shares_make_one_whole_and_none_is_zero(
    page: ModuleType, text: str, past: str, doubt: float
) -> None:
    seen = page.learn(text, 3)
    shares = [page.predict(seen, past, letter, K=4, doubt=doubt) for letter in "abcd"]
    assert math.isclose(sum(shares), 1, rel_tol=1e-12, abs_tol=0)
    assert min(shares) > 0


@given(st.text("ab", max_size=30), st.integers(0, 4))
def test_counts_of_a_high_order_hold_those_of_all_lower_ones(
    page: ModuleType, text: str, order: int
) -> None:
    high = page.learn(text, 4)
    low = page.learn(text, order)
    assert {past: high[past] for past in low} == low
    assert sum(high[""].values()) == len(text)


def test_the_fourfold_doubt_was_not_needed_to_prefer_order_4_on_the_eleventh_chapter(
    page: ModuleType,
) -> None:
    *ten, eleventh = chapters()[:11]
    train = " ".join(ten) + " "
    seen, text = page.learn(train, 5), train + eleventh
    bits = {
        order: -np.mean(
            [
                math.log2(page.predict(seen, text[t - order : t], text[t]))
                for t in range(len(train), len(text))
            ]
        )
        for order in (3, 4, 5)
    }
    assert min(bits, key=bits.__getitem__) == 4


# --- Training -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def networks(page: ModuleType, novel: tuple[str, str]) -> list[dict[str, np.ndarray]]:
    """Return what three networks pay before and after training, bit by bit, as the chapter does."""
    torch.set_num_threads(1)
    train, test = novel
    ids = torch.tensor([ALPHABET.index(letter) for letter in train + test])
    X, y, n = ids.unfold(0, 8, 1)[:-1], ids[8:], len(train) - 8

    def pays(model: nn.Module) -> np.ndarray:
        with torch.no_grad():
            each = F.cross_entropy(model(X[n:]), y[n:], reduction="none")
        return each.numpy() / math.log(2)

    found = []
    for seed in range(3):
        model = page.network(seed)
        before = pays(model)
        adam = torch.optim.Adam(model.parameters(), lr=3e-3, fused=True)
        shuffle = torch.Generator().manual_seed(seed)
        orders = [torch.randperm(n, generator=shuffle) for _ in range(5)]
        batches = [rows for order in orders for rows in order.split(256)]
        for i, rows in enumerate(batches):
            adam.param_groups[0]["lr"] = 3e-3 * (1 - i / len(batches))
            adam.zero_grad()
            F.cross_entropy(model(X[rows]), y[rows]).backward()
            adam.step()
        found.append({"before": before, "after": pays(model)})
    return found


def test_networks_start_near_the_price_of_equal_shares(networks: list[Any]) -> None:
    for bits in networks:
        assert abs(bits["before"].mean() - math.log2(27)) < 0.05


def test_three_networks_end_alike_and_lose_to_counting_within_words(
    networks: list[Any], counting: np.ndarray, novel: tuple[str, str]
) -> None:
    first = np.array([before == " " for before in " " + novel[1][:-1]])
    means = [bits["after"].mean() for bits in networks]
    assert max(abs(mean - means[0]) for mean in means) < 0.01
    for bits in networks:
        gap = bits["after"] - counting
        assert abs(gap[first].mean()) < 0.02
        assert gap[~first].mean() > 0.3


@pytest.mark.parametrize("w", [0.1, 0.25, 0.5])
def test_a_mixture_with_the_loser_beats_both_in_three_starts(
    networks: list[Any], counting: np.ndarray, w: float
) -> None:
    for bits in networks:
        mixed = -np.log2((1 - w) * 2**-counting + w * 2 ** -bits["after"])
        assert mixed.mean() < min(counting.mean(), bits["after"].mean())
        assert (mixed <= counting + math.log2(1 / (1 - w)) + 1e-12).all()
        assert (mixed <= bits["after"] + math.log2(1 / w) + 1e-12).all()


# --- The loss in chunks ---------------------------------------------------------------------------

Batch = tuple[Tensor, Tensor, Tensor]


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_chunks_give_the_loss_and_the_gradients(page: ModuleType, size: int, scale: float) -> None:
    h, W, y = page.batch(50, 6, 40, torch.float64)
    expected = page.naive(h.clone() * scale, W.clone(), y)
    for ours, theirs in zip(page.chunked(h * scale, W, y, size), expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-14)


def unnamed(h: Tensor, W: Tensor, y: Tensor) -> None:
    h.requires_grad_()
    W.requires_grad_()
    torch.autograd.grad(F.cross_entropy(h @ W.T, y), (h, W))


def peak(function: Any, data: Batch) -> float:
    """Return the largest number of bytes alive, as a multiple of the table of scores."""
    table = len(data[0]) * len(data[1]) * data[0].element_size()
    with Alive() as alive:
        function(*data)
    return alive.peak / table


def test_what_is_alive_at_the_peak(page: ModuleType) -> None:
    N, D, K = 512, 8, 20_000
    data = lambda: page.batch(N, D, K, torch.float32)  # noqa: E731
    assert 4 <= peak(page.naive, data()) < 4.001
    assert 3 <= peak(unnamed, data()) < 3.001
    # the chunk of scores, and the gradient of the last layer
    expected = 64 / N + D / N
    assert expected <= peak(page.chunked, data()) < expected + 0.01


@pytest.mark.skipif(not hasattr(F, "linear_cross_entropy"), reason="PyTorch before 2.13")
def test_pytorchs_own_loss_without_a_table(page: ModuleType) -> None:
    h, W, y = page.batch(50, 6, 40, torch.float64)
    expected, _, _ = page.chunked(h, W, y)
    torch.testing.assert_close(F.linear_cross_entropy(h, W, y), expected, rtol=1e-12, atol=0)


# --- The loss in parts ----------------------------------------------------------------------------


@given(st.permutations([1.0, 2.0, 3.0, -800.0, 700.0]), st.integers(1, 4))
def test_scores_can_be_put_together_in_any_order(
    page: ModuleType, scores: list[float], cut: int
) -> None:
    pairs = [(z, 1.0) for z in scores]

    def whole(parts: list[tuple[float, float]]) -> tuple[float, float]:
        result = parts[0]
        for part in parts[1:]:
            result = page.merge(result, part)
        return result

    m, s = page.merge(whole(pairs[:cut]), whole(pairs[cut:]))
    expected = torch.tensor(scores, dtype=torch.float64).logsumexp(0).item()
    assert math.isclose(m + math.log(s), expected, rel_tol=1e-13, abs_tol=0)


@pytest.mark.parametrize("ranks", [1, 3])
def test_clerks_agree_with_one_process(page: ModuleType, ranks: int) -> None:
    N, D, K = 40, 5, 11
    h, W, y = page.batch(N, D, K, torch.float64)
    b = torch.linspace(-900, 900, K, dtype=torch.float64)
    z = (h @ W.T + b).requires_grad_()
    loss = F.cross_entropy(z, y)
    (dz,) = torch.autograd.grad(loss, z)
    found = run_on(ranks, page.split_loss, page.settle, h, W, b, y)
    parts = torch.cat([rank.value[1] for rank in found], dim=1)
    torch.testing.assert_close(parts, dz, rtol=1e-12, atol=1e-16)
    for rank in found:
        torch.testing.assert_close(rank.value[0], loss.detach(), rtol=1e-14, atol=0)
        torch.testing.assert_close(rank.value[2], dz @ W, rtol=1e-12, atol=1e-15)
        # three numbers for each row, whatever K is; then dh
        assert rank.sent == [8 * N, 8 * N, 8 * N, 8 * N * D]


@pytest.mark.parametrize("label", [-100, -1, 11])
def test_a_label_outside_the_alphabet_is_refused(page: ModuleType, label: int) -> None:
    h, W, y = page.batch(4, 5, 11, torch.float64)
    y[2] = label
    with pytest.raises(RuntimeError, match="ValueError: a rank without letters, or a label"):
        run_on(1, page.split_loss, page.settle, h, W, torch.zeros(11), y)


def test_a_rank_without_letters_is_refused(page: ModuleType) -> None:
    h, W, y = page.batch(4, 5, 1, torch.float64)
    with pytest.raises(RuntimeError, match="ValueError: a rank without letters, or a label"):
        run_on(2, page.split_loss, page.settle, h, W, torch.zeros(1), y)
