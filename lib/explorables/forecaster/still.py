"""The still picture of the forecaster: what every report costs who believes 0.6, by two rules."""

from __future__ import annotations

import math

import numpy as np

from lib.explorables import STATE
from lib.explorables.kit import svg
from lib.figures.style import LOSS, MODEL, WORLD
from lib.information import cross_entropy

LEFT, RIGHT, BOTTOM, HEIGHT = 52, 500, 254, 214
TOP = 2.0  # of the axis of prices


def linear(p: float, q: float) -> float:
    """Return the mean price of a report where every evening costs 1 less what the weather got."""
    return float(np.dot([p, 1 - p], [1 - q, q]))


def log(p: float, q: float) -> float:
    """Return the mean price of a report where it is minus log of what the weather got, in nats."""
    return float(cross_entropy([p, 1 - p], [q, 1 - q]))


def draw() -> str:
    """Return the picture as HTML."""
    p = float(str(STATE["forecaster"]["p"].start))
    steps = [i / 100 for i in range(101)]

    def x(q: float) -> float:
        return LEFT + (RIGHT - LEFT) * q

    def y(price: float) -> float:
        return BOTTOM - HEIGHT * price / TOP

    body = [f'<text x="4" y="20">mean price for a belief of {p:g}</text>']
    for price in (0, 0.5, 1, 1.5, 2):
        body.append(
            f'<text x="44" y="{y(price) + 5:.1f}" text-anchor="end">{price:g}</text>'
            f'<path d="M47 {y(price):.1f}H{LEFT}" stroke="currentColor"/>'
        )
    for q in (0, 0.2, 0.4, 0.6, 0.8, 1):
        body.append(f'<text x="{x(q):.1f}" y="272" text-anchor="middle">{q:g}</text>')
    body.append(f'<text x="{x(0.5):.1f}" y="294" text-anchor="middle">report q</text>')
    body.append(f'<path d="M{LEFT} 40V{BOTTOM}H{RIGHT}" fill="none" stroke="currentColor"/>')
    body.append(
        f'<path d="M{x(p):.1f} 40V{BOTTOM}" stroke="{WORLD}" stroke-width="1.5" '
        'stroke-dasharray="4 4"/>'
    )
    best = {}
    for rule, look in ((linear, ""), (log, ' stroke-dasharray="7 4"')):
        prices = {q: rule(p, q) for q in steps}
        inside = [(q, price) for q, price in prices.items() if math.isfinite(price)]
        points = svg.cut([(x(q), y(price)) for q, price in inside], 40, BOTTOM)
        q = best[rule] = min(prices, key=lambda q: prices[q])
        body.append(
            f'<path d="{svg.path(points)}" fill="none" stroke="{LOSS}" stroke-width="2.2"{look}/>'
            f'<circle cx="{x(q):.1f}" cy="{y(prices[q]):.1f}" r="6" fill="{MODEL}"/>'
        )
    least, honest, entropy = linear(p, best[linear]), linear(p, p), log(p, best[log])
    body += [
        f'<text x="{x(1) + 12:.1f}" y="{y(least) + 5:.1f}">1 − q: {least:.2f} at '
        f"{best[linear]:g}</text>",
        f'<text x="{x(best[log]) + 10:.1f}" y="{y(1.35):.1f}">−log q: {entropy:.4f} nats</text>'
        f'<text x="{x(best[log]) + 10:.1f}" y="{y(1.35) + 18:.1f}">at {best[log]:g}</text>',
    ]
    description = (
        f"The mean price of every report for a forecaster who believes in rain with probability "
        f"{p:g}. If an evening costs 1 minus what the weather was given, the line falls to the "
        f"right: honesty costs {honest:.2f}, and a report of {best[linear]:g} only {least:.2f}. If "
        f"it costs minus the logarithm, the valley has its bottom, {entropy:.4f} nats, at "
        f"{best[log]:g}."
    )
    caption = (
        f"Two rules, one belief. Charged 1 − q, the believer of {p:g} pays least for saying "
        f"{best[linear]:g}; charged −log q, for saying what he believes."
    )
    return svg.figure(300, description, body, caption)
