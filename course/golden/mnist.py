"""The golden numbers of chapter 5, MNIST."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import mpmath

from course.golden import Golden, oracles
from course.golden.oracles import AFTER, BEFORE, log

_SMOOTH = partial(oracles.entropy, oracles.SMOOTHED)

GOLDEN = (
    Golden("seed.before.nll8", "2.2606866", "nats", lambda: oracles.nll(BEFORE, 8), printed=False),
    Golden(
        "seed.before.mean_over_labels",
        "2.3031165640",
        "nats",
        lambda: mpmath.fsum(oracles.nll(BEFORE, label) for label in range(10)) / 10,
        printed=False,
    ),
    Golden(
        "seed.before.kl_u_q",
        "0.0005314710",
        "nats",
        lambda: oracles.cross_entropy(oracles.UNIFORM_10, oracles.softmax(BEFORE)) - log(10),
        printed=False,
    ),
    Golden(
        "seed.after.entropy",
        "0.0371509722",
        "nats",
        lambda: oracles.entropy(oracles.softmax(AFTER)),
    ),
    Golden("ls.floor", "0.5002880351", "nats", _SMOOTH, printed=False),
    Golden(
        "ls.gap",
        "4.5108595065",
        "",
        lambda: log(Fraction(91, 100) / Fraction(1, 100)),
        printed=False,
    ),
    Golden("focal2.report", "0.5378", "", oracles.focal_report, printed=False),
)
# Numbers of earlier chapters that this one computes and prints again.
REPEATED = (
    "ln10",
    "seed.before.nll7",
    "seed.after.p7",
    "seed.after.nll7",
    "dbl.floor10",
)
