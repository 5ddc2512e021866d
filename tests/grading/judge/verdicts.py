"""What the visible and hidden checks say of every answer: in one process, and by the judge."""

from __future__ import annotations

import contextlib
import io
import signal
import warnings
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import hidden
from nbformat.v4 import new_code_cell, new_notebook

from course.contents import Exercise
from grading.judge.session import LATE, TOO_LONG
from grading.judge.start import judge_notebook
from tests.exercises.answers import alternatives, notebook, run, solution, unanswered, wrong_answers

PASSED = ""
# Answers in a notebook. Two processes wait for the checks of each, and a student has 128.
TOGETHER = 50


def answers(exercise: Exercise) -> dict[str, str]:
    """Return all answers to an exercise, by kind and name: right, blank, alternative, wrong."""
    found = {"right": solution(exercise), "blank": unanswered(exercise)}
    found |= {f"alternative: {name}": text for name, text in alternatives(exercise).items()}
    return found | {f"wrong: {name}": text for name, text in wrong_answers(exercise).items()}


SECONDS = 10  # of processor time for the checks of an answer; some never end


def batched(items: Iterable[Any]) -> Iterator[list[Any]]:
    """Return the items in lists."""
    left = iter(items)
    while part := list(islice(left, TOGETHER)):
        yield part


def here(exercise: Exercise, answer: str, seed: str = "") -> tuple[str, str]:
    """Return what the visible and the hidden checks say in this process."""
    return tuple(_said(exercise, answer, seed, kind) for kind in ("visible", "hidden"))  # type: ignore[return-value]


def _said(exercise: Exercise, answer: str, seed: str, kind: str) -> str:
    printed = io.StringIO()

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    namespace = run(exercise, answer)
    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            if kind == "hidden":
                functions = [namespace[name] for name in exercise.functions]
                hidden.check(exercise.number, *functions, source=answer, seed=seed)
            else:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    exec(compile(exercise.source("visible"), "visible", "exec"), namespace)
    except KeyboardInterrupt:
        return f"{LATE}: takes too long: {TOO_LONG}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return PASSED


def by_the_judge(
    given: list[tuple[Exercise, str, str]], seconds: float, **options: Any
) -> dict[tuple[str, str], tuple[str, str]]:
    """Return what the judge says of each answer, by its exercise and name.

    All exercises are of one chapter. Many answers are cells of one notebook. The checks of each
    have so many seconds.
    """
    said: dict[tuple[str, str], tuple[str, str]] = {}
    for part in batched(given):
        chapter = part[0][0].chapter
        cells = [_cell(_setup(chapter), "setup")]
        for at, (exercise, _, answer) in enumerate(part):
            number = exercise.number.replace(".", "-")
            # As if it were the only answer: what is forbidden to one may be allowed to another.
            cells.append(_cell(answer, f"answer-{number}-{at}"))
            for kind in ("visible", "hidden"):
                cells.append(_cell(exercise.source(kind), f"{kind}-{number}", grade=True))
        numbers = sorted({exercise.number for exercise, _, _ in part})
        judged = judge_notebook(
            new_notebook(cells=cells), numbers, cell_seconds=seconds, seconds=3000, **options
        )
        each = iter(_said_in(judged["cells"]))
        said |= {(e.number, name): (next(each), next(each)) for e, name, _ in part}
    return said


def _said_in(cells: list[Any]) -> Iterator[str]:
    for cell in cells:
        if cell["metadata"]["nbgrader"]["grade"]:
            wrong = [o for o in cell["outputs"] if o["output_type"] == "error"]
            yield f"{wrong[0]['ename']}: {wrong[0]['evalue']}" if wrong else PASSED


def _setup(chapter: str) -> str:
    cells = {
        c.metadata.get("nbgrader", {}).get("grade_id"): c.source for c in notebook(chapter).cells
    }
    return str(cells["setup"])


def _cell(source: str, name: str, grade: bool = False) -> Any:
    mark = {"grade_id": name, "grade": grade, "solution": False}
    return new_code_cell(source, metadata={"nbgrader": mark})
