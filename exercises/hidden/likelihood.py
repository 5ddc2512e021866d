"""Hidden checks of the exercises of chapter 1. Marked: canary-hidden-likelihood-5e0c."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from check import agree

from hidden import exercise, reason, refused


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
        assert agree(f("b", theta), theta)
        assert agree(f("ww", theta), (1 - theta) ** 2)
    with reason(
        "counts every order", "One sequence has one order; C(N, k) counts them all.", "1.3"
    ):
        assert agree(f(seq, theta), theta**k * (1 - theta) ** (len(seq) - k))
    with reason("loses exact fractions", "A Fraction must stay a Fraction.", "1.2"):
        exact = f("wbb", Fraction(1, 3))
        assert isinstance(exact, Fraction)
        assert exact == Fraction(2, 27)
    with reason("stumbles at the ends", "θ = 0 and θ = 1 are dial settings too.", "1.4"):
        assert f("ww", 0) == 1
        assert f("wb", 0) == 0
        assert f("bb", 1.0) == 1
    with reason("forgets the empty product", "A product of no factors is 1.", "1.2"):
        assert f("", theta) == 1
    with reason("accepts any theta", "θ outside [0, 1] must be refused, NaN as well.", "1.1"):
        assert all(refused(lambda bad=bad: f("wb", bad)) for bad in (-0.1, 1.5, np.nan))
    with reason("accepts any letter", "A ball is w or b; refuse everything else.", "1.1"):
        assert refused(lambda: f("wbx", theta))
