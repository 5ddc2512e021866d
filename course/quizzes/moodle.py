r"""A quiz in Moodle XML: Question bank, Import, "Moodle XML format".

Moodle publishes no schema; its importer (``question/format/xml/format.php``) is what defines the
format. The questions land in a category of their own. Formulas stand between ``\(`` and ``\)``,
which Moodle's filter MathJax typesets.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from course import quizzes
from course.contents import Chapter
from course.guards.quizzes import Question
from course.quizzes.text import escaped, to_html


def export(chapter: Chapter, questions: Sequence[Question]) -> bytes:
    """Return the questions of a chapter as a file to import."""
    root = ET.Element("quiz")
    category = ET.SubElement(root, "question", type="category")
    # In the name of a category a slash is written twice.
    path = [quizzes.TITLE, quizzes.name(chapter)]
    names = "/".join(part.replace("/", "//") for part in path)
    _text(category, "category", f"$course$/top/{names}")
    _text(category, "info", _html(quizzes.introduction(chapter)), "html")
    for question in questions:
        root.append(_question(chapter, question))
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _question(chapter: Chapter, question: Question) -> ET.Element:
    element = ET.Element("question", type="multichoice")
    _text(element, "name", f"{quizzes.name(chapter)}, question {question.number}")
    _text(element, "questiontext", _html(question.text), "html")
    _text(element, "generalfeedback", "", "html")
    for tag, content in (
        ("defaultgrade", "1"),
        ("penalty", "0.3333333"),  # Moodle's usual third, for quizzes with several tries
        ("hidden", "0"),
        ("idnumber", f"{chapter.name}-{question.number}"),
        ("single", "true"),
        ("shuffleanswers", "false"),
        ("answernumbering", "none"),  # the options bring their letters
    ):
        ET.SubElement(element, tag).text = content
    for option in question.options:
        fraction = "100" if option.right else "0"
        answer = ET.SubElement(element, "answer", fraction=fraction, format="html")
        ET.SubElement(answer, "text").text = f"<p>{option.letter}) {option.summary}</p>"
        why = f"**{quizzes.VERDICTS[option.right]}** {option.why}"
        _text(answer, "feedback", _html(why), "html")
    return element


def _html(markdown: str) -> str:
    return to_html(markdown, lambda latex: rf"\({escaped(latex)}\)")


def _text(parent: ET.Element, tag: str, content: str, form: str = "") -> None:
    """Add an element whose content stands in an element ``text``, as Moodle wants it."""
    element = ET.SubElement(parent, tag, {"format": form} if form else {})
    ET.SubElement(element, "text").text = content
