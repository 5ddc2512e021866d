"""`make check` leaves out what is marked `slow`: tests that start nbgrader, kernels or a build."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from course.contents import ROOT

TESTS = ROOT / "tests"
# What starts a process that takes seconds: nbgrader, a chapter run, Jupyter Book, the judge and the
# student's side, the workers, the ranks.
STARTS = {
    *("grade_class", "NBGRADER", "jupyter_book", "execute", "generate", "main"),
    *("judge_notebook", "check_fence", "by_the_judge", "pool", "Popen", "alone", "fork"),
    "run_on",
}


def names(node: ast.AST) -> set[str]:
    """Return the names, attributes, arguments and words of texts in a piece of code."""
    found: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            found.add(part.id)
        elif isinstance(part, ast.Attribute):
            found.add(part.attr)
        elif isinstance(part, ast.arg):
            found.add(part.arg)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            found.update(part.value.replace(".", " ").split())
    return found


def marks_module(node: ast.stmt) -> bool:
    """Return whether a statement marks all tests of its module."""
    return isinstance(node, ast.Assign) and "pytestmark =" in ast.unparse(node) and marks(node) > 0


def unfounded(source: str) -> Iterator[str]:
    """Yield the tests marked `slow` that start nothing slow, nor use what in their file does."""
    module = ast.parse(source)
    functions = {f.name: names(f) for f in module.body if isinstance(f, ast.FunctionDef)}
    slow = set(STARTS)
    while more := {name for name, used in functions.items() if used & slow} - slow:
        slow |= more
    whole = any(map(marks_module, module.body))
    for node in module.body if whole else ast.walk(module):
        decorators = [ast.unparse(mark) for mark in getattr(node, "decorator_list", [])]
        if not whole and "pytest.mark.slow" not in decorators:
            continue
        tests = node.body if isinstance(node, ast.ClassDef) else [node]
        for test in tests:
            is_test = isinstance(test, ast.FunctionDef) and test.name.startswith("test")
            if is_test and not names(test) & slow:
                yield test.name


def marks(node: ast.AST) -> int:
    """Return the number of references to ``pytest.mark.slow``, decorators or not."""
    return sum(isinstance(part, ast.Attribute) and part.attr == "slow" for part in ast.walk(node))


@pytest.mark.parametrize("path", sorted(TESTS.rglob("*.py")), ids=lambda path: path.stem)
def test_no_other_test_is_marked_slow(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert list(unfounded(source)) == []
    module = ast.parse(source)
    decorators = [
        mark
        for node in ast.walk(module)
        for mark in getattr(node, "decorator_list", [])
        if ast.unparse(mark) == "pytest.mark.slow"
    ]
    modules = sum(map(marks_module, module.body))
    assert marks(module) == len(decorators) + modules, (
        "mark a test or a class with a decorator, or the module with pytestmark"
    )


def test_a_quick_test_that_is_marked_is_found() -> None:
    source = (
        "def start(): grade_class()\n"
        "@pytest.mark.slow\ndef test_quick(): assert 1\n"
        "@pytest.mark.slow\ndef test_direct(): grade_class()\n"
        "@pytest.mark.slow\nclass TestAll:\n"
        "    def test_by_fixture(self, start): ...\n"
        "    def test_idle(self): ...\n"
    )
    assert list(unfounded(source)) == ["test_quick", "test_idle"]
    whole = "pytestmark = [pytest.mark.slow]\ndef test_a(): grade_class()\ndef test_b(): assert 1\n"
    assert list(unfounded(whole)) == ["test_b"]


def test_what_make_test_leaves_out_make_test_grading_runs() -> None:
    """Nothing but `make check` selects by the mark `slow`; both halves are run before landing."""
    for name in ("Makefile", "pyproject.toml", ".ci/run", ".github/workflows/test.yml"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert text.count("not slow") == text.count("not grader") == (name == "Makefile"), name
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipes = dict(re.findall(r"(?m)^([a-z-]+):.*\n((?:\t.*\n)+)", makefile))
    assert '-m "not slow"' in recipes["check"]
    assert recipes["test"].rstrip().endswith('pytest -m "not grader"')
    assert recipes["test-grading"].rstrip().endswith("pytest tests/grading -m grader")
    for name in (".ci/run", ".github/workflows/test.yml"):
        commands = (ROOT / name).read_text(encoding="utf-8")
        assert len(re.findall(r"make test(?:-grading)?\b(?!-)", commands)) == 2, name


def test_what_is_slow_in_grading_and_no_other_is_left_to_its_own_command(
    request: pytest.FixtureRequest,
) -> None:
    for item in request.session.items:
        slow = item.get_closest_marker("slow") is not None
        expected = slow and TESTS / "grading" in item.path.parents
        assert (item.get_closest_marker("grader") is not None) == expected, item.nodeid
    # Elsewhere nobody would run it.
    giving = [
        p for p in TESTS.rglob("*.py") if re.search(r"mark\.grader\b|\"grader\"", p.read_text())
    ]
    assert set(giving) == {TESTS / "grading" / "conftest.py", Path(__file__)}
