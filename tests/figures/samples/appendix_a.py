"""The figures of ``lib.figures.appendix_a``."""

from __future__ import annotations

import numpy as np

from tests.figures.drawing import Draw, Drawn


def digits_correct(draw: Draw) -> Drawn:
    margins = np.arange(-800.0, 801.0, 4.0)
    falling = 15.5 * np.clip(1 - margins / 36, 0, 1)
    one_sided = np.where(margins > -745, falling, 0)
    best = np.full(len(margins), 15.5)
    return draw(margins, {"softmax, then log": one_sided, "shifted": falling, "with log1p": best})
