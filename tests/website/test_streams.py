"""Printed output that the kernel sent in pieces."""

import doctest
from types import SimpleNamespace

import pytest
from myst_nb.core import render
from nbformat.v4 import new_output

from website import streams


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (["factor of epsilon^0:", " ", "0", "\n"], ["factor of epsilon^0: 0\n"]),
        (["one\n", "two\n"], ["one\ntwo\n"]),
        (["one\n", "\n", "  two"], ["one\n\n  two\n"]),
    ],
)
def test_a_printed_line_is_not_broken_where_the_kernel_cut_it(
    pieces: list[str], shown: list[str]
) -> None:
    streams.setup(SimpleNamespace())  # type: ignore[arg-type]
    outputs = [new_output("stream", text=piece) for piece in pieces]
    assert [output.text for output in render.coalesce_streams(outputs)] == shown


def test_the_example_holds() -> None:
    result = doctest.testmod(streams)
    assert result.attempted > 0
    assert result.failed == 0
