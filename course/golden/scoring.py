"""The golden numbers of chapter 6, scoring."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb
from typing import Any

import mpmath

from course.golden import Golden, oracles
from course.golden.oracles import log, mpf

RAIN = Fraction(3, 5)
#: A tenth, said on 40 evenings; the nine of them are Ben's perfect record.
TENTHS = tuple(Fraction(k, 10) for k in range(1, 10))
EVENINGS = 40
CERTAIN_LAST = (Fraction(0), Fraction(0), Fraction(1))


def linear_cost(q: Fraction) -> Fraction:
    """Return the average of 1 - q_y at a chance of 3/5."""
    return RAIN * (1 - q) + (1 - RAIN) * q


def brier(p: Sequence[Fraction], q: Sequence[Fraction]) -> Fraction:
    """Return the average under p of the Brier score of q, summed over the outcomes."""
    total = Fraction(0)
    for y, chance in enumerate(p):
        total += chance * sum((v - (k == y)) ** 2 for k, v in enumerate(q))
    return total


def two(rain: Fraction) -> tuple[Fraction, Fraction]:
    """Return the distribution over dry and rain."""
    return 1 - rain, rain


def kl(p: Sequence[Any], q: Sequence[Any]) -> Any:
    """Return the divergence as a sum of its terms, not as a difference."""
    return mpmath.fsum(mpf(a) * log(mpf(a) / mpf(b)) for a, b in zip(p, q, strict=True) if a)


def focal_slope(q: Any, gamma: Any) -> Any:
    """Return minus the derivative of -(1 - q)**gamma log q, numerically."""
    return mpmath.diff(lambda x: (1 - x) ** gamma * mpmath.log(x), q)


def focal_belief(q: Any, gamma: Any = 2) -> Any:
    """Return the belief that leads to the report q: p s(q) = (1 - p) s(1 - q)."""
    ratio = focal_slope(1 - q, gamma) / focal_slope(q, gamma)
    return ratio / (1 + ratio)


def focal_report(p: Any, gamma: Any = 2) -> Any:
    """Return the report to which a belief leads."""
    return mpmath.findroot(lambda q: focal_belief(q, gamma) - mpf(p), 0.65)


def focal_of_many() -> Any:
    """Return the report for a class of 0.09 among 99 equal others."""
    p, others = mpmath.mpf("0.09"), mpmath.mpf("0.91") / 99

    def balance(q: Any) -> Any:
        return p * focal_slope(q, 2) - others * focal_slope((1 - q) / 99, 2)

    return mpmath.findroot(balance, 0.1)


def weight_report(p: Fraction) -> Fraction:
    """Return the report when rain counts 19/4 times: the odds are multiplied."""
    odds = Fraction(19, 4) * p / (1 - p)
    return odds / (1 + odds)


def half_of_brier() -> Fraction:
    """Return the cheapest report a under (1 - q_y)**2 for (3/5, 1/5, 1/5), the rest halved.

    The slope is linear in a: it is found from its values at 0 and 1.
    """

    def slope(a: Fraction) -> Fraction:
        return -2 * Fraction(3, 5) * (1 - a) + Fraction(2, 5) * (1 - (1 - a) / 2)

    at_0, at_1 = slope(Fraction(0)), slope(Fraction(1))
    return at_0 / (at_0 - at_1)


def chances(n: int, q: Fraction) -> list[Fraction]:
    """Return the probabilities of 0 to n rainy evenings of n."""
    return [comb(n, k) * q**k * (1 - q) ** (n - k) for k in range(n + 1)]


def gap(n: int, q: Fraction) -> Fraction:
    """Return the mean distance between q and the share of rainy evenings among n."""
    return sum((c * abs(Fraction(k, n) - q) for k, c in enumerate(chances(n, q))), Fraction(0))


def inside(n: int, q: Fraction) -> Fraction:
    """Return the chance of the band between the 2.5 % and the 97.5 % quantile, ends included."""
    each, below, total = chances(n, q), Fraction(0), Fraction(0)
    for chance in each:
        below += chance
        # k belongs to it unless all up to k stay below 2.5 %, or all before k reach 97.5 %.
        if below >= Fraction(25, 1000) and below - chance < Fraction(975, 1000):
            total += chance
    return total


def one_outside() -> Fraction:
    """Return the chance that at least one of the nine dots lies outside its band."""
    all_inside = Fraction(1)
    for q in TENTHS:
        all_inside *= inside(EVENINGS, q)
    return 1 - all_inside


def ben_refinement() -> Any:
    """Return half the entropy of one rainy evening in five; the other half is certain."""
    return oracles.entropy(two(Fraction(1, 5))) / 2


def ben_score() -> Any:
    """Return Ben's log score, evening by evening: five of 0.8, one of 0.4, four of 0.6."""
    return -(5 * log(Fraction(4, 5)) + log(Fraction(2, 5)) + 4 * log(Fraction(3, 5))) / 10


def noise_floor() -> Any:
    """Return the entropy of a label that is true with 3/5 and else any of nine others."""
    return oracles.entropy((Fraction(3, 5), *[Fraction(2, 45)] * 9))


def know_all() -> Any:
    """Return the mean price of 7 000 labels of which 2 830 lie."""
    return -(4170 * log(Fraction(3, 5)) + 2830 * log(Fraction(2, 45))) / 7000


NINE = Fraction(9, 10)

GOLDEN = (
    Golden("pay.linear.honest", "0.48", "euros", lambda: linear_cost(RAIN)),
    Golden("pay.linear.best", "0.40", "euros", lambda: linear_cost(Fraction(1))),
    Golden(
        "score.log.say9",
        "0.9842503466",
        "nats",
        lambda: oracles.cross_entropy(two(RAIN), two(NINE)),
    ),
    Golden("score.log.price9", "0.3112386796", "nats", lambda: kl(two(RAIN), two(NINE))),
    Golden(
        "score.log.price9.bits",
        "0.4490225",
        "bits",
        lambda: oracles.bits(kl(two(RAIN), two(NINE))),
    ),
    Golden("score.brier.say9", "0.66", "", lambda: brier(two(RAIN), two(NINE))),
    Golden("score.brier.honest", "0.48", "", lambda: brier(two(RAIN), two(RAIN))),
    Golden("brier.sum", "0.32", "", lambda: brier(two(Fraction(1)), two(RAIN))),
    Golden(
        "brier.mean3",
        "0.3466666667",
        "",
        lambda: brier(CERTAIN_LAST, (RAIN, Fraction(1, 5), Fraction(1, 5))) / 3,
    ),
    Golden("weight.wet", "4.75", "", lambda: Fraction(1, 4) / Fraction(1, 19)),
    Golden("weight.report6", "0.8769230769", "", lambda: weight_report(RAIN)),
    Golden("weight.report9", "0.9771428571", "", lambda: weight_report(NINE)),
    Golden("focal2.report9", "0.6942128051", "", lambda: focal_report(NINE)),
    Golden("focal2.belief7", "0.9064375128", "", lambda: focal_belief(mpmath.mpf(7) / 10)),
    Golden("focal.gamma1.9", "0.7004084664", "", lambda: focal_report(NINE, mpmath.mpf("1.9"))),
    Golden(
        "focal.gamma",
        "1.9064290893",
        "",
        lambda: mpmath.findroot(
            lambda g: focal_belief(mpmath.mpf(7) / 10, g) - mpmath.mpf(9) / 10, 1.9
        ),
    ),
    Golden("focal2.many", "0.1020", "", focal_of_many),
    Golden("halfbrier.three", "0.7142857143", "", half_of_brier),
    Golden("record.gap5", "0.165888", "", lambda: gap(5, RAIN)),
    Golden(
        "record.gap.nine",
        "0.0526833045",
        "",
        lambda: sum((gap(EVENINGS, q) for q in TENTHS), Fraction(0)) / 9,
    ),
    Golden("record.inside", "0.9655", "", lambda: inside(EVENINGS, RAIN)),
    Golden("record.one_outside", "0.2628547942", "", one_outside),
    Golden("ben.refinement", "0.2502012118", "nats", ben_refinement),
    Golden("ben.score", "0.4075310984", "nats", ben_score),
    Golden("ben.calibration", "0.1573298866", "nats", lambda: ben_score() - ben_refinement()),
    Golden("noise.floor", "1.5519014979", "nats", noise_floor),
    Golden("noise.knowall", "1.5631", "nats", know_all),
    Golden("noise.least", "0.5108256238", "nats", lambda: -log(Fraction(3, 5))),
    Golden("noise.most", "3.1135153092", "nats", lambda: -log(Fraction(2, 45))),
    Golden("noise.slope", "0.5555555556", "", lambda: Fraction(3, 5) - Fraction(2, 45)),
    Golden("noise.epsilon", "0.4444444444", "", lambda: 1 - Fraction(3, 5) + Fraction(2, 45)),
)
# Numbers of earlier chapters that this one computes and prints again.
REPEATED = ("focal2.report",)
