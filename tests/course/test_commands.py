"""What pages, messages and help tell somebody to type can be typed."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from nbgrader.apps.nbgraderapp import NbGraderApp

from course.contents import ROOT

TEXTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "Makefile")),
    *sorted((ROOT / "chapters").glob("*.md")),
    *sorted((ROOT / "exercises").glob("*.md")),
    *sorted((ROOT / "grading").rglob("*.py")),
    *sorted((ROOT / "course").glob("*.py")),
]
IDS = [path.relative_to(ROOT).as_posix() for path in TEXTS]
# Only what is set as a command: prose may speak of nbgrader's gradebook, and make something.
QUOTED = re.compile(r"(?<!`)`((?:\w+=\S+ |\.venv/bin/)*(?:make|nbgrader|python) [^`\n]+)`(?!`)")
INDENTED = re.compile(r"(?m)^ {4,8}((?:make|nbgrader|python|\.venv/bin/\w+) [^#\n]+)")


def told(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    return QUOTED.findall(text) + (INDENTED.findall(text) if path.suffix == ".md" else [])


def test_commands_are_found() -> None:
    assert sum(len(told(path)) for path in TEXTS) > 60


@pytest.mark.parametrize("path", TEXTS, ids=IDS)
def test_nbgrader_has_the_command(path: Path) -> None:
    named = {name for code in told(path) for name in re.findall(r"\bnbgrader ([a-z_]+)", code)}
    # "formgrade" is there only to say that it is no more.
    assert named <= set(NbGraderApp.subcommands) - {"formgrade"}


@pytest.mark.parametrize("path", TEXTS, ids=IDS)
def test_make_has_the_target(path: Path) -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):(?!=)", (ROOT / "Makefile").read_text("utf-8")))
    named = {
        name for code in told(path) for name in re.findall(r"(?:^|\s)make ([a-z][a-z-]*)", code)
    }
    assert named <= targets, f"there are {', '.join(sorted(targets))}"


@pytest.mark.parametrize("path", TEXTS, ids=IDS)
def test_scripts_and_modules_are_there(path: Path) -> None:
    for code in told(path):
        for script in re.findall(r"python (\S+\.py)", code):
            assert (ROOT / script).exists() or script.isupper(), code
        for module in re.findall(r"python -m ((?:course|grading|website|lib|tests)[\w.]*)", code):
            place = ROOT / module.replace(".", "/")
            assert place.with_suffix(".py").exists() or (place / "__main__.py").exists(), code


def test_the_formgrader_says_what_is_missing() -> None:
    command = ["make", "--no-print-directory", "-o", "setup", "formgrader", "CHAPTER=99_nothing"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode
    assert "No course in grades/99_nothing: run make grade first" in done.stdout
