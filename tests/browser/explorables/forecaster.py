"""What the forecaster must show for a setting, and what keys and pointers do to it."""

from __future__ import annotations

import math

from scipy.optimize import brentq

from lib.information import kl_divergence
from tests.browser.explorables.kit import RADIO, Drags, Keys, Known, Shown, State, fixed
from tests.explorables.test_believers import uniform
from tests.explorables.test_forecaster import expected as mean
from tests.explorables.test_forecaster import price


def best(s: State) -> tuple[float, str]:
    """Return one report that costs least, and all of them in words."""
    p = s["p"]
    if s["rule"] in ("linear", "accuracy"):
        end = 1.0 if p > 0.5 else 0.0
        side = f"any {'above' if end else 'below'} 0.50"
        return (p, "any") if p == 0.5 else (end, side if s["rule"] == "accuracy" else chance(end))
    if s["rule"] == "smoothing":
        p = (1 - s["eps"]) * p + s["eps"] / 2
    elif s["rule"] == "weight":
        p = s["w"] * p / (s["w"] * p + 1 - p)
    elif s["rule"] == "focal" and 0 < p < 1:

        def slope(q: float) -> float:
            g = s["gamma"]
            wet = g * (1 - q) ** (g - 1) * math.log(q) - (1 - q) ** g / q
            dry = -g * q ** (g - 1) * math.log(1 - q) + q**g / (1 - q)
            return float(s["p"] * wet + (1 - s["p"]) * dry)

        p = float(brentq(slope, 1e-9, 1 - 1e-9, xtol=1e-15))
    return p, chance(p)


def chance(v: float) -> str:
    return fixed(v, 2 if math.isclose(100 * v, round(100 * v), rel_tol=0, abs_tol=1e-7) else 4)


def expected(s: State) -> Shown:
    nats = " nats" if s["rule"] in ("log", "smoothing", "focal", "weight") else ""

    def amount(value: float) -> str:
        return fixed(value, 4) + nats

    now = [amount(price(s, s["q"], rain)) for rain in (True, False)]
    shown: Shown = {".costs svg": [f"At {chance(s['q'])} rain costs {now[0]}", f"day {now[1]}"]}
    if not s["revealed"]:
        return shown | {".say": [f"rain costs you {now[0]} and a dry day {now[1]}."]}
    pick, words = best(s)
    mine, least = mean(s, s["q"]), mean(s, pick)
    cost = mine - least
    if s["rule"] == "log":
        cost = kl_divergence([s["p"], 1 - s["p"]], [s["q"], 1 - s["q"]])
    values = [mean(s, s["p"]), least, mine, cost if cost > 1e-12 else 0.0]
    shown[".term b"] = [" | ".join(amount(v) for v in values)]
    shown[".costs svg"] += [f"at the report {words}: {amount(least)}"]
    shown[".part + .when svg"] = [f"belief {chance(s['p'])} is made to say {words}."]
    shown[".say"] = [f"You say {chance(s['q'])} and pay {amount(mine)} on average"]
    n = int(s["evenings"])
    if n:
        rains = uniform(int(s["seed"]), n) < s["p"]
        left = []
        for q in (s["p"], pick, s["q"]):
            purse = 100.0
            for rain in rains:
                paid = price(s, q, bool(rain))
                purse = purse - paid if paid <= purse else -math.inf
            left.append(max(purse, 0.0))
        names = zip(("honest", "best", "yours"), left, strict=True)
        shown[".left"] = [f"{name} {fixed(value, 2)}" for name, value in names]
        shown[".say"] += [f"In {n} evenings (weather {s['seed']:g}) it rained {sum(rains)} times"]
    return shown


#: Numbers of the book that must appear, whatever lib says: preset, selector, text.
KNOWN: Known = [
    ("linear", ".term b", "0.4800 | 0.4000 | 0.4800 | 0.0800"),
    ("log", ".term b", "0.6730 nats | 0.6730 nats | 0.9843 nats | 0.3112 nats"),
    ("Brier", ".term b", "0.4800 | 0.4800 | 0.6600 | 0.1800"),
    ("focal", ".say", "your belief is 0.90, and 0.6942 costs least"),
    ("never dry", ".left", "yours 0.00 (emptied on evening 3: the price was ∞)"),
]

#: Buttons to press, by their names, from the start until the answer is shown.
OPENING = ("Reveal",)
#: The answer: of this nothing is in the document before.
SECRET = (".sum", ".mean", ".dot.model", "text best:")

#: A preset, and what each key changes after it.
KEYS: Keys = (
    "log",
    [
        (("slider", "your report"), "End", {"q": 1}),
        (("slider", "your report"), "ArrowLeft", {"q": 0.99}),
        (("slider", "your belief"), "Home", {"p": 0}),
        (("slider", "your belief"), "ArrowRight", {"p": 0.01}),
        (("button", "A hundred"), "Enter", {"evenings": 100}),
        (("button", "Other weather"), "Space", {"seed": 7}),
        (RADIO, "ArrowRight", {"rule": "brier"}),
        (RADIO, "ArrowRight", {"rule": "spherical"}),
        (RADIO, "ArrowRight", {"rule": "accuracy"}),
        (RADIO, "ArrowRight", {"rule": "smoothing"}),
        (("slider", "ε"), "End", {"eps": 1}),
        (("slider", "ε"), "ArrowLeft", {"eps": 0.99}),
        (RADIO, "ArrowRight", {"rule": "focal"}),
        (("slider", "γ"), "ArrowLeft", {"gamma": 1.9}),
        (RADIO, "ArrowRight", {"rule": "weight"}),
        (("slider", "w"), "Home", {"w": 0.25}),
        (("slider", "w"), "ArrowRight", {"w": 0.3}),
        (("button", "Back to"), "Enter", {"evenings": 0}),
    ],
)

#: What each drag changes, after the same preset.
DRAGS: Drags = [
    (
        ".desk .when svg",
        lambda w, h: (40 + 0.4 * (w - 56), 100),
        lambda w, h: (40 + 0.7 * (w - 56), 120),
        {"p": 0.7},
    ),
    (
        ".costs svg",
        lambda w, h: (40 + 0.6 * (w - 56), 100),
        lambda w, h: (40 + 0.25 * (w - 56), 120),
        {"q": 0.25},
    ),
]

#: The wallets empty, evening by evening.
MOTION = [(("button", "Reveal"), "Enter"), (("button", "A hundred"), "Enter")]
