"""What the judge imports once, before its processes part."""

from __future__ import annotations

import importlib

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grading.judge.start import AT_FIRST_USE, NAMED, imports


def named_by(*cells: str) -> set[str]:
    """Return what is imported for the sake of these cells of a student's."""
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    return set(imports(notebook, ["1.1"])) - set(imports(new_notebook(), ["1.1"]))


def test_what_a_function_of_the_students_would_import_in_each_process() -> None:
    found = named_by(
        "import torch.nn as nn",
        "def f(x):\n    from scipy.special import xlogy\n    return xlogy(x, x)",
        "def ((: this does not parse\nimport scipy.stats",
    )
    assert found == {"torch", "scipy.special", "scipy.stats"}


@pytest.mark.parametrize(
    "cell",
    ["import numpy.f2py.__main__", "import torchvision", "import os", "x = 'import torch'", ""],
)
def test_nothing_else_that_they_name(cell: str) -> None:
    assert named_by(cell) == set()


def test_a_sentence_is_no_code() -> None:
    sentence = new_notebook(cells=[new_markdown_cell("import torch")])
    assert "torch" not in imports(sentence, ["1.1"])


def test_every_name_can_be_imported() -> None:
    for name in {*NAMED, *(part for parts in AT_FIRST_USE.values() for part in parts)}:
        importlib.import_module(name)
