"""The golden numbers of chapter 2, Log-likelihood."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import mpmath

from course.golden import Golden, oracles
from course.golden.oracles import HALF, log

GOLDEN = (
    Golden("balls.loglik", "-3.3650583350", "nats", lambda: log(oracles.likelihood())),
    Golden(
        "balls.mean_nll", "0.6730116670", "nats per ball", lambda: -log(oracles.likelihood()) / 5
    ),
    *(
        Golden(f"underflow.{form}", ball, "balls", partial(oracles.balls_zero, form))
        for form, ball in (("f64", "1108"), ("f32", "156"), ("f16", "26"))
    ),
    *(
        Golden(f"underflow.halves.{form}", n, "balls", partial(oracles.first_zero, HALF, form))
        for form, n in (("f64", "1075"), ("f32", "150"), ("f16", "25"))
    ),
    # Estimates from the ten pairs of the five balls: biased for the product, not for the mean.
    Golden("pairs.product", "0.0412828731", "", oracles.product_from_pairs),
    Golden("parts.mean_of_means", "0.6797694188", "nats per ball", oracles.mean_of_two_means),
    Golden("pictures.mean_nll", "0.4240527072", "nats per ball", lambda: -log(Fraction(3, 25)) / 5),
    Golden("gaussian.const", "0.9189385332", "nats", lambda: log(2 * mpmath.pi) / 2),
)
# Numbers of earlier chapters that this one computes and prints again.
REPEATED = ("balls.likelihood",)
