"""Independent reference results, and how far from them the library may be.

The oracles compute in mpmath with 500 digits, by the plain textbook formula: log(1 + e**-800)
needs about 350 digits before it differs from log 1 at all. Every tolerance is a formula of the
numerics contract, in unit roundoffs u = 2**-53 or in ulps (units in the last place of the exact
result); none is a guess.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import hypothesis
import mpmath
import numpy as np
import pytest
from hypothesis import strategies as st

MP = mpmath.MPContext()
MP.dps = 500
MP.pretty = False

U = 2.0**-53
LN2 = MP.log(2)


def refuses(message: str) -> pytest.RaisesExc[ValueError]:
    """Expect a ValueError with exactly this message."""
    return pytest.raises(ValueError, match="^" + re.escape(message) + "$")


def given(*strategies, examples: int = 50, **named):
    """Return hypothesis's given with half the usual number of examples, for faster tests."""

    def decorate(test):
        return hypothesis.settings(max_examples=examples)(
            hypothesis.given(*strategies, **named)(test)
        )

    return decorate


def near(expected, rel: float = 0.0, abs: float = 0.0):
    """Return pytest's approx without its default tolerances."""
    return pytest.approx(expected, rel=rel, abs=abs)


def frozen(values, dtype=np.float64) -> np.ndarray:
    """Return an array that raises when it is written to."""
    array = np.array(values, dtype=dtype)
    array.flags.writeable = False
    return array


# ------------------------------------------------------------------ distance


def relative(got: float, exact) -> float:
    """Relative error, measured with 500 digits; 0 for two zeros, inf for one."""
    got = MP.mpf(float(got))
    if exact == 0:
        return 0.0 if got == 0 else math.inf
    return float(abs(got - exact) / abs(exact))


def ulps(got: float, exact) -> float:
    """Error in units in the last place of the exact result."""
    if MP.isinf(exact):
        return 0.0 if got == float(exact) else math.inf
    return float(abs(MP.mpf(float(got)) - exact) / MP.mpf(np.spacing(abs(float(exact)))))


# ------------------------------------------------------------------ oracles


def _mpf(values) -> list:
    return [MP.mpf(float(v)) for v in values]


def exact_terms(p: Sequence[float], q: Sequence[float]) -> list:
    """Return ``p_k log(p_k / q_k)``, 0 where p is 0, inf where only q is 0."""
    terms = []
    for a, b in zip(_mpf(p), _mpf(q), strict=True):
        terms.append(MP.mpf(0) if a == 0 else MP.inf if b == 0 else a * MP.log(a / b))
    return terms


def exact_kl(p: Sequence[float], q: Sequence[float]):
    return MP.fsum(exact_terms(p, q))


def exact_cross_entropy(p: Sequence[float], q: Sequence[float]):
    total = MP.mpf(0)
    for a, b in zip(_mpf(p), _mpf(q), strict=True):
        if a != 0:
            total += MP.inf if b == 0 else -a * MP.log(b)
    return total


def exact_entropy(p: Sequence[float]):
    return exact_cross_entropy(p, p)


def exact_softmax(z: Sequence[float]) -> list:
    """Return ``exp(z_k) / sum exp(z_j)`` by the definition; mpmath does not overflow."""
    weights = [MP.mpf(0) if v == -math.inf else MP.exp(MP.mpf(float(v))) for v in z]
    total = MP.fsum(weights)
    return [w / total for w in weights]


def exact_nll(z: Sequence[float], y: int):
    q = exact_softmax(z)[y]
    return MP.inf if q == 0 else -MP.log(q)


def exact_soft_nll(z: Sequence[float], p: Sequence[float]):
    """``-sum_k p_k log softmax(z)_k``, with 0 log 0 = 0."""
    total = MP.mpf(0)
    for weight, q in zip(_mpf(p), exact_softmax(z), strict=True):
        if weight != 0:
            total += MP.inf if q == 0 else -weight * MP.log(q)
    return total


def exact_gradient(z: Sequence[float], y: int) -> list:
    return [q - (k == y) for k, q in enumerate(exact_softmax(z))]


# ------------------------------------------------------------------ the contract's tolerances


def gap_to_second(z: Sequence[float]) -> float:
    """``z_max - z_second``, 0 for a tie and for a single class."""
    ordered = sorted((float(v) for v in z if v > -math.inf), reverse=True)
    return ordered[0] - ordered[1] if len(ordered) > 1 else 0.0


def loss_tolerance(z: Sequence[float]) -> float:
    """Relative: ``(K + gap + 8) u``. The gap is rounded before ``exp`` amplifies its error."""
    return (len(z) + gap_to_second(z) + 8) * U


def softmax_tolerance(z: Sequence[float], i: int) -> float:
    """Relative, for component i: ``(K + |z_i - z_max| + 8) u``."""
    return (len(z) + abs(float(z[i]) - max(float(v) for v in z)) + 8) * U


def sum_tolerance(K: int) -> float:
    """Relative, for a sum of K terms of one sign: 2 ulp (4 u) each, and K - 1 additions."""
    return (4 + K - 1) * U


def kl_tolerance(p: Sequence[float], q: Sequence[float]) -> float:
    """Absolute: ``4 u sum |p log(p / q)|``."""
    return 4 * U * float(MP.fsum(abs(t) for t in exact_terms(p, q)))


def gibbs_slack(p: Sequence[float], q: Sequence[float]) -> float:
    """Absolute: rounded p and q can push KL below 0 by ``|sum p - sum q| + 4 K u``."""
    return abs(math.fsum(p) - math.fsum(q)) + 4 * len(p) * U


# ------------------------------------------------------------------ strategies


@st.composite
def distributions(draw, K: int | None = None, zeros: bool = True) -> np.ndarray:
    """Distributions over K classes, zeros and very small numbers among them."""
    K = draw(st.integers(1, 12)) if K is None else K
    usual = st.floats(0.01, 1.0)
    small = st.floats(1e-300, 1e-3)
    kinds = [usual, small, st.just(0.0)] if zeros else [usual, small]
    weights = np.array(draw(st.lists(st.one_of(kinds), min_size=K, max_size=K)))
    weights[draw(st.integers(0, K - 1))] = 1.0  # at least one is not zero
    return weights / weights.sum()


@st.composite
def distribution_pairs(draw, zeros: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """Return p and q over the same classes."""
    K = draw(st.integers(1, 12))
    return draw(distributions(K, zeros)), draw(distributions(K, zeros))


@st.composite
def logits_and_label(draw, most: float = 800.0, K: int | None = None) -> tuple[np.ndarray, int]:
    """One row of finite logits in [-most, most], and a label."""
    # 15 and 17 are on either side of the length at which the algorithm changes.
    K = draw(st.sampled_from([1, 2, 3, 5, 10, 15, 17, 40])) if K is None else K
    size = draw(st.sampled_from([1.0, 10.0, 100.0, most]))
    row = draw(st.lists(st.floats(-size, size), min_size=K, max_size=K))
    return np.array(row), draw(st.integers(0, K - 1))


@st.composite
def batches(draw, most: float = 30.0, K: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return logits (N, K) and labels (N,), N >= 1."""
    K = draw(st.sampled_from([1, 2, 3, 10, 20])) if K is None else K
    N = draw(st.integers(1, 6))
    z = draw(st.lists(st.floats(-most, most), min_size=N * K, max_size=N * K))
    y = draw(st.lists(st.integers(0, K - 1), min_size=N, max_size=N))
    return np.array(z).reshape(N, K), np.array(y)


# Multiples of 1/8 that stay small: sums and differences of them are exact in float64.
eighths = st.integers(-800, 800).map(lambda i: i / 8)
