"""A student's page: what passed, what did not, alone in a file, and readable by everybody."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from course.contents import Chapter
from grading import feedback
from grading.warm import feedback as warmed
from tests.grading.notebooks import CHAPTERS, FIRST, answered, grade_id

SCRIPT = '<script src="https://x.example/a.js">alert(1)</script><img src="https://x.example/b">'


class Page(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def graded(**errors: str) -> nbformat.NotebookNode:
    """Return a notebook whose checks passed, but for those that say something."""
    given = answered(FIRST)
    for cell in given.cells:
        name = grade_id(cell)
        if name.startswith(("visible", "hidden")):
            words = errors.get(name.replace("-", "_"))
            outputs = new_output("stream", text="Passed.\n")
            if words is not None:
                outputs = new_output("error", ename="Mistake", evalue=words, traceback=[words])
            cell.outputs = [outputs]
        if name.startswith("written-1-8"):
            cell.source = "Count, and divide: $3/5$."
    return given


def page(notebook: nbformat.NotebookNode, **changed: object) -> Page:
    points, comments, waiting = feedback.automatic(notebook)
    comments |= changed  # type: ignore[arg-type]
    return Page(feedback.page(FIRST, notebook, points, comments, waiting))


def section(shown: Page, number: str) -> str:
    """Return the text from the heading of an exercise to that of the next one."""
    parts = re.split(r"((?:Written exercise|Exercise) \d\.\d+ · )", shown.text)
    heads = [i for i, part in enumerate(parts) if part.rstrip(" ·").endswith(f" {number}")]
    return parts[heads[-1]] + parts[heads[-1] + 1]


class TestWhatItSays:
    def test_points_and_what_passed(self) -> None:
        shown = page(graded(hidden_1_1="Your answer: forgets a factor.", visible_1_2="Not yet: f"))
        tasks = (*Chapter(FIRST).exercises, *Chapter(FIRST).written)
        whole = sum(task.points for task in tasks)
        lost = sum(task.points for task in tasks if task.number in ("1.8", "1.9")) + 2
        assert f"You have {whole - lost} of {whole} points" in shown.text
        first, second, third = (section(shown, number) for number in ("1.1", "1.2", "1.3"))
        assert "1 of 2 points. The checks that you can see passed, those that run at" in first
        assert "The checks that run at grading: not passed It said: Your answer: forgets" in first
        assert "The checks that you can see: not passed It said: Not yet: f" in second
        assert "All checks passed." in third

    def test_every_exercise_is_in_the_table_and_has_a_heading(self) -> None:
        for chapter in CHAPTERS:
            shown = Page(feedback.page(chapter, answered(chapter), {}, {}))
            for task in (*Chapter(chapter).exercises, *Chapter(chapter).written):
                assert shown.text.count(f"{task.HEADING} {task.number} · {task.title}") == 2
            assert f"Exercises {Chapter(chapter).number} · {Chapter(chapter).title}" in shown.text

    def test_written_answers(self) -> None:
        shown = page(graded())
        assert "Nobody has read one answer yet; there may be more points to come." in shown.text
        assert "0 of 4 points. Nobody has read this answer yet." in section(shown, "1.8")
        assert "Count, and divide: $3/5$." in section(shown, "1.8")
        points, comments, _ = feedback.automatic(graded())
        points["written-1-8"] = 3
        comments["written-1-8"] = "The proof is\n\nmissing."
        read = Page(feedback.page(FIRST, graded(), points, comments))
        assert "3 of 4 points. Read and graded. Comment The proof is missing." in read.text
        assert "Nobody" not in read.text
        again = Page(feedback.page(FIRST, graded(), points, comments, ["written-1-8"]))
        assert "Nobody has read this version yet; the points are those of" in again.text

    def test_what_was_left_as_it_came_is_not_answered(self) -> None:
        notebook = graded()
        for cell in notebook.cells:  # as nbgrader marks what it has released
            if grade_id(cell) in ("answer-1-1", "written-1-9"):
                cell.metadata.nbgrader.checksum = feedback.compute_checksum(cell)
        shown = page(notebook)
        assert "Not answered." in section(shown, "1.1")
        assert "0 of 3 points. Not answered." in section(shown, "1.9")

    def test_words_of_the_tool_are_not_there(self) -> None:
        words = page(graded(hidden_1_1="x")).text.casefold()
        for word in ("receipt", "nbgrader", "grade cell", "score:", "free-response", "hidden-1"):
            assert word not in words

    def test_a_check_is_not_shown(self) -> None:
        html = feedback.page(FIRST, graded(), {}, {})
        assert "expect(" not in html
        assert "from hidden import" not in html


class TestAlone:
    def hostile(self) -> Page:
        notebook = graded()
        own = new_code_cell(SCRIPT)
        own.outputs = [
            new_output("display_data", {"text/html": SCRIPT, "text/plain": SCRIPT}),
            new_output("display_data", {"image/png": f'x"> {SCRIPT}', "image/svg+xml": SCRIPT}),
            new_output("display_data", {"image/png": "iVBORw0KGgo=\n"}),
            new_output("stream", text=f"{SCRIPT}\x1b[31mred\x1b[0m\x00"),
            new_output("error", ename=SCRIPT, evalue=SCRIPT, traceback=[SCRIPT]),
        ]
        notebook.cells.insert(6, own)
        for cell in notebook.cells:
            if grade_id(cell).startswith(("answer", "written")):
                cell.source += SCRIPT
        return page(notebook, **{"answer-1-1": SCRIPT})

    def test_nothing_of_a_students_is_run_or_loaded(self) -> None:
        shown = self.hostile()
        names = {tag for tag, _ in shown.tags}
        assert not names & {"script", "iframe", "object", "link", "svg", "form", "base"}
        for _, attributes in shown.tags:
            assert not [name for name in attributes if name.startswith("on")]
            for name in ("src", "href"):
                value = attributes.get(name) or "#"
                assert value.startswith(("#", "data:image/png;base64,iVBOR"))
        assert "red" in shown.text
        assert "\x1b" not in shown.text
        assert "\x00" not in shown.text
        assert "A cell of your own" in section(shown, "1.1")

    def test_nothing_is_asked_of_the_network(self) -> None:
        html = feedback.page(FIRST, answered(FIRST), {}, {})
        assert not re.search(r"https?://|url\(|@import|//cdn", html)
        assert "default-src 'none'" in html


class TestForAScreenReader:
    def test_language_title_headings_and_table(self) -> None:
        shown = page(graded(hidden_1_1="x"))
        assert shown.tags[0] == ("html", {"lang": "en"})
        assert not shown.open  # every tag is closed
        levels = [int(tag[1]) for tag, _ in shown.tags if re.fullmatch(r"h\d", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(b <= a + 1 for a, b in itertools.pairwise(levels))
        scopes = [attributes.get("scope") for tag, attributes in shown.tags if tag == "th"]
        assert set(scopes) == {"row", "col"}
        assert [tag for tag, _ in shown.tags].count("caption") == 1
        anchors = {attributes.get("id") for tag, attributes in shown.tags if tag == "h2"}
        links = {attributes["href"] for tag, attributes in shown.tags if tag == "a"}
        assert links <= {f"#{anchor}" for anchor in anchors}

    def test_every_picture_says_what_it_is(self) -> None:
        shown = TestAlone().hostile()
        pictures = [attributes for tag, attributes in shown.tags if tag == "img"]
        assert [picture["alt"] for picture in pictures] == ["A picture that this cell drew"]


def test_the_digest_tells_whether_somebody_has_read_it() -> None:
    assert feedback.digest({"a": 0}, {}, ["a"]) != feedback.digest({"a": 0}, {}, [])
    assert feedback.digest({"a": 0}, {"b": ""}) == feedback.digest({"a": 0}, {})


@pytest.mark.parametrize("chapter", ["", "09_none"])
def test_without_a_chapter_its_name_is_the_title(chapter: str) -> None:
    assert f"<h1>Feedback: {chapter}</h1>" in warmed.page(chapter, answered(FIRST), {}, {})
