"""Every chapter has a quiz that works without a server; a bad quiz is refused."""

from pathlib import Path
from typing import Any

import pytest

from course.guards import CHAPTERS, read
from course.guards.quizzes import LETTERS, WORDS, Option, cells, check, parse, words
from course.guards.samples import code, save, text


def problems(path: Path) -> str:
    return "\n".join(str(finding) for finding in check(path))


@pytest.mark.parametrize("path", CHAPTERS.values(), ids=lambda path: path.stem)
def test_chapter(path: Path) -> None:
    assert path.exists(), f"{path.name} is missing"
    found = problems(path)
    assert not found, found


@pytest.mark.parametrize("path", CHAPTERS.values(), ids=lambda path: path.stem)
def test_the_quiz_stands_between_the_last_section_and_the_misconceptions(path: Path) -> None:
    notebook = read(path)
    section = cells(notebook)
    after = notebook.cells[section[-1][0]]
    assert after.source.startswith("## Misconceptions")
    number = path.name[:2]
    ids = [f"{number}-quiz", *(f"{number}-quiz-{i}" for i in range(1, 6))]
    assert [cell["id"] for _, cell in section] == ids


@pytest.mark.parametrize("path", CHAPTERS.values(), ids=lambda path: path.stem)
def test_the_chapter_leads_to_its_exercises(path: Path) -> None:
    link = f"../exercises/release/{path.stem}/{path.name}"
    start = f"**Exercises.** [The exercises of this chapter]({link}), "
    (line,) = (n for n in read(path).cells[-1].source.splitlines() if n.startswith("**Exercises"))
    assert line.startswith(start)


def fold(letter: str, summary: str, verdict: str, why: str) -> str:
    return f"<details><summary>{letter}) {summary}</summary>\n\n**{verdict}.** {why}\n</details>"


def question(number: int, right: str = "b") -> str:
    folds = [
        fold(
            letter,
            f"Answer {letter}.",
            "Right" if letter == right else "Not quite",
            f"Question {number} is explained here, for option {letter}, with $x^2$.",
        )
        for letter in LETTERS
    ]
    return "\n\n".join([f"**Question {number}.** What is it?", *folds])


def quiz(*sources: str) -> list[Any]:
    written = [text(source) for source in ("## Quiz\n\nChoose an answer.", *sources)]
    for cell in written:
        cell.metadata["tags"] = ["quiz"]
    return [text("# 1 · A chapter"), *written, text("## Misconceptions")]


def good() -> list[str]:
    return [question(number, right) for number, right in enumerate("bacdb", start=1)]


def spoilt(old: str, new: str, at: int = 0) -> list[str]:
    sources = good()
    assert old in sources[at]
    sources[at] = sources[at].replace(old, new, 1)
    return sources


def test_good_quiz_passes(tmp_path: Path) -> None:
    path = save(tmp_path, *quiz(*good()))
    assert problems(path) == ""
    assert [number for number, _ in cells(read(path))] == [2, 3, 4, 5, 6, 7]


def test_a_question_is_read() -> None:
    read_ = parse(question(3, "d"))
    assert (read_.number, read_.text) == (3, "What is it?")
    assert [option.right for option in read_.options] == [False, False, False, True]
    why = "Question 3 is explained here, for option a, with $x^2$."
    assert read_.options[0] == Option("a", "Answer a.", False, why)


def test_words_are_counted_without_tags_and_comments() -> None:
    assert words("<details><summary>a) One two.</summary>\n\n**Right.** <!-- x y --> Three.\n") == 5


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        (spoilt("**Not quite.**", "**Right.**"), "2 options are right"),
        (spoilt("**Right.**", "**Not quite.**"), "0 options are right"),
        (spoilt("**Right.**", "**Yes.**"), "option b is not a fold"),
        (spoilt("</summary>\n\n", "</summary>\n"), "option a is not a fold"),
        (spoilt("\n</details>", ""), "option a is not a fold"),
        (spoilt("</details>\n\n", "</details>\n"), "option a is not a fold"),
        (spoilt("</details>\n\n", "\n\n"), "option a is not a fold"),
        (spoilt("with $x^2$.\n", "with </details>.\n"), "option a is not a fold"),
        (spoilt("Answer a.", "Answer <details>a"), "option a is not a fold"),
        (spoilt("with $x^2$.\n", "with $x^2$.\n\nMore.\n"), "option a is not a fold"),
        (spoilt("summary>b)", "summary>c)"), "option b is called c"),
        (spoilt("**Question 1.** ", ""), "does not begin"),
        (spoilt("is it?", "is it?\n\nThink."), "does not begin"),
        (spoilt("Answer a.", "Answer b."), "two options say the same"),
        (spoilt("Answer a.", "Answer $a$."), "summary of option a"),
        (spoilt("Answer a.", "Answer `a`."), "summary of option a"),
        (spoilt("Answer a.", "Answer *a*."), "summary of option a"),
        (spoilt(" is explained here, for option a, with", ","), "explained in 3 words"),
        (spoilt("for option a", "for option b"), "the same explanation"),
        (spoilt("with $x^2$", "word " * WORDS), "words, more than"),
        (good()[:4], "are [1, 2, 3, 4]"),
        ([*good(), question(5, "c")], "are [1, 2, 3, 4, 5, 5]"),
        ([good()[0].rpartition("\n\n<details>")[0], *good()[1:]], "it has 3 options"),
        ([f"{good()[0]}\n\n{fold('e', 'Answer.', 'Right', 'Why?')}", *good()[1:]], "is called e"),
        ([question(number, "b") for number in range(1, 6)], "all right answers are at b"),
        ([question(number, "bc"[number % 2]) for number in range(1, 6)], "are at b, c"),
    ],
)
def test_bad_quiz_is_refused(tmp_path: Path, sources: list[str], message: str) -> None:
    assert message in problems(save(tmp_path, *quiz(*sources)))


def test_a_chapter_without_a_quiz_is_refused(tmp_path: Path) -> None:
    assert "has no quiz" in problems(save(tmp_path, text("# 1 · A chapter"), text("## Quizzical")))


def test_other_cells_in_the_section_are_refused(tmp_path: Path) -> None:
    first, heading, *rest = quiz(*good())
    stray = save(tmp_path, first, heading, code("x = 1"), *rest)
    assert "cell 3 (code" in problems(stray)
    first, heading, *rest = quiz(*good())
    heading.source += "\n\nMore."
    assert "not the heading of a quiz" in problems(save(tmp_path, first, heading, *rest))
    first, heading, *rest = quiz(*good())
    del rest[0].metadata["tags"]
    assert "cell 3 (markdown" in problems(save(tmp_path, first, heading, *rest))
