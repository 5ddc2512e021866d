"""Shared by the descriptions of the explorables: types, and numbers in their format."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from lib.explorables import STATE, explorable
from lib.explorables.state import Flag, Numbers, Word
from tests.explorables.javascript import call

State = dict[str, Any]
#: For each selector, the texts that the selected element must contain.
Shown = dict[str, list[str]]
#: Preset, selector, text.
Known = Sequence[tuple[str, str, str]]
#: A group of radio buttons is one stop, at the button that is chosen.
RADIO = ("radio", "")
#: A control (its role and the beginning of its name), a key, and what that must change.
Key = tuple[tuple[str, str], str, State | Callable[[State], State]]
#: A preset, and the keys that are pressed after it.
Keys = tuple[str, Sequence[Key]]
#: A place in pixels, from the width and the height of what is dragged.
Place = Callable[[float, float], tuple[float, float]]
#: What is dragged, from where to where, and what that must change; a step is some pixels wide.
Drags = Sequence[tuple[str, Place, Place, State]]


@cache
def start(name: str) -> State:
    """Return the initial setting."""
    return dict(call(name, [["spec.start"]])[0])


@cache
def presets(name: str) -> dict[str, State]:
    """Return the settings of the preset buttons, by their text."""
    return {preset["text"]: preset["state"] for preset in call(name, [["spec.presets"]])[0]}


def sentence(name: str, state: State) -> str:
    """Return the sentence about a setting, computed by node."""
    return str(call(name, [["spec.say", state]])[0])


def written(name: str, state: State) -> str:
    """Return a setting as written in a link."""
    found = re.search(r'data-state="([^"]*)"', explorable(name, **state).html)
    assert found is not None
    return found[1]


def read(name: str, text: str) -> State:
    """Return the setting that is written in a link."""
    state: State = {}
    for pair in text.split(","):
        key, value = pair.split(":")
        entry = STATE[name][key]
        if isinstance(entry, Word):
            state[key] = value
        elif isinstance(entry, Flag):
            state[key] = value == "1"
        elif isinstance(entry, Numbers):
            state[key] = [float(v) for v in value.split("_") if v]
        else:
            state[key] = float(value)
    return state


def fixed(x: float, decimals: int) -> str:
    """Return a number in the explorables' format: a real minus sign, ∞, no negative zero."""
    if math.isinf(x):
        return "∞" if x > 0 else "−∞"
    rounded = Decimal(float(x)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{abs(rounded) if rounded == 0 else rounded}".replace("-", "−")


def signed(x: float, decimals: int) -> str:
    return ("+" if x >= 0.5 * 10**-decimals else "") + fixed(x, decimals)


def tiny(x: Any, decimals: int, least: float) -> str:
    """Return a number, with a power of ten if it is below `least`."""
    if x == 0 or x >= least:
        return fixed(float(x), decimals) if x else "0"
    # A Fraction may be smaller than any float.
    exact = Decimal(x.numerator) / x.denominator if isinstance(x, Fraction) else Decimal(float(x))
    mantissa, exponent = f"{exact:.2e}".split("e")
    power = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa} × 10{power}"
