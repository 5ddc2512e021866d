"""Hidden checks of the exercises of chapter 4. Marked: canary-hidden-softmax."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import mpmath
import numpy as np
import torch
import torch.nn.functional as F
from check import agree

from hidden import exercise, raises, reason
from hidden.conditions import limited, numpy_only


def _exact(function: Callable[..., Any], *values: Any) -> Any:
    """Evaluate with 500 digits, because a margin of 700 means a factor of e^700."""
    with mpmath.workdps(500):
        return function(*(mpmath.mpf(float(v)) for v in values))


def _sigmoid(t: Any) -> Any:
    return 1 / (1 + mpmath.exp(-t))


def _lse(*z: Any) -> Any:
    return mpmath.log(mpmath.fsum(mpmath.exp(v) for v in z))


def _softmax(*z: Any) -> list[Any]:
    e = [mpmath.exp(v) for v in z]
    total = mpmath.fsum(e)
    return [v / total for v in e]


def _nll(y: int, row: Any) -> Any:
    return _nll_of(y, tuple(map(float, row)))


@cache  # every answer of a class is asked for the same rows
def _nll_of(y: int, row: tuple[float, ...]) -> Any:
    return _exact(lambda *z: _lse(*z) - z[y], *row)


def _bce(t: float, y: float) -> Any:
    def loss(t, y):
        return y * mpmath.log1p(mpmath.exp(-t)) + (1 - y) * mpmath.log1p(mpmath.exp(t))

    return _exact(loss, t, y)


def _off(got: Any, exact: Any) -> float:
    """Return by how much a float differs from an exact number; NaN is infinitely far off."""
    value = float(got)
    if not math.isfinite(value):
        return math.inf
    with mpmath.workdps(500):
        return float(abs(mpmath.mpf(value) - exact))


def _ulps(got: Any, exact: Any, dtype: type = np.float64) -> float:
    """Return the error in ulps (of ``dtype``) of the exact number."""
    return _off(got, exact) / float(np.spacing(dtype(abs(float(exact)))))


def _all(values: Any) -> list[Any]:
    return list(np.asarray(values).ravel())


@exercise(
    "4.1",
    example=lambda f: f(np.log(1.5)),
    forbidden=("scipy.special.expit", "scipy.special.log_expit", "scipy.stats.logistic"),
)
def sigmoid(f, rng):
    middle = rng.uniform(-5, 5, size=(3, 4))
    right = rng.uniform(-1, 6, size=8)
    left = rng.uniform(-20, -1, size=8)
    edge = rng.uniform(-44, -38, size=5)  # beyond the last bit of 1
    tail = rng.uniform(-700, -550, size=5)
    with numpy_only(f):
        f(0.5)  # an error here is not a misconception yet
        with reason("handles one number only", "An array in, an array of its shape out.", "4.2"):
            assert np.shape(f(middle.copy())) == (3, 4)
            assert np.shape(f([0.5, 1.5])) == (2,)
        with reason(
            "answers in another shape", "A number for a number; all axes of an array.", "4.2"
        ):
            assert np.shape(f(0.5)) == ()
            assert all(np.shape(f(np.zeros(s))) == s for s in ((2, 1, 3), (1,), (1, 1)))
        with reason("overwrites its input", "Work on a copy: the caller needs the scores.", "4.2"):
            kept = middle.copy()
            f(kept)
            assert np.array_equal(kept, middle)
        with reason("forgets the minus", "σ rises: a higher score, a higher probability.", "4.2"):
            assert f(2.0) > f(-1.0)
        with reason(
            "takes another S-shaped curve", "Between −∞ and ∞ only σ inverts the log-odds.", "4.2"
        ):
            assert np.all(np.abs(f(middle) + f(-middle) - 1) <= 2.0**-52)
            assert agree(f(np.log(2.0)), 2 / 3)
        with reason(
            "leaves integers integers", "Integer scores have probabilities in between.", "4.2"
        ):
            scores = rng.integers(-4, 5, size=6)
            assert agree(f(scores), f(scores.astype(float)))
            assert agree(f(scores.tolist()), f(scores.astype(float)))
        with reason(
            "computes in small integers",
            "NumPy's small integers have small floats: of an int8 exp makes a float16, and minus a "
            "uint8 wraps around. Make them float64 first.",
            "A.2",
        ):
            for dtype in (np.int8, np.uint8, np.int16):
                scores = rng.integers(1, 6, size=6).astype(dtype)
                assert agree(f(scores), f(scores.astype(float)))
        with reason("promotes float32", "The answer has the type of the scores.", "A.2"):
            single = middle.astype(np.float32)
            assert np.asarray(f(single)).dtype == np.float32
            assert agree(f(single), f(single.astype(float)), within=10 * 2.0**-24)
        with reason("promotes float16", "Every type of floats stays as it is.", "A.2"):
            assert np.asarray(f(middle.astype(np.float16))).dtype == np.float16
        with reason(
            "rounds the left tail away",
            "½(1 + tanh) and 1 − σ(−t) round near 1 first; tiny answers need digits too.",
            "4.2",
        ):
            assert all(
                _ulps(v, _exact(_sigmoid, t)) <= 3 for v, t in zip(f(right), right, strict=True)
            )
            for v, t in zip(f(left), left, strict=True):  # as softmax of two
                exact = _exact(_sigmoid, t)
                assert _off(v, exact) <= (2 - t + 8) * 2.0**-53 * float(exact)
            assert all(
                _ulps(v, _exact(_sigmoid, t)) <= 3 for v, t in zip(f(edge), edge, strict=True)
            )
        with reason(
            "goes through a logarithm",
            "e to the power of a rounded logarithm is off by as much: a fraction is exact.",
            "4.2",
        ):
            between = rng.uniform(-38, -20, size=40)
            assert all(
                _ulps(v, _exact(_sigmoid, t)) <= 3 for v, t in zip(f(between), between, strict=True)
            )
        with reason("clips the scores", "Every score has its own probability.", "4.2"):
            assert all(
                _ulps(v, _exact(_sigmoid, t)) <= 3 for v, t in zip(f(tail), tail, strict=True)
            )
        with reason(
            "overflows on the left", "e^(−t) is ∞ at −1000; multiply above and below by e^t.", "A.2"
        ):
            far = np.array([-1000.0, -800.0, 800.0, 1000.0])
            assert agree(f(far), [0, 0, 1, 1])
            assert f(-1000.0) < 1e-300
        with reason(
            "gives up below −700",
            "This fails where σ is smaller than every normal float, 2e−308. No larger answer is "
            "right there. One cause may be a clip of the scores.",
            "A.2",
        ):
            low = rng.uniform(-740, -710, size=5)
            assert all(
                _off(v, _exact(_sigmoid, t)) <= np.finfo(float).tiny
                for v, t in zip(f(low), low, strict=True)
            )
        with reason(
            "overflows at huge scores", "This fails near 1e308. One cause may be a square.", "A.2"
        ):
            assert agree(f(np.array([-1e308, -2000.0, 2000.0, 1e308])), [0, 0, 1, 1])


def _probable(got: Any, row: Any, u: float) -> bool:
    """Return whether probabilities are as accurate as softmax can be: (K + gap + 8) roundoffs."""
    return all(
        _off(q, exact) <= (len(row) + float(np.max(row)) - float(z) + 8) * u * float(exact)
        for q, z, exact in zip(got, row, _exact(lambda *z: _softmax(*z), *row), strict=True)
    )


@exercise(
    "4.2",
    example=lambda f: f([0, np.log(2), np.log(5)]),
    forbidden=("scipy.special.softmax", "scipy.special.log_softmax"),
)
def softmax(answer, rng):
    def f(*z, **axis):
        return np.asarray(answer(*z, **axis))  # a nested list is fine too

    u = 2.0**-53
    flat = rng.normal(size=7)
    batch = rng.normal(size=(2, 3))
    cube = rng.normal(size=(2, 3, 4))
    with numpy_only(answer):
        f([0.0, 1.0])
        with reason("overwrites its input", "Work on a copy: the caller needs the logits.", "4.2"):
            kept = flat.copy()
            f(kept)
            assert np.array_equal(kept, flat)
        with reason("forgets to divide", "Exponentials are shares; divide by their sum.", "4.2"):
            assert np.max(f(flat)) < 1
        with reason("divides by the sum of everything", "Each slice sums to 1.", "4.2"):
            assert agree(f(np.zeros((3, 3))), np.full((3, 3), 1 / 3))
        with reason(
            "loses the axis", "Maximum and sum of each slice: keep them with keepdims=True.", "4.2"
        ):
            for array in (batch, rng.normal(size=(3, 3))):
                rows = f(array)
                assert np.shape(rows) == array.shape
                assert all(_probable(rows[i], array[i], u) for i in range(len(array)))
        with reason(
            "always takes the last axis", "The argument axis says where the classes are.", "4.2"
        ):
            columns = f(batch, axis=0)
            assert all(_probable(columns[:, j], batch[:, j], u) for j in range(3))
            middle = f(cube, axis=1)
            assert all(_probable(middle[i, :, j], cube[i, :, j], u) for i in (0, 1) for j in (0, 3))
            assert agree(f(cube, axis=-2), middle)
        with reason("exponentiates first", "Subtract the largest logit before exp.", "A.2"):
            assert agree(f([1000.0, 1000.0, -1000.0]), [0.5, 0.5, 0])
        with reason(
            "drags a common shift along",
            "z − lse(z) rounds at the size of lse(z); subtract the maximum first.",
            "4.3",
        ):
            eighths = rng.integers(-40, 40, size=7) / 8  # exact beside 2^20
            assert _probable(f(eighths + 2.0**20), eighths, u)
            assert agree(f([-1e308, -1e308]), [0.5, 0.5])
        with reason(
            "loses unlikely classes",
            "This fails where a logit lies a hundred below the maximum. One cause may be a "
            "threshold: e^(−100) is not a rounding error, it has all its digits.",
            "A.2",
        ):
            wide = rng.integers(-1200, 1200, size=8) / 8
            assert _probable(f(wide), wide, u)
            assert _probable(f([-100.25, 0.0, 1.5]), [-100.25, 0.0, 1.5], u)
        with reason(
            "shares one maximum", "A row far below the batch's maximum underflows to 0/0.", "A.2"
        ):
            assert _probable(f([[2000.0, 2001.0], [0.0, 1.0]])[1], [0.0, 1.0], u)
            assert agree(f([[900.0, 0.0], [900.0, 2.0]], axis=0)[:, 0], [0.5, 0.5])
        with reason(
            "warns of a harmless overflow",
            "1e308 − (−1e308) becomes ∞, and e^(−∞) = 0 is right: np.errstate.",
            "A.2",
        ):
            assert agree(f([1e308, -1e308, 1e308]), [0.5, 0, 0.5])
            assert agree(f([[1e308, 1e308], [-1e308, 0.0]]), [[0.5, 0.5], [0, 1]])
        with reason("refuses an impossible class", "A logit of −∞ has probability 0.", "A.2"):
            assert agree(f([0.0, -np.inf, 0.0]), [0.5, 0, 0.5])
            assert agree(f([[0.0, 1.0], [-np.inf, 3.0]])[1], [0, 1])
        with reason(
            "keeps unlikely classes likelier than they are",
            "This fails where a logit lies hundreds below the maximum. One cause may be a clip.",
            "A.2",
        ):
            assert _probable(f(far := np.array([0.0, -rng.uniform(550, 700), 0.0])), far, u)
            assert f([0.0, -np.inf])[1] == 0
        with reason(
            "answers where no class is left", "All −∞: nobody can have the probability.", "A.2"
        ):
            assert raises(lambda: f([-np.inf, -np.inf, -np.inf]))
            assert raises(lambda: f([[0.0, 1.0], [-np.inf, -np.inf]]))
            assert raises(lambda: f([[0.0, -np.inf], [1.0, -np.inf]], axis=0))
        with reason("accepts what is not a logit", "Refuse NaN and +∞, wherever they are.", "A.2"):
            assert raises(lambda: f([0.0, np.nan, 1.0]))
            assert raises(lambda: f([[0.0, 1.0], [np.inf, 1.0]]))
        with reason("promotes float32", "The answer has the type of the logits.", "A.2"):
            single = rng.normal(size=10).astype(np.float32)
            assert np.asarray(f(single)).dtype == np.float32
            assert _probable(f(single), single, 2.0**-24)
        with reason("leaves integers integers", "Integer logits have shares in between.", "4.2"):
            assert agree(f(np.array([0, 1, 1])), f(np.array([0.0, 1.0, 1.0])))
        with reason(
            "computes in small integers",
            "Differences of small integers wrap around: 3 − 5 is 254 in a uint8, and of an int8 "
            "exp makes a float16. Make them float64 first.",
            "A.2",
        ):
            for dtype in (np.int8, np.uint8, np.int16):
                logits = rng.permutation(np.arange(1, 6)).astype(dtype)
                assert agree(f(logits), f(logits.astype(float)))


@exercise(
    "4.3",
    example=lambda f: f([0, np.log(2), np.log(5)]),
    forbidden=("scipy.special.logsumexp",),
)
def logsumexp(f, rng):
    def close(z: Any) -> bool:
        exact = _exact(_lse, *z)
        size = max(float(abs(exact)), float(np.max(np.abs(z))))
        return _off(f(z), exact) <= 3 * float(np.spacing(size))

    z = rng.normal(scale=2, size=9)
    with numpy_only(f):
        f([0.0, 1.0])
        with reason("overwrites its input", "Work on a copy: the caller needs the logits.", "A.2"):
            kept = z.copy()
            f(kept)
            assert np.array_equal(kept, z)
        with reason(
            "works in float32",
            "This fails for want of digits. One cause may be an array that is not float64.",
            "A.2",
        ):
            wanted = float(_exact(_lse, *z))
            # What is off by more has another cause.
            assert agree(f(z), wanted, 1e-5) == agree(f(z), wanted)
        with reason(
            "forgets to add the maximum back", "lse(z + c) = lse(z) + c: what you took out.", "A.2"
        ):
            assert agree(f(z + 3) - f(z), 3)
        with reason("takes the mean for the sum", "lse lies above the maximum.", "4.4"):
            assert max(z) <= f(z) <= max(z) + math.log(9)
        with reason("takes the maximum for the sum", "The other terms count as well.", "4.4"):
            assert f([1.0, 1.0]) > 1.5
        with reason("exponentiates first", "e^800 is ∞: take out the largest logit.", "A.2"):
            assert agree(f([800.0, 800.0]), 800 + math.log(2))
        with reason(
            "shifts upwards only", "e^(−800) is 0 and log 0 is −∞; shift low logits too.", "A.2"
        ):
            assert agree(f([-800.0, -800.0]), -800 + math.log(2))
        with reason("shifts by the mean", "Only the maximum keeps all exponents ≤ 0.", "A.2"):
            assert f([1600.0, *np.zeros(9)]) == 1600
        with reason(
            "shifts by the largest in size",
            "This fails where one logit lies far below 0 and the others do not. The maximum is "
            "asked for, sign and all: −800 is large in size only.",
            "A.2",
        ):
            near = rng.normal(size=4)
            assert agree(f(np.append(near, -800.0)), float(_exact(_lse, *near)))
        with reason(
            "subtracts −∞ from −∞", "Nothing to add: log 0 = −∞, and no formula is needed.", "A.2"
        ):
            assert f([-np.inf, -np.inf]) == -np.inf
            assert f([-np.inf]) == -np.inf
        with reason("drops a good logit", "−∞ adds 0 to the sum, and no more than that.", "A.2"):
            assert agree(f([-np.inf, 1.25]), 1.25)
        with reason(
            "stops adding once a logit is −∞",
            "−∞ takes nothing away from the other terms: all of them count.",
            "A.2",
        ):
            some = np.array([-np.inf, *rng.normal(size=3)])
            wanted = float(_exact(_lse, *some[1:]))
            assert agree(f(some), wanted)
            assert agree(f(some[::-1]), wanted)
        with reason("subtracts ∞ from ∞", "One infinite term: the sum is infinite.", "A.2"):
            assert f([np.inf, 0.0]) == np.inf
            assert f([np.inf, np.inf]) == np.inf
            assert f([-np.inf, np.inf]) == np.inf
        with reason("calls itself for every number", "Python stops after 1000 calls.", "A.2"):
            long = rng.normal(scale=3, size=10_000) + 800
            with mpmath.workdps(30):
                exact = _lse(*map(float, long))
            assert agree(f(long), float(exact))
        with reason(
            "leaves out small terms",
            "Ten thousand small terms are not a small sum: all of them count.",
            "A.2",
        ):
            gap = float(rng.uniform(31, 33))
            exact = _exact(lambda c: mpmath.log1p(9_999 * mpmath.exp(-c)), gap)
            assert agree(f(np.append(np.full(9_999, -gap), 0.0)), float(exact))
        with reason("loses digits", "Shift by the maximum, sum once, one logarithm.", "A.2"):
            assert f([float(z[0])]) == z[0]
            with mpmath.workdps(30):
                exact = _lse(*map(float, long))
            assert _off(f(long), exact) <= 3 * float(np.spacing(float(exact)))
            for same in rng.uniform(700, 900, size=6):
                exact = _exact(lambda c: c + mpmath.log(10_000), same)
                assert _off(f(np.full(10_000, same)), exact) <= 3 * float(np.spacing(same))
            assert all(close(rng.normal(scale=s, size=9)) for s in (0.1, 1, 10, 200))
            assert close(rng.normal(size=9) - 800)
            assert close(rng.normal(size=9) + 800)
            assert close(list(rng.normal(size=5)))


@exercise(
    "4.4",
    example=lambda f: f(np.array([[0.5, -1.0, 0.25]]), np.array([2])),
    forbidden=("lib.losses.nll_from_logits",),
)
def nll_from_logits(f, rng):
    N, K = 6, 5
    z = rng.normal(scale=2, size=(N, K))
    y = rng.integers(0, K, size=N)

    def lead(margin: float) -> tuple[Any, Any]:
        """Return a row whose true class leads by this margin, and its label, as a batch."""
        row = -margin - rng.uniform(0, 5, size=10)
        true, second = rng.choice(10, size=2, replace=False)
        row[[true, second]] = 0.0, -margin
        return row[None], np.array([true])

    def single(row: Any, label: int) -> float:
        return float(f(np.array([row], dtype=float), np.array([label])))

    with numpy_only(f):
        f(np.array([[0.0, 1.0]]), np.array([0]))
        with reason("overwrites its input", "Work on a copy: the caller needs the logits.", "A.2"):
            kept = z.copy()
            f(kept, y)
            assert np.array_equal(kept, z)
        with reason("swaps the sign", "A loss is never negative: it is MINUS log q.", "4.4"):
            assert f(z, y) > 0
        with reason(
            "works in float32",
            "This fails for want of digits. One cause may be an array that is not float64.",
            "A.2",
        ):
            wanted = float(_nll(0, z[0]))
            # What is off by more has another cause.
            assert agree(single(z[0], 0), wanted, 1e-5) == agree(single(z[0], 0), wanted)
        with reason("averages over the classes too", "Divide the sum by N alone.", "4.4"):
            wanted = sum(float(_nll(int(label), row)) for row, label in zip(z, y, strict=True)) / N
            assert agree(f(z, y, "mean"), wanted)
        with reason("sums by default", "Without a reduction the mean is wanted.", "4.4"):
            assert agree(f(z, y), f(z, y, reduction="mean"))
            assert agree(f(z, y, "sum"), N * f(z, y, "mean"))
            assert agree(f(z, y, "sum"), float(np.sum(f(z, y, "none"))))
            assert np.shape(f(z, y, "none")) == (N,)
        with reason("accepts any reduction", "Anything but the three names is refused.", "4.4"):
            assert raises(lambda: f(z, y, "average"))
        with reason("exponentiates first", "Take out each row's largest logit first.", "A.2"):
            assert agree(single([1001.0, 1000.0], 0), math.log1p(math.exp(-1)))
            assert agree(single([-1001.0, -1000.0], 1), math.log1p(math.exp(-1)))
        with reason(
            "takes the log of softmax", "q underflows to 0 and its log is −∞; stay in logs.", "A.2"
        ):
            assert single([0.0, 800.0, 1.0], 0) == 800
        with reason(
            "drops every tied maximum", "Two logits may tie; one alone is the 1 of log1p.", "A.2"
        ):
            assert agree(single([2.5, 2.5, 2.5], 1), math.log(3))
            assert agree(single([2.5, 2.5, 1.5], 2), 1 + math.log(2 + math.exp(-1)))
        with reason(
            "loses the digits of a small loss", "log(1 + tiny): keep the 1 out, log1p.", "A.2"
        ):
            for margin in (rng.uniform(10, 36), rng.uniform(37, 60), rng.uniform(300, 600)):
                row, label = lead(margin)
                exact = _nll(int(label[0]), row[0])
                assert _off(f(row, label), exact) <= 2e-13 * float(exact)
        with reason(
            "keeps a loss from becoming tiny",
            "This fails for margins near 700, where the loss is 1e−304. One cause may be an eps.",
            "A.2",
        ):
            row, label = lead(rng.uniform(697, 700))
            exact = _nll(int(label[0]), row[0])
            assert _off(f(row, label), exact) <= 2e-13 * float(exact)
            assert 0 <= single([800.0, 0.0], 0) < 1e-300
        with reason(
            "drags a common shift along",
            "lse(z) − z_y rounds at the size of lse(z); take z_max − z_y first.",
            "A.2",
        ):
            for shift in (0.0, 2.0**20):
                for _ in range(4):
                    row = rng.integers(-80, 80, size=10) / 8 + shift  # exact beside 2^20
                    label = int(np.argsort(row)[rng.integers(0, 8)])
                    assert _ulps(single(row, label), _nll(label, row)) <= 4
            for margin in (rng.uniform(100, 700), 800.0):
                row = np.zeros(10)
                row[3] = -margin
                assert _ulps(single(row, 3), _nll(3, row)) <= 4
        with reason(
            "leaves classes out of the sum",
            "This fails for many classes. However small their shares: all of them count.",
            "4.4",
        ):
            many = rng.normal(scale=0.1, size=1000)
            assert agree(single(many, 3), float(_nll(3, many)))
        with reason(
            "confuses labels above 127",
            "This fails for many classes only. One cause may be a cast to 8 bits, where 300 is 44.",
            "A.3",
        ):
            many = rng.normal(size=400)
            for label in (130, 200, 300):
                assert agree(single(many, label), float(_nll(label, many)))
        with reason("skips the label −100", "Refuse a label that is not a class.", "A.3"):
            assert raises(lambda: f(z, np.where(np.arange(N) == 2, -100, y)))
        with reason("lets −1 mean the last class", "NumPy counts back from −1; refuse it.", "A.3"):
            assert raises(lambda: f(z, np.where(np.arange(N) == 1, -1, y)))
        with reason(
            "leaves the refusal to NumPy", "Classes end at K − 1; say so in a ValueError.", "A.3"
        ):
            assert raises(lambda: f(z, np.where(np.arange(N) == 3, K, y)))
        with reason("rounds labels that are floats", "Half a class is none: integers.", "A.3"):
            assert raises(lambda: f(z, y.astype(float)))
            assert raises(lambda: f(z, y + 0.5 * (y == 0)))
        with reason(
            "takes truth values for labels",
            "True is the result of a comparison, not a class.",
            "A.3",
        ):
            assert raises(lambda: f(z, y > 2))
        with reason("insists on int64", "Integer labels of every width are labels.", "A.3"):
            wanted = f(z, y)
            assert all(agree(f(z, y.astype(t)), wanted) for t in (np.int32, np.uint8, np.int8))
            assert agree(f(z.tolist(), y.tolist()), wanted)
        with reason(
            "broadcasts labels of shape (N, 1)", "They index N × N entries; refuse them.", "A.3"
        ):
            assert raises(lambda: f(z, y[:, None]))
            assert raises(lambda: f(z, y[:-1]))
        with reason(
            "stumbles over an empty batch", "No examples: sum 0, and no mean at all.", "A.3"
        ):
            none = np.zeros((0, K)), np.zeros(0, dtype=int)
            assert f(*none, "sum") == 0
            assert np.shape(f(*none, "none")) == (0,)
            assert raises(lambda: f(*none))
        with reason(
            "accepts any reduction of an empty batch",
            "Anything but the three names is refused, before anything is answered.",
            "A.3",
        ):
            assert raises(lambda: f(*none, "average"))
        with reason(
            "trips over an impossible class", "Its e^z is 0; if it is true, the loss is ∞.", "A.2"
        ):
            assert agree(single([0.0, -np.inf, 0.0], 2), math.log(2))
            assert single([0.0, -np.inf], 1) == np.inf
        with reason("accepts what is not a logit", "Refuse NaN, +∞ and rows of −∞.", "A.2"):
            for row in ([0.0, np.nan], [np.inf, 0.0], [-np.inf, -np.inf]):
                assert raises(lambda row=row: f(np.array([[0.0, 1.0], row]), np.array([0, 0])))
        with reason("depends on the memory layout", "Index the array, not its memory.", "4.4"):
            view = np.asfortranarray(rng.normal(size=(2 * N, K)))[::2, ::-1]
            assert agree(f(view, y), f(view.copy(), y))


@exercise(
    "4.5",
    example=lambda f: f(np.log([[0.6, 0.2, 0.2]]), np.array([2])),
    forbidden=("lib.losses.grad_nll_from_logits", "scipy.special.softmax"),
)
def grad_nll(f, rng):
    N, K = 4, 5
    z = rng.normal(scale=2, size=(N, K))
    y = rng.permutation(K)[:N]

    def right(got: Any, z: Any, y: Any) -> bool:
        for g, row, label in zip(np.asarray(got) * len(z), z, y, strict=True):
            for k, q in enumerate(_exact(lambda *v: _softmax(*v), *row)):
                if not _off(g[k], q - (k == label)) <= 4 * 2.0**-52:
                    return False
        return True

    def nudged(size: float) -> Any:
        """Return central differences of the mean NLL, each loss exact."""
        slopes = np.zeros((N, K))
        for n in range(N):
            for k in range(K):
                up, down = z[n].copy(), z[n].copy()
                up[k] += size
                down[k] -= size
                step = mpmath.mpf(up[k]) - mpmath.mpf(down[k])
                with mpmath.workdps(60):
                    label = int(y[n])
                    rise = (_lse(*up) - up[label]) - (_lse(*down) - down[label])
                    slopes[n, k] = float(rise / step) / N
        return slopes

    with numpy_only(f):
        f(np.array([[0.0, 1.0]]), np.array([0]))
        with reason("overwrites its input", "Work on a copy: the caller needs the logits.", "4.5"):
            kept = z.copy()
            f(kept, y)
            assert np.array_equal(kept, z)
        with reason("normalises over the batch", "Each row is a distribution: axis 1.", "4.5"):
            assert f(np.zeros((1, 3)), np.array([0]))[0, 1] < 0.5
        with reason("swaps the sign", "q − p is negative at the truth, positive elsewhere.", "4.5"):
            g = f(np.zeros((1, 3)), np.array([1]))[0]
            assert g[1] < 0
            assert g[0] > 0 or g[0] == 0
        with reason("differentiates by q", "−1/q_y is only the first link of the chain.", "4.5"):
            assert abs(np.sum(f(z[:1], y[:1]))) < 0.5
        with reason(
            "subtracts 1 from whole columns", "One entry a row: [arange(N), y], not [:, y].", "4.5"
        ):
            assert np.all(np.abs(np.sum(f(z, y), axis=1)) < 0.5 / N)
        with reason("averages over the classes too", "The mean divides by N alone.", "4.5"):
            assert agree(np.abs(f(np.zeros((1, 2)), np.array([0]))), [[0.5, 0.5]], within=1e-5)
        with reason("forgets the mean", "The mean over N examples brings a factor 1/N.", "4.5"):
            once, thrice = f(z, y), f(np.tile(z, (3, 1)), np.tile(y, 3))
            assert agree(np.sum(np.abs(thrice)), np.sum(np.abs(once)), within=1e-5)
        with reason(
            "differentiates squared error", "The loss is −log q_y; its gradient is q − p.", "4.7"
        ):
            assert np.max(np.abs(f(z, y) - nudged(1e-5))) <= 1e-7
        with reason(
            "loses half the digits",
            "Finite differences cost as many, and so does float32; q − p in float64 costs none.",
            "4.5",
        ):
            assert right(f(z, y), z, y)
            assert np.all(np.abs(np.sum(f(z, y), axis=1)) <= 1e-15 * K)
        with reason(
            "goes wrong at large logits",
            "This fails for logits near 1000. One cause may be e^1000, which is ∞, another a clip: "
            "take out each row's largest logit first.",
            "A.2",
        ):
            high = np.array([[1000.0, 1001.0, 1002.0]])
            assert right(f(high, np.array([0])), high, [0])
        with reason(
            "shares one maximum", "A row far below the batch's maximum underflows to 0/0.", "A.2"
        ):
            uneven = np.array([[1500.0, 1501.0], [0.0, 1.0]])
            assert right(f(uneven, np.array([0, 1])), uneven, [0, 1])
        with reason(
            "goes through 1/q", "q_y may be 0 in floating point; cancel it on paper.", "4.5"
        ):
            wrong = np.array([[0.0, 800.0, 0.0], [800.0, 0.0, -800.0]])
            assert right(f(wrong, np.array([0, 2])), wrong, [0, 2])
        with reason(
            "stumbles over an impossible class",
            "This fails for logits of −∞. One cause may be ∞ − ∞: shift by the maximum, which is "
            "finite. Another may be an exception: the gradient is q − p there as well.",
            "A.2",
        ):
            g = f(np.array([[0.0, -np.inf, 0.0], [-np.inf, 0.0, 0.0]]), np.array([0, 0]))
            assert agree(g, [[-0.25, 0, 0.25], [-0.5, 0.25, 0.25]])
        with reason(
            "confuses labels above 127",
            "This fails for many classes only. One cause may be a cast to 8 bits, where 300 is 44.",
            "4.5",
        ):
            many = rng.normal(size=(3, 400))
            assert right(f(many, np.array([130, 200, 300])), many, [130, 200, 300])


@exercise(
    "4.6",
    example=lambda *heads: _speak(*heads),
)
def six_heads(head_1, head_2, head_3, head_4, head_5, head_6, rng):
    # What each head would do inside a network, as a loss of logits.
    losses = {
        "head_1": head_1,
        "head_2": lambda z, y: F.nll_loss(head_2(z), y),
        "head_3": lambda z, y: head_3(z.log_softmax(1), y),
        "head_4": lambda z, y: head_4(z.softmax(1), y),
    }
    N, D, K = 20, 100, 10
    x = torch.tensor(rng.normal(size=(N, D)))
    y = torch.tensor(rng.permutation(np.arange(N) % K))
    labels = torch.tensor(rng.integers(0, 2, size=(N, K)), dtype=torch.float64)
    z = torch.tensor(rng.normal(size=(7, K)))
    some = torch.tensor(rng.integers(0, K, size=7))
    start = torch.tensor(rng.normal(scale=0.01, size=(D, K)))
    low, high = math.log(K) - 0.2, math.log(K) + 0.3

    def value(loss: Any) -> float:
        assert loss.ndim == 0
        return float(loss.detach())

    def learns(loss: Any, target: Any, judge: Any) -> bool:
        """Return whether a linear model memorises 20 examples, by its own loss and by ours."""
        w = start
        for _ in range(30):  # half as many steps would be enough
            slope = _slope(loss, x, w, target)
            w = w - 0.5 * slope / slope.norm()
        return value(judge(x @ w, target)) < 0.01 and value(loss(x @ w, target)) < 0.01

    said = [loss(z.clone().requires_grad_(), some) for loss in losses.values()]
    said += [head_6(z.clone().requires_grad_(), (z > 0).double())]
    head_5(start, x, y, 0.1)
    with reason(
        "cuts the gradient off", "A tensor that backward can pass; no .item(), no detach.", "4.5"
    ):
        assert all(loss.requires_grad for loss in said)
    with reason(
        "forgets the softmax", "head_1: a common shift of a row's logits changes nothing.", "A.3"
    ):
        lifted = z + torch.tensor(rng.uniform(1, 3, size=(7, 1)))
        assert agree(value(head_1(lifted, some)), value(head_1(z, some)))
    with reason("softmax twice", "head_1: cross_entropy wants logits; it has a softmax.", "4.8"):
        assert value(head_1(6.0 * F.one_hot(some, K), some)) < 1
        assert low <= value(head_1(x @ start, y)) <= high
        assert learns(head_1, y, F.cross_entropy)
    with reason("forgets the logarithm of q", "head_2: log-probabilities are wanted.", "4.4"):
        assert torch.all(head_2(z) <= 0)
    with reason(
        "softmax over the batch", "head_2: classes share 1, not the examples: dim=1.", "A.3"
    ):
        log_q = head_2(z)
        assert agree(log_q.exp().sum(1).tolist(), [1.0] * 7)
        assert agree(head_2(z[:1]).tolist(), log_q[:1].tolist())
        order = torch.tensor(rng.permutation(7))
        assert agree(head_2(z[order]).tolist(), log_q[order].tolist())
        assert learns(losses["head_2"], y, F.cross_entropy)
    with reason("forgets the minus", "head_3: log-probabilities are negative, losses not.", "4.4"):
        assert value(losses["head_3"](z, some)) > 0
    with reason("averages over the classes too", "head_3: one term an example, over N.", "A.3"):
        assert low <= value(losses["head_3"](x @ start, y)) <= high
        assert learns(losses["head_3"], y, F.cross_entropy)
    with reason("forgets the logarithm", "head_4: nll_loss holds no log; give it log q.", "A.3"):
        assert low <= value(losses["head_4"](x @ start, y)) <= high
    with reason(
        "takes probabilities for logits", "head_4: no second softmax; q needs a log.", "4.8"
    ):
        assert value(losses["head_4"](6.0 * F.one_hot(some, K), some)) < 1
        assert learns(losses["head_4"], y, F.cross_entropy)
    with reason(
        "adds an eps", "head_4: log q of a tiny q is finite; an eps makes it another loss.", "A.2"
    ):
        tiny = torch.tensor([[1e-30, 1.0], [0.5, 0.5]], dtype=torch.float64)
        wanted = (30 * math.log(10) + math.log(2)) / 2
        assert agree(value(head_4(tiny, torch.tensor([0, 1]))), wanted)
    with reason(
        "keeps tiny probabilities away from 0",
        "head_4: 1e−300 is not 0, and costs 691 nats. One cause may be a clamp.",
        "A.2",
    ):
        tiny = torch.tensor([[1e-300, 1.0], [0.5, 0.5]], dtype=torch.float64)
        wanted = (300 * math.log(10) + math.log(2)) / 2
        assert agree(value(head_4(tiny, torch.tensor([0, 1]))), wanted)
    with reason(
        "sums over the batch", "head_5: with a mean, twice the same batch is the same step.", "4.5"
    ):
        w = start.clone().requires_grad_()
        step = head_5(w, x, y, 0.5)
        twice = head_5(w, torch.cat([x, x]), torch.cat([y, y]), 0.5)
        assert agree(twice.tolist(), step.tolist())
    with reason("climbs, or takes another step", "head_5: w − lr × gradient of the mean.", "4.5"):
        slope = _slope(F.cross_entropy, x, start, y)
        assert agree(head_5(start, x, y, 0.5).tolist(), (start - 0.5 * slope).tolist())
        assert agree(head_5(start, x, y, 0.1).tolist(), (start - 0.1 * slope).tolist())
    with reason(
        "leaves traces in the weights", "head_5: same weights, same step; touch a copy.", "4.5"
    ):
        for w in (start.clone(), start.clone().requires_grad_()):
            before, needs = w.detach().clone(), w.requires_grad
            first = head_5(w, x, y, 0.5).detach().clone()
            assert torch.equal(head_5(w, x, y, 0.5).detach(), first)
            assert torch.equal(w.detach(), before)
            assert w.requires_grad == needs
            assert w.grad is None or not w.grad.any()
        w = start
        for _ in range(60):
            w = head_5(w, x, y, 1.0).detach()
        assert value(F.cross_entropy(x @ w, y)) < 0.01
    with reason("lets the classes compete", "head_6: K separate answers, K sigmoids.", "4.9"):
        both = torch.tensor([[6.0, 6.0, -6.0]], dtype=torch.float64)
        assert value(head_6(both, (both > 0).double())) < 0.1
        # The losses of two independent classes add up.
        one, two = torch.eye(3, dtype=torch.float64)[:2, None]
        target = torch.tensor([[1.0, 0.0, 1.0]], dtype=torch.float64)
        parts = [value(head_6(both + d, target)) for d in (0 * one, one, two, one + two)]
        assert agree(parts[0] + parts[3], parts[1] + parts[2])
    with reason("adds where the mean is wanted", "head_6: the mean over N × K entries.", "4.9"):
        assert math.log(2) - 0.1 <= value(head_6(x @ start, labels)) <= math.log(2) + 0.1
        assert learns(head_6, labels, F.binary_cross_entropy_with_logits)
    extreme = torch.zeros(K, K, dtype=torch.float64)
    extreme[range(K), range(K)] = -1000.0
    truth = torch.arange(K)
    with reason(
        "takes the log of softmax", "It is −∞ at −1000: log_softmax, or cross_entropy.", "A.2"
    ):
        for name in ("head_1", "head_2"):
            assert agree(value(losses[name](extreme, truth)), 1000 + math.log(K - 1))
            got = _slope(losses[name], torch.eye(K).double(), extreme, truth)
            right = _slope(F.cross_entropy, torch.eye(K).double(), extreme, truth)
            assert agree(got.tolist(), right.tolist())
    with reason(
        "changes a large loss",
        "head_3: this fails where log q is −1000. One cause may be e^(−1000), which is 0; another "
        "a clamp.",
        "A.2",
    ):
        assert agree(value(losses["head_3"](extreme, truth)), 1000 + math.log(K - 1))
        got = _slope(losses["head_3"], torch.eye(K).double(), extreme, truth)
        right = _slope(F.cross_entropy, torch.eye(K).double(), extreme, truth)
        assert agree(got.tolist(), right.tolist())
    with reason(
        "overflows on the way to the step", "head_5: no e^z of a large logit: cross_entropy.", "A.2"
    ):
        for weights in (extreme, -extreme):
            slope = _slope(F.cross_entropy, torch.eye(K).double(), weights, truth)
            step = head_5(weights, torch.eye(K).double(), truth, 0.5)
            assert agree(step.tolist(), (weights - 0.5 * slope).tolist())
    with reason("sigmoid before the loss", "head_6: its log dies far out; give logits.", "A.3"):
        target = torch.eye(K, dtype=torch.float64)
        assert agree(value(head_6(extreme, target)), 1000 / K + (1 - 1 / K) * math.log(2))
        assert agree(value(head_6(-extreme, 1 - target)), value(head_6(extreme, target)))
        right = (torch.sigmoid(extreme) - target) / K**2
        got = _slope(head_6, torch.eye(K).double(), extreme, target)
        assert agree(got.tolist(), right.tolist())


def _slope(loss: Any, x: Any, w: Any, y: Any) -> Any:
    """Return the gradient of ``loss(x @ w, y)`` with respect to w."""
    w = w.detach().clone().requires_grad_()
    loss(x @ w, y).backward()
    return w.grad


def _speak(head_1, head_2, head_3, head_4, head_5, head_6):
    """Return the heads' values for an untrained model, as numbers."""
    z, y = torch.zeros(4, 3), torch.arange(4) % 3
    said = [head_1(z, y), head_2(z).sum(), head_3(z - 1, y), head_4(z + 0.25, y)]
    said += [head_5(torch.zeros(2, 3), torch.ones(4, 2), y, 0.1).sum()]
    said += [head_6(z, F.one_hot(y, 3).float())]
    return [float(number) for number in said]


@exercise("4.7", example=lambda f: f("cross-entropy", -10, 1))
def escape_steps(f, rng):
    def steps(loss: str, t: float, lr: float) -> int:
        with mpmath.workdps(30):
            t, lr, taken = mpmath.mpf(t), mpmath.mpf(lr), 0
            while t <= 0:
                rest = 1 - _sigmoid(t)
                t += lr * (rest if loss == ce else 2 * (1 - rest) * rest**2)
                taken += 1
        return taken

    ce, se = "cross-entropy", "squared error"
    t0 = -float(rng.uniform(6.5, 9.5))
    lr = float(rng.uniform(0.3, 0.6))
    with numpy_only(f):
        with (
            reason("walks the wrong way", "Against the gradient: t must rise.", "4.7"),
            limited(f, 1_000_000),
        ):
            f(ce, t0, lr)
            f(se, t0, lr)
        with reason("pushes with θ", "Cross-entropy pushes with what is missing, 1 − θ.", "4.7"):
            assert f(ce, t0, lr) <= 2 * -t0 / lr + 2  # a push is at least ½ there
        with reason("ignores the learning rate", "A step is lr times the push.", "4.7"):
            assert f(ce, t0, lr) > -t0 / lr  # a push is less than 1
        with reason("counts the starting point", "Count steps, not places: one fewer.", "4.7"):
            assert f(ce, t0, lr) != steps(ce, t0, lr) + 1
            assert f(ce, t0, 2 * lr) == steps(ce, t0, 2 * lr)
        with reason("steps before it looks", "A start right of 0 needs no step.", "4.7"):
            assert f(ce, 0.25, lr) == 0
            assert f(se, float(rng.uniform(1, 5)), lr) == 0
        with reason("takes a tie for right", "At t = 0 it is ½: not right yet, step.", "4.7"):
            assert f(ce, 0, lr) == 1
            assert f(se, 0.0, lr) == 1
        with reason("forgets the chain rule", "Descent is in t: times θ(1 − θ).", "4.7"):
            # One step lowers e^(-t) by less than 2 lr, and it must come below 1.
            assert f(se, t0, lr) > (math.exp(-t0) - 1) / (2 * lr)
        with reason("loses the 2 of the square", "(1 − θ)² has slope 2(1 − θ) in θ.", "4.7"):
            assert f(se, t0, 2) <= 0.4 * math.exp(-t0)  # a quarter with it, a half without
        with reason("counts otherwise", "Step while t ≤ 0, with the exact gradient in t.", "4.7"):
            for loss in (ce, se):
                for start in (t0 / 2, t0 / 3):
                    for rate in (lr, 3.0, 20.0):
                        assert f(loss, start, rate) == steps(loss, start, rate)
        with reason("overflows far out", "e^1000 overflows; for t ≤ 0 use e^t.", "A.2"):
            start = -float(rng.uniform(800, 1000))
            assert f(ce, start, 8.5) == steps(ce, start, 8.5)
        with reason(
            "takes any other loss for one of the two", "Refuse what you do not know.", "4.7"
        ):
            assert raises(lambda: f("absolute error", -1, 1))
        with (
            reason("accepts any learning rate", "Not above 0, or not finite: refuse it.", "4.7"),
            limited(f, 100_000),
        ):
            assert all(raises(lambda bad=bad: f(ce, -1, bad)) for bad in (0, -0.5, np.nan, np.inf))
        with (
            reason("accepts any start", "From −∞ or NaN there is no way: refuse them.", "4.7"),
            limited(f, 100_000),
        ):
            assert all(raises(lambda bad=bad: f(ce, bad, 1)) for bad in (np.nan, -np.inf, np.inf))
        with reason(
            "refuses nothing where no step is needed",
            "This fails for bad input with a start right of 0. Look at the input first.",
            "4.7",
        ):
            assert raises(lambda: f("absolute error", 3, 1))
            assert all(raises(lambda bad=bad: f(se, 2.0, bad)) for bad in (0, -1, np.nan, np.inf))
        with reason(
            "judges the push, not the step",
            "This fails on the plateau with a huge learning rate: lr times a tiny push moves t.",
            "4.7",
        ):
            start = -float(rng.uniform(39, 41.5))
            assert f(se, start, 1e18) == steps(se, start, 1e18)
        with reason(
            "takes small steps for none",
            "This fails where steps are small, but move t. Compare the sum with t itself.",
            "4.7",
        ):
            start = -float(rng.uniform(3e-10, 6e-10))
            assert f(ce, start, 1e-12) == steps(ce, start, 1e-12)
        with reason(
            "gives up too soon",
            "A walk may take 100 000 steps; only a t that stays is lost.",
            "4.7",
        ):
            start = -float(rng.uniform(10.5, 10.8))
            assert 0.9 < f(se, start, 0.3) / (math.exp(-start) / (2 * 0.3)) < 1.1
        with (
            reason("waits for ever", "A step that leaves t as it is will do so again: ∞.", "4.7"),
            limited(f, 100_000),
        ):
            assert f(se, -float(rng.uniform(45, 60)), lr) == math.inf
            assert f(se, -1000, 1) == math.inf
            assert f(ce, -1000, 1e-20) == math.inf


@exercise(
    "4.8",
    example=lambda f, g: [f(0.5, 1.0), g(0.5, 1.0)],
    forbidden=("scipy.special.expit", "scipy.special.log_expit"),
)
def binary(f, g, rng):
    t = rng.uniform(-6, 6, size=(3, 4))
    hard = rng.integers(0, 2, size=(3, 4))
    soft = rng.uniform(0.05, 0.95, size=(3, 4))

    def exact(t: Any, y: Any, dtype: type = np.float64) -> bool:
        """Return whether the losses of hard targets are right to 3 ulps."""
        got = f(t, y)
        return all(
            _ulps(v, _bce(a, b), dtype) <= 3
            for v, a, b in zip(_all(got), _all(t), _all(y), strict=True)
        )

    def slopes(t: Any, y: Any, eps: float = 2.0**-52) -> bool:
        return all(
            _off(v, _exact(_sigmoid, a) - float(b)) <= 4 * eps
            for v, a, b in zip(_all(g(t, y)), _all(t), _all(y), strict=True)
        )

    zeros = np.zeros(2)
    ends = np.array([0.0, 1.0])
    with numpy_only(f, g):
        f(0.5, 1.0), g(0.5, 1.0)
        with reason("overwrites its input", "Work on a copy: the caller needs the logits.", "4.9"):
            kept, targets = t.copy(), soft.copy()
            f(kept, targets)
            g(kept, targets)
            assert np.array_equal(kept, t)
            assert np.array_equal(targets, soft)
        with reason("swaps the classes", "y = 1 wants a high logit.", "4.9"):
            assert f(2.0, 1.0) < f(2.0, 0.0)
            assert g(2.0, 1.0) < 0.5
        with reason("returns one number for all", "Entry by entry, in the shape of t.", "4.9"):
            assert np.shape(f(t, hard)) == np.shape(g(t, hard)) == (3, 4)
        with reason(
            "answers in another shape", "A number for two numbers; all axes of an array.", "4.9"
        ):
            for shape in ((), (1,), (2, 1, 3)):
                assert all(np.shape(h(np.zeros(shape), np.ones(shape))) == shape for h in (f, g))
        with reason("answers a list with a list", "Lists come in, an array goes out.", "4.9"):
            assert all(isinstance(h([0.5, 1.5], [0, 1]), np.ndarray) for h in (f, g))
        with reason("turns the gradient round", "It is σ(t) − y: negative where y = 1.", "4.5"):
            assert g(2.0, 1.0) < 0 < g(2.0, 0.0)
        with reason("differentiates by the probability", "Go on to t: times θ(1 − θ).", "4.5"):
            assert abs(g(-3.0, 1.0)) <= 1
        with reason("gives the kink slope 1", "max(t, 0) has a kink, the loss has not.", "4.5"):
            assert not np.array_equal(g(zeros, ends), 1 - ends)
        with reason("gives the kink slope 0", "max(t, 0) has a kink, the loss has not.", "4.5"):
            assert not np.array_equal(g(zeros, ends), -ends)
        with reason(
            "loses half the digits",
            "Finite differences cost as many; σ(t) − y is exact, at 0 too.",
            "4.5",
        ):
            assert slopes(t, hard)
            assert slopes(t, soft)
            assert np.array_equal(g(zeros, ends), [0.5, -0.5])
            assert np.array_equal(g(-zeros, np.array([0.25, 0.75])), [0.25, -0.25])
            assert g(0, 1) == -0.5
        with reason("takes hard targets only", "For y = 0.3 mix both losses, 0.3 and 0.7.", "4.9"):
            wanted = [float(_bce(a, b)) for a, b in zip(_all(t), _all(soft), strict=True)]
            assert agree(_all(f(t, soft)), wanted, within=1e-9)
        with reason("clips the probability", "Clipped at 1e−7 or so no loss passes 17.", "A.3"):
            assert agree(f(-33.0, 1.0), 33.0)
            assert f(33.0, 0.0) > 30
        with reason("clamps the loss at 100", "−300 costs 300 nats; a clamp is blind.", "A.3"):
            assert agree(f(-300.0, 1.0), 300.0)
        with reason(
            "takes the log of the sigmoid", "The sigmoid is 0 or 1 far out: stay in logits.", "A.3"
        ):
            far = np.array([-1000.0, -1000.0, 1000.0, 1000.0])
            assert agree(f(far, np.array([0, 1, 0, 1])), [0, 1000, 1000, 0])
            assert agree(f(np.array([-1000.0, 1000.0]), np.full(2, 0.25)), [250, 750])
        with reason("has a gradient that overflows", "No positive exponent: e^(−|t|).", "A.2"):
            far = np.array([-1000.0, -1000.0, 1000.0, 1000.0])
            assert agree(g(far, np.array([0, 1, 0, 1])), [0, -1, 1, 0])
        with reason(
            "loses the digits of a small loss", "log1p, and nothing taken away again.", "A.2"
        ):
            assert exact(t, hard)
            for v, a, b in zip(_all(f(t, soft)), _all(t), _all(soft), strict=True):
                loss = _bce(a, b)
                assert _off(v, loss) <= 4 * np.spacing(max(1, abs(a), float(loss)))
            for size in (rng.uniform(10, 36), rng.uniform(38, 60), rng.uniform(300, 600)):
                assert exact(np.array([size, -size, size, -size]), np.array([1, 0, 0, 1]))
        with reason(
            "keeps a loss from becoming tiny",
            "This fails for |t| near 700, where the loss is 1e−304. One cause may be an eps.",
            "A.2",
        ):
            size = rng.uniform(697, 700)
            assert exact(np.array([size, -size, size, -size]), np.array([1, 0, 0, 1]))
        with reason("accepts any target", "A target is a probability; NaN is none.", "4.9"):
            for bad in (-1.0, 1.5, np.nan):
                assert raises(lambda bad=bad: f(np.zeros(2), np.array([1.0, bad])))
                assert raises(lambda bad=bad: g(np.zeros(2), np.array([1.0, bad])))
        with reason(
            "lets targets overstep a little", "[0, 1] ends at 0 and at 1: no tolerance.", "4.9"
        ):
            for bad in (-1e-9, 1 + 1e-9):
                assert raises(lambda bad=bad: f(np.zeros(2), np.array([1.0, bad])))
                assert raises(lambda bad=bad: g(np.zeros(2), np.array([1.0, bad])))
        with reason(
            "rounds targets before it checks them",
            "In float16, 1.0001 is 1. A target is judged as it comes, not in the type of t.",
            "A.4",
        ):
            for bad in (1 + 1e-4, -1e-9):
                for h in (f, g):
                    assert raises(
                        lambda h=h, bad=bad: h(np.zeros(2, np.float16), np.array([1.0, bad]))
                    )
        with reason("leaves integers integers", "Integer logits count as float64.", "4.9"):
            assert agree(f(np.array([-1, 0, 2]), np.array([1, 1, 0])), f([-1.0, 0, 2], [1.0, 1, 0]))
            assert agree(g(np.array([-1, 0, 2]), np.array([1, 1, 0])), g([-1.0, 0, 2], [1.0, 1, 0]))
        with reason(
            "computes in small integers",
            "Of an int8 exp makes a float16, and minus a uint8 wraps around. Make the logits "
            "float64 first.",
            "A.2",
        ):
            for dtype in (np.int8, np.uint8, np.int16):
                logits, targets = rng.integers(1, 6, size=4), np.array([0, 1, 0, 1])
                for h in (f, g):
                    wanted = h(logits.astype(float), targets)
                    assert agree(h(logits.astype(dtype), targets), wanted)
        with reason("promotes low precision", "The answers have the type of t.", "A.2"):
            for dtype in (np.float16, np.float32):
                for y in (hard, hard.astype(float), soft):
                    assert np.asarray(f(t.astype(dtype), y)).dtype == dtype
                    assert np.asarray(g(t.astype(dtype), y)).dtype == dtype
        with reason("overflows in float16", "e^12 is too much there: e^(−|t|) never is.", "A.2"):
            for dtype, eps in ((np.float16, 2.0**-10), (np.float32, 2.0**-23)):
                low = np.append(rng.uniform(12, 20, size=3), (2.0, 40.0)).astype(dtype)
                low = np.concatenate([low, -low])
                for y in (np.zeros(10), np.ones(10)):
                    assert exact(low, y, dtype)
                    assert slopes(low, y, eps)
                assert np.array_equal(g(np.zeros(2, dtype), ends), [0.5, -0.5])
