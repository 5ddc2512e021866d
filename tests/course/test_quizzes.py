"""The quizzes for Moodle and Canvas: in form as the formats ask, in content as the chapters."""

from __future__ import annotations

import html
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from urllib.parse import unquote

import pytest

from course import contents, quizzes
from course.contents import Chapter
from course.guards.quizzes import Option, Question
from course.quizzes import canvas, moodle
from course.quizzes.text import to_html
from tests.course.content_models import CONTENT_PACKAGE, QTI, violations

CHAPTERS = contents.chapters()
each = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
# What a chapter might hold and none does: marks of HTML in text and formula, a link, an address.
ODD = Question(
    1,
    'Is `a < b & "c"` so, with $\\{x : x<1\\} \\& y > "0"$, as [section 1.4](x.ipynb#a_b) says?',
    (
        Option("a", "<code>&lt;p&gt;</code> θ ∞", False, "It is *not* $a_1$ and $b_2$: $1\\,000$."),
        Option("b", "○●", True, "See [this](https://example.org/a_(b)) and **that**."),
    ),
)


def plain(text: str) -> str:
    """Return a platform's HTML as plain text, formulas as LaTeX between dollars."""

    def latex(match: re.Match[str]) -> str:
        picture = match[0]
        shown = {
            name: html.unescape(re.search(rf' {name}="([^"]*)"', picture)[1])  # type: ignore[index]
            for name in ("title", "alt", "src", "data-equation-content")
        }
        said = shown["data-equation-content"]
        assert shown["title"] == said
        assert shown["alt"] == f"LaTeX: {said}"
        assert unquote(unquote(shown["src"])) == f"/equation_images/{said}"
        return f"${html.escape(said)}$"

    text = re.sub(r'<img class="equation_image"[^>]+>', latex, text)
    text = re.sub(r"\\\((.+?)\\\)", r"$\1$", text)
    return html.unescape(re.sub(r"</?(?:p|em|strong|code|a)\b[^>]*>", "", text))


def bare(markdown: str) -> str:
    """Return Markdown without its marks; formulas stay."""
    parts = re.split(r"(\$[^$]+\$|`[^`]+`)", markdown)
    for place in range(0, len(parts), 2):
        parts[place] = re.sub(r"\[([^\]]+)\]\(\S+(?<=[)])", r"\1", parts[place])
        parts[place] = re.sub(r"\*+(?=\S)|(?<=\S)\*+", "", parts[place])
    return "".join(parts).replace("`", "")


def said(question: Question) -> tuple[str, list[tuple[str, bool, str]]]:
    """Return what a question says: its text, and each option's text, verdict and reason."""
    options = [
        (
            plain(f"{option.letter}) {option.summary}"),
            option.right,
            f"{'Right.' if option.right else 'Not quite.'} {bare(option.why)}",
        )
        for option in question.options
    ]
    return bare(question.text), options


def in_moodle(file: bytes) -> list[tuple[str, list[tuple[str, bool, str]]]]:
    """Read questions as Moodle's importer does: by these paths, and nothing else."""
    read = []
    for question in ET.fromstring(file).findall("question[@type='multichoice']"):
        assert question.findtext("single") == "true"
        assert question.findtext("name/text")
        options = []
        for answer in question.findall("answer"):
            fraction = answer.get("fraction")
            assert fraction in ("0", "100")
            texts = answer.findtext("text"), answer.findtext("feedback/text")
            assert answer.get("format") == answer.find("feedback").get("format") == "html"  # type: ignore[union-attr]
            options.append((plain(texts[0] or ""), fraction == "100", plain(texts[1] or "")))
        read.append((plain(question.findtext("questiontext/text") or ""), options))
    return read


def in_canvas(file: bytes) -> list[tuple[str, list[tuple[str, bool, str]]]]:
    """Answer each question of a package in every way; return what is shown."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        (name,) = [n for n in archive.namelist() if re.fullmatch(r"(\w+)/\1\.xml", n)]
        root = ET.fromstring(archive.read(name))
    ns = {"": canvas.QTI}
    read = []
    for item in root.iterfind(".//item", ns):
        reasons = {
            feedback.get("ident"): plain("".join(feedback.itertext()).strip())
            for feedback in item.iterfind("itemfeedback", ns)
        }
        options = []
        for label in item.iterfind(".//response_label", ns):
            score, shown = "0", []
            for condition in item.iterfind("resprocessing/respcondition", ns):
                if condition.findtext("conditionvar/varequal", "", ns) != label.get("ident"):
                    continue
                score = condition.findtext("setvar", score, ns)
                displayed = condition.find("displayfeedback", ns)
                shown += [] if displayed is None else [reasons[displayed.get("linkrefid")]]
                if condition.get("continue") == "No":
                    break
            (reason,) = shown
            options.append((plain("".join(label.itertext()).strip()), score == "100", reason))
        read.append((plain(item.findtext("presentation/material/mattext", "", ns)), options))
    return read


@each
class TestChapters:
    def test_moodle_reads_what_the_chapter_says(self, chapter: Chapter) -> None:
        questions = quizzes.questions(chapter)
        assert len(questions) == 5
        assert in_moodle(moodle.export(chapter, questions)) == [said(q) for q in questions]

    def test_canvas_shows_what_the_chapter_says(self, chapter: Chapter) -> None:
        questions = quizzes.questions(chapter)
        assert in_canvas(canvas.export(chapter, questions)) == [said(q) for q in questions]

    def test_the_package_keeps_to_the_schemas(self, chapter: Chapter) -> None:
        file = canvas.export(chapter, quizzes.questions(chapter))
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            manifest = ET.fromstring(archive.read("imsmanifest.xml"))
            assert not list(violations(manifest, CONTENT_PACKAGE, canvas.CP))
            named = [f.get("href") for f in manifest.iter(f"{{{canvas.CP}}}file")]
            assert sorted([*named, "imsmanifest.xml"]) == sorted(archive.namelist())  # type: ignore[type-var]
            assessment = ET.fromstring(archive.read(str(named[0])))
            settings = ET.fromstring(archive.read(str(named[1])))
        assert not list(violations(assessment, QTI, canvas.QTI))
        assert {element.tag.partition("}")[0] for element in settings.iter()} == {
            f"{{{canvas.CANVAS}"
        }
        idents = [e.get("ident") for e in assessment.iter() if e.get("ident") != canvas.RESPONSE]
        named_idents = [ident for ident in idents if ident]
        assert len(set(named_idents)) == len(named_idents)

    def test_it_is_the_same_bytes_each_time(self, chapter: Chapter) -> None:
        questions = quizzes.questions(chapter)
        for export in (moodle.export, canvas.export):
            assert export(chapter, questions) == export(chapter, questions)


class TestOddText:
    @pytest.mark.parametrize(
        ("export", "read"), [(moodle.export, in_moodle), (canvas.export, in_canvas)]
    )
    def test_nothing_of_it_is_lost(self, export: object, read: object) -> None:
        (found,) = read(export(CHAPTERS[0], [ODD]))  # type: ignore[operator]
        text, options = found
        assert text == ('Is a < b & "c" so, with $\\{x : x<1\\} \\& y > "0"$, as section 1.4 says?')
        assert options[0] == (
            "a) <p> θ ∞",
            False,
            "Not quite. It is not $a_1$ and $b_2$: $1\\,000$.",
        )
        assert options[1] == ("b) ○●", True, "Right. See this and that.")

    def test_a_link_to_another_host_stays(self) -> None:
        assert 'href="https://example.org/"' in to_html("[x](https://example.org/)", str)

    def test_a_displayed_formula_is_refused(self) -> None:
        with pytest.raises(ValueError, match=r"write \$...\$"):
            to_html("$$a$$", str)


class TestContentModels:
    """The schemas' own test: each broken form is told."""

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            (
                lambda item: item.insert(0, ET.Element(f"{{{canvas.QTI}}}itemfeedback")),
                "item holds",
            ),
            (lambda item: item.attrib.pop("ident"), "item lacks the attribute ident"),
            (lambda item: item.set("colour", "red"), "item has no attribute colour"),
            (lambda item: item.append(ET.Element("answer")), "answer is in another namespace"),
            (lambda item: item.append(ET.Element(f"{{{canvas.QTI}}}answer")), "no element answer"),
            (lambda item: setattr(item, "text", "loose"), "item holds text"),
        ],
    )
    def test_a_wrong_form_is_found(self, change: object, told: str) -> None:
        file = canvas.export(CHAPTERS[0], [ODD])
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            name = f"quiz_{CHAPTERS[0].name}"
            root = ET.fromstring(archive.read(f"{name}/{name}.xml"))
        assert not list(violations(root, QTI, canvas.QTI))
        change(root.find(".//item", {"": canvas.QTI}))  # type: ignore[operator]
        assert [line for line in violations(root, QTI, canvas.QTI) if told in line]


def test_a_chapter_without_a_quiz_is_named(tmp_path: object) -> None:
    class Bare(Chapter):
        path = contents.supplements()[0].path  # type: ignore[assignment]

    with pytest.raises(ValueError, match="has no section ## Quiz"):
        quizzes.questions(Bare("01_likelihood"))
