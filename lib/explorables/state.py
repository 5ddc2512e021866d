"""The state of an explorable: which entries a call or a link may set, and their initial values.

The explorable's ``state.json`` alone defines them: Python reads it here, and ``kit.mount`` gets the
same file with the page. An entry has a ``kind``, a ``start`` and the limits that its kind needs, as
listed in the classes below.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Word:
    """Text that fully matches a pattern, which must mean the same in Python and JavaScript."""

    start: str
    pattern: str

    def requirement(self) -> str:
        """Return in words which values are valid."""
        return f"give text of the form {self.pattern}"

    def write(self, value: Any) -> str | None:
        """Return the value as written in a link, or None if it is invalid."""
        fits = isinstance(value, str) and re.fullmatch(self.pattern, value, re.ASCII)
        return value if fits else None


@dataclass(frozen=True)
class Number:
    """A number from ``low`` to ``high``, both included."""

    start: float
    low: float
    high: float

    def requirement(self) -> str:
        """Return in words which values are valid."""
        return f"give a number from {self.low} to {self.high}"

    def write(self, value: Any) -> str | None:
        """Return the value as written in a link, or None if it is invalid."""
        real = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not (real and math.isfinite(value) and self.low <= value <= self.high):
            return None
        return f"{round(float(value), 6):.15g}"


@dataclass(frozen=True)
class Numbers:
    """A list of ``least`` to ``most`` numbers, each from ``low`` to ``high``."""

    start: list[float]
    least: int
    most: int
    low: float
    high: float

    def requirement(self) -> str:
        """Return in words which values are valid."""
        return (
            f"give a list of {self.least} to {self.most} numbers, "
            f"each from {self.low} to {self.high}"
        )

    def write(self, value: Any) -> str | None:
        """Return the value as written in a link, or None if it is invalid."""
        listed = isinstance(value, list | tuple) or (
            isinstance(value, np.ndarray) and value.ndim == 1
        )
        if not (listed and self.least <= len(value) <= self.most):
            return None
        one = Number(0, self.low, self.high)
        written = [one.write(number) for number in value]
        return None if None in written else "_".join(filter(None, written))


@dataclass(frozen=True)
class Flag:
    """True or False."""

    start: bool

    def requirement(self) -> str:
        """Return in words which values are valid."""
        return "give True or False"

    def write(self, value: Any) -> str | None:
        """Return the value as written in a link, or None if it is invalid."""
        return str(int(value)) if isinstance(value, bool | np.bool_) else None


Entry = Word | Number | Numbers | Flag
KINDS: dict[str, type[Entry]] = {
    "word": Word,
    "number": Number,
    "numbers": Numbers,
    "flag": Flag,
}


def entries(file: Traversable) -> dict[str, Entry]:
    """Return the entries that a ``state.json`` describes, by their names.

    Parameters
    ----------
    file : path-like
        The ``state.json`` of an explorable.

    Returns
    -------
    dict of str to Word, Number, Numbers or Flag
        In the order of the file, which is also their order in a link.

    Raises
    ------
    ValueError
        If an entry has an unknown kind, lacks a field of its kind, has an extra one, or does not
        accept its own initial value.
    """
    found: dict[str, Entry] = {}
    for name, facts in json.loads(file.read_text(encoding="utf-8")).items():
        kind = facts.pop("kind", None)
        if kind not in KINDS:
            known = ", ".join(KINDS)
            raise ValueError(f"{file}: {name} is of kind {kind!r}; the kinds are {known}")
        try:
            found[name] = KINDS[kind](**facts)
        except TypeError as error:
            needed = ", ".join(KINDS[kind].__dataclass_fields__)
            raise ValueError(f"{file}: {name}: a {kind} has exactly {needed}") from error
        if found[name].write(found[name].start) is None:
            start = found[name].start
            raise ValueError(f"{file}: {name} starts at {start!r}; {found[name].requirement()}")
    return found
