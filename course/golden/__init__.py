"""The golden numbers: the book's central results, each with a second way to compute it.

A chapter may have a module here, named like the chapter without its number; a supplement, one that
is named like it. ``GOLDEN`` holds the numbers that the notebook teaches; an optional ``REPEATED``
holds the keys of earlier numbers that it prints again. The guard ``course.guards.golden`` checks
that the notebooks print them.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import mpmath
import sympy

from course import contents
from course.guards.tokens import Number


@dataclass(frozen=True)
class Golden:
    """A number of the book.

    Attributes
    ----------
    key, decimal, unit : str
        Its name, its rounded value and its unit.
    oracle : callable
        Computes the number without ``lib``: exactly, or at mpmath's working precision.
    printed : bool
        Whether its notebook must print it; otherwise it only serves as a check of other code.
    notebooks : tuple of str
        The names of the notebooks that must print it; filled in by :func:`load`.
    """

    key: str
    decimal: str
    unit: str
    oracle: Callable[[], Any]
    printed: bool = True
    notebooks: tuple[str, ...] = ()

    @functools.cached_property
    def number(self) -> Number:
        """The value: exact where it is a fraction, else to 40 decimals."""
        with mpmath.workdps(50):
            value = self.oracle()
            if isinstance(value, sympy.Rational):
                value = Fraction(int(value.p), int(value.q))
            if isinstance(value, int | Fraction):
                return Number(str(value), Fraction(value), None, 99)
            digits = mpmath.nstr(value, 45, min_fixed=-99, max_fixed=99)
            return Number(digits, Fraction(digits), -40, 45)


def load() -> tuple[Golden, ...]:
    """Return the golden numbers of all notebooks, in order.

    Raises
    ------
    ValueError
        If a key occurs twice, or a notebook repeats one that no earlier notebook teaches.
    """
    found: dict[str, Golden] = {}
    for notebook in contents.notebooks():
        name = f"{__name__}.{notebook.topic}"
        if importlib.util.find_spec(name) is None:
            continue
        module = importlib.import_module(name)
        for golden in module.GOLDEN:
            if golden.key in found:
                raise ValueError(f"{name}: {golden.key} is a golden number of another notebook")
            notebooks = (notebook.name,) if golden.printed else ()
            found[golden.key] = replace(golden, notebooks=notebooks)
        for key in getattr(module, "REPEATED", ()):
            if key not in found:
                raise ValueError(f"{name}: {key} is not a golden number of an earlier notebook")
            found[key] = replace(found[key], notebooks=(*found[key].notebooks, notebook.name))
    return tuple(found.values())
