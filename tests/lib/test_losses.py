"""The loss from logits: identities first, then mpmath and other libraries, edges, bad input."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
import sympy as sp
import torch
from hypothesis import example
from hypothesis import strategies as st
from scipy.special import log_softmax
from sklearn.metrics import log_loss
from torch.nn import functional as F

from lib.information import cross_entropy, entropy, kl_divergence
from lib.losses import (
    consistent_classes,
    double_softmax_bounds,
    grad_nll_from_logits,
    grad_squared_error_from_logits,
    margin,
    nll_from_logits,
    squared_error_from_logits,
)
from lib.mnist import seed_logits
from tests.lib.references import (
    LN2,
    MP,
    U,
    batches,
    distributions,
    eighths,
    exact_gradient,
    exact_nll,
    exact_soft_nll,
    exact_softmax,
    frozen,
    gap_to_second,
    gibbs_slack,
    given,
    logits_and_label,
    loss_tolerance,
    near,
    refuses,
    relative,
    softmax_tolerance,
    sum_tolerance,
    ulps,
)

EPS = 2.0**-52  # one ulp of 1
# From q and q - p within 4 ulp of 1 by the contract: |q - p|^2 = sum d^2 with sum |d| <= 2 is
# within 16, and 2 q (d - sum q d) within 2 (4 * 2 + 4 + 4 + 4 * 2) = 48.
SQUARED, SQUARED_GRADIENT = 16 * EPS, 48 * EPS
INF = math.inf


def mean_tolerance(z) -> float:
    """Relative, of a mean of rows: the worst row, and one rounding for each of the N additions."""
    return max(loss_tolerance(row) for row in z) + (len(z) + 1) * U


def softmax(z) -> np.ndarray:
    """Return the oracle's probabilities, rounded once to float64."""
    return np.array([float(q) for q in exact_softmax(z)])


# ------------------------------------------------------------------ properties of the loss


@given(st.lists(eighths, min_size=1, max_size=20), st.integers(-(10**6), 10**6), st.data())
def test_only_differences_of_logits_matter(row, shift, data):
    # Multiples of 1/8 are shifted exactly, so the answers must agree to the last bit.
    z, y = np.array(row), data.draw(st.integers(0, len(row) - 1))
    assert nll_from_logits(z + shift, y) == nll_from_logits(z, y)
    assert (grad_nll_from_logits(z + shift, y) == grad_nll_from_logits(z, y)).all()
    assert squared_error_from_logits(z + shift, y) == squared_error_from_logits(z, y)
    if len(z) > 1:
        assert margin(z + shift, y) == margin(z, y)


@given(logits_and_label())
def test_the_loss_is_at_least_what_the_label_lacks(case):
    z, y = case
    loss = nll_from_logits(z, y)
    assert loss >= z.max() - z[y]
    assert loss <= (z.max() - z[y] + math.log(len(z))) * (1 + loss_tolerance(z))
    assert math.copysign(1, loss) == 1


@given(logits_and_label(most=700))
def test_the_loss_is_zero_only_where_its_true_value_underflows(case):
    z, _ = case
    if len(z) > 1 and gap_to_second(z) < 700:
        assert nll_from_logits(z, int(z.argmax())) > 0


@given(logits_and_label(K=7))
def test_margin_brackets_the_loss(case):
    z, y = case
    lead, loss = margin(z, y), nll_from_logits(z, y)
    # Bounds: one rival at the distance of the lead, or all K - 1 of them.
    one, all_ = (np.logaddexp(0, math.log(n) - lead) for n in (1, len(z) - 1))
    slack = loss_tolerance(z) + 8 * U  # logaddexp: 3 ulp
    assert one * (1 - slack) <= loss + 5e-324
    # log(6) - lead is rounded before exp: an absolute error of u times its size.
    assert loss <= all_ * (1 + slack + 2 * U * (abs(lead) + 2)) + 5e-324
    assert (lead > 0) == (z.argmax() == y and gap_to_second(z) > 0)


@given(batches(), st.randoms())
def test_the_order_of_classes_and_examples_does_not_matter(batch, random):
    z, y = batch
    order = random.sample(range(z.shape[1]), z.shape[1])
    inverse = np.argsort(order)
    shuffled = random.sample(range(len(z)), len(z))
    each = nll_from_logits(z, y, reduction="none")
    # Terms are added in another order: the contract's tolerance, once for either side.
    np.testing.assert_allclose(
        nll_from_logits(z[:, order], inverse[y], reduction="none"),
        each,
        rtol=2 * max(loss_tolerance(row) for row in z),
        atol=0,
    )
    assert (nll_from_logits(z[shuffled], y[shuffled], reduction="none") == each[shuffled]).all()


@given(batches())
def test_reductions(batch):
    z, y = batch
    each = nll_from_logits(z, y, reduction="none")
    total, mean = nll_from_logits(z, y, reduction="sum"), nll_from_logits(z, y)
    assert each.shape == y.shape
    assert total == near(math.fsum(each), rel=len(y) * U)
    assert mean == near(total / len(y), rel=2 * U)
    # Repeating the data doubles the sum and keeps the mean.
    twice_z, twice_y = np.concatenate([z, z]), np.concatenate([y, y])
    assert nll_from_logits(twice_z, twice_y) == near(mean, rel=2 * len(y) * U)
    assert nll_from_logits(twice_z, twice_y, reduction="sum") == near(2 * total, rel=2 * len(y) * U)


@given(batches())
def test_bits_are_nats_over_log_2(batch):
    z, y = batch
    for reduction in ("mean", "sum", "none"):
        nats = nll_from_logits(z, y, reduction=reduction)
        bits = nll_from_logits(z, y, reduction=reduction, unit="bits")
        np.testing.assert_allclose(bits * math.log(2), nats, rtol=3 * U, atol=0)


@given(logits_and_label(most=300), st.data())
def test_soft_targets_cost_entropy_plus_divergence(case, data):
    z, _ = case
    p = data.draw(distributions(len(z)))
    q = softmax(z)
    loss = nll_from_logits(z, p)
    expected = entropy(p) + kl_divergence(p, q)
    # q is rounded once, which moves p log q by p u. Both sums have 2 ulp a term, and where their
    # terms cancel it is their sizes that count. A divergence near 0 may be rounded to 0.
    size, slack = loss + entropy(p), 2 * U + (gibbs_slack(p, q) if expected == entropy(p) else 0)
    assert abs(loss - expected) <= (loss_tolerance(z) + 2 * sum_tolerance(len(z))) * size + slack
    tolerance = loss_tolerance(z) + sum_tolerance(len(z))
    assert cross_entropy(p, q) == near(loss, rel=tolerance, abs=2 * U)


@given(batches())
def test_a_one_hot_target_is_a_label(batch):
    z, y = batch
    one_hot = np.eye(z.shape[1])[y]
    for reduction in ("mean", "sum", "none"):
        soft = nll_from_logits(z, one_hot, reduction=reduction)
        np.testing.assert_array_equal(soft, nll_from_logits(z, y, reduction=reduction))
        soft = grad_nll_from_logits(z, one_hot, reduction=reduction)
        np.testing.assert_array_equal(soft, grad_nll_from_logits(z, y, reduction=reduction))
    for f in (squared_error_from_logits, grad_squared_error_from_logits):
        np.testing.assert_array_equal(f(z, one_hot), f(z, y))


@given(logits_and_label(most=100), logits_and_label(most=100, K=40), st.floats(0, 1))
def test_the_loss_is_convex_in_the_logits(case, other, t):
    z, y = case
    w = other[0][: len(z)]
    between = nll_from_logits(t * z + (1 - t) * w, y)
    chord = t * nll_from_logits(z, y) + (1 - t) * nll_from_logits(w, y)
    # The point between is rounded four times at a size of up to 100; the loss moves by at most
    # twice as much as a logit.
    slack = 2 * 4 * 100 * U + (loss_tolerance(z) + loss_tolerance(w) + 4 * U) * chord
    assert between <= chord + slack + loss_tolerance(t * z + (1 - t) * w) * between


@given(st.floats(-700, 700), st.integers(0, 1))
def test_two_classes_are_a_sigmoid_of_the_difference(t, y):
    exact = MP.log(1 + MP.exp(MP.mpf(t))) - y * MP.mpf(t)  # softplus(t) - y t
    assert relative(nll_from_logits([0.0, t], y), exact) <= loss_tolerance([0, t])


# ------------------------------------------------------------------ properties of the gradient


@given(batches(most=800))
def test_each_gradient_sums_to_0_and_is_bounded(batch):
    z, y = batch
    gradient = grad_nll_from_logits(z, y, reduction="none")
    K, rows = z.shape[1], np.arange(len(y))
    assert (np.abs(gradient.sum(axis=1)) <= 1e-15 * K).all()
    missing = -gradient[rows, y]  # 1 - q_y
    assert ((missing >= 0) & (missing <= 1)).all()
    assert (np.delete(gradient.ravel(), rows * K + y) >= 0).all()
    np.testing.assert_allclose(np.abs(gradient).sum(axis=1), 2 * missing, rtol=0, atol=4 * K * EPS)
    assert (np.linalg.norm(gradient, axis=1) <= math.sqrt(2) * (1 + 4 * EPS)).all()


@given(batches())
def test_reductions_of_the_gradient(batch):
    z, y = batch
    each = grad_nll_from_logits(z, y, reduction="none")
    assert each.shape == z.shape
    np.testing.assert_array_equal(grad_nll_from_logits(z, y, reduction="sum"), each)
    np.testing.assert_array_equal(grad_nll_from_logits(z, y), each / len(y))


@given(logits_and_label(most=10.0, K=4))
def test_gradients_against_finite_differences(case):
    z, y = case
    h = 2.0**-17
    for loss, gradient, third, error in (
        # d3/dz_i3 of log-sum-exp is q (1 - q)(1 - 2q). The loss is below 20 + log 4.
        (nll_from_logits, grad_nll_from_logits, 0.0963, 22 * (4 + 20 + 8) * U),
        # As a function of z_i, squared error is a s^2 + b s + c in a sigmoid s, with |a| <= 2 and
        # |b| <= 4, where |(s^2)'''| <= 0.4 and |s'''| <= 1/8.
        (squared_error_from_logits, grad_squared_error_from_logits, 1.3, SQUARED),
    ):
        estimate = [(loss(z + h * e, y) - loss(z - h * e, y)) / (2 * h) for e in np.eye(4)]
        # Taylor's remainder; the error of the values, and of z + h, over h.
        tolerance = h**2 / 6 * third + (error + 2 * 10 * U) / h
        np.testing.assert_allclose(gradient(z, y), estimate, rtol=0, atol=tolerance)


def test_gradients_symbolically():
    z = sp.symbols("z0:3", real=True)
    q = [sp.exp(a) / sum(map(sp.exp, z)) for a in z]
    values = dict(zip(z, (sp.Rational(1, 2), -1, sp.Rational(3, 4)), strict=True))
    point = [float(v) for v in values.values()]
    for y in range(3):
        loss = -sp.log(q[y])
        squared = sum((q[k] - int(k == y)) ** 2 for k in range(3))
        for i in range(3):
            assert sp.simplify(sp.diff(loss, z[i]) - (q[i] - int(i == y))) == 0
            exact = sp.diff(squared, z[i]).subs(values).evalf(40)
            got = grad_squared_error_from_logits(point, y)[i]
            assert abs(got - exact) <= SQUARED_GRADIENT
        assert squared_error_from_logits(point, y) == near(
            float(squared.subs(values).evalf(40)), abs=SQUARED
        )


# ------------------------------------------------------------------ input of every kind


@given(batches())
def test_nothing_is_mutated_and_lists_are_accepted(batch):
    z, y = frozen(batch[0]), frozen(batch[1], np.int64)
    soft = frozen(np.eye(z.shape[1])[y])
    before = z.copy(), y.copy(), soft.copy()
    for f in (
        nll_from_logits,
        grad_nll_from_logits,
        squared_error_from_logits,
        grad_squared_error_from_logits,
    ):
        np.testing.assert_array_equal(f(z.tolist(), y.tolist()), f(z, y))
        np.testing.assert_array_equal(f(z.tolist(), soft.tolist()), f(z, soft))
    if z.shape[1] > 1:
        np.testing.assert_array_equal(margin(z.tolist(), y.tolist()), margin(z, y))
    consistent_classes(z[0], 1.0)
    for array, copy in zip((z, y, soft), before, strict=True):
        assert (array == copy).all()


@given(batches())
def test_layout_does_not_matter(batch):
    z, y = batch
    strided = np.repeat(np.repeat(z, 2, axis=0), 3, axis=1)[::2, ::3]
    backwards = z[::-1, ::-1].copy()[::-1, ::-1]
    big_endian = z.astype(">f8")
    expected = nll_from_logits(z, y, reduction="none")
    for view in (strided, backwards, big_endian, np.asfortranarray(z)):
        np.testing.assert_allclose(
            nll_from_logits(view, y, reduction="none"),
            expected,
            rtol=2 * max(loss_tolerance(row) for row in z),
            atol=0,
        )
        np.testing.assert_allclose(
            grad_nll_from_logits(view, y), grad_nll_from_logits(z, y), rtol=0, atol=4 * EPS
        )


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint64])
def test_labels_of_every_integer_type(dtype):
    z = np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]])
    assert nll_from_logits(z, np.array([2, 0], dtype)) == nll_from_logits(z, [2, 0])


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int8, np.uint8, np.int64])
def test_logits_of_every_type_give_float64(dtype):
    z = np.array([[100, 3, 60], [0, 5, 7]]).astype(dtype)
    for y in ([0, 1], np.array([[0.25, 0.5, 0.25], [0, 0, 1]], np.float32)):
        exact = z.astype(np.float64)
        assert nll_from_logits(z, y) == nll_from_logits(exact, y)
        assert grad_nll_from_logits(z, y).dtype == np.float64
        np.testing.assert_array_equal(grad_nll_from_logits(z, y), grad_nll_from_logits(exact, y))
        assert squared_error_from_logits(z, y).dtype == np.float64
        gradient = grad_squared_error_from_logits(z, y)
        np.testing.assert_array_equal(gradient, grad_squared_error_from_logits(exact, y))
    assert margin(z, [0, 1]).tolist() == [40, -2]
    assert margin(z, [0, 1]).dtype == np.float64


@pytest.mark.parametrize("K", [3, 20])
def test_float32_logits_are_subtracted_in_float64(K):
    z = np.random.default_rng(2).normal(size=(5, K)).astype(np.float32)
    y = np.arange(5) % K
    for f in (nll_from_logits, grad_nll_from_logits, margin, squared_error_from_logits):
        np.testing.assert_array_equal(f(z, y), f(z.astype(np.float64), y))


def test_leading_axes():
    rng = np.random.default_rng(0)
    z, y = rng.normal(size=(2, 3, 5)), rng.integers(0, 5, (2, 3))
    flat_z, flat_y = z.reshape(6, 5), y.reshape(6)
    for f in (nll_from_logits, grad_nll_from_logits):
        for reduction in ("none", "sum", "mean"):
            expected = f(flat_z, flat_y, reduction=reduction)
            result = f(z, y, reduction=reduction)
            np.testing.assert_array_equal(np.ravel(result), np.ravel(expected))
    assert nll_from_logits(z, y, reduction="none").shape == (2, 3)
    assert grad_nll_from_logits(z, y).shape == (2, 3, 5)
    for f in (margin, squared_error_from_logits):
        np.testing.assert_array_equal(f(z, y), f(flat_z, flat_y).reshape(2, 3))
    assert grad_squared_error_from_logits(z, y).shape == (2, 3, 5)
    soft = rng.dirichlet(np.ones(5), (2, 3))
    assert nll_from_logits(z, soft, reduction="none").shape == (2, 3)


def test_one_row_and_a_bare_label():
    z = [1.0, 3.0, 2.0]
    for y in (1, np.int8(1), np.array(1)):
        for reduction in ("mean", "sum", "none"):
            loss = nll_from_logits(z, y, reduction=reduction)
            assert type(loss) is float
            assert loss == nll_from_logits([z], [1])
    assert type(margin(z, 1)) is float
    assert margin(z, 1) == 1
    assert type(squared_error_from_logits(z, 1)) is float
    assert grad_nll_from_logits(z, 1).shape == (3,)
    assert grad_squared_error_from_logits(z, [0.5, 0.25, 0.25]).shape == (3,)


@pytest.mark.parametrize("K", [10, 40])
def test_many_rows_are_worked_through_in_blocks(K):
    rng = np.random.default_rng(1)
    N = 3 * 2**16 // K + 7
    z, y = 30 * rng.normal(size=(N, K)), rng.integers(0, K, N)
    each = nll_from_logits(z, y, reduction="none")
    for row in [0, 2**16 // K - 1, 2**16 // K, 2**16 // K + 1, N - 1]:
        tolerance = 2 * loss_tolerance(z[row])  # alone, its terms may be added in another order
        assert nll_from_logits(z[row], y[row]) == near(each[row], rel=tolerance)
    z[N - 2] = -INF
    with pytest.raises(ValueError, match=f"^row {N - 2} of the logits is all -inf"):
        nll_from_logits(z, y)


def test_one_row_longer_than_a_block():
    z = np.zeros((2, 2**16 + 1))
    assert nll_from_logits(z, [0, 2**16]) == near(math.log(2**16 + 1), rel=4 * EPS)


# ------------------------------------------------------------------ oracles


@given(logits_and_label(), examples=150)
@example((np.array([0.0, -37.0]), 0))
@example((np.array([0.0, -745.0]), 0))
@example((np.array([800.0, 0.0, -800.0]), 0))
@example((np.array([-700.0, 700.0, 699.0]), 1))
def test_the_loss_against_mpmath(case):
    z, y = case
    for label in {y, int(z.argmax())}:
        got, exact = nll_from_logits(z, label), exact_nll(z, label)
        if exact < 2.0**-1020:  # subnormal: no relative accuracy is possible
            assert abs(MP.mpf(got) - exact) <= len(z) * MP.mpf(5e-324)
        elif z[label] == z.max():
            assert relative(got, exact) <= loss_tolerance(z)
        else:
            assert ulps(got, exact) <= 4


@pytest.mark.parametrize("sigma", [1, 10, 30, 100])
@pytest.mark.parametrize("K", [2, 10, 100])
def test_random_logits_against_mpmath(sigma, K):
    rng = np.random.default_rng(K)
    z = sigma * rng.normal(size=(6, K))
    y = np.where(np.arange(6) < 3, z.argmax(axis=1), rng.integers(0, K, 6))
    exact = [exact_nll(row, label) for row, label in zip(z, y, strict=True)]
    for row, label, got, true in zip(
        z, y, nll_from_logits(z, y, reduction="none"), exact, strict=True
    ):
        if label == row.argmax():
            assert relative(got, true) <= loss_tolerance(row)
        else:
            assert ulps(got, true) <= 4
    assert relative(nll_from_logits(z, y), MP.fsum(exact) / 6) <= mean_tolerance(z)
    bits = nll_from_logits(z, y, unit="bits")
    assert relative(bits, MP.fsum(exact) / 6 / LN2) <= mean_tolerance(z) + 3 * U


@pytest.mark.parametrize("lead", [10, 30, 37, 40, 100, 300, 700])
def test_a_confident_right_answer_keeps_its_digits(lead):
    z = [float(lead), 0.0, -1.0]
    exact = exact_nll(z, 0)
    assert relative(nll_from_logits(z, 0), exact) <= loss_tolerance(z)
    if lead > 37:  # where log-sum-exp minus the logit is exactly 0
        assert log_softmax(z)[0] == 0
        assert F.cross_entropy(torch.tensor([z], dtype=torch.float64), torch.tensor([0])) == 0


@given(logits_and_label(), st.data())
def test_soft_targets_against_mpmath(case, data):
    z, _ = case
    for kind, p in ((np.float64, data.draw(distributions(len(z)))), (np.float32, softmax(z))):
        target = p.astype(kind)  # as float32 it sums to 1 to 1e-7 only; nothing is normalised
        exact = exact_soft_nll(z, target)
        if exact > 1e-290:
            # K more products and additions of terms of one sign.
            tolerance = loss_tolerance(z) + 2 * (len(z) + 2) * U
            assert relative(nll_from_logits(z, target), exact) <= tolerance
        gradient = grad_nll_from_logits(z, target)
        total = math.fsum(target)
        exact_q = exact_softmax(z)
        for k in range(len(z)):
            assert abs(gradient[k] - (total * exact_q[k] - MP.mpf(float(target[k])))) <= 4 * EPS
        assert abs(gradient.sum()) <= 1e-15 * len(z)


@given(logits_and_label())
def test_the_gradient_against_mpmath(case):
    z, y = case
    gradient, exact = grad_nll_from_logits(z, y), exact_gradient(z, y)
    for i in range(len(z)):
        assert abs(gradient[i] - exact[i]) <= 4 * EPS
        # Away from the label it is the softmax itself, accurate to its own size.
        if i != y and exact[i] > 2.0**-1020:
            assert relative(gradient[i], exact[i]) <= softmax_tolerance(z, i)


@given(batches(most=50))
def test_against_scipy(batch):
    z, y = batch
    expected = -log_softmax(z, axis=1)[np.arange(len(y)), y]
    # SciPy subtracts two numbers of the size of the logits: its error is absolute.
    tolerance = (z.shape[1] + 8 + 2 * np.abs(z).max()) * U
    np.testing.assert_allclose(
        nll_from_logits(z, y, reduction="none"), expected, rtol=4 * EPS, atol=4 * tolerance
    )


@given(batches(most=50), st.data())
def test_against_torch(batch, data):
    z, y = batch
    K = z.shape[1]
    soft = np.stack([data.draw(distributions(K)) for _ in y])
    tolerance = 4 * (K + 8 + 2 * np.abs(z).max()) * U  # as for SciPy
    for target in (y, soft):
        logits = torch.tensor(z, requires_grad=True)
        for reduction in ("sum", "mean"):
            expected = F.cross_entropy(logits, torch.tensor(target), reduction=reduction)
            got = nll_from_logits(z, target, reduction=reduction)
            assert got == near(expected.item(), rel=8 * EPS, abs=tolerance * len(y))
        (gradient,) = torch.autograd.grad(expected, logits)
        # 4 ulp of 1 each for ours and theirs; they go through log-softmax, hence its error too.
        np.testing.assert_allclose(
            grad_nll_from_logits(z, target), gradient.numpy(), rtol=0, atol=8 * EPS + tolerance
        )
    logits = torch.tensor(z, requires_grad=True)
    squared = ((logits.softmax(dim=1) - F.one_hot(torch.tensor(y), K)) ** 2).sum(dim=1)
    (gradient,) = torch.autograd.grad(squared.sum(), logits)
    np.testing.assert_allclose(
        squared_error_from_logits(z, y), squared.detach().numpy(), rtol=0, atol=2 * SQUARED
    )
    np.testing.assert_allclose(
        grad_squared_error_from_logits(z, y), gradient.numpy(), rtol=0, atol=2 * SQUARED_GRADIENT
    )


@given(batches(most=15, K=4))
def test_against_scikit_learn(batch):
    z, y = batch
    q = np.stack([softmax(row) for row in z])
    expected = log_loss(y, q, labels=range(4))
    # q is rounded: u of q is u of the loss, absolutely; log_loss normalises once more.
    assert nll_from_logits(z, y) == near(expected, rel=mean_tolerance(z), abs=(4 + 4) * U)


def gradient_tolerance(z) -> float:
    """Relative, for class indices: softmax's own error, and a sum of K - 1 of them."""
    return (3 * len(z) + 2 * float(np.ptp(z)) + 16) * U


@given(logits_and_label(most=300), examples=100)
@example((np.array([40.0, 0.0]), 0))
@example((np.array([40.0, 0.0]), 1))
@example((np.array([40.0, 39.0, 0.0, 0.0]), 0))
def test_every_entry_of_the_gradient_keeps_its_digits(case):
    z, y = case
    for label in {y, int(z.argmax())}:
        exact = exact_softmax(z)
        exact[label] = -MP.fsum(q for k, q in enumerate(exact) if k != label)
        for got, true in zip(grad_nll_from_logits(z, label), exact, strict=True):
            assert relative(got, true) <= gradient_tolerance(z) or abs(true) < 2.0**-1020


@given(logits_and_label(most=150), examples=100)
@example((np.array([40.0, 0.0]), 0))
@example((np.array([0.0, 40.0]), 0))
def test_squared_error_of_a_confident_model_keeps_its_digits(case):
    # Where one class has nearly all of q. Elsewhere terms of the gradient may truly cancel.
    z, y = case
    if gap_to_second(z) < 5 * math.log(len(z) + 1) + 5:
        return
    for label in {y, int(z.argmax())}:
        q = exact_softmax(z)
        others = MP.fsum(a for k, a in enumerate(q) if k != label)
        d = [a if k != label else -others for k, a in enumerate(q)]
        exact = MP.fsum(a * a for a in d)
        assert relative(squared_error_from_logits(z, label), exact) <= 4 * gradient_tolerance(z)
        mean = MP.fsum(a * b for a, b in zip(q, d, strict=True))
        gradient = grad_squared_error_from_logits(z, label)
        for k in (label, int(z.argmax())):
            true = 2 * q[k] * (d[k] - mean)
            assert relative(gradient[k], true) <= 8 * gradient_tolerance(z)


def test_a_confident_right_answer_has_a_gradient_that_sums_to_0():
    gradient = grad_nll_from_logits([40.0, 0.0], 0)
    assert gradient[0] == -gradient[1]
    assert f"{gradient[1]:.3e}" == "4.248e-18"
    np.testing.assert_array_equal(grad_nll_from_logits([40.0, 0.0], [1.0, 0.0]), gradient)
    assert f"{squared_error_from_logits([40.0, 0.0], 0):.2e}" == "3.61e-35"
    slow = grad_squared_error_from_logits([40.0, 0.0], 0)
    assert [f"{g:.1e}" for g in slow] == ["-7.2e-35", "7.2e-35"]


# ------------------------------------------------------------------ smoothing, weights, left out


@st.composite
def options(draw) -> tuple[np.ndarray, np.ndarray, dict]:
    """Return logits, labels, and options for which the mean exists."""
    z, y = draw(batches())
    K = z.shape[1]
    chosen: dict = {"label_smoothing": draw(st.sampled_from([0.0, 0.1, 0.5, 1.0]))}
    if draw(st.booleans()):
        some = st.one_of(st.just(0.0), st.floats(0.01, 5))
        chosen["weight"] = np.array(draw(st.lists(some, min_size=K, max_size=K)))
        chosen["weight"][y[0]] = 0.5
    if draw(st.booleans()):
        chosen["ignore_index"] = draw(st.sampled_from([-100, K, *range(K)]))
        y = y.copy()
        y[1:][draw(st.integers(0, 2)) :: 2] = chosen["ignore_index"]
        if chosen["ignore_index"] == y[0]:
            del chosen["ignore_index"]
            y[1:] = np.where((y[1:] < 0) | (y[1:] >= K), 0, y[1:])
    return z, y, chosen


def exact_costs(
    z, target, label_smoothing=0.0, weight=None, ignore_index=None
) -> tuple[list, list]:
    """Return each example's loss by the textbook formula, and its weight in the mean."""
    K = z.shape[1]
    weights = [MP.mpf(1)] * K if weight is None else [MP.mpf(float(w)) for w in weight]
    e, costs, counts = MP.mpf(label_smoothing), [], []
    for row, goal in zip(z, target, strict=True):
        label = np.ndim(goal) == 0
        if label and ignore_index is not None and goal == ignore_index:
            costs.append(MP.mpf(0))
            counts.append(MP.mpf(0))
            continue
        p = [MP.mpf(int(k == goal)) for k in range(K)] if label else map(MP.mpf, map(float, goal))
        smooth = [(1 - e) * a + e / K for a in p]
        terms = zip(weights, smooth, exact_softmax(row), strict=True)
        costs.append(-MP.fsum(w * t * MP.log(q) for w, t, q in terms if w * t))
        counts.append(weights[goal] if label else MP.mpf(1))
    return costs, counts


def option_tolerance(row) -> float:
    return loss_tolerance(row) + (2 * len(row) + 10) * U


@given(options(), st.booleans(), st.data())
def test_options_against_mpmath(case, soft, data):
    z, y, chosen = case
    target = y
    if soft:
        chosen.pop("ignore_index", None)
        target = np.stack([data.draw(distributions(z.shape[1])) for _ in y])
    costs, counts = exact_costs(z, target, **chosen)
    each = nll_from_logits(z, target, reduction="none", **chosen)
    for row, got, exact in zip(z, each, costs, strict=True):
        if exact == 0 or exact > 1e-290:
            assert relative(got, exact) <= option_tolerance(row)
    worst = max(option_tolerance(row) for row in z) + (2 * len(z) + 2) * U
    total = MP.fsum(costs)
    if total > 1e-290:
        assert relative(nll_from_logits(z, target, reduction="sum", **chosen), total) <= worst
        mean = total / MP.fsum(counts)
        assert relative(nll_from_logits(z, target, **chosen), mean) <= worst
        bits = nll_from_logits(z, target, unit="bits", **chosen)
        assert relative(bits, mean / LN2) <= worst + 3 * U


@given(options(), st.booleans(), st.data())
def test_options_against_torch(case, soft, data):
    z, y, chosen = case
    target = y
    if soft:
        chosen.pop("ignore_index", None)
        target = np.stack([data.draw(distributions(z.shape[1])) for _ in y])
    theirs = {"ignore_index": -(10**6)} | chosen
    if "weight" in chosen:
        theirs["weight"] = torch.tensor(chosen["weight"])
    largest = max(chosen.get("weight", [1.0]))
    for reduction in ("none", "sum", "mean"):
        expected = F.cross_entropy(
            torch.tensor(z), torch.tensor(target), reduction=reduction, **theirs
        ).numpy()
        # Each of K terms is off by some ulp of the largest difference of logits.
        atol = 8 * len(y) * z.shape[1] * (largest + 1) * (8 + 2 * np.abs(z).max()) * U
        np.testing.assert_allclose(
            nll_from_logits(z, target, reduction=reduction, **chosen),
            expected,
            rtol=0,
            atol=atol * (200 if reduction == "mean" else 1),  # divided by weights of at least .01
        )


@given(batches(), st.floats(0, 1))
def test_smoothing_is_a_soft_target(batch, e):
    z, y = batch
    K = z.shape[1]
    target = (1 - e) * np.eye(K)[y] + e / K
    rtol = max(option_tolerance(row) for row in z)
    np.testing.assert_allclose(
        nll_from_logits(z, y, reduction="none", label_smoothing=e),
        nll_from_logits(z, target, reduction="none"),
        rtol=2 * rtol,
        atol=0,
    )
    # Options at their neutral value change no bit.
    plain = nll_from_logits(z, y, reduction="none")
    nothing = {"label_smoothing": 0, "ignore_index": -100}
    np.testing.assert_array_equal(nll_from_logits(z, y, reduction="none", **nothing), plain)
    assert nll_from_logits(z, y, **nothing) == nll_from_logits(z, y)


@given(batches(), st.data())
def test_an_ignored_example_has_no_effect(batch, data):
    z, y = batch
    ignored = np.array(data.draw(st.lists(st.booleans(), min_size=len(y), max_size=len(y))))
    ignored[0] = False
    marked = np.where(ignored, -100, y)
    each = nll_from_logits(z, marked, reduction="none", ignore_index=-100)
    np.testing.assert_array_equal(each[~ignored], nll_from_logits(z, y, reduction="none")[~ignored])
    assert (each[ignored] == 0).all()
    left = nll_from_logits(z[~ignored], y[~ignored])
    assert nll_from_logits(z, marked, ignore_index=-100) == near(left, rel=2 * len(y) * U)
    weight = 1.0 + np.arange(z.shape[1])
    one = nll_from_logits(z[0], y[0], weight=weight)  # alone, its weight cancels
    assert one == near(nll_from_logits(z[0], y[0]), rel=2 * option_tolerance(z[0]))


def test_a_class_of_weight_0_may_be_impossible():
    z = [[0.0, -INF], [0.0, 1.0]]
    assert nll_from_logits(z, [1, 1], weight=[1, 1]) == INF
    each = nll_from_logits(z, [1, 0], weight=[1, 0], reduction="none")
    assert each.tolist() == [0, nll_from_logits(z[1], 0)]
    # Smoothing makes every class occur.
    assert nll_from_logits(z, [0, 0], label_smoothing=0.1) == INF
    assert nll_from_logits(z, [-100, 0], ignore_index=-100, label_smoothing=0.1) < INF
    assert nll_from_logits([1.0, 2.0], 7, ignore_index=7, reduction="none") == 0


def test_where_the_bound_ends():
    # The nearest floats to e**-744 = 7.7e-324 are 4.9e-324 and 9.9e-324.
    assert nll_from_logits([744.0, 0.0], 0) == 1e-323 == float(exact_nll([744.0, 0.0], 0))


NO_MEAN = (
    "the weights of the examples that count sum to {}, so there is no mean "
    "(is every label ignored, or of weight 0?)"
)


@pytest.mark.parametrize(
    ("y", "chosen", "message"),
    [
        ([-100, -100], {"ignore_index": -100}, NO_MEAN.format(0)),
        ([1, 1], {"ignore_index": 1, "label_smoothing": 0.1}, NO_MEAN.format(0)),
        ([0, 0], {"weight": [0.0, 1, 1]}, NO_MEAN.format(0)),
        ([0, 0], {"weight": [1e308, 1, 1]}, NO_MEAN.format("inf")),
        (
            [0, 3],
            {"ignore_index": -100},
            "label 3 at position 1 is outside 0..2; classes are counted from 0",
        ),
        (
            [0, -100],
            {},
            "label -100 at position 1 is outside 0..2; classes are counted from 0",
        ),
        (
            [True, False],
            {"ignore_index": 0},
            "labels are bool; class indices are integers 0..2 "
            "(a comparison gives booleans: convert them on purpose)",
        ),
        (
            np.eye(3)[:2],
            {"ignore_index": 0},
            "ignore_index is for class indices; leave out the rows of y instead",
        ),
        *(
            ([0, 1], {"ignore_index": i}, f"ignore_index is {i!r}; give an integer, or None")
            for i in (1.0, "a", True)
        ),
        *(
            ([0, 1], {"label_smoothing": e}, f"label_smoothing is {e!r}; give a number in [0, 1]")
            for e in (-0.1, 1.5, math.nan, "a", None, True)
        ),
        (
            [0, 1],
            {"weight": [1.0, 2.0]},
            "weight has shape (2,); give one weight for each of 3 classes",
        ),
        ([0, 1], {"weight": 2.0}, "weight has shape (); give one weight for each of 3 classes"),
        *(
            (
                [0, 1],
                {"weight": [1.0, w, 1]},
                f"weight[1] is {w}; weights are finite and at least 0",
            )
            for w in (-1.0, math.nan, INF)
        ),
    ],
)
def test_options_that_make_no_sense(y, chosen, message):
    with refuses(message):
        nll_from_logits(Z, y, **chosen)


def test_the_sum_over_no_examples_is_0():
    for reduction in ("sum", "none"):
        got = nll_from_logits(Z, [5, 5], ignore_index=5, reduction=reduction)
        assert not np.any(got)


# ------------------------------------------------------------------ edge cases


@pytest.mark.parametrize("K", [1, 2, 3, 10, 15, 16, 17, 1000, 50257])
def test_ties_and_uniform_logits(K):
    z = np.zeros(K)
    for y in (0, K - 1):
        assert nll_from_logits(z, y) == near(math.log(K), rel=4 * EPS)
    if K == 1:
        assert nll_from_logits([5.0], 0) == 0
        assert math.copysign(1, nll_from_logits([5.0], 0)) == 1
        assert grad_nll_from_logits([5.0], 0).tolist() == [0]
    else:
        # A tie for the largest: every label that ties has the same loss and lead.
        z[:2] = 7.0
        assert nll_from_logits(z, 0) == nll_from_logits(z, 1)
        assert margin(z, 0) == margin(z, 1) == 0
        exact = MP.log(2 + (K - 2) * MP.exp(-7))
        assert relative(nll_from_logits(z, 0), exact) <= loss_tolerance(z)


@pytest.mark.parametrize("y", [0, 1])
def test_the_gradient_at_a_tie_is_a_half(y):
    # Two logits: softplus(t) - y t at t = 0, where max(t, 0) has a kink but the loss is smooth.
    assert grad_nll_from_logits([0.0, 0.0], y)[1] == 0.5 - y
    assert grad_nll_from_logits(np.zeros(4), 0).tolist() == [-0.75, 0.25, 0.25, 0.25]


def test_almost_a_tie():
    below = np.nextafter(0.0, -1)  # exp of it is 1.0, and yet it is not the largest
    for z in ([0.0, below], [0.0, -1e-17, below], [1.0, np.nextafter(1, 0)], [0.0] + [below] * 20):
        for y in (0, 1):
            assert relative(nll_from_logits(z, y), exact_nll(z, y)) <= loss_tolerance(z)


def test_impossible_classes():
    z = [0.0, -INF, 1.0]
    assert nll_from_logits(z, 2) == nll_from_logits([0.0, 1.0], 1)
    assert nll_from_logits(z, 1) == INF
    assert nll_from_logits([z, z], [1, 2]) == INF
    gradient = grad_nll_from_logits(z, 1)
    assert gradient[1] == -1  # the loss is infinite, its gradient is not
    assert np.isfinite(gradient).all()
    assert grad_nll_from_logits(z, 2)[1] == 0
    assert margin(z, 1) == -INF
    assert margin([-INF, 0.0], 1) == INF
    assert nll_from_logits([-INF, 0.0], 1) == 0
    assert squared_error_from_logits([-INF, 0.0], 0) == 2
    assert grad_squared_error_from_logits([-INF, 0.0], 0).tolist() == [0, 0]


@pytest.mark.parametrize("K", [3, 20])
def test_zero_times_infinity_is_zero_for_soft_targets(K):
    z, p = np.zeros(K), np.zeros(K)
    z[1], p[0], p[2] = -INF, 0.25, 0.75
    loss = nll_from_logits(z, p)  # torch gives NaN
    assert ulps(loss, MP.log(K - 1)) <= 4
    gradient = grad_nll_from_logits(z, p)
    assert gradient[1] == 0
    assert np.isfinite(gradient).all()
    p[1], p[2] = 0.5, 0.25
    assert nll_from_logits(z, p) == INF
    assert grad_nll_from_logits(z, p)[1] == -0.5
    assert squared_error_from_logits(z, p) > 0


@pytest.mark.parametrize("most", [700.0, 800.0, 1e4, 1e300])
@pytest.mark.parametrize("K", [2, 20])
def test_enormous_logits(most, K):
    z = np.full(K, -most)
    z[0] = most
    assert nll_from_logits(z, 1) == 2 * most
    assert nll_from_logits(z, 0) == 0  # exp(-1400) underflows: the true value does
    gradient = grad_nll_from_logits(z, 1)
    assert gradient.tolist() == [1, -1] + [0] * (K - 2)
    assert grad_nll_from_logits(z, 0).tolist() == [0] * K
    assert margin(z, 0) == 2 * most
    assert squared_error_from_logits(z, 1) == 2
    assert not grad_squared_error_from_logits(z, 1).any()


@pytest.mark.parametrize("lead", [700, 740, 744, 745])
def test_the_last_subnormal_losses(lead):
    exact = MP.exp(-lead)
    assert abs(MP.mpf(nll_from_logits([float(lead), 0.0], 0)) - exact) <= max(
        MP.mpf(5e-324), exact * loss_tolerance([lead, 0])
    )
    assert nll_from_logits([float(lead), 0.0], 0) > 0


def test_the_largest_floats():
    assert nll_from_logits([1e308, 0.0], 1) == 1e308
    # 2e308 is beyond the largest float.
    assert nll_from_logits([1e308, -1e308], 1) == INF
    assert margin([1e308, -1e308], 0) == INF
    assert nll_from_logits([1e308, -1e308], [0.5, 0.5]) == INF
    assert grad_nll_from_logits([1e308, -1e308], 1).tolist() == [1, -1]
    # The sum of two losses is beyond it too, their mean is not.
    rows, labels = [[1e308, 0.0]] * 2, [1, 1]
    assert nll_from_logits(rows, labels) == 1e308
    assert nll_from_logits(rows, labels, reduction="sum") == INF
    assert nll_from_logits([1.7e308, 0.0], 1, unit="bits") == INF
    assert nll_from_logits([[0.0, -INF]] * 2, [1, 1]) == INF


@pytest.mark.parametrize("z", [[[0.0, -740.0]] * 2, [[0.0, -800.0]] * 2])
def test_vanishing_gradients_whatever_numpy_is_told_to_raise(z):
    calm = [f(z, [0, 1]) for f in TAKING_LOGITS]
    with np.errstate(all="raise"):
        for f, expected in zip(TAKING_LOGITS, calm, strict=True):
            np.testing.assert_array_equal(f(z, [0, 1]), expected)


def test_subnormal_logits():
    assert nll_from_logits([5e-324, 0.0], 1) == near(math.log(2), rel=2 * U)
    assert margin([5e-324, 0.0], 0) == 5e-324


def test_no_examples():
    none, labels = np.empty((0, 3)), np.empty(0, int)
    assert nll_from_logits(none, labels, reduction="none").shape == (0,)
    assert nll_from_logits(none, labels, reduction="sum") == 0
    assert nll_from_logits(none, [], reduction="sum") == 0  # an empty list has no dtype to refuse
    assert nll_from_logits(none, none, reduction="sum") == 0
    assert nll_from_logits(np.empty((2, 0, 3)), np.empty((2, 0), int), reduction="none").shape == (
        2,
        0,
    )
    assert grad_nll_from_logits(none, labels, reduction="sum").shape == (0, 3)
    assert margin(none, labels).shape == squared_error_from_logits(none, labels).shape == (0,)
    assert grad_squared_error_from_logits(none, labels).shape == (0, 3)


# ------------------------------------------------------------------ squared error, for comparison


def test_squared_error_of_the_articles_example():
    z = np.log([0.6, 0.2, 0.2])
    # -ln .2 and the gradients, each number to 4 ulp of 1 by the contract.
    assert nll_from_logits(z, 2) == near(-math.log(0.2), rel=loss_tolerance(z) + 4 * U)
    np.testing.assert_allclose(grad_nll_from_logits(z, 2), [0.6, 0.2, -0.8], rtol=0, atol=4 * EPS)
    assert squared_error_from_logits(z, 2) == near(1.04, abs=SQUARED)
    np.testing.assert_allclose(
        grad_squared_error_from_logits(z, 2), [0.432, -0.016, -0.416], rtol=0, atol=SQUARED_GRADIENT
    )


@given(st.floats(-30, 30))
def test_squared_error_stalls_where_cross_entropy_does_not(t):
    # Two classes, the sigmoid of t: 2 * theta (1 - theta)^2 for each of the two outputs.
    theta = 1 / (1 + MP.exp(-MP.mpf(t)))
    slow = grad_squared_error_from_logits([0.0, t], 1)[1]
    assert abs(slow + 4 * theta * (1 - theta) ** 2) <= SQUARED_GRADIENT
    assert abs(slow) <= 2 * 8 / 27 + SQUARED_GRADIENT
    assert abs(grad_nll_from_logits([0.0, t], 1)[1] + (1 - theta)) <= 4 * EPS


@given(batches(most=800))
def test_squared_error_stays_between_0_and_2(batch):
    z, y = batch
    values = squared_error_from_logits(z, y)
    assert ((values >= 0) & (values <= 2 + SQUARED)).all()
    gradient = grad_squared_error_from_logits(z, y)
    assert (np.abs(gradient.sum(axis=1)) <= 4e-15 * z.shape[1]).all()


# ------------------------------------------------------------------ double softmax


@pytest.mark.parametrize("K", [2, 3, 10, 1000, np.int64(10)])
def test_double_softmax_bounds(K):
    low, high = double_softmax_bounds(K)
    assert ulps(high, MP.log(MP.e + int(K) - 1)) <= 2
    assert high - low == 1
    worst, best = np.zeros(int(K)), np.zeros(int(K))
    worst[1], best[0] = 1, 1
    # The lower bound is a difference: off by 2 ulp of the upper one.
    assert nll_from_logits(best, 0) == near(low, rel=loss_tolerance(best), abs=4 * U * high)
    assert nll_from_logits(worst, 0) == near(high, rel=loss_tolerance(worst) + 4 * U)


@given(logits_and_label())
def test_a_double_softmax_stays_within_its_bounds(case):
    z, y = case
    if len(z) > 1:
        low, high = double_softmax_bounds(len(z))
        q = softmax(z)
        loss = nll_from_logits(q, y)
        # q is rounded (the loss moves by twice its u), the bounds by 2 ulp of the upper one.
        slack = loss_tolerance(q) * loss + 2 * U + 4 * U * high
        assert low - slack <= loss <= high + slack


# ------------------------------------------------------------------ printed losses


def test_the_class_of_a_printed_loss():
    printed = seed_logits()
    assert consistent_classes(printed.before, 2.2941) == {printed.label} == {7}
    assert consistent_classes(printed.before, 2.2607) == {8}
    assert consistent_classes(printed.after, 0.0052) == {7}
    for logits, loss in (
        (printed.before, printed.printed_loss_before),
        (printed.before, printed.printed_loss_by_hand),
        (printed.after, printed.printed_loss_after),
    ):
        assert consistent_classes(logits, loss) == set()


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6), st.integers(0, 4), st.data())
def test_the_true_class_is_always_consistent(row, decimals, data):
    y = data.draw(st.integers(0, len(row) - 1))
    loss = nll_from_logits(row, y)

    def printed(x: float) -> float:
        return float(f"{x:.{decimals}f}")

    assert y in consistent_classes([printed(x) for x in row], printed(loss), decimals)


def test_ties_one_class_and_impossible_losses():
    assert consistent_classes([1.0, 1.0, -9.0], 0.6932) == {0, 1}
    assert consistent_classes([3.0], 0.0) == {0}
    assert consistent_classes([3.0], 0.1) == set()
    assert consistent_classes([0.0, 0.0], INF) == set()
    assert consistent_classes([0.0, 0.0], 0.7, decimals=1) == {0, 1}
    assert consistent_classes([0.0, 0.0], 1, decimals=0) == {0, 1}
    assert consistent_classes([0.0, 0.1], 0.744) == set()
    assert consistent_classes([0.0, 0.1], 0.744, decimals=3) == {0}
    assert consistent_classes([0.0, 0.1], 0.744, decimals=np.uint8(3)) == {0}


# ------------------------------------------------------------------ bad input

Z = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 1.0]])

TAKING_LOGITS = [
    nll_from_logits,
    grad_nll_from_logits,
    margin,
    squared_error_from_logits,
    grad_squared_error_from_logits,
]


@pytest.mark.parametrize("f", TAKING_LOGITS)
@pytest.mark.parametrize(
    ("z", "y", "message"),
    [
        (
            [[1.0, math.nan], [0.0, 1.0]],
            [0, 1],
            "row 0 of the logits holds nan at class 1; "
            "logits are finite or -inf (did training diverge?)",
        ),
        (
            [[1.0, 0.0], [math.nan, INF]],
            [0, 1],
            "row 1 of the logits holds nan at class 0; "
            "logits are finite or -inf (did training diverge?)",
        ),
        (
            [[1.0, 2.0], [INF, 1.0]],
            [0, 1],
            "row 1 of the logits holds inf at class 0; "
            "logits are finite or -inf (did training diverge?)",
        ),
        (
            [[1.0, 2.0], [-INF, -INF]],
            [0, 1],
            "row 1 of the logits is all -inf: no class is left; allow at least one finite logit",
        ),
        (
            [-INF] * 20,
            3,
            "row 0 of the logits is all -inf: no class is left; allow at least one finite logit",
        ),
        (
            [0.0] * 19 + [math.nan],
            3,
            "row 0 of the logits holds nan at class 19; "
            "logits are finite or -inf (did training diverge?)",
        ),
        (Z, [0, 3], "label 3 at position 1 is outside 0..2; classes are counted from 0"),
        (Z, [-1, 5], "label -1 at position 0 is outside 0..2; classes are counted from 0"),
        (
            Z,
            [2, np.iinfo(np.int64).max],
            f"label {2**63 - 1} at position 1 is outside 0..2; classes are counted from 0",
        ),
        (
            Z[None],
            [[0, -100]],
            "label -100 at position (0, 1) is outside 0..2; classes are counted from 0",
        ),
        (Z[0], 3, "label 3 is outside 0..2; classes are counted from 0"),
        (Z, [0.0, 1.0], "labels are float64; class indices are integers 0..2"),
        (
            Z,
            [True, False],
            "labels are bool; class indices are integers 0..2 "
            "(a comparison gives booleans: convert them on purpose)",
        ),
        (
            Z[0],
            np.True_,
            "labels are bool; class indices are integers 0..2 "
            "(a comparison gives booleans: convert them on purpose)",
        ),
        (Z, ["0", "1"], "labels are <U1; class indices are integers 0..2"),
        (Z, [None, 1], "labels are object; class indices are integers 0..2"),
        (3.0, 0, "logits have shape (); the last axis must hold the classes"),
        (
            np.empty((2, 0)),
            [0, 0],
            "logits have shape (2, 0); the last axis must hold the classes",
        ),
        ([[1.0, 2.0], [1.0]], [0, 0], "z has rows of different lengths; give as many in each"),
        (Z, [[0], [1, 2]], "y has rows of different lengths; give as many in each"),
        ([["1", "2"]], [0], "logits are <U1; give real numbers"),
        ([[1j, 2]], [0], "logits are complex128; give real numbers"),
        ([[True, False]], [0], "logits are bool; give real numbers"),
        ([[None, 1.0]], [0], "logits are object; give real numbers"),
    ],
)
def test_bad_logits_and_labels(f, z, y, message):
    with refuses(message):
        f(z, y)


@pytest.mark.parametrize("f", TAKING_LOGITS)
@pytest.mark.parametrize(
    ("y", "kind"),
    [
        ([0, 1, 2], "shape (3,) and dtype int64"),
        ([[0], [1]], "shape (2, 1) and dtype int64"),
        (0, "shape () and dtype int64"),
        ([[0.5, 0.5], [0.5, 0.5]], "shape (2, 2) and dtype float64"),
    ],
)
def test_shapes_that_do_not_fit(f, y, kind):
    with refuses(f"labels have {kind}, logits (2, 3): give integer labels of shape (2,)"):
        f(Z, y)


@pytest.mark.parametrize("f", [f for f in TAKING_LOGITS if f is not margin])
@pytest.mark.parametrize("dtype", [np.int64, np.bool_])
def test_one_hot_targets_that_are_not_floats(f, dtype):
    one_hot = np.eye(3)[[0, 1]].astype(dtype)
    with refuses(
        f"labels have shape (2, 3) and dtype {one_hot.dtype}, logits (2, 3): give integer labels "
        "of shape (2,); for one-hot targets give floats, or better the class indices"
    ):
        f(Z, one_hot)


@pytest.mark.parametrize("f", [f for f in TAKING_LOGITS if f is not margin])
@pytest.mark.parametrize(
    ("y", "message"),
    [
        (
            [[0.5, 0.4, 0.0], [1.0, 0.0, 0.0]],
            "y at [0] sums to 0.9; probabilities must sum to 1 (is a class missing?)",
        ),
        ([[1.5, -0.5, 0.0], [1.0, 0, 0]], "y[0, 1] is -0.5; probabilities cannot be negative"),
        ([[1.0, 0, 0], [0, math.nan, 1]], "y[1, 1] is nan; probabilities must be finite numbers"),
        ([[1.0, 0, 0], [0, 0, INF]], "y[1, 2] is inf; probabilities must be finite numbers"),
    ],
)
def test_soft_targets_that_are_not_distributions(f, y, message):
    with refuses(message):
        f(Z, y)


def test_margin_takes_class_indices_only_and_needs_a_rival():
    with refuses(
        "labels have shape (2, 3) and dtype float64, logits (2, 3): "
        "give integer labels of shape (2,)"
    ):
        margin(Z, np.eye(3)[:2])
    with refuses("z has one class; a margin needs a second one to lead over"):
        margin([[1.0], [2.0]], [0, 0])


@pytest.mark.parametrize("f", [nll_from_logits, grad_nll_from_logits])
@pytest.mark.parametrize("reduction", ["average", "Mean", "", None, 1, np.array(["sum", "mean"])])
def test_unknown_reduction(f, reduction):
    with refuses(f'reduction is {reduction!r}; it must be "mean", "sum" or "none"'):
        f(Z, [0, 1], reduction=reduction)


@pytest.mark.parametrize("unit", ["bit", "NATS", None, np.array(["nats", "bits"])])
def test_unknown_unit(unit):
    with refuses(f'unit is {unit!r}; it must be "nats" or "bits"'):
        nll_from_logits(Z, [0, 1], unit=unit)


@pytest.mark.parametrize("f", [nll_from_logits, grad_nll_from_logits])
def test_the_mean_over_no_examples(f):
    message = "there are no examples; the mean over nothing is undefined (the sum is 0)"
    with refuses(message):
        f(np.empty((0, 3)), np.empty(0, int))
    with refuses(message):
        f(np.empty((2, 0, 3)), np.empty((2, 0), int))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        empty = F.cross_entropy(torch.empty(0, 3), torch.empty(0, dtype=torch.int64))
    assert torch.isnan(empty)  # what the message saves the caller from


@pytest.mark.parametrize("K", [1, 0, -3, 2.0, True, np.True_, None, "10"])
def test_double_softmax_of_too_few_classes(K):
    with refuses(f"K is {K!r}; the number of classes must be an integer of at least 2"):
        double_softmax_bounds(K)


@pytest.mark.parametrize(
    ("logits", "loss", "decimals", "message"),
    [
        ([[1.0, 2.0]], 1.0, 4, "printed_logits has shape (1, 2); give one row of finite numbers"),
        ([], 1.0, 4, "printed_logits has shape (0,); give one row of finite numbers"),
        ([math.nan, 0.0], 1.0, 4, "printed_logits[0] is nan; give one row of finite numbers"),
        ([0.0, -INF], 1.0, 4, "printed_logits[1] is -inf; give one row of finite numbers"),
        (
            [[0], [0, 1]],
            1.0,
            4,
            "printed_logits has rows of different lengths; give as many in each",
        ),
        ([0.0, 1.0], math.nan, 4, "printed_loss is nan; give the loss as it was printed"),
        ([0.0, 1.0], [1.0], 4, "printed_loss is [1.0]; give the loss as it was printed"),
        ([0.0, 1.0], "a", 4, "printed_loss holds <U1; give real numbers"),
        ([0.0, 1.0], 1.0, -1, "decimals is -1; give an integer of at least 0"),
        ([0.0, 1.0], 1.0, 1.5, "decimals is 1.5; give an integer of at least 0"),
        ([0.0, 1.0], 1.0, True, "decimals is True; give an integer of at least 0"),
    ],
)
def test_invalid_printouts(logits, loss, decimals, message):
    with refuses(message):
        consistent_classes(logits, loss, decimals)
