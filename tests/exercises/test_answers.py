"""For every exercise right answers pass, wrong ones are told why, and blank ones score nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

import hidden
import pytest
from check import Mistake

from course.contents import Exercise
from tests.exercises.answers import (
    EXERCISES,
    alternatives,
    answer_file,
    exercises,
    kind_of_value,
    run,
    run_hidden_checks,
    run_visible_checks,
    solution,
    unanswered,
    wrong_answers,
)

# Read before the fixture below reduces it.
STARTS = import_module("hidden.05_mnist").STARTS

each = pytest.mark.parametrize("exercise", exercises(), ids=lambda exercise: exercise.number)


@pytest.fixture(autouse=True)
def _one_start_for_each_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train the network of exercise 5.3 once for each seed.

    The earlier checks compare every gradient with an exact one, and each seed starts elsewhere, so
    a solution is still trained from three starts. `make grade` trains three times for its seed,
    also in the tests of grading.
    """
    monkeypatch.setattr("hidden.05_mnist.STARTS", 1)


def test_graders_train_as_often_as_the_statement_says() -> None:
    (statement,) = (e.source("statement") for e in exercises() if e.number == "5.3")
    assert "from three starts" in statement
    assert STARTS == 3


def each_answer(read: Callable[[Exercise], dict[str, str]]) -> pytest.MarkDecorator:
    """Run a test with every answer that `alternatives` or `wrong_answers` reads."""
    cases = [
        pytest.param(exercise, name, answer, id=f"{exercise.number}-{name}")
        for exercise in exercises()
        for name, answer in read(exercise).items()
    ]
    return pytest.mark.parametrize(("exercise", "name", "answer"), cases)


@each
def test_solution_passes(exercise: Exercise) -> None:
    run_visible_checks(exercise, solution(exercise))
    for seed in ("", "another", "a third"):
        run_hidden_checks(exercise, solution(exercise), seed)


@each
def test_blank_answer_scores_nothing_and_is_told_so(exercise: Exercise) -> None:
    blank = unanswered(exercise)
    assert blank != solution(exercise)
    with pytest.raises(NotImplementedError):
        run_visible_checks(exercise, blank)
    with pytest.raises(Mistake, match="not answered yet"):
        run_hidden_checks(exercise, blank)


@each_answer(alternatives)
def test_alternative_passes(exercise: Exercise, name: str, answer: str) -> None:
    run_visible_checks(exercise, answer)
    for seed in ("", "another"):
        run_hidden_checks(exercise, answer, seed)


@each_answer(wrong_answers)
def test_wrong_answer_is_told_its_misconception(exercise: Exercise, name: str, answer: str) -> None:
    """The misconception has the answer's name, so no two answers fail for the same reason."""
    for seed in ("", "another"):
        with pytest.raises(Mistake) as failure:
            run_hidden_checks(exercise, answer, seed)
        assert failure.value.idea == name, str(failure.value)
        assert name in str(failure.value).replace("\n", " ")


def kind_of_example(exercise: Exercise, answer: str) -> Any:
    """Return the kind of value that an answer has on the statement's example."""
    namespace = run(exercise, answer)
    example = hidden.find(exercise.number).example
    return kind_of_value(example(*(namespace[function] for function in exercise.functions)))


@cache
def kinds_of_right() -> dict[str, Any]:
    """Return the kind of value that each solution has, by the number of its exercise."""
    return {e.number: kind_of_example(e, solution(e)) for e in exercises()}


# These break the sentence of the statement that says what kind is wanted.
OF_ANOTHER_KIND = {
    ("1.2", "answers with a list"),
    ("1.6", "returns no pair"),
    ("5.7", "returns something else than a set"),
}


@each_answer(wrong_answers)
def test_wrong_answer_is_plausible(exercise: Exercise, name: str, answer: str) -> None:
    """On the statement's example it returns the same kind of value as the solution."""
    another = (exercise.number, name) in OF_ANOTHER_KIND
    assert (kind_of_example(exercise, answer) == kinds_of_right()[exercise.number]) is not another


@each
def test_there_are_three_wrong_answers_and_an_alternative(exercise: Exercise) -> None:
    assert len(wrong_answers(exercise)) >= 3
    assert len(alternatives(exercise)) >= 1


def test_every_file_of_answers_belongs_to_an_exercise() -> None:
    files = {
        answer_file(exercise, folder, suffix)
        for exercise in exercises()
        for folder, suffix in (("wrong", ".diff"), ("alternative", ".py"))
    }
    there = {
        path
        for folder in ("wrong", "alternative")
        for path in (EXERCISES / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert there == files | {EXERCISES / "wrong" / "README.md"}


@each
def test_a_forbidden_import_is_refused_by_name(exercise: Exercise) -> None:
    for name in hidden.find(exercise.number).forbidden:
        module, _, function = name.rpartition(".")
        line = f"from {module} import {function}" if module else f"import {name}"
        with pytest.raises(Mistake, match=re.escape(name)):
            run_hidden_checks(exercise, f"{line}\n{solution(exercise)}")


@each
def test_hidden_checks_are_silent(exercise: Exercise, capsys: pytest.CaptureFixture[str]) -> None:
    """A forgotten print in an answer must not show hidden inputs in the feedback."""
    namespace = run(exercise, solution(exercise))

    def printing(function):  # type: ignore[no-untyped-def]
        def wrapped(*args, **options):  # type: ignore[no-untyped-def]
            print("here")  # not the arguments: a training step has many and large ones
            return function(*args, **options)

        return wrapped

    hidden.check(exercise.number, *(printing(namespace[name]) for name in exercise.functions))
    assert capsys.readouterr() == ("", "")
