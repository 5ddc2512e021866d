"""Links to the book's sections, for the messages of the exercises."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from course import contents


def decided(root: Path = contents.ROOT) -> str:
    """Return the repository's address in ``_config.yml``; empty while it is undecided."""
    found = re.search(r'(?m)^  url: "(.*)"$', (root / "_config.yml").read_text(encoding="utf-8"))
    if found is None:
        raise ValueError('_config.yml has no line `  url: "..."` below `repository:`; restore it')
    return found[1]


def book(url: str) -> str:
    """Return the address of the published book, with a slash at its end; empty if undecided."""
    if not url:
        return ""
    owner, name = url.removeprefix("https://github.com/").split("/")
    return f"https://{owner}.github.io/{name}/"


@cache
def sections(root: Path = contents.ROOT) -> dict[str, Any]:
    """Return the book's address, and each numbered section's title, page and anchor."""
    table = {
        number: [section.title, chapter.name, section.anchor]
        for number, (chapter, section) in contents.sections(root).items()
    }
    return {"book": book(decided(root)), "sections": table}


def sections_json(root: Path = contents.ROOT) -> str:
    """Return `sections` as the text of ``sections.json``, which lies beside released notebooks."""
    return json.dumps(sections(root), ensure_ascii=False, indent=1) + "\n"
