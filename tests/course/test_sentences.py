"""Every sentence of a statement has a wrong answer that breaks it, or demands nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import hidden
import pytest

from course import contents, sentences
from course.contents import ROOT, Exercise

WRONG = ROOT / "exercises" / "wrong"
each = pytest.mark.parametrize("exercise", contents.exercises(), ids=lambda each: each.number)


@each
def test_whatever_is_demanded_is_left_out_by_somebody(exercise: Exercise) -> None:
    found = sentences.read(exercise, sentences.file_of(exercise, WRONG))
    untested = [each.text for each in found if not each.why_not and not each.broken_by]
    assert not untested, "write a wrong answer that breaks only this, with a line '! '"
    idle = [each.text for each in found if each.why_not and each.broken_by]
    assert not idle, "it demands something after all: remove the line that says it does not"
    assert sum(bool(each.broken_by) for each in found) >= 2


@each
def test_a_sentence_that_forbids_names_them(exercise: Exercise) -> None:
    """Whether their imports are refused, `tests/exercises/test_answers.py` asks for each name."""
    found = sentences.read(exercise, sentences.file_of(exercise, WRONG))
    said = " ".join(each.text for each in found if each.why_not.startswith("forbidden"))
    names = {name.rpartition(".")[2] for name in hidden.find(exercise.number).forbidden}
    assert not said or any(re.search(rf"`[\w.]*\b{name}`", said) for name in names)


STATEMENT = """\
## Exercise 1.1 · Halves

★ · objective 1 · about 5 minutes · 2 points

Write `half(x)`. It is $x/2$ for every number, e.g. `half(3.0)` is 1.5.
An **even** number gives an integer! The rest:

- nothing is `0`;
- a text is refused. So is a list.
   1. Of lists, all.

| Case | Result |
| --- | --- |
| `a | b` | one. |

```python
half = 0.5
```

**Example.** `half(4)` is 2.

<details><summary>Hint</summary>

Halve it. Then halve it.

</details>
"""
SPLIT = [
    "Write `half(x)`.",
    "It is $x/2$ for every number, e.g. `half(3.0)` is 1.5.",
    "An **even** number gives an integer!",
    "The rest:",
    "nothing is `0`;",
    "a text is refused.",
    "So is a list.",
    "Of lists, all.",
    "| `a | b` | one. |",
]


def test_a_statement_is_split_into_sentences() -> None:
    assert sentences.split(STATEMENT) == SPLIT


class Halves:
    """An exercise with the statement above."""

    number = "1.1"

    def source(self, kind: str) -> str:
        assert kind == "statement"
        return STATEMENT


def read(folder: Path, *lines: str) -> list[sentences.Sentence]:
    path = folder / "1_1_halves.diff"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    exercise: Any = Halves()
    return sentences.read(exercise, path)


def test_answers_and_silences_are_found(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "Wrong answers.",
        "? The rest:",
        "= nothing is...",
        "@@ doubles @@",
        "! It is $x/2$ ...",
        "-    return x / 2",
        "+    return x * 2",
        "@@ base: keeps @@",
        "! It is $x/2$ ...",
        "! So is a list.",
        " x",
    )
    assert [each.text for each in found] == SPLIT
    assert [each.text for each in found if each.why_not == "demands nothing"] == ["The rest:"]
    assert [each.text for each in found if each.why_not.startswith("forbidden")] == [SPLIT[4]]
    assert found[1].broken_by == ["doubles", "keeps"]
    assert found[6].broken_by == ["keeps"]
    assert sum(len(each.broken_by) for each in found) == 3


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["@@ a @@", "! So is a set."], "line 2: 0 sentences of the statement fit 'So is a set.'"),
        (["@@ a @@", "! So is a"], "0 sentences"),
        (["@@ a @@", "! ..."], "9 sentences"),
        (["! So is a list."], "line 1: write '! ' below a header"),
        (["@@ a @@", "? The rest:"], "line 2: write '! ' below a header"),
    ],
)
def test_a_line_that_fits_no_sentence_or_several_is_refused(
    tmp_path: Path, lines: list[str], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        read(tmp_path, *lines)
