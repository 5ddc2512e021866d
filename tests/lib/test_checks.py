"""The checks that all modules of lib share, tested on every function that takes numbers."""

from __future__ import annotations

import ast
import math
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from lib import bernoulli, coding, information, integer_network, losses, scoring
from tests.lib.references import refuses

LIB = Path(bernoulli.__file__).parent

# ------------------------------------------------------------------ arguments with numbers

Z, P = np.array([[1.0, 5.0, 2.0]]), np.array([[0.25, 0.5, 0.25]])


def halves(past):
    return [0, 1 << 15, 1 << 16]


#: Each as a function of one argument, with the argument's name and a valid value.
TAKING_NUMBERS = {
    "check_distribution": (information.check_distribution, "p", P),
    "information": (information.information, "prob", P),
    "entropy": (information.entropy, "p", P),
    "cross_entropy, p": (lambda p: information.cross_entropy(p, P), "p", P),
    "cross_entropy, q": (lambda q: information.cross_entropy(P, q), "q", P),
    "kl_divergence, p": (lambda p: information.kl_divergence(p, P), "p", P),
    "kl_divergence, q": (lambda q: information.kl_divergence(P, q), "q", P),
    "perplexity": (information.perplexity, "nats", P),
    "bits_per_byte": (lambda x: information.bits_per_byte(x, 1), "total_nats", np.array(1.0)),
    "nats_to_bits": (information.nats_to_bits, "x", P),
    "bits_to_nats": (information.bits_to_nats, "x", P),
    "nll, z": (lambda z: losses.nll_from_logits(z, [0]), "z", Z),
    "nll, soft y": (lambda y: losses.nll_from_logits(Z, y), "y", P),
    "nll, weight": (lambda w: losses.nll_from_logits(Z, [0], weight=w), "weight", Z[0]),
    "grad_nll": (lambda z: losses.grad_nll_from_logits(z, [0]), "z", Z),
    "margin": (lambda z: losses.margin(z, [0]), "z", Z),
    "squared_error": (lambda z: losses.squared_error_from_logits(z, [0]), "z", Z),
    "grad_squared_error": (lambda z: losses.grad_squared_error_from_logits(z, [0]), "z", Z),
    "consistent_classes": (
        lambda z: losses.consistent_classes(z, 1.0),
        "printed_logits",
        Z[0],
    ),
    "ece": (lambda q: scoring.ece(q, [0]), "probs", P),
    "fit_temperature": (
        lambda z: scoring.fit_temperature(z, [1, 0, 1]),
        "z",
        np.array([[0.0, 1.0]] * 3),
    ),
    "tables": (coding.tables, "logits", Z),
    "whole network, W": (
        lambda W: integer_network.IntegerNetwork.rounded([(W, [0.0] * 3)]).unit,
        "weights 0",
        Z,
    ),
    "whole network, b": (
        lambda b: integer_network.IntegerNetwork.rounded([(Z, b)]).unit,
        "biases 0",
        Z[0],
    ),
    "log_likelihood": (lambda t: bernoulli.log_likelihood("wb", t), "theta", P),
    "sequence_probability": (lambda t: bernoulli.sequence_probability("wb", t), "theta", P),
}
TAKING_LABELS = {
    "nll": (lambda y: losses.nll_from_logits(Z, y), "y"),
    "grad_nll": (lambda y: losses.grad_nll_from_logits(Z, y), "y"),
    "margin": (lambda y: losses.margin(Z, y), "y"),
    "ece": (lambda y: scoring.ece(P, y), "y"),
    "encode": (lambda y: coding.encode(y, halves), "symbols"),
    "ideal_bits": (lambda y: coding.ideal_bits(y, halves), "symbols"),
    "interval": (lambda y: coding.interval(y, [0, 1]), "symbols"),
    "parse": (bernoulli.parse, "seq"),
    "counts": (lambda y: bernoulli.counts(y, 3), "seq"),
}
numbers = pytest.mark.parametrize(
    ("f", "name", "good"), TAKING_NUMBERS.values(), ids=TAKING_NUMBERS.keys()
)
labels = pytest.mark.parametrize(("f", "name"), TAKING_LABELS.values(), ids=TAKING_LABELS.keys())


def masked(name: str) -> str:
    return (
        f"{name} is masked, and the mask would be lost; give the entries that count with "
        f"{name}.compressed(), or a value for the others with {name}.filled(value)"
    )


@numbers
def test_a_masked_array_is_rejected(f, name, good):
    f(good)
    hidden = np.ma.array(good, mask=np.zeros(good.shape, bool))
    with refuses(masked(name)):
        f(hidden)
    if good.ndim:
        with refuses(masked(name)):  # NumPy also drops a mask within a list
            f([np.ma.masked, *hidden])


@labels
def test_masked_labels_are_rejected(f, name):
    with refuses(masked(name)):
        f(np.ma.array([0], mask=[True]))


@numbers
def test_tensors(f, name, good):
    np.testing.assert_array_equal(f(torch.tensor(good)), f(good))
    for tensor in (
        torch.tensor(good, dtype=torch.bfloat16),
        torch.tensor(good, requires_grad=True),
    ):
        with pytest.raises(ValueError, match=rf"^{name} cannot become a NumPy array \(.*\); of a"):
            f(tensor)


@labels
def test_labels_in_a_tensor(f, name):
    np.testing.assert_array_equal(f(torch.tensor([1])), f([1]))


LARGE = (
    "integers beyond 2**53 are not exact in float64; subtract a common number first, or give floats"
)


@pytest.mark.parametrize("name", ["nll, z", "grad_nll", "margin", "squared_error"])
@pytest.mark.parametrize(
    "z",
    [
        [[2**62 + 1, 2**62, 0]],
        np.array([[2**62 + 1, 2**62, 0]], np.uint64),
        [[-(2**53) - 1, 0, 0]],
    ],
)
def test_integers_that_are_not_exact_in_float64(name, z):
    f, argument, _ = TAKING_NUMBERS[name]
    with refuses(f"{argument}[0, 0] is {z[0][0]}; {LARGE}"):
        f(z)


@pytest.mark.parametrize("f", [information.nats_to_bits, information.bits_to_nats])
def test_integers_beyond_float64_anywhere(f):
    with refuses(f"x is {2**53 + 1}; {LARGE}"):
        f(2**53 + 1)
    with refuses(f"x is {2**53 + 1}; {LARGE}"):
        f([0.5, 2**53 + 1])  # NumPy turns it into a float
    with refuses(f"x[1] is {np.iinfo(np.int64).min}; {LARGE}"):
        f(np.array([0, np.iinfo(np.int64).min]))
    for exact in (2**53, -(2**53), 1e300, [0.5, 2**53], [2.0**62, 1]):
        f(exact)


def test_small_integers_and_their_differences_are_exact():
    assert losses.margin([[2**53, 2**53 - 1]], [0]) == 1


@pytest.mark.skipif(
    np.finfo(np.longdouble).max == np.finfo(np.float64).max, reason="long double is float64 here"
)
@pytest.mark.parametrize("name", ["nll, z", "grad_nll", "margin", "squared_error", "perplexity"])
def test_a_long_double_beyond_float64(name):
    f, argument, good = TAKING_NUMBERS[name]
    huge = good.astype(np.longdouble)
    np.testing.assert_array_equal(f(huge), f(good))
    huge[0, 0] = np.longdouble("1e4000")
    with (
        warnings.catch_warnings(),
        refuses(f"{argument}[0, 0] is 1e+4000; beyond the largest float64, about 1.8e308"),
    ):
        warnings.simplefilter("error")
        f(huge)


@pytest.mark.parametrize("atol", [math.nan, math.inf, -1e-9, "1", [1e-9]])
def test_an_invalid_tolerance(atol):
    with refuses(f"atol is {atol!r}; give a finite number of at least 0"):
        information.check_distribution([3, 4], atol=atol)


# ------------------------------------------------------------------ who may import what


def underscored(source: str) -> list[str]:
    """Return the underscore names that a module imports from other modules of lib."""
    tree, modules, found = ast.parse(source), set(), []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (
            node.level or (node.module or "").startswith("lib")
        ):
            # lib._checks is private to lib; the names in it have no underscore.
            found += [a.name for a in node.names if a.name[0] == "_" and a.name != "_checks"]
            modules |= {a.asname or a.name for a in node.names}
        elif isinstance(node, ast.Import):
            modules |= {a.asname or a.name for a in node.names if a.name.startswith("lib")}
    for node in ast.walk(tree):
        private = isinstance(node, ast.Attribute) and node.attr[0] == "_" != node.attr[1:2]
        if private and ast.unparse(node.value) in modules:
            found.append(ast.unparse(node))
    return found


@pytest.mark.parametrize("path", sorted(LIB.rglob("*.py")), ids=lambda p: str(p.relative_to(LIB)))
def test_no_module_imports_underscore_names_of_another(path):
    assert underscored(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from lib.information import entropy, _as_float", ["_as_float"]),
        ("from .losses import _check", ["_check"]),
        ("from lib import mnist\nmnist._download()", ["mnist._download"]),
        ("import lib.mnist as m\nm._split", ["m._split"]),
        ("import lib.mnist\nlib.mnist._split", ["lib.mnist._split"]),
        ("from lib._checks import as_array\nself._x = as_array.__name__", []),
        ("from lib import _checks\nfrom numpy import _core", []),
    ],
)
def test_the_guard_finds_underscore_names(source, names):
    assert underscored(source) == names
