"""Figures of chapter 7: the piece of a message, files beside losses, and a wrong codebook."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from lib.bernoulli import parse
from lib.coding import codeword, interval
from lib.figures.style import BALLS, DANGER, LOSS, MODEL, MODEL_TEXT, MUTED, SECOND

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

_LOOKS = {  # of the readers of a file: colour and line
    "the file": (LOSS, "-"),
    "best guesses": (MODEL_TEXT, "-"),
    "one unit off": (DANGER, "-"),
    "coin flips": (SECOND, "--"),
}


def _number(value: Fraction) -> str:
    return f"{float(value):.5f}".rstrip("0").rstrip(".")


def one_piece(seq: str, black: Fraction) -> tuple[Figure, Axes]:
    """Draw how the balls narrow a piece of the strip, each piece magnified in the next row.

    Parameters
    ----------
    seq : str
        Balls, w or b.
    black : Fraction
        The believed probability of black. White lies on the left.
    """
    balls, pmf = parse(seq).tolist(), [1 - black, black]
    split = float(1 - black)
    fig, ax = plt.subplots(figsize=(5.8, 1.05 * len(balls) + 1.6))
    ax.axis("off")
    ax.set(xlim=(-0.02, 1.34), ylim=(-len(balls) - 0.85, 0.35))
    edge: dict[str, Any] = {"ec": LOSS, "lw": 1}
    paper = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
    for n in range(len(balls) + 1):
        low, width = interval(balls[:n], pmf)
        top, height = -float(n), 0.45
        for x, number, side in ((0, low, "left"), (1, low + width, "right")):
            look: dict[str, Any] = {"ha": side, "size": 11.5, "color": MUTED, "bbox": paper}
            ax.text(x, top + 0.06, _number(number), **look, zorder=0.5)  # between guides and boxes
        ax.text(1.04, top - height / 2, f"width\n{_number(width)}", va="center", size=12)
        if n < len(balls):
            for ball, (left, right) in enumerate(((0.0, split), (split, 1.0))):
                kept = ball == balls[n]
                face = MODEL if kept else "white"
                box = (left, top - height), right - left, height
                ax.add_patch(Rectangle(*box, fc=face, alpha=0.35 if kept else 1, **edge))
                ax.add_patch(Rectangle(*box, fill=False, **edge))
                middle = (left + right) / 2
                ax.plot(middle, top - height / 2, "o", ms=13, mfc=BALLS[ball], mec=LOSS)
                if kept:
                    for start, end in ((left, 0), (right, 1)):
                        ax.plot(
                            [start, end], [top - height, top - 1], ":", color=LOSS, lw=1, zorder=0
                        )
            continue
        word = codeword(low, width)
        begin = (Fraction(int(word or "0", 2), 2 ** len(word)) - low) / width
        length = Fraction(1, 2 ** len(word)) / width
        ax.add_patch(Rectangle((0, top - height), 1, height, fc=MODEL, alpha=0.35, **edge))
        ax.add_patch(Rectangle((0, top - height), 1, height, fill=False, **edge))
        inner = (float(begin), top - height), float(length), height
        ax.add_patch(Rectangle(*inner, fc="white", ec=SECOND, lw=2.5))
        centre = float(begin + length / 2)
        ax.text(centre, top - height / 2, word, ha="center", va="center", size=13)
        ends = [f"{Fraction(int(word or '0', 2) + k, 2 ** len(word))}" for k in (0, 1)]
        note = f"the codeword's own piece,\nfrom {ends[0]} to {ends[1]}"
        ax.text(centre, top - height - 0.06, note, ha="center", va="top", size=11.5, color=SECOND)
    ax.set_title(f"{len(balls)} balls, one piece of the strip")
    return fig, ax


def files_and_losses(
    epochs: Labels, loss: Floats, files: Labels, at_T: Labels, *, without: int
) -> tuple[Figure, Axes]:
    """Draw the file of each checkpoint as a bar, and the loss in bytes on top of it.

    Parameters
    ----------
    epochs : ndarray of int, shape (C,)
        Checkpoints.
    loss : ndarray, shape (C,)
        The loss of all digits, in bytes.
    files, at_T : ndarray of int, shape (C,)
        Bytes of the file, and of the file at the temperature of each checkpoint.
    without : int
        Bytes of the file without a network.
    """
    x = np.arange(len(epochs))
    fig, ax = plt.subplots(figsize=(6.4, 4.6))
    ax.bar(x, files, 0.66, color=MODEL, alpha=0.45)
    ax.plot(x, loss, "o-", color=LOSS, ms=5, lw=1.8)
    ax.plot(x, at_T, "_", color=SECOND, ms=19, mew=3)
    ax.set_xticks(x, [str(epoch) for epoch in epochs])
    ax.set(xlabel="epochs of training", ylabel="bytes for all digits", ylim=(0, 1.25 * max(files)))
    ax.text(0, files[0] / 2, "file", color=MODEL_TEXT, rotation=90, ha="center", va="center")
    ax.text(1.2, loss[1] + 4, "the loss, in bytes", color=LOSS)
    line: dict[str, Any] = {"arrowstyle": "-", "color": SECOND, "lw": 1}
    name, place = "the file at T", (len(x) - 4, at_T[-3] / 2)
    ax.annotate(name, (len(x) - 3, at_T[-3] - 1), place, color=SECOND, ha="center", arrowprops=line)
    ax.text(
        x[-1] + 0.4, 1.17 * max(files), f"no network: {without} bytes ↑", color=MUTED, ha="right"
    )
    ax.set_title("The loss lies on top of the files")
    return fig, ax


def wrong_digits(wrong: Mapping[str, NDArray[np.bool_]]) -> tuple[Figure, Axes]:
    """Draw how many digits each reader has got wrong so far.

    Parameters
    ----------
    wrong : mapping of name to ndarray of bool, shape (N,)
        Which digits are wrong, for "the file", "best guesses", "one unit off" and "coin flips".
    """
    fig, ax = plt.subplots(figsize=(6.4, 4.6))
    heights = {name: int(each.sum()) for name, each in wrong.items()}
    N = len(next(iter(wrong.values())))
    for name, each in wrong.items():
        colour, style = _LOOKS[name]
        ax.plot(np.arange(1, N + 1), each.cumsum(), style, color=colour, lw=2)
        ax.text(1.02 * N, heights[name], f"{name}: {heights[name]}", color=colour, va="center")
    first = int(np.flatnonzero(wrong["one unit off"])[0])
    line: dict[str, Any] = {"arrowstyle": "-", "color": DANGER, "lw": 1}
    text, place = f"the first wrong digit: card {first}", (0.36 * N, 0.05 * max(heights.values()))
    ax.annotate(text, (first, 0), place, color=DANGER, va="center", arrowprops=line)
    ax.set(xlim=(0, 1.48 * N), xlabel="card", ylabel="wrong digits so far")
    ax.set_ylim(bottom=-0.05 * max(heights.values()))
    ax.spines.bottom.set_bounds(0, N)
    ax.set_xticks(np.linspace(0, N, 5).round())
    ax.set_title("A wrong codebook reads like a good one")
    return fig, ax
