"""Run all guards on notebooks and pages: python -m course.guards [FILE ...] (default: all)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from course.guards import (
    CHAPTERS,
    NOTEBOOKS,
    PAGES,
    README,
    Finding,
    floats,
    glossary,
    golden,
    main_line,
    notebooks,
    prose_lint,
    quizzes,
)
from course.guards import prose_numbers as numbers


def findings(path: Path) -> list[tuple[str, Finding]]:
    """Return the findings in one file, each with the name of its guard."""
    if not path.exists():
        return [("file", Finding(path.name, "the file is missing", "write it."))]
    guards: dict[str, Callable[[Path], Iterable[Finding]]]
    guards = {"numbers": numbers.check, "lint": prose_lint.check}
    if path.suffix == ".ipynb":  # unexecuted cells come first: they explain the other findings
        guards = {
            "notebook": notebooks.check,
            "golden": golden.check,
            "floats": floats.check,
            "length": main_line.check,
            **guards,
        }
    if path.resolve() in CHAPTERS.values():
        guards |= {"quiz": quizzes.check, "glossary": glossary.check}
    return [(name, found) for name, check in guards.items() for found in check(path)]


def main(names: list[str]) -> int:
    """Print every finding. Return 1 if there is any."""
    paths = [Path(name) for name in names] or [*NOTEBOOKS, *PAGES, README]
    total = 0
    for path in paths:
        found = findings(path)
        total += len(found)
        for guard, finding in found:
            print(f"[{guard}] {finding}\n")
        print(f"{path.name}: {len(found)} to mend" if found else f"{path.name}: good")
    return int(total > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
