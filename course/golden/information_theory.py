"""The golden numbers of chapter 3, Information."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from math import comb
from typing import Any

import mpmath

from course.golden import Golden, oracles
from course.golden.oracles import HALF, P_HAT, bits, log

_ENTROPY = partial(oracles.entropy, P_HAT)
CLEO = (Fraction(1, 10), Fraction(9, 10))
DECK = (Fraction(1, 2), Fraction(1, 4), Fraction(1, 8), Fraction(1, 8))
OLD_DECK = (Fraction(1, 4), Fraction(1, 8), Fraction(1, 2), Fraction(1, 8))
MOON = (Fraction(2, 3), Fraction(1, 3))  # white, black: two balls in three are white

_CE_HALF = partial(oracles.cross_entropy, P_HAT, HALF)


def _kl(p: Sequence[Fraction], q: Sequence[Fraction]) -> Any:
    """Return the KL divergence of q from p."""
    return oracles.cross_entropy(p, q) - oracles.entropy(p)


def _questions_per_ball(n: int) -> Fraction:
    """Return how many questions the best tree for n balls takes, per ball.

    Huffman's rule with two queues and no heap: what is joined comes in rising order by itself.
    """
    white, black = P_HAT
    leaves = deque(
        sorted(white ** (n - k) * black**k for k in range(n + 1) for _ in range(comb(n, k)))
    )
    joined: deque[Fraction] = deque()
    total = Fraction(0)
    while len(leaves) + len(joined) > 1:
        pair = Fraction(0)
        for _ in range(2):
            first = not joined or (leaves and leaves[0] <= joined[0])
            pair += leaves.popleft() if first else joined.popleft()
        joined.append(pair)
        total += pair
    return total / n


def _laplace_future(n: int) -> Any:
    """Return the mean price of the next ball, learnt from n balls by Laplace's rule."""
    white, black = P_HAT
    return mpmath.fsum(
        oracles.mpf(comb(n, k) * black**k * white ** (n - k))
        * oracles.cross_entropy(P_HAT, (Fraction(n - k + 1, n + 2), Fraction(k + 1, n + 2)))
        for k in range(n + 1)
    )


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
    Golden("nat_in_bits", "1.4426950409", "bits", lambda: bits(mpmath.mpf(1)), printed=False),
    Golden("ln10", "2.3025850930", "nats", lambda: log(10)),
    Golden("log2_10", "3.3219280949", "bits", lambda: bits(log(10))),
    Golden("seed001.ce", "1.6094379124", "nats", lambda: -log(Fraction(1, 5)), printed=False),
    Golden(
        "seed001.ce_bits", "2.3219280949", "bits", lambda: -bits(log(Fraction(1, 5))), printed=False
    ),
    # Two conjuror's decks: each with the tree that fits it, and with the tree of the other.
    Golden("deck.fits", "1.75", "bits", lambda: bits(oracles.entropy(DECK))),
    Golden("deck.old_tree", "2.25", "bits", lambda: bits(oracles.cross_entropy(DECK, OLD_DECK))),
    Golden("deck.wasted", "0.5", "bits", lambda: bits(_kl(DECK, OLD_DECK))),
    Golden("old_deck.wasted", "0.625", "bits", lambda: bits(_kl(OLD_DECK, DECK))),
    Golden("deck.suit", "2", "bits", lambda: bits(log(4))),
    Golden("deck.card", "5.7004", "bits", lambda: bits(log(52)), printed=False),
    Golden("deck.order", "225.5810", "bits", lambda: bits(log(mpmath.fac(52)))),
    Golden("cleo.expects_bits", "0.4689955936", "bits", lambda: bits(oracles.entropy(CLEO))),
    Golden(
        "cleo.gets_bits", "1.4199730940", "bits", lambda: bits(oracles.cross_entropy(P_HAT, CLEO))
    ),
    Golden("blocks_of_ten", "0.9737", "bits", lambda: _questions_per_ball(10)),
    Golden("kl.there", "0.3680642072", "nats", lambda: _kl(CLEO, HALF)),
    Golden("kl.back", "0.5108256238", "nats", lambda: _kl(HALF, CLEO)),
    Golden("laplace.5", "0.7325", "nats", partial(_laplace_future, 5)),
    Golden("laplace.22", "0.6933", "nats", partial(_laplace_future, 22)),
    Golden("laplace.23", "0.6925", "nats", partial(_laplace_future, 23)),
    Golden("stamps.floor", "0.3819085010", "nats", lambda: oracles.entropy(MOON) * 3 / 5),
)
