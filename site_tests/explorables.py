"""What each explorable must show for a setting: its numbers, by ``lib``, as it writes them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import sympy as sp
from scipy.special import softmax

from lib.bernoulli import likelihood_expr, log_likelihood, mle, sequence_probability
from lib.explorables import STATE, explorable
from lib.information import cross_entropy, entropy, kl_divergence
from lib.losses import (
    double_softmax_bounds,
    grad_nll_from_logits,
    grad_squared_error_from_logits,
    nll_from_logits,
    squared_error_from_logits,
)
from tests.explorables import call

State = dict[str, Any]
#: For a selector, the texts that must stand in what it selects.
Shown = dict[str, list[str]]
#: Page, explorable, and what the page itself sets.
PLACES: list[tuple[str, str, State]] = [
    ("chapters/index.html", "dial", {"theta": 0.5}),
    ("chapters/01_likelihood.html", "dial", {}),
    ("chapters/02_log_likelihood.html", "tug", {}),
    ("chapters/03_information_theory.html", "believers", {}),
    ("chapters/04_softmax.html", "logits", {}),
    ("chapters/05_mnist.html", "scrubber", {}),
]


@cache
def start(name: str) -> State:
    """Return the setting at first."""
    return dict(call(name, [["spec.start"]])[0])


@cache
def presets(name: str) -> dict[str, State]:
    """Return what the buttons below set, by their text."""
    return {preset["text"]: preset["state"] for preset in call(name, [["spec.presets"]])[0]}


def sentence(name: str, state: State) -> str:
    """Return what is said about a setting, by node."""
    return str(call(name, [["spec.say", state]])[0])


def written(name: str, state: State) -> str:
    """Return a setting as it stands in a link."""
    found = re.search(r'data-state="([^"]*)"', explorable(name, **state).html)
    assert found is not None
    return found[1]


def read(name: str, text: str) -> State:
    """Return the setting that stands in a link."""
    state: State = {}
    for pair in text.split(","):
        key, value = pair.split(":")
        if isinstance(STATE[name][key], str):
            state[key] = value
        elif STATE[name][key] is bool:
            state[key] = value == "1"
        elif isinstance(start(name)[key], list):
            state[key] = [float(v) for v in value.split("_")]
        else:
            state[key] = float(value)
    return state


def fixed(x: float, decimals: int) -> str:
    """Return a number as the explorables write it: a real minus, ∞, no minus before zero."""
    if math.isinf(x):
        return "∞" if x > 0 else "−∞"
    rounded = Decimal(float(x)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{abs(rounded) if rounded == 0 else rounded}".replace("-", "−")


def signed(x: float, decimals: int) -> str:
    return ("+" if x >= 0.5 * 10**-decimals else "") + fixed(x, decimals)


def tiny(x: Any, decimals: int, least: float) -> str:
    """Return a number, from `least` downwards with a power of ten."""
    if x == 0 or x >= least:
        return fixed(float(x), decimals) if x else "0"
    # A Fraction may be smaller than any float.
    exact = Decimal(x.numerator) / x.denominator if isinstance(x, Fraction) else Decimal(float(x))
    mantissa, exponent = f"{exact:.2e}".split("e")
    power = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa} × 10{power}"


def _written(text: str) -> Fraction:
    """Return the number that `tiny` has written."""
    mantissa, _, power = text.partition(" × 10")
    digits = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return Fraction(mantissa) * Fraction(10) ** int(digits or 0)


def dial(s: State) -> Shown:
    counted = re.fullmatch(r"b(\d+)w(\d+)", s["balls"])
    balls = "b" * int(counted[1]) + "w" * int(counted[2]) if counted else s["balls"]
    theta, k, n = s["theta"], balls.count("b"), len(balls)
    factors = [fixed(sequence_probability(ball, theta), 2) for ball in balls]
    shown = {".balls": [] if counted or not n else ["".join(factors)]}
    if n == 0:
        return shown | {".product": ["= 1, the product"], ".say": ["there is no estimate"]}
    log, best = log_likelihood(balls, theta), float(mle(k, n))
    exact = sequence_probability(balls, Fraction(str(theta)))
    value = tiny(exact, 5, 1e-3)
    shown[".product"] = [f"{'=' if _written(value) == exact else '≈'} {value}"]
    if log == -math.inf:
        return shown | {".say": ["the likelihood is 0 and its logarithm −∞ nats"]}
    share = math.exp(log - log_likelihood(balls, best))
    shown[".say"] = [
        f"At θ = {fixed(theta, 2)} ",
        f"{k}/{n}",
        f"log L {'=' if log == 0 else '≈'} {fixed(log, 3)} nats",
    ]
    if 0.001 <= share <= 0.995:
        shown[".say"].append(f" {fixed(100 * share, 1)} % as probable")
    return shown


@cache
def derivative(black: int, n: int) -> Callable[[Fraction], Fraction]:
    """Return the derivative of the log-likelihood that lib knows."""
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
    """Return where gradient descent on the mean NLL leads."""
    path = [*s["theta"]]
    for _ in range(steps):
        if 0 <= path[-1] <= 1:
            path.append(path[-1] + s["rate"] * score(s["balls"], path[-1]) / len(s["balls"]))
            path[-1] = round(path[-1], 6)
    return {"theta": path}


def tug(s: State) -> Shown:
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
        shown[".say"] += [] if 0 <= after <= 1 else ["which is no probability"]
        shown[".frame + .frame"] = [f"slope {fixed(-net / n, 2)}"] if 0.02 < theta < 0.98 else []
    return shown


def believers(s: State) -> Shown:
    p, q, unit = s["p"], s["q"], "bits" if s["bits"] else "nats"
    terms = [
        cross_entropy(p, q, unit),
        entropy(p, unit),
        kl_divergence(p, q, unit),
        kl_divergence(q, p, unit),
    ]
    words = [f"{fixed(value, 4)} {unit}" for value in terms]
    return {
        ".term b": [" | ".join(words)],
        ".bars text.truth": ["| p | " + " | ".join(fixed(v, 3) for v in p)],
        ".bars text.model": ["| q | " + " | ".join(fixed(v, 3) for v in q)],
        ".say": ["∞", words[1]] if math.isinf(terms[2]) else [words[2] if terms[2] else words[1]],
    }


def push(s: State) -> Any:
    """Return minus the gradient of the loss with respect to what softmax is given."""
    given = (np.array(s["z"]) + s["c"]) / s["T"]
    gradient = grad_squared_error_from_logits if s["squared"] else grad_nll_from_logits
    if not s["double"]:
        return -np.asarray(gradient(given, int(s["y"])))
    q = softmax(given)
    return -(np.diag(q) - np.outer(q, q)) @ gradient(q, int(s["y"]))


def follow(s: State) -> State:
    """Return where the arrows lead; no logit is shown beyond 15."""
    shifted = np.array(s["z"]) + s["c"] + s["T"] * push(s)
    return {"z": (np.clip(shifted, -15, 15) - s["c"]).tolist()}


def logits(s: State) -> Shown:
    given, y = (np.array(s["z"]) + s["c"]) / s["T"], int(s["y"])
    q, arrows = softmax(given), push(s)
    loss = (squared_error_from_logits if s["squared"] else nll_from_logits)(
        q if s["double"] else given, y
    )
    cost = tiny(loss, 4, 1e-3) + ("" if s["squared"] else " nats")
    longest = f"the longest arrow is {tiny(max(abs(arrows)), 4, 1e-3)}"
    lack = tiny(-grad_nll_from_logits(given, y)[y], 4, 1e-3)
    said = [cost]
    if s["double"] or s["squared"]:
        said.append(f"{longest}, not {lack}")
    else:
        said += [f"has q = {tiny(q[y], 4, 1e-3)}", f"up by 1 − q = {lack}"]
    if s["double"] and not s["squared"]:
        said.append(f"never below {fixed(double_softmax_bounds(len(q))[0], 5)} nats")
    both = zip(q, arrows, strict=True)
    return {
        ".sum b": [cost],
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


@cache
def data() -> dict[str, Any]:
    """Return what the scrubber shows; tests/test_explorable_scrubber.py trains it again."""
    text = (resources.files("lib.explorables") / "scrubber.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def chance(q: float) -> str:
    """Return a probability of softmax, which is neither 0 nor 1."""
    return "> 0.9999" if q >= 0.99995 else tiny(q, 4, 1e-2)


def scrubber(s: State) -> Shown:
    i, e, on = int(s["image"]), data()["epochs"].index(s["epoch"]), int(s["temperature"])
    scale = (data()["temperature"][e] or math.inf) if on else 1
    z, label = np.array(data()["logits"][e][i]) / scale, data()["labels"][i]
    rows = [f"{fixed(v, 2)} | {chance(math.exp(-nll_from_logits(z, k)))}" for k, v in enumerate(z)]
    accuracy, sure = data()["accuracy"][e], data()["confidence"][on][e]
    facts = [f"label {label}", f"read as {np.argmax(data()['logits'][e][i])}"]
    return {
        ".facts": [*facts, f"loss {tiny(nll_from_logits(z, label), 3, 1e-3)} nats"],
        ".set .legend": [
            f"accuracy {fixed(100 * accuracy, 2)} %",
            f"mean confidence {fixed(100 * sure, 2)} %",
            f"loss {fixed(data()['loss'][on][e], 4)} nats",
        ],
        "tbody .number": [" | ".join(rows)],
        ".say": [f"{fixed(100 * sure, 1)} %"] if e else ["2.3026 nats"],
    }


#: What each shows for a setting.
SHOWN: dict[str, Callable[[State], Shown]] = {
    "dial": dial,
    "tug": tug,
    "believers": believers,
    "logits": logits,
    "scrubber": scrubber,
}

#: Numbers of the book that must appear, whatever lib says: (explorable, preset, selector, text).
KNOWN = [
    ("dial", "the five balls", ".product", "= 0.03456"),
    ("dial", "●●●", ".product", "= 1.00000"),
    ("dial", "no balls", ".product", "= 1, the product of no factors"),
    ("tug", "balance", ".say", "J = 0.673012 nats"),
    ("tug", "a wild step", ".say", "lead to 5.97, which is no probability"),
    ("believers", "five balls", ".term b", "0.6931 nats | 0.6730 nats | 0.0201 nats"),
    ("believers", "one-hot", ".term b", "0.6931 nats | 0.0000 nats | 0.6931 nats | ∞ nats"),
    ("believers", "Bob in Alice’s code", ".term b", "2.3750 bits | 1.7500 bits"),
    ("believers", "colliding zeros", ".term b", "∞ nats | 0.6931 nats | ∞ nats"),
    ("logits", "untrained", ".sum b", "2.2941 nats"),
    ("logits", "trained", ".sum b", "0.0052 nats"),
    ("scrubber", "20 epochs", ".set .legend", "loss 0.1838 nats"),
    ("scrubber", "60 epochs", ".set .legend", "loss 0.2374 nats"),
    ("scrubber", "60, at T", ".set .legend", "loss 0.1653 nats"),
]

#: By keyboard, after a preset: a control (role and the beginning of its name), a key, and what
#: that must change. A group of radio buttons is one stop, at the button that is chosen.
RADIO = ("radio", "")
Key = tuple[tuple[str, str], str, State | Callable[[State], State]]
KEYS: dict[str, tuple[str, Sequence[Key]]] = {
    "dial": (
        "the five balls",
        [
            (("slider", "dial setting θ"), "End", {"theta": 1}),
            (("slider", "dial setting θ"), "Home", {"theta": 0}),
            (("slider", "dial setting θ"), "ArrowRight", {"theta": 0.01}),
            (("button", "Ball 1:"), "Enter", {"balls": "bbwbb"}),
            (("button", "+ ○"), "Space", {"balls": "bbwbbw"}),
            (("button", "− last"), "Enter", {"balls": "bbwbb"}),
            (("button", "× 10"), "Space", {"balls": "b40w10"}),
            (("slider", "black balls"), "End", {"balls": "b500w10"}),
        ],
    ),
    "tug": (
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
    ),
    "believers": (
        "five balls",
        [
            (("slider", "belief q, class 1"), "Home", {"q": [0, 1]}),
            (("slider", "belief q, class 1"), "End", {"q": [1, 0]}),
            (("slider", "belief q, class 1"), "ArrowDown", {"q": [0.99, 0.01]}),
            (("slider", "truth p, class 2"), "PageUp", {"p": [0.3, 0.7]}),
            (("button", "swap"), "Enter", {"p": [0.99, 0.01], "q": [0.3, 0.7]}),
            (RADIO, "ArrowRight", {"bits": True}),
            (("button", "q = p"), "Space", {"q": [0.99, 0.01]}),
        ],
    ),
    "logits": (
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
    ),
    "scrubber": (
        "20 epochs",
        [
            (("slider", "epoch"), "End", {"epoch": 60}),
            (("slider", "epoch"), "ArrowLeft", {"epoch": 50}),
            (("checkbox", "divide logits"), "Space", {"temperature": True}),
            (RADIO, "ArrowRight", {"image": 11}),
            (("slider", "epoch"), "Home", {"epoch": 0}),
        ],
    ),
}


def _flipped(s: State, balls: str) -> State:
    return {"balls": balls, "theta": s["theta"][-1:]}


#: By pointer, after the same preset: what is dragged, from where to where in its own pixels (from
#: the width and the height of it), and what that must change. Steps are as wide as some pixels.
Place = Callable[[float, float], tuple[float, float]]
Drag = tuple[str, Place, Place, State]
DRAGS: dict[str, Sequence[Drag]] = {
    "dial": [
        (
            "svg.knob",
            lambda w, h: (w / 2, h / 4),
            lambda w, h: (w / 4, h * 46 / 130),
            {"theta": 0.25},
        ),
        (
            "svg.plot",
            lambda w, h: (46 + 0.3 * (w - 124), 100),
            lambda w, h: (46 + 0.8 * (w - 124), 120),
            {"theta": 0.8},
        ),
    ],
    "tug": [
        (
            ".frame + .frame svg",
            lambda w, h: (70 + 0.2 * (w - 110), 150),
            lambda w, h: (70 + 0.9 * (w - 110), 140),
            {"theta": [0.9]},
        ),
    ],
    "believers": [
        (
            "[aria-label='belief q, class 1'] .knob",
            lambda w, h: (w / 2, h / 2),
            lambda w, h: (w / 2, h / 2 + 0.25 * 164),
            {"q": [0.25, 0.75]},
        ),
    ],
    "logits": [
        (
            "[aria-label='logit of class 2'] .knob",
            lambda w, h: (w / 2, h / 2),
            lambda w, h: (w / 2, h / 2 - 6 * 172 / 36),
            {"z": [1.0986, 0, 6]},
        ),
    ],
    "scrubber": [
        (
            ".set .frame:has(+ .slider) svg",
            lambda w, h: (50, 80),
            lambda w, h: (50 + (w - 64) * 10 / 11, 90),
            {"epoch": 50},
        ),
    ],
}
