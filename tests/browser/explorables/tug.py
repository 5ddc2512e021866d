"""What the tug of war must show for a setting, and what keys and pointers do to it."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import sympy as sp
from scipy.special import expit, logit

from lib.bernoulli import likelihood_expr, log_likelihood
from tests.browser.explorables.kit import RADIO, Drags, Keys, Known, Shown, State, fixed, signed


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


def pull(ball: str, s: State) -> float:
    """Return the pull of a ball on the scale."""
    theta = s["theta"][-1]
    if s["scale"] == "dial":
        return score(ball, theta)
    return 1 - theta if ball == "b" else -theta


def step(s: State, steps: int = 1) -> State:
    """Return the settings after steps of gradient descent on the mean NLL."""
    path = [*s["theta"]]
    for _ in range(steps):
        here = path[-1]
        if not 0 <= here <= 1:
            break
        mean = sum(pull(ball, {**s, "theta": [here]}) for ball in s["balls"]) / len(s["balls"])
        if s["scale"] == "dial":
            after = here + s["rate"] * mean
        else:
            after = float(expit(logit(here) + s["rate"] * mean))
        path.append(round(after, 6))
    first = len(s["theta"]) == 1
    tried = [*(v for v in s["tried"] if v != path[0]), path[0]] if first else s["tried"]
    return {"theta": path, "tried": tried, "flag": s["flag"] if first else []}


def expected(s: State) -> Shown:
    balls, theta, n = s["balls"], s["theta"][-1], len(s["balls"])
    about = "=" if abs(100 * theta - round(100 * theta)) < 1e-9 else "≈"
    x = theta if s["scale"] == "dial" or not 0 < theta < 1 else float(logit(theta))
    said = [f"At θ {about} {fixed(theta, 2)}"]
    if s["flag"]:
        flag = s["flag"][0]
        off = s["scale"] == "dial" and not 0 <= flag <= 1
        place = fixed(flag, 2) if not off else "below 0" if flag < 0 else "above 1"
        end = ": press Step" if len(s["theta"]) == 1 else f", and the step landed at {fixed(x, 2)}."
        said.append(f"Your flag stands at {place}{end}")
    if not 0 <= theta <= 1:
        said.append("there is no loss and no pull")
        return {".sum": ["is not defined here"], ".balls": ["none" * n], ".say": said}
    pulls = [pull(ball, s) for ball in balls]
    digits = [2 if abs(p) < 9.995 else 1 if abs(p) < 99.95 else 0 for p in pulls]
    black = balls.count("b")
    net = sum(pulls) if s["scale"] == "log-odds" else score(balls, theta)
    loss = -log_likelihood(balls, theta) / n
    shown = {
        ".sum": [f" {signed(net, 2)}"],
        ".balls": ["".join(signed(p, d) for p, d in zip(pulls, digits, strict=True))],
        ".say": [*said, f"J {'=' if loss in (0, math.inf) else '≈'} {fixed(loss, 6)} nats"],
    }
    if math.isinf(loss):
        # It says why no step leads away, and asks for no flag.
        shown[".say"] = [t for t in shown[".say"] if "flag" not in t]
    elif math.isfinite(net) and (abs(net) > 0.005 or black in (0, n)):
        shown[".say"] += [f"{fixed(-net / n, 2)}."]
        if len(s["theta"]) == 1 and not s["flag"]:
            shown[".say"] += ["Where will a step land?"]
        if loss < 2.8:  # the picture ends there
            shown[".frame + .frame"] = [f"slope {fixed(-net / n, 2)}"]
    if s["tried"]:
        shown[".found"] = [fixed(v, 2) for v in s["tried"]]
    frame = {"dial": 20, "log-odds": 3}[s["scale"]]
    for side in (1, -1):
        team = [p for p in pulls if side * p > 0]
        if team and abs(sum(team)) > frame + 1e-6:
            text = signed(team[0], digits[pulls.index(team[0])])
            shown[".side + .frame text.danger"] = [f"each {text}"]
            shown[".side + .frame svg"] = ["is cut"]
    return shown


def _flipped(s: State, balls: str) -> State:
    return {"balls": balls, "theta": s["theta"][-1:], "flag": [], "tried": []}


def _anew(**patch: Any) -> Callable[[State], State]:
    """Return a change of the circumstances, after which nothing is tried yet."""
    return lambda s: {"theta": s["theta"][-1:], "flag": [], "tried": [], **patch}


#: Numbers of the book that must appear, whatever lib says: preset, selector, text.
KNOWN: Known = [
    ("balance", ".say", "J ≈ 0.673012 nats"),
    ("a wild step", ".sum", "≈ +297.98"),
    ("the same on the log-odds", ".sum", "= +2.95"),
]

#: A preset, and what each key changes after it.
KEYS: Keys = (
    "balance",
    [
        (("slider", "dial setting θ"), "Home", {"theta": [0]}),
        (("slider", "dial setting θ"), "End", {"theta": [1]}),
        (("slider", "dial setting θ"), "ArrowLeft", {"theta": [0.99]}),
        (("button", "Step"), "Enter", {}),  # not before the flag
        (("slider", "flag"), "Home", {"flag": [-0.05]}),
        (("button", "Step"), "Enter", step),
        (("button", "Back"), "Space", lambda s: {"theta": [0.99]}),
        (("slider", "learning rate"), "End", _anew(rate=1)),
        (("slider", "learning rate"), "Home", _anew(rate=0.01)),
        (("button", "10 steps"), "Enter", {}),
        (("slider", "flag"), "ArrowLeft", {"flag": [0.98]}),
        (("button", "Step"), "Space", step),
        (("button", "10 steps"), "Enter", lambda s: step(s, 10)),
        (("button", "Ball 3:"), "Space", lambda s: _flipped(s, "wbbbb")),
        (RADIO, "ArrowRight", _anew(scale="log-odds")),
        (("slider", "log-odds of θ"), "Home", {"theta": [round(float(expit(-5)), 6)]}),
        (("slider", "flag"), "End", {"flag": [6]}),
        (("button", "Step"), "Enter", step),
        (("slider", "learning rate"), "ArrowRight", _anew(rate=0.02)),
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

#: A step is a hop.
MOTION = [(("slider", "flag"), "ArrowRight"), (("button", "Step"), "Enter")]
