"""A notebook's cells in processes of the student's, its checks in the judge's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course.contents import Chapter
from grading.judge.start import NotJudged, judge_notebook
from tests.grading.notebooks import FIRST, fenced

pytestmark = pytest.mark.slow
SETUP = (
    "from fractions import Fraction\n\nimport numpy as np\nfrom check import expect, expect_true"
)
RIGHT = {e.number: e.source("answer") for e in Chapter(FIRST).exercises}
HIDDEN = {
    e.number: f"from hidden import grade\n\ngrade({e.number!r}, {', '.join(e.functions)})"
    for e in Chapter(FIRST).exercises
}


def marked(source: str, name: str) -> Any:
    grade = name.startswith(("visible", "hidden"))
    mark = {"grade_id": name, "grade": grade, "solution": False}
    return new_code_cell(source, metadata={"nbgrader": mark})


def judged(*cells: Any, **options: Any) -> list[nbformat.NotebookNode]:
    """Return the cells with their outputs, after the setup."""
    all_cells = [marked(SETUP, "setup"), *cells]
    done = judge_notebook(
        new_notebook(cells=all_cells),
        ["1.1"],
        own_user=os.getuid() == 0 and fenced(),
        **{"cell_seconds": 10, "seconds": 120, **options},
    )
    return list(nbformat.from_dict(done).cells[1:])


def told(cell: nbformat.NotebookNode) -> str:
    """Return what a cell shows, as text."""
    return "\n".join(_texts(cell))


def _texts(cell: nbformat.NotebookNode) -> Iterator[str]:
    for output in cell.outputs:
        if output.output_type == "error":
            yield f"{output.ename}: {output.evalue}"
        elif output.output_type == "stream":
            yield f"{output.name}: {output.text}"
        else:
            yield f"{output.output_type}: {output.data['text/plain']}"


def test_what_cells_show() -> None:
    cells = judged(
        new_code_cell("print('a'); import sys; print('b', file=sys.stderr)\nprint('c')\n1 + 1"),
        new_code_cell("_ * 3"),
        new_code_cell("display('shown')\nx = 5;"),
        new_code_cell("%time x += 1\nx"),
        new_code_cell("!echo from the shell"),
        new_code_cell("1 / 0"),
        new_code_cell("if x"),
        new_code_cell("import asyncio\nawait asyncio.sleep(0)\ninput()"),
        new_code_cell("%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);"),
        new_code_cell("%%writefile own.py\nx = 3"),
        new_code_cell("import own\nown.x"),
    )
    assert told(cells[0]) == "stdout: a\n\nstderr: b\n\nstdout: c\n\nexecute_result: 2"
    assert told(cells[1]) == "execute_result: 6"
    assert told(cells[2]) == "display_data: 'shown'"
    assert "execute_result: 6" in told(cells[3])
    assert "from the shell" in told(cells[4])
    assert told(cells[5]) == "ZeroDivisionError: division by zero"
    assert "----> 1 1 / 0" in "\n".join(cells[5].outputs[0].traceback)
    assert "SyntaxError" in told(cells[6])
    assert "EOFError: nobody is there" in told(cells[7])
    assert "image/png" in cells[8].outputs[0].data
    assert told(cells[10]) == "execute_result: 3"
    assert [cell.execution_count for cell in cells] == list(range(2, 13))
    nbformat.validate(new_notebook(cells=cells))


def test_a_check_meets_the_answers_as_they_are_where_it_stands() -> None:
    right, visible, own, again, other = judged(
        marked(RIGHT["1.1"], "answer-1-1"),
        marked("expect_true(sequence_probability('b', 0.5) == 0.5, '', idea='', section='1.1')",
               "visible-1-1"),
        new_code_cell("def sequence_probability(seq, theta): return 7"),
        marked(HIDDEN["1.1"], "hidden-1-1"),
        marked("print(sequence_probability('b', 0.5))", "visible-1-1"),
    )  # fmt: skip
    assert told(right) == told(visible) == told(own) == ""
    assert "Mistake: Your answer:" in told(again)
    assert told(other) == "stdout: 7\n"


def test_what_was_asked_by_hidden_checks_is_shown_by_nothing() -> None:
    answer = (
        "import mmap, pathlib\nshared = mmap.mmap(-1, 100)\n"
        "class Told(Exception): pass\n"
        "def sequence_probability(seq, theta):\n"
        "    print(bytes(shared[:]).strip(b'\\0'))\n"
        "    pathlib.Path('asked').write_text(f'{seq} {theta}')\n"
        "    shared.seek(0)\n    shared.write(repr((seq, theta)).encode()[:99])\n"
        "    raise type(f'Told{seq}', (Exception,), {})('hidden ' + seq)\n"
    )
    cells = judged(
        marked(answer, "answer-1-1"),
        marked(HIDDEN["1.1"], "hidden-1-1"),
        new_code_cell("import os\nprint(os.path.exists('asked'), bytes(shared[:]).strip(b'\\0'))"),
        marked("print(sequence_probability('bw', 0.25))", "visible-1-1"),
    )
    assert "(Exception raised)" in told(cells[1])
    assert told(cells[2]) == "stdout: False b''\n"
    assert told(cells[3]) == "stdout: b''\n\nException: hidden bw"


def test_warnings_errors_and_prints_of_a_visible_check() -> None:
    answer = (
        "import sys, warnings\n"
        "def sequence_probability(seq, theta):\n"
        "    print('printed'); print('red', file=sys.stderr)\n"
        "    warnings.warn('careful', RuntimeWarning)\n"
        "    theta[0] = 9\n    seq.append('x')\n    raise KeyError('words')\n"
    )
    check = (
        "theta, seq = np.zeros(2), ['a']\n"
        "try:\n    sequence_probability(seq, theta)\n"
        "except KeyError as error:\n    print(error, theta, seq)"
    )
    _, cell = judged(marked(answer, "answer-1-1"), marked(check, "visible-1-1"))
    assert told(cell) == (
        "stdout: printed\n\nstderr: red\nRuntimeWarning: careful\n\n"
        "stdout: 'words' [9. 0.] ['a', 'x']\n"
    )


def test_what_is_not_defined() -> None:
    cells = judged(
        new_code_cell("sequence_probability = 5"),
        marked(HIDDEN["1.1"], "hidden-1-1"),
        new_code_cell("del sequence_probability"),
        marked(HIDDEN["1.1"], "hidden-1-1"),
    )
    assert "TypeError raised" in told(cells[1])
    assert told(cells[3]) == "NameError: name 'sequence_probability' is not defined"


def test_a_cell_that_kills_its_process_takes_nothing_with_it() -> None:
    cells = judged(
        new_code_cell("x = 1"),
        new_code_cell("x = 2\nimport os\nos.abort()"),
        new_code_cell("x"),
    )
    assert "the process was killed" in told(cells[1])
    assert told(cells[2]) == "execute_result: 1"


def test_a_process_with_threads_is_not_forked() -> None:
    """Threads do not survive a fork, and who waits for one would wait for ever."""
    cells = judged(
        new_code_cell(
            "import queue, threading\nasked, said = queue.Queue(), queue.Queue()\n"
            "def work():\n    while True: said.put(asked.get() + 1)\n"
            "threading.Thread(target=work, daemon=True).start()"
        ),
        marked(
            RIGHT["1.1"] + "\nright = sequence_probability\n"
            "def sequence_probability(seq, theta):\n"
            "    asked.put(1)\n    assert said.get(timeout=5) == 2\n    return right(seq, theta)",
            "answer-1-1",
        ),
        marked(HIDDEN["1.1"], "hidden-1-1"),
        new_code_cell("asked.put(5)\nsaid.get(timeout=5)"),
    )
    assert told(cells[2]) == "stdout: All hidden checks of exercise 1.1 passed.\n"
    assert told(cells[3]) == "execute_result: 6"


def test_what_is_forbidden_is_searched_in_the_cells_so_far() -> None:
    cells = judged(
        marked(RIGHT["1.1"], "answer-1-1"),
        marked(HIDDEN["1.1"], "hidden-1-1"),
        new_code_cell("from lib.bernoulli import sequence_probability"),
        marked(HIDDEN["1.1"], "hidden-1-1"),
    )
    assert "passed" in told(cells[1])
    assert "is what exercise 1.1 asks for" in told(cells[3])


def test_in_all_there_is_so_much_time() -> None:
    with pytest.raises(NotJudged, match="stopped after 3 s in all") as stopped:
        judged(new_code_cell("import time\ntime.sleep(60)"), cell_seconds=100, seconds=3)
    assert stopped.value.passing


LOANS = """\
import numpy as np

kept = []
class Odd:
    pass
def total(rule, xs): return sum(rule(x) for x in xs)
def doubled(rules): return [rule(np.array([1.0, 2.0]), by=2) for rule in rules]
def keep(rule, xs):
    xs.append(rule(0))
    kept.append(rule)
def late(rule, xs): return kept[0](1)
def caught(rule):
    try:
        return rule(-1)
    except ValueError as error:
        return f"caught: {error}"
def quiet(rule):
    with np.errstate(all="ignore"):
        return rule(-1)
def strange(rule): return rule(Odd())
def back(rule): return rule, rule(3)
def own(rule): return lambda: 3
def double(x): return 2 * x
def endless(rule):
    while True:
        rule(1)
def dies(rule):
    import os
    rule(1)
    os._exit(3)
"""


def test_a_check_lends_functions_of_its_own() -> None:
    """No code crosses: the judge calls them, as often as the answer asks."""
    cells = judged(
        new_code_cell(LOANS),
        marked(
            "seen = []\ndef rule(x, by=1):\n    seen.append(x)\n    return x * by\n\n"
            "expect(total(rule, range(1000)), 499500, 'total', idea='', section='1.1')\n"
            "expect(len(seen), 1000, 'calls', idea='', section='1.1')\n"
            "expect(doubled([rule, rule]), [[2, 4], [2, 4]], 'doubled', idea='', section='1.1')\n"
            "doubled([np.multiply])",
            "visible-1-1",
        ),
        marked(
            "xs = []\nkeep(lambda x: x + 7, xs)\nprint(xs)\n"
            "expect(late(abs, []), 1, '', idea='', section='1.1')",
            "visible-1-1",
        ),
        marked(
            "def rule(x):\n    raise ValueError(f'{x} is below 0')\n\n"
            "print(caught(rule))\nprint(back(abs)[0] is abs, back(abs)[1])\nquiet(rule)",
            "visible-1-1",
        ),
        marked("strange(abs)", "visible-1-1"),
        marked("own(abs)", "visible-1-1"),
        marked(
            "print(total(double, [1, 2]), *(f is double for f in back(double)[:1]))", "visible-1-1"
        ),
        marked("endless(abs)", "visible-1-1"),
        marked("dies(abs)", "visible-1-1"),
        cell_seconds=4,
    )
    twice, late, caught, strange, own, students, endless, dies = map(told, cells[1:])
    assert "TypeError: multiply() takes" in twice  # the judge's error, and no other before it
    assert "stdout: [7]" in late
    assert "RuntimeError: this function was lent for an earlier call" in late
    assert "caught: -1 is below 0\nTrue 3" in caught
    assert "ValueError: -1 is below 0" in caught
    assert "a Odd is no plain value" in strange
    assert "a function is no plain value" in own
    assert students.strip() == "stdout: 6 True"
    assert "takes too long" in endless
    assert "has ended" in dies or "was killed" in dies


def called(answer: str, check: str) -> str:
    """Return what a check shows that calls the function of an answer with one of its own."""
    _, cell = judged(marked(answer, "answer-1-1"), marked(check, "visible-1-1"))
    return told(cell)


def test_a_function_as_argument_stays_with_the_judge() -> None:
    answer = (
        "def sequence_probability(model, times):\n"
        "    times.append(3)\n"
        "    return [model(np.arange(n), power=2) for n in range(3)]"
    )
    check = (
        "asked, times = [], []\n"
        "def model(array, power):\n"
        "    asked.append(len(array))\n    return array**power\n"
        "print(sequence_probability(model, times)[2], asked, times)"
    )
    assert called(answer, check) == "stdout: [0 1] [0, 1, 2] [3]\n"


def test_an_error_of_a_function_as_argument() -> None:
    answer = (
        "def sequence_probability(f, catch):\n"
        "    try:\n        return f(1)\n"
        "    except caught[catch] as error:\n"
        "        return [type(error).__name__, str(error)]\n"
        "caught = {'all': Exception, 'none': ()}"
    )
    check = (
        "class Own(BaseException):\n    pass\n"
        "def own(x):\n    raise Own(x)\n"
        "print(sequence_probability(lambda x: [][x], 'all')[0])\n"
        "print(sequence_probability(lambda x: open, 'all')[0])\n"
        "for catch in ('all', 'none'):\n"
        "    try:\n        sequence_probability(own, catch)\n"
        "    except Own as error:\n        print('the same', error)\n"
        "sequence_probability(lambda x: 1 / 0, 'none')"
    )
    assert called(answer, check) == (
        "stdout: IndexError\nTypeError\nthe same 1\nthe same 1\n\n"
        "ZeroDivisionError: division by zero"
    )


def test_a_generator_as_argument_is_read_as_far_as_is_wanted() -> None:
    answer = "def sequence_probability(entries):\n    return next(entries) + next(entries)"
    check = (
        "def endless():\n    n = 0\n    while True:\n        n += 1\n        yield n\n"
        "entries = endless()\nprint(sequence_probability(entries), next(entries))"
    )
    assert called(answer, check) == "stdout: 3 3\n"
