"""Read wrong answers, which are written as replacements in a right one.

The wrong answers to an exercise are in one file, ``exercises/wrong/CHAPTER/1_3_mle.diff`` for
exercise 1.3. It reads like any diff, but has names where others have line numbers::

    Wrong answers to exercise 1.3.

    @@ takes the odds @@
    -    return k / n
    +    return k / (n - k)

The name is the misconception that the hidden checks must find in the answer. Below it are one or
more replacements, separated by blank lines. Each is a few lines of the solution: lines with a minus
are removed, lines with a plus are added, lines with a space stay and give the position. The removed
and unchanged lines together must occur exactly once.

An answer that has little in common with the solution is written in full: every line begins with a
plus. If several answers share another body, that body comes first as ``@@ base @@``, with a space
before every line, and the replacements below it apply to it instead of the solution. If the body is
itself a wrong answer, its header has the name: ``@@ base: takes the odds @@``. Text before the
first header is a comment. A line that begins with ``! `` below a header says which sentence of the
statement the answer breaks; `course.sentences` reads it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache

HEADER = re.compile(r"@@ (?P<name>\S.*) @@")
BASE = "base"
MARKER = re.compile(r"\s*### (BEGIN|END) SOLUTION")


@cache  # each file is asked for by several tests while they are collected
def read_wrong_answers(text: str, solution: str, file: str) -> dict[str, str]:
    """Return the code of every wrong answer, by the name of its misconception.

    Parameters
    ----------
    text : str
        The file's content.
    solution : str
        The code in which lines are replaced, up to the file's first base.
    file : str
        The file's name, for error messages.

    Raises
    ------
    ValueError
        If the file is not written as described above; if a replacement's lines do not occur in the
        base, or occur more than once, or change nothing; if an answer is not Python, or is the same
        as the base, the solution or another answer. The message names file and answer.
    """
    base = [line for line in solution.splitlines() if not MARKER.match(line)]
    seen = {_syntax(solution): "the solution"}
    found: dict[str, str] = {}
    for name, lines in _sections(text, file):
        where = f"{file}, answer {name!r}"
        if name == BASE or name.startswith(f"{BASE}: "):
            base = _base(lines, where)
            name = name.removeprefix(BASE).removeprefix(": ")
            code = base
            if not name:
                seen.setdefault(_python(code, where), "the base")
                continue
        else:
            code = _replace(lines, base, where)
        if name in found:
            raise ValueError(f"{where}: there are two answers of this name; change one")
        syntax = _python(code, where)
        if syntax in seen:
            raise ValueError(f"{where}: it is the same code as {seen[syntax]}; change or remove it")
        seen[syntax] = repr(name)
        found[name] = "\n".join(code) + "\n"
    return found


def _sections(text: str, file: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each header's name and the lines below it, without leading or trailing blank lines."""
    name = ""
    lines: list[str] = []
    for number, line in enumerate([*text.splitlines(), "@@ end of the file @@"], start=1):
        if not line.startswith("@@"):
            if not line.startswith("! "):
                lines.append(line)
            continue
        header = HEADER.fullmatch(line)
        if not header:
            raise ValueError(f"{file}, line {number}: write a header as '@@ name @@', not {line!r}")
        if name:
            yield name, "\n".join(lines).strip("\n").split("\n")
        name, lines = header["name"], []


def _base(lines: Sequence[str], where: str) -> list[str]:
    """Return the code of a base, whose lines begin with a space each."""
    for line in lines:
        if line and not line.startswith(" "):
            raise ValueError(f"{where}: each line of a base begins with a space, not {line!r}")
    return [line[1:] for line in lines]


def _replace(lines: Sequence[str], base: Sequence[str], where: str) -> list[str]:
    """Return the base with an answer's replacements, or the answer itself if it is complete."""
    for line in lines:
        if line and line[0] not in " -+":
            raise ValueError(f"{where}: a line begins with '-', '+' or a space, not {line!r}")
    if any(lines) and all(line.startswith("+") for line in lines):
        return [line[1:] for line in lines]
    edits: list[tuple[int, int, list[str]]] = []
    for hunk in _hunks(lines):
        old = [line[1:] for line in hunk if line[0] in " -"]
        new = [line[1:] for line in hunk if line[0] in " +"]
        shown = "\n".join(hunk)
        if not old:
            raise ValueError(
                f"{where}: a replacement only adds; add the line before or after it, "
                f"behind a space:\n{shown}"
            )
        if old == new:
            raise ValueError(f"{where}: a replacement changes nothing:\n{shown}")
        starts = [i for i in range(len(base)) if list(base[i : i + len(old)]) == old]
        if not starts:
            raise ValueError(
                f"{where}: these lines do not follow one another in the code that is changed:\n"
                + "\n".join(old)
            )
        if len(starts) > 1:
            raise ValueError(
                f"{where}: these lines occur {len(starts)} times in the code that is changed; "
                "add a line before or after them, behind a space:\n" + "\n".join(old)
            )
        edits.append((starts[0], starts[0] + len(old), new))
    if not edits:
        raise ValueError(f"{where}: there is nothing below its header")
    result: list[str] = []
    done = 0
    for start, stop, new in sorted(edits):
        if start < done:
            raise ValueError(f"{where}: two replacements change the same line:\n{base[start]}")
        result += [*base[done:start], *new]
        done = stop
    return [*result, *base[done:]]


def _hunks(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the replacements of an answer, which are separated by blank lines."""
    for run in "\n".join(lines).split("\n\n"):
        if run.strip("\n"):
            yield run.strip("\n").split("\n")


def _python(code: Sequence[str], where: str) -> str:
    try:
        return _syntax("\n".join(code))
    except SyntaxError as error:
        raise ValueError(f"{where}: line {error.lineno} is not Python: {error.text}") from None


def _syntax(code: str) -> str:
    """Return the syntax tree as text, without comments and docstrings."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) and len(node.body) > 1:
            del node.body[0]
    return ast.dump(tree)
