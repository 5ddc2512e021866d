"""Errors as plain data: the names of their classes, and their words."""

from __future__ import annotations

import builtins
import contextlib
from typing import Any

MOST_WORDS = 10_000  # characters of an error's message
LENT = "of_a_lent_function"  # marks an error that a function of the judge's has raised
# Errors that are told by name as well: of libraries, and two that are made from more than a text. A
# name of the student's own might tell what a hidden check has asked.
NAMED = {
    "LinAlgError": ValueError, "AxisError": ValueError, "SympifyError": ValueError,
    "UnicodeDecodeError": UnicodeError, "UnicodeEncodeError": UnicodeError,
}  # fmt: skip
# Errors by name, but those that are made from more than a text.
ERRORS: dict[str, type[BaseException]] = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type)
    and issubclass(kind, BaseException)
    and not issubclass(kind, UnicodeError | BaseExceptionGroup)
} | {"UnicodeError": UnicodeError}
ERRORS |= {name: type(name, (kind,), {}) for name, kind in NAMED.items()}
# The words of a KeyError are its key, quoted; those that come across are quoted already.
ERRORS["KeyError"] = type("KeyError", (KeyError,), {"__str__": BaseException.__str__})


def failure(error: BaseException) -> dict[str, Any]:
    """Return what is told of an error: the names of its classes, its words, whether it was lent."""
    words, lent = "", False
    with contextlib.suppress(BaseException):  # the student's own __str__ and __getattr__
        words = str(error)[:MOST_WORDS]
        lent = getattr(error, LENT, False) is True
    names = [kind.__name__ for kind in type(error).__mro__]
    return {"error": names, "words": words, LENT: lent}


def error(names: Any, words: Any) -> BaseException:
    """Return an error of the first of these classes that is known."""
    names = [str(name) for name in names] if isinstance(names, list) else []
    known = next((ERRORS[name] for name in names if name in ERRORS), RuntimeError)
    return known(str(words))
