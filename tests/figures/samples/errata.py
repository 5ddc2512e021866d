"""The figures of ``lib.figures.errata``."""

from __future__ import annotations

import numpy as np

from lib.losses import nll_from_logits
from lib.mnist import seed_logits
from tests.figures.drawing import Draw, Drawn

SEED = seed_logits()


def printed_intervals(draw: Draw) -> Drawn:
    half = 0.00005
    up = np.where(np.arange(10) == 8, half, -half)
    low, high = (nll_from_logits(SEED.before + shift, 8) for shift in (up, -up))
    return draw({8: (low, high)}, SEED.printed_loss_before, half)


def label_and_model(draw: Draw) -> Drawn:
    return draw([0, 1, 0], [0.3, 0.5, 0.2])
