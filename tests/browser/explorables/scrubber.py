"""What the scrubber must show for a setting, and what keys and pointers do to it."""

from __future__ import annotations

import json
import math
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

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


#: Numbers of the book that must appear, whatever lib says: preset, selector, text.
KNOWN: Known = [
    ("20 epochs", ".set .legend", "loss 0.1838 nats"),
    ("60 epochs", ".set .legend", "loss 0.2374 nats"),
    ("60, at T", ".set .legend", "loss 0.1653 nats"),
]

#: A preset, and what each key changes after it.
KEYS: Keys = (
    "20 epochs",
    [
        (("slider", "epoch"), "End", {"epoch": 60}),
        (("slider", "epoch"), "ArrowLeft", {"epoch": 50}),
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
        lambda w, h: (50 + (w - 64) * 10 / 11, 90),
        {"epoch": 50},
    ),
]
