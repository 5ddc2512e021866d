"""Which wrong answer breaks which sentence of an exercise's statement.

A file of wrong answers (``exercises/wrong``) says so itself. Below a header, ``! `` and a sentence
of the statement say what the answer breaks. Above the first header stand the sentences that no
wrong answer breaks: behind ``? `` those that demand nothing, behind ``= `` those that forbid a
function of a library, each of which a test refuses by its name. A sentence may be cut short with
``...`` where its beginning is enough to tell it from the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from course.contents import Exercise

# What only looks like the end of a sentence: code and formulas.
INSIDE = re.compile(r"`[^`]*`|\$\$.*?\$\$|\$[^$]*\$", re.S)
END = re.compile(r"(?<=[.?!])(?<!e\.g\.)(?<!i\.e\.)(\*{1,2}|[\"”)])?\s+(?=[A-Z`$*\[(\"“])")
BULLET = re.compile(r"(?m)^ *(?:[-*]|\d+\.) +")
CUT = "..."
WHY_NOT = {"? ": "demands nothing", "= ": "forbidden names, each refused by a test"}


@dataclass
class Sentence:
    """A sentence of a statement.

    Attributes
    ----------
    text : str
        As it stands in the statement, on one line.
    broken_by : list of str
        The names of the wrong answers that break it.
    why_not : str
        Why no wrong answer need break it, such as ``demands nothing``; else empty.
    """

    text: str
    broken_by: list[str] = field(default_factory=list)
    why_not: str = ""


def split(statement: str) -> list[str]:
    """Return the sentences that say what an answer must do.

    The title, the line with the points, the examples (which the visible checks try), the hint and
    shown code are left out. An item of a list and a row of a table are sentences.
    """
    text = re.sub(r"<details>.*?</details>", "", statement, flags=re.S)
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        if paragraph.startswith(("#", "★", "**Example", "```")):
            continue
        if paragraph.startswith("|"):
            found += paragraph.splitlines()[2:]
            continue
        for item in _items(paragraph):
            found += _sentences(" ".join(item.split()))
    return found


def file_of(exercise: Exercise, folder: Path) -> Path:
    """Return the file of an exercise's wrong answers.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    folder : Path
        ``exercises/wrong`` of the repository or of a copy.

    Raises
    ------
    ValueError
        If there is none, or there are several.
    """
    name = f"{exercise.number.replace('.', '_')}_*.diff"
    found = sorted((folder / exercise.chapter).glob(name))
    if len(found) != 1:
        raise ValueError(
            f"{folder / exercise.chapter} must hold one file {name}, but has {len(found)}: give "
            f"exercise {exercise.number} one"
        )
    return found[0]


def read(exercise: Exercise, wrong: Path) -> list[Sentence]:
    """Return an exercise's sentences, with the wrong answers that break them.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    wrong : Path
        Its file of wrong answers.

    Raises
    ------
    ValueError
        If a line of the file begins no sentence of the statement, or several.
    """
    sentences = [Sentence(text) for text in split(exercise.source("statement"))]
    answer = ""
    for number, line in enumerate(wrong.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("@@"):
            answer = line.strip("@ ").removeprefix("base: ")
        elif line.startswith(("! ", *WHY_NOT)):
            if (line[0] == "!") != bool(answer):
                raise ValueError(
                    f"{wrong.name}, line {number}: write '! ' below a header, '? ' and '= ' above "
                    "the first"
                )
            sentence = _only(line[2:], sentences, f"{wrong.name}, line {number}")
            if answer:
                sentence.broken_by.append(answer)
            else:
                sentence.why_not = WHY_NOT[line[:2]]
    return sentences


def _only(wanted: str, sentences: list[Sentence], where: str) -> Sentence:
    wanted = wanted.strip()
    start = wanted.removesuffix(CUT).rstrip()
    found = [
        sentence
        for sentence in sentences
        if (sentence.text.startswith(start) if wanted.endswith(CUT) else sentence.text == wanted)
    ]
    if len(found) != 1:
        all_of_them = "\n".join(sentence.text for sentence in sentences)
        raise ValueError(
            f"{where}: {len(found)} sentences of the statement fit {wanted!r}; quote one of these, "
            f"or its beginning and {CUT}\n{all_of_them}"
        )
    return found[0]


def _items(paragraph: str) -> Iterator[str]:
    """Yield the items of a list, without their marks; a paragraph without items is one."""
    begins = [0, *(item.start() for item in BULLET.finditer(paragraph) if item.start())]
    for start, stop in zip(begins, [*begins[1:], None], strict=True):
        yield BULLET.sub("", paragraph[start:stop], count=1)


def _sentences(text: str) -> list[str]:
    """Return the sentences of a text; a full stop within code or a formula ends none."""
    hidden: list[str] = []

    def hide(match: re.Match[str]) -> str:
        hidden.append(match[0])
        # One character on either side, so that what begins or ends with code still does.
        return f"`{len(hidden) - 1}`"

    masked = END.sub(lambda m: (m[1] or "") + "\n", INSIDE.sub(hide, text))
    shown = re.sub(r"`(\d+)`", lambda m: hidden[int(m[1])], masked)
    return [sentence for sentence in shown.split("\n") if sentence.strip()]
