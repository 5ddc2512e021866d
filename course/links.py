"""Links to the book's sections, for the messages of the exercises."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

from course import contents


@cache
def decided(root: Path = contents.ROOT) -> str:
    """Return the address that stands in ``_config.yml``; empty while it is not decided."""
    return str(contents.configuration(root)["repository"]["url"])


def book(repository: str) -> str:
    """Return where GitHub Pages shows a repository's book; empty while that is not decided.

    >>> book("https://github.com/owner/book")
    'https://owner.github.io/book/'
    """
    found = re.fullmatch(r"https://github\.com/([\w.-]+)/([\w.-]+)", repository)
    return f"https://{found[1]}.github.io/{found[2]}/" if found else ""


def address(root: Path = contents.ROOT) -> str:
    """Return where readers find the book; empty while that is not decided.

    It is what the environment's variable BOOK says (``make release BOOK=https://...``), or else
    follows from ``_config.yml``.

    Raises
    ------
    ValueError
        If BOOK is not a web address.
    """
    given = os.environ.get("BOOK", "").strip()
    if given and not re.fullmatch(r"https?://[^\s()]+", given):
        raise ValueError(f"BOOK={given} is not a web address such as https://example.org/book/")
    return f"{given.rstrip('/')}/" if given else book(decided(root))


@cache
def _table(root: Path) -> dict[str, list[str]]:
    return {
        number: [section.title, notebook.name, section.anchor]
        for number, (notebook, section) in contents.sections(root).items()
    }


def sections(root: Path = contents.ROOT) -> dict[str, Any]:
    """Return the book's address, and each numbered section's title, page and anchor."""
    return {"book": address(root), "sections": _table(root)}


def sections_json(root: Path = contents.ROOT) -> str:
    """Return `sections` as the text of ``sections.json``, which lies beside released notebooks."""
    return json.dumps(sections(root), ensure_ascii=False, indent=1) + "\n"
