"""Hidden checks of the exercises of chapter 3. Marked: canary-hidden-information."""

from __future__ import annotations

import heapq
import math
from collections import Counter

import mpmath
import numpy as np
from check import agree

from hidden import exercise, raises, reason
from hidden.conditions import each
from hidden.values import dyadic, nearly, value_or_none

U = 2.0**-53  # the unit roundoff of float64


def _surprise(q):
    return [float(-mpmath.log(x)) if x else math.inf for x in map(float, q)]


def _cross(p, q):
    return math.fsum(a * s for a, s in zip(map(float, p), _surprise(q), strict=True) if a)


def _entropy(p):
    return _cross(p, p)


def _kl_terms(p, q):
    pairs = [(mpmath.mpf(float(a)), mpmath.mpf(float(b))) for a, b in zip(p, q, strict=True)]
    return [a * mpmath.log(a / b) for a, b in pairs if a]


def _kl(p, q):
    return float(mpmath.fsum(_kl_terms(p, q)))


def _two(rng, K):
    """Return two clearly different distributions without zeros, both skewed.

    Their entries are multiples of 2**-30, so they sum to exactly 1 in any order.
    """
    p = 0.02 + np.sort(rng.dirichlet(np.ones(K)))
    q = 0.02 + np.sort(rng.dirichlet(np.ones(K)))[::-1]
    p[-1] += 1  # p is never nearly uniform
    return dyadic(p), dyadic(q)


@exercise("3.1", example=lambda f: f(1 / 32, "bits"), forbidden=("lib.information",))
def information(f, rng):
    a, b = rng.uniform(0.2, 0.4, size=2).tolist()
    many = rng.uniform(0.01, 0.99, size=(2, 3))
    nats, bits = f(a), f(a, "bits")
    with reason("takes surprise for 1/p", "Surprises of independent events add.", "3.1"):
        assert nearly(f(a * b), nats + f(b))
    with reason("forgets the minus", "A logarithm of a probability is never positive.", "3.1"):
        assert nats > 0
    with reason("ignores the unit", "Bits are nats divided by ln 2.", "3.7"):
        assert not nearly(bits, nats)
    with reason("changes the unit the wrong way", "Bits are nats divided by ln 2.", "3.7"):
        assert not nearly(bits, nats * math.log(2))
    with reason(
        "stumbles over log 0",
        "Probability 0 is valid: answer inf, without an error and without a warning.",
        "3.1",
    ):
        f(0.0), f(0), f(0.0, "bits")
    with reason("gives the impossible no surprise", "As p falls to 0, −log p rises to ∞.", "3.1"):
        assert f(0.0) != 0
    with reason("adds eps", "A small number inside the logarithm falsifies rare events.", "3.1"):
        assert agree(f(1e-300), -math.log(1e-300))
        assert f(0.0) == f(0.0, "bits") == math.inf
    with reason("returns minus zero", "−(0.0) is −0.0; subtract from 0.0 instead.", "3.1"):
        for unit in ("nats", "bits"):
            assert f(1.0, unit) == 0
            assert not np.signbit(f(1.0, unit))
    with reason(
        "answers in another shape",
        "An array or list has an answer for every entry, in its own shape.",
        "3.1",
    ):
        assert np.shape(f(many)) == many.shape
        assert np.shape(f([a])) == (1,)
        assert np.shape(f(many[0].tolist(), "bits")) == (3,)
    with reason(
        "takes the rarest for impossible",
        "Only 0 is impossible. Below 2e-308, the smallest normal float, there are others, down to "
        "5e-324.",
        "3.1",
    ):
        for rare in (5e-324, float(rng.uniform(1, 9)) * 1e-315):
            assert agree(f(rare), -math.log(rare))
    with reason("lets NaN through", "NaN < 0 and NaN > 1 are both false.", "3.1"):
        assert raises(lambda: f(math.nan))
        assert raises(lambda: f([0.5, math.nan]))
    with reason("accepts what is not a probability", "Refuse all that is outside [0, 1].", "3.1"):
        for bad in (-a, 1 + a, [a, 1 + b], [[a], [-b]], math.inf):
            assert raises(lambda bad=bad: f(bad))
    with reason("forgives a little", "A hair outside [0, 1] is outside: refuse it.", "3.1"):
        assert all(raises(lambda bad=bad: f(bad)) for bad in (-1e-12, 1 + 1e-12, [a, -1e-300]))
    with reason("accepts any unit", 'Only "nats" and "bits" are units here.', "3.7"):
        assert all(raises(lambda bad=bad: f(a, bad)) for bad in ("bit", "Nats", "dits"))
    with reason("loses digits", "Take the logarithm of p itself, in float64.", "3.7"):
        expected = np.array([_surprise(row) for row in many])
        assert agree(f(many), expected, 1e-15)
        assert agree(f(many, "bits"), expected / math.log(2), 1e-15)


@exercise(
    "3.2",
    example=lambda f: f([1 / 2, 1 / 4, 1 / 8, 1 / 8], "bits"),
    forbidden=("lib.information", "scipy.stats.entropy", "scipy.special.entr"),
)
def entropy(f, rng):
    K = int(rng.integers(4, 9))
    p = _two(rng, K)[0]
    nats, bits = f(p.tolist()), f(p.tolist(), "bits")
    with reason("forgets the minus", "A logarithm of a probability is never positive.", "3.2"):
        assert nats > 0
    with reason("averages without weights", "Weigh each surprise by its probability.", "3.2"):
        assert not nearly(nats, np.mean(_surprise(p)))
    with reason("ignores the unit", "Bits are nats divided by ln 2.", "3.7"):
        assert nearly(bits * math.log(2), nats)
    with reason(
        "finds another average",
        "This fails for a few classes. One cause may be other weights: each surprise counts with "
        "its probability, once.",
        "3.2",
    ):
        assert nearly(nats, _entropy(p))
    with reason(
        "drops rare classes", "What comes now and then counts: only p = 0 does not.", "3.2"
    ):
        rare = [1 - 2.0**-14, 2.0**-14]
        assert agree(f(rare), _entropy(rare), 1e-8)
    with reason("gets NaN from 0 · log 0", "A class of probability 0 contributes 0.", "3.2"):
        assert nearly(f([0.5, 0.0, 0.5]), math.log(2))
        assert nearly(f([0, 1, 0]), 0)
    with reason("adds eps", "A small number inside the logarithm shifts every answer.", "3.2"):
        assert agree(nats, _entropy(p), 8 * K * U)
    bad = {"a class is missing": (p * 0.9).tolist(), "counts": [2, 3], "a slip": p[1:].tolist()}
    with reason("normalises silently", "A sum other than 1 is a mistake: refuse it.", "A.3"):
        for shares in bad.values():
            fixed = np.divide(shares, np.sum(shares))
            assert not nearly(value_or_none(lambda shares=shares: f(shares)), _entropy(fixed))
    with reason("accepts a sum other than 1", "A distribution sums to 1: refuse the rest.", "A.3"):
        assert all(raises(lambda shares=shares: f(shares)) for shares in bad.values())
    with reason("answers for no class", "Without a class there is no distribution: refuse.", "3.2"):
        assert raises(lambda: f([]))
    with reason(
        "forgives float64 as much as float32", "Only float32 may miss 1 by more than 1e-9.", "A.4"
    ):
        assert raises(lambda: f(p * (1 + 1e-7)))
        assert raises(lambda: f((p * (1 + 1e-7)).tolist()))
    with reason("forgives float32 anything", "An array of float32 may miss 1 by 1e-5.", "A.4"):
        assert all(raises(lambda by=by: f((p * by).astype(np.float32))) for by in (0.9, 1 + 1e-4))
    with reason("accepts negative entries", "The sum alone does not tell.", "3.2"):
        assert raises(lambda: f([1.2, -0.2]))
        assert raises(lambda: f([*p.tolist(), 0.1, -0.1]))
    with reason("forgives a little below 0", "Negative is negative: refuse, do not repair.", "3.2"):
        assert raises(lambda: f([*p.tolist(), -1e-12]))
        assert raises(lambda: f([1.0, -1e-300]))
    with reason("lets NaN through", "Comparisons with NaN are false, so ask the other way.", "3.2"):
        assert raises(lambda: f([0.5, math.nan, 0.5]))
        assert raises(lambda: f([math.nan, 1.0]))
    with reason("demands a sum of exactly 1", "Rounded numbers may miss 1, by up to 1e-9.", "A.4"):
        assert nearly(f((p * (1 + 3e-10)).tolist()), _entropy(p))
        assert nearly(f([0.1] * 10), math.log(10))
    with reason(
        "holds float32 to the rule of float64", "Their sums may miss 1 by up to 1e-5.", "A.4"
    ):
        single = (p * (1 + 3e-6)).astype(np.float32)
        assert agree(f(single), _entropy(p), 2e-5)
    with reason("returns minus zero", "−(0.0) is −0.0; subtract from 0.0 instead.", "3.2"):
        assert f([1.0]) == 0
        assert not np.signbit(f([1.0]))
        assert not np.signbit(f([0.0, 1.0], "bits"))
    with reason("changes the caller's array", "Work on a copy.", "3.2"):
        mine = np.append(p, [0.0, 0.0])
        before = mine.copy()
        f(mine)
        assert np.array_equal(mine, before)


@exercise(
    "3.3",
    example=lambda f: f([0.4, 0.6], [0.5, 0.5]),
    forbidden=("lib.information", "scipy.stats.entropy", "torch.nn.functional.cross_entropy"),
)
def cross_entropy(f, rng):
    K = int(rng.integers(4, 9))
    p, q = _two(rng, K)
    with reason(
        "takes lists only", "An array is neither true nor false: ask for its size or shape.", "3.5"
    ):
        got, truth = f(p, q), _cross(p, q)
    with reason("forgets the minus", "A logarithm of a probability is never positive.", "3.5"):
        assert got > 0
    with reason("swaps truth and belief", "Average with p, measure with q.", "3.5"):
        assert not nearly(got, _cross(q, p))
    with reason("takes the entropy of the belief", "The weights are p: p draws.", "3.5"):
        assert not nearly(got, _entropy(q))
    with reason("returns KL", "The floor H(p) belongs to the cross-entropy.", "3.6"):
        assert not nearly(got, _kl(p, q))
    with reason("averages over the classes", "p weighs them already: sum.", "3.5"):
        assert not nearly(got, truth / K)
    with reason("measures in bits", "The answer is asked in nats: natural logarithm.", "3.7"):
        assert not nearly(got, truth / math.log(2))
    with reason("works for one-hot labels only", "Every class with p > 0 counts.", "3.9"):
        assert not nearly(got, _surprise(q)[int(np.argmax(p))])
    with reason(
        "finds another average",
        "This fails for a few classes. One cause may be something else in the place of the "
        "surprise: it is the logarithm of 1/q.",
        "3.5",
    ):
        assert nearly(got, truth)
    with reason(
        "drops rare classes", "What comes now and then counts: only p = 0 does not.", "3.2"
    ):
        rare = [1 - 2.0**-14, 2.0**-14]
        assert agree(
            f(rare, [1 - 2.0**-20, 2.0**-20]), _cross(rare, [1 - 2.0**-20, 2.0**-20]), 1e-8
        )
    with reason(
        "gets NaN from 0 · log 0", "What never comes costs 0, whatever q says of it.", "3.2"
    ):
        assert nearly(f([0.5, 0.5, 0], [0.5, 0.5, 0]), math.log(2))
        assert nearly(f([0, 1], [0, 1]), 0)
    with reason(
        "repairs the belief",
        "What q gives to classes that never come is lost to the others: leave it so.",
        "3.5",
    ):
        assert nearly(f([0.5, 0.5, 0], [0.25, 0.25, 0.5]), math.log(4))
    with reason(
        "warns where infinity is right", "np.errstate silences an expected warning.", "3.5"
    ):
        f([0.5, 0.5], [1, 0])
    with reason("adds eps", "It makes a tiny or zero q look far better than it is.", "3.5"):
        tiny = float(10.0 ** -rng.uniform(20, 30))
        assert agree(f([0.5, 0.5], [tiny, 1.0]), -0.5 * math.log(tiny), 1e-3)
        assert not 5 < f([0.5, 0.5], [1, 0]) < math.inf
    with reason("drops what q calls impossible", "If it happens, the surprise is ∞.", "3.5"):
        assert f([0.5, 0.5], [1, 0]) == math.inf
        assert f([0.1, 0.2, 0.7], [0.4, 0.6, 0]) == math.inf
    bad = [([0.5, 0.5], [math.nan, 0.5]), ([0.5, 0.5], [math.nan] * 2), ([math.nan, 1], [0.5] * 2)]
    with reason("hides NaN", "Summing around NaN makes a diverged model look fine.", "3.5"):
        for pair in bad:
            value = value_or_none(lambda pair=pair: f(*pair))
            assert value is None or np.isnan(value)
    with reason("lets NaN through", "Refuse it, wherever it stands.", "3.5"):
        bad.append(([0, 1], [math.nan, 1]))
        assert all(raises(lambda pair=pair: f(*pair)) for pair in bad)
    with reason(
        "says infinite before it looks for NaN",
        "A NaN is refused also where another class makes the sum infinite.",
        "3.5",
    ):
        assert raises(lambda: f([0.5, 0.5, 0], [0, 1, math.nan]))
        assert raises(lambda: f([0.5, 0.25, 0.25], [0, 1, math.nan]))
    with reason("lets shapes broadcast", "NumPy stretches a single entry; refuse it.", "3.5"):
        assert raises(lambda: f([1.0], q))
        assert raises(lambda: f(p, [1.0]))
        assert raises(lambda: f([*p.tolist(), 0.0], q))
    with reason("compares lengths only", "A column is as long as a row: compare shapes.", "3.5"):
        for one, other in ((p, q[:, None]), (p[:, None], q), (p, q[None]), (p[None], q)):
            assert raises(lambda one=one, other=other: f(one, other))
    with reason("loses digits", "Compute in float64.", "3.5"):
        assert agree(got, truth, 8 * K * U)
        assert agree(f(p.tolist(), p.tolist()), _entropy(p), 8 * K * U)


@exercise(
    "3.4",
    example=lambda f: f([0.4, 0.6], [0.5, 0.5]),
    forbidden=(
        "lib.information",
        "scipy.stats.entropy",
        "scipy.special.rel_entr",
        "scipy.special.kl_div",
        "torch.nn.functional.kl_div",
    ),
)
def kl_divergence(f, rng):
    K = int(rng.integers(4, 9))
    p, q = _two(rng, K)
    got, truth = f(p, q), _kl(p, q)
    with reason("swaps truth and belief", "p draws and stands first: p log(p/q).", "3.6"):
        assert not nearly(got, _kl(q, p))
    with reason("turns the fraction upside down", "Σ p log(q/p) is −KL.", "3.6"):
        assert not nearly(got, -truth)
    with reason("symmetrises", "KL is a cost, not a distance: there differs from back.", "3.6"):
        assert not nearly(got, f(q, p))
    with reason("measures in bits", "The answer is asked in nats: natural logarithm.", "3.7"):
        assert not nearly(got, truth / math.log(2))
    with reason("averages over the classes", "p weighs them already: sum.", "3.6"):
        assert not nearly(got, truth / K)
    with reason("forgets to subtract the floor", "KL(p‖p) is 0; H(p, p) is not.", "3.6"):
        assert nearly(f(p, p), 0)
    with reason("takes the size of every term", "A class may well save; the sum may not.", "3.7"):
        assert not nearly(got, float(mpmath.fsum(map(abs, _kl_terms(p, q)))))
    with reason(
        "finds another distance",
        "This fails for a few classes. One cause may be other weights: p draws, so p weighs.",
        "3.6",
    ):
        assert nearly(got, truth)
    with reason(
        "drops rare classes", "What comes now and then counts: only p = 0 does not.", "3.2"
    ):
        rare, belief = [1 - 2.0**-14, 2.0**-14], [0.5, 0.5]
        assert agree(f(rare, belief), _kl(rare, belief), 1e-8)
    with reason("gets NaN from 0 · log 0", "What never comes contributes 0.", "3.2"):
        assert nearly(f([0.5, 0.5, 0], [0.5, 0.5, 0]), 0)
        assert not np.isnan(f([0, 1], [0.5, 0.5]))
    with reason(
        "repairs the belief",
        "What q gives to classes that never come is lost to the others: leave it so.",
        "3.6",
    ):
        assert nearly(f([0, 1], [0.5, 0.5]), math.log(2))
        assert nearly(f([0.5, 0.5, 0], [0.25, 0.25, 0.5]), math.log(2))
    with reason(
        "warns where infinity is right", "np.errstate silences an expected warning.", "3.6"
    ):
        f([0.5, 0.5], [1, 0])
    with reason("adds eps", "It makes a tiny or zero q look far better than it is.", "3.6"):
        tiny = float(10.0 ** -rng.uniform(20, 30))
        assert agree(f([0.5, 0.5], [tiny, 1.0]), _kl([0.5, 0.5], [tiny, 1.0]), 1e-3)
        assert not 1 < f([0.5, 0.5], [1, 0]) < math.inf
    with reason("drops what q calls impossible", "If it happens, the price is ∞.", "3.6"):
        assert f([0.5, 0.5], [1, 0]) == math.inf
        assert f([0.1, 0.2, 0.7], [0.4, 0.6, 0]) == math.inf
    less = (p * rng.uniform(0.2, 0.5)).tolist()
    with reason("demands a sum of exactly 1", "Rounded numbers may miss 1, by up to 1e-9.", "A.4"):
        assert nearly(f(p * (1 + 3e-10), q * (1 - 3e-10)), truth)
    with reason("hides bad input behind abs()", "A sum far below 0 is a symptom: look.", "A.4"):
        for pair in ((less, p), ([0.2, 0.3], [0.5, 0.5])):
            value = value_or_none(lambda pair=pair: f(*pair))
            assert value is None or value < 0
    with reason("lets NaN through", "Comparisons with NaN are false, so ask the other way.", "3.6"):
        for pair in (([0.5, math.nan], [0.5, 0.5]), ([0.5, 0.5], [math.nan, 0.5])):
            assert raises(lambda pair=pair: f(*pair))
    with reason("accepts what is not a distribution", "Check the signs and the sums first.", "3.6"):
        for bad in (less, p * 0.9, p[::-1] * 2):
            assert raises(lambda bad=bad: f(bad, q))
            assert raises(lambda bad=bad: f(bad, bad))
    with reason("checks the truth only", "A model's output can be broken as well.", "3.6"):
        for bad in (less, q * 0.9, q * 2):
            assert raises(lambda bad=bad: f(p, bad))
    with reason("accepts negative entries", "The sum alone does not tell.", "3.6"):
        negative = [1.2, *[0.0] * (K - 2), -0.2]
        assert raises(lambda: f(negative, q))
        assert raises(lambda: f(negative, negative))
        assert raises(lambda: f(p, negative))
    with reason(
        "lets a tiny negative entry pass",
        "Negative is negative, however little and wherever it stands: refuse, do not repair.",
        "3.6",
    ):
        for slip in (1e-12, 1e-300):
            assert raises(lambda slip=slip: f([1.0, -slip], [0.5, 0.5]))
            assert raises(lambda slip=slip: f([1.0, 0.0], [1.0, -slip]))
    with reason("forgives sums too much", "By more than 1e-9 a sum may not miss 1.", "A.4"):
        for slip in (1 + 1e-7, 1 - 1e-7):
            assert raises(lambda slip=slip: f(p * slip, q))
            assert raises(lambda slip=slip: f(p, q * slip))
    with reason("lets shapes broadcast", "NumPy stretches a single entry; refuse it.", "3.6"):
        assert raises(lambda: f([1.0], q))
        assert raises(lambda: f(p, [1.0]))
        assert raises(lambda: f([*p.tolist(), 0.0], q))
    with reason("compares lengths only", "A column is as long as a row: compare shapes.", "3.6"):
        for one, other in ((p, q[:, None]), (p[:, None], q), (p, q[None]), (p[None], q)):
            assert raises(lambda one=one, other=other: f(one, other))
    with reason("loses digits", "KL is never below 0 by more than rounding: use float64.", "3.6"):
        for n in (2, 3, K, 10):
            truths, others = rng.dirichlet(np.ones(n), size=(2, 1250))
            near = truths * (1 + 1e-9 * rng.standard_normal(truths.shape))
            near /= near.sum(axis=1, keepdims=True)
            pairs = [*zip(truths, others, strict=True), *zip(truths, near, strict=True)]
            assert all(value >= -4 * n * U for value in each(f, pairs))
        assert abs(f(p, p)) <= 4 * K * U
        assert f(p, (p + 1e-3) / (p + 1e-3).sum()) > 0
        size = _entropy(p) + _cross(p, q)
        assert agree(got, truth, 4 * K * U * (1 + size))
    with reason(
        "divides until it overflows",
        "p/q may be too large for a float, although its logarithm is not: subtract logarithms.",
        "3.6",
    ):
        tiny = float(rng.uniform(1, 9)) * 1e-320
        assert agree(f([1, 0], [tiny, 1]), _kl([1, 0], [tiny, 1]))
        assert agree(f([0.5, 0.5], [tiny, 1.0]), _kl([0.5, 0.5], [tiny, 1.0]))


@exercise("3.5", example=lambda f: f(1.0732, 3))
def with_entropy(f, rng):
    K = int(rng.integers(5, 9))
    low, high = float(rng.uniform(0.3, 0.6)), float(rng.uniform(1.0, 1.5))
    first, second = np.asarray(f(low, 4), dtype=float), np.asarray(f(high, K), dtype=float)
    with reason("forgets how many classes", "Return K probabilities.", "3.6"):
        assert first.shape == (4,)
        assert second.shape == (K,)
    with reason("returns no distribution", "None negative, and the sum is 1.", "3.2"):
        for p in (first, second):
            assert np.all(p >= 0)
            assert abs(p.sum() - 1) <= 1e-9
    with reason("searches in bits", "The target is in nats: natural logarithm.", "3.7"):
        assert not agree(_entropy(first), low * math.log(2), 1e-3)
    with reason("stays on two classes", "Two classes reach ln 2 and no more.", "3.6"):
        assert np.count_nonzero(second) > 2
    targets = [(float(rng.uniform(0.01, 0.99)) * math.log(n), n) for n in [2, 3, 4, K, 50, 1000]]
    targets += [(low, 4), (high, K), (0.01, K), (math.log(K) - 0.001, K)]

    def solved(target, n):
        p = np.asarray(f(target, n), dtype=float)
        ok = p.shape == (n,) and np.all(p >= 0) and abs(p.sum() - 1) <= 1e-9
        return ok and abs(_entropy(p) - target) <= 5.0001e-5

    with reason("stops too early", "Go on until the entropy is within 5e-5 nats.", "R.3"):
        assert all(solved(target, n) for target, n in targets)
    with reason(
        "stops too early beside certainty",
        "Near one-hot the entropy rises steeply: a small step of the path may be many nats. Halve "
        "until the entropy itself is right within 5e-5.",
        "R.3",
    ):
        assert all(solved(float(rng.uniform(6e-5, 9e-5)), n) for n in (3, K, 1000))
        assert all(solved(float(10 ** rng.uniform(-3, -1)), 1000) for _ in range(3))
    with reason("stumbles over a single class", "One class, one distribution: [1.0].", "3.2"):
        assert solved(0, 1)
    with reason("fails at the ends", "One-hot has entropy 0, uniform ln K.", "3.6"):
        assert all(solved(0, n) and solved(0.0, n) for n in (1, 2, K))
        assert all(solved(min(math.log(n), float(np.log(n))), n) for n in (2, 3, K, 10, 1000))
    with reason("answers the impossible", "Nothing is below 0 or above ln K: refuse.", "3.6"):
        assert all(raises(lambda n=n: f(math.log(n) + 0.1, n)) for n in (1, 2, K))
        assert raises(lambda: f(-low, K))
        assert raises(lambda: f(math.inf, K))
    with reason(
        "takes a target out of reach for the end",
        "The 5e-5 are for your answer. A target a hair below 0 or above ln K has none.",
        "3.6",
    ):
        assert all(raises(lambda bad=bad: f(bad, K)) for bad in (-1e-7, -1e-12))
        assert all(raises(lambda n=n: f(math.log(n) + 1e-7, n)) for n in (1, 2, K))
    with reason("lets NaN through", "Comparisons with NaN are false, so ask the other way.", "3.6"):
        assert raises(lambda: f(math.nan, K))


def _terms(p, q):
    with np.errstate(all="ignore"):
        return p * np.log2(p / q)


def _reported(pair):
    """Return the result of the popular code, in bits, and the sum before abs()."""
    terms = _terms(*(np.asarray(side, dtype=float) for side in pair))
    plain = terms[~np.isnan(terms)].sum()
    return float(abs(plain)), float(plain)


@exercise("3.6", example=lambda *fs: tuple(_reported(f())[0] for f in fs))
def break_kl(flipped_sign, dropped_entry, finite_from_nan, rng):
    pairs = [f() for f in (flipped_sign, dropped_entry, finite_from_nan)]
    with reason("returns no pair of lists", "Each returns (p, q), of equal length.", "3.6"):
        pairs = [tuple(np.array(side, dtype=float) for side in pair) for pair in pairs]
        assert all(p.shape == q.shape and p.ndim == 1 and p.size >= 2 for p, q in pairs)

    def is_one(shares):
        return abs(shares.sum() - 1) <= 1e-9

    p, q = pairs[0]
    with reason(
        "counts a rounding error as a broken sum",
        "In the first input the sum of p must miss 1 by more than 1e-9.",
        "3.6",
    ):
        assert p.sum() == 1 or not is_one(p)
    with reason("expects a true KL below 0", "For distributions KL ≥ 0: break a sum.", "3.6"):
        assert not is_one(p)
    with reason(
        "flips with a negative entry", "In the first input, no entry is negative or NaN.", "3.6"
    ):
        assert np.all(p >= 0)
        assert np.all(q >= 0)
    with reason("breaks the belief too", "In the first input, q is a distribution.", "3.6"):
        assert is_one(q)
    with reason("flips nothing", "The plain sum must be negative before abs().", "3.6"):
        assert -math.inf < _reported((p, q))[1] < 0
    p, q = pairs[1]
    with reason("takes a zero for a mistake", "Zeros are valid; show a negative entry.", "3.2"):
        assert min(p.min(), q.min()) < 0
    with reason("lets two minus signs cancel", "Only a term that is NaN is left out.", "3.6"):
        assert np.any(np.isnan(_terms(p, q)) & ((p < 0) | (q < 0)))
    with reason(
        "breaks the sum as well", "In the second input, p and q still sum to 1, NaN-free.", "3.6"
    ):
        assert is_one(p)
        assert is_one(q)
    with reason("makes the answer infinite", "In the second input, nothing is infinite.", "3.6"):
        assert _reported((p, q))[0] < math.inf
    with reason("flips the sign as well", "In the second input, abs() must change nothing.", "3.6"):
        assert _reported((p, q))[1] >= 0
    p, q = pairs[2]
    with reason("takes infinity for NaN", "∞ is reported as ∞; put a NaN into q.", "3.6"):
        assert np.isnan(q).any()
    with reason("puts the NaN into the truth", "In the third input, p is a distribution.", "3.6"):
        assert np.all(p >= 0)
        assert is_one(p)
    with reason("leaves the answer infinite", "A zero in q says ∞ as it should.", "3.6"):
        assert _reported((p, q))[0] < math.inf
    with reason(
        "flips what the NaN leaves over",
        "In the third input nothing but the NaN is broken: abs() must change nothing.",
        "3.6",
    ):
        assert not np.any(q < 0)
        assert _reported((p, q))[1] >= 0


def _best_mean(p):
    """Return the mean length of an optimal code: the sum of all merged weights."""
    heap = [float(share) for share in p]
    heapq.heapify(heap)
    joins = []
    while len(heap) > 1:
        joins.append(heapq.heappop(heap) + heapq.heappop(heap))
        heapq.heappush(heap, joins[-1])
    return math.fsum(joins)


@exercise("3.7", example=lambda f: f([0.6, 0.3, 0.1]))
def huffman_lengths(f, rng):
    many = dyadic(rng.dirichlet(np.ones(int(rng.integers(12, 20)))))

    def mean(p):
        lengths = np.asarray(f(list(p)), dtype=float)
        assert lengths.shape == (len(p),)
        return float(np.dot(p, lengths))

    with reason(
        "stumbles over ties", "At equal probabilities a tuple compares its next entry.", "3.4"
    ):
        f([1 / 4, 1 / 4, 1 / 4, 1 / 8, 1 / 8])
        f([1 / 8] * 8)
    with reason("demands a sum of exactly 1", "Rounded numbers may miss 1, by up to 1e-9.", "A.4"):
        f((many * (1 + 3e-10)).tolist())
    with reason("joins the two most frequent", "Join the two rarest: they can wait.", "3.4"):
        assert list(f([0.5, 0.1, 0.25, 0.15])) != [3, 1, 3, 2]
    with reason(
        "answers in reverse order",
        "Answer in the order of p: this was the right one, upside down.",
        "3.4",
    ):
        assert list(f([0.5, 0.1, 0.25, 0.15])) != [3, 2, 3, 1]
    with reason("loses whose length is whose", "Answer in the order of p.", "3.4"):
        lengths = f([0.5, 0.25, 0.15, 0.1])
        assert lengths[0] <= lengths[-1]
        lengths = f([0.1, 0.5, 0.15, 0.25])
        assert lengths[1] <= lengths[3] <= lengths[0]
    with reason("builds a chain", "What was joined goes back among the others.", "3.4"):
        assert max(f([1 / 8] * 8)) < 7
    with reason("gives all the same length", "The frequent deserve short codewords.", "3.2"):
        assert len(set(f([1 / 2, 1 / 4, 1 / 8, 1 / 8]))) > 1
    with reason(
        "asks too many or too few",
        "This fails where every surprise in bits is a whole number. One cause may be a question "
        "that is counted twice or not at all.",
        "3.4",
    ):
        assert agree(mean([1 / 2, 1 / 4, 1 / 8, 1 / 8]), 1.75)
    with reason(
        "rounds every surprise up", "A whole number above the surprise may be too many.", "3.4"
    ):
        share = float(rng.uniform(0.55, 0.95))
        assert agree(mean([share, 1 - share]), 1)
    with reason(
        "grows another tree",
        "This fails for five classes. One cause may be a division from the top: the best tree "
        "grows from the rarest upwards. Another may be the weight of what was joined: the sum.",
        "3.4",
    ):
        assert agree(mean([0.35, 0.17, 0.17, 0.16, 0.15]), 2.3)
    with reason("counts in floats", "A number of questions is a whole number: an int.", "3.4"):
        lengths = f([1 / 2, 1 / 4, 1 / 8, 1 / 8])
        assert all(isinstance(length, int | np.integer) for length in lengths)
    with reason("asks about the only class", "Who is sure asks no question.", "3.2"):
        assert list(f([1.0])) == [0]
    with reason("accepts probability 0", "What never comes needs no codeword: refuse it.", "3.2"):
        assert raises(lambda: f([0.5, 0.5, 0.0]))
        assert raises(lambda: f([0.0, 1.0]))
    with reason("accepts what is not a distribution", "Check the signs and the sum first.", "3.2"):
        bad = [[0.5, 0.4], [2, 3], (many * 0.9).tolist()]
        assert all(raises(lambda shares=shares: f(shares)) for shares in bad)
    with reason("accepts negative entries", "The sum alone does not tell.", "3.2"):
        assert all(raises(lambda bad=bad: f(bad)) for bad in ([1.2, -0.2], [0.6, -0.1, 0.5]))
    with reason("answers for no class", "Without a class no probabilities sum to 1.", "3.2"):
        assert raises(lambda: f([]))
    with reason("forgives sums too much", "By more than 1e-9 a sum may not miss 1.", "A.4"):
        for slip in (1 + 1e-7, 1 - 1e-7):
            assert raises(lambda slip=slip: f((many * slip).tolist()))
    with reason("lets NaN through", "Comparisons with NaN are false, so ask the other way.", "3.2"):
        assert raises(lambda: f([0.5, math.nan, 0.5]))
    with reason(
        "misses the best code",
        "Join exact probabilities: no strategy may need fewer questions.",
        "3.4",
    ):
        blocks = np.array([1.0])
        for _ in range(6):  # blocks of six balls: many ties, up to rounding
            blocks = np.outer(blocks, [0.4, 0.6]).ravel()
        two = rng.uniform(0, 1e-9)
        for p in (many, blocks, rng.dirichlet(np.full(60, 0.3)) + 1e-12, np.array([1 - two, two])):
            p = p / p.sum()
            lengths = np.asarray(f(p.tolist()), dtype=float)
            assert np.array_equal(lengths, np.round(lengths))
            assert np.sum(2.0**-lengths) <= 1 + 1e-12
            bits = _entropy(p) / math.log(2)
            assert bits - 1e-12 <= np.dot(p, lengths) < bits + 1
            assert agree(np.dot(p, lengths), _best_mean(p))


def _nats(counts):
    """Return N times the entropy of the counts' frequencies."""
    n = sum(counts)
    return math.fsum(k * math.log(n / k) for k in counts)


@exercise("3.8", example=lambda f: f(["a", "b", "a", "b", "b"], [1, 3, 7, 3, 8]))
def dataset_floor(f, rng):
    N = int(rng.integers(150, 250))
    usual = rng.integers(0, 5, size=20)
    x = rng.choice(20, size=N, p=rng.dirichlet(np.ones(20)))
    y = np.where(rng.random(N) < 0.3 + x / 40, usual[x], rng.integers(0, 5, size=N))
    x, y = [7, 7, *x.tolist()], [0, 1, *y.tolist()]  # at least one image has two labels
    N += 2
    groups = {image: [b for a, b in zip(x, y, strict=True) if a == image] for image in set(x)}
    counts = [Counter(labels).values() for labels in groups.values()]
    truth = math.fsum(map(_nats, counts)) / N
    both = _nats(Counter(zip(x, y, strict=True)).values()) / N
    got = f(x, y)
    with reason("takes the floor to be 0", "One-hot labels can contradict each other.", "3.9"):
        assert got > 0
    with reason("measures in bits", "The answer is asked in nats: natural logarithm.", "3.7"):
        assert not nearly(got, truth / math.log(2))
    with reason("ignores the images", "The model sees the image: one q for each.", "3.9"):
        assert not nearly(got, _nats(Counter(y).values()) / N)
    with reason("predicts the image as well", "The image is given; only labels cost.", "3.9"):
        assert not nearly(got, both)
    with reason("conditions the wrong way", "The image is given, the label unknown.", "3.9"):
        assert not nearly(got, both - _nats(Counter(y).values()) / N)
    with reason("sums over the examples", "A mean divides by N.", "3.7"):
        assert not nearly(got, truth * N)
    with reason("averages over the images", "An image counts as often as it occurs.", "3.9"):
        assert not nearly(got, np.mean([_nats(c) / sum(c) for c in counts]))
    with reason("counts mistakes", "The loss is −log q of the label, not 0 or 1.", "3.9"):
        assert not nearly(got, 1 - sum(max(c) for c in counts) / N)
    with reason("expects equal images side by side", "They come in any order.", "3.9"):
        order = sorted(range(N), key=x.__getitem__)
        assert nearly(got, f([x[i] for i in order], [y[i] for i in order]))
    with reason("shies away from certainty", "Where labels agree, q may be 1: loss 0.", "3.9"):
        assert abs(f(list(range(N)), y)) <= 1e-13
        assert abs(f(x, [usual[image] for image in x])) <= 1e-13
    with reason(
        "confuses names",
        "This fails where names are 1, 11, 111 and so on. One cause may be that two are glued "
        "together: keep (x, y) a pair, since 1 and 12 are not 11 and 2.",
        "3.9",
    ):
        names = ["1" * (n + 1) for n in range(20)]
        assert nearly(f([names[image] for image in x], [names[label] for label in y]), got)
    with reason("lets zip cut the longer list", "Different lengths are a mistake: refuse.", "3.9"):
        assert raises(lambda: f(x, y[:-1]))
        assert raises(lambda: f(x[:-1], y))
    with reason("answers for no data", "The mean of no data does not exist: refuse.", "3.9"):
        assert raises(lambda: f([], []))
    with reason(
        "leaves out images that occur once",
        "An image that occurs once costs nothing, but it counts: the mean is over all N examples.",
        "3.9",
    ):
        alone = rng.permutation(np.arange(100, 103)).tolist()
        assert agree(f([7, *alone, 7], [0, 1, 1, 2, 3]), 2 * math.log(2) / 5)
    with reason("misses the floor", "On one image the best q is the shares of its labels.", "3.9"):
        assert agree(got, truth)
        assert agree(f([3] * N, y), _nats(Counter(y).values()) / N)
        assert agree(f(x * 3, y * 3), truth)
        assert agree(f([10**12 * image - 7 for image in x], [-label for label in y]), truth)
        assert got <= f([image // 2 for image in x], y) + 1e-12  # seeing less cannot help
