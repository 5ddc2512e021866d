"""Letters on a built page: where lines break, and black balls that stay black.

Done on the written page, not on Sphinx's document: explorables and answers of a quiz are raw HTML
there, and a search for ``cross_entropy`` would not find a name in two parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

# On one line: 7 000, 45 %, 0.5 nats, chapter 3, section 3.1. No line begins with a dot.
TOGETHER = re.compile(
    r"\b([Cc]hapters?|[Ss]ections?|Figure) (?=\d)|(?<=\d) (?=\d{3}\b|%|(?:nat|bit)s?\b)| (?=· )"
)
# Where a name may be broken: cross_|entropy, Cross|Entropy|Loss, lib/|data, nn.|Module; not .csv.
JOINT = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[A-Za-z][_/(=\[])(?=\w)|(?<=[A-Za-z]\.)(?=\w{4})")
LONG = 30  # characters of a line on a phone
PUNCTUATION = re.compile(r"[-,.;:!?)\]”’%]+")
BALL = re.compile("([○●])")
COLOURS = {"○": "ball white", "●": "ball black"}
# What has no prose in it. Formulas may show balls; MathML, for screen readers, needs no colour.
NO_TEXT = ("pre", "code", "script", "style", "svg", "template", "iframe", "math")
NO_PROSE = (*NO_TEXT, "mjx-container")


def new_tag(name: str, attributes: dict[str, str] | None = None, string: str | None = None) -> Tag:
    """Return an element that belongs to no page yet."""
    return BeautifulSoup("", "html.parser").new_tag(name, attrs=attributes or {}, string=string)


def _texts(element: Tag, pattern: re.Pattern[str]) -> Iterator[NavigableString]:
    for text in element.find_all(string=pattern):
        if type(text) is NavigableString:  # no comment, no script
            yield text


def keep_together(article: Tag) -> None:
    """Let no line of prose break within a quantity or a reference."""
    for text in _texts(article, TOGETHER):
        if not text.find_parent(NO_PROSE):
            text.replace_with(TOGETHER.sub(lambda m: f"{m[1] or ''}\N{NO-BREAK SPACE}", text))


def keep_punctuation(page: BeautifulSoup) -> None:
    """Keep a formula and the punctuation after it on one line; browsers would break it there."""
    for formula in page.select("span.math"):
        after = formula.next_sibling
        if type(after) is NavigableString and (found := PUNCTUATION.match(after)):
            after.replace_with(after[found.end() :])
            formula.wrap(new_tag("span", {"class": "held"})).append(found[0])


def break_names(article: Tag) -> None:
    """Let long names, and names in a narrow column of a table, break at their joints."""
    for code in article.find_all("code"):
        if code.find_parent("pre") or not (code.find_parent("td") or len(code.get_text()) >= LONG):
            continue
        for text in _texts(code, JOINT):
            first, *others = JOINT.split(text)
            parts = [part for other in others for part in (new_tag("wbr"), other)]
            text.replace_with(first, *parts)


def colour_balls(article: Tag) -> None:
    """Give each ball, ○ and ●, a class for its colour.

    On a dark page letters are light, and the black ball would be the lighter of the two.
    """
    for text in _texts(article, BALL):
        if not text.find_parent(NO_TEXT):
            parts = (
                new_tag("span", {"class": COLOURS[part]}, part) if part in COLOURS else part
                for part in BALL.split(text)
            )
            text.replace_with(*parts)
