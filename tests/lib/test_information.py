"""Information: identities first, then mpmath, SciPy, torch and scikit-learn, then edges, errors."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from scipy import stats
from scipy.special import rel_entr
from sklearn.metrics import log_loss

from lib.information import (
    bits_per_byte,
    bits_to_nats,
    check_distribution,
    cross_entropy,
    entropy,
    information,
    kl_divergence,
    nats_to_bits,
    perplexity,
)
from tests.lib.references import (
    LN2,
    MP,
    U,
    distribution_pairs,
    distributions,
    exact_cross_entropy,
    exact_entropy,
    exact_kl,
    frozen,
    gibbs_slack,
    given,
    kl_tolerance,
    near,
    refuses,
    relative,
    sum_tolerance,
    ulps,
)

BALLS = [2 / 5, 3 / 5]
U32 = 2.0**-24

probabilities = st.floats(0, 1)


def ulps32(got, exact) -> float:
    """Error in units in the last place of the exact result, in float32."""
    return float(abs(MP.mpf(float(got)) - exact)) / float(np.spacing(np.float32(float(exact))))


# ------------------------------------------------------------------ properties


@given(distribution_pairs())
def test_cross_entropy_is_entropy_plus_divergence(pair):
    p, q = pair
    h, ce, kl = entropy(p), cross_entropy(p, q), kl_divergence(p, q)
    if math.isinf(ce):
        assert math.isinf(kl)
    else:
        # The contract's tolerance of each of the three, plus the negative KL that becomes 0.
        tolerance = sum_tolerance(len(p)) * (h + ce) + kl_tolerance(p, q)
        assert abs(ce - (h + kl)) <= tolerance + (gibbs_slack(p, q) if kl == 0 else 0)


@given(distribution_pairs())
def test_divergence_is_never_negative(pair):
    p, q = pair
    assert kl_divergence(p, q) >= 0
    assert kl_divergence(p, p) == 0
    assert kl_divergence(q, q) == 0


@given(distributions(), st.lists(st.integers(-3, 3), min_size=12, max_size=12))
def test_divergence_of_pairs_that_differ_by_rounding(p, steps):
    # A few ulps away: mathematically about 1e-32, yet the rounded sums differ by 1e-16.
    q = p + np.spacing(p) * np.array(steps[: len(p)]) * (p > 1e-290)
    value = kl_divergence(p, q)
    assert value >= 0
    exact = float(exact_kl(p, q))
    assert value <= max(exact, 0) + kl_tolerance(p, q)
    assert value > 0 or exact <= kl_tolerance(p, q)


def test_divergence_of_sums_that_differ_as_far_as_is_allowed():
    # Gibbs' inequality only says KL >= sum(p) - sum(q): here -8e-10, which is returned as 0.
    p, q = [0.5, 0.5], [0.5, 0.5 + 8e-10]
    assert exact_kl(p, q) < -7e-10
    assert kl_divergence(p, q) == 0
    assert kl_divergence(q, p) == near(float(exact_kl(q, p)), abs=kl_tolerance(q, p))


def test_divergence_of_equal_sums_that_rounding_alone_takes_below_0():
    # Mutations: return the sum of rel_entr as it is (here -1.4e-17, above -8e-10: both must be 0);
    # return 0 for all that is below 1e-12, or below 4 K u = 8.9e-16 (here 2e-14 and 1.8e-16).
    p, q = negative_divergence()
    assert kl_divergence(p, q) == kl_divergence([p, p], [q, q])[0] == 0
    for h in (1e-7, 9.5e-9):
        p, q = [0.5 + h, 0.5 - h], [0.5, 0.5]
        assert sum(p) == sum(q)
        assert kl_divergence(p, q) == near(float(exact_kl(p, q)), abs=kl_tolerance(p, q))
        assert 0 < 4 * kl_tolerance(p, q) < kl_divergence(p, q)


def negative_divergence() -> tuple[np.ndarray, np.ndarray]:
    """Find distributions of equal sum for which the rounded terms of KL sum to less than 0."""
    rng = np.random.default_rng(0)
    while True:
        p = rng.dirichlet(np.ones(4))
        q = p * (1 + rng.integers(-2, 3, 4) * 2.0**-52)
        if math.fsum(p) == math.fsum(q) and rel_entr(p, q).sum() < 0:
            return p, q


@given(distribution_pairs(zeros=False))
def test_divergence_is_zero_only_for_equal_pairs(pair):
    p, q = pair
    distance = np.abs(p - q).sum()
    # Pinsker: KL >= distance**2 / 2. If that exceeds the rounding error, KL must be positive.
    if distance**2 / 2 > 2 * gibbs_slack(p, q):
        assert kl_divergence(p, q) > 0


@given(distributions())
def test_entropy_lies_between_0_and_log_K(p):
    h = entropy(p)
    # p sums to 1 only to about K u, and log K is rounded.
    assert 0 <= h <= math.log(len(p)) + (sum_tolerance(len(p)) + len(p) * U) * max(h, 1)
    assert entropy(np.full(len(p), 1 / len(p))) == near(
        math.log(len(p)), rel=(sum_tolerance(len(p)) + len(p) * U)
    )


@given(distribution_pairs())
def test_the_model_that_agrees_costs_least(pair):
    p, q = pair
    slack = sum_tolerance(len(p)) * entropy(p) + kl_tolerance(p, p) + gibbs_slack(p, q)
    assert cross_entropy(p, q) >= entropy(p) - slack


@given(distribution_pairs(), st.randoms())
def test_the_order_of_the_classes_does_not_matter(pair, random):
    p, q = pair
    order = random.sample(range(len(p)), len(p))
    for f, tolerance in (
        (lambda a, b: entropy(a), sum_tolerance(len(p)) * entropy(p)),
        (cross_entropy, sum_tolerance(len(p)) * cross_entropy(p, q)),
        (kl_divergence, 2 * kl_tolerance(p, q) + 2 * len(p) * U * (kl_divergence(p, q) < 1e-12)),
    ):
        before, after = f(p, q), f(p[order], q[order])
        assert before == after or abs(before - after) <= 2 * tolerance


@given(distributions(3), distributions(4))
def test_independent_variables_add(p, q):
    joint = np.outer(p, q).ravel()
    apart = entropy(p) + entropy(q)
    # The three sums; p and q sum to 1 but for 4 u; and each product is rounded, which moves
    # -x log x by (1 - log x) x u. Products that underflow weigh less than 1e-300.
    tolerance = 2 * sum_tolerance(12) * apart + 4 * U * apart + U * (1 + apart)
    assert abs(entropy(joint) - apart) <= tolerance


@given(distributions(), st.integers(0, 11))
def test_splitting_a_class_adds_its_share_of_the_split(p, index):
    k = index % len(p)
    half = np.concatenate([np.delete(p, k), [p[k] / 2, p[k] / 2]])
    expected = entropy(p) + p[k] * math.log(2)
    assert abs(entropy(half) - expected) <= 2 * sum_tolerance(len(half)) * max(expected, 1e-300)


@given(distribution_pairs())
def test_bits_are_nats_over_log_2(pair):
    p, q = pair
    for f in (lambda unit: entropy(p, unit), lambda unit: cross_entropy(p, q, unit)):
        # log 2 is rounded, then the quotient.
        assert f("bits") == f("nats") or abs(f("bits") * math.log(2) / f("nats") - 1) <= 4 * U
    assert kl_divergence(p, q, "bits") == nats_to_bits(kl_divergence(p, q))


@given(st.floats(1e-300, 1e300))
def test_units_there_and_back(x):
    assert nats_to_bits(x) == near(float(MP.mpf(x) / LN2), rel=3 * U)
    assert bits_to_nats(x) == near(float(MP.mpf(x) * LN2), rel=3 * U)
    assert bits_to_nats(nats_to_bits(x)) == near(x, rel=4 * U)


@given(probabilities, probabilities)
def test_information_of_independent_events_adds(a, b):
    if a * b > 1e-290:
        # 2 ulp = 4 u of each, and the product of the probabilities is rounded by u.
        together, apart = information(a * b), information(a) + information(b)
        assert abs(together - apart) <= 4 * U * (together + apart) + 2 * U


@given(st.lists(probabilities, min_size=2, max_size=8))
def test_the_rarer_the_more_surprising(prob):
    values = information(np.sort(prob))
    assert (np.diff(values[values < math.inf]) <= 4 * U * values[values < math.inf][:-1]).all()
    assert (values >= 0).all()


@given(distribution_pairs())
def test_every_axis_every_layout(pair):
    p, q = pair
    rows_p, rows_q = np.stack([p, q, p]), np.stack([q, p, p])
    alone = [kl_divergence(a, b) for a, b in zip(rows_p, rows_q, strict=True)]
    columns_p, columns_q = rows_p.T, rows_q.T  # not contiguous
    assert kl_divergence(rows_p, rows_q).tolist() == alone
    by_column = kl_divergence(columns_p, columns_q, axis=0)
    for value, expected, a, b in zip(by_column, alone, rows_p, rows_q, strict=True):
        # Along a strided axis the K terms are added in another order.
        slack = 2 * kl_tolerance(a, b) + gibbs_slack(a, b) * (0 in (value, expected))
        assert value == expected or abs(value - expected) <= slack
    wide = np.repeat(rows_p, 2, axis=0)[::2]  # strided
    assert kl_divergence(wide, rows_q).tolist() == alone
    for f in (entropy, lambda d, **kw: cross_entropy(d, d, **kw)):
        assert f(rows_p).tolist() == [f(d) for d in rows_p]
        np.testing.assert_allclose(
            f(columns_p, axis=0), f(rows_p), rtol=sum_tolerance(len(p)), atol=0
        )
        assert f(rows_p[:, None, :]).shape == (3, 1)


@given(distributions(4), distributions(4), distributions(4))
def test_leading_axes_broadcast(p, q, r):
    models = np.stack([q, r])
    result = cross_entropy(p, models)
    assert result.tolist() == [cross_entropy(p, q), cross_entropy(p, r)]
    grid = kl_divergence(np.stack([p, q, r])[:, None, :], models)
    assert grid.shape == (3, 2)
    assert grid[2, 0] == kl_divergence(r, q)
    columns = cross_entropy(p[:, None], models.T, axis=0)
    assert columns.shape == (2,)


@given(distribution_pairs())
def test_nothing_is_mutated(pair):
    p, q = (frozen(d) for d in pair)
    p32 = frozen(p, np.float32)
    before = p.copy(), q.copy()
    information(p), entropy(p), cross_entropy(p, q), kl_divergence(p, q), check_distribution(p)
    entropy(p, "bits"), perplexity(p), nats_to_bits(p), bits_to_nats(p), check_distribution(p32)
    assert (p == before[0]).all()
    assert (q == before[1]).all()


@given(distribution_pairs(zeros=False))
def test_float32_stays_float32(pair):
    p, q = (np.maximum(d, 1e-6).astype(np.float32) for d in pair)
    p, q = p / p.sum(), q / q.sum()
    rows_p, rows_q = frozen([p], np.float32), frozen([q], np.float32)
    tolerance = U32 + sum_tolerance(len(p))  # computed in float64 and rounded once
    for got, exact in (
        (entropy(rows_p), exact_entropy(p)),
        (cross_entropy(rows_p, rows_q), exact_cross_entropy(p, q)),
    ):
        assert got.dtype == np.float32
        assert relative(got[0], exact) <= tolerance
    assert kl_divergence(rows_p, rows_q).dtype == np.float32
    assert kl_divergence(rows_p, rows_q) >= 0
    assert kl_divergence(rows_p, pair[1][None]).dtype == np.float64
    assert information(p).dtype == check_distribution(p).dtype == np.float32
    assert all(
        ulps32(i, -MP.log(MP.mpf(float(x)))) <= 0.51 for i, x in zip(information(p), p, strict=True)
    )
    assert perplexity(p).dtype == nats_to_bits(p).dtype == bits_to_nats(p).dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_a_million_terms_are_added_in_float64(dtype):
    # Added one after the other in float32, they gave 13.627. The smallest float16 is 6e-8.
    n = 10**6 if dtype == np.float32 else 10**4
    p = np.full((n, 2), 1 / n, dtype)
    x = float(p[0, 0])
    for answer in (
        entropy(p, axis=0),
        entropy(p.T),
        cross_entropy(p, p, axis=0),
        cross_entropy(p.T, p.T),
        n * x * math.log(n) - kl_divergence(p, np.full((n, 2), 1 / n), axis=0),
    ):
        tolerance = (U32 if dtype == np.float32 else 0) + 2 * n * U
        np.testing.assert_allclose(answer, -n * x * math.log(x), rtol=tolerance, atol=0)
    if dtype == np.float32:
        assert f"{entropy(p, axis=0)[0]:.5f} nats" == "13.81551 nats"


@given(distribution_pairs(zeros=False))
def test_the_type_of_the_input_changes_its_rounding_alone(pair):
    for dtype in (np.float16, np.float32):
        p, q = (np.maximum(d, 1e-3) for d in pair)
        p, q = ((d / d.sum())[None].astype(dtype) for d in (p, q))
        wide = p.astype(np.float64), q.astype(np.float64)
        atol = 2e-3 if dtype == np.float16 else 1e-5
        assert abs(wide[0].sum() - 1) <= atol
        if (np.abs([wide[0].sum() - 1, wide[1].sum() - 1]) > 1e-9).any():
            continue  # too far from 1 for float64 input
        for f in (cross_entropy, kl_divergence):
            kind = np.float32 if dtype == np.float32 else np.float64
            assert f(p, q).dtype == kind
            np.testing.assert_array_equal(f(p, q), f(*wide).astype(kind))


@pytest.mark.parametrize("K", [2, 10, 1000])
def test_half_precision_softmax_is_a_distribution(K):
    rng = np.random.default_rng(K)
    for _ in range(20):
        z = rng.normal(size=K)
        p = (np.exp(z) / np.exp(z).sum()).astype(np.float16)
        total = float(exact_entropy(p))
        assert entropy(p) == near(total, rel=sum_tolerance(K))
        assert cross_entropy(p, p) == near(total, rel=sum_tolerance(K))
        check_distribution(p.astype(">f2"))
    with pytest.raises(ValueError, match=r"^p sums to 1\.00\d+; probabilities must sum to 1"):
        check_distribution(np.array([0.5, 0.505], np.float16))
    with pytest.raises(ValueError, match=r"^p sums to 0\.99\d+; .*is a class missing"):
        check_distribution(np.array([0.5, 0.495], np.float16))


@given(distributions(), st.floats(-9e-10, 9e-10))
def test_no_surprise_is_negative_and_each_has_a_perplexity(p, extra):
    # A probability may be slightly above 1: its logarithm is then positive.
    k = int(p.argmax())
    q = p.copy()
    q[k] += extra
    certain = np.eye(len(p))[k] * (1 + extra)
    for value in (cross_entropy(p, q), cross_entropy(certain, certain), entropy(certain)):
        assert value >= 0
        assert perplexity(value) >= 1
    assert perplexity(cross_entropy([1, 0], [1 + 5e-10, 0])) == 1
    assert perplexity(entropy([1 + 5e-10, 0])) == 1


@pytest.mark.parametrize("dtype", [np.float16, np.int64, np.uint8])
def test_other_numbers_become_float64(dtype):
    certain = np.array([0, 1], dtype)
    assert check_distribution(certain).dtype == np.float64
    assert entropy(certain) == 0
    assert cross_entropy(certain, BALLS) == near(information(0.6), rel=8 * U)


def test_one_number_gives_a_float():
    for value in (
        information(0.5),
        entropy(BALLS),
        cross_entropy(BALLS, BALLS),
        kl_divergence(BALLS, BALLS),
        perplexity(1),
        nats_to_bits(1),
        bits_to_nats(1),
        bits_per_byte(1.0, 1),
        entropy(np.array(BALLS, np.float32)),
    ):
        assert type(value) is float


# ------------------------------------------------------------------ oracles


@given(st.one_of(probabilities, st.floats(0, 1e-300), st.floats(1 - 1e-9, 1)))
def test_information_against_mpmath(prob):
    exact = -MP.log(MP.mpf(prob)) if prob else MP.inf
    assert ulps(information(prob), exact) <= 2 or exact == information(prob) == 0
    assert ulps(information(prob, "bits"), exact / LN2) <= 2 or exact == 0


@given(distributions())
def test_entropy_against_mpmath(p):
    assert relative(entropy(p), exact_entropy(p)) <= sum_tolerance(len(p))


@given(distribution_pairs())
def test_cross_entropy_against_mpmath(pair):
    p, q = pair
    exact = exact_cross_entropy(p, q)
    if MP.isinf(exact):
        assert cross_entropy(p, q) == math.inf
    else:
        assert relative(cross_entropy(p, q), exact) <= sum_tolerance(len(p))


@given(distribution_pairs())
def test_divergence_against_mpmath(pair):
    p, q = pair
    value, exact = kl_divergence(p, q), exact_kl(p, q)
    if MP.isinf(exact):
        assert value == math.inf
    elif value == 0:
        assert -gibbs_slack(p, q) <= exact <= kl_tolerance(p, q)
    else:
        assert abs(MP.mpf(value) - exact) <= kl_tolerance(p, q)


@given(distribution_pairs(zeros=False))
def test_against_scipy_and_torch(pair):
    p, q = pair
    K = len(p)
    # SciPy normalises once more, which moves each number by about K u.
    assert entropy(p) == near(stats.entropy(p), rel=3 * K * U + sum_tolerance(K), abs=K * U)
    expected = stats.entropy(p, q)
    tolerance = 2 * kl_tolerance(p, q) + 4 * gibbs_slack(p, q)
    assert abs(kl_divergence(p, q) - expected) <= tolerance + 3 * K * U * expected
    log_q, truth = torch.from_numpy(np.log(q)), torch.from_numpy(p)
    expected = torch.nn.functional.kl_div(log_q, truth, reduction="sum").item()
    # torch computes p log p - p log q: the error is that of the two large terms.
    tolerance += 2 * sum_tolerance(K) * (entropy(p) + cross_entropy(p, q))
    assert abs(kl_divergence(p, q) - expected) <= tolerance


@given(st.lists(distributions(3, zeros=False), min_size=1, max_size=5))
def test_against_scikit_learn(rows):
    # log_loss clips at 2.2e-16 and checks sums to 1.5e-8: far from both it is the same mean.
    q = np.maximum(np.stack(rows), 1e-9)
    q /= q.sum(axis=1, keepdims=True)
    labels = np.arange(len(q)) % 3
    expected = log_loss(labels, q, labels=[0, 1, 2])
    one_hot = np.eye(3)[labels]
    assert cross_entropy(one_hot, q).mean() == near(expected, rel=2 * sum_tolerance(8))


def test_five_balls():
    assert relative(entropy(BALLS), exact_entropy(BALLS)) <= sum_tolerance(2)
    assert f"{entropy(BALLS):.10f} nats" == "0.6730116670 nats"
    assert f"{entropy(BALLS, 'bits'):.10f} bits" == "0.9709505945 bits"
    assert f"{cross_entropy(BALLS, [0.5, 0.5]):.10f} nats" == "0.6931471806 nats"
    assert f"{kl_divergence(BALLS, [0.5, 0.5]):.10f} nats" == "0.0201355136 nats"
    assert f"{kl_divergence([0.5, 0.5], BALLS):.10f} nats" == "0.0204109973 nats"


def test_bobs_code():
    bob, alice = [1 / 2, 1 / 4, 1 / 8, 1 / 8], [1 / 8, 1 / 2, 1 / 4, 1 / 8]
    # All logarithms are whole numbers of bits; converted from nats they keep the contract.
    assert entropy(bob, "bits") == near(1.75, rel=sum_tolerance(4))
    assert cross_entropy(bob, alice, "bits") == near(2.375, rel=sum_tolerance(4))
    assert cross_entropy(alice, bob, "bits") == near(2.25, rel=sum_tolerance(4))
    assert information([1 / 2, 1 / 4, 1 / 8], "bits") == near([1, 2, 3], rel=4 * U)


@given(st.floats(0, 700))
def test_perplexity_undoes_the_logarithm(nats):
    assert ulps(perplexity(nats), MP.exp(MP.mpf(nats))) <= 2
    # exp magnifies the 3 ulp of the logarithm by the number of nats.
    assert information(1 / perplexity(nats)) == near(nats, rel=8 * U, abs=8 * U)


def test_perplexity_of_a_fair_die():
    assert perplexity(entropy(np.full(6, 1 / 6))) == near(6, rel=(8 + 6) * 2 * U)


@given(st.floats(0, 1e300), st.integers(1, 10**9))
def test_bits_per_byte_against_mpmath(total, n_bytes):
    assert ulps(bits_per_byte(total, n_bytes), MP.mpf(total) / LN2 / n_bytes) <= 4 or total < 1e-290


# ------------------------------------------------------------------ edge cases


def test_the_impossible_and_the_certain():
    assert information(0) == information(0, "bits") == math.inf
    assert math.copysign(1, information(1)) == 1  # 0.0, never -0.0
    assert math.copysign(1, information(1, "bits")) == 1
    assert information([0.0, 1.0]).tolist() == [math.inf, 0.0]
    assert information([]).shape == (0,)
    assert information(5e-324) == near(1074 * math.log(2), rel=4 * U)
    assert information(5e-324, "bits") == near(1074, rel=4 * U)


def test_zeros_cost_nothing_or_infinitely_much():
    assert entropy([1, 0]) == 0
    assert math.copysign(1, entropy([1.0])) == 1
    assert math.copysign(1, cross_entropy([1.0, 0.0], [1.0, 0.0])) == 1
    assert math.copysign(1, kl_divergence([1.0, 0.0], [1.0, 0.0])) == 1
    assert cross_entropy([1, 0], [1, 0]) == kl_divergence([1, 0], [1, 0]) == 0
    assert cross_entropy([0.5, 0.5], [1, 0]) == kl_divergence([0.5, 0.5], [1, 0]) == math.inf
    assert cross_entropy([1, 0], [0, 1]) == kl_divergence([1, 0], [0, 1]) == math.inf
    assert cross_entropy([1, 0], [0.5, 0.5]) == near(math.log(2), rel=4 * U)
    assert kl_divergence([1, 0], [0.5, 0.5]) == near(math.log(2), rel=4 * U)
    assert cross_entropy([0, 1], [-0.0, 1]) == 0
    assert entropy([-0.0, 1.0]) == 0


def test_subnormal_numbers():
    tiny = 5e-324
    exact = 1074 * LN2
    # p / q overflows here; SciPy's rel_entr subtracts the logarithms instead.
    assert ulps(kl_divergence([1, 0], [tiny, 1]), exact) <= 2
    assert ulps(cross_entropy([1, 0], [tiny, 1]), exact) <= 2
    assert kl_divergence([tiny, 1], [1, tiny]) == near(float(exact), rel=4 * U)
    assert kl_divergence([0, 1], [tiny, 1]) == 0
    assert kl_divergence([tiny, 1], [0, 1]) == math.inf
    # 744 * 5e-324 has 10 bits, so half a unit of the last is the best possible accuracy.
    assert entropy([tiny, 1]) == near(744.44 * tiny, abs=tiny)


@pytest.mark.parametrize("k", [1, 10, 100, 500, 1000])
def test_entropy_rises_from_0_with_infinite_slope(k):
    # (H(x) - H(0)) / x is about 1 - log x for small x: without a bound, so the gradient of
    # entropy at 0 is +inf, rightly.
    x = 2.0**-k
    slope = (entropy([x, 1 - x]) - entropy([0, 1])) / x
    exact = exact_entropy([x, 1 - x]) / MP.mpf(x)
    assert relative(slope, exact) <= sum_tolerance(2) + U
    assert slope >= k * math.log(2) * (1 - 4 * U)


def test_sums_that_are_1_to_rounding_pass():
    check_distribution([0.1] * 10)
    check_distribution(np.full(3, 1 / 3, np.float32))
    check_distribution([0.5, 0.5 + 9e-10])
    check_distribution(np.array([0.5, 0.500009], np.float32))
    check_distribution([0.5, 0.4], atol=0.11)
    # Nothing is normalised silently.
    assert check_distribution([0.5, 0.5 + 9e-10]).tolist() == [0.5, 0.5 + 9e-10]


def test_zero_rows_are_not_an_error():
    for result in (entropy(np.empty((0, 3))), kl_divergence(np.empty((0, 3)), np.empty((0, 3)))):
        assert result.shape == (0,)


@pytest.mark.parametrize("x", [5e-324, 1e-310, 1e300, 1.7e308])
def test_units_of_extreme_numbers_whatever_numpy_is_told_to_raise(x):
    with np.errstate(all="raise"):
        assert nats_to_bits(x) == nats_to_bits([x])[0] == x / math.log(2)
        assert bits_to_nats(x) == bits_to_nats([x])[0] == x * math.log(2)
        assert type(bits_per_byte(np.float64(x), np.int64(3))) is float


def test_infinite_and_enormous_surprise():
    assert perplexity(math.inf) == math.inf
    assert perplexity(710.0) == math.inf  # beyond the largest float
    assert perplexity(0) == perplexity(-0.0) == 1
    assert bits_per_byte(math.inf, 3) == math.inf
    assert bits_per_byte(0.0, 3) == 0
    assert nats_to_bits(math.inf) == bits_to_nats(math.inf) == math.inf
    # One nat is more than one bit: the largest floats overflow, without a warning.
    assert nats_to_bits(1.7e308) == nats_to_bits(np.array([1.7e308]))[0] == math.inf
    assert bits_per_byte(np.float64(1.7e308), 1) == math.inf


# ------------------------------------------------------------------ bad input

CHECKED = [
    lambda p: check_distribution(p),
    lambda p: entropy(p),
    lambda p: cross_entropy(p, p),
    lambda p: kl_divergence(p, p),
]


@pytest.mark.parametrize("call", CHECKED)
@pytest.mark.parametrize(
    ("p", "message"),
    [
        ([0.5, 0.4], "p sums to 0.9; probabilities must sum to 1 (is a class missing?)"),
        (
            [3, 4],
            "p sums to 7; probabilities must sum to 1 (are these counts, scores or logits?)",
        ),
        (
            [[0.5, 0.5], [0.3, 0.6]],
            "p at [1] sums to 0.9; probabilities must sum to 1 (is a class missing?)",
        ),
        (
            [[[0.5, 0.5], [0.5, 0.6]]],
            "p at [0, 1] sums to 1.1; probabilities must sum to 1 "
            "(are these counts, scores or logits?)",
        ),
        ([1.5, -0.5], "p[1] is -0.5; probabilities cannot be negative"),
        ([[1, 0], [1 + 5e-324, -5e-324]], "p[1, 1] is -5e-324; probabilities cannot be negative"),
        ([0.5, math.nan, -1], "p[1] is nan; probabilities must be finite numbers"),
        ([math.inf, 0], "p[0] is inf; probabilities must be finite numbers"),
        ([-math.inf, 1], "p[0] is -inf; probabilities must be finite numbers"),
        ([], "p has no classes (shape (0,)); give at least one"),
        (np.empty((3, 0)), "p has no classes (shape (3, 0)); give at least one"),
        (1.0, "p is a single number; a distribution needs an axis of classes"),
        (["0.5", "0.5"], "p holds <U3; give real numbers"),
        ([0.5j, 0.5], "p holds complex128; give real numbers"),
        ([None, 1], "p holds object; give real numbers"),
        ([True, False], "p holds bool; give real numbers"),
        ([[0.5, 0.5], [1.0]], "p has rows of different lengths; give as many in each"),
        (
            [1e308, 1e308],
            "p sums to inf; probabilities must sum to 1 (are these counts, scores or logits?)",
        ),
    ],
)
def test_not_a_distribution(call, p, message):
    with refuses(message):
        call(p)


def test_sums_off_by_more_than_the_tolerance():
    with refuses(
        "p sums to 1.000000002; probabilities must sum to 1 (are these counts, scores or logits?)"
    ):
        check_distribution([0.5, 0.5 + 2e-9])
    with pytest.raises(ValueError, match=r"^p sums to 1\.00002"):
        check_distribution(np.array([0.5, 0.50002], np.float32))
    with refuses("p sums to 0.99; probabilities must sum to 1 (is a class missing?)"):
        check_distribution([0.5, 0.49], atol=1e-3)


@pytest.mark.parametrize("f", [cross_entropy, kl_divergence])
def test_the_message_names_the_distribution_at_fault(f):
    with refuses("q sums to 0.9; probabilities must sum to 1 (is a class missing?)"):
        f([0.5, 0.5], [0.5, 0.4])
    with refuses("q[1] is -0.5; probabilities cannot be negative"):
        f([0.5, 0.5], [1.5, -0.5])


@pytest.mark.parametrize("f", [cross_entropy, kl_divergence])
def test_shapes_that_do_not_fit(f):
    with refuses(
        "p has 2 classes and q has 3 (shapes (2,) and (3,)); "
        "give one probability for every class in both"
    ):
        f([0.5, 0.5], [0.2, 0.3, 0.5])
    with refuses(
        "p has 2 classes and q has 1 (shapes (2,) and (1,)); "
        "give one probability for every class in both"
    ):
        f([0.5, 0.5], [1.0])  # would broadcast
    with refuses(
        "p has shape (2, 2) and q has shape (3, 2); "
        "apart from the classes, each axis must agree or have length 1"
    ):
        f(np.full((2, 2), 0.5), np.full((3, 2), 0.5))
    # The shapes in the message are those of the caller, whatever the axis.
    with refuses(
        "p has 2 classes and q has 4 (shapes (2, 3) and (4, 3)); "
        "give one probability for every class in both"
    ):
        f(np.full((2, 3), 0.5), np.full((4, 3), 0.25), axis=0)
    with refuses(
        "p has shape (2, 3) and q has shape (2, 4); "
        "apart from the classes, each axis must agree or have length 1"
    ):
        f(np.full((2, 3), 0.5), np.full((2, 4), 0.5), axis=0)


@pytest.mark.parametrize("axis", [1, -2, 0.5, True, None])
def test_an_axis_that_does_not_exist(axis):
    for call in (check_distribution, entropy, lambda p, axis: cross_entropy(p, p, axis=axis)):
        with refuses(f"axis {axis} does not exist: p has shape (2,)"):
            call([0.5, 0.5], axis=axis)


@pytest.mark.parametrize(
    "call",
    [
        lambda unit: information(0.5, unit),
        lambda unit: entropy(BALLS, unit),
        lambda unit: cross_entropy(BALLS, BALLS, unit),
        lambda unit: kl_divergence(BALLS, BALLS, unit),
    ],
)
@pytest.mark.parametrize("unit", ["bit", "Nats", "", None, 2, np.array(["nats", "bits"])])
def test_unknown_unit(call, unit):
    with refuses(f'unit is {unit!r}; it must be "nats" or "bits"'):
        call(unit)


@pytest.mark.parametrize(
    ("prob", "message"),
    [
        (-0.1, "prob is -0.1; a probability must lie in [0, 1]"),
        (1.5, "prob is 1.5; a probability must lie in [0, 1]"),
        (math.nan, "prob is nan; a probability must lie in [0, 1]"),
        (math.inf, "prob is inf; a probability must lie in [0, 1]"),
        ([0.5, -math.inf], "prob[1] is -inf; a probability must lie in [0, 1]"),
        ([[0.5, 1], [2, 3]], "prob[1, 0] is 2.0; a probability must lie in [0, 1]"),
        ("half", "prob holds <U4; give real numbers"),
    ],
)
def test_information_of_an_invalid_probability(prob, message):
    with refuses(message):
        information(prob)


@pytest.mark.parametrize(
    ("nats", "message"),
    [
        (-1, "nats is -1.0; a cross-entropy of labels is at least 0"),
        (math.nan, "nats is nan; a cross-entropy of labels is at least 0"),
        ([1, -0.5], "nats[1] is -0.5; a cross-entropy of labels is at least 0"),
    ],
)
def test_perplexity_of_an_invalid_entropy(nats, message):
    with refuses(message):
        perplexity(nats)


@pytest.mark.parametrize(
    ("total", "n_bytes", "message"),
    [
        (-1.0, 3, "total_nats is -1.0; a summed loss is one number of at least 0"),
        (math.nan, 3, "total_nats is nan; a summed loss is one number of at least 0"),
        (1.0, 0, "n_bytes is 0; give an integer of at least 1"),
        (1.0, -2, "n_bytes is -2; give an integer of at least 1"),
        ("a", 2, "total_nats holds <U1; give real numbers"),
        ([1.0, 2.0], 2, "total_nats is [1.0, 2.0]; a summed loss is one number of at least 0"),
        (1.0, 2.5, "n_bytes is 2.5; give an integer of at least 1"),
        (1.0, True, "n_bytes is True; give an integer of at least 1"),
        (1.0, "a", "n_bytes is 'a'; give an integer of at least 1"),
        (1.0, math.nan, "n_bytes is nan; give an integer of at least 1"),
    ],
)
def test_bits_per_byte_of_invalid_input(total, n_bytes, message):
    with refuses(message):
        bits_per_byte(total, n_bytes)


@pytest.mark.parametrize("convert", [nats_to_bits, bits_to_nats])
def test_units_of_an_invalid_number(convert):
    with refuses("x holds <U1; give real numbers"):
        convert("1")
