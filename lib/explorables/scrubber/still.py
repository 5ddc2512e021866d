"""The still picture of the scrubber: accuracy, confidence and loss by epoch, and five errors."""

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
from lib.figures.style import MODEL, SECOND, TRUTH
from lib.losses import nll_from_logits

LEFT, RIGHT = 50, 312  # of the curves
SHADES = (60, 150)  # of 255: pixels above are drawn at half opacity, then at full
MOST_EXPENSIVE = range(10, 15)  # the five of the thirty images with the largest loss
NAT, BOTTOM = 7, 220  # pixels of one nat of an image's loss
BARS = (5, 20, 60)  # epochs


def digit(image: NDArray[np.uint8], low: int, high: int) -> str:
    """Return the pixels from one shade to another as a path ``d``, with runs of pixels joined."""
    runs = []
    for y, row in enumerate((low <= image) & (image < high)):
        edges = np.flatnonzero(np.diff([0, *row.astype(int), 0]))
        runs += [f"M{a} {y}h{b - a}v1h-{b - a}z" for a, b in edges.reshape(-1, 2)]
    return "".join(runs)


def curve(values: Sequence[float], zero: float, one: float, low: float, high: float) -> str:
    """Return a curve over the epochs as a path ``d``, cut at two heights."""
    step = (RIGHT - LEFT) / (len(values) - 1)
    points = [(LEFT + step * i, zero + (one - zero) * v) for i, v in enumerate(values)]
    return "M" + "L".join(f"{svg.short(x)} {svg.short(y)}" for x, y in svg.cut(points, low, high))


def draw() -> str:
    """Return the picture as HTML."""
    file = resources.files(__package__) / "data.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    epochs, labels, T = data["epochs"], data["labels"], data["temperature"]
    logits = np.array(data["logits"])
    images = np.frombuffer(base64.b64decode(data["images"]), np.uint8).reshape(-1, 28, 28)
    early, late = epochs.index(20), epochs.index(60)

    size = f"{data['size']:,}".replace(",", " ")
    body = [f'<text x="2" y="16" font-weight="700">All {size} test images</text>']
    for percent, y in ((80, 124), (90, 86), (100, 48)):
        body += [
            f'<path d="M{LEFT} {y}H{RIGHT}" stroke="currentColor" opacity=".2"/>',
            f'<text x="44" y="{y + 5}" text-anchor="end">{percent} %</text>',
        ]
    sure = curve(data["confidence"][0], 428, 48, 48, 124)
    right = curve(data["accuracy"], 428, 48, 48, 124)
    body += [
        f'<path d="{sure}" fill="none" stroke="{MODEL}" stroke-width="2.2" '
        'stroke-dasharray="6 3"/>',
        f'<path d="{right}" fill="none" stroke="{TRUTH}" stroke-width="2.5"/>',
        f'<text x="{LEFT}" y="40">solid: accuracy, dashed: mean confidence</text>',
        f'<text x="{LEFT}" y="152">loss in nats; dotted: with temperature</text>',
    ]
    for tenths in range(5):
        height = svg.short(282 - 29.5 * tenths)
        body += [
            f'<path d="M{LEFT} {height}H{RIGHT}" stroke="currentColor" opacity=".2"/>',
            f'<text x="44" y="{svg.short(287 - 29.5 * tenths)}" text-anchor="end">'
            f"{tenths / 10:.1f}</text>",
        ]
    plain, cooled = (curve(loss, 282, -13, 164, 282) for loss in data["loss"])
    body += [
        f'<path d="{cooled}" fill="none" stroke="{SECOND}" stroke-width="2.4" '
        'stroke-dasharray="2 3"/>',
        f'<path d="{plain}" fill="none" stroke="currentColor" stroke-width="2.2"/>',
    ]
    for i, epoch in enumerate(epochs):
        across = svg.short(LEFT + (RIGHT - LEFT) * i / (len(epochs) - 1))
        body.append(f'<text x="{across}" y="302" text-anchor="middle">{epoch}</text>')
    body += [
        '<text x="181" y="322" text-anchor="middle">epoch</text>',
        '<text x="350" y="16" font-weight="700">The five most expensive of them</text>',
        f'<text x="350" y="40">loss after {BARS[0]}, {BARS[1]} and {BARS[2]} epochs;</text>',
        f'<text x="350" y="58">dotted: after {BARS[-1]}, with temperature</text>',
    ]
    last, calm = [], []
    for place, i in enumerate(MOST_EXPENSIVE):
        x = 352 + 58 * place
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
            raise ArithmeticError("the picture says that all five are read wrong")
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

    grow = all(b > a for a, b in pairwise(data["loss"][0][early:]))
    if not (grow and all(cold < hot / 2 for hot, cold in zip(last, calm, strict=True))):
        raise ArithmeticError("the picture says that the loss rises, and that T halves the worst")
    shares = [f"{100 * value:.1f}" for value in data["accuracy"]]
    (before, after), accuracy = data["confidence"], data["accuracy"][late]
    description = (
        f"Two curves over {epochs[late]} epochs: from epoch {epochs[early]} to {epochs[late]} the "
        f"accuracy stays at {shares[early]} to {shares[late]} %, while the test loss rises from "
        f"{data['loss'][0][early]:.4f} to {data['loss'][0][late]:.4f} nats; divided by a "
        f"temperature it falls to {data['loss'][1][late]:.4f}. Beside them the five most expensive "
        f"digits, all read wrong: their losses grow to between {math.floor(min(last))} and "
        f"{math.floor(max(last))} nats, and the temperature cuts them to less than half."
    )
    caption = (
        f"The accuracy stands still, and a few errors grow loud. A temperature of {T[late]:.2f} "
        f"changes no answer; it makes the network less sure ({100 * before[late]:.1f} % before, "
        f"{100 * after[late]:.1f} % after, {100 * accuracy:.1f} % right), and the loud errors "
        "cheaper."
    )
    return svg.figure(328, description, body, caption, font="13px")
