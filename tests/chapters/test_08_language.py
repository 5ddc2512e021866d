"""Chapter 8's statements: on language models, and on the training of three small networks.

The functions are the chapter's own, taken from its cells. About half a minute on one core.
"""

from __future__ import annotations

import ast
import math
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import permutations, product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from course.guards import CHAPTERS, read
from lib.alice import ALPHABET, chapters
from lib.memory import Alive

NAMES = ("next_ball", "probability", "learn", "predict", "network", "batch", "merge")


@pytest.fixture(scope="module")
def page() -> SimpleNamespace:
    """Return the functions that the chapter's cells define."""
    space: dict[str, Any] = {
        **{"math": math, "Counter": Counter, "defaultdict": defaultdict, "Fraction": Fraction},
        **{"torch": torch, "nn": nn},
    }
    for cell in read(CHAPTERS[8]).cells:
        if cell.cell_type == "code":
            for node in ast.parse(cell.source).body:
                if isinstance(node, ast.FunctionDef) and node.name in NAMES:
                    exec(ast.unparse(node), space)
    return SimpleNamespace(**{name: space[name] for name in NAMES})


@pytest.fixture(scope="module")
def novel() -> tuple[str, str]:
    *book, last = chapters()
    return " ".join(book) + " ", last


@pytest.fixture(scope="module")
def counting(page: SimpleNamespace, novel: tuple[str, str]) -> np.ndarray:
    """Return the bits of the covered page at order 4."""
    train, test = novel
    seen, text = page.learn(train, 4), train + test
    places = range(len(train), len(text))
    return -np.log2([page.predict(seen, text[t - 4 : t], text[t]) for t in places])


# --- Language models ------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [0, 1, 4])
def test_all_texts_of_a_length_share_one_whole(page: SimpleNamespace, length: int) -> None:
    texts = map("".join, product("wb", repeat=length))
    assert sum(page.probability(page.next_ball, text) for text in texts) == 1


def test_the_order_of_the_balls_does_not_matter_to_laplace(page: SimpleNamespace) -> None:
    texts = {"".join(balls) for balls in permutations("wbwbb")}
    assert {page.probability(page.next_ball, text) for text in texts} == {Fraction(1, 60)}


@settings(deadline=None)
@given(st.text("abc", max_size=30), st.text("abcd", max_size=4), st.sampled_from([0.5, 1, 4]))
def test_the_shares_make_one_whole_and_none_is_zero(
    page: SimpleNamespace, text: str, past: str, doubt: float
) -> None:
    seen = page.learn(text, 3)
    shares = [page.predict(seen, past, letter, K=4, doubt=doubt) for letter in "abcd"]
    assert math.isclose(sum(shares), 1, rel_tol=1e-12, abs_tol=0)
    assert min(shares) > 0


@given(st.text("ab", max_size=30), st.integers(0, 4))
def test_counts_of_a_high_order_hold_those_of_all_lower_ones(
    page: SimpleNamespace, text: str, order: int
) -> None:
    high = page.learn(text, 4)
    low = page.learn(text, order)
    assert {past: high[past] for past in low} == low
    assert sum(high[""].values()) == len(text)


def test_the_fourfold_doubt_was_not_needed_to_prefer_order_4_on_the_eleventh_chapter(
    page: SimpleNamespace,
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
def networks(page: SimpleNamespace, novel: tuple[str, str]) -> list[dict[str, np.ndarray]]:
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


# --- The loss in chunks and in parts (test_08_losses.py has the rest) -----------------------------


def test_without_a_name_the_scores_are_not_alive_at_the_peak(page: SimpleNamespace) -> None:
    N, K = 512, 20_000
    h, W, y = page.batch(N, 8, K, torch.float32)
    h.requires_grad_()
    W.requires_grad_()
    with Alive() as alive:
        torch.autograd.grad(F.cross_entropy(h @ W.T, y), (h, W))
    assert 3 <= alive.peak / (4 * N * K) < 3.001


@given(st.permutations([1.0, 2.0, 3.0, -800.0, 700.0]), st.integers(1, 4))
def test_scores_can_be_put_together_in_any_order(
    page: SimpleNamespace, scores: list[float], cut: int
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
