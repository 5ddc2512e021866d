"""A hub's checks, in one process, and the judge's give the same verdicts in the same words."""

from __future__ import annotations

import os

import pytest

from tests.exercises.answers import exercises
from tests.grading.judge.verdicts import answers, by_the_judge, here
from tests.grading.notebooks import CHAPTERS, fenced


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_answer_is_told_the_same(chapter: str) -> None:
    """All right, alternative, wrong and blank answers, visible and hidden checks."""
    given = [
        (exercise, name, answer)
        for exercise in exercises()
        if exercise.chapter == chapter
        for name, answer in answers(exercise).items()
    ]
    judged = by_the_judge(given, own_user=os.getuid() == 0 and fenced())
    assert len(judged) == len(given)
    differ = {
        (exercise.number, name): (expected, judged[exercise.number, name])
        for exercise, name, answer in given
        if (expected := here(exercise, answer)) != judged[exercise.number, name]
    }
    assert not differ
