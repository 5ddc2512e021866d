"""Make style sheets and drawings small, without changing what is seen."""

from __future__ import annotations

import re
from collections.abc import Iterator

COMMENT = re.compile(r"/\*(?!!).*?\*/", re.S)
CLASS = re.compile(r"\.((?:[\w-]|\\.|[^\x00-\x7f])+)")
# What stands in such brackets is not needed for the selector to match, or one of several is.
CHOICE = re.compile(r":(?:not|is|where|has|host)\((?:[^()]|\([^()]*\))*\)")


def blocks(css: str) -> Iterator[tuple[str, str | None]]:
    """Yield what stands before each pair of braces and within it, at the top level.

    A statement without braces (``@charset "utf-8";``) comes with None. Quoted text may hold
    braces and semicolons.
    """
    start, depth, head, i = 0, 0, "", 0
    while i < len(css):
        char = css[i]
        if char in "\"'":
            while (i := i + 1) < len(css) and css[i] != char:
                i += css[i] == "\\"
        elif css.startswith("url(", i) and css[i + 4] not in "\"'":
            i = css.index(")", i)
        elif char == "{":
            depth += 1
            if depth == 1:
                head, start = css[start:i].strip(), i + 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                yield head, css[start:i].strip()
                start = i + 1
        elif char == ";" and depth == 0:
            yield css[start:i].strip(), None
            start = i + 1
        i += 1


def selectors(head: str) -> list[str]:
    """Split a list of selectors at its commas, but not at those within brackets."""
    parts, depth, start = [], 0, 0
    for i, char in enumerate(head):
        depth += char in "(["
        depth -= char in ")]"
        if char == "," and depth == 0:
            parts.append(head[start:i].strip())
            start = i + 1
    return [*parts, head[start:].strip()]


def can_match(selector: str, words: set[str]) -> bool:
    """Tell whether every class that a selector asks for is among the words."""
    classes = CLASS.findall(CHOICE.sub("", re.sub(r"\[[^]]*\]", "", selector)))
    return all("\\" in name or name in words for name in classes)


def used_rules(css: str, words: set[str]) -> str:
    """Return a style sheet without the rules for classes that are nowhere named.

    Parameters
    ----------
    css : str
        The style sheet.
    words : set of str
        Every word of every page and script: a class that is not among them cannot be given to
        anything, neither in a page nor by a script.
    """
    kept = []
    for head, body in blocks(COMMENT.sub("", css)):
        if body is None:
            kept.append(f"{head};")
            continue
        licence = "".join(re.findall(r"/\*!.*?\*/", head, re.S))
        head = re.sub(r"/\*!.*?\*/", "", head, flags=re.S).strip()
        if head.startswith(("@media", "@supports", "@layer", "@container")):
            body = used_rules(body, words)
        elif not head.startswith("@"):
            head = ",".join(part for part in selectors(head) if can_match(part, words))
        if head and body:
            kept.append(f"{licence}{head}{{{body}}}")
    return "\n".join(kept)


def rounded(match: re.Match[str]) -> str:
    """Round the coordinates of a drawing to a hundredth, a fortieth of what a sharp eye sees."""

    def number(digits: re.Match[str]) -> str:
        return f"{float(digits[0]):.2f}".rstrip("0").rstrip(".")

    return re.sub(r"\s+", " ", re.sub(r"-?\d+\.\d{3,}", number, match[0]))


def svg(text: str) -> str:
    """Return matplotlib's SVG without comments, metadata and digits that nobody can see."""
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r'\b(?:d|points|x|y|x1|y1|x2|y2|cx|cy)="[^"]*"', rounded, text)
    return text if "<text" in text else re.sub(r">\s+<", "><", text)


def svg_size(text: str) -> tuple[int, int] | None:
    """Return the width and height of an SVG in CSS pixels, from its root element."""
    root = re.search(r"<svg\b[^>]*>", text)
    found = root and re.search(r'\bwidth="([\d.]+)(pt|px)?"', root[0])
    other = root and re.search(r'\bheight="([\d.]+)(pt|px)?"', root[0])
    if not found or not other:
        return None
    scale = 4 / 3 if found[2] == "pt" else 1
    return round(float(found[1]) * scale), round(float(other[1]) * scale)
