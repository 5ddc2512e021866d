"""All examples in docstrings hold."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re

import check
import hidden
import pytest

import course
import grading
import lib
import website
from course.contents import ROOT

MODULES = [
    *(check.__name__, hidden.__name__),
    *(
        module.name
        for package in (course, grading, hidden, lib, website)
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ),
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    # Mutation: "True" to "False" in the docstring of hidden.uses.
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def test_no_module_with_examples_is_left_out():
    # Mutation: without `hidden` above.
    run = {importlib.import_module(name).__file__ for name in MODULES}
    folders = ("course", "exercises", "grading", "lib", "scripts", "website")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    there = [p for p in paths if re.search(r"(?m)^ *>>> ", p.read_text(encoding="utf-8"))]
    assert there
    assert [path for path in there if str(path) not in run] == []


def test_there_are_examples():
    for name in ("bernoulli", "information", "losses", "scoring"):
        module = importlib.import_module(f"lib.{name}")
        assert any(test.examples for test in doctest.DocTestFinder().find(module))
