"""Reading the book's facts: what is found, and the messages when a fact is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from course import contents

TOC = """\
parts:
  - caption: The book
    chapters:
      - file: chapters/01_coins
      - file: chapters/02_dice
      - file: chapters/appendix_a
  - caption: To look things up
    chapters:
      - file: chapters/notation
"""
OPENING = """\
# 1 · Coins: heads or tails?

Somebody tosses a coin.

**After this chapter you can**

1. toss a coin;
2. name its sides.

**You need** a coin. **Time**: about 45 minutes.
"""
STATEMENT = (
    "## Exercise 1.1 · Toss\n\n★★ · objectives 1 and 2 · about 20 minutes · 3 points\n\nToss.\n"
)


def cell(source: str, grade_id: str = "") -> dict:
    metadata = {"nbgrader": {"grade_id": grade_id}} if grade_id else {}
    lines = source.splitlines(keepends=True)
    return {"cell_type": "markdown", "metadata": metadata, "source": lines}


def write(path: Path, *cells: dict, **facts: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"cells": cells, "metadata": facts}, ensure_ascii=False), encoding="utf-8"
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "_toc.yml").write_text(TOC, encoding="utf-8")
    sections = cell("## 1.1 Two sides\n\nText.\n\n## 1.2 If it is fair?\n")
    write(
        tmp_path / "chapters" / "01_coins.ipynb", cell(OPENING), sections, course={"aim": "a coin"}
    )
    write(
        tmp_path / "exercises" / "source" / "01_coins" / "01_coins.ipynb",
        cell("# Exercises"),
        cell("import numpy", "setup"),
        cell(STATEMENT, "statement-1-1"),
        cell("def toss():\n    ...", "answer-1-1"),
        cell("expect(toss(), 1)", "visible-1-1"),
        cell('grade("1.1", toss, catch)', "hidden-1-1"),
    )
    write(tmp_path / "chapters" / "02_dice.ipynb", cell("# 2 · Dice\n"))
    appendix = cell("# Appendix A · Coins that stick\n\n## A.1 Products that die\n")
    write(tmp_path / "chapters" / "appendix_a.ipynb", appendix)
    return tmp_path


def test_chapters_come_from_the_table_of_contents(root: Path) -> None:
    first, second = contents.chapters(root)
    assert (first.name, first.number, first.topic, first.title) == ("01_coins", 1, "coins", "Coins")
    assert (second.number, second.title, second.exercises) == (2, "Dice", ())
    assert first.objectives == ("toss a coin", "name its sides")
    assert first.minutes == 45
    assert first.facts == {"aim": "a coin"}


def test_pages_are_in_the_order_of_the_table_and_a_glob_is_what_it_matches(root: Path) -> None:
    toc = TOC.replace("      - file: chapters/notation", "      - glob: exercises/source/*/*")
    (root / "_toc.yml").write_text("root: chapters/index\n" + toc, encoding="utf-8")
    (root / "exercises" / "source" / "01_coins" / "check.py").touch()
    assert contents.pages(root) == (
        "chapters/index", "chapters/01_coins", "chapters/02_dice", "chapters/appendix_a",
        "exercises/source/01_coins/01_coins",
    )  # fmt: skip


def test_sections_have_the_anchors_of_the_built_page(root: Path) -> None:
    chapter, section = contents.sections(root)["1.2"]
    assert chapter.name == "01_coins"
    assert (section.title, section.anchor) == ("If it is fair?", "if-it-is-fair")


def test_a_supplement_is_a_notebook_with_sections_and_no_chapter(root: Path) -> None:
    """Neither is a page of Markdown, such as the notation."""
    (appendix,) = contents.supplements(root)
    assert (appendix.name, appendix.topic) == ("appendix_a", "appendix_a")
    assert appendix.path == root / "chapters" / "appendix_a.ipynb"
    assert contents.notebooks(root) == (*contents.chapters(root), appendix)
    notebook, section = contents.sections(root)["A.1"]
    assert notebook == appendix
    assert (section.title, section.anchor) == ("Products that die", "a-1-products-that-die")


def test_two_sections_with_one_number_are_named(root: Path) -> None:
    write(root / "chapters" / "02_dice.ipynb", cell("# 2 · Dice\n\n## A.1 Six sides\n"))
    with pytest.raises(
        ValueError, match=r"appendix_a\.ipynb and 02_dice\.ipynb have a section A\.1"
    ):
        contents.sections(root)


def test_an_exercise_says_what_its_header_says(root: Path) -> None:
    (exercise,) = contents.exercises(root)
    assert (exercise.chapter, exercise.number, exercise.title) == ("01_coins", "1.1", "Toss")
    assert (exercise.stars, exercise.minutes, exercise.points) == (2, 20, 3)
    assert exercise.objectives == (1, 2)
    assert exercise.functions == ("toss", "catch")
    assert list(exercise.cells) == ["statement", "answer", "visible", "hidden"]


def test_an_hour_is_sixty_minutes(root: Path) -> None:
    opening = OPENING.replace("45 minutes", "an hour")
    write(root / "chapters" / "01_coins.ipynb", cell(opening))
    assert contents.chapters(root)[0].minutes == 60


@pytest.mark.parametrize("numbers", [("02_coins", "01_dice"), ("01_coins", "03_dice")])
def test_chapters_count_from_one(root: Path, numbers: tuple[str, str]) -> None:
    toc = TOC.replace("01_coins", numbers[0]).replace("02_dice", numbers[1])
    (root / "_toc.yml").write_text(toc, encoding="utf-8")
    with pytest.raises(ValueError, match="number them 1, 2, 3"):
        contents.chapters(root)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("Exercise 1.1", "Exercise 1.2", "begin with '## Exercise 1.1"),
        ("about 20 minutes", "for a while", "has no line like"),
        ("★★ ·", "·", "has no line like"),
    ],
)
def test_an_exercise_without_its_header_is_named(
    root: Path, before: str, after: str, message: str
) -> None:
    path = root / "exercises" / "source" / "01_coins" / "01_coins.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")
    (exercise,) = contents.exercises(root)
    with pytest.raises(ValueError, match=message):
        _ = (exercise.title, exercise.points)


@pytest.mark.parametrize(
    ("opening", "fact"), [("# 3 · Coins\n", "title"), ("# 1 · Coins\n", "minutes")]
)
def test_a_chapter_without_its_opening_is_named(root: Path, opening: str, fact: str) -> None:
    write(root / "chapters" / "01_coins.ipynb", cell(opening))
    with pytest.raises(ValueError, match=r"01_coins\.ipynb"):
        getattr(contents.chapters(root)[0], fact)
