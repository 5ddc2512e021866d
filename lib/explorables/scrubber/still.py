"""The still picture of the scrubber: what the network expects and gets, and three errors."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Sequence
from importlib import resources
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from lib.explorables.kit import svg
from lib.figures.style import LOSS, MODEL, SECOND
from lib.losses import nll_from_logits

LEFT, RIGHT = 50, 312  # of the curves
SHADES = (60, 150)  # of 255: pixels above are drawn at half opacity, then at full
MOST_EXPENSIVE = range(10, 13)  # the three of the thirty images with the largest loss
NAT, BOTTOM = 7, 220  # pixels of one nat of an image's loss
BARS = (5, 20, 60)  # epochs
ZERO, NATS, MOST = 282, 340, 0.65  # of the curves: y of 0, pixels per nat, the top in nats


def digit(image: NDArray[np.uint8], low: int, high: int) -> str:
    """Return the pixels from one shade to another as a path ``d``, with runs of pixels joined."""
    runs = []
    for y, row in enumerate((low <= image) & (image < high)):
        edges = np.flatnonzero(np.diff([0, *row.astype(int), 0]))
        runs += [f"M{a} {y}h{b - a}v1h-{b - a}z" for a, b in edges.reshape(-1, 2)]
    return "".join(runs)


def across(epoch: float, last: int) -> float:
    """Return where an epoch stands."""
    return LEFT + (RIGHT - LEFT) * epoch / last


def curve(epochs: Sequence[int], values: Sequence[float]) -> str:
    """Return a curve over the epochs as a path ``d``, cut at the top of the axis."""
    points = [
        (across(epoch, epochs[-1]), ZERO - NATS * v)
        for epoch, v in zip(epochs, values, strict=True)
    ]
    inside = svg.cut(points, ZERO - NATS * MOST, ZERO)
    return "M" + "L".join(f"{svg.short(x)} {svg.short(y)}" for x, y in inside)


def draw() -> str:
    """Return the picture as HTML."""
    file = resources.files(__package__) / "data.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    epochs, labels, T = data["epochs"], data["labels"], data["temperature"]
    logits = np.array(data["logits"])
    images = np.frombuffer(base64.b64decode(data["images"]), np.uint8).reshape(-1, 28, 28)
    early, late = epochs.index(20), epochs.index(60)

    size = f"{data['size']:,}".replace(",", " ")
    body = [
        f'<text x="2" y="16" font-weight="700">All {size} test images</text>',
        f'<text x="{LEFT}" y="36">dashed: expects, solid: gets (nats)</text>',
    ]
    for tenths in (0, 2, 4, 6):
        height = svg.short(ZERO - NATS * tenths / 10)
        body += [
            f'<path d="M{LEFT} {height}H{RIGHT}" stroke="currentColor" opacity=".2"/>',
            f'<text x="44" y="{svg.short(ZERO - NATS * tenths / 10 + 5)}" text-anchor="end">'
            f"{tenths / 10:.1f}</text>",
        ]
    (expects, _), (plain, at_T) = data["expects"], data["loss"]
    body += [
        f'<path d="{curve(epochs, at_T)}" fill="none" stroke="{SECOND}" stroke-width="2.4" '
        'stroke-dasharray="2 3"/>',
        f'<path d="{curve(epochs, expects)}" fill="none" stroke="{MODEL}" stroke-width="2.5" '
        'stroke-dasharray="6 3"/>',
        f'<path d="{curve(epochs, plain)}" fill="none" stroke="{LOSS}" stroke-width="2.2"/>',
    ]
    for epoch in range(0, epochs[-1] + 1, 10):
        tick = svg.short(across(epoch, epochs[-1]))
        body.append(f'<text x="{tick}" y="302" text-anchor="middle">{epoch}</text>')
    body += [
        '<text x="181" y="322" text-anchor="middle">epoch; dotted: gets, at T</text>',
        '<text x="350" y="16" font-weight="700">The three most expensive of them</text>',
        f'<text x="350" y="40">gets after {BARS[0]}, {BARS[1]} and {BARS[2]} epochs;</text>',
        f'<text x="350" y="58">dotted: after {BARS[-1]}, at T</text>',
    ]
    last, calm = [], []
    for place, i in enumerate(MOST_EXPENSIVE):
        x = 362 + 90 * place
        for j, epoch in enumerate(BARS):
            nats = float(nll_from_logits(logits[epochs.index(epoch), i], labels[i]))
            top = svg.short(BOTTOM - NAT * nats)
            faint = "" if epoch == BARS[-1] else ' opacity=".45"'
            a = x + 16 * j
            body.append(f'<path d="M{a} {BOTTOM}V{top}H{a + 13}V{BOTTOM}Z"{faint}/>')
        last.append(nats)
        calm.append(float(nll_from_logits(logits[late, i] / T[late], labels[i])))
        answer = int(logits[late, i].argmax())
        if answer == labels[i]:
            raise ArithmeticError("the picture says that all three are read wrong")
        scale = f'transform="translate({x - 2} 226) scale(1.8)"'
        body += [
            f'<text x="{x + 46}" y="{svg.short(BOTTOM - NAT * nats - 4)}" text-anchor="end">'
            f"{nats:.1f}</text>",
            f'<path d="M{x + 29} {svg.short(BOTTOM - NAT * calm[-1])}h19" stroke="{SECOND}" '
            'stroke-width="3.2" stroke-dasharray="3 2"/>',
            f'<path {scale} d="{digit(images[i], *SHADES)}" opacity=".5"/>',
            f'<path {scale} d="{digit(images[i], SHADES[1], 256)}"/>',
            f'<text x="{x + 23}" y="294" text-anchor="middle">{labels[i]}, read</text>',
            f'<text x="{x + 23}" y="311" text-anchor="middle">as {answer}</text>',
        ]
    body.append(f'<path d="M350 {BOTTOM}H636" stroke="currentColor"/>')

    sure = [gets > own for own, gets in zip(expects, plain, strict=True)]
    first = sure.index(True, 1)  # before training it knows nothing
    calmer = all(soft < loud / 2 for loud, soft in zip(last, calm, strict=True))
    grow = all(b > a for a, b in pairwise(plain[early:]))
    if not (grow and calmer and all(sure[first:]) and max(plain[1:]) < MOST):
        raise ArithmeticError("the picture says that the loss rises, and that T halves the worst")
    description = (
        f"Two curves over {epochs[late]} epochs. What the network expects to pay for a test image "
        f"falls from {expects[1]:.4f} nats after epoch 1 to {expects[late]:.4f}. What it gets "
        f"falls from {plain[1]:.4f} to {plain[early]:.4f} at epoch {epochs[early]} and rises again "
        f"to {plain[late]:.4f}. The curves cross before epoch {epochs[first]}. Divided by a "
        f"temperature of {T[late]:.2f} it gets {at_T[late]:.4f}. Beside them the three most "
        f"expensive digits, all read wrong: their losses grow to between {math.floor(min(last))} "
        f"and {math.floor(max(last))} nats, and the temperature cuts them to less than half."
    )
    caption = (
        f"From epoch {epochs[first]} on the network gets more than it expects: it is too sure. In "
        f"the end it expects {expects[late]:.4f} nats and gets {plain[late]:.4f}. A temperature of "
        f"{T[late]:.2f} changes no answer and makes the loud errors cheaper."
    )
    return svg.figure(328, description, body, caption, font="13px")
