"""Independent computations of the book's numbers with fractions, sympy and mpmath, without lib.

The functions return a Fraction, an int or a sympy Rational where the value is exact, and an mpf
at mpmath's working precision where it is not. Logarithms are natural: values are in nats.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import mpmath
import sympy

BALLS = (0, 1, 0, 1, 1)  # white black white black black
P_HAT = (Fraction(2, 5), Fraction(3, 5))
HALF = (Fraction(1, 2), Fraction(1, 2))
SMOOTHED = (Fraction(91, 100), *[Fraction(1, 100)] * 9)
UNIFORM_10 = (Fraction(1, 10),) * 10
# The logits that the articles print for one image, a 7: before and after training.
BEFORE = "0.0297 -0.0440 -0.0442 0.0194 0.0293 0.0036 -0.0047 0.0073 0.0407 -0.0544"
AFTER = "0.7090 -5.7430 2.7101 4.5032 -4.2269 0.7165 -9.6999 10.0532 -0.4749 2.4612"
THETA = sympy.Symbol("theta")


def mpf(x: Any) -> Any:
    """Return a number or a fraction at the working precision."""
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mpmath.mpf(x)


def log(x: Any) -> Any:
    """Return the natural logarithm."""
    return mpmath.log(mpf(x))


def bits(nats: Any) -> Any:
    """Return nats in bits."""
    return nats / mpmath.log(2)


# --- the five balls ---------------------------------------------------------------------------


def probability(balls: Iterable[int], theta: Any) -> Any:
    """Return the probability of a sequence: a product, exact for a fraction or a symbol."""
    return math.prod((theta if ball else 1 - theta for ball in balls), start=Fraction(1))


def likelihood(theta: Fraction = Fraction(3, 5)) -> Fraction:
    """Return the likelihood of theta given the five balls."""
    result: Fraction = probability(BALLS, theta)
    return result


def curve() -> Any:
    """Return the likelihood as a polynomial in theta."""
    return math.prod((THETA if ball else 1 - THETA for ball in BALLS), start=sympy.Integer(1))


def mle() -> Any:
    """Return the only root of the derivative inside (0, 1)."""
    (root,) = sympy.solveset(sympy.diff(curve(), THETA), THETA, sympy.Interval.open(0, 1))
    return root


def area(*, logit: bool = False) -> Any:
    """Return the area under the likelihood, over theta or over its log-odds."""
    density = 1 / (THETA * (1 - THETA)) if logit else 1
    return sympy.integrate(sympy.cancel(curve() * density), (THETA, 0, 1))


def crowd(balls: Sequence[int]) -> Fraction:
    """Return the tokens of the fourth player of chapter 1, ball by ball.

    Equal shares on every setting amount to betting by Laplace's rule, (black + 1) / (balls + 2):
    there is nothing to integrate here.
    """
    tokens, seen = Fraction(100), [1, 1]
    for ball in balls:
        tokens *= 2 * Fraction(seen[ball], sum(seen))
        seen[ball] += 1
    return tokens


def three_black_of_five() -> Fraction:
    """Return the probability of three black balls: a sum over all 32 sequences."""
    sequences = (s for s in itertools.product((0, 1), repeat=5) if sum(s) == 3)
    return sum((probability(s, Fraction(3, 5)) for s in sequences), Fraction(0))


def entropy(p: Sequence[Any]) -> Any:
    """Return the entropy of p."""
    return cross_entropy(p, p)


def cross_entropy(p: Sequence[Any], q: Sequence[Any]) -> Any:
    """Return the average under p of the surprise under q."""
    return -mpmath.fsum(mpf(x) * log(y) for x, y in zip(p, q, strict=True) if x)


def sequential_bits(prior: Fraction) -> Any:
    """Return the bits of the balls, each predicted from the previous ones plus a prior count."""
    counts, product = [prior, prior], Fraction(1)
    for ball in BALLS:
        product *= counts[ball] / sum(counts)
        counts[ball] += 1
    return -bits(log(product))


# --- underflow: floating point emulated with integers -----------------------------------------

FORMATS = {"f64": (53, -1074), "f32": (24, -149), "f16": (11, -24)}


def rounded(x: Fraction, precision: int, smallest: int) -> Fraction:
    """Round to the nearest float, ties to even; 2**smallest is the smallest subnormal."""
    if x == 0:
        return x
    exponent = x.numerator.bit_length() - x.denominator.bit_length()
    if Fraction(2) ** exponent > x:
        exponent -= 1
    step = Fraction(2) ** max(exponent - precision + 1, smallest)
    return round(x / step) * step  # Python rounds a fraction half to even


def first_zero(factors: Sequence[Fraction], form: str) -> int:
    """Return after how many factors the running product is exactly 0."""
    product = Fraction(1)
    floats = [rounded(factor, *FORMATS[form]) for factor in factors]
    for count, factor in enumerate(itertools.cycle(floats), start=1):
        product = rounded(product * factor, *FORMATS[form])
        if product == 0:
            return count
    raise AssertionError("a cycle does not end")


def balls_zero(form: str) -> int:
    """Return the ball at which the likelihood of the repeated five balls underflows."""
    return first_zero([P_HAT[ball] for ball in BALLS], form)


# --- softmax ----------------------------------------------------------------------------------


def lse(z: Iterable[Any]) -> Any:
    """Return log-sum-exp."""
    return mpmath.log(mpmath.fsum(mpmath.exp(x) for x in z))


def logits(text: str) -> list[Any]:
    """Return printed logits as numbers."""
    return [mpmath.mpf(token) for token in text.split()]


def softmax(text: str) -> list[Any]:
    """Return the softmax of printed logits."""
    z = logits(text)
    return [mpmath.exp(x - lse(z)) for x in z]


def nll(text: str, label: int) -> Any:
    """Return the loss of a label: lse(z) - z_y."""
    z = logits(text)
    return lse(z) - z[label]


def double_softmax(text: str) -> Any:
    """Return the loss of the 7 when softmax is applied twice."""
    q = softmax(text)
    return lse(q) - q[7]


def escape(loss: str) -> int:
    """Return how many steps of gradient descent with rate 1 take the score from -10 to above 0."""
    with mpmath.workdps(25):
        t, steps = mpmath.mpf(-10), 0
        while t <= 0:
            q = 1 / (1 + mpmath.exp(-t))
            t += 1 - q if loss == "ce" else 2 * q * (1 - q) ** 2
            steps += 1
    return steps


def squared_error() -> Fraction:
    """Return the squared distance of (.6, .2, .2) from the one-hot label 2."""
    m = (Fraction(3, 5), Fraction(1, 5), Fraction(1, 5))
    return sum(((a - b) ** 2 for a, b in zip(m, (0, 0, 1), strict=True)), Fraction(0))


def largest_gradient() -> Any:
    """Return the largest gradient of (1 - theta)**2 with respect to the log-odds of theta."""
    slope = 2 * THETA * (1 - THETA) ** 2
    return max(slope.subs(THETA, root) for root in sympy.solve(sympy.diff(slope, THETA), THETA))


def focal_report() -> Any:
    """Return the report that minimises the expected focal loss (gamma 2) at the truth 0.6."""

    def expected(q: Any) -> Any:
        return -(3 * (1 - q) ** 2 * mpmath.log(q) + 2 * q**2 * mpmath.log(1 - q)) / 5

    return mpmath.findroot(lambda q: mpmath.diff(expected, q), 0.55)
