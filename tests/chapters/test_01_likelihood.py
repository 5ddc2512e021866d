"""Chapter 1's statements about the game, the record and the world hold."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import comb
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from course.golden import oracles
from course.guards import CHAPTERS, output_texts, read
from lib.bernoulli import sequence_probability

THETA = sp.Symbol("theta", positive=True)
BALLS = st.text("wb", min_size=1, max_size=12)


CELLS = read(CHAPTERS[1]).cells


def output(cell_id: str) -> str:
    """Return what a cell has printed."""
    (cell,) = [cell for cell in CELLS if cell.id == cell_id]
    return "".join(text for _, text in output_texts(cell))


def printed_function() -> Callable[[str, Any], Any]:
    """Return the function that the chapter writes out, run from its cell."""
    (source,) = [cell.source for cell in CELLS if cell.source.startswith("def probability(")]
    names: dict[str, Any] = {"Fraction": Fraction, "print": lambda *_: None}
    exec(source, names)
    return names["probability"]  # type: ignore[no-any-return]


probability = printed_function()


@given(BALLS, st.fractions(0, 1))
def test_the_five_lines_agree_with_the_library(balls: str, theta: Fraction) -> None:
    assert probability(balls, theta) == sequence_probability(balls, theta)


@given(BALLS)
def test_the_five_lines_take_a_symbol_and_an_array(balls: str) -> None:
    assert sp.expand(probability(balls, THETA) - sequence_probability(balls, THETA)) == 0
    dials = np.linspace(0, 1, 5)
    expected = sequence_probability(balls, dials)
    np.testing.assert_allclose(probability(balls, dials), expected, rtol=1e-14, atol=0)


@given(BALLS, st.fractions(0, 1))
def test_tokens_are_doubled_shares(balls: str, share: Fraction) -> None:
    tokens = Fraction(100)
    for ball in balls:
        on_black = tokens * share
        tokens = 2 * (on_black if ball == "b" else tokens - on_black)
    assert tokens == 100 * 2 ** len(balls) * probability(balls, share)


def test_the_answer_to_the_task_of_the_dial_is_right() -> None:
    def above(theta: float) -> float:
        return probability("wbwbb", theta) / probability("wbwbb", 0.6) - 0.99

    low, high = brentq(above, 0.1, 0.6), brentq(above, 0.6, 0.9)
    (answer,) = [c.source for c in CELLS if "<summary>Answer</summary>" in c.source]
    assert f"Between {low:.2f} and {high:.2f}." in answer


@pytest.mark.parametrize("n", range(1, 8))
def test_a_flat_dial_makes_every_count_equally_probable(n: int) -> None:
    for k in range(n + 1):
        column = comb(n, k) * THETA**k * (1 - THETA) ** (n - k)
        assert sp.integrate(sp.expand(column), (THETA, 0, 1)) == sp.Rational(1, n + 1)


def test_on_the_log_odds_the_posterior_has_another_top_and_the_likelihood_has_not() -> None:
    phi = sp.Symbol("phi", real=True)
    theta = 1 / (1 + sp.exp(-phi))
    likelihood = probability("wbwbb", theta)
    at = {
        name: sp.log(odds)
        for name, odds in (("3/5", sp.Rational(3, 2)), ("4/7", sp.Rational(4, 3)))
    }
    slope = sp.diff(likelihood, phi)
    assert sp.simplify(slope.subs(phi, at["3/5"])) == 0
    density = sp.diff(likelihood * sp.diff(theta, phi), phi)
    assert sp.simplify(density.subs(phi, at["4/7"])) == 0
    assert sp.simplify(density.subs(phi, at["3/5"])) != 0


@given(BALLS)
def test_the_crowd_of_all_settings_bets_by_the_mean_and_is_never_ruined(balls: str) -> None:
    area = sp.integrate(sp.expand(probability(balls, THETA)), (THETA, 0, 1))
    tokens = oracles.crowd([int(ball == "b") for ball in balls])
    assert 100 * 2 ** len(balls) * area == sp.Rational(tokens.numerator, tokens.denominator)
    assert tokens > 0


def test_most_tokens_possible_after_five_balls_are_3200() -> None:
    shares = (Fraction(0), Fraction(1, 2), Fraction(1))
    ends = [
        100 * 2**5 * probability("".join(balls), share)
        for balls in product("wb", repeat=5)
        for share in shares
    ]
    assert max(ends) == 3200


def test_ben_keeps_100_tokens_on_average_and_is_rarely_ahead() -> None:
    half, win, lose = Fraction(1, 2), Fraction(6, 5), Fraction(4, 5)
    assert half * win + half * lose == 1  # a ball changes nothing on average
    wins = [k for k in range(101) if win**k * lose ** (100 - k) > 1]
    luck = float(Fraction(sum(comb(100, k) for k in wins), 2**100))
    printed = output("01-record")
    assert f"ahead with {wins[0]} black or more, probability {luck:.3f}" in printed
    assert f"{float(100 * (win * lose) ** 50):.1f} of 100 tokens" in printed
