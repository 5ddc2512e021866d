"""A hub's checks, in one process, and the judge's give the same verdicts in the same words."""

from __future__ import annotations

import os

import pytest

from grading.judge.session import TOO_LONG
from tests.exercises.answers import exercises
from tests.grading.judge.verdicts import SECONDS, answers, by_the_judge, here
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
    expected = {(exercise.number, name): here(exercise, answer) for exercise, name, answer in given}
    # An answer that never ends is stopped soon; a loaded machine must stop no other one.
    judged: dict[tuple[str, str], tuple[str, str]] = {}
    for endless, seconds in ((True, SECONDS), (False, 30 * SECONDS)):
        part = [
            (exercise, name, answer)
            for exercise, name, answer in given
            if any(TOO_LONG in said for said in expected[exercise.number, name]) is endless
        ]
        judged |= by_the_judge(part, seconds, own_user=os.getuid() == 0 and fenced())
    differ = {
        case: (said, judged.get(case))
        for case, said in expected.items()
        if said != judged.get(case)
    }
    assert not differ
