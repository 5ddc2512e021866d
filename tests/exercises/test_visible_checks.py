"""The messages of the visible checks in `exercises/check.py`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import check
import numpy as np
import pytest
from check import Mistake, agree, expect, expect_error, expect_true, in_ranks, passed, place

from course import links


def test_the_message_says_expected_got_idea_and_place() -> None:
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
def test_these_differ(got: object, expected: object) -> None:
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
def test_these_agree(got: object, expected: object) -> None:
    assert agree(got, expected)


def test_a_property_and_an_error() -> None:
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
def test_an_error_without_a_message(words: tuple[str, ...]) -> None:
    def refuse() -> None:
        raise ValueError(*words)

    with pytest.raises(Mistake, match="got       a ValueError without a word"):
        expect_error(refuse, "f()", idea="", section="1.1")


def test_a_section_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="no section"):
        place("9.9")


def test_a_place_is_named_where_the_table_of_sections_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In a course folder beside lib alone: no sections.json and no package course."""
    monkeypatch.setattr(check, "__file__", str(tmp_path / "check.py"))
    monkeypatch.setitem(sys.modules, "course", None)
    assert place("1.2") == "section 1.2"


def test_the_link_is_the_books_when_the_book_has_an_address(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = links.sections() | {"book": "https://someone.github.io/book/"}
    (tmp_path / "sections.json").write_text(json.dumps(table), encoding="utf-8")
    monkeypatch.setattr(check, "__file__", str(tmp_path / "check.py"))
    link = "https://someone.github.io/book/chapters/01_likelihood.html#if-we-knew-the-dial"
    assert place("1.2").endswith(link)


def test_without_an_address_it_says_how_to_open_the_local_book(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    table = links.sections() | {"book": ""}
    (tmp_path / "sections.json").write_text(json.dumps(table), encoding="utf-8")
    monkeypatch.setattr(check, "__file__", str(tmp_path / "check.py"))
    assert place("1.2").splitlines() == [
        "section 1.2, If we knew the dial",
        "In your copy of the book: make lab, then open chapters/01_likelihood.ipynb",
    ]


def test_a_check_that_passes_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    passed("1.2")
    assert capsys.readouterr().out.startswith("Passed: the checks of exercise 1.2 ")


class TestInRanks:
    """`in_ranks`, which stands for several processes."""

    def test_sums_and_largest_values_of_all_ranks(self) -> None:
        def f(rank, x, all_reduce):  # type: ignore[no-untyped-def]
            return rank, all_reduce(x), all_reduce(x, "max"), all_reduce(rank, op="sum")

        results, sizes = in_ranks(f, [(0, [1.0, -5.0]), (1, [2.0, 3.0]), (2, [0.5, 0.0])])
        assert [rank for rank, *_ in results] == [0, 1, 2]
        for _, total, largest, ranks in results:
            assert total.tolist() == [3.5, -2.0]
            assert largest.tolist() == [2.0, 3.0]
            assert ranks == 3
        assert sizes == [2, 2, 1]

    def test_what_is_handed_over_and_what_comes_back_belongs_to_the_rank(self) -> None:
        def f(all_reduce):  # type: ignore[no-untyped-def]
            x = np.ones(2)
            total = all_reduce(x)
            total *= 7
            return x.tolist(), total.tolist(), all_reduce(x).tolist()

        results, _ = in_ranks(f, [(), ()])
        assert results == [([1, 1], [14, 14], [2, 2])] * 2

    def test_a_function_that_asks_nothing(self) -> None:
        assert in_ranks(lambda x, all_reduce: x, [(1,), (2,)]) == ([1, 2], [])

    def test_some_ranks_have_ended(self) -> None:
        def f(rank, all_reduce):  # type: ignore[no-untyped-def]
            return rank if rank == 1 else all_reduce(rank)

        with pytest.raises(Mistake, match="leaves ranks waiting") as failure:
            in_ranks(f, [(0,), (1,), (2,)])
        assert failure.value.idea == "leaves ranks waiting"

    @pytest.mark.parametrize(
        "call",
        [
            lambda rank, all_reduce: all_reduce(np.zeros(rank)),
            lambda rank, all_reduce: all_reduce(0.0, ["sum", "max"][rank]),
        ],
    )
    def test_ranks_that_ask_for_different_things(self, call) -> None:  # type: ignore[no-untyped-def]
        with pytest.raises(Mistake, match="asks for other things on other ranks"):
            in_ranks(call, [(0,), (1,)])

    def test_an_operation_that_is_not_known(self) -> None:
        with pytest.raises(ValueError, match="'mean'"):
            in_ranks(lambda all_reduce: all_reduce(1.0, "mean"), [()])

    def test_the_wait_is_no_error_that_code_catches_by_accident(self) -> None:
        def f(all_reduce):  # type: ignore[no-untyped-def]
            try:
                return float(all_reduce(1.0))
            except Exception:
                return -1.0

        assert in_ranks(f, [(), ()])[0] == [2.0, 2.0]
