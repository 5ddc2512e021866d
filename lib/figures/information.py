"""Figures of chapter 3: surprise, its average, and its avoidable part."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from lib.bernoulli import counts, log_likelihood, parse
from lib.figures.style import DANGER, LOSS, MODEL, MODEL_TEXT, MUTED, TRUTH, halo
from lib.information import (
    Unit,
    bits_to_nats,
    cross_entropy,
    entropy,
    information,
    kl_divergence,
    nats_to_bits,
)

_SUPTITLE: dict[str, Any] = {"x": 0.01, "ha": "left", "weight": "bold", "size": 12}
_FILL = 0.16  # opacity of a box's filling


def _add_bits_axis(ax: Axes, ticks: Sequence[float]) -> None:
    """Add a scale in bits on the right of a figure in nats."""
    right = ax.secondary_yaxis("right", functions=(nats_to_bits, bits_to_nats))
    right.set(ylabel="bits", yticks=ticks)
    right.spines["right"].set_visible(True)


def _bits(value: float) -> str:
    return f"{value:g} bit" if value == 1 else f"{value:g} bits"


def _boxes(
    ax: Axes,
    widths: NDArray[np.floating[Any]],
    heights: NDArray[np.floating[Any]],
    bottoms: NDArray[np.floating[Any]] | None = None,
    **style: Any,
) -> NDArray[np.floating[Any]]:
    """Draw boxes of these widths side by side; return the middle of each."""
    lefts = np.concatenate([[0.0], np.cumsum(widths)[:-1]])
    bottoms = np.zeros_like(heights) if bottoms is None else bottoms
    for left, width, bottom, height in zip(lefts, widths, bottoms, heights, strict=True):
        # Unclipped, because the end of the axis would cut the last edge in half.
        ax.add_patch(Rectangle((left, bottom), width, height, clip_on=False, **style))
    return np.asarray(lefts + widths / 2)


def surprise_curve(events: Sequence[tuple[str, float]]) -> tuple[Figure, Axes]:
    """Draw the surprise of every probability in bits, and the tempting but wrong 1/p.

    `events` are (label, probability) pairs, drawn as points on the curve.
    """
    p = np.geomspace(2**-7.6, 1, 300)
    fig, ax = plt.subplots(figsize=(7.2, 4.2))
    ax.plot(p, 1 / p, color=DANGER, lw=1.6, ls=(0, (5, 3)))
    ax.plot(p, information(p, "bits"), color=LOSS)
    for label, probability in events:
        bits = information(probability, "bits")
        ax.plot(probability, bits, "o", color=TRUTH, ms=7, zorder=5, clip_on=False)
        above = (12, 0 if "\n" in label else 8) if probability < 1 else (-8, 16)
        ax.annotate(
            f"{label}: {_bits(bits)}",
            (probability, bits),
            above,
            textcoords="offset points",
            color=TRUTH,
            ha="left" if probability < 1 else "right",
            va="center",
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1},
        )
    wrong = "wrong: 1/p\n(a certain event would surprise,\nand independent surprises multiply)"
    ax.annotate(
        wrong,
        (0.23, 1 / 0.23),
        (0.4, 5.4),
        color=DANGER,
        va="center",
        arrowprops={"arrowstyle": "->", "color": DANGER},
    )
    ax.annotate("−log₂ p", (0.72, 0.48), (0.6, 0.12), color=LOSS, ha="right", va="bottom")
    ax.text(0.012, 7.55, "↑ ∞", color=DANGER, ha="left", va="center")
    ax.set(xlabel="probability p of the event", ylabel="surprise (bits)")
    ax.set(xlim=(0, 1.005), ylim=(0, 7.9), xticks=[0, 1 / 8, 1 / 4, 1 / 2, 3 / 4, 1])
    ax.set_xticklabels(["0", "1/8", "1/4", "1/2", "3/4", "1"])
    ax.set_title("Each halving of p adds one bit of surprise")
    return fig, ax


def area_diagram(p: ArrayLike, names: Sequence[str]) -> tuple[Figure, Axes]:
    """Draw a box for each class, as wide as its probability, as high as its surprise in bits."""
    widths = np.asarray(p, dtype=np.float64)
    heights = information(widths, "bits")
    fig, ax = plt.subplots(figsize=(7.2, 3.6))
    middles = _boxes(ax, widths, heights, fc=TRUTH, alpha=_FILL, lw=0)
    _boxes(ax, widths, heights, fc="none", ec=TRUTH, lw=2)
    for middle, width, height, name in zip(middles, widths, heights, names, strict=True):
        ax.text(middle, height + 0.06, f"{name}: {_bits(height)}", ha="center")
        ax.text(middle, height / 2, f"area\n{width * height:g}", ha="center", va="center", size=10)
    ax.set(xlim=(0, 1), ylim=(0, heights.max() * 1.16), ylabel="surprise (bits)")
    ax.set(xlabel="probability, the width of the box", yticks=np.arange(heights.max() + 1))
    edges = np.concatenate([[0.0], np.cumsum(widths)])
    ax.set_xticks(edges, [f"{edge:g}" for edge in edges])
    total = entropy(widths, "bits")
    ax.set_title(f"Entropy is the whole area: {total:g} bits")
    return fig, ax


def binary_entropy_curve(theta: float) -> tuple[Figure, Axes]:
    """Draw the entropy of a machine with one dial for every setting, with a dot at `theta`."""
    dial = np.linspace(0, 1, 401)
    here = entropy([1 - theta, theta])
    top = entropy([0.5, 0.5])
    fig, ax = plt.subplots(figsize=(7.2, 3.9))
    ax.plot(dial, entropy(np.stack([1 - dial, dial], axis=-1)), color=LOSS)
    ax.axhline(top, color=MUTED, ls=":", lw=1.5, zorder=0)
    ax.text(0.0, top + 0.012, f"ln 2 = {top:.4f} nats: one bit", color=MUTED, va="bottom")
    ax.plot(theta, here, "o", color=TRUTH, ms=8, zorder=5)
    bits = nats_to_bits(here)
    note = f"our balls, θ = {theta:g}:\n{here:.6f} nats\n= {bits:.6f} bits"
    ax.annotate(
        note,
        (theta, here),
        (theta - 0.03, 0.45),
        color=TRUTH,
        ha="center",
        va="center",
        arrowprops={"arrowstyle": "->", "color": TRUTH},
    )
    ax.text(0.05, 0.0, "always white:\nno surprise", va="bottom", ha="left", size=9, color=MUTED)
    ax.text(0.95, 0.0, "always black:\nno surprise", va="bottom", ha="right", size=9, color=MUTED)
    ax.set(xlabel="dial setting θ", ylabel="entropy (nats)", xlim=(-0.02, 1.02), ylim=(-0.02, 0.8))
    ax.set_xticks(np.linspace(0, 1, 6))
    _add_bits_axis(ax, [0, 0.25, 0.5, 0.75, 1])
    ax.set_title("A dial at 1/2 is the hardest to predict")
    return fig, ax


def contribution_curve(p: ArrayLike) -> tuple[Figure, Axes]:
    """Draw -p log p, its two zeros, its peak at 1/e, and the contributions of the classes of p."""
    grid = np.linspace(0, 1, 401)
    classes = np.asarray(p, dtype=np.float64)
    fig, ax = plt.subplots(figsize=(7.2, 3.8))
    with np.errstate(divide="ignore", invalid="ignore"):
        curve = np.where(grid > 0, -grid * np.log(grid), 0.0)
    ax.plot(grid, curve, color=LOSS)
    peak = 1 / np.e
    ax.plot([peak, peak], [0, peak], color=MUTED, ls=":", lw=1.5)
    ax.plot(peak, peak, "o", color=LOSS, ms=6, zorder=4)
    ax.text(peak - 0.01, peak + 0.012, f"peak at 1/e = {peak:.4f}", ha="right", va="bottom")
    parts = information(classes) * classes
    for prob, part, colour in zip(classes, parts, ("white", "black"), strict=True):
        ax.plot(prob, part, "o", ms=9, mfc=colour, mec=TRUTH, mew=2, zorder=5)
        halo(ax, prob + 0.03, part + 0.006, f"{colour}, p = {prob:g}: {part:.4f}", color=TRUTH)
    ax.text(0.99, 0.4, f"together {parts.sum():.4f} nats", ha="right", color=TRUTH, weight="bold")
    ends = {"arrowstyle": "->", "color": MUTED}
    ax.annotate("0 in the limit:\nit never happens", (0, 0), (0.12, 0.04), size=9, arrowprops=ends)
    ax.annotate("0: it is no surprise", (1, 0), (0.86, 0.05), size=9, ha="right", arrowprops=ends)
    ax.set(xlabel="probability p of the class", ylabel="contribution −p log p (nats)")
    ax.set(xlim=(-0.01, 1.01), ylim=(-0.01, 0.43))
    ax.set_title("Never and always contribute nothing to the entropy")
    return fig, ax


def belief_boxes(
    p: ArrayLike, q: ArrayLike, names: Sequence[str]
) -> tuple[Figure, tuple[Axes, ...]]:
    """Draw surprise boxes for the same truth twice: for those who believe p, and who believe q."""
    truth, belief = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    fig, axes = plt.subplots(1, 2, figsize=(7.2, 3.7), sharey=True)
    top = float(max(information(truth).max(), information(belief).max()))
    for ax, says, colour, text in zip(
        axes, (truth, belief), (TRUTH, MODEL), (TRUTH, MODEL_TEXT), strict=True
    ):
        heights = information(says)
        middles = _boxes(ax, truth, heights, fc=colour, alpha=2 * _FILL, lw=0)
        _boxes(ax, truth, heights, fc="none", ec=colour, lw=2)
        for middle, width, height, name in zip(middles, truth, heights, names, strict=True):
            ax.text(middle, height + 0.015, f"{height:.4f}", ha="center", va="bottom", color=text)
            note = f"{name}\n{width:g} × {height:.4f}"
            ax.text(middle, height / 2, note, ha="center", va="center", size=9.5)
        average = cross_entropy(truth, says)
        label = "believes p" if says is truth else "believes q"
        ax.set_title(
            f"{label} = ({', '.join(f'{v:g}' for v in says)})\naverage {average:.6f} nats",
            size=10.5,
            color=text,
            weight="normal",
        )
        edges = np.concatenate([[0.0], np.cumsum(truth)])
        ax.set(xlim=(0, 1), ylim=(0, top * 1.15), xlabel="true probability p, the width")
        ax.set_xticks(edges, [f"{edge:g}" for edge in edges])
    axes[0].set_ylabel("surprise (nats)")
    fig.suptitle("A wrong belief makes the same balls more surprising", **_SUPTITLE)
    return fig, tuple(axes)


def floor_and_fixable(p: ArrayLike, beliefs: Sequence[float]) -> tuple[Figure, Axes]:
    """Draw the cross-entropy of several believed probabilities of black as entropy plus KL."""
    floor = float(entropy(p))
    fig, ax = plt.subplots(figsize=(7.2, 4.0))
    places = np.arange(len(beliefs), dtype=np.float64)
    excess = np.array([kl_divergence(p, [1 - q, q]) for q in beliefs])
    ax.bar(places, np.full(len(beliefs), floor), width=0.68, color=TRUTH, alpha=0.85)
    ax.bar(places, excess, width=0.68, bottom=floor, color=MODEL)
    ax.axhline(floor, color=TRUTH, lw=1.2)
    for place, kl in zip(places, excess, strict=True):
        ax.text(
            place,
            floor + kl + 0.02,
            f"{floor + kl:.4f} =\nfloor\n+ {kl:.4f}" if kl > 1e-12 else f"{floor:.4f} =\nfloor",
            ha="center",
            va="bottom",
            size=9,
        )
    middle = (len(beliefs) - 1) / 2
    floor_note = f"floor: entropy {floor:.4f} nats"
    halo(ax, middle, floor / 2, floor_note, color=TRUTH, ha="center", va="center")
    worst = int(excess.argmax())
    ax.annotate(
        "fixable: KL",
        (worst - 0.34, floor + 0.8 * excess[worst]),
        (worst - 1.2, floor + 0.8 * excess[worst]),
        color=MODEL_TEXT,
        ha="right",
        va="center",
        arrowprops={"arrowstyle": "->", "color": MODEL_TEXT},
    )
    ax.set_xticks(places, [f"{q:g}" for q in beliefs])
    ax.set(xlabel="believed probability of black", ylabel="cross-entropy (nats)")
    ax.set(ylim=(0, floor + excess.max() + 0.3))
    ax.set_title("The floor is the same for everybody; the rest is their own doing")
    return fig, ax


def same_curve(seq: str, beliefs: Sequence[float]) -> tuple[Figure, Axes]:
    """Figure 3.1: cross-entropy against the belief, and the mean NLL of the balls on top of it."""
    n = len(parse(seq))
    p_hat = counts(seq) / n
    q = np.linspace(0.002, 0.998, 499)
    fig, ax = plt.subplots(figsize=(7.2, 4.8))
    ax.plot(q, cross_entropy(p_hat, np.stack([1 - q, q], axis=-1)), color=LOSS, lw=5)
    ax.plot(q, -log_likelihood(seq, q) / n, color="white", lw=1.6, ls=(0, (4, 3)))
    floor = float(entropy(p_hat))
    ax.axhline(floor, color=TRUTH, lw=1.5, zorder=1)
    ax.fill_between([0, 1], floor, color=TRUTH, alpha=0.07, lw=0, zorder=0)
    floor_note = f"floor: entropy {floor:.4f} nats\nno dial can beat this"
    ax.text(0.5, floor - 0.23, floor_note, color=TRUTH, ha="center", va="top")
    for belief in beliefs:
        value = float(cross_entropy(p_hat, [1 - belief, belief]))
        ax.plot(belief, value, "o", color=MODEL, mec=LOSS, ms=8, zorder=5)
        left = belief > p_hat[1]
        ax.annotate(
            f"{value:.4f}",
            (belief, value),
            (-9 if left else 9, 5) if belief != p_hat[1] else (0, -17),
            textcoords="offset points",
            ha="center" if belief == p_hat[1] else "right" if left else "left",
            color=MODEL_TEXT,
            size=10,
        )
    ax.text(0.5, 1.9, "black: cross-entropy H(p̂, q)", ha="center", va="center")
    ax.text(0.5, 1.78, "white dashes: mean NLL of the five balls", ha="center", va="center")
    _zoom_on_the_gap(ax, p_hat, 0.5)
    for x, side in ((0.0, "left"), (1.0, "right")):
        ax.axvline(x, color=DANGER, ls="--", lw=1.5, zorder=0)
        ax.text(
            x + (0.015 if side == "left" else -0.015),
            0.03,
            "never say never" if side == "left" else "never say always",
            color=DANGER,
            rotation=90,
            ha=side,
            va="bottom",
            size=9,
        )
    ax.set(xlabel="q: believed probability of black", ylabel="nats per ball")
    ax.set(xlim=(-0.01, 1.01), ylim=(0, 2), xticks=np.linspace(0, 1, 6))
    _add_bits_axis(ax, [0, 0.5, 1, 1.5, 2, 2.5])
    ax.set_title("You have seen this curve before")
    return fig, ax


def _zoom_on_the_gap(ax: Axes, p: NDArray[np.float64], belief: float) -> None:
    """Add a close-up of the minimum to Figure 3.1, where the gap is too small to see."""
    zoom = ax.inset_axes((0.31, 0.545, 0.4, 0.31))
    floor, paid = float(entropy(p)), float(cross_entropy(p, [1 - belief, belief]))
    q = np.linspace(belief - 0.05, p[1] + 0.1, 101)
    zoom.plot(q, cross_entropy(p, np.stack([1 - q, q], axis=-1)), color=LOSS, lw=2)
    zoom.axhline(floor, color=TRUTH, lw=1.5)
    zoom.plot(belief, paid, "o", color=MODEL, mec=LOSS, ms=7, zorder=5)
    zoom.plot(p[1], floor, "o", color=MODEL, mec=LOSS, ms=7, zorder=5)
    zoom.annotate(
        "", (belief, paid), (belief, floor), arrowprops={"arrowstyle": "<->", "color": MODEL_TEXT}
    )
    note = f"gap at q = {belief:g}:\nKL = {paid - floor:.4f}"
    zoom.text(belief + 0.023, paid, note, color=MODEL_TEXT, size=9, va="center")
    zoom.set(xticks=[belief, p[1]], yticks=[floor, paid], xlim=(q[0], q[-1]))
    zoom.set_yticklabels([f"{floor:.4f}", f"{paid:.4f}"])
    zoom.set_ylim(floor - 0.006, paid + 0.012)
    zoom.tick_params(labelsize=8)


def hatched_and_solid(p: ArrayLike, q: ArrayLike, names: Sequence[str]) -> tuple[Figure, Axes]:
    """Figure 3.2: the boxes of p hatched, and what believing q adds to or takes off each."""
    truth, belief = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    own, paid = information(truth), information(belief)
    fig, ax = plt.subplots(figsize=(7.2, 4.2))
    _boxes(ax, truth, own, fc="white", ec=TRUTH, lw=0, hatch="//")
    _boxes(ax, truth, own, fc="none", ec=TRUTH, lw=1.5)
    extra = np.clip(paid - own, 0, None)
    saved = np.clip(own - paid, 0, None)
    middles = _boxes(ax, truth, extra, own, fc=MODEL, ec=MODEL, lw=1.5)
    _boxes(ax, truth, saved, np.minimum(own, paid), fc="none", ec=MODEL_TEXT, lw=2, ls="--")
    for i, (middle, name) in enumerate(zip(middles, names, strict=True)):
        change = truth[i] * (paid[i] - own[i])
        inside = own[i] + extra[i] / 2 if change > 0 else paid[i] + saved[i] / 2
        what = "paid in addition" if change > 0 else "saved"
        sign = "+" if change > 0 else "−"
        total = f"{what}: {sign}{abs(change):.4f}"
        write = ax.text if change > 0 else partial(halo, ax)
        write(middle, inside, total, ha="center", va="center")
        low = min(own[i], paid[i]) / 2
        note = f"{name}: {truth[i]:g} × {own[i]:.4f} = {truth[i] * own[i]:.4f}"
        halo(ax, middle, low, note, ha="center", va="center", color=TRUTH)
    edges = np.concatenate([[0.0], np.cumsum(truth)])
    ax.set_xticks(edges, [f"{edge:g}" for edge in edges])
    ax.set(xlim=(0, 1), ylim=(0, 1.12 * max(own.max(), paid.max())), ylabel="surprise (nats)")
    kl, floor = kl_divergence(truth, belief), entropy(truth)
    ax.set(xlabel="true probability p, the width of the box")
    ax.text(
        1.0,
        1.1 * max(own.max(), paid.max()),
        f"hatched, all of it: H(p) = {floor:.4f} nats\n"
        f"solid, less what is saved: KL = {kl:.4f} nats",
        ha="right",
        va="top",
    )
    ax.set_title("A wrong belief saves a little and pays more")
    return fig, ax


def _prefix_code(lengths: NDArray[np.int64]) -> list[str]:
    """Return the canonical prefix code with code words of these lengths."""
    words = [""] * len(lengths)
    value = previous = 0
    for i in np.argsort(lengths, kind="stable"):
        value <<= int(lengths[i]) - previous
        previous = int(lengths[i])
        words[i] = format(value, f"0{previous}b")
        value += 1
    return words


def code_lengths(
    speakers: dict[str, ArrayLike], words: Sequence[str], unit: Unit = "bits"
) -> tuple[Figure, NDArray[Any]]:
    """Draw the mean message length of two speakers, each in their own code and in the other's.

    `speakers` maps each name to a distribution over `words`. Probabilities are powers of 1/2, so
    that the surprise in bits is the length of a code word.
    """
    fig, axes = plt.subplots(2, 2, figsize=(7.2, 6.0), sharex=True, sharey=True)
    for row, (owner, code) in zip(axes, speakers.items(), strict=True):
        heights = information(np.asarray(code), unit)
        codes = _prefix_code(np.rint(heights).astype(np.int64))
        for ax, (speaker, p) in zip(row, speakers.items(), strict=True):
            widths = np.asarray(p, dtype=np.float64)
            order = np.argsort(-widths, kind="stable")
            colour, text = (TRUTH, TRUTH) if owner == speaker else (MODEL, MODEL_TEXT)
            middles = _boxes(ax, widths[order], heights[order], fc=colour, alpha=2 * _FILL, lw=0)
            _boxes(ax, widths[order], heights[order], fc="none", ec=colour, lw=1.8)
            for middle, i in zip(middles, order, strict=True):
                note = f"{words[i]}\n{codes[i]}"
                ax.text(middle, heights[i] / 2, note, ha="center", va="center", size=9)
            mean = cross_entropy(widths, code, unit)
            ax.set_title(
                f"{speaker} speaks, {owner}'s code\naverage {mean:g} {unit}",
                size=10.5,
                color=text,
                weight="normal",
                pad=6,
            )
            ax.set(xlim=(0, 1), ylim=(0, 3.2), yticks=range(4))
            ax.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
        row[0].set_ylabel(f"code length ({unit})")
    for ax in axes[1]:
        ax.set_xlabel("how often the word is said")
    title = "A foreign code costs more, and not equally much both ways"
    fig.suptitle(title, **_SUPTITLE)
    return fig, axes


def two_bars(p: ArrayLike, q: ArrayLike) -> tuple[Figure, tuple[Axes, ...]]:
    """Draw a one-hot label beside a model's distribution, marking the one height that counts."""
    label, model = np.asarray(p, dtype=np.float64), np.asarray(q, dtype=np.float64)
    y = int(label.argmax())
    classes = np.arange(len(label))
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.5), sharey=True)
    left.bar(classes, label, color=TRUTH, width=0.65)
    right.bar(classes, model, color=MODEL, width=0.65, alpha=0.4)
    right.bar(y, model[y], color=MODEL, width=0.65)
    for ax, values, colour in ((left, label, TRUTH), (right, model, MODEL_TEXT)):
        for k, value in enumerate(values):
            ax.text(k, value + 0.02, f"{value:g}", ha="center", color=colour)
        ax.set(xlabel="class", xticks=classes, ylim=(0, 1.15), yticks=[0, 0.5, 1])
    left.set_ylabel("probability")
    left.set_title(
        f"label p: one-hot\nentropy {entropy(label):g} nats",
        size=10.5,
        color=TRUTH,
        weight="normal",
    )
    loss = cross_entropy(label, model)
    right.set_title(
        f"model q\ncross-entropy −log {model[y]:g} = {loss:.4f} nats",
        size=10.5,
        color=MODEL_TEXT,
        weight="normal",
    )
    right.annotate(
        "only this bar\nis read",
        (y + 0.2, model[y] + 0.09),
        (y + 0.75, 0.9),
        ha="center",
        va="center",
        arrowprops={"arrowstyle": "->", "color": LOSS},
    )
    fig.suptitle("With a one-hot label only one probability counts", **_SUPTITLE)
    return fig, (left, right)
