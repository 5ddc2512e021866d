"""The golden numbers of chapter 1, Likelihood."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from course.golden import Golden, oracles

WHITE, BLACK = 0, 1

GOLDEN = (
    Golden("balls.mle", "0.6", "", oracles.mle),
    Golden("balls.likelihood", "0.03456", "", oracles.likelihood),
    Golden("balls.likelihood_half", "0.03125", "", lambda: oracles.likelihood(Fraction(1, 2))),
    Golden("balls.likelihood_cleo", "0.00729", "", lambda: oracles.likelihood(Fraction(9, 10))),
    Golden(
        "balls.ratio",
        "1.10592",
        "",
        lambda: oracles.likelihood() / oracles.likelihood(Fraction(1, 2)),
    ),
    Golden(
        "balls.ratio_500",
        "23570.6",
        "",
        lambda: (oracles.likelihood() / oracles.likelihood(Fraction(1, 2))) ** 100,
    ),
    Golden(
        "balls.five_black",
        "0.07776",
        "",
        lambda: oracles.probability((BLACK,) * 5, Fraction(3, 5)),
    ),
    Golden("balls.count_probability", "0.3456", "", oracles.three_black_of_five),
    Golden("balls.area", "0.0166666667", "", oracles.area),
    Golden(
        "balls.area_logit", "0.0833333333", "", partial(oracles.area, logit=True), printed=False
    ),
    # 100 tokens, in equal shares on every setting of the dial
    Golden("crowd.white", "533.3", "tokens", partial(oracles.crowd, (WHITE,) * 5)),
    Golden("crowd.then_black", "152.4", "tokens", partial(oracles.crowd, (WHITE,) * 5 + (BLACK,))),
)
