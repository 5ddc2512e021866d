"""The explorables on the pages of the book, and their initial states there."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from course.contents import ROOT, pages

DIRECTIVE = re.compile(r"^```{explorable} (\w+)\n((?::\w+: .*\n)*)```$", re.MULTILINE)
OPTION = re.compile(r"^:(\w+): (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """An explorable on a page; ``cell`` is the notebook's cell that shows it."""

    page: str
    name: str
    state: dict[str, Any]
    cell: Mapping[str, Any] = field(default_factory=dict, compare=False)


def places() -> tuple[Place, ...]:
    """Return every explorable that a page of the book shows, in the book's order."""
    return tuple(place for page in pages() for place in _on(page))


def _on(page: str) -> Iterator[Place]:
    text = (ROOT / f"{page}.md", ROOT / f"{page}.ipynb")
    if text[0].is_file():
        for name, options in DIRECTIVE.findall(text[0].read_text(encoding="utf-8")):
            yield Place(page, name, {key: _value(v) for key, v in OPTION.findall(options)})
    if text[1].is_file():
        for cell in json.loads(text[1].read_text(encoding="utf-8"))["cells"]:
            last = "".join(cell["source"]).splitlines()[-1:]
            if cell["cell_type"] == "code" and last and last[0].startswith("explorable("):
                call = ast.parse(last[0], mode="eval").body
                assert isinstance(call, ast.Call)
                state = {str(k.arg): ast.literal_eval(k.value) for k in call.keywords}
                yield Place(page, ast.literal_eval(call.args[0]), state, cell)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
