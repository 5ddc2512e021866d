"""Links to the book's sections, for the messages of the exercises."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from course import contents


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


@cache
def sections(root: Path = contents.ROOT) -> dict[str, Any]:
    """Return the book's address, and each numbered section's title, page and anchor."""
    table = {
        number: [section.title, notebook.name, section.anchor]
        for number, (notebook, section) in contents.sections(root).items()
    }
    return {"book": book(decided(root)), "sections": table}


def sections_json(root: Path = contents.ROOT) -> str:
    """Return `sections` as the text of ``sections.json``, which lies beside released notebooks."""
    return json.dumps(sections(root), ensure_ascii=False, indent=1) + "\n"
