"""The programs of `make bench` still fit what they measure. (Their speed is nobody's test.)"""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from course.contents import Chapter
from scripts import bench_coding, bench_grading
from tests.grading.notebooks import CHAPTERS, answered, grade_id


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_class_is_complete_half_done_and_wrong(chapter: str, tmp_path: Path) -> None:
    bench_grading.students(chapter, 3, tmp_path)
    complete, half, wrong = (
        {
            grade_id(cell): cell.source
            for cell in nbformat.read(path, as_version=4).cells
            if grade_id(cell).startswith("answer")
        }
        for path in sorted(tmp_path.glob("*.ipynb"))
    )
    right = {
        grade_id(cell): cell.source
        for cell in answered(chapter).cells
        if grade_id(cell).startswith("answer")
    }
    assert len(right) == len(Chapter(chapter).exercises)
    assert complete == {name: f"{answer}\n# student 0" for name, answer in right.items()}
    done = [name for name, answer in half.items() if answer == f"{right[name]}\n# student 1"]
    assert len(right) / 3 < len(done) < 2 * len(right) / 3
    assert [name for name in right if "return 0.5" in wrong[name]] == list(right)[1::2]


def test_the_coder_and_its_referee_are_given_the_same_messages(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench_coding, "N", 300)
    monkeypatch.setattr(bench_coding, "REPETITIONS", 1)
    bench_coding.main()
    rows = [line[28:].split() for line in capsys.readouterr().out.splitlines()[4:8]]
    for surprise, ours, theirs, *speeds in rows:
        assert float(surprise) <= int(ours) <= float(surprise) + 3
        assert len(speeds) == 4
        assert theirs == "-" or abs(int(theirs) - int(ours)) <= 64
