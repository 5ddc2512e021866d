"""What the message of a hidden check reveals to a student, and what it does not."""

from __future__ import annotations

import warnings

import hidden
import numpy as np
import pytest
import torch
from check import Mistake
from hidden import conditions


def failure_of(body) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(Mistake) as failure, hidden.reason("a belief", "The cure.", "1.1"):
        body()
    return str(failure.value)


def test_an_assertion_names_the_misconception_and_no_more() -> None:
    def body() -> None:
        assert 0.03456 == 1, "secret 0.03456"

    text = failure_of(body)
    assert text.startswith("Your answer: a belief. The cure.\nsection 1.1")
    assert "0.03456" not in text


def test_an_error_in_student_code_only_shows_its_type() -> None:
    def body() -> None:
        raise ValueError("theta = 0.123 is not allowed")

    text = failure_of(body)
    assert "ValueError raised" in text
    assert "0.123" not in text


def test_exiting_the_process_fails_the_check() -> None:
    def body() -> None:
        raise SystemExit(0)

    assert "SystemExit raised" in failure_of(body)


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
def test_forbidden(source: str) -> None:
    assert hidden.uses(source, "lib.bernoulli.mle")


@pytest.mark.parametrize(
    "source",
    ["", "mle = 3", "def mle(k, n): ...", "from lib.bernoulli import counts", "x.mle", "%x ("],
)
def test_not_forbidden(source: str) -> None:
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
def test_a_whole_module_forbidden(source: str) -> None:
    assert hidden.uses(source, "torch")


@pytest.mark.parametrize("source", ["x = ''", "import torchvision", "torch = 3\ntorch.nn"])
def test_a_whole_module_not_forbidden(source: str) -> None:
    assert not hidden.uses(source, "torch")


def test_another_seed_gives_other_inputs() -> None:
    seen = []

    def spy(seq, theta):  # type: ignore[no-untyped-def]
        seen.append((seq, str(theta)))
        raise ValueError

    for seed in ("", "2027"):
        with pytest.raises(Mistake):
            hidden.check("1.1", spy, seed=seed)
    assert seen[0] != seen[-1]


@pytest.mark.parametrize("words", [(), ("",), (" ",)])
def test_an_error_without_a_message_is_a_misconception(words: tuple[str, ...]) -> None:
    def refuse() -> None:
        raise ValueError(*words)

    with pytest.raises(Mistake, match="refuses without a word"):
        hidden.raises(refuse)


def test_an_error_of_another_type_is_a_misconception() -> None:
    with pytest.raises(Mistake, match=r"another error \(KeyError\)"):
        hidden.raises(lambda: {}["bit"])

    def warn() -> bool:
        warnings.warn("overflow", RuntimeWarning, stacklevel=1)
        return True

    with pytest.raises(RuntimeWarning):
        hidden.raises(warn)  # warnings are errors here, as in the checks


def test_memory_is_that_of_arrays_and_of_tensors() -> None:
    mebi = 2**20

    def arrays(n):  # type: ignore[no-untyped-def]
        return np.ones(n * mebi // 8).sum()

    def tensors(n):  # type: ignore[no-untyped-def]
        return torch.ones(n * mebi // 8, dtype=torch.float64).sum()

    for function in (arrays, tensors):
        assert 4 * mebi <= conditions.peak(function, 4) < 4.5 * mebi
    assert 8 * mebi <= conditions.peak(lambda n: (arrays(n), tensors(n)), 4) < 9 * mebi
