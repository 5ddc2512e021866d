"""What the scrubber must show for a setting, and what keys and pointers do to it."""

from __future__ import annotations

import json
import math
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from scipy.special import softmax

from lib.information import entropy
from lib.losses import nll_from_logits
from tests.browser.explorables.kit import RADIO, Drags, Keys, Known, Shown, State, fixed, tiny


@cache
def data() -> dict[str, Any]:
    """Return the scrubber's data; tests/explorables/test_scrubber.py recomputes it."""
    text = (resources.files("lib.explorables") / "scrubber" / "data.json").read_text(
        encoding="utf-8"
    )
    return dict(json.loads(text))


def chance(q: float) -> str:
    """Return a softmax probability as text, never exactly 0 or 1."""
    return "> 0.9999" if q >= 0.99995 else tiny(q, 4, 1e-2)


def expected(s: State) -> Shown:
    if not s["open"]:
        n = len(s["digits"])
        said = f"You read {s['digits'][-1]:g}. {10 - n} to go." if n else "What do you read?"
        return {".say": [said]}
    i, e, on = int(s["image"]), data()["epochs"].index(s["epoch"]), int(s["temperature"])
    scale = (data()["temperature"][e] or math.inf) if on else 1
    z, label = np.array(data()["logits"][e][i]) / scale, data()["labels"][i]
    rows = [f"{fixed(v, 2)} | {chance(math.exp(-nll_from_logits(z, k)))}" for k, v in enumerate(z)]
    pair = [f"{fixed(data()[key][on][e], 4)} nats" for key in ("expects", "loss")]
    read = [int(np.argmax(z)) for z in data()["logits"][e]]
    right = sum(a == b for a, b in zip(read[10:20], data()["labels"][10:20], strict=True))
    mine = sum(a == b for a, b in zip(s["digits"], data()["labels"][10:], strict=False))
    said = f"You read {mine} of 10 as" if len(s["digits"]) == 10 else "Of the ten digits"
    return {
        ".score": [said, f"{right} of 10."],
        ".facts": [
            f"label {label}",
            f"read as {read[i]}",
            f"expects {tiny(entropy(softmax(z)), 3, 1e-3)} nats",
            f"gets {tiny(nll_from_logits(z, label), 3, 1e-3)} nats",
        ],
        ".set .legend": [
            f"accuracy {fixed(100 * data()['accuracy'][e], 2)} %",
            f"expects {pair[0]} ",
            f"gets {pair[1]}",
        ],
        "tbody .number": [" | ".join(rows)],
        ".say": [f"expects {pair[0]} and gets {pair[1]}"] if e or not on else ["2.3026 nats"],
    }


#: Numbers of the book that must appear, whatever lib says: preset, selector, text.
KNOWN: Known = [
    ("20 epochs", ".set .legend", "expects 0.1175 nats gets 0.1838 nats"),
    ("60 epochs", ".set .legend", "expects 0.0468 nats gets 0.2374 nats"),
    ("60, at T", ".set .legend", "expects 0.2013 nats gets 0.1653 nats"),
]

#: Buttons to press, by their names, from the start until the answer is shown: ten readings.
OPENING = tuple("6683966775")
#: What the network reads and pays: nothing of it is there before.
SECRET = (".score", ".set", ".gallery", ".one")

#: A preset, and what each key changes after it.
KEYS: Keys = (
    "20 epochs",
    [
        (("slider", "epoch"), "End", {"epoch": 60}),
        (("slider", "epoch"), "ArrowLeft", {"epoch": 50}),
        (("button", "Play"), "Enter", {"epoch": 60}),
        (("checkbox", "divide logits"), "Space", {"temperature": True}),
        (RADIO, "ArrowRight", {"image": 11}),
        (("slider", "epoch"), "Home", {"epoch": 0}),
    ],
)

#: What each drag changes, after the same preset.
DRAGS: Drags = [
    (
        ".set .frame:has(+ .slider) svg",
        lambda w, h: (50, 80),
        lambda w, h: (50 + (w - 64) * 5 / 6, 90),
        {"epoch": 50},
    ),
]

#: What sets something in motion, from the start.
MOTION = [(("button", "Skip"), "Enter"), (("button", "Play"), "Enter")]
