"""Every exercise: right answers pass, wrong ones are told why, blank ones score nothing."""

from __future__ import annotations

import json
import re
import warnings

import hidden
import nbformat
import numpy as np
import pytest
from check import Mistake, agree, expect, expect_error, expect_true, place

from course.guards import prose_lint
from tests.exercises import (
    EXERCISES,
    ROOT,
    TITLE,
    Source,
    all_answers,
    answers,
    kind,
    notebook,
    run,
    sources,
    stub,
)

EXPECTED = {"1": 7, "2": 7, "3": 8, "4": 8, "5": 7}
each = pytest.mark.parametrize("this", sources(), ids=str)


def named(folder: str) -> pytest.MarkDecorator:
    cases = all_answers(folder)
    ids = [f"{this}-{name}" for this, name, _ in cases]
    return pytest.mark.parametrize(("this", "name", "answer"), cases, ids=ids)


def visible(this: Source, answer: str) -> None:
    namespace = run(this, answer)
    exec(compile(this.visible, f"visible-{this}", "exec"), namespace)


def check(this: Source, answer: str, seed: str = "") -> None:
    namespace = run(this, answer)
    functions = [namespace[name] for name in this.functions]
    hidden.check(this.number, *functions, source=answer, seed=seed)


def test_all_exercises_are_there() -> None:
    wanted = [f"{chapter}.{n + 1}" for chapter, many in EXPECTED.items() for n in range(many)]
    assert [this.number for this in sources()] == wanted


@each
class TestStatement:
    def test_it_has_all_its_cells_in_order(self, this: Source) -> None:
        assert list(this.cells) == ["statement", "answer", "visible", "hidden"]

    def test_it_says_what_it_serves_and_what_it_earns(self, this: Source) -> None:
        text = this.cells["statement"].source
        title = TITLE.match(text)
        assert title
        assert title["number"] == this.number
        points = sum(cell.metadata.nbgrader.get("points", 0) for cell in this.cells.values())
        assert int(this.header["points"]) == points
        assert this.cells["hidden"].metadata.nbgrader.points == len(this.header["stars"])

    def test_its_objectives_are_the_chapters(self, this: Source) -> None:
        chapter = nbformat.read(ROOT / "chapters" / f"{this.chapter}.ipynb", as_version=4)
        (text,) = [c.source for c in chapter.cells if "After this chapter you can" in c.source]
        there = set(re.findall(r"(?m)^(\d)\. ", text))
        assert set(re.findall(r"\d", this.header["objectives"])) <= there

    def test_it_has_an_example_and_a_folded_hint(self, this: Source) -> None:
        text = this.cells["statement"].source
        assert "**Example" in text
        assert re.search(r"<details><summary>Hint</summary>\n\n.+\n\n</details>", text, re.S)


@each
def test_solution_passes(this: Source) -> None:
    visible(this, this.answer)
    for seed in ("", "another", "a third"):
        check(this, this.answer, seed)


@each
def test_blank_answer_scores_nothing_and_is_told_so(this: Source) -> None:
    blank = stub(this.answer)
    assert blank != this.answer
    with pytest.raises(NotImplementedError):
        visible(this, blank)
    with pytest.raises(Mistake, match="not answered yet"):
        check(this, blank)


@named("alternative")
def test_alternative_passes(this: Source, name: str, answer: str) -> None:
    visible(this, answer)
    for seed in ("", "another"):
        check(this, answer, seed)


@named("wrong")
def test_wrong_answer_is_told_its_misconception(this: Source, name: str, answer: str) -> None:
    """The reason has the answer's own name: so no two answers fail for the same reason."""
    for seed in ("", "another"):
        with pytest.raises(Mistake) as failure:
            check(this, answer, seed)
        assert failure.value.idea == name, str(failure.value)
        assert name in str(failure.value).replace("\n", " ")


@named("wrong")
def test_wrong_answer_is_plausible(this: Source, name: str, answer: str) -> None:
    example = hidden.find(this.number).example
    right, wrong = run(this, this.answer), run(this, answer)
    expected, got = (example(*(ns[f] for f in this.functions)) for ns in (right, wrong))
    assert kind(got) == kind(expected)


@each
def test_there_are_three_wrong_answers_and_an_alternative(this: Source) -> None:
    assert len(answers(this, "wrong")) >= 3
    assert len(answers(this, "alternative")) >= 1


@each
def test_a_forbidden_import_is_refused_by_name(this: Source) -> None:
    for name in hidden.find(this.number).forbidden:
        module, _, function = name.rpartition(".")
        line = f"from {module} import {function}" if module else f"import {name}"
        with pytest.raises(Mistake, match=re.escape(name)):
            check(this, f"{line}\n{this.answer}")


@each
def test_hidden_checks_are_silent(this: Source, capsys: pytest.CaptureFixture[str]) -> None:
    """A forgotten print in an answer must not show hidden inputs in the feedback."""
    namespace = run(this, this.answer)

    def loud(function):  # type: ignore[no-untyped-def]
        def wrapped(*args, **options):  # type: ignore[no-untyped-def]
            print("here")  # not the arguments: a training step has many and large ones
            return function(*args, **options)

        return wrapped

    hidden.check(this.number, *(loud(namespace[name]) for name in this.functions))
    assert capsys.readouterr() == ("", "")


class TestNotebooks:
    @pytest.mark.parametrize("chapter", sorted({this.chapter for this in sources()}))
    def test_it_says_where_a_lone_reader_finds_solutions(self, chapter: str) -> None:
        assert "exercises/source" in notebook(chapter).cells[0].source

    @pytest.mark.parametrize("chapter", sorted({this.chapter for this in sources()}))
    def test_its_wording_is_the_books(self, chapter: str) -> None:
        found = prose_lint.check(EXERCISES / "source" / chapter / f"{chapter}.ipynb")
        # 3.6 shows a flawed function and asks what is wrong with it.
        assert not [finding for finding in found if "nansum" not in finding.problem]

    @pytest.mark.parametrize("chapter", sorted({this.chapter for this in sources()}))
    def test_no_outputs_are_stored(self, chapter: str) -> None:
        for cell in notebook(chapter).cells:
            assert not cell.get("outputs")
            assert cell.get("execution_count") is None

    def test_no_file_is_left_over(self) -> None:
        for folder in ("wrong", "alternative"):
            for path in (EXERCISES / folder).glob("*/*.py"):
                number = ".".join(path.stem.split("_")[:2])
                assert number in {this.number for this in sources()}, path


class TestCheck:
    """What a visible check says."""

    def test_the_message_says_expected_got_idea_and_place(self) -> None:
        with pytest.raises(Mistake) as failure:
            expect(0.3456, 0.03456, "f()", idea="one order", section="1.3")
        text = str(failure.value)
        for part in ("f()", "expected  0.03456", "got       0.3456", "one order", "section 1.3"):
            assert part in text
        assert failure.value._render_traceback_() == text.splitlines()

    @pytest.mark.parametrize(
        ("got", "expected"),
        [
            (np.nan, 1.0),
            (1.0, np.inf),
            (-np.inf, np.inf),
            ([1.0], 1.0),
            (None, 1.0),
            (0, None),
            ("a", "b"),
        ],
    )
    def test_these_differ(self, got: object, expected: object) -> None:
        assert not agree(got, expected)

    @pytest.mark.parametrize(
        ("got", "expected"),
        [
            (np.inf, np.inf),
            (np.float64(1), 1),
            ([1, 2], np.array([1.0, 2.0])),
            ("a", "a"),
            (None, None),
        ],
    )
    def test_these_agree(self, got: object, expected: object) -> None:
        assert agree(got, expected)

    def test_a_property_and_an_error(self) -> None:
        expect_true(True, "x", idea="", section="1.1")
        with pytest.raises(Mistake, match="should hold: 1 > 2"):
            expect_true(np.bool_(False), "1 > 2", idea="", section="1.1")

        def refuse() -> None:
            raise ValueError("no")

        expect_error(refuse, "f()", idea="", section="1.1")
        with pytest.raises(Mistake, match="a TypeError"):
            expect_error(lambda: len(1), "len(1)", idea="", section="1.1")  # type: ignore[arg-type]
        with pytest.raises(Mistake, match="got       3"):
            expect_error(lambda: 3, "f()", idea="", section="1.1")

    @pytest.mark.parametrize("words", [(), ("",), (" ",)])
    def test_an_error_without_a_word(self, words: tuple[str, ...]) -> None:
        def refuse() -> None:
            raise ValueError(*words)

        with pytest.raises(Mistake, match="got       a ValueError without a word"):
            expect_error(refuse, "f()", idea="", section="1.1")
        with pytest.raises(Mistake, match="refuses without a word"):
            hidden.refused(refuse)

    def test_another_error_is_no_refusal(self) -> None:
        with pytest.raises(Mistake, match=r"another error \(KeyError\)"):
            hidden.refused(lambda: {}["bit"])

        def warn() -> bool:
            warnings.warn("overflow", RuntimeWarning, stacklevel=1)
            return True

        with pytest.raises(RuntimeWarning):
            hidden.refused(warn)  # warnings are errors here, as in the checks

    def test_a_place_that_is_not_there(self) -> None:
        with pytest.raises(ValueError, match="no section"):
            place("9.9")

    def test_the_link_is_the_books_when_the_book_has_an_address(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: object
    ) -> None:
        import check as module

        table = json.loads((EXERCISES / "sections.json").read_text(encoding="utf-8"))
        table["book"] = "https://someone.github.io/book/"
        folder = tmp_path  # type: ignore[assignment]
        (folder / "sections.json").write_text(json.dumps(table), encoding="utf-8")  # type: ignore[operator]
        monkeypatch.setattr(module, "__file__", str(folder / "check.py"))  # type: ignore[operator]
        link = "https://someone.github.io/book/chapters/01_likelihood.html#if-we-knew-the-dial"
        assert place("1.2").endswith(link)


class TestHarness:
    """What a hidden check says, and what it does not say."""

    def fails(self, body) -> str:  # type: ignore[no-untyped-def]
        with pytest.raises(Mistake) as failure, hidden.reason("a belief", "The cure.", "1.1"):
            body()
        return str(failure.value)

    def test_an_assertion_names_the_misconception_and_no_more(self) -> None:
        def body() -> None:
            assert 0.03456 == 1, "secret 0.03456"

        text = self.fails(body)
        assert text.startswith("Your answer: a belief. The cure.\nsection 1.1")
        assert "0.03456" not in text

    def test_an_error_of_the_students_code_shows_its_type_only(self) -> None:
        def body() -> None:
            raise ValueError("theta = 0.123 is not allowed")

        text = self.fails(body)
        assert "ValueError raised" in text
        assert "0.123" not in text

    def test_leaving_the_process_is_no_way_out(self) -> None:
        def body() -> None:
            raise SystemExit(0)

        assert "SystemExit raised" in self.fails(body)

    @pytest.mark.parametrize(
        "source",
        [
            "from lib.bernoulli import mle",
            "from lib.bernoulli import mle as m",
            "from lib.bernoulli import *",
            "import lib.bernoulli\nlib.bernoulli.mle(1, 2)",
            "import lib.bernoulli as b\nb.mle(1, 2)",
            "from lib import bernoulli\nbernoulli.mle(1, 2)",
            "import importlib\nimportlib.import_module('lib.bernoulli').mle",
            "%matplotlib inline\nfrom lib.bernoulli import mle",
        ],
    )
    def test_forbidden(self, source: str) -> None:
        assert hidden.uses(source, "lib.bernoulli.mle")

    @pytest.mark.parametrize(
        "source",
        ["", "mle = 3", "def mle(k, n): ...", "from lib.bernoulli import counts", "x.mle", "%x ("],
    )
    def test_not_forbidden(self, source: str) -> None:
        assert not hidden.uses(source, "lib.bernoulli.mle")

    @pytest.mark.parametrize(
        "source",
        [
            "import torch",
            "import torch.nn as nn",
            "from torch import nn",
            "from torch.nn import functional as F",
            "import importlib\nimportlib.import_module('torch')",
        ],
    )
    def test_a_whole_module_forbidden(self, source: str) -> None:
        assert hidden.uses(source, "torch")

    @pytest.mark.parametrize("source", ["x = ''", "import torchvision", "torch = 3\ntorch.nn"])
    def test_a_whole_module_not_forbidden(self, source: str) -> None:
        assert not hidden.uses(source, "torch")

    def test_another_seed_gives_other_inputs(self) -> None:
        seen = []

        def spy(seq, theta):  # type: ignore[no-untyped-def]
            seen.append((seq, str(theta)))
            raise ValueError

        for seed in ("", "2027"):
            with pytest.raises(Mistake):
                hidden.check("1.1", spy, seed=seed)
        assert seen[0] != seen[-1]

    def test_receipts_differ_by_exercise_and_key(self) -> None:
        assert len({hidden.receipt(n, k) for n in ("1.1", "1.2") for k in ("a", "b")}) == 4
