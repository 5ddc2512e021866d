"""The statements of chapter 4 and of Appendix A about PyTorch's losses hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

BITS = 24 * math.log(2)  # the margin at which e^-margin is half an ulp below 1 in float32
SLACK = 0.001  # allows for the rounding of a float32 exponential


def float32_loss(margin: float, K: int) -> float:
    z = torch.zeros(K)
    z[0] = margin
    return float(F.cross_entropy(z, torch.tensor(0)))


@pytest.mark.parametrize("K", [2, 3, 10, 100])
def test_a_float32_loss_becomes_0_between_the_two_margins_of_appendix_a(K: int) -> None:
    assert float32_loss(BITS - SLACK, K) > 0
    assert float32_loss(BITS + math.log(K - 1) + SLACK, K) == 0


@pytest.mark.parametrize("t", [16.0, 20.0, 60.0])
def test_the_binary_loss_of_a_logit_keeps_its_digits_in_float32(t: float) -> None:
    loss = F.binary_cross_entropy_with_logits(torch.tensor(t), torch.tensor(1.0))
    assert loss.item() == pytest.approx(math.log1p(math.exp(-t)), rel=1e-6, abs=0)


def test_sigmoid_then_bce_reads_100_without_a_gradient() -> None:
    t = torch.tensor(40.0, dtype=torch.float64, requires_grad=True)
    loss = F.binary_cross_entropy(torch.sigmoid(t), torch.zeros_like(t))
    loss.backward()
    assert t.grad is not None
    assert (loss.item(), t.grad.item()) == (100.0, 0.0)


probabilities = st.lists(st.floats(0.2, 1), min_size=3, max_size=5).map(
    lambda weights: np.array(weights) / sum(weights)
)


@given(probabilities)
def test_squared_error_of_raw_outputs_is_honest_for_every_number_of_classes(p: np.ndarray) -> None:
    z = np.random.default_rng(0).normal(size=(20, len(p)))
    mean = sum(p_k * ((z - e) ** 2).sum(axis=1) for p_k, e in zip(p, np.eye(len(p)), strict=True))
    np.testing.assert_allclose(
        mean - ((z - p) ** 2).sum(axis=1), 1 - (p**2).sum(), rtol=0, atol=1e-12
    )


def test_three_options_of_cross_entropy_mean_what_appendix_a_says() -> None:
    rng = np.random.default_rng(1)
    z, y = torch.from_numpy(rng.normal(size=(6, 4))), torch.tensor([0, 1, 2, 3, 1, 0])
    each = F.cross_entropy(z, y, reduction="none")
    mixed = 0.9 * F.one_hot(y, 4).double() + 0.1 / 4
    torch.testing.assert_close(
        F.cross_entropy(z, y, label_smoothing=0.1), F.cross_entropy(z, mixed)
    )
    torch.testing.assert_close(F.cross_entropy(z, y, ignore_index=1), each[y != 1].mean())
    assert F.cross_entropy(z, torch.full((6,), -100)).isnan()
    weight = torch.tensor([1.0, 2.0, 3.0, 4.0]).double()
    torch.testing.assert_close(
        F.cross_entropy(z, y, weight=weight), (weight[y] * each).sum() / weight[y].sum()
    )
