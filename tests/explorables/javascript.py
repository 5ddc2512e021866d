"""Calls the functions of an explorable: its JavaScript, run by node, without a page."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

HARNESS = Path(__file__).with_name("javascript.js")
_NUMBERS = {"Infinity": float("inf"), "-Infinity": float("-inf"), "NaN": float("nan")}


def call(name: str, calls: list[list[Any]], state: dict[str, Any] | None = None) -> list[Any]:
    """Return what the calls return, all made in one run of node.

    A call is ``[where, *arguments]``: ``math.X`` is a function of the explorable's own
    mathematics, ``kit.X`` one of the kit's, ``spec.X`` stands for what it gave to ``kit.mount`` and
    what the kit read from its ``state.json``; ``state`` is read in place of that file.
    ``pointer.places`` plays a pointer's events to ``kit.drag``.
    """
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI"):
            pytest.fail("no node here, and CI is set: the explorables must be tested")
        pytest.skip("no node here: the explorables' mathematics is not tested")
    request = json.dumps({"name": name, "calls": calls, "state": state})
    run = subprocess.run([node, str(HARNESS)], input=request, capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    results: list[Any] = _numbers(json.loads(run.stdout))
    return results


def _numbers(value: Any) -> Any:
    if isinstance(value, list):
        return [_numbers(v) for v in value]
    if isinstance(value, dict):
        return {k: _numbers(v) for k, v in value.items()}
    return _NUMBERS.get(value, value) if isinstance(value, str) else value
