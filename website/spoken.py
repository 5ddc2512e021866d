"""What the eye sees and a screen reader must be told: groups, and powers of ten.

A question of the quiz is a group with its options; a cell's code and what it printed are groups
with a name each; 10⁻⁸ is read as a power.
"""

from __future__ import annotations

import re

from bs4 import Tag
from bs4.element import NavigableString

from website.typography import NO_PROSE, new_tag

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
POWER = re.compile(r"(\d+(?:\.\d+)?|\b[A-Za-zσ])([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
QUESTION = re.compile(r"Question (\d+)")


def group(element: Tag, label: str) -> None:
    """Make an element a named group, which a screen reader announces when it comes to it."""
    element["role"] = "group"
    element["aria-label"] = label


def name_cells(article: Tag) -> None:
    """Tell code and output apart by ear."""
    for cell in article.select("div.cell"):
        for part, label in (("div.cell_input", "Code"), ("div.cell_output", "Output")):
            for found in cell.select(part):
                group(found, label)


def group_questions(article: Tag) -> None:
    """Put each question of a quiz into a group with its options and a line for the result.

    The script of the pages writes into that line (``static/book.js``).
    """
    for quiz in article.select("section#quiz"):
        for paragraph in quiz.find_all("p", recursive=False):
            strong = paragraph.find("strong")
            found = QUESTION.match(strong.get_text()) if strong else None
            if found is None:
                continue
            name = f"question-{found[1]}"
            paragraph["id"] = name
            box = new_tag("div", {"class": "question", "role": "group", "aria-labelledby": name})
            following = list(paragraph.next_siblings)
            paragraph.wrap(box)
            for element in following:
                if isinstance(element, Tag) and element.name not in ("details", "pre", "div"):
                    break
                box.append(element)
            box.append(new_tag("p", {"class": "result", "role": "status"}))


def speak_powers(article: Tag) -> None:
    """Have 10⁻⁸ read as "10 to the power of minus 8" instead of as "108"."""
    for text in list(article.find_all(string=POWER)):
        if type(text) is not NavigableString or text.find_parent(NO_PROSE):
            continue
        parts: list[Tag | str] = []
        end = 0
        for power in POWER.finditer(text):
            exponent = power[2].translate(RAISED).replace("-", "minus ").replace("+", "plus ")
            words = f"{power[1]} to the power of {exponent}"
            parts.append(text[end : power.start()])
            parts.append(new_tag("span", {"role": "img", "aria-label": words}, power[0]))
            end = power.end()
        text.replace_with(*parts, text[end:])
