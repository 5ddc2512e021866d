"""Calibration, refinement, temperature: identities, slow versions, edge cases, bad input."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as st
from scipy.special import softmax

from lib.losses import nll_from_logits
from lib.scoring import ece, fit_temperature, recalibrate, reliability_table, two_bills
from tests.lib.references import (
    MP,
    U,
    distributions,
    frozen,
    given,
    loss_tolerance,
    near,
    refuses,
)

INF = math.inf


@st.composite
def predictions(draw):
    """Return distributions (N, 3) and labels (N,), some confidences exactly on an edge."""
    N = draw(st.integers(1, 8))
    on_edges = st.sampled_from([0.5, 0.6, 0.75, 0.8, 1.0]).map(lambda c: np.array([c, 1 - c, 0.0]))
    rows = [draw(st.one_of(distributions(3), on_edges)) for _ in range(N)]
    return np.stack(rows), np.array(draw(st.lists(st.integers(0, 2), min_size=N, max_size=N)))


@st.composite
def fittable(draw):
    """Return logits and labels that have a best temperature: mostly right, sometimes wrong."""
    K = draw(st.integers(2, 4))
    N = draw(st.integers(4, 10))
    z = draw(st.lists(st.floats(-8, 8), min_size=N * K, max_size=N * K))
    z = np.array(z).reshape(N, K)
    y = z.argmax(axis=1)
    y[: N // 4] = z[: N // 4].argmin(axis=1)
    centred = z - z.mean(axis=1, keepdims=True)
    # Clearly better than chance, and with a costly mistake.
    assume(centred[np.arange(N), y].mean() > 0.05)
    assume((z.max(axis=1) - z[np.arange(N), y]).max() > 0.05)
    return z, y


def slow_ece(probs, y, bins) -> float:
    """One bin at a time, by the definition."""
    total = 0.0
    for b in range(bins):
        inside = [
            (row.max(), row.argmax() == label)
            for row, label in zip(probs, y, strict=True)
            if b / bins < row.max() <= (b + 1) / bins or (b == bins - 1 and row.max() > 1)
        ]
        if inside:
            confidence = sum(c for c, _ in inside) / len(inside)
            accuracy = sum(right for _, right in inside) / len(inside)
            total += len(inside) / len(y) * abs(confidence - accuracy)
    return total


def exact_temperature(z, y) -> float:
    """Bisect the derivative of the mean loss in beta = 1 / T, in 40 digits."""
    MP = mpmath.MPContext()
    MP.dps = 40
    rows = [[MP.mpf(float(v)) for v in row] for row in z]
    true = [row[label] for row, label in zip(rows, y, strict=True)]

    def slope(beta):
        total = MP.mpf(0)
        for row, t in zip(rows, true, strict=True):
            weights = [MP.exp(beta * v) for v in row]
            total += MP.fsum(w * v for w, v in zip(weights, row, strict=True)) / MP.fsum(weights)
            total -= t
        return total

    low, high = MP.mpf(0), MP.mpf(1)
    while slope(high) < 0:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return float(1 / high)


def temperature_tolerance(z, y, T) -> float:
    """Relative: the error of the derivative over its slope, the mean variance of the logits.

    A term q_k z_k is off by the contract's ``(K + gap + 8) u`` and the rounding of the shift.
    """
    shifted = z - z.max(axis=1, keepdims=True)
    q = softmax(shifted / T, axis=1)
    mean = (q * shifted).sum(axis=1, keepdims=True)
    curvature = (q * (shifted - mean) ** 2).sum(axis=1).mean()
    size = (q * np.abs(shifted) * (z.shape[1] + np.abs(shifted) / T + 10)).sum(axis=1)
    size += np.abs(shifted[np.arange(len(y)), y]) * (1 + len(y))
    return size.mean() * U * T / curvature + 3e-14  # plus brentq's tolerance, once for each side


# ------------------------------------------------------------------ calibration error


@given(predictions(), st.integers(1, 20))
def test_calibration_error_against_the_slow_version(case, bins):
    probs, y = case
    value = ece(probs, y, bins)
    # Up to N additions of numbers below 1, and a division.
    assert value == near(slow_ece(probs, y, bins), abs=(2 * len(y) + 4) * U)
    assert 0 <= value <= 1 + 2 * len(y) * U


@given(predictions(), st.randoms())
def test_calibration_error_of_shuffled_and_of_doubled_data(case, random):
    probs, y = case
    value, order = ece(probs, y), random.sample(range(len(y)), len(y))
    assert ece(probs[order], y[order]) == near(value, abs=4 * len(y) * U)
    twice = ece(np.concatenate([probs, probs]), np.concatenate([y, y]))
    assert twice == near(value, abs=6 * len(y) * U)


@given(predictions())
def test_fewer_bins_can_only_hide_a_gap(case):
    # Each of 5 bins is the union of 3 of 15: gaps of opposite sign may cancel there.
    probs, y = case
    slack = 4 * len(y) * U
    assert ece(probs, y, 5) <= ece(probs, y, 15) + slack
    gap = abs(probs.max(axis=1).mean() - (probs.argmax(axis=1) == y).mean())
    assert ece(probs, y, 1) == near(gap, abs=slack)


@given(predictions())
def test_nothing_is_mutated_and_layout_does_not_matter(case):
    probs, y = frozen(case[0]), frozen(case[1], np.int64)
    value = ece(probs, y)
    assert ece(probs.tolist(), y.tolist()) == value
    assert ece(np.asfortranarray(probs), y.astype(np.int8)) == value
    assert ece(np.repeat(probs, 2, axis=0)[::2], y) == value
    assert (probs == case[0]).all()
    assert type(value) is float


def test_calibrated_but_useless_and_right_but_unsure():
    # Three of five are class 1, and 60 % is what is said every time: calibrated.
    probs = np.tile([0.4, 0.6], (5, 1))
    assert ece(probs, [0, 1, 0, 1, 1]) == near(0, abs=6 * U)
    # Always right, at 60 %: off by 40 %.
    assert ece(probs, [1] * 5) == near(0.4, abs=6 * U)
    assert ece([[0.0, 1.0]], [0]) == 1
    assert ece([[0.0, 1.0]], [1]) == 0


def test_bins_are_closed_on_the_right():
    # 0.6 = 3/5 is the right end of the third of five bins, and 0.7 lies in the fourth. In one bin
    # the gaps 0.6 - 1 and 0.7 - 0 would cancel in part.
    probs, y = [[0.6, 0.4], [0.3, 0.7]], [0, 0]
    assert ece(probs, y, 5) == near((0.4 + 0.7) / 2, abs=4 * U)
    assert ece(probs, y, 1) == near((0.7 - 0.4) / 2, abs=4 * U)
    # Just above the edge both share a bin.
    above = np.nextafter(0.6, 1)
    assert ece([[above, 1 - above], [0.3, 0.7]], y, 5) == near((0.7 - 0.4) / 2, abs=4 * U)


@pytest.mark.parametrize("bins", [3, 7, 10, 15, 49])
def test_every_edge_belongs_to_the_bin_below(bins):
    for b in range((bins + 1) // 2 + 1, bins):
        edge, inside = b / bins, (b - 0.5) / bins
        # The edge with a right answer, the middle of the bin below it with a wrong one.
        probs = [[edge, 1 - edge], [inside, 1 - inside]]
        together = abs(edge - 1 + inside) / 2
        if inside > 0.5:
            assert ece(probs, [0, 1], bins) == near(together, abs=4 * U)


def test_a_confidence_that_rounding_lifted_above_1():
    above = 1 + 2**-52
    assert ece([[above, 0.0]], [0]) == near(0, abs=2 * U)
    # It shares the last bin with 0.95, where the gaps 1 - 0 and 0.95 - 1 cancel in part.
    assert ece([[above, 0.0], [0.95, 0.05]], [1, 0]) == near((1 + 0.95 - 1) / 2, abs=8 * U)


def test_float32_predictions():
    probs = np.array([[0.25, 0.75], [0.875, 0.125]], np.float32)
    assert ece(probs, [1, 1]) == near((0.25 + 0.875) / 2, abs=4 * U)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("bins", [3, 7, 10, 15])
def test_an_edge_is_an_edge_in_every_type(dtype, bins):
    # 0.6 in float32 is 0.60000002: compared with the float64 edge it fell into the next bin.
    b = np.arange(bins // 2 + 1, bins)
    edges = (b / bins).astype(dtype)
    inside = (b - 0.25) / bins
    for edge, below in zip(edges, inside.astype(dtype), strict=True):
        probs = np.array([[edge, 1 - edge], [below, 1 - below]])
        assert probs.dtype == dtype
        if below > 0.5:
            together = abs(float(edge) - 1 + float(below)) / 2
            assert ece(probs, [0, 1], bins) == near(together, abs=4 * U)


def test_tenths_in_float32():
    probs = np.array([[0.6, 0.4], [0.55, 0.45]], np.float32)
    assert f"{ece(probs, [0, 1], bins=10):.3f}" == "0.075"
    k = np.tile([6, 7, 8, 9], 1000)
    probs, y = np.stack([k / 10, 1 - k / 10], axis=1), np.arange(4000) // 4 % 2
    for dtype in (np.float32, np.float16):
        rounding = 4 * float(np.finfo(dtype).eps)
        assert ece(probs.astype(dtype), y, bins=10) == near(ece(probs, y, bins=10), abs=rounding)


# ------------------------------------------------------------------ temperature


@given(fittable())
def test_no_temperature_on_a_grid_is_better(case):
    z, y = case
    T = fit_temperature(z, y)

    def loss_and_error(T):
        loss = nll_from_logits(z / T, y)
        relative = max(loss_tolerance(row / T) for row in z) + len(y) * U
        # z / T is rounded, and the loss moves by at most twice as much.
        return loss, relative * loss + 2 * U * np.abs(z).max() / T

    best, error = loss_and_error(T)
    for other in T * np.exp(np.linspace(-3, 3, 41)):
        loss, its_error = loss_and_error(other)
        assert loss >= best - error - its_error


@given(fittable(), examples=15)
def test_temperature_against_mpmath(case):
    z, y = case
    fitted = fit_temperature(z, y)
    tolerance = temperature_tolerance(z, y, fitted)
    assert fitted == near(exact_temperature(z, y), rel=tolerance)


@given(fittable())
def test_logits_three_times_as_large_need_three_times_the_temperature(case):
    z, y = case
    T = fit_temperature(z, y)
    assert fit_temperature(4 * z, y) == 4 * T  # a power of two rounds nothing
    tolerance = 2 * temperature_tolerance(z, y, T)
    assert fit_temperature(3 * z, y) == near(3 * T, rel=tolerance)
    assert fit_temperature(z * 1e-6, y) == near(T * 1e-6, rel=tolerance)
    assert fit_temperature(z / T, y) == near(1, rel=tolerance)


@given(fittable(), st.randoms())
def test_irrelevant_changes_have_no_effect(case, random):
    z, y = case
    T = fit_temperature(z, y)
    tolerance = 2 * temperature_tolerance(z, y, T)
    order = random.sample(range(len(y)), len(y))
    assert fit_temperature(z[order], y[order]) == near(T, rel=tolerance)
    twice = fit_temperature(np.concatenate([z, z]), np.concatenate([y, y]))
    assert twice == near(T, rel=2 * tolerance)
    impossible = np.concatenate([z, np.full((len(y), 1), -INF)], axis=1)
    assert fit_temperature(impossible, y) == near(T, rel=tolerance)
    classes = random.sample(range(z.shape[1]), z.shape[1])
    assert fit_temperature(z[:, classes], np.argsort(classes)[y]) == near(T, rel=tolerance)


def test_a_shift_of_each_row_does_not_matter():
    z, y = np.array([[0.0, 1.0], [2.0, 0.5], [0.25, 1.0]]), [1, 0, 0]
    shift = np.array([[1000], [-5], [0]])  # exact: all are multiples of 1/4
    assert fit_temperature(z + shift, y) == fit_temperature(z, y)


@given(fittable())
def test_nothing_is_mutated_when_fitting(case):
    z, y = frozen(case[0]), frozen(case[1], np.int64)
    T = fit_temperature(z, y)
    assert type(T) is float
    assert fit_temperature(z.tolist(), y.tolist()) == T
    assert fit_temperature(np.repeat(z, 2, axis=0)[::2], y) == T
    assert (z == case[0]).all()


@pytest.mark.parametrize("lead", [1e-3, 1.0, 20.0, 1e6, 1e150, 1e300])
def test_five_balls_once_more(lead):
    # Five answers with one and the same lead, three of them right: the best probability is 3/5,
    # so lead / T = log(3/2).
    z = np.tile([0.0, lead], (5, 1))
    assert fit_temperature(z, [0, 1, 0, 1, 1]) == near(lead / math.log(1.5), rel=4e-14)


@pytest.mark.parametrize("lead", [2.0**-1060, 1e-300, 1.0, 1e300])
def test_extreme_logits_warn_of_nothing_whatever_numpy_is_told_to_raise(lead):
    z = np.tile([0.0, lead], (5, 1))
    with np.errstate(all="raise"):
        T = fit_temperature(z, [0, 1, 0, 1, 1])
    # Below the smallest lead there are only 14 bits.
    assert near(lead / math.log(1.5), rel=4e-14, abs=5e-324) == T


def test_float32_logits():
    z = np.array([[0.0, 1.0], [2.0, 0.5], [0.25, 1.0]])
    assert fit_temperature(z.astype(np.float32), [1, 0, 0]) == fit_temperature(z, [1, 0, 0])


def test_leads_of_very_different_size():
    z = np.array([[0.0, 1e5], [0.0, 1e-3], [1e-3, 0.0], [0.0, 1e-3]])
    y = [1, 1, 1, 1]
    fitted = fit_temperature(z, y)
    tolerance = temperature_tolerance(z, y, fitted)
    assert fitted == near(exact_temperature(z, y), rel=tolerance)


# ------------------------------------------------------------------ bad input

P = [[0.5, 0.5], [0.25, 0.75]]


@pytest.mark.parametrize(
    ("probs", "y", "bins", "message"),
    [
        (
            [[0.5, 0.4], [0.5, 0.5]],
            [0, 1],
            15,
            "probs at [0] sums to 0.9; probabilities must sum to 1 (is a class missing?)",
        ),
        ([[0.5, math.nan]], [0], 15, "probs[0, 1] is nan; probabilities must be finite numbers"),
        ([[1.5, -0.5]], [0], 15, "probs[0, 1] is -0.5; probabilities cannot be negative"),
        ([0.5, 0.5], [0], 15, "probs have shape (2,) and labels (1,); give (N, K), (N,)"),
        (P, [0], 15, "probs have shape (2, 2) and labels (1,); give (N, K), (N,)"),
        (P, 0, 15, "probs have shape (2, 2) and labels (); give (N, K), (N,)"),
        (P, [0.0, 1.0], 15, "labels are float64; class indices are integers 0..1"),
        (
            P,
            [True, False],
            15,
            "labels are bool; class indices are integers 0..1 "
            "(a comparison gives booleans: convert them on purpose)",
        ),
        (P, [[0], [0, 1]], 15, "y has rows of different lengths; give as many in each"),
        (P, [0, 2], 15, "label 2 at position 1 is outside 0..1; classes are counted from 0"),
        (P, [-1, 2], 15, "label -1 at position 0 is outside 0..1; classes are counted from 0"),
        (
            np.empty((0, 2)),
            np.empty(0, int),
            15,
            "there are no examples; give at least one",
        ),
        *(
            (P, [0, 1], bins, f"bins is {bins!r}; give an integer of at least 1")
            for bins in (0, -3, 1.5, math.nan, "a", True)
        ),
    ],
)
def test_calibration_error_of_bad_input(probs, y, bins, message):
    with refuses(message):
        ece(probs, y, bins)


RIGHT = (
    "every prediction is right (or ties): the smaller T, the smaller the loss, and no T is best; "
    "fit on more held-out examples, with some mistakes among them"
)
CHANCE = (
    "the logits order the classes no better than chance: the larger T, the smaller the loss, and "
    "no T is best; check that logits and labels belong together"
)


@pytest.mark.parametrize(
    ("z", "y", "message"),
    [
        ([[0.0, 1.0]], [1], RIGHT),
        ([[0.0, 1.0], [3.0, -INF]], [1, 0], RIGHT),
        ([[0.0, 0.0], [1.0, 1.0]], [1, 0], RIGHT),
        ([[5.0], [2.0]], [0, 0], RIGHT),
        ([[0.0, 1.0]], [0], CHANCE),
        ([[0.0, 1.0], [0.0, 1.0]], [0, 1], CHANCE),  # no better than a coin
        ([[0.0, 2.0], [0.0, 1.0]], [0, 1], CHANCE),
        (
            [[0.0, 1.0], [-INF, 1.0]],
            [0, 0],
            "row 1: the true class has logit -inf, so the loss is infinite at every temperature; "
            "give each class that occurs a finite logit",
        ),
        ([0.0, 1.0], 0, "logits have shape (2,), labels (); give (N, K), (N,)"),
        (
            [[0.0, 1.0]],
            [[0.5, 0.5]],
            "logits have shape (1, 2), labels (1, 2); give (N, K), (N,)",
        ),
        ([[[0.0, 1.0]]], [[0]], "logits have shape (1, 1, 2), labels (1, 1); give (N, K), (N,)"),
        ([[0.0, 1.0]], [2], "label 2 at position 0 is outside 0..1; classes are counted from 0"),
        ([[0.0, 1.0]], [1.0], "labels are float64; class indices are integers 0..1"),
        (
            [[0.0, 1.0]],
            [True],
            "labels are bool; class indices are integers 0..1 "
            "(a comparison gives booleans: convert them on purpose)",
        ),
        (
            [[0.0, math.nan]],
            [0],
            "row 0 of the logits holds nan at class 1; "
            "logits are finite or -inf (did training diverge?)",
        ),
        (
            [[0.0, INF]],
            [0],
            "row 0 of the logits holds inf at class 1; "
            "logits are finite or -inf (did training diverge?)",
        ),
        (
            [[-INF, -INF]],
            [0],
            "row 0 of the logits is all -inf: no class is left; allow at least one finite logit",
        ),
        (
            np.empty((0, 2)),
            np.empty(0, int),
            "there are no examples; the mean over nothing is undefined (the sum is 0)",
        ),
        (
            [[0.0, 1.0]] * 2,
            [0],
            "labels have shape (1,) and dtype int64, logits (2, 2): "
            "give integer labels of shape (2,)",
        ),
    ],
)
def test_no_best_temperature(z, y, message):
    with refuses(message):
        fit_temperature(z, y)


# ------------------------------------------------------------------ records: two tables, two bills

TENTHS = st.integers(0, 10).map(lambda k: k / 10)
EIGHTHS = st.integers(0, 8).map(lambda k: k / 8)


@st.composite
def records(draw, q=None):
    """Return forecasts (N,) and whether the event happened; forecasts are often equal."""
    close = st.sampled_from([0.2, 0.6, 1 - 4e-16, 1 - 2e-16, 1.0, 0.0, 5e-324])
    one = st.one_of(TENTHS, EIGHTHS, st.floats(0, 1), close) if q is None else q
    said = draw(st.lists(one, min_size=1, max_size=12))
    happened = draw(st.lists(st.booleans(), min_size=len(said), max_size=len(said)))
    return np.array(said), np.array(happened)


def slow_table(said, happened, bins):
    """One bin at a time, by the definition."""
    rows = []
    for b in range(bins):
        inside = [
            (q, rain)
            for q, rain in zip(said, happened, strict=True)
            if (b / bins < q <= (b + 1) / bins) or (b == 0 and q == 0)
        ]
        if inside:
            qs, rains = zip(*inside, strict=True)
            rows.append((len(inside), math.fsum(qs) / len(inside), sum(rains) / len(inside)))
    return [np.array(column) for column in zip(*rows, strict=True)]


def exact_frequencies(said, happened):
    """Pool adjacent groups while their frequencies fall, in fractions."""
    blocks = []  # value, events, forecasts, the forecasts' values
    for value in sorted(set(said.tolist())):
        rains = [bool(r) for q, r in zip(said, happened, strict=True) if q == value]
        blocks.append([sum(rains), len(rains), [value]])
        while len(blocks) > 1 and Fraction(*blocks[-2][:2]) >= Fraction(*blocks[-1][:2]):
            k, n, values = blocks.pop()
            blocks[-1] = [blocks[-1][0] + k, blocks[-1][1] + n, blocks[-1][2] + values]
    pooled = {value: float(Fraction(k, n)) for k, n, values in blocks for value in values}
    return np.array([pooled[q] for q in said.tolist()])


def exact_bills(said, happened):
    """Return calibration and refinement of groups of equal forecasts, in 500 digits."""
    calibration = refinement = MP.mpf(0)
    for value in set(said.tolist()):
        rains = [bool(r) for q, r in zip(said, happened, strict=True) if q == value]
        f, weight = MP.mpf(sum(rains)) / len(rains), MP.mpf(len(rains)) / len(said)
        for share, model in ((f, MP.mpf(value)), (1 - f, 1 - MP.mpf(value))):
            if share:
                refinement -= weight * share * MP.log(share)
                calibration += weight * share * (MP.log(share / model) if model else MP.inf)
    return calibration, refinement


def log_score(said, happened):
    """Return the mean of -log of what was given to what happened, in 500 digits."""
    given_to_it = [
        MP.mpf(q) if rain else 1 - MP.mpf(q)
        for q, rain in zip(said.tolist(), happened, strict=True)
    ]
    return MP.fsum(-MP.log(g) if g else MP.inf for g in given_to_it) / len(given_to_it)


@given(records(), st.integers(1, 20))
def test_reliability_table_against_the_slow_version(record, bins):
    n, said, p_hat = reliability_table(*record, bins)
    slow = slow_table(*record, bins)
    np.testing.assert_array_equal(n, slow[0])
    np.testing.assert_allclose(said, slow[1], rtol=0, atol=(len(record[0]) + 4) * U)
    np.testing.assert_array_equal(p_hat, slow[2])
    assert n.sum() == len(record[0])
    assert (np.diff(said) > 0).all()


@given(records(st.floats(0.01, 0.99)), st.integers(1, 15))
def test_reliability_table_against_scikit_learn(record, bins):
    from sklearn.calibration import calibration_curve

    said, happened = record
    edges = np.arange(1, bins) / bins
    assume(len(edges) == 0 or np.abs(said[:, None] - edges).min() > 1e-9)
    _, mean, p_hat = reliability_table(said, happened, bins)
    theirs, their_mean = calibration_curve(happened, said, n_bins=bins, pos_label=True)
    np.testing.assert_allclose(p_hat, theirs, rtol=0, atol=4 * U)
    np.testing.assert_allclose(mean, their_mean, rtol=0, atol=32 * U)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_each_tenth_lies_in_the_bin_below_it(dtype):
    tenths = (np.arange(11) / 10).astype(dtype)
    n, said, _ = reliability_table(tenths, np.zeros(11))
    # 0 shares the first bin with 0.1.
    np.testing.assert_array_equal(n, [2] + [1] * 9)
    assert said[1:] == pytest.approx(tenths[2:].astype(np.float64), rel=0, abs=0)


def test_three_tenths_by_multiplication_are_above_the_edge():
    # 3 * 0.1 is not 0.3 in binary; the next bin has it.
    assert 3 * 0.1 > 0.3
    n, _, _ = reliability_table([0.3, 3 * 0.1], [0, 1])
    np.testing.assert_array_equal(n, [1, 1])


@given(records())
def test_recalibration_against_fractions(record):
    np.testing.assert_array_equal(recalibrate(*record), exact_frequencies(*record))


def test_a_group_counts_as_often_as_it_was_said():
    # 1 of 1 and 0 of 3 make 1 of 4, which is below 2 of 5. Unweighted they would make one half.
    said = np.repeat([0.1, 0.2, 0.3], [1, 3, 5])
    happened = [1, 0, 0, 0, 1, 1, 0, 0, 0]
    np.testing.assert_array_equal(recalibrate(said, happened), np.repeat([1 / 4, 2 / 5], [4, 5]))


@given(records(EIGHTHS))
def test_recalibration_against_scikit_learn(record):
    from sklearn.isotonic import IsotonicRegression

    said, happened = record
    theirs = IsotonicRegression(out_of_bounds="clip").fit(said, happened).predict(said)
    np.testing.assert_allclose(recalibrate(said, happened), theirs, rtol=0, atol=1e-12)


@given(records(EIGHTHS))
def test_no_rising_function_does_better(record):
    from sklearn.metrics import brier_score_loss

    said, happened = record
    best = recalibrate(said, happened)
    _, refinement = two_bills(best, happened)
    score = brier_score_loss(happened, best, labels=[False, True])
    for rising in (said, said**2, np.sqrt(said), np.full(len(said), 0.5), (1 + said) / 3):
        assert score <= brier_score_loss(happened, rising, labels=[False, True]) + 8 * U
        assert refinement <= sum(two_bills(rising, happened)) + 1e-12
    assert two_bills(best, happened)[0] <= 1e-15  # nothing is left to recalibrate


@given(records())
def test_recalibration_rises_keeps_ties_and_is_done_after_once(record):
    said, happened = record
    best = recalibrate(said, happened)
    order = np.argsort(said, kind="stable")
    assert (np.diff(best[order]) >= 0).all()
    for value in said:
        assert len(set(best[said == value].tolist())) == 1
    np.testing.assert_array_equal(recalibrate(best, happened), best)


def test_confidences_a_rounding_apart():
    # scikit-learn 1.9 takes the last two for equal and then calls its own maximum out of bounds.
    said = np.array([0.2, 0.6, 1 - 4e-16, 1 - 2e-16])
    np.testing.assert_array_equal(recalibrate(said, [0, 1, 1, 1]), [0, 1, 1, 1])
    np.testing.assert_array_equal(recalibrate(said, [0, 1, 1, 0]), [0, 2 / 3, 2 / 3, 2 / 3])


@given(records())
def test_two_bills_against_mpmath(record):
    calibration, refinement = two_bills(*record)
    exact = [float(bill) for bill in exact_bills(*record)]
    # 1 - q is exact from 1/2 on, and below it each logarithm is off by at most some roundings.
    tolerance = 1e-12 * max(1.0, *(e for e in exact if math.isfinite(e)))
    if math.isinf(exact[0]):
        assert calibration == INF
    else:
        assert calibration == near(exact[0], abs=tolerance)
    assert refinement == near(exact[1], abs=1e-12)


@given(records(st.one_of(TENTHS, EIGHTHS, st.floats(0.001, 0.999))))
def test_the_two_bills_are_the_log_score(record):
    from sklearn.metrics import log_loss

    said, happened = record
    total, exact = sum(two_bills(said, happened)), log_score(said, happened)
    assert total == (INF if MP.isinf(exact) else near(float(exact), abs=1e-12))
    inside = (said > 0) & (said < 1)
    if inside.all():  # scikit-learn clips
        theirs = log_loss(happened, said, labels=[False, True])
        assert total == near(theirs, abs=1e-12)


@given(records(EIGHTHS), st.randoms())
def test_what_the_bills_do_not_depend_on(record, random):
    said, happened = record
    bills = two_bills(said, happened)
    order = random.sample(range(len(said)), len(said))
    assert two_bills(said[order], happened[order]) == near(bills, abs=1e-13)
    assert two_bills(np.tile(said, 2), np.tile(happened, 2)) == near(bills, abs=1e-13)
    assert two_bills(1 - said, ~happened) == near(bills, abs=1e-13)  # dry for rain
    assert two_bills(said.astype(np.float16), happened) == bills  # eighths are exact
    assert all(type(bill) is float for bill in bills)


def test_bens_ten_evenings():
    said, rain = [0.8] * 5 + [0.4] * 5, [1] * 6 + [0] * 4
    assert two_bills(said, rain) == near((0.1573298866, 0.2502012118), abs=5e-11)
    assert two_bills([0.6] * 10, rain) == near((0, 0.6730116670), abs=5e-11)
    n, mean, p_hat = reliability_table(said, rain)
    np.testing.assert_array_equal(n, [5, 5])
    np.testing.assert_allclose(mean, [0.4, 0.8], rtol=0, atol=8 * U)
    np.testing.assert_array_equal(p_hat, [0.2, 1.0])
    np.testing.assert_array_equal(recalibrate(said, rain), [1.0] * 5 + [0.2] * 5)


@pytest.mark.parametrize(
    ("said", "happened", "bills"),
    [
        ([1.0, 1.0, 0.0], [True, True, False], (0, 0)),  # sure, and right
        ([0.0, 0.5], [True, False], (INF, 0)),  # called impossible, and happened
        ([1.0, 0.5], [False, True], (INF, 0)),
        ([0.5], [1], (math.log(2), 0)),
        ([0.0, 0.0], [True, False], (INF, math.log(2))),
        ([5e-324], [1.0], (1074 * math.log(2), 0)),
    ],
)
def test_certainty_costs_nothing_or_infinity_and_never_nan(said, happened, bills):
    with np.errstate(all="raise"):
        assert two_bills(said, happened) == near(bills, rel=4e-16)


@given(records())
def test_a_record_is_not_changed_and_its_layout_does_not_matter(record):
    said, happened = frozen(record[0]), frozen(record[1], bool)
    for function in (reliability_table, recalibrate, two_bills):
        value = function(said, happened)
        for other in (
            function(said.tolist(), happened.tolist()),
            function(np.repeat(said, 2)[::2], happened.astype(np.int8)),
            function(said, happened.astype(np.float32)),
        ):
            for a, b in zip(value, other, strict=True):
                np.testing.assert_array_equal(a, b)
    assert (said == record[0]).all()


@pytest.mark.parametrize(
    ("said", "happened", "message"),
    [
        ([0.5, 1.1], [0, 1], "q[1] is 1.1; a probability must lie in [0, 1]"),
        ([-0.1], [0], "q[0] is -0.1; a probability must lie in [0, 1]"),
        ([0.5, math.nan], [0, 1], "q[1] is nan; a probability must lie in [0, 1]"),
        ([0.5, 0.5], [0, 2], "happened[1] is 2; give booleans, or 0 and 1"),
        ([0.5], [math.nan], "happened[0] is nan; give booleans, or 0 and 1"),
        ([0.5], ["rain"], "happened holds <U4; give booleans, or 0 and 1"),
        ([], [], "there are no forecasts; give at least one"),
        (
            [0.5, 0.5],
            [1],
            "q has shape (2,) and happened (1,); give one probability and one outcome for each "
            "forecast, both of shape (N,)",
        ),
        (
            [[0.5]],
            [[1]],
            "q has shape (1, 1) and happened (1, 1); give one probability and one outcome for each "
            "forecast, both of shape (N,)",
        ),
        ([True], [1], "q holds bool; give real numbers"),
    ],
)
@pytest.mark.parametrize("function", [reliability_table, recalibrate, two_bills])
def test_what_is_not_a_record(function, said, happened, message):
    with refuses(message):
        function(said, happened)


@pytest.mark.parametrize("bins", [0, -1, 2.5, True])
def test_bins_of_a_table(bins):
    with refuses(f"bins is {bins!r}; give an integer of at least 1"):
        reliability_table([0.5], [1], bins)


@pytest.mark.parametrize("size", [1e-150, 1e-12, 1.0, 1e12, 1e150, 1e300])
def test_a_temperature_far_from_1_is_found(size):
    """Two images are read right and one wrong, each by `size`: so 1/T is log 2 / size."""
    z = size * np.array([[1.0, 0], [1, 0], [0, 1]])
    assert fit_temperature(z, [0, 0, 0]) == near(size / math.log(2), rel=1e-13)


def test_a_best_temperature_that_is_very_high_is_found():
    """Near 0 the slope is (beta - 1e-12) / 4, so T is 1e12."""
    z = np.array([[0, 1], [1 + 1e-12, 0]])
    assert fit_temperature(z, [0, 0]) == near(1e12, rel=1e-3)


def test_logits_of_all_sizes_are_fitted_or_refused():
    huge = np.array([[1e308, -1e308], [0, 1e308], [1e308, 0]])
    small = fit_temperature(huge / 2**10, [0, 0, 0])
    assert fit_temperature(huge, [0, 0, 0]) == near(2**10 * small, rel=1e-12)
    for mask in (-1e4, -1e300, -1e301, np.finfo(float).min, -math.inf):
        z = np.array([[1, 0, mask], [0, 1, mask], [1, 0, mask]])
        assert fit_temperature(z, [0, 0, 0]) == near(1 / math.log(2), rel=1e-12)
    for tiny in (1e-160, 1e-300):
        z = np.array([[1 / tiny, 0], [0, tiny], [tiny, 0], [tiny, 0]])
        with pytest.raises(ValueError, match=r"^the logits differ by amounts too different"):
            fit_temperature(z, [0, 0, 0, 0])
    top = np.array([[1.7e308, -1.7e308], [-1e308, 1e308], [1e308, -1.2e308]])
    with refuses("the best T is above 1.7e308; divide the logits by a large number first"):
        fit_temperature(top, [0, 0, 0])
