"""The harness of the hidden checks; the checks themselves are in one module per chapter.

A hidden cell of a source notebook contains only ``grade("1.1", sequence_probability)``. The checks
are here, because feedback shows the source of the cells. These modules, each named like its
chapter, are never released and never published.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
import importlib
import io
import json
import textwrap
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from check import Mistake, place

# Set by the grader: the cohort's seed, and the receipt of each exercise.
GRADING = Path(__file__).with_name("grading.json")


@dataclass(frozen=True)
class Exercise:
    """The hidden checks of one exercise.

    Attributes
    ----------
    number : str
        Such as ``"1.1"``.
    body : Callable
        Called with the student's functions and a random generator; raises `Mistake`.
    example : Callable
        Called with the student's functions; returns their results for the visible example.
    forbidden : tuple of str
        Dotted names that would give the answer away; a notebook that imports one earns no points.
    """

    number: str
    body: Callable[..., None]
    example: Callable[..., Any]
    forbidden: tuple[str, ...]


EXERCISES: dict[str, Exercise] = {}


def exercise(
    number: str, *, example: Callable[..., Any], forbidden: tuple[str, ...] = ()
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register a function with the hidden checks of an exercise under its number."""

    def enter(body: Callable[..., None]) -> Callable[..., None]:
        EXERCISES[number] = Exercise(number, body, example, forbidden)
        return body

    return enter


def find(number: str) -> Exercise:
    """Return an exercise, importing its chapter's module when first needed."""
    (module,) = Path(__file__).parent.glob(f"{int(number.split('.')[0]):02}_*.py")
    importlib.import_module(f"hidden.{module.stem}")
    return EXERCISES[number]


@contextlib.contextmanager
def reason(misconception: str, cure: str, section: str) -> Iterator[None]:
    """Turn any failure inside into a message that names the misconception.

    The message never holds the hidden input, the expected value, or the text of an error that the
    student's code raised: that text may quote the input.
    """
    try:
        yield
    except Mistake:
        raise
    except NotImplementedError:
        raise Mistake("not answered yet: NotImplementedError", "not answered yet") from None
    except KeyboardInterrupt:  # sent by the grader when a cell exceeds its time
        raise Mistake("takes too long: the checks of an exercise have 10 s", "too long") from None
    except BaseException as error:
        # The frames of an answer that filled the memory would keep it allocated.
        traceback.clear_frames(error.__traceback__)
        raised = "" if isinstance(error, AssertionError) else f" ({type(error).__name__} raised)"
        message = textwrap.fill(f"Your answer: {misconception}{raised}. {cure}", 78)
        raise Mistake(f"{message}\n{place(section)}", misconception) from None


def raises(call: Callable[[], Any], error: type[Exception] = ValueError) -> bool:
    """Return whether a call raises this error.

    An error without a message and an error of another kind are reported as separate misconceptions.
    A warning does not count as an error, because the function goes on and returns.
    """
    try:
        call()
    except error as refusal:
        if not str(refusal).strip():
            raise Mistake(
                "Your answer: refuses without a word. Say what is wrong with the input:\n"
                f'raise {error.__name__}("...")',
                "refuses without a word",
            ) from None
        return True
    except (AssertionError, MemoryError, NotImplementedError, Warning, Mistake):
        raise
    except Exception as other:
        raise Mistake(
            f"Your answer: meets bad input with another error ({type(other).__name__}). Instead:\n"
            f'raise {error.__name__}("...")',
            "meets bad input with another error",
        ) from None
    return False


def check(number: str, *functions: Any, source: str = "", seed: str = "") -> None:
    """Run the hidden checks of one exercise; the first failure raises `Mistake`.

    Parameters
    ----------
    number : str
        Such as ``"1.1"``.
    *functions : Any
        The student's functions, in the order of the exercise's stub.
    source : str
        All the code of the notebook, searched for forbidden imports.
    seed : str
        The cohort's seed, which determines the hidden inputs.
    """
    this = find(number)
    for name in this.forbidden:
        if uses(source, name):
            raise Mistake(f"{name} is what exercise {number} asks for: write it yourself", name)
    digest = hashlib.sha256(f"{seed}:{number}".encode()).digest()
    rng = np.random.default_rng(list(digest))
    quiet = io.StringIO()  # a student's function could print hidden inputs
    with (
        contextlib.redirect_stdout(quiet),
        contextlib.redirect_stderr(quiet),
        warnings.catch_warnings(),
        np.errstate(all="warn", under="ignore"),
        reason("raises an error", "Valid input must be answered.", f"{number.split('.')[0]}.1"),
    ):
        warnings.simplefilter("error")
        this.body(*functions, rng)


def grade(number: str, *functions: Any) -> None:
    """Run the hidden checks inside a graded notebook and print a receipt.

    The receipt proves that the checks ran to the end: a cell that was changed to do nothing prints
    none and earns no points.
    """
    given = json.loads(GRADING.read_text(encoding="utf-8")) if GRADING.exists() else {}
    check(number, *functions, source=_notebook_source(), seed=given.get("seed", ""))
    receipt = given.get("receipts", {}).get(number, "")
    print(f"All hidden checks of exercise {number} passed. Receipt {receipt}.")


def _notebook_source() -> str:
    from IPython import get_ipython

    shell = get_ipython()
    return "" if shell is None else "\n".join(map(str, shell.user_ns.get("In", [])))


def uses(source: str, dotted: str) -> bool:
    """Return whether code imports a name, under any alias, or uses it through its module.

    The name may be that of a whole module, such as ``torch``.

    >>> uses("from lib.bernoulli import mle as m", "lib.bernoulli.mle")
    True
    >>> uses("from lib.bernoulli import counts", "lib.bernoulli.mle")
    False
    """
    module, _, name = dotted.rpartition(".")
    aliases: dict[str, str] = {}
    for line_group in _parsed(source):
        for node in ast.walk(line_group):
            if isinstance(node, ast.ImportFrom) and not node.level:
                if f"{node.module}.".startswith(f"{dotted}."):
                    return True
                for item in node.names:
                    full = f"{node.module}.{item.name}"
                    if full == dotted or (node.module == module and item.name == "*"):
                        return True
                    aliases[item.asname or item.name] = full
            elif isinstance(node, ast.Import):
                for item in node.names:
                    if f"{item.name}.".startswith(f"{dotted}."):
                        return True
                    top = item.name if item.asname else item.name.split(".")[0]
                    aliases[item.asname or top] = top
            elif isinstance(node, ast.Constant) and node.value in {module, dotted} - {""}:
                return True  # importlib.import_module("lib.bernoulli")
    for line_group in _parsed(source):
        for node in ast.walk(line_group):
            if isinstance(node, ast.Attribute) and node.attr == name:
                head, _, rest = ast.unparse(node).partition(".")
                if f"{aliases.get(head, head)}.{rest}" == dotted:
                    return True
    return False


@functools.cache  # it is asked for every forbidden name; nobody changes the trees
def _parsed(source: str) -> list[ast.Module]:
    """Parse code; if it does not parse as a whole, keep the lines that parse on their own."""
    try:
        return [ast.parse(source)]
    except SyntaxError:
        trees = []
        for line in source.splitlines():
            with contextlib.suppress(SyntaxError, ValueError):
                trees.append(ast.parse(line.strip()))
        return trees
