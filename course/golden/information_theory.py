"""The golden numbers of chapter 3, Information."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

import mpmath

from course.golden import Golden, oracles
from course.golden.oracles import ALICE, BOB, HALF, P_HAT, bits, log

_ENTROPY = partial(oracles.entropy, P_HAT)
_CE_HALF = partial(oracles.cross_entropy, P_HAT, HALF)

GOLDEN = (
    Golden("balls.entropy", "0.6730116670", "nats", _ENTROPY),
    Golden("balls.entropy_bits", "0.9709505945", "bits", lambda: bits(_ENTROPY())),
    Golden("balls.ce_half", "0.6931471806", "nats", _CE_HALF),
    Golden("balls.kl_half", "0.0201355136", "nats", lambda: _CE_HALF() - _ENTROPY()),
    Golden(
        "balls.kl_half_reverse",
        "0.0204109973",
        "nats",
        lambda: oracles.cross_entropy(HALF, P_HAT) - oracles.entropy(HALF),
    ),
    Golden(
        "balls.code_bits",
        "4.8547529723",
        "bits",
        lambda: -bits(log(oracles.likelihood())),
        printed=False,
    ),
    *(
        Golden(
            f"balls.{rule}_bits",
            decimal,
            "bits",
            partial(oracles.sequential_bits, prior),
            printed=False,
        )
        for rule, decimal, prior in (
            ("laplace", "5.9068905956", Fraction(1)),
            ("kt", "6.4150374993", Fraction(1, 2)),
        )
    ),
    Golden("ln10", "2.3025850930", "nats", lambda: log(10)),
    Golden("log2_10", "3.3219280949", "bits", lambda: bits(log(10))),
    Golden("seed001.ce", "1.6094379124", "nats", lambda: -log(Fraction(1, 5))),
    Golden("seed001.ce_bits", "2.3219280949", "bits", lambda: -bits(log(Fraction(1, 5)))),
    Golden("bob.own", "1.75", "bits", lambda: bits(oracles.entropy(BOB))),
    Golden("bob.alice", "2.25", "bits", lambda: bits(oracles.cross_entropy(ALICE, BOB))),
    Golden("alice.own", "1.75", "bits", lambda: bits(oracles.entropy(ALICE))),
    Golden("alice.bob", "2.375", "bits", lambda: bits(oracles.cross_entropy(BOB, ALICE))),
    Golden("deck.suit", "2", "bits", lambda: bits(log(4))),
    Golden("deck.card", "5.7004", "bits", lambda: bits(log(52))),
    Golden("deck.order", "225.5810", "bits", lambda: bits(log(mpmath.fac(52)))),
)
