"""The verdicts of the hidden and visible checks on every answer: in one process, and by the judge."""

from __future__ import annotations

import contextlib
import io
import signal
import time
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
TOGETHER = 25  # answers in a notebook; two processes wait for the checks of each


def answers(exercise: Exercise) -> dict[str, str]:
    """Return all answers to an exercise, by kind and name: right, blank, alternative, wrong."""
    found = {"right": solution(exercise), "blank": unanswered(exercise)}
    found |= {f"alternative: {name}": text for name, text in alternatives(exercise).items()}
    return found | {f"wrong: {name}": text for name, text in wrong_answers(exercise).items()}


SECONDS = 5  # for the checks of an answer; some never end


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

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        namespace = run(exercise, answer)
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
        signal.alarm(0)
    return PASSED


def by_the_judge(
    exercise: Exercise, given: dict[str, str], **options: Any
) -> dict[str, tuple[str, str]]:
    """Return what the judge says of each answer, many of them cells of one notebook."""
    if len(given) > TOGETHER:
        first, *rest = (dict(part) for part in batched(given.items()))
        return by_the_judge(exercise, first, **options) | {
            name: said for part in rest for name, said in by_the_judge(exercise, part, **options).items()
        }
    cells = [_cell(notebook(exercise.chapter).cells[_setup(exercise)].source, "setup")]
    number = exercise.number.replace(".", "-")
    for at, answer in enumerate(given.values()):
        cells.append(_cell(answer, f"answer-{number}-{at}"))
        for kind in ("visible", "hidden"):
            cells.append(_cell(_source(exercise, kind), f"{kind}-{number}", grade=True))
    judged = judge_notebook(new_notebook(cells=cells), [exercise.number], **options)
    said = iter(_said_in(judged["cells"]))
    return {name: (next(said), next(said)) for name in given}


def _said_in(cells: list[Any]) -> Iterator[str]:
    for cell in cells:
        if cell["metadata"]["nbgrader"]["grade"]:
            wrong = [o for o in cell["outputs"] if o["output_type"] == "error"]
            yield f"{wrong[0]['ename']}: {wrong[0]['evalue']}" if wrong else PASSED


def _source(exercise: Exercise, kind: str) -> str:
    return exercise.source(kind)


def _setup(exercise: Exercise) -> int:
    names = [
        c.metadata.get("nbgrader", {}).get("grade_id") for c in notebook(exercise.chapter).cells
    ]
    return names.index("setup")


def _cell(source: str, name: str, grade: bool = False) -> Any:
    mark = {"grade_id": name, "grade": grade, "solution": False}
    return new_code_cell(source, metadata={"nbgrader": mark})


if __name__ == "__main__":
    import os, sys
    from tests.exercises.answers import exercises

    total = [0.0, 0.0]
    n = 0
    bad = 0
    for e in exercises():
        if sys.argv[1:] and e.number not in sys.argv[1:]:
            continue
        given = answers(e)
        t0 = time.time()
        c0 = time.process_time()
        mine = {k: here(e, a) for k, a in given.items()}
        t1 = time.time()
        c1 = time.process_time()
        r0 = os.times()
        theirs = by_the_judge(e, given, own_user=True, seconds=3000, cell_seconds=20 if e.number=="5.3" else SECONDS)
        r1 = os.times()
        t2 = time.time()
        cc = r1.children_user + r1.children_system - r0.children_user - r0.children_system
        total[0] += c1 - c0
        total[1] += cc
        n += len(given)
        d = [k for k in given if mine[k] != theirs[k]]
        bad += len(d)
        print(
            e.number,
            len(given),
            f"here {t1 - t0:.1f} s cpu {c1 - c0:.1f}; judge {t2 - t1:.1f} s cpu(reaped) {cc:.1f}",
            "DIFF" if d else "equal",
            flush=True,
        )
        for k in d[:5]:
            for x, y, w in zip(mine[k], theirs[k], ("visible", "hidden")):
                if x != y:
                    print(
                        "   ",
                        k,
                        w,
                        "\n      here ",
                        repr(x[:300]),
                        "\n      judge",
                        repr(y[:300]),
                        flush=True,
                    )
    print(n, "answers,", bad, "differ", total)
