"""Calls functions of an explorable's JavaScript in node, without a page."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HARNESS = Path(__file__).with_name("javascript.js")
_NUMBERS = {"Infinity": float("inf"), "-Infinity": float("-inf"), "NaN": float("nan")}


def call(name: str, calls: list[list[Any]], state: dict[str, Any] | None = None) -> list[Any]:
    """Return what the calls return, all made in one world of the explorable's own.

    A call is ``[where, *arguments]``: ``math.X`` is a function of the explorable's own
    mathematics, ``kit.X`` one of the kit's, ``spec.X`` stands for what it passed to ``kit.mount``
    or the kit read from its ``state.json``; ``state`` replaces that file.
    ``pointer.places`` plays a pointer's events to ``kit.drag``.
    """
    node = _node()
    assert node.stdin is not None
    assert node.stdout is not None
    node.stdin.write(json.dumps({"name": name, "calls": calls, "state": state}) + "\n")
    node.stdin.flush()
    line = node.stdout.readline()
    assert line, f"node has ended with {node.wait()}"
    reply = json.loads(line)
    assert "error" not in reply, reply["error"]
    results: list[Any] = _numbers(reply["results"])
    return results


@cache
def _node() -> subprocess.Popen[str]:
    """Start node, which answers until these tests end."""
    node = shutil.which("node")
    if node is None:
        if os.environ.get("CI"):
            pytest.fail("no node here, and CI is set: the explorables must be tested")
        pytest.skip("no node here: the explorables' mathematics is not tested")
    started = subprocess.Popen(
        [node, str(HARNESS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    atexit.register(started.communicate)  # closes its input, which ends it
    return started


def _numbers(value: Any) -> Any:
    if isinstance(value, list):
        return [_numbers(v) for v in value]
    if isinstance(value, dict):
        return {k: _numbers(v) for k, v in value.items()}
    return _NUMBERS.get(value, value) if isinstance(value, str) else value
