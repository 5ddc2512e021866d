"""Check the built book, and say where to open it.

Every page of ``_toc.yml`` must be there, and no solution and no hidden test of the exercises.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from course.contents import ROOT
from grading import leaks


def pages(toc: Any) -> Iterator[str]:
    """Yield the pages of a table of contents, as paths without suffix."""
    if isinstance(toc, dict):
        for key, value in toc.items():
            if key in ("root", "file"):
                yield value
            else:
                yield from pages(value)
    elif isinstance(toc, list):
        for entry in toc:
            yield from pages(entry)


def missing_pages(root: Path = ROOT) -> list[str]:
    """Return the pages of ``_toc.yml`` that have no HTML file in ``_build/html``."""
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    html = root / "_build" / "html"
    return [page for page in pages(toc) if not (html / page).with_suffix(".html").is_file()]


def main() -> int:
    """Report missing pages and leaks; otherwise print the address of the first page."""
    missing = missing_pages()
    if missing:
        print("The book was built without: " + ", ".join(missing), file=sys.stderr)
        return 1
    leaking = leaks.find_in(ROOT / "_build" / "html")
    if leaking:
        print("The book shows what students must not see:\n" + "\n".join(leaking), file=sys.stderr)
        return 1
    print(f"\nThe book is ready. Open {(ROOT / '_build' / 'html' / 'index.html').as_uri()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
