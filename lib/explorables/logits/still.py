"""The still picture of the logits: two losses mend a confident mistake, step by step."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import softmax

from lib.explorables import STATE
from lib.explorables.kit import svg
from lib.figures.style import LOSS, SECOND, WORLD
from lib.losses import (
    grad_nll_from_logits,
    grad_squared_error_from_logits,
    nll_from_logits,
)

LEFT, RIGHT, TOP, BOTTOM = 52, 624, 62, 240
LOW, HIGH = -10.5, 1.0  # of the lead
MOST = 2000  # steps, the right end of the axis


def race(z: list[float], y: int, gradient: Callable[..., Any]) -> list[float]:
    """Return the lead of class `y` after 0, 1, 2, ... steps of rate 1, until it is above 0."""
    at, leads = np.array(z, dtype=float), list[float]()
    for _ in range(MOST):
        leads.append(float(at[y] - np.delete(at, y).max()))
        if leads[-1] > 0:
            return leads
        at = at - np.asarray(gradient(at, y))
    raise ArithmeticError("the picture says that both arrive")


def draw() -> str:
    """Return the picture as HTML."""
    start: dict[str, Any] = {key: entry.start for key, entry in STATE["logits"].items()}
    z, y = start["z"], int(start["y"])
    wrong = int(np.argmax(z))
    races = {
        "cross-entropy": (race(z, y, grad_nll_from_logits), LOSS, ""),
        "squared error": (race(z, y, grad_squared_error_from_logits), SECOND, "dashed"),
    }

    def across(n: int) -> float:
        # One step more, so that the start has a place on a logarithmic axis.
        return LEFT + (RIGHT - LEFT) * math.log(n + 1) / math.log(MOST + 1)

    def up(lead: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (lead - LOW) / (HIGH - LOW)

    body = [
        f'<text x="4" y="18">lead of class {y} over the highest other score</text>',
        f'<path d="M{LEFT} {TOP}V{BOTTOM}H{RIGHT}" fill="none" stroke="currentColor"/>',
        f'<path d="M{LEFT} {up(0):.1f}H{RIGHT}" stroke="{WORLD}" stroke-width="1.5"/>',
    ]
    for lead in (0, -5, -10):
        body.append(
            f'<text x="44" y="{up(lead) + 5:.1f}" text-anchor="end">{svg.fixed(lead, 0)}</text>'
        )
    for n in (0, 1, 10, 100, 1000):
        body.append(f'<text x="{across(n):.1f}" y="258" text-anchor="middle">{n}</text>')
    body.append('<text x="338" y="280" text-anchor="middle">steps of rate 1</text>')
    needed = {}
    for name, (leads, colour, dashed) in races.items():
        needed[name] = n = len(leads) - 1
        shown = sorted({0, n, *(round(1.12**k) - 1 for k in range(80))})
        points = [(across(k), up(leads[k])) for k in shown if k <= n]
        look = ' stroke-dasharray="7 4"' if dashed else ""
        body.append(
            f'<path d="{svg.path(points)}" fill="none" stroke="{colour}" '
            f'stroke-width="2.4"{look}/>'
            f'<circle cx="{points[-1][0]:.1f}" cy="{points[-1][1]:.1f}" r="5" fill="{colour}"/>'
            f'<text x="{points[-1][0] + 60:.1f}" y="46" text-anchor="end">{name}: {n} steps</text>'
        )
    fast, slow = needed.values()
    shares = softmax(z)
    if not (shares[wrong] > 0.999 and fast < slow):
        raise ArithmeticError("the picture says that the mistake is confident")
    description = (
        f"The lead of the true class {y} over the highest other score, after each step, on a "
        f"logarithmic axis. It begins at {svg.fixed(z[y] - z[wrong], 0)}, for class {wrong} has "
        f"{z[wrong]} points and all others {z[y]}. With cross-entropy class {y} leads after {fast} "
        f"steps. With the summed squared error it stays far behind for hundreds of steps and "
        f"leads after {slow}."
    )
    caption = (
        f"A confident mistake: class {wrong} has {z[wrong]} points and the label is {y}, which "
        f"costs {nll_from_logits(z, y):.4f} nats. Cross-entropy mends it in {fast} steps, the "
        f"summed squared error in {slow}, both at rate 1."
    )
    return svg.figure(292, description, body, caption)
