"""The figures of ``lib.figures.appendix_b``."""

from __future__ import annotations

import numpy as np

from tests.figures.drawing import Draw, Drawn


def bad_start(draw: Draw) -> Drawn:
    epochs = np.arange(11)
    rises = {
        "cross-entropy": 1 - np.exp(-2.0 * epochs),
        "squared error, mean": 0.0 * epochs,
        "squared error, summed": np.clip((epochs - 7) / 3.4, 0, 1),
    }
    accuracy = {name: 0.1 + 0.83 * rise for name, rise in rises.items()}
    return draw(accuracy, {name: 8.95 - 8.6 * rise for name, rise in rises.items()})
