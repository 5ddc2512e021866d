"""Hidden checks of the exercises of chapter 6. Marked: canary-hidden-scoring."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache

import mpmath
import numpy as np
from check import agree

from hidden import exercise, raises, reason
from hidden.values import dyadic, nearly, value_or_none


def _minus_log(x):
    with np.errstate(divide="ignore"):
        return -np.log(x)


def _log_score(q, y):
    return float(_minus_log(q[y]))


@exercise("6.1", example=lambda f: f(_log_score, [0.4, 0.6], [0.1, 0.9]))
def expected_score(f, rng):
    K = int(rng.integers(4, 9))
    p = dyadic(0.05 + np.sort(rng.dirichlet(np.ones(K))) + np.eye(K)[-1])
    q = dyadic(0.05 + np.sort(rng.dirichlet(np.ones(K)))[::-1])
    weight = rng.uniform(1, 3, size=K)
    kinds = []

    def dear(q, y):
        kinds.append(type(q) is np.ndarray)
        return float(weight[y] * (2 - q[y]))

    def gain(q, y):
        return -float(weight[y] * q[y])

    losses = np.array([dear(q, y) for y in range(K)])
    truth = math.fsum(p * losses)
    kinds.clear()
    with reason("hands the rule a list", "The rule wants an array: np.asarray(q).", "6.1"):
        got = f(dear, p.tolist(), q.tolist())
        assert all(kinds)
    with reason("always takes the log score", "The rule is an argument: call it.", "6.2"):
        assert not nearly(got, math.fsum(p * _minus_log(q)))
    with reason("averages with the report", "The weights are p, what is believed.", "6.1"):
        assert not nearly(got, math.fsum(q * losses))
    with reason("takes the plain mean", "Weigh each outcome with what is believed of it.", "6.1"):
        assert not nearly(got, losses.mean())
    with reason("prices the likeliest outcome only", "Every outcome with p > 0 counts.", "6.1"):
        assert not nearly(got, losses[-1])
    with reason("prices an honest report", "The rule gets what is said, q, not p.", "6.1"):
        assert not nearly(got, math.fsum(p * weight * (2 - p)))
    with reason("thinks of two outcomes", "There may be any number of outcomes.", "6.4"):
        assert not nearly(got, p[0] * losses[0] + p[1] * losses[1])
    with reason(
        "finds another average",
        "This fails for a few outcomes. One cause may be other weights: each loss counts with "
        "the probability of its outcome, once.",
        "6.1",
    ):
        assert nearly(got, truth)
    with reason("takes no loss below 0", "A rule may pay: a loss may be negative.", "6.3"):
        assert nearly(f(gain, p, q), -math.fsum(p * weight * q))
    with reason("stumbles over a single outcome", "[1.0] is a distribution as well.", "6.1"):
        assert nearly(f(gain, [1.0], [1.0]), -weight[0])
    with reason(
        "warns on the way",
        "Infinite losses are valid, and so is p[y] = 0 beside them: 0 · inf must not be computed.",
        "6.2",
    ):
        for pair in (([0, 1], [0, 1]), ([0.5, 0.5], [1, 0]), ([0.5, 0.5, 0], [0.5, 0.5, 0])):
            f(_log_score, *pair)
    with reason("gets NaN from 0 · inf", "What is not believed costs nothing.", "6.2"):
        assert nearly(f(_log_score, [0, 1], [0, 1]), 0)
        assert nearly(f(_log_score, [0.5, 0.5, 0], [0.5, 0.5, 0]), math.log(2))
    with reason(
        "changes the report",
        "This fails near log 0. One cause may be a small number in the place of 0.",
        "2.8",
    ):
        tiny = float(10.0 ** -rng.uniform(20, 30))
        assert agree(f(_log_score, [0.5, 0.5], [tiny, 1.0]), -0.5 * math.log(tiny), 1e-3)
        assert not 5 < f(_log_score, [0.5, 0.5], [1, 0]) < math.inf
    with reason("drops what costs infinity", "If it may happen, the whole is inf.", "6.2"):
        assert f(_log_score, [0.5, 0.5], [1, 0]) == math.inf
        assert f(_log_score, [0.1, 0.2, 0.7], [0.4, 0.6, 0]) == math.inf
    with reason(
        "drops rare outcomes", "What is hardly believed counts: only p = 0 does not.", "6.1"
    ):
        rare = [1 - 2.0**-20, 2.0**-20]
        said = [1 - 2.0**-30, 2.0**-30]
        price = 2.0**-20 * 30 * math.log(2) - rare[0] * math.log1p(-(2.0**-30))
        assert agree(f(_log_score, rare, said), price)
        for chance in (2.0**-60, 1e-300):
            assert f(_log_score, [1.0, chance], [1.0, 0.0]) == math.inf
    with reason("normalises silently", "A sum other than 1 is a mistake: refuse it.", "A.3"):
        for pair in ((p * 0.9, q), (p, q * 0.9)):
            assert not nearly(value_or_none(lambda pair=pair: f(dear, *pair)), truth)
    less = {"p": (p * 0.9, q), "q": (p, q * 0.9)}
    with reason("checks what is believed only", "A report can be broken as well.", "6.1"):
        assert raises(lambda: f(dear, *less["p"])) <= raises(lambda: f(dear, *less["q"]))
    with reason("checks what is said only", "A belief can be broken as well.", "6.1"):
        assert raises(lambda: f(dear, *less["q"])) <= raises(lambda: f(dear, *less["p"]))
    with reason("accepts a sum other than 1", "A distribution sums to 1: refuse the rest.", "A.3"):
        for bad in (p * 0.9, p[:-1], q * 2):
            other = np.full(len(bad), 1 / len(bad))
            assert raises(lambda bad=bad, other=other: f(dear, bad, other))
            assert raises(lambda bad=bad, other=other: f(dear, other, bad))
    with reason("accepts negative entries", "The sum alone does not tell.", "3.6"):
        negative = [1.2, *[0.0] * (K - 2), -0.2]
        assert raises(lambda: f(dear, negative, q))
        assert raises(lambda: f(dear, p, negative))
    with reason("forgives a little below 0", "Negative is negative: refuse, do not repair.", "3.6"):
        for slip in (1e-12, 1e-300):
            assert raises(lambda slip=slip: f(dear, [1.0, -slip], [0.5, 0.5]))
            assert raises(lambda slip=slip: f(dear, [0.5, 0.5], [1.0, -slip]))
    with reason("lets NaN through", "Comparisons with NaN are false, so ask the other way.", "3.6"):
        for hole in ([math.nan, 1.0], [0.5, math.nan]):
            assert raises(lambda hole=hole: f(dear, hole, [0.5, 0.5]))
            assert raises(lambda hole=hole: f(dear, [0.5, 0.5], hole))
    with reason("forgives sums too much", "By more than 1e-9 a sum may not miss 1.", "A.4"):
        for slip in (1 + 1e-7, 1 - 1e-7):
            assert raises(lambda slip=slip: f(dear, p * slip, q))
            assert raises(lambda slip=slip: f(dear, p, q * slip))
    with reason("demands a sum of exactly 1", "Rounded numbers may miss 1, by up to 1e-9.", "A.4"):
        assert nearly(f(dear, p * (1 + 3e-10), q * (1 - 3e-10)), truth)
    with reason("lets lengths differ", "Each outcome needs a belief and a report: refuse.", "6.1"):
        for pair in (([*p, 0.0], q), (p, [*q, 0.0]), ([1.0], q), (p, [1.0])):
            assert raises(lambda pair=pair: f(dear, *pair))
    with reason("compares lengths only", "A column is as long as a row: compare shapes.", "3.6"):
        for one, other in ((p, q[:, None]), (p[:, None], q), (p, q[None]), (p[None], q)):
            assert raises(lambda one=one, other=other: f(dear, one, other))
    with reason("loses digits", "Add up in float64.", "6.1"):
        assert agree(got, truth, 1e-12)


NEAR = 1.001e-7  # how much dearer than the best an answer to 6.2 may be: 1e-7, and rounding


class _Loss:
    """A loss that knows no report outside [0, 1], and counts its calls."""

    def __init__(self, formula):
        self.formula, self.calls, self.outside = formula, 0, False

    def __call__(self, q):
        self.calls += 1
        q = np.asarray(q, dtype=float)
        self.outside |= not bool(np.all((q >= 0) & (q <= 1)))
        return self.formula(np.clip(q, 0, 1))[()]


def _expected(rain, dry, p, q):
    return (p * rain(q) if p > 0 else 0.0) + ((1 - p) * dry(q) if p < 1 else 0.0)


def _least(rain, dry, p):
    """Return the smallest expected loss, from a fine grid that is refined twice."""
    grid = np.linspace(0, 1, 20_001)
    for step in (5e-5, 5e-8):
        at = grid[np.argmin(_expected(rain, dry, p, grid))]
        grid = np.clip(at + step * np.linspace(-1, 1, 2001), 0, 1)
    return _expected(rain, dry, p, grid).min()


@exercise("6.2", example=lambda f: f(lambda q: 1 - q, lambda q: q, 0.6))
def best_report(f, rng):
    asked, known = [], {}

    def said(rain, dry, p):
        case = rain, dry, p
        if case not in known:
            losses = _Loss(rain), _Loss(dry)
            asked.extend(losses)
            known[case] = f(*losses, p)
        return known[case]

    def excess(rain, dry, p):
        """Return how much dearer the answer is than the best report."""
        q = said(rain, dry, p)
        if np.ndim(q) != 0 or not 0 <= q <= 1:
            return math.inf
        return _expected(rain, dry, p, float(q)) - _least(rain, dry, p)

    def linear(q):
        return 1 - q

    def itself(q):
        return q

    p = float(rng.uniform(0.57, 0.68))
    other = float(rng.uniform(0.1, 0.9))
    w = float(rng.uniform(2, 4))

    def square(q):
        return w * (1 - q) ** 2 + 2

    def square_dry(q):
        return q**2 + 2

    with reason("asks for reports outside [0, 1]", "Keep the search within the ends.", "6.1"):
        said(linear, itself, p)
        q = said(square, square_dry, p)
        assert not any(loss.outside for loss in asked)
    with reason("returns several reports", "One number: any of the best.", "6.3"):
        assert np.ndim(q) == 0
        assert np.ndim(said(itself, linear, 0.5)) == 0
    with reason("returns what it costs", "Asked for is the report, not its loss.", "6.1"):
        assert not agree(q, _least(square, square_dry, p), 1e-3)
    with reason(
        "repeats the belief", "Honesty is the cheapest report under some rules only.", "6.3"
    ):
        assert not agree(q, p, 1e-6)
    with reason("swaps rain and dry", "p is what is believed of rain.", "6.1"):
        assert not agree(q, w * (1 - p) / (w * (1 - p) + p), 1e-3)
    with reason("ignores the belief", "Weigh the two losses with p and 1 − p.", "6.1"):
        assert not agree(q, w / (w + 1), 1e-3)
    with reason("takes the dearest report", "Losses are to be small.", "6.1"):
        assert _expected(linear, itself, p, float(said(linear, itself, p))) < p - 1e-3
    with reason(
        "looks for a slope of 0 only", "The lowest place may be an end, where it slopes.", "6.1"
    ):
        assert excess(linear, itself, p) < 1e-3
        assert excess(linear, itself, 1 - p) < 1e-3
    with reason("stays on a grid", "The best report may lie between two hundredths.", "6.3"):
        assert all(excess(square, square_dry, b) < NEAR for b in (p, 1 - p, other))
    size, turns = float(rng.uniform(0.5, 0.6)), float(rng.uniform(10.5, 11.5))

    def wavy(q):
        return (1 - q) ** 2 + size * np.sin(turns * q) ** 2

    def waves(q):
        return q**2 + size * np.sin(turns * q) ** 2

    with reason("searches for one valley", "There may be several: look into each.", "6.3"):
        assert excess(wavy, waves, p) < 5e-3
        assert all(excess(wavy, waves, b) < 5e-3 for b in (0.12, 0.3, 0.88))

    def kinks():
        """Return a loss with a kink, from which it rises to both sides, and another one."""
        at, other = rng.integers(1, 4), rng.integers(5, 9)
        a, b = (float(n) / 10 + float(rng.uniform(0.02, 0.08)) for n in (at, other))
        return lambda q: abs(q - b), lambda q: 0.5 * abs(q - a)

    bent = [(*kinks(), p), (*kinks(), p), (*kinks(), 0.2)]
    with reason("expects a smooth loss", "At a kink no parabola fits, and no slope is 0.", "6.3"):
        assert all(excess(*case) < 1e-4 for case in bent)
    with reason("stops too early", "The report may cost 1e-7 more than the best.", "6.3"):
        assert all(excess(*case) < NEAR for case in bent)
        assert excess(wavy, waves, p) < NEAR

    rain, dry, _ = bent[0]
    with reason(
        "takes certainty for an end",
        "This fails for p = 0 and 1. Somebody who is sure may do best with another report: look.",
        "6.3",
    ):
        assert excess(rain, dry, 0.0) < NEAR
        assert excess(rain, dry, 1) < NEAR

    def log_rain(q):
        return w * _minus_log(q)

    def log_dry(q):
        return _minus_log(1 - q)

    with reason("warns where a loss is infinite", "inf − inf is NaN: compare instead.", "6.2"):
        said(log_rain, log_dry, p)
    with reason("is misled by an infinite loss", "No best report costs inf here.", "6.2"):
        assert excess(log_rain, log_dry, p) < NEAR
    with reason("never looks at the ends", "The best report may be 0 or 1 itself.", "6.1"):
        assert excess(linear, itself, p) < NEAR
        assert excess(linear, itself, 1 - p) < NEAR
        assert excess(log_rain, itself, p) < NEAR
    with reason(
        "gets NaN from 0 · inf", "What cannot come costs nothing: leave it out of the sum.", "6.2"
    ):
        assert excess(log_rain, log_dry, 0) < NEAR
        assert excess(log_rain, dry, 0.0) < NEAR
        assert excess(rain, log_dry, 1) < NEAR
    knots = np.arange(11) / 10
    heights = rng.permutation(11) / 200 + 1

    def level(q):
        """Rise to both sides of a level floor."""
        return np.maximum(abs(q - 0.52), 0.08)

    def stairs(q):
        """Go straight from knot to knot, level between two of them."""
        return np.interp(q, knots, np.repeat(heights[:6], 2)[:11])

    with reason("overlooks a level floor", "The lowest place may be a stretch.", "6.3"):
        assert excess(level, level, p) < NEAR
        assert excess(stairs, stairs, p) < NEAR
    piece = int(rng.integers(2, 8))
    inner = piece / 10 + float(rng.uniform(0.03, 0.07))
    dear = np.where(abs(knots - inner) < 0.1, 1.06, heights)

    def deep(q):
        return np.interp(q, np.insert(knots, piece + 1, inner), np.insert(dear, piece + 1, 0.98))

    with reason(
        "passes by a valley between two tenths",
        "Both ends of a piece may be dear, and a valley between them deep.",
        "6.3",
    ):
        assert excess(deep, deep, p) < NEAR
    with reason(
        "asks too often", "1 000 calls of each must do; arrays are answered at once.", "6.3"
    ):
        assert all(loss.calls <= 1000 for loss in asked)
    with reason("asks for reports outside [0, 1]", "Keep the search within the ends.", "6.1"):
        assert not any(loss.outside for loss in asked)
    with reason("lets NaN through", "Comparisons with NaN are false, so ask the other way.", "6.1"):
        assert raises(lambda: f(linear, itself, math.nan))
    with reason("accepts what is not a probability", "Refuse all that is outside [0, 1].", "6.1"):
        for bad in (-p, 1 + p, -1e-12, 1 + 1e-12, math.inf):
            assert raises(lambda bad=bad: f(linear, itself, bad))


def _focal(q, gamma):
    """Return the focal loss's steepness for 0 < q < 1."""
    x, g = mpmath.mpf(float(q)), mpmath.mpf(gamma)
    return float((1 - x) ** g / x - g * (1 - x) ** (g - 1) * mpmath.log(x))


@exercise("6.3", example=lambda slope, undo: (slope(0.5), undo(np.array([0.3, 0.7]), slope)))
def undo(focal_slope, f, rng):
    gamma = float(rng.uniform(2.5, 4))
    many = rng.uniform(0.02, 0.98, size=(2, 3))
    got, exact = focal_slope(many, gamma), np.vectorize(lambda x: _focal(x, gamma))(many)
    with reason("returns a slope below 0", "The steepness is minus the derivative.", "6.3"):
        assert np.all(np.asarray(got) > 0)
    with reason("returns the loss", "Asked for is how steeply it falls.", "6.3"):
        assert not nearly(got, -((1 - many) ** gamma) * np.log(many))
    with reason("drops the second term", "The derivative of a product has two terms.", "6.3"):
        assert not nearly(got, (1 - many) ** gamma / many)
    with reason("always takes gamma 2", "gamma is an argument.", "6.3"):
        assert not nearly(got, np.vectorize(lambda x: _focal(x, 2))(many))
    with reason("takes one number only", "An array has an answer for every entry.", "6.3"):
        assert np.shape(got) == (2, 3)
        assert np.shape(focal_slope(0.3, gamma)) == ()
    with reason(
        "finds another steepness",
        "This fails for some q or γ. One cause may be another derivative of −(1 − q)^γ ln q; "
        "another one a γ that is rounded, or a small q that is raised.",
        "6.3",
    ):
        assert agree(got, exact)
        assert agree(focal_slope(0.3), _focal(0.3, 2))
        small = float(10.0 ** -rng.uniform(5, 300))
        assert agree(focal_slope(small, gamma), _focal(small, gamma))
        assert agree(focal_slope(many, 1.0), np.vectorize(lambda x: _focal(x, 1))(many))
    with reason("stumbles over the ends", "Treat q = 0 and q = 1 apart.", "6.3"):
        for g in (gamma, 2.0, 1.0, 0.5):
            assert agree(focal_slope(np.array([0.0, 1.0, 0.0]), g), [np.inf, 0.0, np.inf])
        assert agree(focal_slope(0.0), np.inf)
        assert agree(focal_slope(1), 0.0)
    with reason("forgets the plain logarithm", "With γ = 0 the steepness is 1/q, at 1 too.", "6.3"):
        plain = np.array([1.0, 0.25, 0.0])
        assert agree(focal_slope(plain, 0.0), [1.0, 4.0, np.inf])
        assert agree(focal_slope(plain, 0), [1.0, 4.0, np.inf])

    def steep(q):
        """Return a focal loss's steepness, without the student's function."""
        x = np.clip(np.asarray(q, dtype=float), 1e-300, 1 - 2.0**-53)
        inner = (1 - x) ** 2 / x - 2 * (1 - x) * np.log(x)
        return np.where(q == 0, np.inf, np.where(q == 1, 0.0, inner))

    def log_steep(q):
        with np.errstate(divide="ignore"):
            return 1 / np.asarray(q, dtype=float)

    K, N = int(rng.integers(3, 7)), int(rng.integers(2, 5))
    rows = np.stack([dyadic(0.05 + rng.dirichlet(np.ones(K))) for _ in range(N)])
    weight = rng.uniform(1, 5, size=K)
    q = rows[0]
    believed = f(q.copy(), steep)

    def share(v):
        return v / v.sum(axis=-1, keepdims=True)

    with reason("multiplies by the steepness", "Who says much of it may believe more.", "6.3"):
        assert not nearly(believed, share(steep(q)))
    with reason("forgets to normalise", "A belief sums to 1.", "6.3"):
        assert nearly(np.sum(believed), 1)
    with reason("bends the report once more", "Only the steepness tells what is believed.", "6.3"):
        assert not nearly(believed, share(q / steep(q)))
    with reason(
        "finds another belief",
        "This fails for a single report. One cause may be another formula: p is proportional to "
        "one over the steepness.",
        "6.3",
    ):
        assert nearly(believed, share(1 / steep(q)))
    with reason("mixes the rows", "Each row is its own report, and sums to 1.", "6.3"):
        assert nearly(f(rows.copy(), steep), share(1 / steep(rows)))
    with reason(
        "hands over one entry at a time",
        "This fails for class weights, which belong to their places: the slope wants an array of "
        "the shape of q, with all entries at once.",
        "6.3",
    ):
        odds = share(q / weight)
        assert nearly(f(q.copy(), lambda x: weight / np.asarray(x)), odds)
        assert nearly(f(rows.copy(), lambda x: weight / np.asarray(x)), share(rows / weight))
    shapes = []

    def noted(x):
        shapes.append(np.shape(x))
        return steep(x)

    with reason(
        "hands over another shape",
        "This fails because the slope was given an array of another shape than q has. One cause "
        "may be rows that are handed over one by one.",
        "6.3",
    ):
        for report in (q, rows):
            shapes.clear()
            f(report.copy(), noted)
            assert set(shapes) == {report.shape}
    with reason(
        "hands over the entries above 0 only",
        "This fails for class weights where 0 is said of a class: the slope wants an array of the "
        "shape of q.",
        "6.3",
    ):
        gap = np.concatenate([[0.0], q[1:] / q[1:].sum()])
        with np.errstate(divide="ignore"):
            assert nearly(f(gap.copy(), lambda x: weight * log_steep(x)), share(gap / weight))

    def even(q):
        """Return another steepness, which is neither infinite at 0 nor 0 at 1."""
        return 2.0 - np.asarray(q, dtype=float)

    holes = np.array([0.25, 0.0, 0.75]), np.array([[0.0, 1.0], [0.5, 0.5]])
    with reason(
        "loses what is certain", "Where 1 is said, 1 is believed: nothing divided by 0.", "6.3"
    ):
        assert nearly(f(holes[1].copy(), steep), holes[1])
        assert nearly(f(np.array([1.0]), steep), [1.0])
        assert nearly(f(np.array([0.0, 0.0, 1.0]), even), [0.0, 0.0, 1.0])
    with reason("believes in what is called impossible", "Where 0 is said, 0 comes back.", "6.3"):
        assert nearly(f(holes[0].copy(), even), share(np.array([1.25, 0, 1.75])))
        assert nearly(
            f(holes[0].copy(), steep), share(np.array([1 / steep(0.25), 0, 1 / steep(0.75)]))
        )
    with reason(
        "takes the nearly certain for certain",
        "This fails for an entry near 0 or 1 that is neither: only 0 and 1 are treated apart.",
        "6.3",
    ):
        tiny = 2.0 ** -int(rng.integers(35, 45))
        light = np.array([tiny, 1.0])
        even_odds = share(np.array([1.0, 1 - tiny]))
        assert nearly(f(np.array([tiny, 1 - tiny]), lambda x: light * log_steep(x)), even_odds)
    with reason("puts a little in the place of 0", "0 comes back as 0, not as 1e-12.", "6.3"):
        for slope in (even, steep, log_steep):
            assert np.asarray(f(holes[0].copy(), slope))[1] == 0
    with reason("changes the report it was given", "Work on a copy.", "6.3"):
        mine = np.concatenate([rows, np.eye(K)])
        before = mine.copy()
        f(mine, steep)
        assert np.array_equal(mine, before)
    with reason(
        "checks the reports together", "Two rows may be wrong and balance: look at each.", "A.3"
    ):
        off = np.stack([rows[0] * 0.9, rows[1] * 1.1])
        assert raises(lambda: f(q * 0.9, log_steep)) <= raises(lambda: f(off, log_steep))
    with reason("accepts a sum other than 1", "A distribution sums to 1: refuse the rest.", "A.3"):
        for bad in (q * 0.9, q * 2, rows * 0.9, np.append(rows[:1], rows[1:] * 1.1, axis=0)):
            assert raises(lambda bad=bad: f(bad, log_steep))
    with reason("accepts negative entries", "The sum alone does not tell.", "3.6"):
        for bad in ([1.2, -0.2], [[0.5, 0.5], [-0.1, 1.1]], [1.0, -1e-300]):
            assert raises(lambda bad=bad: f(np.array(bad), even))
    with reason("lets NaN through", "Comparisons with NaN are false, so ask the other way.", "3.6"):
        for bad in ([math.nan, 1.0], [[0.5, 0.5], [0.5, math.nan]]):
            assert raises(lambda bad=bad: f(np.array(bad), even))
    with reason("forgives sums too much", "By more than 1e-9 a sum may not miss 1.", "A.4"):
        for slip in (1 + 1e-7, 1 - 1e-7):
            assert raises(lambda slip=slip: f(q * slip, log_steep))
    with reason("demands a sum of exactly 1", "Rounded numbers may miss 1, by up to 1e-9.", "A.4"):
        assert nearly(f(q * (1 + 3e-10), log_steep), q)
    with reason("loses digits", "Divide in float64, and by the sum at last.", "6.3"):
        assert agree(f(q.copy(), log_steep), q)
        assert agree(f(rows.copy(), log_steep), rows)
        assert agree(f(q.copy(), lambda x: 1e8 * log_steep(x)), q)
        assert agree(believed, share(1 / steep(q)))
        assert agree(np.sum(f(rows.copy(), steep), axis=1), np.ones(N))


def _table(q, happened, bins):
    """Return n, said and p_hat of the bins, by comparing with one edge after the other."""
    groups = {}
    for x, y in zip(q, happened, strict=True):
        b = next(b for b in range(bins) if x <= (b + 1) / bins)
        groups.setdefault(b, []).append((float(x), float(y)))
    days = [groups[b] for b in sorted(groups)]
    means = [[math.fsum(d[i] for d in group) / len(group) for group in days] for i in (0, 1)]
    return [len(group) for group in days], *means


def _edges():
    """Return reports at and just above edges: where q · bins misleads, where linspace does."""
    by_product, by_linspace = [], []
    for bins in range(3, 40):
        spaced = np.linspace(0, 1, bins + 1)[1:]
        for k in range(1, bins):
            for x in (k / bins, float(np.nextafter(k / bins, 1)), float(np.nextafter(k / bins, 0))):
                b = next(b for b in range(bins) if x <= (b + 1) / bins)
                if np.searchsorted(spaced, x) != b:
                    by_linspace.append((x, b, bins))
                elif math.ceil(x * bins) - 1 != b:
                    by_product.append((x, b, bins))
    return by_product, by_linspace


@exercise(
    "6.4",
    example=lambda f: f(np.repeat([0.8, 0.4], 5), np.repeat([1, 0], [6, 4]), 2),
    forbidden=("lib.scoring", "sklearn.calibration.calibration_curve"),
)
def reliability_table(f, rng):
    tenths = [k / 10 for k in range(11)]
    N, bins = int(rng.integers(60, 90)), int(rng.integers(4, 9))
    q = np.round(rng.uniform(0.02, 0.98, size=N), 6)
    happened = (rng.random(N) < q).astype(int)
    happened[:3] = 0, 1, 1

    def same(got, expected, within=1e-12):
        return len(got) == 3 and all(
            agree(*pair, within) for pair in zip(got, expected, strict=True)
        )

    with reason("takes arrays only", "Lists come as well: np.asarray.", "6.5"):
        got = f(q.tolist(), happened.tolist())
    with reason("changes what it was given", "Work on copies.", "6.5"):
        said_first, then = q.copy(), happened.copy()
        f(said_first, then)
        assert np.array_equal(said_first, q)
        assert np.array_equal(then, happened)
        lists = q.tolist(), happened.tolist()
        f(*lists)
        assert lists == (q.tolist(), happened.tolist())
    expected = _table(q, happened, 10)
    with reason("returns something else than three arrays", "n, said, p_hat.", "6.5"):
        n, said, p_hat = got
        assert len(n) == len(said) == len(p_hat)
    with reason("keeps empty bins", "A bin without a day has no mean: leave it out.", "6.5"):
        few = f([0.05, 0.95, 0.97], [0, 1, 1])
        assert 0 not in list(few[0])
    with reason(
        "returns the bins as they come",
        "From the lowest to the highest, in whatever order they come.",
        "6.5",
    ):
        for part in (0, 1, 2):
            assert agree(f([0.95, 0.05, 0.97], [1, 0, 1])[part], few[part])
    with reason("knows True and False only", "1 and 0 are to mean the same as they.", "6.5"):
        assert agree(f(q.tolist(), (happened == 1).tolist())[2], p_hat)
        assert agree(f(q.copy(), happened.astype(float))[2], p_hat)
    with reason("turns days into shares", "n is a number of days.", "6.5"):
        assert not agree(n, np.divide(expected[0], N))
    with reason("counts the hits", "p_hat is a share of the bin's days.", "6.5"):
        assert not agree(p_hat, np.multiply(expected[0], expected[2]))
    with reason("takes the middle of a bin for what was said", "Take the mean.", "6.5"):
        middles = (np.arange(10) + 0.5) / 10
        assert not all(min(abs(middles - x)) < 1e-9 for x in said)
    with reason("lets np.histogram set the edges", "Its bins begin with their lower edge.", "6.5"):
        counts = np.histogram(tenths, bins=10, range=(0, 1))[0]
        assert not agree(f(tenths, [0] * 11)[0], counts[counts > 0])
    with reason("gives 0 its own bin", "The first bin holds q = 0 too.", "6.5"):
        for lowest in ([0.0, 0.05], [0.0], [0, 0.0, 0.07]):
            assert agree(f(lowest, [0] * len(lowest))[0], [len(lowest)])
    with reason("gives 1 its own bin", "The last bin holds q = 1 too.", "6.5"):
        for highest in ([1.0, 0.95], [1.0], [1, 1.0, 0.91]):
            assert agree(f(highest, [1] * len(highest))[0], [len(highest)])
    with reason("closes its bins on the left", "A bin ends with its upper edge.", "6.5"):
        assert agree(f([0.15, 0.2], [0, 1])[0], [2])
        assert agree(f([0.5, 0.55], [0, 1])[0], [1, 1])
    with reason("always has ten bins", "bins is an argument.", "6.5"):
        for other in (bins, 25, 1000):
            assert len(f(q, happened, other)[0]) == len(_table(q, happened, other)[0])
        assert agree(f(q, happened, 1)[0], [N])
    by_product, by_linspace = _edges()
    for name, cure, where in (
        (
            "multiplies where it should compare",
            "This fails next to an edge. One cause may be q · bins, which is rounded.",
            by_product,
        ),
        (
            "spaces its edges another way",
            "This fails at an edge or near it. One cause may be linspace: its 0.3 is not 3/10.",
            by_linspace,
        ),
    ):
        with reason(name, cure, "6.5"):
            for at in rng.permutation(len(where))[:40]:
                x, b, many = where[at]
                below, above = (b + 0.5) / many, (b + 1.5) / many
                near = [v for v in (below, above, below - 1 / many) if 0 < v < 1]
                assert same(
                    f([x, *near], [1] + [0] * len(near), many),
                    _table([x, *near], [1] + [0] * len(near), many),
                )
    with reason("lets zip cut the longer list", "Different lengths are a mistake: refuse.", "6.5"):
        assert raises(lambda: f(q, happened[:-1]))
        assert raises(lambda: f(q[:-1], happened))
        assert raises(lambda: f(q, [1]))
    with reason("answers for no day", "Without a day there is no record: refuse.", "6.5"):
        assert raises(lambda: f([], []))
    with reason("lets NaN through", "Comparisons with NaN are false, so ask the other way.", "6.5"):
        assert raises(lambda: f([0.5, math.nan], [0, 1]))
    with reason("accepts what is not a probability", "Refuse all that is outside [0, 1].", "6.5"):
        for bad in (-0.1, 1.1, -1e-12, 1 + 1e-12, math.inf):
            assert raises(lambda bad=bad: f([0.5, bad], [0, 1]))
    with reason("accepts impossible bins", "A whole number, 1 or more: refuse the rest.", "6.5"):
        for bad in (0, -3, 2.5, 0.5):
            assert raises(lambda bad=bad: f(q, happened, bad))
    with reason(
        "misses the table", "Compare every bin: its days, what was said, what came.", "6.5"
    ):
        assert same(got, expected)
        assert same(f(q, happened.astype(bool), bins), _table(q, happened, bins))
        assert same(f(q, (happened == 1).tolist(), 17), _table(q, happened, 17))
        assert same(f(tenths, [0, 1] * 5 + [1]), _table(tenths, [0, 1] * 5 + [1], 10))


def _terms(p_hat, q):
    """Return KL and entropy of two outcomes, in nats, by multiple precision."""
    kl = entropy = mpmath.mpf(0)
    for a, b in ((p_hat, q), (1 - p_hat, 1 - q)):
        if a:
            share, other = mpmath.mpf(a.numerator) / a.denominator, mpmath.mpf(b)
            kl += share * mpmath.log(share / other) if b else mpmath.inf
            entropy -= share * mpmath.log(share)
    return kl, entropy


def _bills(q, happened):
    groups = {}
    for x, y in zip(q, happened, strict=True):
        groups.setdefault(float(x), []).append(int(y))
    total = [mpmath.mpf(0), mpmath.mpf(0)]
    for x, days in groups.items():
        for i, term in enumerate(_terms(Fraction(sum(days), len(days)), x)):
            total[i] += len(days) * term / len(q)
    return tuple(map(float, total))


def _record(rng, days, reports):
    """Return a record with groups of different sizes, none of which is always right."""
    q = rng.choice(reports, size=days)
    q[: 2 * len(reports)] = np.repeat(reports, 2)
    happened = (rng.random(days) < 0.2 + 0.5 * q).astype(int)
    happened[: 2 * len(reports)] = [0, 1] * len(reports)
    order = rng.permutation(days)
    return q[order], happened[order]


@exercise(
    "6.5",
    example=lambda f: f(np.repeat([0.8, 0.4], 5), np.repeat([1, 0], [6, 4])),
    forbidden=("lib.scoring",),
)
def two_bills(f, rng):
    reports = np.round(rng.uniform([0.05, 0.3, 0.55, 0.8], [0.2, 0.45, 0.7, 0.95]), 4)
    N = int(rng.integers(40, 60))
    q, happened = _record(rng, N, reports)
    with reason("takes arrays only", "Lists come as well: np.asarray.", "6.6"):
        got = f(q.tolist(), happened.astype(bool).tolist())
    truth = _bills(q, happened)
    p_hats = np.array([happened[q == x].mean() for x in reports])
    n = np.array([(q == x).sum() for x in reports])

    def kl(a, b):
        return a * np.log(a / b) + (1 - a) * np.log((1 - a) / (1 - b))

    def entropy(a):
        return -a * np.log(a) - (1 - a) * np.log(1 - a)

    with reason("knows True and False only", "1 and 0 are to mean the same as they.", "6.6"):
        assert nearly(f(q.copy(), happened.copy()), got)
        assert nearly(f(q.copy(), happened.astype(float)), got)
    with reason("returns the refinement first", "(calibration, refinement).", "6.6"):
        assert not nearly(got, truth[::-1])
    with reason("measures in bits", "The answer is asked in nats: natural logarithm.", "3.7"):
        assert not nearly(got, np.array(truth) / math.log(2))
    with reason("sums over the days", "Nats a day: divide by N.", "6.6"):
        assert not nearly(got, np.array(truth) * N)
    with reason("weighs every group alike", "A group counts with its days.", "6.6"):
        assert not nearly(got[0], kl(p_hats, reports).mean())
        assert not nearly(got[1], entropy(p_hats).mean())
    with reason("turns KL round", "What came draws, so it stands first: KL(p̂‖q).", "6.6"):
        assert not nearly(got[0], n @ kl(reports, p_hats) / N)
    with reason("forgets the dry days", "Rain and no rain are two outcomes: add both.", "6.6"):
        assert not nearly(got[0], n @ (p_hats * np.log(p_hats / reports)) / N)
        assert not nearly(got[1], n @ (-p_hats * np.log(p_hats)) / N)
    with reason("takes the distance for the price", "A log score is not a distance.", "6.6"):
        assert not nearly(got[0], n @ abs(p_hats - reports) / N)
        assert not nearly(got[0], n @ (p_hats - reports) ** 2 / N)
    with reason("takes the entropy of the whole record", "Each group has its own.", "6.6"):
        assert not nearly(got[1], entropy(happened.mean()))
    with reason("takes the entropy of what was said", "The refinement is that of p̂.", "6.6"):
        assert not nearly(got[1], n @ entropy(reports) / N)
    with reason("groups neighbours only", "Equal reports belong together, far apart too.", "6.6"):
        order = np.argsort(q, kind="stable")
        assert nearly(got, f(q[order], happened[order]))
    with reason(
        "finds other bills",
        "This fails for four reports. One cause may be that a mean over days was taken over "
        "groups.",
        "6.6",
    ):
        assert nearly(got, truth)
    with reason("puts reports into bins", "Equal floats make a group, and nothing else.", "6.6"):
        for near in (1e-3, 4e-4, 1e-4):
            close = np.where(q == reports[0], reports[1] + near, q)
            assert nearly(f(close, happened), _bills(close, happened))
    with reason("rounds the reports", "Equal as floats: 0.8 and 0.8 + 1e-12 are two.", "6.6"):
        for near in (reports[1] + 2.0**-40, np.nextafter(reports[1], 1)):
            close = np.where(q == reports[0], near, q)
            assert nearly(f(close, happened), _bills(close, happened))
    sure = [1.0, 1.0, 0.0, 0.5, 0.5], [1, 1, 0, 1, 0]
    wrong = [([0.0, 0.5, 0.5, 0.0], [1, 1, 0, 0]), ([1.0, 0.5, 0.5], [0, 1, 0])]
    with reason("warns at 0 and 1", "0 log 0 is 0, and log 0 is valid: silence it.", "6.6"):
        f(*sure)
        for record in wrong:
            f(*record)
    with reason("gets NaN from 0 · log 0", "Who was rightly sure pays nothing.", "6.6"):
        assert nearly(f(*sure), (0.0, 0.4 * math.log(2)))
        assert nearly(f([1.0], [1]), (0.0, 0.0))
        assert nearly(f([0], [0]), (0.0, 0.0))
        assert nearly(f([0.6, 0.6], [1, 1]), (-math.log(0.6), 0.0))
    with reason("hides an infinite price", "A small number beside 0 makes inf finite.", "2.8"):
        assert all(not 1 < f(*record)[0] < math.inf for record in wrong)
        tiny = [10.0**-40, 10.0**-40], [1, 0]
        assert nearly(f(*tiny), _bills(*tiny))
    with reason(
        "subtracts infinity from infinity", "The refinement is finite all the same.", "6.6"
    ):
        for record in wrong:
            calibration, refinement = f(*record)
            assert calibration == math.inf
            assert nearly(refinement, _bills(*record)[1])
    with reason("lets zip cut the longer list", "Different lengths are a mistake: refuse.", "6.6"):
        assert raises(lambda: f(q, happened[:-1]))
        assert raises(lambda: f(q[:-1], happened))
        assert raises(lambda: f(q, [1]))
    with reason("answers for no day", "Without a day there is no mean: refuse.", "6.6"):
        assert raises(lambda: f([], []))
    with reason("lets NaN through", "Comparisons with NaN are false, so ask the other way.", "6.6"):
        assert raises(lambda: f([0.5, math.nan], [0, 1]))
    with reason("accepts what is not a probability", "Refuse all that is outside [0, 1].", "6.6"):
        for bad in (-0.1, 1.1, -1e-12, 1 + 1e-12, math.inf):
            assert raises(lambda bad=bad: f([0.5, bad], [0, 1]))
    with reason("loses digits", "The two bills add up to the mean log score.", "6.6"):
        for _ in range(60):
            x, y = _record(rng, int(rng.integers(20, 40)), rng.uniform(0.01, 0.99, size=6))
            bills = f(x, y)
            score = np.where(y == 1, -np.log(x), -np.log1p(-x)).mean()
            assert agree(bills[0] + bills[1], score)
        assert agree(got, truth)


@cache  # every answer of a class is asked for the same evenings
def _gap(n, q):
    """Return the mean of |p̂ − q| as a Fraction, by adding up what can come."""
    q = Fraction(q)
    return sum(
        (
            math.comb(n, k) * q**k * (1 - q) ** (n - k) * abs(Fraction(k, n) - q)
            for k in range(n + 1)
        ),
        Fraction(0),
    )


@cache
def _long_gap(n, q):
    """Return the same for many evenings, adding the gaps above q with 30 digits."""
    with mpmath.workdps(30):
        x = mpmath.mpf(q)
        m = math.floor(n * Fraction(q)) + 1
        log_pmf = (
            (mpmath.loggamma(n + 1) - mpmath.loggamma(m + 1) - mpmath.loggamma(n - m + 1))
            + m * mpmath.log(x)
            + (n - m) * mpmath.log(1 - x)
        )
        rains, total = mpmath.exp(log_pmf), mpmath.mpf(0)
        while m <= n:
            term = rains * (mpmath.mpf(m) / n - x)
            total += term
            if term < total * mpmath.mpf(10) ** -16 and m > n * x + 1:
                break
            rains *= (n - m) * x / ((m + 1) * (1 - x))
            m += 1
        return float(2 * total)


def _close(got, expected, within):
    return np.ndim(got) == 0 and abs(got - expected) <= within * expected


@exercise("6.6", example=lambda f: f(5, 0.6))
def expected_gap(f, rng):
    n, q = int(rng.integers(7, 30)), float(rng.uniform(0.25, 0.4))
    got, truth = f(n, q), float(_gap(n, q))
    with reason("lets the gaps cancel", "Take the size of each gap, then the mean.", "6.5"):
        assert got > 1e-9
    with reason("takes the standard deviation", "The mean of the sizes is smaller.", "6.5"):
        assert not nearly(got, math.sqrt(q * (1 - q) / n))
    with reason("takes the variance", "The sizes themselves are asked for.", "6.5"):
        assert not nearly(got, q * (1 - q) / n)
    with reason("trusts a normal curve", "n evenings have n + 1 shares: add them up.", "6.5"):
        assert not nearly(got, math.sqrt(2 / math.pi * q * (1 - q) / n))
    with reason("counts evenings", "p̂ is a share: divide by n.", "6.5"):
        assert not nearly(got, n * truth)
    with reason("forgets how probable each share is", "Weigh the gaps.", "6.5"):
        k = np.arange(n + 1)
        assert not nearly(got, abs(k / n - q).mean())
    with reason("counts one side only", "Too much and too little rain are both gaps.", "6.5"):
        assert not nearly(got, truth / 2)
    with reason(
        "is nearly right",
        "This fails in the digits behind the first one or two. One cause may be that evenings "
        "were drawn; add up what can come instead.",
        "6.5",
    ):
        assert agree(got, truth, 1e-5) or not agree(got / truth, 1, 0.2)
    with reason(
        "finds another gap",
        "This fails for a few evenings. One cause may be that the orders in which k rainy "
        "evenings can come were not counted.",
        "6.5",
    ):
        assert _close(got, truth, 1e-6)
    with reason("stumbles over a single evening", "After one evening p̂ is 0 or 1.", "6.5"):
        assert _close(f(1, q), 2 * q * (1 - q), 1e-6)
    with reason("stumbles over certainty", "Who says 0 or 1, rightly, has no gap.", "6.5"):
        for sure in (0.0, 1.0, 0, 1, Fraction(0), Fraction(1)):
            assert f(n, sure) == 0
            assert f(1, sure) == 0
    exact = Fraction(int(rng.integers(1, 9)), int(rng.integers(9, 14)))
    with reason("turns a Fraction into a float", "With a Fraction all stays exact.", "6.5"):
        assert isinstance(f(5, exact), Fraction)
    with reason("comes near a Fraction only", "Exact from begin to end: no float between.", "6.5"):
        for evenings in (1, 5, n, 100):
            assert f(evenings, exact) == _gap(evenings, exact)
    with reason("returns a Fraction for a float", "A float q gives a float.", "6.5"):
        assert not isinstance(f(5, q), Fraction)
    with reason(
        "breaks down after many evenings",
        "One cause may be comb(n, k), which is too large, and powers, which are too small.",
        "6.5",
    ):
        for evenings, x in ((2000, q), (1999, 1 - q)):
            assert _close(f(evenings, x), _long_gap(evenings, x), 1e-5)
    with reason(
        "trusts a normal curve after many evenings",
        "This is right in three digits, and six are asked for. One cause may be a formula that "
        "holds for infinitely many evenings.",
        "6.5",
    ):
        off = abs(f(20_000, q) / _long_gap(20_000, q) - 1)
        assert off < 1e-6 or off > 1e-3
    with reason("breaks down after a million evenings", "A million evenings too.", "6.5"):
        for evenings, x in ((20_000, q), (10**6, q), (10**6, 1e-5)):
            assert _close(f(evenings, x), _long_gap(evenings, x), 1e-6)
    tiny = float(10.0 ** -rng.uniform(10, 14))
    with reason("rounds small gaps away", "A gap of 1e-12 has nine digits as well.", "6.5"):
        assert _close(f(n, tiny), float(_gap(n, tiny)), 1e-4)
    with reason("loses digits", "Nine digits up to 2 000 evenings.", "6.5"):
        for evenings, x in (
            (n, q),
            (n, tiny),
            (1, q),
            (40, 0.6),
            (100, 0.29),
            (2000, q),
            (2000, 0.5),
        ):
            oracle = float(_gap(evenings, x)) if evenings < 200 else _long_gap(evenings, x)
            assert _close(f(evenings, x), oracle, 1e-9)
    with reason("accepts impossible evenings", "A whole number, 1 or more: refuse.", "6.5"):
        for bad in (0, -3, 2.5, 0.5, math.nan):
            assert raises(lambda bad=bad: f(bad, q))
    with reason("lets NaN through", "Comparisons with NaN are false, so ask the other way.", "6.5"):
        assert raises(lambda: f(n, math.nan))
    with reason("accepts what is not a probability", "Refuse all that is outside [0, 1].", "6.5"):
        for bad in (-0.1, 1.1, -1e-12, 1 + 1e-12, Fraction(9, 8), Fraction(-1, 8), math.inf):
            assert raises(lambda bad=bad: f(n, bad))


def _lying(z, y, eta):
    """Return one image's loss and gradient with 40 digits beyond the largest logit."""
    with mpmath.workdps(40):
        K, top = len(z), max(z)
        weights = [mpmath.exp(mpmath.mpf(float(x)) - top) for x in z]
        total = mpmath.fsum(weights)
        q = [w / total for w in weights]
        rest = mpmath.fsum(w for j, w in enumerate(weights) if j != y) / total
        eta = mpmath.mpf(eta)
        r = (1 - eta) * q[y] + eta / (K - 1) * rest
        pull = (1 - eta * K / (K - 1)) * q[y] / r
        return float(-mpmath.log(r)), [float(pull * (q[j] - (j == y))) for j in range(K)]


@exercise("6.7", example=lambda f: f(np.array([[2.0] + [0.0] * 9]), np.array([0]), 0.4))
def lying_nll(f, rng):
    N, K = int(rng.integers(3, 6)), int(rng.integers(4, 9))
    z, y = rng.normal(size=(N, K)), rng.integers(K, size=N)
    eta = float(rng.uniform(0.2, 0.5))
    with reason("changes the logits it was given", "z = z − …, not z −= ….", "6.9"):
        given = z.copy()
        result = f(given, y.copy(), eta)
        assert np.array_equal(given, z)
    with reason("returns something else than two arrays", "The losses, the gradient.", "6.9"):
        losses, gradient = result
    with reason("averages over the images", "Each image has its own loss: shape (N,).", "6.9"):
        assert np.size(losses) == N
    with reason("returns other shapes", "The losses (N,), the gradient (N, K).", "6.9"):
        assert np.shape(losses) == (N,)
        assert np.shape(gradient) == (N, K)
    rows = np.arange(N)
    q = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    true = q[rows, y]
    exact = [_lying(z[i], y[i], eta) for i in range(N)]
    loss, slope = np.array([e[0] for e in exact]), np.array([e[1] for e in exact])

    def nats(r):
        with np.errstate(invalid="ignore", divide="ignore"):
            return -np.log(r)

    with reason("ignores the lies", "The label is what the network must expect.", "6.9"):
        assert not nearly(losses, nats(true))
    with reason("measures in bits", "The answer is asked in nats: natural logarithm.", "3.7"):
        assert not nearly(losses, loss / math.log(2))
    with reason("lets a lie hit the truth", "A lie is one of the other K − 1 classes.", "6.9"):
        assert not nearly(losses, nats((1 - eta) * true + eta / K))
    with reason("counts the truth among the lies", "The liar picks it with 1 − q_y.", "6.9"):
        assert not nearly(losses, nats((1 - eta) * true + eta / (K - 1)))
    with reason("mixes losses", "Mix the probabilities, then take one logarithm.", "6.9"):
        mixed = (1 - eta - eta / (K - 1)) * nats(true) + eta / (K - 1) * nats(q).sum(axis=1)
        assert not nearly(losses, mixed)
    with reason("takes the lies away", "q is of the true class: bend it, do not unbend.", "6.9"):
        undone = (true - eta / (K - 1)) / (1 - K * eta / (K - 1))
        assert not any(nearly(got, want) for got, want in zip(losses, nats(undone), strict=True))
    with reason(
        "finds another loss", "This fails for a few images. Follow the formula of r.", "6.9"
    ):
        assert nearly(losses, loss)
    with reason("pulls the wrong way", "The loss falls as the label's logit grows.", "4.5"):
        assert not nearly(gradient, -slope)
    with reason("pulls as if nobody lied", "The lies weaken q − e_y.", "6.9"):
        plain = q.copy()
        plain[rows, y] -= 1
        assert not nearly(gradient, plain)
    with reason("divides the gradient by the batch", "Each loss has its own gradient.", "6.9"):
        assert not nearly(gradient, slope / N)
    with reason("stops at the probabilities", "The slope along z_j, not along q_j.", "4.5"):
        r = np.exp(-loss)
        by_q = np.zeros((N, K))
        by_q[rows, y] = -(1 - eta - eta / (K - 1)) / r
        assert not nearly(gradient, by_q)
    with reason(
        "finds another gradient",
        "This fails for a few images. The chain rule has two links: r follows q_y, and q_y follows "
        "every logit.",
        "4.5",
    ):
        assert nearly(gradient, slope)
    with reason("breaks down where nobody lies", "With η = 0 it is the cross-entropy.", "6.9"):
        honest = f(z.copy(), y.copy(), 0.0)
        assert nearly(honest[0], nats(true))
        assert nearly(honest[1], plain)
        assert nearly(f(z.copy(), y.copy(), 0)[0], nats(true))
    with reason("refuses labels that say nothing", "η = 1 − 1/K is allowed: ln K.", "6.9"):
        for classes in (2, 4, 10):
            wild = 3 * rng.normal(size=(2, classes))
            got = f(wild, np.array([0, 1]), 1 - 1 / classes)
            assert nearly(got[0], [math.log(classes)] * 2)
            assert nearly(got[1], np.zeros((2, classes)))
    far = np.zeros((3, 10))
    far[0, :2], far[1, :2], far[2] = (800.0, -800.0), (-800.0, 800.0), rng.uniform(-750, 750, 10)
    hard = [(far, np.array([1, 1, 4]), e) for e in (0.4, 0.0, 1e-3)]
    hard += [(1e6 * np.sign(far + 0.5), np.array([1, 1, 4]), e) for e in (0.4, 0.0)]
    with reason(
        "overflows for large logits",
        "This fails for logits far apart. One cause may be exp of a large one: subtract the "
        "largest first. Another one may be 0/0, where q and r underflow.",
        "A.2",
    ):
        for case in hard:
            got = f(*(np.copy(part) if np.ndim(part) else part for part in case))
            assert not np.isnan(got[0]).any()
            assert not np.isnan(got[1]).any()
    with reason(
        "loses what underflows",
        "This fails for large logits. One cause may be e^−1600, which is 0 in a float, while its "
        "logarithm is not; another one a slope that is measured by small steps.",
        "A.2",
    ):
        for logits, labels, e in hard:
            got = f(logits.copy(), labels.copy(), e)
            for i in range(3):
                want = _lying(logits[i], labels[i], e)
                assert nearly(got[0][i], want[0])
                assert nearly(got[1][i], want[1])
    with reason("lets NaN through", "Comparisons with NaN are false, so ask the other way.", "6.9"):
        assert raises(lambda: f(z.copy(), y.copy(), math.nan))
    with reason("accepts a negative share", "No fewer than none of the labels lie.", "6.9"):
        assert all(raises(lambda bad=bad: f(z.copy(), y.copy(), bad)) for bad in (-0.1, -1e-9))
    with reason("accepts too many lies", "Beyond 1 − 1/K labels point away: refuse.", "6.9"):
        for bad in (1 - 1 / K + 1e-6, 0.95, 1.0, 1.5):
            assert raises(lambda bad=bad: f(z.copy(), y.copy(), bad))
    with reason("accepts impossible labels", "−1 is not a class, though NumPy counts back.", "6.9"):
        for bad in (-1, K, -K):
            labels = y.copy()
            labels[-1] = bad
            assert raises(lambda labels=labels: f(z.copy(), labels, eta))
    with reason("loses digits", "Compute in float64.", "6.9"):
        assert agree(losses, loss, 1e-9)
        assert agree(gradient, slope, 1e-9)
        got = f(far.copy(), np.array([1, 1, 4]), 1e-3)
        for i, label in enumerate((1, 1, 4)):
            assert agree(got[0][i], _lying(far[i], label, 1e-3)[0], 1e-9)
        one = f(z[:1, :2].copy(), np.array([1]), 0.3)
        assert agree(one[0][0], _lying(z[0, :2], 1, 0.3)[0], 1e-9)
        assert agree(one[1][0], _lying(z[0, :2], 1, 0.3)[1], 1e-9)
