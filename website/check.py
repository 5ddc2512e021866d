"""Check the built book, and say where to open it.

Every page of ``_toc.yml`` must be there, and no solution and no hidden test of the exercises.
"""

from __future__ import annotations

import sys
from pathlib import Path

from course import contents
from course.contents import ROOT
from grading import leaks


def missing_pages(root: Path = ROOT) -> list[str]:
    """Return the pages of ``_toc.yml`` that have no HTML file in ``_build/html``."""
    html = root / "_build" / "html"
    pages = contents.pages(root)
    return [page for page in pages if not (html / page).with_suffix(".html").is_file()]


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
