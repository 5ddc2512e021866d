"""A check's functions, lent for one call: what may be asked of them, and what may not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grading.judge.codec import Decoder, Encoder, NotPlain
from grading.judge.loans import Lender


def served(lender: Lender, question: Any) -> dict[str, Any]:
    answer, _ = lender.serve(json.loads(json.dumps(question)), memoryview(b""))
    return answer


def test_a_function_is_asked_by_its_number() -> None:
    lender = Lender()
    message = Encoder(lend=lender.label)([abs, pow, abs])
    assert message == ["l", [["C", 0], ["C", 1], ["C", 0]]]
    assert Decoder(memoryview(b""), lender.function)(message) == [abs, pow, abs]
    assert served(lender, {"lent": 0, "given": ["t", [-3]], "named": ["d", []]}) == {"result": 3}
    named = ["d", [["base", 2], ["exp", 5]]]
    assert served(lender, {"lent": 1, "given": ["t", []], "named": named}) == {"result": 32}


@pytest.mark.parametrize(
    "question",
    [
        {"lent": 1, "given": ["t", [1]], "named": ["d", []]},
        {"lent": -1, "given": ["t", [1]], "named": ["d", []]},
        {"lent": "0", "given": ["t", [1]], "named": ["d", []]},
        {"lent": None, "given": ["t", [1]], "named": ["d", []]},
        {"lent": 0, "given": 3, "named": ["d", []]},
        {"lent": 0, "given": ["t", [1]], "named": ["d", [[1, 2]]]},
        {"lent": 0, "given": ["t", [["C", 0]]], "named": ["d", []]},
        {"lent": 0, "given": ["t", [["a", "<f8", [9], [0, 72], None]]], "named": ["d", []]},
        {"lent": 0},
    ],
)
def test_what_cannot_be_asked_is_answered_with_an_error(question: dict[str, Any]) -> None:
    lender = Lender()
    lender.label(abs)
    assert "TypeError" in served(lender, question)["error"]


def test_an_error_crosses_and_a_stop_does_not() -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    lender = Lender()
    lender.label(stop)
    lender.label(int)
    answer = served(lender, {"lent": 1, "given": ["t", ["x"]], "named": ["d", []]})
    assert answer["error"][0] == "ValueError"
    with pytest.raises(KeyboardInterrupt):
        served(lender, {"lent": 0, "given": ["t", []], "named": ["d", []]})


@pytest.mark.parametrize("label", [2, -1, True, "os", None, 0.0])
def test_nothing_comes_back_that_was_not_given(label: Any) -> None:
    lender = Lender()
    lender.label(abs)
    lender.name(pow)
    assert lender.function(0) is abs
    assert lender.function("pow") is pow
    with pytest.raises(NotPlain, match="was not lent"):
        lender.function(label)


def test_a_function_crosses_only_where_it_is_lent() -> None:
    with pytest.raises(NotPlain, match="no plain value"):
        Encoder()(abs)
    with pytest.raises(NotPlain, match="no plain value"):
        Decoder(memoryview(b""))(["C", 0])
