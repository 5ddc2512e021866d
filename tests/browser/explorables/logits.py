"""What the logits must show for a setting, and what keys and pointers do to it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import softmax

from lib.losses import (
    double_softmax_bounds,
    grad_nll_from_logits,
    grad_squared_error_from_logits,
    nll_from_logits,
    squared_error_from_logits,
)
from tests.browser.explorables.kit import (
    RADIO,
    Drags,
    Keys,
    Known,
    Shown,
    State,
    fixed,
    signed,
    tiny,
)


def push(s: State) -> Any:
    """Return minus the gradient of the loss with respect to the input of softmax."""
    given = (np.array(s["z"]) + s["c"]) / s["T"]
    gradient = grad_squared_error_from_logits if s["squared"] else grad_nll_from_logits
    if not s["double"]:
        return -np.asarray(gradient(given, int(s["y"])))
    q = softmax(given)
    return -(np.diag(q) - np.outer(q, q)) @ gradient(q, int(s["y"]))


def follow(s: State) -> State:
    """Return the logits after adding the arrows, limited to 15."""
    shifted = np.array(s["z"]) + s["c"] + s["T"] * push(s)
    return {"z": (np.clip(shifted, -15, 15) - s["c"]).tolist()}


def race(u: Any, y: int, squared: bool) -> str:
    """Return how many steps a loss needs until the true class leads."""
    gradient = grad_squared_error_from_logits if squared else grad_nll_from_logits
    for n in range(2001):
        if u[y] > np.delete(u, y).max():
            return f"{n} step{'' if n == 1 else 's'}"
        u = u - np.asarray(gradient(u, y))
    return "more than 2 000 steps"


def equal(x: float) -> str:
    """Return a number of four decimals with the sign that it deserves."""
    text = tiny(x, 4, 1e-3)
    exact = math.isclose(x, round(x, 4), rel_tol=0, abs_tol=1e-13)
    return f"{'=' if exact and '×' not in text else '≈'} {text}"


def expected(s: State) -> Shown:
    given, y = (np.array(s["z"]) + s["c"]) / s["T"], int(s["y"])
    q, arrows = softmax(given), push(s)
    loss = (squared_error_from_logits if s["squared"] else nll_from_logits)(
        q if s["double"] else given, y
    )
    cost = tiny(loss, 4, 1e-3) + ("" if s["squared"] else " nats")
    shown: Shown = {".sum b": [cost]}
    if s["stage"] < 2:
        one, two = (f"{n:g}" for n in s["guess"])
        guesses = [f"after {one} with", f"after {two} with"] if s["stage"] else [f"{one} and {two}"]
        return shown | {".say": [f"softmax gives it q {equal(q[y])}", *guesses]}
    longest = f"the longest arrow is {tiny(max(abs(arrows)), 4, 1e-3)}"
    lack = -grad_nll_from_logits(given, y)[y]
    said = [cost]
    if s["double"] or s["squared"]:
        said.append(f"{longest}, not {tiny(lack, 4, 1e-3)}")
    else:
        said += [f"has q {equal(q[y])}", f"up by 1 − q {equal(lack)}"]
    if s["double"] and not s["squared"]:
        said.append(f"never below {fixed(double_softmax_bounds(len(q))[0], 5)} nats")
    both = zip(q, arrows, strict=True)
    return shown | {
        ".done": [
            f"{name}: {race(given, y, squared)} (you said {n:g})"
            for squared, (name, n) in enumerate(
                zip(("cross-entropy", "squared error"), s["guess"], strict=True)
            )
        ],
        ".frame text:not(.model, .gradient)": [
            " | ".join(fixed(v + s["c"], 4) for v in s["z"]) if len(q) < 8 else ""
        ],
        ".legend + .frame svg": [
            f": {fixed(a, 4)}, pushed {'down' if b < 0 else 'up'} by {fixed(abs(b), 4)}"
            for a, b in both
        ],
        ".legend + .frame text.model": [" | ".join(fixed(v, 4) for v in q) if len(q) < 8 else ""],
        ".legend + .frame text.gradient": [
            " | ".join(signed(v, 4) for v in arrows) if len(q) < 8 else ""
        ],
        ".say": said,
    }


#: Numbers of the book that must appear, whatever lib says: preset, selector, text.
KNOWN: Known = [
    ("untrained", ".sum b", "2.2941 nats"),
    ("trained", ".sum b", "0.0052 nats"),
    ("confident, wrong", ".done", "cross-entropy: 6 steps"),
    ("confident, wrong", ".done", "squared error: 993 steps"),
]

#: Buttons to press, by their names, from the start until the answer is shown.
OPENING = ("Lock my guesses", "Start the race")
#: The answer, and what shows more than the prediction needs: nothing of it is there before.
SECRET = (".done", ".classes", ".legend")

#: A preset, and what each key changes after it.
KEYS: Keys = (
    "3 classes",
    [
        (("slider", "logit of class 0"), "ArrowUp", {"z": [1.2, 0, 0]}),
        (("slider", "logit of class 0"), "Home", {"z": [-15, 0, 0]}),
        (("slider", "logit of class 1"), "PageUp", {"z": [-15, 1, 0]}),
        (("button", "+ one more"), "Enter", {"z": [-15, 1, 0, 0]}),
        (RADIO, "ArrowRight", {"y": 3}),
        (("button", "− take"), "Space", {"z": [-15, 1, 0], "y": 2}),
        (("slider", "shift c"), "ArrowRight", {"c": 0.1}),
        (("slider", "temperature T"), "End", {"T": 10}),
        (("button", "Follow the arrows"), "Enter", follow),
        (("checkbox", "double softmax"), "Space", {"double": True}),
        (("checkbox", "squared error"), "Space", {"squared": True}),
    ],
)

#: What each drag changes, after the same preset.
DRAGS: Drags = [
    (
        "[aria-label='logit of class 2'] .knob",
        lambda w, h: (w / 2, h / 2),
        lambda w, h: (w / 2, h / 2 - 6 * 172 / 36),
        {"z": [1.0986, 0, 6]},
    ),
]

#: What sets something in motion, from the start.
MOTION = [(("button", "Lock my guesses"), "Enter"), (("button", "Start the race"), "Enter")]
