"""The examples in the docstrings of lib hold."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import lib

MODULES = [m.name for m in pkgutil.walk_packages(lib.__path__, "lib.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def test_there_are_examples():
    for name in ("bernoulli", "information", "losses", "scoring"):
        module = importlib.import_module(f"lib.{name}")
        assert any(test.examples for test in doctest.DocTestFinder().find(module))
