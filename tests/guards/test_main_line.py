"""A chapter's main line is short enough, and its figures have captions and numbers."""

from pathlib import Path
from typing import Any

import pytest

from course.guards import CHAPTERS, NOTEBOOKS, main_line, read
from course.guards.main_line import CODE_CELLS, GUESSES, SECTIONS, WORDS, Length, figures, length
from course.guards.samples import ALT, code, figure, save, shown, text

HEAD = text("## 3.1 A section")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook(path: Path) -> None:
    found = main_line.check(path)
    assert not found, "\n".join(map(str, found))


def test_what_everybody_reads_is_counted(tmp_path: Path) -> None:
    path = save(
        tmp_path,
        text("# 3 · A chapter: with a subtitle"),
        text(
            "## 3.1 One section\n\n> **Guess first.** How many?\n\nFive [words](a.md#b) of prose."
        ),
        code("x = 1"),
        code("y = 2", tags=["hide-input"]),
        text("## A heading without a number"),
    )
    # 8 in the title, 4 in the heading, 5 in the question, 4 in the sentence, 6 in the last line
    assert length(read(path)) == Length(sections=1, code_cells=2, words=27, guesses=1)


@pytest.mark.parametrize(
    "skipped",
    [
        code("x = 1", tags=["hide-cell"]),
        code("x = 1", tags=["remove-cell"]),
        text("$$\nx = 1 + 1\n$$"),
        text("| a | table |\n| --- | --- |\n| of | words |"),
        text("<details><summary>Check it</summary>\n\nMany words.\n</details>"),
        text("<!-- a comment -->"),
        text("## Quiz\n\nChoose. **Guess first.**"),
    ],
    ids=["folded", "removed", "formula", "table", "fold", "comment", "quiz"],
)
def test_what_may_be_skipped_is_not_counted(tmp_path: Path, skipped: Any) -> None:
    path = save(tmp_path, text("## 3.1 A section"), skipped)
    assert length(read(path)) == Length(sections=1, code_cells=0, words=4, guesses=0)


def test_text_after_the_quiz_is_counted(tmp_path: Path) -> None:
    path = save(
        tmp_path, text("## Quiz\n\nOne two."), text("**Question 1.** Three"), text("## End")
    )
    assert length(read(path)).words == 2


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ([text(f"## 1.{n} A") for n in range(1, SECTIONS + 1)], "numbered sections"),
        ([code("x = 1")] * CODE_CELLS, "code cells"),
        ([text("word " * WORDS)], "words"),
        ([text("Guess first. " * GUESSES)], "questions to guess"),
    ],
)
def test_one_too_many_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: list[Any], problem: str
) -> None:
    path = save(tmp_path, *[type(cell)(cell) for cell in cells])
    monkeypatch.setattr(main_line, "CHAPTERS", {1: path.resolve()})
    assert main_line.check(path) == []
    one_more = {
        "numbered sections": text("## 1.10 A"),
        "code cells": code("x = 1"),
        "words": text("word"),
        "questions to guess": text("Guess first."),
    }[problem]
    path = save(tmp_path, *[type(cell)(cell) for cell in cells], one_more)
    (finding,) = main_line.check(path)
    assert finding.problem.endswith(problem + ", more than " + finding.problem.split()[-1])


def test_a_supplement_may_be_longer(tmp_path: Path) -> None:
    path = save(tmp_path, text("## A.1 A section\n\n" + "word " * (WORDS + 1)))
    assert main_line.check(path) == []
    assert length(read(path)).words > WORDS


def problems(path: Path) -> list[str]:
    return [finding.problem for finding in figures(path)]


def test_numbered_figures_pass(tmp_path: Path) -> None:
    explorable = code("f", shown(html='<div class="explorable"><svg></svg></div>'))
    path = save(
        tmp_path,
        *(
            HEAD,
            figure(),
            text("*Figure 3.1.* A curve.\n\nAs in Figure 3.1 and Figure 3.2."),
            explorable,
        ),
        *(code("x = 1"), figure(ALT + " Again."), text("*Figure 3.2.* Another.")),
    )
    assert problems(path) == []


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ([figure()], "a picture has no caption"),
        ([figure(), text("A curve. *Figure 3.1.*")], "a picture has no caption"),
        ([figure(), text("Figure 3.1. A curve.")], "a picture has no caption"),
        ([figure(), code("x"), text("*Figure 3.1.* A curve.")], "a picture has no caption"),
        ([figure(), text("*Figure 3.2.* A gap.")], "this is Figure 3.2"),
        ([figure(), text("*Figure 2.1.* Of another chapter.")], "this is Figure 2.1"),
        ([text("See Figure 3.7.")], "there is no Figure 3.7"),
        ([text("See figures 3.8 and more.")], "there is no Figure 3.8"),
    ],
)
def test_a_wrong_number_is_found(tmp_path: Path, cells: list[Any], problem: str) -> None:
    assert problem in "\n".join(problems(save(tmp_path, HEAD, *cells)))


def test_a_picture_in_a_fold_has_a_number_too(tmp_path: Path) -> None:
    folded = figure()
    folded.metadata["tags"] = ["hide-cell"]
    assert problems(save(tmp_path, HEAD, folded)) == ["a picture has no caption"]


def test_the_limits_are_those_of_the_chapters() -> None:
    assert (SECTIONS, CODE_CELLS, WORDS, GUESSES) == (9, 28, 3300, 3)
    assert len(CHAPTERS) >= 5
