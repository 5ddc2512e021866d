"""Figures of Appendix B: runs that were watched for longer, or started worse."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lib.figures.style import DANGER, LOSS, SECOND

Floats = NDArray[np.float64]


def bad_start(
    accuracy: Mapping[str, Floats], loss: Mapping[str, Floats]
) -> tuple[Figure, tuple[Axes, Axes]]:
    """Draw how each of three losses recovers, or does not, from a confident wrong start.

    Parameters
    ----------
    accuracy, loss : mapping of name to ndarray, shape (epochs + 1,)
        Test accuracy and test cross-entropy (nats per image) for each training loss, starting
        before training; the runs may differ in length.
    """
    fig, (above, below) = plt.subplots(2, 1, figsize=(6.4, 5.4), sharex=True)
    shades = (LOSS, DANGER, SECOND)
    for name, colour in zip(accuracy, shades, strict=True):
        above.plot(accuracy[name], "o-", color=colour, ms=4)
        below.plot(loss[name], "o-", color=colour, ms=4)
    places = ((0.6, 0.98, "left"), (0.2, 0.16, "left"), (7.7, 0.5, "right"))
    for name, colour, (x, y, side) in zip(accuracy, shades, places, strict=True):
        above.text(x, y, name, color=colour, ha=side)
    above.set(ylabel="test accuracy", ylim=(0, 1.08))
    below.set(xlabel="epoch", ylabel="test cross-entropy (nats)", ylim=(0, None))
    return fig, (above, below)
