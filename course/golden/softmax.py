"""The golden numbers of chapter 4, Softmax."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import Any

import mpmath

from course.golden import Golden, oracles
from course.golden.oracles import AFTER, BEFORE, log


def _sharper() -> Any:
    """Return the share of the 7 at temperature 1/2."""
    doubled = [2 * z for z in oracles.logits(AFTER)]
    return mpmath.exp(doubled[7] - oracles.lse(doubled))


def _ten_scores(*, squared: bool) -> int:
    """Return the steps of rate 1 until the 7 leads, from 10 points for the 8 and 0 for the others.

    The eight others stay equal, so three scores suffice. The slopes are central differences of the
    loss with 30 digits.
    """

    def loss(true: Any, wrong: Any, other: Any) -> Any:
        e = [mpmath.exp(true), mpmath.exp(wrong), mpmath.exp(other)]
        q, q_wrong, q_other = (x / (e[0] + e[1] + 8 * e[2]) for x in e)
        return (1 - q) ** 2 + q_wrong**2 + 8 * q_other**2 if squared else -mpmath.log(q)

    with mpmath.workdps(30):
        z, h, steps = [mpmath.mpf(0), mpmath.mpf(10), mpmath.mpf(0)], mpmath.mpf("1e-9"), 0
        while z[0] <= max(z[1:]):
            ends = [[(*z[:k], z[k] + s * h, *z[k + 1 :]) for s in (1, -1)] for k in range(3)]
            slopes = [(loss(*up) - loss(*down)) / (2 * h) for up, down in ends]
            slopes[2] /= 8  # all eight moved
            z = [score - slope for score, slope in zip(z, slopes, strict=True)]
            steps += 1
        return steps


GOLDEN = (
    Golden("balls.logit", "0.4054651081", "", lambda: log(Fraction(3, 2))),
    Golden("seed.before.nll7", "2.2940866", "nats", lambda: oracles.nll(BEFORE, 7)),
    Golden("seed.before.p7", "0.1008535", "", lambda: oracles.softmax(BEFORE)[7]),
    Golden("seed.before.p8", "0.1042789", "", lambda: oracles.softmax(BEFORE)[8]),
    Golden("seed.before.lse", "2.3013865640", "", lambda: oracles.lse(oracles.logits(BEFORE))),
    Golden("seed.after.p7", "0.9947852230", "", lambda: oracles.softmax(AFTER)[7]),
    Golden("seed.after.nll7", "0.0052284214", "nats", lambda: oracles.nll(AFTER, 7)),
    # The errata print these two.
    Golden("seed001.sq", "1.04", "", oracles.squared_error, printed=False),
    Golden("seed001.mse", "0.3466666667", "", lambda: oracles.squared_error() / 3, printed=False),
    # At half the temperature. The chapter prints it with four decimals, the quiz quotes five.
    Golden("seed.after.sharper7", "0.9999841986", "", _sharper, printed=False),
    Golden("dbl.floor10", "1.4611501717", "nats", lambda: log(mpmath.e + 9) - 1),
    Golden("dbl.ceil10", "2.4611501717", "nats", lambda: log(mpmath.e + 9)),
    Golden("dbl.seed.before", "2.3017369", "nats", lambda: oracles.double_softmax(BEFORE)),
    Golden("dbl.seed.after", "1.4656038", "nats", lambda: oracles.double_softmax(AFTER)),
    Golden("mse.maxgrad", "0.2962962963", "", oracles.largest_gradient),
    Golden("mse.ten.ce", "6", "steps", partial(_ten_scores, squared=False)),
    Golden("mse.ten.mse", "993", "steps", partial(_ten_scores, squared=True)),
    Golden("mse.escape.ce", "11", "steps", partial(oracles.escape, "ce")),
    Golden("mse.escape.mse", "11034", "steps", partial(oracles.escape, "mse")),
)
# Numbers of earlier chapters that this one computes and prints again.
REPEATED = (
    "balls.mean_nll",
    "balls.ce_half",
)
