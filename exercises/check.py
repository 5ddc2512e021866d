"""The messages of the visible checks: what was expected, what came, and where to read about it.

Students get a copy of this file beside their notebook, together with ``sections.json``, the table
of the chapters' sections. It needs numpy and nothing else. In the repository, where there is no
such table, it follows from the chapters.
"""

from __future__ import annotations

import contextlib
import json
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np


class Mistake(AssertionError):
    """A check that failed. In a notebook it shows its message alone, without a traceback.

    Attributes
    ----------
    idea : str
        The idea to look at again; of a hidden check, the name of the misconception.
    """

    def __init__(self, message: str, idea: str = "") -> None:
        super().__init__(message)
        self.idea = idea

    def _render_traceback_(self) -> list[str]:
        # IPython calls this to show the error. A traceback would only bury the message.
        return str(self).splitlines()


def _sections() -> dict[str, Any]:
    table = Path(__file__).with_name("sections.json")
    if table.exists():
        return dict(json.loads(table.read_text(encoding="utf-8")))
    try:
        from course import links
    except ModuleNotFoundError:  # a course folder beside lib alone
        return {"book": "", "sections": {}}
    return links.sections()


def place(section: str) -> str:
    """Return the title of a section such as ``"1.4"``, and its link, or how to open it."""
    table = _sections()
    if not table["sections"]:
        return f"section {section}"
    if section not in table["sections"]:
        raise ValueError(f"there is no section {section!r}; sections are named like '1.4'")
    title, page, anchor = table["sections"][section]
    where = (
        f"{table['book']}chapters/{page}.html#{anchor}"
        if table["book"]
        else f"In your copy of the book: make lab, then open chapters/{page}.ipynb"
    )
    return f"section {section}, {title}\n{where}"


def advice(idea: str, section: str) -> str:
    """Return the last lines of a message: the idea, wrapped, and its section."""
    return f"{textwrap.fill(f'Look again: {idea}', 78)}\n{place(section)}"


def expect(
    got: Any, expected: Any, call: str, *, idea: str, section: str, within: float = 1e-12
) -> None:
    """Compare a result with the expected one.

    Parameters
    ----------
    got, expected : Any
        Numbers and arrays agree if they have the same shape and no entry differs by more than
        ``within`` times the larger of 1 and the expected entry; infinities must be equal, and NaN
        agrees with nothing. Everything else must be equal.
    call : str
        What was called, as the student would type it.
    idea : str
        What to think about again, in one sentence.
    section : str
        The section of the book that explains it, such as ``"1.4"``.

    Raises
    ------
    Mistake
        If they disagree. The message gives the call, the expected and actual result, and the idea.
    """
    if not agree(got, expected, within):
        raise Mistake(
            f"Not yet: {call}\n"
            f"  expected  {_show(expected)}\n"
            f"  got       {_show(got)}\n"
            f"{advice(idea, section)}",
            idea,
        )


def expect_true(holds: Any, claim: str, *, idea: str, section: str) -> None:
    """Check a property; ``claim`` says what should hold, with the actual values."""
    if not bool(holds):
        raise Mistake(f"Not yet. This should hold: {claim}\n{advice(idea, section)}", idea)


def expect_error(
    call: Callable[[], Any], text: str, *, idea: str, section: str, error: type = ValueError
) -> None:
    """Check that a call raises this error; ``text`` is the call as one would type it."""
    try:
        got = call()
    except NotImplementedError:
        raise
    except error as refusal:
        if str(refusal).strip():
            return
        came = f"a {error.__name__} without a word"
    except Exception as other:
        came = f"a {type(other).__name__}"
    else:
        came = _show(got)
    raise Mistake(
        f"Not yet: {text}\n"
        f"  expected  a {error.__name__} that says what is wrong\n"
        f"  got       {came}\n"
        f"{advice(idea, section)}",
        idea,
    )


class _Waits(BaseException):
    """A rank has come to an `all_reduce` whose result is not known yet."""


def in_ranks(
    function: Callable[..., Any], each: Sequence[tuple[Any, ...]]
) -> tuple[list[Any], list[int]]:
    """Run a function on several ranks, which know of each other only what they all-reduce.

    There are no processes: each rank runs until it needs numbers of the others and stops there.
    When all have come as far, they begin again and are given the result. So a rank runs once more
    for each time that it asks.

    Parameters
    ----------
    function : Callable
        Called as ``function(*given, all_reduce)`` on each rank. There ``all_reduce(x, op)`` takes
        a number or an array of one shape on all ranks and returns, as an array of float64, the
        sum over the ranks, entry by entry (``op="sum"``, the default), or the largest
        (``op="max"``). It leaves ``x`` as it is.
    each : sequence of tuple
        What is given to each rank.

    Returns
    -------
    results : list
        What the function returned, by rank.
    sizes : list of int
        How many numbers a rank handed over each time.

    Raises
    ------
    Mistake
        If some ranks wait for others that have ended, or that ask for something else.
    """
    known: list[Any] = []
    sizes: list[int] = []
    while True:
        results: list[Any] = []
        asked: list[tuple[str, Any]] = []
        for given in each:
            with contextlib.suppress(_Waits):
                results.append(function(*given, _all_reduce(known, asked)))
        if not asked:
            return results, sizes
        if results:
            raise Mistake(
                "Your answer: leaves ranks waiting. Some have ended, and the others wait for them "
                "in\nall_reduce. Every rank must call it equally often, whatever its part.",
                "leaves ranks waiting",
            )
        ops, arrays = zip(*asked, strict=True)
        if len(set(ops)) > 1 or len({x.shape for x in arrays}) > 1:
            raise Mistake(
                "Your answer: asks for other things on other ranks. They meet in all_reduce with\n"
                "different operations, or with arrays of different shapes.",
                "asks for other things on other ranks",
            )
        together = np.stack(arrays)
        known.append(together.sum(axis=0) if ops[0] == "sum" else together.max(axis=0))
        sizes.append(arrays[0].size)


def _all_reduce(known: list[Any], asked: list[tuple[str, Any]]) -> Callable[..., Any]:
    """Return a rank's all_reduce, which knows some results and stops the rank after them."""
    results = iter(list(known))

    def all_reduce(x: Any, op: str = "sum") -> Any:
        if op not in ("sum", "max"):
            raise ValueError(f'all_reduce knows "sum" and "max", not {op!r}')
        mine = np.array(x, dtype=np.float64)
        for result in results:
            return result.copy()
        asked.append((op, mine))
        raise _Waits

    return all_reduce


def passed(exercise: str) -> None:
    """Say that the visible checks of an exercise have passed; the last line of their cell.

    Parameters
    ----------
    exercise : str
        Such as ``"1.4"``.
    """
    print(f"Passed: the checks of exercise {exercise} that you can see. The others run at grading.")


def agree(got: Any, expected: Any, within: float = 1e-12) -> bool:
    """Return whether a result agrees with the expected one; see `expect`."""
    if expected is None:  # NumPy would turn it into NaN
        return got is None
    try:
        want = np.asarray(expected, dtype=np.float64)
        have = np.asarray(got, dtype=np.float64)
    except (TypeError, ValueError):
        try:
            return bool(got == expected)
        except Exception:
            return False
    if want.shape != have.shape:
        return False
    with np.errstate(invalid="ignore"):
        close = np.abs(have - want) <= within * np.maximum(1.0, np.abs(want))
    return bool(np.all((have == want) | (close & np.isfinite(want) & np.isfinite(have))))


def _show(value: Any) -> str:
    if isinstance(value, np.generic):
        value = value.item()  # 0.6, not np.float64(0.6)
    text = repr(value)
    return text if len(text) <= 400 else text[:400] + " ..."
