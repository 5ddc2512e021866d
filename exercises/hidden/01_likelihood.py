"""Hidden checks of the exercises of chapter 1. Marked: canary-hidden-likelihood."""

from __future__ import annotations

from fractions import Fraction
from math import comb, factorial, inf, log

import mpmath
import numpy as np
import sympy as sp

from hidden import exercise, raises, reason


def close(got, want, relative=1e-12):
    """Return whether numbers agree in their leading digits, however small they are."""
    got, want = np.asarray(got, dtype=float), np.asarray(want, dtype=float)
    if got.shape != want.shape:
        return False
    finite = np.isfinite(got) & np.isfinite(want)
    distance = np.abs(np.where(finite, got, 0) - np.where(finite, want, 0))
    return bool(np.all(np.where(finite, distance <= relative * np.abs(want), got == want)))


def shuffled(rng, black, white):
    return "".join(rng.permutation(["b"] * black + ["w"] * white))


@exercise(
    "1.1",
    example=lambda f: f("wbwbb", 0.6),
    forbidden=("lib.bernoulli.sequence_probability",),
)
def sequence_probability(f, rng):
    theta = float(rng.uniform(0.1, 0.4))
    seq = "".join(rng.choice(["w", "b"], size=int(rng.integers(6, 12)))) + "wbb"
    k = seq.count("b")
    with reason("adds the factors", "Ball after ball is AND: independent events multiply.", "1.2"):
        assert f("wb" * 3, theta) <= 1
    with reason("swaps the colours", "θ belongs to black, 1 − θ to white.", "1.2"):
        assert not close(f("b", theta), 1 - theta)
    with reason(
        "counts every order", "One sequence has one order; C(N, k) counts them all.", "1.3"
    ):
        once = theta**k * (1 - theta) ** (len(seq) - k)
        assert not close(f(seq, theta), comb(len(seq), k) * once)
    with reason(
        "finds another product",
        "This fails for a few balls. One cause may be a factor too many, another one that is "
        "missing, a third a rounded result.",
        "1.2",
    ):
        assert close(f("b", theta), theta)
        assert close(f("ww", theta), (1 - theta) ** 2)
        assert close(f(seq, theta), once)
    with reason("stumbles at the ends", "θ = 0 and θ = 1 are dial settings too.", "1.4"):
        assert close(f("ww", 0), 1)
        assert close(f("wb", 0), 0)
        assert close(f("bb", 1.0), 1)
    with reason("loses exact fractions", "A Fraction must stay a Fraction.", "1.2"):
        third = Fraction(1, 3)
        assert f(seq, third) == third**k * (1 - third) ** (len(seq) - k)
    with reason(
        "is exact for Fractions only", "An exact θ of any type gives an exact answer.", "1.2"
    ):
        third = sp.Rational(1, 3)
        assert f(seq, third) == third**k * (1 - third) ** (len(seq) - k)
    with reason("forgets the empty product", "A product of no factors is 1.", "1.2"):
        assert close(f("", theta), 1)
    with reason("accepts any letter", "A ball is w or b; refuse everything else.", "1.1"):
        assert all(raises(lambda bad=bad: f(bad, theta)) for bad in ("wbx", "wBb"))
    with reason("accepts any theta", "θ outside [0, 1] must be refused.", "1.1"):
        assert all(raises(lambda bad=bad: f("wb", bad)) for bad in (-0.1, 1.5, inf))
    with reason(
        "lets NaN through", "NaN < 0 and NaN > 1 are both false. Ask what θ must be.", "1.1"
    ):
        assert raises(lambda: f("wb", float("nan")))
    with reason(
        "asks about theta only when a ball comes",
        "θ must be a probability even if no ball was drawn.",
        "1.1",
    ):
        assert all(raises(lambda bad=bad: f("", bad)) for bad in (-0.1, 1.5, float("nan")))
    with reason(
        "stops reading at a product of 0",
        "A letter that is not a ball is refused, also where the balls before it are impossible.",
        "1.1",
    ):
        assert raises(lambda: f("bx", 0))
        assert raises(lambda: f("bwwx", 1.0))


@exercise(
    "1.2",
    example=lambda f: f(2, [0.5, 0.6, 0.9]),
    forbidden=("scipy.stats.binom",),
)
def likelihood_table(f, rng):
    n = int(rng.integers(4, 9))
    settings = np.sort(rng.uniform(0.1, 0.4, size=n + 3))
    given = f(n, settings.tolist())
    with reason("answers with a list", "Asked is a NumPy array: np.array(rows) is one.", "1.4"):
        assert isinstance(given, np.ndarray)
    table = np.asarray(given, dtype=float)
    with reason("swaps rows and columns", "A row for each setting, a column for each k.", "1.4"):
        assert table.shape == (n + 3, n + 1)
    with reason(
        "makes the columns sum to 1", "Read down it is a likelihood: no sum is promised.", "1.4"
    ):
        assert not np.allclose(table.sum(axis=0), 1)
    with reason("forgets the orders", "k black balls among n can come in C(n, k) orders.", "1.4"):
        k, theta = np.arange(n + 1), settings[:, np.newaxis]
        assert not close(table, theta**k * (1 - theta) ** (n - k), 1e-9)
    with reason(
        "has rows that do not sum to 1",
        "Read across, the table is a distribution. One cause may be a wrong number of orders.",
        "1.4",
    ):
        assert np.allclose(table.sum(axis=1), 1, rtol=0, atol=1e-9)
    with reason("swaps the colours", "k counts the black balls, and black has θ.", "1.4"):
        assert np.all(table[:, 0] > table[:, -1])
    with reason("sorts the settings", "Row i belongs to thetas[i], in whatever order.", "1.4"):
        assert close(f(n, settings[::-1]), table[::-1], 1e-9)
    with reason("breaks at the ends", "At θ = 0 no ball is black, at θ = 1 every ball is.", "1.4"):
        ends = np.asarray(f(n, np.array([0.0, 1.0])), dtype=float)
        assert ends.shape == (2, n + 1)
        assert np.allclose(ends, np.eye(n + 1)[[0, -1]], rtol=0, atol=1e-12)
    with reason(
        "rescales the rows", "The orders are a factor of each entry, not of a whole row.", "1.4"
    ):
        grid = np.linspace(0, 1, 1001)
        areas = np.trapezoid(np.asarray(f(n, grid), dtype=float), grid, axis=0)
        assert np.allclose(areas, 1 / (n + 1), rtol=0, atol=1e-4)
    with reason("forgets n = 0", "No balls: none is black, with certainty.", "1.4"):
        assert close(f(0, settings), np.ones((n + 3, 1)))
    want = [[comb(60, k) * t**k * (1 - t) ** (60 - k) for k in range(61)] for t in settings]
    with reason(
        "goes wrong at n = 60",
        "One cause may be an overflow: 20! is the last factorial below 2⁶³. Floats and Python's "
        "integers go further.",
        "1.4",
    ):
        got = np.asarray(f(60, settings), dtype=float)
        assert got.shape == np.shape(want)
        assert np.allclose(got, want, rtol=0, atol=1e-9)
    with reason(
        "loses the digits of small entries",
        "Nine digits of every entry, of tiny ones too. One cause may be a difference from 1.",
        "1.4",
    ):
        assert close(got, want, 1e-9)


@exercise("1.3", example=lambda f: f(3, 5), forbidden=("lib.bernoulli.mle",))
def mle(f, rng):
    n = int(rng.choice([11, 13, 17, 19]))
    k = int(rng.integers(2, n // 2))
    with reason(
        "takes the first root", "Some places with slope 0 are valleys: compare the heights.", "1.6"
    ):
        assert f(k, n) not in (0, 1)
    with reason("takes the odds", "Compare black with all balls, not with white ones.", "1.7"):
        assert abs(float(f(k, n)) + float(f(n - k, n)) - 1) < 1e-9
    with reason(
        "takes the posterior mean", "The question is where L peaks, not where it balances.", "1.5"
    ):
        assert abs(float(f(k, n)) - float(f(2 * k, 2 * n))) < 1e-9
    with reason("swaps the colours", "k counts the black balls, and black has θ.", "1.7"):
        assert abs(float(f(k, n)) - k / n) < 1e-9
    with reason("answers with a float", "Divide sympy's numbers, not Python's.", "1.6"):
        assert f(k, n) == sp.Rational(k, n)
        assert f(2 * k, 2 * n) == sp.Rational(k, n)
    with reason(
        "misses the ends", "All balls of one colour: the peak is at 0 or 1, no flat place.", "1.8"
    ):
        assert f(0, n) == 0
        assert f(n, n) == 1
        assert f(1, 1) == 1
    with reason(
        "answers with another library's number",
        "Asked is a sympy number in every case, at the ends as well.",
        "1.6",
    ):
        assert all(isinstance(f(black, n), sp.Expr) for black in (0, k, n))
    with reason("answers for numbers only", "A symbol is a number not yet known.", "1.7"):
        black, balls = sp.symbols("k N", positive=True)
        assert sp.simplify(f(black, balls) - black / balls) == 0
        assert sp.simplify(f(black, n) - black / n) == 0
        assert sp.simplify(f(k, balls) - k / balls) == 0
    with reason(
        "estimates from nothing", "Without a ball every setting is equally good: refuse.", "1.8"
    ):
        assert raises(lambda: f(0, 0))
    with reason("accepts impossible counts", "Refuse more black balls than balls.", "1.7"):
        assert raises(lambda: f(n + 1, n))
    with reason("accepts counts below 0", "Nobody counts fewer than no balls: refuse.", "1.7"):
        assert raises(lambda: f(-1, n))
        assert raises(lambda: f(-2, -1))
    with reason(
        "demands that a symbol is known to be positive",
        "Of a symbol without assumptions nothing is known; the answer holds all the same.",
        "1.7",
    ):
        for assumptions in ({}, {"integer": True}):
            black, balls = sp.symbols("k N", **assumptions)
            assert sp.simplify(f(black, balls) - black / balls) == 0
    with reason(
        "checks a number only beside a number",
        "No ball, or fewer than none: one such number is enough, whatever the symbol beside it.",
        "1.7",
    ):
        for black, balls in (sp.symbols("k N"), sp.symbols("k N", positive=True)):
            assert raises(lambda balls=balls: f(-1, balls))
            assert raises(lambda black=black: f(black, 0))
    with reason(
        "multiplies thousands of factors",
        "This fails for thousands of balls. One cause may be a likelihood that became 0 on the "
        "way: its logarithm does not, and the formula needs neither.",
        "1.7",
    ):
        crowd = int(rng.choice([2003, 3001, 4001]))
        assert f(crowd // 2, crowd) not in (0, 1)
    with reason(
        "rounds the fraction",
        "Exact means exact, for thousands of balls too. One cause may be a way back from a float.",
        "1.6",
    ):
        many = int(rng.choice([1009, 2003, 3001, 4001]))  # primes: nothing cancels
        some = int(rng.integers(2, many // 2))
        assert f(1, many) == sp.Rational(1, many)
        assert f(some, many) == sp.Rational(some, many)


def _best(seq, grid):
    """Return the setting inside (0, 1) with the largest likelihood, to 40 digits."""
    k, w = seq.count("b"), seq.count("w")
    with mpmath.workdps(40):
        return max(grid, key=lambda t: mpmath.mpf(t) ** k * (1 - mpmath.mpf(t)) ** w)


@exercise(
    "1.4",
    example=lambda f: f("wbwbb", [0.1, 0.3, 0.5, 0.7, 0.9]),
    forbidden=("lib.bernoulli.log_likelihood",),
)
def argmax_likelihood(f, rng):
    k = int(rng.integers(12, 17))
    seq = shuffled(rng, k, 20 - k)
    grid = [i / 20 for i in rng.permutation(np.arange(1, 20)).tolist()]
    with reason("returns the position", "Return the setting, not its position in the grid.", "1.4"):
        assert f(seq, grid) != grid.index(k / 20)
    with reason("swaps the colours", "θ belongs to black, 1 − θ to white.", "1.4"):
        assert not close(f(seq, np.array(sorted(grid))), (20 - k) / 20, 1e-9)
    with reason(
        "finds another setting",
        "This fails for twenty balls. One cause may be a colour that is left out, another the "
        "smallest in the place of the largest.",
        "1.4",
    ):
        assert close(f(seq, np.array(sorted(grid))), k / 20)
    with reason("expects a sorted grid", "The settings come in any order: look at all.", "1.4"):
        assert close(f(seq, np.array(grid)), k / 20)

    # Near 0 the likelihood is far from symmetric: the nearer of the two settings is worse.
    times = int(rng.integers(1, 4))
    seq = shuffled(rng, 10 * times, 90 * times)
    two = [float(rng.uniform(0.008, 0.012)), float(rng.uniform(0.27, 0.29))]
    with reason("leaves the grid", "The dial has only the settings that grid names.", "1.4"):
        assert np.min(np.abs(np.array(two) - f(seq, two))) < 1e-9
    with reason(
        "takes the nearest setting", "Best is where L is highest, not what is next to k/N.", "1.4"
    ):
        assert close(f(seq, two), two[1])
        assert close(f(seq, np.array(two[::-1])), two[1])

    grid = np.linspace(0.2, 0.9, 12) + rng.uniform(0, 0.02, size=12)
    k = int(rng.integers(2000, 3500))
    seq = shuffled(rng, k, 5000 - k)
    with reason(
        "goes wrong for thousands of balls",
        "One cause may be a product: of thousands of factors it is 0, a sum of logarithms is not.",
        "1.7",
    ):
        assert close(f(seq, grid), _best(seq, grid.tolist()))
    seq = shuffled(rng, 6, 4)
    ends = np.linspace(0, 1, 11)
    with reason(
        "stumbles over log 0", "log 0 is −∞: an impossible setting, no warning, no error.", "1.8"
    ):
        assert close(f(seq, ends), 0.6, 1e-9)
        assert close(f(seq, [1.0, 0.6, 0.0]), 0.6)
    with reason(
        "drops the ends", "0 and 1 can be best. 0·log 0 counts as 0, it is not NaN.", "1.8"
    ):
        assert close(f("b" * int(rng.integers(2, 9)), ends), 1)
        assert close(f("w" * int(rng.integers(2, 9)), ends), 0)
        assert close(f("wwww", [1.0, 0.0, 0.5]), 0)
        assert close(f("bbbb", [1.0, 0.0, 0.5]), 1)
    with reason(
        "answers with an end that the grid has not",
        "Of balls of one colour, too, the best setting is the best one of grid.",
        "1.4",
    ):
        inside = rng.permutation([0.2, 0.3, 0.5, 0.7, 0.9]).tolist()
        assert close(f("www", inside), 0.2)
        assert close(f("bbb", np.array(inside)), 0.9)
    high = float(rng.uniform(0.87, 0.9))
    with reason(
        "lets an impossible setting win",
        "One impossible ball rules a setting out for good. One cause may be a small number in the "
        "place of 0, inside a logarithm for example.",
        "1.8",
    ):
        # Here a float still holds the likelihood of the other setting, about 1e-300.
        whites = int(300 / -np.log10(1 - high))
        assert close(f(shuffled(rng, 1, whites), [0.0, high]), high)
        assert close(f(shuffled(rng, whites, 1), [1 - high, 1.0]), 1 - high)
    with reason(
        "cannot tell very small from impossible",
        "This fails where the best likelihood is far too small for a float, and the other is 0. "
        "One cause may be a product: the sum of the logarithms stays in range.",
        "1.8",
    ):
        assert close(f(shuffled(rng, 1, 4999), [0.0, high]), high)
        assert close(f(shuffled(rng, 4999, 1), [1 - high, 1.0]), 1 - high)


def _odds(seq, a, b, prior=1.0):
    """Return the posterior odds, computed with 40 digits and rounded once."""
    k, w = seq.count("b"), seq.count("w")
    with mpmath.workdps(40):
        a, b = mpmath.mpf(a), mpmath.mpf(b)
        return float(prior * (a / b) ** k * ((1 - a) / (1 - b)) ** w)


@exercise(
    "1.5",
    example=lambda f, g: (f("wbwbb", 0.6, 0.5), g("wbwbb", 0.6, 0.5, 0.5)),
    forbidden=("lib.bernoulli.log_likelihood",),
)
def likelihood_ratio(ratio, posterior, rng):
    a, b = float(rng.uniform(0.55, 0.8)), float(rng.uniform(0.2, 0.45))
    seq = shuffled(rng, int(rng.integers(4, 8)), int(rng.integers(4, 8)))
    prior = float(rng.uniform(0.1, 0.4))
    digits = 1e-8
    black, white = ratio("bbbbb", a, b), ratio("wwwww", a, b)
    with reason("stays in logarithms", "Go back from the logarithm at the very end.", "1.4"):
        assert not close(black, log(_odds("bbbbb", a, b)), digits)
    with reason("turns the ratio upside down", "The first setting stands above the line.", "1.4"):
        assert not close(black, _odds("bbbbb", b, a), digits)
    with reason("swaps the colours", "θ belongs to black, 1 − θ to white.", "1.4"):
        assert not close(black, _odds("wwwww", a, b), digits)
    with reason("forgets the white balls", "White balls are evidence too, by 1 − θ.", "1.4"):
        assert not close(white, 1)
    with reason(
        "finds another ratio",
        "This fails for a few balls already. One cause may be a factor that is missing or that "
        "comes twice: each ball brings one above the line and one below.",
        "1.4",
    ):
        assert close(black, _odds("bbbbb", a, b), digits)
        assert close(white, _odds("wwwww", a, b), digits)
        assert close(ratio(seq, a, b), _odds(seq, a, b), digits)
    with reason("stumbles over no balls", "No balls, no evidence: the ratio is 1.", "1.4"):
        assert close(ratio("", a, b), 1)
    with reason(
        "turns the odds into a probability", "Odds go from 0 to ∞; leave them as they are.", "1.5"
    ):
        assert posterior("bbbbb", a, b, 0.5) > 1
    with reason(
        "ignores the prior", "What was plausible before still counts after the balls.", "1.5"
    ):
        assert not close(posterior(seq, a, b, prior), ratio(seq, a, b), digits)
    with reason(
        "takes the prior for a probability", "Prior odds are odds already: multiply.", "1.5"
    ):
        odds = _odds(seq, a, b, prior / (1 - prior))
        assert not close(posterior(seq, a, b, prior), odds, digits)
    with reason(
        "finds other odds",
        "This fails with moderate prior odds. One cause may be a division: the prior multiplies.",
        "1.5",
    ):
        assert close(posterior(seq, a, b, prior), _odds(seq, a, b, prior), digits)

    near = float(rng.uniform(0.55, 0.65))
    k = int(5000 * near)
    long = shuffled(rng, k, 5000 - k)
    with reason(
        "lets the products underflow",
        "Both likelihoods are 0 in a float; their logs are not.",
        "1.7",
    ):
        assert close(ratio(long, near, near - 0.01), _odds(long, near, near - 0.01), digits)
        assert close(
            posterior(long, near, near - 0.01, prior),
            _odds(long, near, near - 0.01, prior),
            digits,
        )
    with reason(
        "overflows on the way",
        "Black and white pull in opposite directions: bring them together before exp.",
        "1.7",
    ):
        c, d = float(rng.uniform(0.85, 0.9)), float(rng.uniform(0.1, 0.15))
        # The counts keep the odds near 1, although each colour alone is strong evidence.
        pull = log(c / d), log((1 - d) / (1 - c))
        k = round(5000 * pull[1] / sum(pull))
        loud = shuffled(rng, k, 5000 - k)
        assert close(ratio(loud, c, d), _odds(loud, c, d), digits)
    with reason(
        "stumbles over a huge ratio", "Too large is inf, too small is 0, without a warning.", "1.7"
    ):
        assert close(ratio("b" * 5000, a, b), inf)
        assert close(ratio("w" * 5000, a, b), 0)
    with reason(
        "cuts off results that fit",
        "A float reaches from 2.2e-308 to 1.8e308 with all its digits: use the whole range.",
        "1.7",
    ):
        most = int(rng.integers(1014, 1021))  # the ratio is a power of two, exactly
        assert close(ratio("b" * most, 1.0, 0.5), 2.0**most, digits)
        assert close(ratio("w" * most, 0.0, 0.5), 2.0**most, digits)
        assert close(ratio("b" * most, 0.5, 1.0), 2.0**-most, digits)
    with reason(
        "multiplies after the overflow", "Only the result must fit: prior odds into the log.", "1.5"
    ):
        # About 1000 nats of evidence, more than a float's 709, against a prior of -690.
        black = "b" * round(1000 / log(a / b))
        assert close(posterior(black, a, b, 1e-300), _odds(black, a, b, 1e-300), digits)
        assert close(posterior(black, b, a, 1e300), _odds(black, b, a, 1e300), digits)
    with reason(
        "avoids infinity", "Possible at one setting only: the ratio is infinite, or 0.", "1.8"
    ):
        assert close(ratio("wwwb", a, 0.0), inf)
        assert close(ratio("bbbw", a, 1), inf)
        assert close(posterior("wwwb", a, 0.0, prior), inf)
        assert close(ratio("www", 0.0, b), _odds("www", 0, b), digits)
        assert close(ratio("www", 0.0, 1.0), inf)
    with reason(
        "refuses what only the first setting rules out",
        "0 divided by something is 0: the balls speak against the first setting, for certain.",
        "1.8",
    ):
        assert close(ratio("wwwb", 0, b), 0)
        assert close(ratio("bbbw", 1.0, b), 0)
        assert close(posterior("wwwb", 0.0, b, prior), 0)
    with reason(
        "stumbles over extreme odds", "Prior odds of 0 or inf are certainty: it stays.", "1.5"
    ):
        assert close(posterior(seq, a, b, 0), 0)
        assert close(posterior(seq, a, b, inf), inf)
        assert close(posterior("wwwb", 0.0, b, 0.0), 0)
        assert close(posterior("wwwb", a, 0.0, inf), inf)
    with reason("answers 0 / 0", "Impossible at both settings: refuse with a ValueError.", "1.8"):
        assert raises(lambda: ratio("wb", 0.0, 1.0))
        assert raises(lambda: ratio("wb", 1, 1))
        assert raises(lambda: posterior("wb", 0.0, 1.0, prior))
    with reason(
        "answers 0 times infinity", "Prior and balls rule out everything: ValueError.", "1.5"
    ):
        assert raises(lambda: posterior("wwwb", a, 0.0, 0.0))
        assert raises(lambda: posterior("wwwb", 0.0, b, inf))


def _urn(n, k, w):
    """Return the maximisers by exact enumeration."""
    weights = [comb(black, k) * comb(n - black, w) for black in range(n + 1)]
    return [black for black, weight in enumerate(weights) if weight == max(weights)]


@exercise("1.6", example=lambda f: f(10, 3, 2))
def mle_urn(f, rng):
    k, w = (int(v) for v in rng.integers(3, 8, size=2))
    with reason("returns no pair", "Return two things: the number of balls, and the tie.", "1.6"):
        black, _ = f(2 * (k + w), k, w)
    with reason(
        "answers with a float", "A number of balls is a whole number: divide with //.", "1.6"
    ):
        assert isinstance(black, int | np.integer)
    with reason(
        "fails where the urn is emptied",
        "If every ball is drawn, only one number is possible. One cause may be a range that leaves "
        "out an end: B runs from k to N − w, both included.",
        "1.6",
    ):
        assert f(k + w, k, w)[0] in (0, k)
    with reason(
        "counts what is left", "Asked is the number before the draws, the drawn ones too.", "1.6"
    ):
        assert f(k + w, k, w)[0] == k
    with reason(
        "puts the balls back", "Without replacement the share in the urn changes each time.", "1.2"
    ):
        # No best number here is the first or the last possible one.
        drawn = [(int(n), *pair) for n in rng.integers(20, 60, 9) for pair in ((k, w), (9, 1))]
        drawn += [(13, 4, 1), (22, 9, 1), (28, 9, 1)]
        single = [case for case in drawn if len(_urn(*case)) == 1]
        found = [f(*case)[0] for case in single]
        # With replacement the best number is next to n k / (k + w); (28, 9, 1) is 0.8 away.
        shares = [n * black / (black + white) for n, black, white in single]
        assert not np.allclose(found, shares, rtol=0, atol=0.65)
    with reason(
        "finds another number",
        "This fails where the best number is neither the first nor the last. One cause may be a "
        "formula that is rounded to the nearest number: which one is best?",
        "1.6",
    ):
        assert all([best] == _urn(*case) for best, case in zip(found, single, strict=True))
    with reason(
        "misses the first or the last possible number",
        "B runs from k to N − w, both included: range() stops one before its end.",
        "1.6",
    ):
        assert f(5, 3, 2)[0] == 3
        for many in (7, 8):
            assert f(many, 4, 1)[0] == many - 1
            assert f(many, 1, 4)[0] == 1

    with reason(
        "overflows in a large urn",
        "This fails for a thousand balls. One cause may be a product beyond 2⁶³: Python's own "
        "integers have room for it, NumPy's have not.",
        "1.6",
    ):
        for case in ((1000, 9, 6), (1000, 40, 2), (int(rng.integers(900, 999)), 25, 30)):
            assert f(*case)[0] == _urn(*case)[0]

    factor = [int(m) for m in rng.integers(2, 30, size=8)]
    ties = [(9, 3, 2), (14, 3, 2), *((m * (k + w) - 1, k, w) for m in factor)]
    answers = [f(*case) for case in ties]
    best = [_urn(*case) for case in ties]
    with reason("takes the larger of two", "Of two equally good numbers, the smaller one.", "1.6"):
        assert any(black == b[0] for (black, _), b in zip(answers, best, strict=True))
    with reason("never reports a tie", "Two numbers can be exactly equally good: say so.", "1.6"):
        assert any(bool(tie) for _, tie in answers)
    with reason("reports a tie always", "A single best number is not a tie.", "1.6"):
        assert not any(bool(f(*case)[1]) for case in ((10, 3, 2), (8, 4, 1), (5, 3, 2)))
    close_ones = [(int(n), 30, 17) for n in rng.integers(300, 900, size=6)]
    with reason(
        "calls a close second a tie", "Equal means equal: compare whole numbers exactly.", "1.6"
    ):
        single = [case for case in close_ones if len(_urn(*case)) == 1]
        assert not any(bool(f(*case)[1]) for case in single)
    with reason(
        "compares rounded numbers", "Rounding can hide or invent a tie: use whole numbers.", "1.6"
    ):
        large = [(999, 3, 2), (499, 60, 40), (int(rng.integers(20, 40)) * 22 - 1, 12, 10)]
        for case in ties + large:
            black, tie = f(*case)
            assert bool(tie) is True
            assert black == _urn(*case)[0]
    with reason(
        "forgets the ends of the urn", "B lies in 0..N, and all of one colour is not a tie.", "1.8"
    ):
        n = int(rng.integers(12, 30))
        for case, best in (((n, k, 0), n), ((n, 0, w), 0)):
            black, tie = f(*case)
            assert black == best
            assert not tie
    with reason(
        "answers an impossible draw", "More than the urn holds cannot come: refuse.", "1.8"
    ):
        assert raises(lambda: f(k + w - 1, k, w))
    with reason("accepts counts below 0", "Nobody draws fewer than no balls: refuse.", "1.8"):
        assert raises(lambda: f(10, -1, 3))
        assert raises(lambda: f(10, 3, -1))
    with reason("estimates from nothing", "No draws, no estimate: refuse.", "1.8"):
        assert raises(lambda: f(10, 0, 0))


@exercise("1.7", example=lambda f, g: (f(3, 5), g(3, 5)))
def mle_logit(peak, area, rng):
    k = int(rng.integers(5, 9))
    n = 2 * k + int(rng.integers(2, 7))
    digits = 1e-9
    with reason("forgets the new scale", "φ is the log-odds of θ; 0 is the fair dial.", "1.5"):
        assert abs(float(peak(k, n)) + float(peak(n - k, n))) < 1e-9
    with reason("swaps the colours", "φ is above 0 when black is the more frequent.", "1.7"):
        assert float(peak(k, n)) < 0
    with reason(
        "treats the likelihood as a density",
        "No Jacobian: a setting keeps its likelihood under any name.",
        "1.5",
    ):
        assert not close(float(peak(k, n)), log((k + 1) / (n - k + 1)), digits)
    with reason(
        "finds another peak",
        "This fails for moderate counts. One cause may be the base: log is the natural logarithm.",
        "1.5",
    ):
        assert close(float(peak(k, n)), log(k / (n - k)), digits)
        assert close(float(peak(n - 3, n)), log((n - 3) / 3), digits)
    with reason("scales the area to 1", "Nothing makes a likelihood's area 1.", "1.4"):
        assert not close(float(area(k, n)), 1)

    def exact(a, b):
        return factorial(a - 1) * factorial(b - 1) / factorial(a + b - 1)

    with reason("integrates over θ", "dφ = dθ / (θ (1 − θ)): another axis, another area.", "1.4"):
        assert not close(float(area(k, n)), exact(k + 1, n - k + 1), 1e-3)
    with reason("counts every order", "One particular order: no factor C(n, k).", "1.4"):
        assert not close(float(area(k, n)), comb(n, k) * exact(k, n - k), 1e-3)
    with reason(
        "gets dφ wrong", "dφ/dθ = 1/(θ (1 − θ)) lowers each exponent of L by one, once.", "1.4"
    ):
        assert close(float(area(k, n)), exact(k, n - k), 1e-2)
        assert close(float(area(n - k, n)), exact(k, n - k), 1e-2)
    with reason(
        "loses small areas", "An absolute tolerance hides small numbers; ask for digits.", "1.4"
    ):
        many = int(rng.integers(80, 101))
        some = int(rng.integers(8, 11))
        assert close(float(area(some, many)), exact(some, many - some), digits)
        assert close(float(area(k, n)), exact(k, n - k), digits)
    with reason("cuts the tails off", "The area reaches from −∞ to ∞; at k = 1 it shows.", "1.4"):
        assert close(float(area(1, n)), 1 / (n - 1), digits)
        assert close(float(area(1, 2)), 1, digits)
    with reason("stumbles at the ends", "θ̂ = 0 and θ̂ = 1 lie at φ = −∞ and φ = ∞.", "1.8"):
        assert float(peak(0, n)) == -inf
        assert float(peak(n, n)) == inf
    with reason(
        "makes an infinite area finite", "If L tends to 1, not to 0, the area has no end.", "1.8"
    ):
        assert float(area(0, n)) == inf
        assert float(area(n, n)) == inf
    with reason(
        "estimates from nothing", "Without a ball every setting is equally good: refuse.", "1.8"
    ):
        assert raises(lambda: peak(0, 0))
        assert raises(lambda: area(0, 0))
    with reason("accepts impossible counts", "k lies in 0..n; refuse everything else.", "1.7"):
        assert all(raises(lambda g=g: g(n + 1, n)) for g in (peak, area))
    with reason("accepts counts below 0", "k lies in 0..n; nobody counts below 0.", "1.7"):
        assert all(raises(lambda g=g: g(-1, n)) for g in (peak, area))
