"""Figures of Appendix A: what is left of a number on a real computer."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lib.figures.style import DANGER, LOSS, MUTED, SECOND


def digits_correct(
    margins: NDArray[np.float64], digits: Mapping[str, NDArray[np.float64]]
) -> tuple[Figure, NDArray[np.object_]]:
    """Draw how many digits of the loss each implementation gets right at each margin.

    Parameters
    ----------
    margins : ndarray, shape (M,)
        Margins: the true logit minus the largest of the others.
    digits : mapping from name to ndarray of shape (M,)
        Correct digits of each of three implementations, from 0 to 16; one panel each.

    Returns
    -------
    Figure, ndarray of Axes
    """
    fig, axes = plt.subplots(len(digits), 1, figsize=(6.4, 5.2), sharex=True, sharey=True)
    colours = (DANGER, SECOND, LOSS)
    for ax, (name, values), colour in zip(axes, digits.items(), colours, strict=True):
        ax.fill_between(margins, values, color=colour, alpha=0.25, lw=0)
        ax.plot(margins, values, color=colour, lw=1.3)
        ax.set_title(name, size=11, weight="normal", color=colour, pad=4)
        ax.set(ylim=(0, 17), yticks=[0, 8, 16])
        ax.axvline(0, color=MUTED, lw=0.8, ls=":")
    axes[1].set_ylabel("correct digits of the loss")
    axes[-1].set_xlabel("margin: wrong  ←  0  →  right and confident")
    axes[-1].set_xlim(margins[0], margins[-1])
    return fig, axes
