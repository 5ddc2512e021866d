"""Balls: identities first, then sympy, SciPy and mpmath, then the ends, then every bad input."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
import torch
from hypothesis import strategies as st
from scipy import stats

from lib.bernoulli import counts, likelihood_expr, log_likelihood, mle, parse, sequence_probability
from tests.lib.references import MP, U, frozen, given, near, refuses, relative

BALLS = "w-b-w-b-b"

sequences = st.lists(st.integers(0, 1), max_size=30)
dials = st.floats(0, 1)
inner_dials = st.floats(1e-12, 1 - 1e-12)
fractions = st.fractions(0, 1, max_denominator=50)


# ------------------------------------------------------------------ properties


@given(sequences)
def test_every_notation_reads_alike(balls):
    text = "".join("wb"[b] for b in balls)
    circles = "".join("○●"[b] for b in balls)
    for spelling in (text, "-".join(text), ", ".join(text), circles, balls, np.array(balls, int)):
        result = parse(spelling)
        assert result.dtype == np.int8
        assert result.tolist() == balls
    assert parse(parse(text)).tolist() == balls


@given(sequences, sequences)
def test_counts_add_up(first, second):
    assert counts(first).sum() == len(first)
    assert (counts(first + second) == counts(first) + counts(second)).all()


@given(st.lists(st.integers(0, 4), max_size=30))
def test_counts_of_more_colours(labels):
    result = counts(labels, 5)
    assert result.dtype == np.int64
    assert result.tolist() == [labels.count(k) for k in range(5)]
    assert (counts(labels[::-1], 5) == result).all()


@pytest.mark.parametrize("n", range(5))
@given(theta=fractions)
def test_the_probabilities_of_all_sequences_sum_to_1_exactly(n, theta):
    everything = itertools.product((0, 1), repeat=n)
    assert sum(sequence_probability(list(seq), theta) for seq in everything) == 1


@given(sequences, sequences, fractions)
def test_independent_draws_multiply(first, second, theta):
    product = sequence_probability(first, theta) * sequence_probability(second, theta)
    assert sequence_probability(first + second, theta) == product


@given(sequences, fractions, st.randoms())
def test_the_order_does_not_matter(balls, theta, random):
    shuffled = random.sample(balls, len(balls))
    assert sequence_probability(shuffled, theta) == sequence_probability(balls, theta)
    assert log_likelihood(shuffled, float(theta)) == log_likelihood(balls, float(theta))


@given(sequences, dials)
def test_a_float_is_off_by_two_roundings_a_factor_at_most(balls, theta):
    exact = sequence_probability(balls, Fraction(theta))
    # 2 u a factor (1 - theta is rounded, then the product is); below 1e-290 a product of up to 30
    # factors may pass through subnormal numbers, which have fewer digits.
    if exact > Fraction(1, 10**290) or exact == 0:
        got = sequence_probability(balls, theta)
        assert abs(Fraction(got) - exact) <= 2 * len(balls) * Fraction(U) * exact


@given(sequences, sequences, inner_dials)
def test_log_likelihoods_add(first, second, theta):
    together = log_likelihood(first + second, theta)
    apart = log_likelihood(first, theta) + log_likelihood(second, theta)
    # Both sides have the contract's 5 u (see the oracle below), the right-hand one an addition.
    assert abs(together - apart) <= 11 * U * abs(together)


@given(sequences, st.integers(0, 1024).map(lambda i: i / 1024))
def test_swapping_the_colours_turns_the_dial_around(balls, theta):
    swapped = [1 - b for b in balls]
    a, b = log_likelihood(balls, theta), log_likelihood(swapped, 1 - theta)  # 1 - theta is exact
    assert a == b or abs(a - b) <= 10 * U * abs(a)


@given(sequences, dials)
def test_no_dial_beats_k_over_n(balls, theta):
    n, k = len(balls), sum(balls)
    if n:
        best, other = log_likelihood(balls, float(mle(k, n))), log_likelihood(balls, theta)
        # 5 u of each value. The rounding of k / n only has an effect of second order.
        assert best >= other - 5 * U * (abs(best) + abs(other))


@given(st.integers(0, 12), st.integers(1, 12), fractions)
def test_mle_is_the_maximum_exactly(k, n, theta):
    if k <= n:
        expr, best = likelihood_expr(k, n), mle(k, n)
        (symbol,) = expr.free_symbols
        value = sp.Rational(theta.numerator, theta.denominator)
        gap = expr.subs(symbol, best) - expr.subs(symbol, value)
        assert gap > 0 if value != best else gap == 0


@given(sequences, st.lists(dials, min_size=1, max_size=6))
def test_arrays_are_evaluated_entry_by_entry(balls, thetas):
    array = frozen(thetas)
    result = log_likelihood(balls, array)
    assert result.dtype == np.float64
    assert result.tolist() == [log_likelihood(balls, t) for t in thetas]
    assert log_likelihood(balls, thetas).tolist() == result.tolist()
    grid = np.stack([array, array[::-1]])
    assert log_likelihood(balls, grid.T).shape == (len(thetas), 2)
    assert (log_likelihood(balls, grid.T) == log_likelihood(balls, grid).T).all()
    assert sequence_probability(balls, grid).shape == grid.shape
    assert (
        sequence_probability(balls, thetas).tolist() == sequence_probability(balls, array).tolist()
    )


def test_nothing_is_mutated():
    balls = frozen([0, 1, 0, 1, 1], np.int64)
    theta = frozen([0.2, 0.6])
    parse(balls), counts(balls), counts(balls, 3)
    sequence_probability(balls, theta), log_likelihood(balls, theta)
    assert balls.tolist() == [0, 1, 0, 1, 1]
    assert theta.tolist() == [0.2, 0.6]


# ------------------------------------------------------------------ oracles


def test_five_balls_exactly():
    assert parse(BALLS).tolist() == [0, 1, 0, 1, 1]
    assert counts(BALLS).tolist() == [2, 3]
    assert sequence_probability(BALLS, Fraction(3, 5)) == Fraction(108, 3125)
    assert mle(3, 5) == sp.Rational(3, 5)


def test_the_type_of_number_is_kept():
    theta = sp.Symbol("theta", positive=True)
    assert isinstance(sequence_probability(BALLS, Fraction(1, 3)), Fraction)
    assert isinstance(sequence_probability(BALLS, sp.Rational(1, 3)), sp.Rational)
    assert type(sequence_probability(BALLS, 0.5)) is float
    assert type(sequence_probability(BALLS, np.float64(0.5))) is float
    assert sp.expand(sequence_probability(BALLS, theta) - theta**3 * (1 - theta) ** 2) == 0
    assert type(log_likelihood(BALLS, 0.5)) is float
    assert type(log_likelihood(BALLS, Fraction(1, 2))) is float


def test_sympy_stats_gives_the_same_likelihood():
    theta = sp.Symbol("theta", positive=True)
    from sympy.stats import Bernoulli, density

    pmf = density(Bernoulli("X", theta))
    from_pmf = sp.prod([pmf(ball) for ball in (0, 1, 0, 1, 1)])
    assert sp.expand(from_pmf - likelihood_expr(3, 5, theta)) == 0


@pytest.mark.parametrize(("k", "n"), [(3, 5), (1, 2), (5, 7), (1, 10)])
def test_the_estimate_is_where_the_derivative_vanishes(k, n):
    expr = likelihood_expr(k, n)
    (theta,) = expr.free_symbols
    inside = sp.Interval.open(0, 1)
    assert sp.solveset(sp.diff(expr, theta), theta, inside) == {mle(k, n)}
    assert sp.diff(expr, theta, 2).subs(theta, mle(k, n)) < 0


@pytest.mark.parametrize(("k", "n"), [(0, 0), (0, 3), (3, 3), (3, 5), (4, 9)])
def test_the_area_under_the_likelihood_is_eulers_beta(k, n):
    expr = likelihood_expr(k, n)
    theta = next(iter(expr.free_symbols), sp.Symbol("theta"))
    assert sp.integrate(expr, (theta, 0, 1)) == 1 / (sp.Integer(n + 1) * sp.binomial(n, k))


def test_symbols_give_the_general_answer():
    k, n = sp.symbols("k n", positive=True, integer=True)
    theta = sp.Symbol("theta", positive=True)
    assert mle(k, n) == k / n
    ell = sp.expand_log(sp.log(likelihood_expr(k, n, theta)), force=True)
    assert sp.simplify(sp.diff(ell, theta).subs(theta, mle(k, n))) == 0
    assert mle(sp.Symbol("k"), 5) == sp.Symbol("k") / 5
    assert likelihood_expr(3, 5, sp.Rational(3, 5)) == sp.Rational(108, 3125)


def test_exact_types():
    for k, n in ((3, 5), (np.int64(3), np.int32(5)), (sp.Integer(3), sp.Integer(5))):
        assert mle(k, n) == sp.Rational(3, 5)
        assert isinstance(mle(k, n), sp.Rational)
    assert mle(0, 4) == 0
    assert mle(4, 4) == 1


@given(sequences, st.one_of(inner_dials, st.floats(1e-300, 1e-12)))
def test_log_likelihood_against_mpmath(balls, theta):
    k, n = sum(balls), len(balls)
    t = MP.mpf(theta)
    exact = k * MP.log(t) + (n - k) * MP.log(1 - t)
    # Contract: each term p log q within 2 ulp = 4 u; both have one sign, so their sum adds one u.
    assert relative(log_likelihood(balls, theta), exact) <= 5 * U


@given(sequences, inner_dials)
def test_log_likelihood_against_scipy(balls, theta):
    expected = stats.bernoulli.logpmf(balls, theta).sum() if balls else 0.0
    # Here N terms are added; SciPy forms each of them from one logarithm like ours.
    assert abs(log_likelihood(balls, theta) - expected) <= (10 + len(balls)) * U * abs(expected)


# ------------------------------------------------------------------ edge cases


def test_the_ends_of_the_dial():
    assert log_likelihood("bb", 1.0) == 0
    assert log_likelihood("ww", 0.0) == 0
    assert log_likelihood("wb", 0.0) == log_likelihood("wb", 1.0) == -math.inf
    assert log_likelihood("bb", 0.0) == log_likelihood("ww", 1.0) == -math.inf
    assert log_likelihood("bb", -0.0) == -math.inf
    inside = near(2 * math.log(0.5), rel=5 * U)
    assert log_likelihood("wb", [0.0, 0.5, 1.0]).tolist() == [-math.inf, inside, -math.inf]
    for balls, theta in (("bb", 1.0), ("ww", 0.0), ("", 0.0), ("", 1.0)):
        assert math.copysign(1, log_likelihood(balls, theta)) == 1  # 0.0, never -0.0
    assert sequence_probability("bb", 1) == 1
    assert sequence_probability("wb", 1) == 0


def test_no_balls():
    assert parse("").shape == (0,)
    assert parse([]).dtype == np.int8
    assert counts("").tolist() == [0, 0]
    assert counts([], 3).tolist() == [0, 0, 0]
    assert sequence_probability("", 0.3) == 1
    assert sequence_probability("", Fraction(1, 3)) == 1
    assert log_likelihood("", 0.3) == 0
    assert likelihood_expr(0, 0) == 1


def test_one_colour():
    assert counts([0, 0, 0], 1).tolist() == [3]


def test_a_product_underflows_where_the_logarithm_does_not():
    many = BALLS * 1000
    assert sequence_probability(many, 0.6) == 0
    assert (
        relative(
            log_likelihood(many, 0.6), 1000 * MP.log(MP.mpf(0.6) ** 3 * (1 - MP.mpf(0.6)) ** 2)
        )
        <= 5 * U
    )
    assert math.isfinite(log_likelihood(np.ones(10**5, np.int8), 5e-324))


def test_small_dials_keep_their_digits():
    # log(1 - 1e-20) is 0 if 1 - theta is formed first.
    assert log_likelihood("w", 1e-20) == -1e-20


def test_balls_in_a_tensor_and_on_several_lines():
    for seq in (torch.tensor([0, 1, 1]), torch.tensor([0, 1, 1], dtype=torch.uint8)):
        assert parse(seq).tolist() == [0, 1, 1]
        assert counts(seq).tolist() == [1, 2]
    for text in ("w\nb", "w b\n", "\tw,\r\nb", "w\u00a0-\u2003b"):
        assert parse(text).tolist() == [0, 1]


# ------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("balls", "position", "shown"),
    [
        ("wxb", 1, "'x'"),
        ("W", 0, "'W'"),
        ("w-b-r", 2, "'r'"),
        (["w", "wb"], 1, "'wb'"),
        ([0, 1, 2], 2, "2"),
        ([0, -1], 1, "-1"),
        ([1.0], 0, "1.0"),
        ([0, True], 1, "True"),
        (np.array([False]), 0, "np.False_"),
        ([None], 0, "None"),
        ([[0]], 0, "[0]"),
        (b"wb", 0, "119"),
    ],
)
def test_a_ball_neither_white_nor_black(balls, position, shown):
    message = (
        f"ball {position} is {shown}, neither white nor black; "
        "write w, ○ or 0 for white and b, ● or 1 for black"
    )
    for call in (parse, counts, lambda b: sequence_probability(b, 0.5)):
        with refuses(message):
            call(balls)
    with refuses(message):
        log_likelihood(balls, 0.5)


@pytest.mark.parametrize(
    ("theta", "shown"),
    [
        (1.5, "1.5"),
        (-0.1, "-0.1"),
        (math.nan, "nan"),
        (np.float64("nan"), "nan"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (1 + 2**-52, "1.0000000000000002"),
        (-5e-324, "-5e-324"),
        (Fraction(6, 5), "6/5"),
        (sp.Rational(6, 5), "6/5"),
        (sp.sqrt(2), "sqrt(2)"),
        (sp.nan, "nan"),
        (sp.I, "I"),
        (0.5j, "0.5j"),
        ("0.5", "0.5"),
        (None, "None"),
        (2, "2"),
        (True, "True"),
        (np.False_, "False"),
    ],
)
def test_theta_outside_0_to_1(theta, shown):
    message = f"theta is {shown}; a probability must be a number in [0, 1]"
    with refuses(message):
        sequence_probability(BALLS, theta)
    with refuses(message):
        log_likelihood(BALLS, theta)
    if theta is not None:
        with refuses(message):
            likelihood_expr(3, 5, theta)


@pytest.mark.parametrize(
    ("theta", "position", "shown"),
    [
        ([0.5, 1.5, -1], "(1,)", "1.5"),
        (np.array([[0.5, 0.2], [np.nan, 0.1]]), "(1, 0)", "nan"),
        (np.array(-2.0), "()", "-2.0"),
        ((0.5, math.inf), "(1,)", "inf"),
        (["a"], "(0,)", "a"),
        (np.array([True, False]), "(0,)", "True"),
        ([0.5j], "(0,)", "0.5j"),
        ([sp.Symbol("t")], "(0,)", "t"),
    ],
)
def test_theta_outside_0_to_1_in_an_array_names_the_first(theta, position, shown):
    message = f"theta at position {position} is {shown}; a probability must be a number in [0, 1]"
    with refuses(message):
        sequence_probability(BALLS, theta)
    with refuses(message):
        log_likelihood(BALLS, theta)


def test_theta_that_no_array_can_hold():
    for call in (sequence_probability, log_likelihood):
        with refuses("theta has rows of different lengths; give as many in each"):
            call(BALLS, [[0.5, 0.5], [0.5]])
    with refuses("theta is t; give a number, not a symbol"):
        log_likelihood(BALLS, sp.Symbol("t"))


@pytest.mark.parametrize("seq", [5, None, np.array(1)])
def test_balls_that_are_not_a_sequence(seq):
    for call in (parse, counts, lambda b: log_likelihood(b, 0.5)):
        with refuses(f'seq is {seq!r}; give a sequence such as "wbwbb" or [0, 1]'):
            call(seq)


@pytest.mark.parametrize(
    ("k", "n", "message"),
    [
        (6, 5, "k is 6 of n = 5 balls; black balls must number 0 to n"),
        (-1, 5, "k is -1 of n = 5 balls; black balls must number 0 to n"),
        (0, -1, "n is -1; the number of balls cannot be negative"),
        (2.0, 5, "k is 2.0; a number of balls must be an integer"),
        (True, 5, "k is True; a number of balls must be an integer"),
        (2, "5", "n is '5'; a number of balls must be an integer"),
        (None, 5, "k is None; a number of balls must be an integer"),
        (Fraction(1, 2), 5, "k is Fraction(1, 2); a number of balls must be an integer"),
        (sp.Rational(1, 2), 5, "k is 1/2; a number of balls must be an integer"),
        (sp.Float(3), 5, "k is 3.00000000000000; a number of balls must be an integer"),
        (sp.nan, 5, "k is nan; a number of balls must be an integer"),
        (3, sp.oo, "n is oo; a number of balls must be an integer"),
        (sp.Symbol("k", negative=True), 5, "k is k of n = 5 balls; black balls must number 0 to n"),
        (sp.Symbol("k", integer=False), 5, "k is k; a number of balls must be an integer"),
    ],
)
def test_invalid_counts_of_balls(k, n, message):
    for call in (likelihood_expr, mle):
        with refuses(message):
            call(k, n)


def test_the_estimate_without_balls():
    with refuses("n is 0: without a ball every theta is equally good; draw at least one"):
        mle(0, 0)


@pytest.mark.parametrize(
    ("labels", "K", "message"),
    [
        ([0, 3, 5], 3, "label 3 at position 1 is outside 0..2; classes are counted from 0"),
        ([0, 1, -1], 3, "label -1 at position 2 is outside 0..2; classes are counted from 0"),
        ([1], 1, "label 1 at position 0 is outside 0..0; classes are counted from 0"),
        (
            [0.0, 1.0],
            3,
            "labels have shape (2,) and dtype float64; "
            "with K = 3 give a one-dimensional sequence of integers",
        ),
        (
            [True, False],
            3,
            "labels have shape (2,) and dtype bool; "
            "with K = 3 give a one-dimensional sequence of integers",
        ),
        (
            [[0, 1]],
            3,
            "labels have shape (1, 2) and dtype int64; "
            "with K = 3 give a one-dimensional sequence of integers",
        ),
        (
            "wb",
            3,
            "labels have shape () and dtype <U2; "
            "with K = 3 give a one-dimensional sequence of integers",
        ),
        ([[0], [1, 2]], 3, "seq has rows of different lengths; give as many in each"),
        ([0], 0, "K is 0; the number of colours must be an integer of at least 1"),
        ([0], 2.0, "K is 2.0; the number of colours must be an integer of at least 1"),
        ([0], True, "K is True; the number of colours must be an integer of at least 1"),
    ],
)
def test_invalid_colours(labels, K, message):
    with refuses(message):
        counts(labels, K)
