"""Item analysis: shares, means and misconceptions by name, for the report and as a page."""

from __future__ import annotations

import ast
import base64
import re
from xml.etree import ElementTree as ET

import hidden
import nbformat
import pytest
from nbformat.v4 import new_output

from course.contents import Chapter
from grading.analysis import Item, analyse, lines, misconceptions, name_of, page
from grading.model import EXERCISES
from grading.nbgrader_course import Points
from tests.grading.notebooks import CHAPTERS, FIRST, answered, grade_id

POINTS = Points(
    {"1.1": 2, "1.2": 3},
    {
        "ann": {"1.1": 2, "1.2": 3},
        "bob": {"1.1": 1, "1.2": 0},
        "cy": {"1.1": 1, "1.2": 3},
        "di": {"1.1": 0, "1.2": 0},
    },
    {"bob": ["1.2"]},
)


def failed(**said: str) -> nbformat.NotebookNode:
    notebook = answered(FIRST)
    for cell in notebook.cells:
        if words := said.get(grade_id(cell).replace("-", "_")):
            cell.outputs = [new_output("error", ename="Mistake", evalue=words, traceback=[words])]
    return notebook


def reasons(chapter: str) -> list[str]:
    """Return all misconceptions that stand in a module of hidden checks as they are."""
    tree = ast.parse((EXERCISES / "hidden" / f"{chapter}.py").read_text(encoding="utf-8"))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    named = [c.args[0] for c in calls if getattr(c.func, "id", "") == "reason" and c.args]
    return [arg.value for arg in named if isinstance(arg, ast.Constant)]


class TestNames:
    @pytest.mark.parametrize("chapter", CHAPTERS)
    @pytest.mark.parametrize("error", [AssertionError, ZeroDivisionError])
    def test_every_misconception_of_the_checks_is_told_by_its_name(
        self, chapter: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(hidden, "place", lambda section: f"section {section}, Title\nhttps://x")
        assert len(reasons(chapter)) > 10
        for misconception in reasons(chapter):
            with (
                pytest.raises(AssertionError) as raised,
                hidden.reason(misconception, "See why. Then go on.", "1.2"),
            ):
                raise error
            assert name_of("Mistake", str(raised.value)) == misconception

    @pytest.mark.parametrize(
        ("error", "words", "name"),
        [
            ("Mistake", "not answered yet: NotImplementedError", "not answered yet"),
            ("Mistake", "takes too long: the checks of an exercise have 10 s", "too long"),
            ("Late", "takes too long: they have 20 s", "too long"),
            ("Mistake", "torch is what exercise 4.1 asks for: write it", "torch is what exercise"),
            ("NameError", "name 'f' is not defined", "NameError"),
            ("Mistake", "Your answer: refuses without a word. Say what", "refuses without a word"),
        ],
    )
    def test_other_messages(self, error: str, words: str, name: str) -> None:
        assert name_of(error, words).startswith(name)

    def test_only_hidden_checks_that_failed_count(self) -> None:
        notebook = failed(hidden_1_1="Your answer: a. B.", visible_1_2="Not yet: f")
        assert misconceptions(notebook) == {"1.1": "a"}


class TestItems:
    def items(self) -> list[Item]:
        said = {
            "bob": failed(hidden_1_1="Your answer: zeta. Cure."),
            "cy": failed(hidden_1_1="Your answer: alpha. Cure.", hidden_1_2="Your answer: x. Y."),
            "di": failed(hidden_1_1="Your answer: zeta. Cure."),
        }
        return analyse(FIRST, POINTS, ["di", "bob", "ann", "cy"], said)

    def test_shares_means_and_names(self) -> None:
        first, second = self.items()
        assert (first.counted, first.right, first.mean, first.share) == (4, 1, 1.0, "25 %")
        assert first.named == (("zeta", 2), ("alpha", 1))
        # Bob's answer to 1.2 is still to be read.
        assert (second.counted, second.right, second.mean, second.share) == (3, 2, 2.0, "67 %")
        task = Chapter(FIRST).exercises[0]
        assert (first.title, first.minutes, first.possible) == (task.title, task.minutes, 2)

    def test_who_could_not_be_graded_does_not_count(self) -> None:
        first, _ = analyse(FIRST, POINTS, ["ann"], {})
        assert (first.counted, first.share) == (1, "100 %")

    def test_the_report(self) -> None:
        _, first, second = lines(self.items())
        assert first == "1.1   25 %  1.0 of 2  zeta (2); alpha (1)"
        assert second == "1.2   67 %  2.0 of 3  x (1)"

    def test_nobody(self) -> None:
        items = analyse(FIRST, POINTS, [], {})
        assert lines(items) == []
        assert [item.share for item in items] == ["–", "–"]
        html = page(FIRST, items, [])
        assert "Nobody has final points yet." in html
        assert "<img" not in html

    def test_the_page(self) -> None:
        html = page(FIRST, self.items(), [5.0, 4.0, 0.0])
        assert html == page(FIRST, self.items(), [5.0, 4.0, 0.0])
        pictures = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]+)">', html)
        assert len(pictures) == 2
        for content, alt in pictures:
            assert ET.fromstring(base64.b64decode(content)).tag.endswith("svg")
            assert len(alt) > 40
        assert "<li>zeta: 2</li><li>alpha: 1</li>" in html
        assert "3 students, 3.0 of 5 points on average" in html
        assert not re.search(r'(?:src|href)="(?!data:)|url\(|<script', html)

    def test_what_a_student_wrote_is_text(self) -> None:
        notebook = failed(hidden_1_1="Your answer: <script>x</script>. B.")
        html = page(FIRST, analyse(FIRST, POINTS, ["ann"], {"ann": notebook}), [])
        assert "<script" not in html
        assert "&lt;script" in html
