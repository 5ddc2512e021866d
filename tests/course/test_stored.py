"""A stored file is written, or compared, as the script's arguments say."""

from __future__ import annotations

from pathlib import Path

import pytest

from course.stored import write_or_compare


def test_it_is_written_and_then_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "runs.json"
    assert write_or_compare(target, "é 1\n", []) == 0
    assert target.read_bytes() == "é 1\n".encode()
    assert write_or_compare(target, "é 1\n", ["--check"]) == 0
    assert capsys.readouterr().out == "the same\n"


def test_a_difference_is_told_and_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["scripts/runs.py", "--check"])
    target = tmp_path / "runs.json"
    target.write_text("1\n", encoding="utf-8")
    assert write_or_compare(target, "2\n", ["--check"]) == 1
    assert capsys.readouterr().out == "differs: run `python scripts/runs.py`\n"
    assert target.read_text(encoding="utf-8") == "1\n"
