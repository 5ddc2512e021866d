"""The golden numbers of chapter 8, Language.

The novel is read from its file and counted in another way than the chapter does: each past is a
number in base 27, and sorted arrays say how often it came and what followed. What is computed from
such counts is a float64, rounded a billion times more finely than any decimal here.
"""

from __future__ import annotations

import functools
import math
import string
from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

from course.contents import ROOT
from course.golden import Golden, oracles

_SIGNS = " " + string.ascii_lowercase
_HIGHEST = 7  # the longest past that the chapter looks at


@functools.cache
def _chapters() -> tuple[str, ...]:
    """Return the twelve chapters in 26 letters and the space, without a regular expression."""
    lines = (ROOT / "lib" / "data" / "alice.txt").read_text(encoding="ascii").splitlines()
    starts = [i for i, line in enumerate(lines) if line.strip().startswith("CHAPTER ")]
    parts = [lines[i + 3 : j] for i, j in zip(starts, [*starts[1:], len(lines)], strict=True)]
    return tuple(_clean("\n".join(part)) for part in parts)


def _clean(text: str) -> str:
    kept = (c for c in text.lower() if c != "'")
    return " ".join("".join(c if c in _SIGNS else " " for c in kept).split())


def _numbers(text: str) -> NDArray[np.int64]:
    return np.array([_SIGNS.index(c) for c in text])


def _train() -> str:
    return " ".join(_chapters()[:11]) + " "


def _shares(
    told: NDArray[np.int64], read: NDArray[np.int64], K: int, highest: int, doubt: int = 1
) -> list[NDArray[np.float64]]:
    """Return, for orders 0 to `highest`, the share that each item of `told` got.

    The first `highest` items of `told` are the past of the next and get none.
    """
    q = np.full(len(told) - highest, 1 / K)
    shares = []
    for order in range(highest + 1):
        pasts, nexts = _windows(read, order, K)
        asked, true = _windows(told, order, K)
        asked, true = asked[highest - order :], true[highest - order :]
        kinds, times = np.unique(pasts * K + nexts, return_counts=True)
        known, first, different = np.unique(kinds // K, return_index=True, return_counts=True)
        n = np.add.reduceat(times, first)
        at = np.searchsorted(known, asked).clip(max=len(known) - 1)
        found = known[at] == asked
        pair = np.searchsorted(kinds, asked * K + true).clip(max=len(kinds) - 1)
        count = np.where(kinds[pair] == asked * K + true, times[pair], 0)
        d = doubt * different[at]
        q = np.where(found, (count + d * q) / (n[at] + d), q)
        shares.append(q)
    return shares


def _windows(items: NDArray[np.int64], order: int, K: int) -> tuple[Any, Any]:
    """Return each past of this length as one number in base K, and the item after it."""
    past = np.zeros(len(items) - order, dtype=np.int64)
    for back in range(order):
        past = past * K + items[back : len(items) - order + back]
    return past, items[order:]


@functools.cache
def _page(doubt: int = 1) -> tuple[NDArray[np.float64], ...]:
    """Return the bits of each letter of the covered page, for each order."""
    read = _numbers(_train())
    told = np.concatenate([read[-_HIGHEST:], _numbers(_chapters()[11])])
    return tuple(-np.log2(q) for q in _shares(told, read, 27, _HIGHEST, doubt))


def _mean(order: int, doubt: int = 1) -> float:
    bits = _page(doubt)[order]
    return math.fsum(bits) / len(bits)


def _nats() -> float:
    return math.fsum(_page()[4]) * math.log(2)


def _perplexity(units: int) -> Any:
    return mpmath.exp(_nats() / units)


def _beginnings() -> tuple[float, float]:
    """Return the mean bits at beginnings of words, and elsewhere."""
    page = _chapters()[11]
    first = np.array([before == " " for before in " " + page[:-1]])
    return float(_page()[4][first].mean()), float(_page()[4][~first].mean())


def _sightings() -> tuple[int, int]:
    """Return how many letters follow a new past, and how many are new after a known one."""
    train, page = _train(), _chapters()[11]
    text = train[-4:] + page
    grams = {train[i : i + 5] for i in range(len(train) - 4)}
    pasts = {gram[:4] for gram in grams}
    windows = [text[i : i + 5] for i in range(len(page))]
    new = sum(window[:4] not in pasts for window in windows)
    return new, sum(window not in grams for window in windows) - new


@functools.cache
def _tokens() -> tuple[int, float]:
    """Return how many tokens the covered page has, and its bits under pairs of tokens.

    Both texts are merged as one array, where no pair begins with a token that ends in a space.
    """
    train, page = _numbers(_train()), _numbers(_chapters()[11])
    cut = len(train)
    items, place = np.concatenate([train, page]), np.arange(cut + len(page))
    names = list(_SIGNS)
    for _ in range(500):
        closed = np.array([name.endswith(" ") for name in names])
        pairs = items[:-1] * 527 + items[1:]
        open_pairs = ~closed[items[:-1]]
        counts = np.bincount(pairs[open_pairs & (place[1:] < cut)], minlength=527 * 527)
        best = max(
            (int(i) for i in np.flatnonzero(counts == counts.max())),
            key=lambda i: (names[i // 527], names[i % 527]),
        )
        hits = np.flatnonzero(open_pairs & (pairs == best))
        if best // 527 == best % 527:  # of a a a only the first two are merged
            kept: list[int] = []
            for hit in hits.tolist():
                if not kept or hit > kept[-1] + 1:
                    kept.append(hit)
            hits = np.array(kept, dtype=np.int64)
        items[hits] = len(names)
        names.append(names[best // 527] + names[best % 527])
        stay = np.ones(len(items), dtype=bool)
        stay[hits + 1] = False
        items, place = items[stay], place[stay]
    read, told = items[place < cut], items[place >= cut]
    (*_, q) = _shares(np.concatenate([read[-2:], told]), read, 527, 2)
    return len(told), math.fsum(-np.log2(q))


@functools.cache
def _sentences() -> tuple[float, float, float]:
    """Return the mean over letters, the mean of the sentences' means, the mean over a rectangle."""
    lines = (ROOT / "lib" / "data" / "alice.txt").read_text(encoding="ascii").splitlines()
    raw = "\n".join(lines[max(i for i, line in enumerate(lines) if "CHAPTER " in line) + 3 :])
    for mark in "!?":
        raw = raw.replace(mark, ".")
    rows = [_clean(part) + " " for part in raw.split(".") if _clean(part)]
    # One text in which four spaces go before each sentence; what these cost is not counted.
    told = np.concatenate([np.concatenate([np.zeros(4, np.int64), _numbers(r)]) for r in rows])
    *_, q = _shares(told, _numbers(_train()), 27, 4)
    costs = np.concatenate([np.zeros(4), -np.log2(q)])
    sums, at = [], 0
    for row in rows:
        sums.append(math.fsum(costs[at + 4 : at + 4 + len(row)]))
        at += 4 + len(row)
    sizes = [len(row) for row in rows]
    means = [total / size for total, size in zip(sums, sizes, strict=True)]
    total = math.fsum(sums)
    return total / sum(sizes), sum(means) / len(means), total / (len(rows) * max(sizes))


def _confidence(c: Fraction) -> Any:
    """Return the bits per letter of twenty hits among 32 that hang on the confidence."""
    return -oracles.bits(20 * oracles.log(c) + 12 * oracles.log(1 - c)) / 32


def _lse(scores: Sequence[int]) -> Any:
    return oracles.lse(map(mpmath.mpf, scores))


_ORDERS = (
    *("4.0681017", "3.2192969", "2.5140266", "2.0672046"),
    *("1.9654152", "2.0020016", "2.1065969", "2.2397764"),
)

GOLDEN = (
    Golden("alice.train", "123028", "letters", lambda: len(_train())),
    Golden("alice.test", "10835", "letters", lambda: len(_chapters()[11])),
    Golden("alice.words", "2130", "words", lambda: len(_chapters()[11].split())),
    Golden("letters.best", "0.9544340", "bits", partial(_confidence, Fraction(20, 32))),
    Golden("letters.sure", "1.6669734", "bits", partial(_confidence, Fraction(95, 100))),
    Golden("letters.ada", "4.7548875022", "bits", lambda: oracles.bits(oracles.log(27))),
    Golden(
        "balls.choices", "2.2679331553", "choices", lambda: mpmath.mpf(60) ** (mpmath.mpf(1) / 5)
    ),
    Golden(
        "balls.choices_ben",
        "1.9601317",
        "choices",
        lambda: oracles.mpf(oracles.likelihood()) ** (mpmath.mpf(-1) / 5),
    ),
    *(
        Golden(f"ngram.bits_{order}", decimal, "bits", partial(_mean, order))
        for order, decimal in enumerate(_ORDERS)
    ),
    Golden("ngram.doubting", "1.8417829", "bits", lambda: _mean(6, doubt=4)),
    Golden("ngram4.nats", "14760.7587", "nats", _nats),
    Golden("ngram4.first", "3.9846", "bits", lambda: _beginnings()[0]),
    Golden("ngram4.others", "1.4713", "bits", lambda: _beginnings()[1]),
    Golden("ngram4.new_pasts", "334", "letters", lambda: _sightings()[0]),
    Golden("ngram4.never_after", "795", "letters", lambda: _sightings()[1]),
    Golden("ngram4.per_letter", "3.905251", "choices", lambda: _perplexity(len(_chapters()[11]))),
    Golden(
        "ngram4.per_word",
        "1022.4261",
        "choices",
        lambda: _perplexity(len(_chapters()[11].split())),
    ),
    Golden("bpe.tokens", "3566", "tokens", lambda: _tokens()[0]),
    Golden(
        "bpe.per_token",
        "58.1824",
        "choices",
        lambda: mpmath.mpf(2) ** (_tokens()[1] / _tokens()[0]),
    ),
    Golden("bpe.bits", "1.92946", "bits", lambda: _tokens()[1] / len(_chapters()[11])),
    Golden("lse.1234", "4.4401896986", "", partial(_lse, (1, 2, 3, 4))),
    Golden("means.letters", "1.954852", "bits", lambda: _sentences()[0]),
    Golden("means.of_means", "1.860393", "bits", lambda: _sentences()[1]),
    Golden("means.padded", "0.274923", "bits", lambda: _sentences()[2]),
)
# Numbers of earlier chapters that this one computes and prints again.
REPEATED = ("balls.area",)
