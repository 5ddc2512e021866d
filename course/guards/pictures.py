"""The text of a picture: labels, description and caption may contain only known numbers.

A picture's numbers come from ``lib``; here they are compared with the golden numbers and with what
a chapter prints, so that a mistake in ``lib`` is found too.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from course.guards.prose_numbers import DIGITS, unknown
from course.guards.tokens import Number, clean, numbers, quotes

_WORDS = (
    r"<(?:text|tspan|figcaption)\b[^<>]*>([^<>]+)<",  # written as text
    r"<!--\s*(.*?)\s*-->",  # Matplotlib draws text as shapes and writes it in a comment
    r'\b(?:aria-label|alt)="([^"]*)"',
    r"!\[([^\]]*)\]\(\S+cover\.svg\)",  # of the cover, in Markdown
)


def words(source: str) -> Iterator[str]:
    """Yield the texts of the pictures in SVG, HTML or Markdown."""
    for pattern in _WORDS:
        for text in re.findall(pattern, source, re.DOTALL):
            yield html.unescape(text)


def unknown_numbers(source: str, known: Iterable[Number]) -> list[str]:
    """Return the numbers in a picture's text that are not roundings of known numbers.

    Numbers with fewer than three digits only count if they have three decimals, such as 0.0021.
    """
    known = list(known)
    found = []
    for text in words(source):
        found += [number.text for number, _, _ in unknown(text, known)]
        for number in numbers(clean(text)):
            fine = number.place is not None and number.place <= -3 and number.digits < DIGITS
            if fine and not any(quotes(number, source) for source in known):
                found.append(number.text)
    return found
