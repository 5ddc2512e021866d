"""Figures of chapter 8: what each letter of a sentence costs, and what a table of scores weighs."""

from __future__ import annotations

import math

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from lib.figures.style import DANGER, GRADIENT, LOSS, MODEL, MODEL_TEXT, MUTED, RECORD

Floats = NDArray[np.float64]

_GB = 1e9


def _lines(sentence: str, count: int) -> list[tuple[int, int]]:
    """Return where each line begins and ends, if a sentence is broken into lines at spaces."""
    starts = [0] + [i + 1 for i, letter in enumerate(sentence) if letter == " "]
    size = len(sentence) / count
    cuts = [min(starts, key=lambda start: abs(start - i * size)) for i in range(count)]
    return list(zip(cuts, [*cuts[1:], len(sentence)], strict=True))


def bill(
    sentence: str, bits: Floats, *, lines: int = 4, named: float = 12.0
) -> tuple[Figure, Axes]:
    """Draw what each letter of a sentence costs, the beginnings of words in the model's colour.

    Parameters
    ----------
    sentence : str
        Letters and spaces; it begins with a word.
    bits : ndarray, shape (len(sentence),)
        The surprise at each letter, in bits.
    lines : int
        Into how many lines the sentence is broken, at spaces.
    named : float
        Letters that cost as much as this, or more, have their bits written above them.
    """
    fig, panels = plt.subplots(lines, figsize=(5.4, 1.6 * lines), sharey=True, squeeze=False)
    broken = _lines(sentence, lines)
    widest = max(end - start for start, end in broken)
    for ax, (start, end) in zip(panels.flat, broken, strict=True):
        letters, cost = sentence[start:end], bits[start:end]
        first = [i == 0 or letters[i - 1] == " " for i in range(len(letters))]
        colors = [MODEL if begins else RECORD for begins in first]
        ax.bar(np.arange(len(letters)), cost, width=0.8, color=colors)
        for i, letter in enumerate(letters):
            color = MODEL_TEXT if first[i] else LOSS
            ax.text(i, -0.8, letter, family="monospace", ha="center", va="top", color=color)
            if cost[i] >= named:
                ax.text(i, cost[i] + 0.4, f"{cost[i]:.1f}", ha="center", va="bottom", size=12)
        ax.set(xlim=(-0.7, widest - 0.3), ylim=(0, 23), xticks=[], yticks=[0, 10, 20])
    panels.flat[0].set_title("Where the bits go", pad=16)
    panels.flat[-1].text(widest - 0.3, 16, "first letters of words", ha="right", color=MODEL_TEXT)
    panels.flat[lines // 2].set_ylabel("bits")
    return fig, panels.flat[0]


def memory(
    tokens: int, classes: int, width: int, weights: int, *, chunk: int
) -> tuple[Figure, Axes]:
    """Draw what the loss of a language model needs beside its weights, in bars of gigabytes.

    Scores are stored in float32, weights in bfloat16, as is the gradient of the last layer.

    Parameters
    ----------
    tokens, classes : int
        Rows and columns of the table of scores.
    width : int
        How many numbers the network passes on to its last layer, for each token.
    weights : int
        All weights of the network, those of the last layer among them.
    chunk : int
        How many tokens at a time, where the table is not made whole.
    """
    table = 4 * tokens * classes / _GB
    small, slope = 4 * chunk * classes / _GB, 2 * width * classes / _GB
    fig, ax = plt.subplots(figsize=(5.4, 4.1))
    end = math.ceil(4 * table)

    def bar(row: float, left: float, size: float, color: str, *, dashed: bool = False) -> None:
        place = (left, -row - 0.28)
        if not dashed:
            ax.add_patch(Rectangle(place, size, 0.56, fc=color, alpha=0.3, lw=0))
        line = "--" if dashed else "-"
        ax.add_patch(
            Rectangle(place, size, 0.56, fill=False, ec=color, lw=1.5, ls=line, clip_on=False)
        )

    def title(row: float, text: str) -> None:
        ax.text(0, -row + 0.36, text, va="bottom")

    title(0, f"all {weights / 1e9:.1f} billion weights: {2 * weights / _GB:.2f} GB")
    bar(0, 0, 2 * weights / _GB, MUTED)
    title(1.25, f"the loss, from the whole table: 3 × {table:.2f} = {3 * table:.2f} GB")
    bar(1.25, 3 * table, table, DANGER, dashed=True)
    for i, name in enumerate(("log q", "slope of log q", "slope of z", "z, if it has\na name")):
        if i < 3:
            bar(1.25, i * table, table, DANGER)
        ax.text((i + 0.5) * table, -1.26, name, ha="center", va="center", size=11)
    total = small + slope
    title(2.5, f"the loss, {chunk} tokens at a time: {small:.2f} + {slope:.2f} = {total:.2f} GB")
    bar(2.5, 0, small, DANGER)
    bar(2.5, small, slope, GRADIENT)
    note = "← z, in place, and the gradient of the last layer"
    ax.text(total + 0.4, -2.51, note, va="center", size=11)
    ax.set(xlim=(0, end), ylim=(-3.0, 0.95), yticks=[], xticks=range(0, end + 1, 5))
    ax.set(xlabel=f"gigabytes, for {tokens:,} tokens".replace(",", "\u202f"))
    ax.set_title("The most expensive line")
    ax.spines["left"].set_visible(False)
    return fig, ax
