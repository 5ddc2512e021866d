"""Search what students see for what they must not see: solutions and hidden tests.

Two things are searched for: the canaries, marks that stand in every solution notebook and in every
module of hidden checks; and the lines of the solutions and of the hidden checks themselves, without
their white space, so that a change of format hides nothing. A line that the book itself prints, or
that is released, is not a secret.
"""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from course.contents import ROOT
from grading.model import EXERCISES

CANARY = re.compile(r"canary-[\w-]+")
SHORTEST = 25  # characters without white space; shorter lines are anybody's
REGION = re.compile(
    r"(?ms)^ *(?:###|<!--) BEGIN (?:SOLUTION|HIDDEN TESTS)[^\n]*\n(.*?)^ *(?:###|<!--) END"
)


def bare(text: str) -> str:
    """Return a text without white space, with its quotation marks alike."""
    return re.sub(r"\s+", "", text).replace("'", '"')


def cells_of(text: str) -> list[str]:
    """Return the cells of a notebook, given as JSON, as text."""
    return ["".join(cell.get("source", "")) for cell in json.loads(text).get("cells", [])]


def secret_lines(exercises: Path = EXERCISES, root: Path = ROOT) -> set[str]:
    """Return the lines that may stand nowhere in public, without their white space."""
    lines: set[str] = set()
    for notebook in (exercises / "source").glob("*/*.ipynb"):
        for region in REGION.findall("\n".join(cells_of(notebook.read_text(encoding="utf-8")))):
            lines |= {bare(line) for line in region.splitlines()}
    for module in (exercises / "hidden").glob("[0-9]*.py"):
        lines |= {bare(line) for line in module.read_text(encoding="utf-8").splitlines()}
    public: set[str] = set()
    for path in [*(root / "chapters").glob("*.ipynb"), *(exercises / "release").glob("*/*.ipynb")]:
        cells = cells_of(path.read_text(encoding="utf-8"))
        public |= {bare(line) for cell in cells for line in cell.splitlines()}
    for path in [*(root / "lib").rglob("*.py"), exercises / "check.py"]:
        public |= {bare(line) for line in path.read_text(encoding="utf-8").splitlines()}
    printed = "\n".join(public)  # a line may also be a part of one that is printed
    return {line for line in lines if len(line) >= SHORTEST and line not in printed}


def canaries(exercises: Path = EXERCISES) -> dict[str, set[str]]:
    """Return the canaries of each file that must have one."""
    files = [*(exercises / "source").glob("*/*.ipynb"), *(exercises / "hidden").glob("[0-9]*.py")]
    found = {str(p.relative_to(exercises)): _canaries(p) for p in files}
    for part in ("wrong", "alternative"):
        for place in sorted((exercises / part).iterdir()):
            inside = list(place.glob("*.*")) if place.is_dir() else [place]
            found[f"{part}/{place.name}"] = {mark for path in inside for mark in _canaries(path)}
    return found


def _canaries(path: Path) -> set[str]:
    return set(CANARY.findall(path.read_text(encoding="utf-8")))


def find(name: str, content: bytes, lines: Iterable[str]) -> list[str]:
    """Return what leaks from a file: canaries, secret lines. An archive is searched inside.

    Lines are without white space, and of at least `SHORTEST` characters.
    """
    if name.endswith((".zip", ".whl")):
        return [f"{name}:{leak}" for leak in _in_archive(content, frozenset(lines))]
    text = content.decode("utf-8", errors="replace")
    leaks = [f"{name}: {mark}" for mark in CANARY.findall(text)]
    forms = {text}
    if name.endswith(".ipynb"):
        with suppress(ValueError, AttributeError):  # JSON, but no notebook
            forms.add("\n".join(cells_of(text)))
    if name.endswith((".html", ".js")):
        # Highlighting wraps every word of code; the search index escapes.
        forms |= {html.unescape(re.sub(r"<[^>]+>", "", text)), text.replace('\\"', '"')}
    squeezed = "\0".join(bare(form) for form in forms)
    # Nearly every file holds none: one pass over it finds that out, not one for each line.
    begins = {line[:SHORTEST] for line in lines}
    if begins.isdisjoint(squeezed[i : i + SHORTEST] for i in range(len(squeezed))):
        return leaks
    return leaks + [f"{name}: {line}" for line in lines if line in squeezed]


@cache  # the students' archives all hold the same wheel
def _in_archive(content: bytes, lines: frozenset[str]) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        inside = [(item, archive.read(item)) for item in archive.namelist()]
    return [leak for item, part in inside for leak in find(item, part, lines)]


def find_in(folder: Path, lines: set[str] | None = None) -> list[str]:
    """Return the leaks of all text files and archives below a folder."""
    lines = secret_lines() if lines is None else lines
    seen = {
        *(".html", ".ipynb", ".js", ".json", ".txt", ".md", ".py", ".diff", ".toml"),
        *(".zip", ".whl", ".xml", ".inv"),
    }
    return [
        leak
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in seen
        for leak in find(path.relative_to(folder).as_posix(), path.read_bytes(), lines)
    ]
