"""No canary and no line of a solution is anywhere where students look."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course.contents import ROOT
from grading import leaks
from grading.archives import pack
from grading.model import EXERCISES


class TestNothingLeaks:
    def test_every_secret_file_has_a_canary_of_its_own(self) -> None:
        marks = leaks.canaries()
        assert all(marks.values()), [name for name, found in marks.items() if not found]
        assert len(set().union(*marks.values())) >= len(marks)

    def test_there_are_secrets_to_search_for(self) -> None:
        assert len(leaks.secret_lines()) > 500

    def test_release(self) -> None:
        assert leaks.find_in(EXERCISES / "release") == []

    def test_student_archives(self, archives: dict[str, dict[str, bytes]], tmp_path: Path) -> None:
        for chapter, files in archives.items():
            pack(tmp_path / f"{chapter}.zip", files)
        assert leaks.find_in(tmp_path) == []

    def test_lib(self) -> None:
        assert leaks.find_in(ROOT / "lib") == []

    @pytest.mark.skipif(sys.platform == "win32", reason="Binder runs Linux")
    def test_what_binder_shows(self, tmp_path: Path) -> None:
        copy = tmp_path / "repository"
        copy.mkdir()
        shutil.copytree(EXERCISES, copy / "exercises")
        (copy / ".git").mkdir()
        script = ROOT / "binder" / "postBuild"
        assert os.access(script, os.X_OK)
        subprocess.run([script, copy], check=True)
        left = {path.name for path in (copy / "exercises").iterdir()}
        assert {"release", "check.py"} <= left
        assert not left & {"source", "hidden", "wrong", "alternative"}
        assert not (copy / ".git").exists()
        assert leaks.find_in(copy) == []

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.txt", "see canary-hidden-softmax there"),
            ("a.html", "<span>return</span>  <b>secret</b>(theta, <i>'one'</i>, 12345)"),
            ("a.html", "return secret(theta, &#39;one&#39;, 12345)"),
            ("a.js", r"return secret(theta, \"one\", 12345)"),
            (
                "a.ipynb",
                json.dumps({"cells": [{"source": ["return secret(theta,", '"one", 12345)']}]}),
            ),
        ],
    )
    def test_a_leak_is_found(self, name: str, content: str) -> None:
        line = leaks.bare('return secret(theta, "one", 12345)')
        assert leaks.find(name, content.encode(), [line])
        assert not leaks.find(name, b"nothing to see", [line])

    def test_a_leak_in_an_archive_is_found(self, tmp_path: Path) -> None:
        pack(tmp_path / "a.zip", {"x/y.md": b"canary-solution-x"})
        assert leaks.find_in(tmp_path, set()) == ["a.zip:x/y.md: canary-solution-x"]
