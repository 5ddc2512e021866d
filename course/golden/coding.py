"""The golden numbers of chapter 7, Coding."""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Iterable
from fractions import Fraction
from functools import partial
from typing import Any

import mpmath

from course.golden import Golden, oracles
from course.golden.oracles import BALLS, bits

BLACK = Fraction(3, 5)
SURE = Fraction(99, 100)
MESSAGES = tuple(itertools.product((0, 1), repeat=5))  # in the order of the strip


def _begins(message: tuple[int, ...]) -> Fraction:
    """Return where a message's piece begins: all messages before it, added up one by one."""
    before = itertools.takewhile(lambda other: other != message, MESSAGES)
    return sum((oracles.probability(other, BLACK) for other in before), start=Fraction(0))


def _length(low: Fraction, width: Fraction) -> int:
    """Return the length of the shortest codeword, trying one length after the other."""
    # c is the first with c / 2**L >= low; a piece of width w holds no codeword shorter than -log2 w
    return next(
        L
        for L in itertools.count((width.denominator // width.numerator).bit_length() - 1)
        if Fraction(-(-low.numerator * 2**L // low.denominator) + 1, 2**L) <= low + width
    )


def _lengths() -> list[int]:
    return [_length(_begins(m), oracles.probability(m, BLACK)) for m in MESSAGES]


def _mean_length() -> Fraction:
    terms = zip(_lengths(), MESSAGES, strict=True)
    return sum((n * oracles.probability(m, BLACK) for n, m in terms), start=Fraction(0))


def _many_balls() -> int:
    """Return the length of the codeword of 5 000 balls, from the left end of each ball's piece."""
    low, scale = 0, 5**5000  # in whole numbers, over 5**n after n balls
    width = 1
    for ball in BALLS * 1000:
        low, width = 5 * low + 2 * width * ball, width * (3 if ball else 2)
    return _length(Fraction(low, scale), Fraction(width, scale))


def _bits_per_ball(n: int) -> Fraction:
    """Return the mean length of the best code for blocks of n balls at a dial of 0.99, per ball.

    Huffman's rule with two queues: what is joined comes in rising order by itself.
    """
    chances = [(1 - SURE) ** (n - k) * SURE**k for k in range(n + 1)]
    leaves = deque(sorted(chances[k] for k in range(n + 1) for _ in range(math.comb(n, k))))
    joined: deque[Fraction] = deque()

    def smallest() -> Fraction:
        first = leaves if not joined or (leaves and leaves[0] <= joined[0]) else joined
        return first.popleft()

    total = Fraction(0)
    while len(leaves) + len(joined) > 1:
        joined.append(smallest() + smallest())
        total += joined[-1]
    return total / n


def _counted(black: int, white: int, start: Fraction) -> Fraction:
    """Return the probability of balls, white first, for somebody who counts as it goes."""
    result, N = Fraction(1), 0
    for many in (white, black):
        for seen in range(many):
            result *= (seen + start) / (N + 2 * start)
            N += 1
    return result


def _surprise(probability: Fraction) -> Any:
    # apart, since the parts of a long message's fraction are large whole numbers
    return bits(mpmath.log(probability.denominator) - mpmath.log(probability.numerator))


def _paid_back() -> int:
    """Return how many balls it takes until counting as it goes needs less than a bit for each."""
    fives = ((5 * m, _counted(3 * m, 2 * m, Fraction(1))) for m in itertools.count(1))
    return next(n for n, probability in fives if probability > Fraction(1, 2**n))


def _costs(dial: Fraction) -> Any:
    return bits(5 * oracles.cross_entropy(oracles.P_HAT, (1 - dial, dial)))


def _taken(lengths: Iterable[int]) -> Fraction:
    return sum((Fraction(1, 2**n) for n in lengths), start=Fraction(0))


def _learnt(black: int, white: int, start: Fraction = Fraction(1)) -> Any:
    return _surprise(_counted(black, white, start))


_HALF = Fraction(1, 2)
_FIVE_BALLS = partial(_costs, BLACK)

GOLDEN = (
    Golden("piece.begins", "0.22144", "", lambda: _begins(BALLS)),
    Golden("piece.taken", "0.53125", "", lambda: _taken(_lengths())),
    Golden("piece.mean_length", "5.8336", "bits", _mean_length),
    Golden("dial99.blocks3", "0.3533", "bits", partial(_bits_per_ball, 3)),
    Golden("dial99.blocks5", "0.2263", "bits", partial(_bits_per_ball, 5)),
    Golden("dial99.blocks10", "0.1362", "bits", partial(_bits_per_ball, 10)),
    Golden(
        "dial99.entropy",
        "0.0807931359",
        "bits",
        lambda: bits(oracles.entropy((1 - SURE, SURE))),
        printed=False,
    ),
    Golden("dial02.code_bits", "7.6096404744", "bits", partial(_costs, Fraction(1, 5))),
    Golden("dial09.code_bits", "7.0999", "bits", partial(_costs, Fraction(9, 10))),
    Golden("dial.told", "7.4397", "bits", lambda: bits(oracles.log(6)) + _FIVE_BALLS(), False),
    Golden("learning.bits", "5.9068905956", "bits", partial(_learnt, 3, 2)),
    Golden("learning.half", "6.4150", "bits", partial(_learnt, 3, 2, _HALF), printed=False),
    Golden("learning.5000", "4860.60", "bits", partial(_learnt, 3000, 2000)),
    Golden(
        "learning.half.5000", "4861.22", "bits", partial(_learnt, 3000, 2000, _HALF), printed=False
    ),
    Golden("learning.paid_back", "110", "balls", _paid_back),
    Golden("balls5000.bits", "4854.7530", "bits", lambda: 1000 * _FIVE_BALLS(), printed=False),
    Golden("balls5000.file", "4856", "bits", _many_balls),
    Golden("balls5000.digits", "3495", "digits", lambda: len(str(5**5000))),
    Golden("digits.plain", "2907", "bytes", lambda: math.ceil((10**7000).bit_length() / 8)),
)
# Numbers of earlier chapters that this one computes and prints again.
REPEATED = (
    "balls.likelihood",
    "balls.area",
    "balls.code_bits",
    "balls.entropy_bits",
    "blocks_of_ten",
)
