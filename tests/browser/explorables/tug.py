"""What the tug of war must show for a setting, and what keys and pointers do to it."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import cache

import sympy as sp

from lib.bernoulli import likelihood_expr, log_likelihood
from tests.browser.explorables.kit import Drags, Keys, Known, Shown, State, fixed, signed


@cache
def derivative(black: int, n: int) -> Callable[[Fraction], Fraction]:
    """Return the derivative of lib's log-likelihood."""
    theta = sp.Symbol("theta", nonnegative=True)
    expr = likelihood_expr(black, n, theta)
    return sp.lambdify(theta, sp.cancel(sp.diff(expr, theta) / expr), "math")


def score(balls: str, theta: float) -> float:
    """Return the net pull."""
    try:
        return float(derivative(balls.count("b"), len(balls))(Fraction(str(theta))))
    except ZeroDivisionError:
        return math.inf if theta == 0 else -math.inf


def step(s: State, steps: int = 1) -> State:
    """Return the settings after steps of gradient descent on the mean NLL."""
    path = [*s["theta"]]
    for _ in range(steps):
        if 0 <= path[-1] <= 1:
            path.append(path[-1] + s["rate"] * score(s["balls"], path[-1]) / len(s["balls"]))
            path[-1] = round(path[-1], 6)
    return {"theta": path}


def expected(s: State) -> Shown:
    balls, theta, n = s["balls"], s["theta"][-1], len(s["balls"])
    if not 0 <= theta <= 1:
        said = [f"At θ = {fixed(theta, 2)} there is no loss and no pull"]
        return {".sum": ["is not defined here"], ".balls": ["none" * n], ".say": said}
    pulls = [score(ball, theta) for ball in balls]
    digits = [2 if abs(p) < 9.995 else 1 if abs(p) < 99.95 else 0 for p in pulls]
    net = score(balls, theta)
    shown = {
        ".sum": [f" {signed(net, 2)}"],
        ".balls": ["".join(signed(p, d) for p, d in zip(pulls, digits, strict=True))],
        ".say": [f"J = {fixed(-log_likelihood(balls, theta) / n, 6)} nats"],
    }
    if math.isfinite(net) and abs(net) > 0.005:
        after = step(s)["theta"][-1]
        shown[".say"] += [f"{fixed(-net / n, 2)}. A step would lead to {fixed(after, 2)}"]
        shown[".say"] += [] if 0 <= after <= 1 else ["which is not a probability"]
        shown[".frame + .frame"] = [f"slope {fixed(-net / n, 2)}"] if 0.02 < theta < 0.98 else []
    return shown


def _flipped(s: State, balls: str) -> State:
    return {"balls": balls, "theta": s["theta"][-1:]}


#: Numbers of the book that must appear, whatever lib says: preset, selector, text.
KNOWN: Known = [
    ("balance", ".say", "J = 0.673012 nats"),
    ("a wild step", ".say", "lead to 5.97, which is not a probability"),
]

#: A preset, and what each key changes after it.
KEYS: Keys = (
    "balance",
    [
        (("slider", "dial setting θ"), "Home", {"theta": [0]}),
        (("slider", "dial setting θ"), "End", {"theta": [1]}),
        (("slider", "dial setting θ"), "ArrowLeft", {"theta": [0.99]}),
        (("slider", "learning rate"), "End", {"rate": 0.6}),
        (("button", "Step"), "Enter", step),
        (("button", "Back"), "Space", {"theta": [0.99]}),
        (("slider", "learning rate"), "Home", {"rate": 0.01}),
        (("button", "10 steps"), "Enter", lambda s: step(s, 10)),
        (("button", "Ball 3:"), "Space", lambda s: _flipped(s, "wbbbb")),
    ],
)

#: What each drag changes, after the same preset.
DRAGS: Drags = [
    (
        ".frame + .frame svg",
        lambda w, h: (70 + 0.2 * (w - 110), 150),
        lambda w, h: (70 + 0.9 * (w - 110), 140),
        {"theta": [0.9]},
    ),
]
