"""Errors as plain data: the names of their classes, and their words."""

from __future__ import annotations

import builtins
from typing import Any

MOST_WORDS = 10_000  # characters of an error's message
# Libraries' errors, which may be told by name as well. A name of the student's own might tell what
# a hidden check has asked.
LIBRARIES = {"LinAlgError": ValueError, "AxisError": ValueError, "SympifyError": ValueError}
# Errors by name, but those that are made from more than a text.
ERRORS: dict[str, type[BaseException]] = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type)
    and issubclass(kind, BaseException)
    and not issubclass(kind, UnicodeError | BaseExceptionGroup)
} | {"UnicodeError": UnicodeError}
ERRORS |= {name: type(name, (kind,), {}) for name, kind in LIBRARIES.items()}


def failure(error: BaseException) -> dict[str, Any]:
    """Return what is told of an error: the names of its classes, and its words."""
    try:
        words = str(error)[:MOST_WORDS]
    except BaseException:  # the student's own __str__
        words = ""
    return {"error": [kind.__name__ for kind in type(error).__mro__], "words": words}


def error(names: Any, words: Any) -> BaseException:
    """Return an error of the first of these classes that is known."""
    names = [str(name) for name in names] if isinstance(names, list) else []
    known = next((ERRORS[name] for name in names if name in ERRORS), RuntimeError)
    return known(str(words))
