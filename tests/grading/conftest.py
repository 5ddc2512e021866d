"""Fixtures made once: nbgrader's output from the sources, and the students' archives."""

from __future__ import annotations

from pathlib import Path

import pytest

from grading import release
from grading.archives import student_files, wheel
from tests.grading.notebooks import CHAPTERS

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to `make test-grading` what is slow here: graders that are started and killed."""
    for item in items:
        if HERE in item.path.parents and item.get_closest_marker("slow"):
            item.add_marker("grader")


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return release.generate(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def archives(
    generated: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, bytes]]:
    built = wheel(tmp_path_factory.mktemp("wheel"))
    return {c: student_files(c, generated, built) for c in CHAPTERS}
