"""Values as plain data: what crosses comes out equal, and without methods of its own."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grading.judge.codec import MOST_BYTES, Decoder, Encoder, NotPlain


def across(value: Any, alias: bool = False) -> Any:
    """Return what comes out on the other side."""
    encoder = Encoder(alias)
    text = json.dumps(encoder(value))
    return Decoder(memoryview(b"".join(map(bytes, encoder.buffers))))(json.loads(text))


def decoded(message: Any, data: bytes = b"") -> Any:
    return Decoder(memoryview(data))(json.loads(json.dumps(message)))


atoms = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.complex_numbers(allow_nan=False)
    | st.fractions()
    | st.decimals(allow_nan=False)
)
values = st.recursive(
    atoms,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(atoms, inner)
        | st.sets(atoms)
        | st.frozensets(atoms)
    ),
    max_leaves=20,
)


@given(values)
def test_python_values_come_out_equal_and_of_the_same_type(value: Any) -> None:
    got = across(value)
    assert got == value
    assert type(got) is type(value)


@given(hnp.arrays(hnp.scalar_dtypes(), hnp.array_shapes(min_dims=0, min_side=0)))
def test_arrays_come_out_to_the_last_bit(array: Any) -> None:
    array = np.asarray(array)
    got = across(array)
    assert (got.dtype, got.shape) == (array.dtype, array.shape)
    assert got.tobytes() == array.tobytes()
    assert got.flags.writeable


@pytest.mark.parametrize(
    "view",
    [
        lambda a: a.T,
        lambda a: a[::-1],
        lambda a: a[:, ::2],
        lambda a: a[1:, 1:],
        lambda a: a[::-2].T,
    ],
)
def test_the_layout_of_an_array_crosses(view: Any) -> None:
    array = view(np.arange(24.0).reshape(4, 6))
    got = across(array)
    assert got.strides == array.strides
    assert np.array_equal(got, array)


def test_the_same_object_stays_the_same() -> None:
    one = [1.0]
    array = np.zeros(2)
    first, second, (third, fourth) = across([one, one, (array, array)], alias=True)
    assert first is second
    assert third is fourth
    assert across([one, one])[0] is not across([one, one])[1]


@pytest.mark.parametrize(
    "value",
    [
        np.float32(0.1),
        np.int8(-3),
        np.bool_(True),
        np.str_("äb"),
        np.complex64(1 + 2j),
        np.datetime64("2027-01-01"),
        mpmath.mpf("0.1"),
        Decimal("NaN"),
        range(3, 9, 2),
        np.dtype("float16"),
        np.float16,
        float,
        int,
        bool,
    ],
    ids=repr,
)
def test_scalars_and_types(value: Any) -> None:
    got = across(value)
    assert type(got) is type(value)
    assert got == value or (got != got and value != value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.0, 5e-324, 2**63, -(2**200)])
def test_numbers_at_the_edge(value: float) -> None:
    assert repr(across(value)) == repr(value)
    assert repr(across([value])) == repr([value])


@given(st.lists(st.floats() | st.integers() | st.none()))
def test_lists_of_numbers_come_out_to_the_last_bit(numbers: list[Any]) -> None:
    assert repr(across(numbers)) == repr(numbers)
    floats = [n for n in numbers if isinstance(n, float)]
    assert np.array(across(floats)).tobytes() == np.array(floats).tobytes()


def test_half_a_character() -> None:
    assert across("a\ud83d") == "a\ud83d"


x, y = sp.symbols("x y", positive=True)


@pytest.mark.parametrize(
    "tree",
    [
        x,
        sp.Dummy("x", real=True),
        sp.Rational(3, 7),
        sp.Integer(10) ** 40,
        sp.Float("0.1", 50),
        sp.pi,
        sp.oo,
        -sp.oo,
        sp.nan,
        sp.I,
        (x - y) ** 2 / 2 + sp.log(2 * sp.pi * x),
        sp.exp(-x) / (1 + y),
        sp.sqrt(x),
        sp.Max(x, y, 3),
        sp.Piecewise((x, x > y), (y, True)),
        sp.Eq(x, y),
        sp.true,
        sp.Pow(2, sp.Pow(2, 3, evaluate=False), evaluate=False),
    ],
    ids=str,
)
def test_expressions_come_out_as_they_were_written(tree: Any) -> None:
    assert across(tree) == tree
    assert sp.srepr(across(tree)) == sp.srepr(tree)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.int64, torch.bool])
def test_tensors(dtype: torch.dtype) -> None:
    tensor = torch.arange(6).reshape(2, 3).to(dtype)
    assert torch.equal(across(tensor.T), tensor.T)
    assert across(tensor).dtype is dtype
    assert across(tensor[:0]).shape == (0, 3)


def test_what_a_tensor_knows_of_its_gradient() -> None:
    leaf = torch.ones(2, requires_grad=True)
    leaf.sum().backward()
    got = across(leaf)
    assert got.requires_grad
    assert torch.equal(got.grad, leaf.grad)


def test_a_generator_draws_the_same_and_the_hidden_one_stays() -> None:
    rng = np.random.default_rng(5)
    rng.normal(size=3)
    got = across(rng)
    assert got.normal() == rng.normal()
    assert got.spawn(1)[0].normal() == rng.spawn(1)[0].normal()
    with pytest.raises(NotPlain, match="hidden inputs"):
        across(np.random.default_rng([1, 2, 3]))


def test_iterators_are_read() -> None:
    assert list(across(n * n for n in range(4))) == [0, 1, 4, 9]
    assert across({1: 2}.keys()) == [1]


class Yes(float):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]

    def __float__(self) -> float:
        return 7.0

    def __pos__(self) -> float:
        return 7.0


class Text(str):
    def __str__(self) -> str:
        return "another"


class Numbers(list):  # type: ignore[type-arg]
    def __iter__(self) -> Any:
        return iter([7])


class Half(Fraction):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


class Array(np.ndarray):  # type: ignore[type-arg]
    def __eq__(self, other: object) -> bool:  # type: ignore[override]
        return True


@pytest.mark.parametrize(
    ("value", "bare"),
    [
        (Yes(1), 1.0),
        (Text("a"), "a"),
        (Numbers([1, 2]), [1, 2]),
        (Half(1, 2), Fraction(1, 2)),
        (np.ones(2).view(Array), np.ones(2)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_subclass_comes_out_as_what_it_is_made_of(value: Any, bare: Any) -> None:
    got = across(value)
    assert type(got) is type(bare)
    assert np.array_equal(got, bare)


def endless() -> Any:
    while True:
        yield 1


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (object(), "object"),
        (lambda: 1, "function"),
        (endless(), "entries"),
        (np.broadcast_to(1.0, (10**6, 10**6)), "MiB"),
        (np.zeros(MOST_BYTES // 8 + 1), "MiB"),
        (np.ma.masked_array([1, 2], [True, False]), "masked"),
        (np.zeros(2, "i4,f8"), "plain"),
        (sp.Function("f")(x), "sympy"),
        (type("T", (), {}), "type"),
        (torch.ones(2).to_sparse(), "dense"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_does_not_cross_says_why(value: Any, why: str) -> None:
    with pytest.raises(NotPlain, match=why):
        across(value)


def test_nesting_has_an_end() -> None:
    deep: Any = []
    for _ in range(10**4):
        deep = [deep]
    with pytest.raises(NotPlain, match="deeply"):
        across(deep)
    itself: list[Any] = []
    itself.append(itself)
    with pytest.raises(NotPlain, match="deeply"):
        across(itself)


@pytest.mark.parametrize(
    ("message", "data"),
    [
        (["x", 1], b""),
        ([], b""),
        (["l"], b""),
        (["l", 3], b""),
        ({"a": 1}, b""),
        (["r", 0], b""),
        (["L", ["text"]], b""),
        (["f", [0, 7]], b"8" * 8),
        (["I", "zz"], b""),
        (["I", 3], b""),
        (["b", [0, 9]], b"12345678"),
        (["b", [-1, 2]], b"1234"),
        (["n", "<f8", [0, 4]], b"1234"),
        (["a", "<f8", [10**13], [0, 0], None], b""),
        (["a", "<f8", [2, -1], [0, 8], None], b"8" * 8),
        (["a", "<f8", [10**10], [0, 8], [0, [0]]], b"8" * 8),
        (["a", "<f8", [2], [0, 8], [0, [8]]], b"8" * 8),
        (["a", "<f8", [4], [0, 64], [-8, [8]]], b"8" * 64),
        (["a", "<f8", [4], [0, 64], [48, [8]]], b"8" * 64),
        (["a", "<f8", [4], [0, 64], [0, [-8]]], b"8" * 64),
        (["a", "|O", [1], [0, 8], None], b"8" * 8),
        (["a", "(9,9)f8", [1], [0, 8], None], b"8" * 8),
        (["a", "f8,f8", [1], [0, 16], None], b"8" * 16),
        (["a", "<f8", [[1]], [0, 8], None], b"8" * 8),
        (["o", [3], [1]], b""),
        (["T", "qint8", [1], [0, 1], False, None], b"1"),
        (["T", "float64", [2], [0, 8], False, None], b"8" * 8),
        (["T", "__dict__", [1], [0, 8], False, None], b"8" * 8),
        (["y", "numpy", "testing"], b""),
        (["y", "numpy", "load"], b""),
        (["y", "builtin", "eval"], b""),
        (["y", "dtype", "O"], b""),
        (["S", ["Lambda", ["Symbol", "x", {}], ["Integer", "0x1"]]], b""),
        (["S", "x + 1"], b""),
        (["S", ["Symbol", ["x"], {}]], b""),
        (["S", ["parse_expr", "1"]], b""),
        (["F", "0x1", "0x0"], b""),
        (["R", 0, 10**15, 1], b""),
        (["R", 0, 1, 0], b""),
        (["g", "{}", "0x1", [], 0], b""),
        (["s", [["l", []]]], b""),
        (["d", [[["l", []], 1]]], b""),
        (["D", "x"], b""),
        (["u", [0, 1]], b"\xff"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_message_of_another_form_is_refused(message: Any, data: bytes) -> None:
    """None of them may raise anything else, look a name up, or allocate what it claims."""
    with pytest.raises(NotPlain):
        decoded(message, data)


@pytest.mark.parametrize("value", [[], [1, 2], [1.0], [None, True], ["a"]])
def test_a_change_of_what_came_out_does_not_change_the_message(value: list[Any]) -> None:
    """Both are compared afterwards, to see whether a call has changed its arguments."""
    encoder = Encoder(alias=True)
    message = json.loads(json.dumps(encoder(value)))
    before = json.dumps(message)
    Decoder(memoryview(b"".join(map(bytes, encoder.buffers))))(message).append(7)
    assert json.dumps(message) == before


def test_a_generator_that_is_lent_is_read_as_it_is_asked() -> None:
    lent: list[Any] = []

    def lend(value: Any) -> int:
        lent.append(value)
        return len(lent) - 1

    message = Encoder(lend=lend, lazy=True)(endless())
    entries = Decoder(memoryview(b""), lent.__getitem__)(message)
    assert [next(entries) for _ in range(3)] == [1, 1, 1]
    lent[0] = iter([7]).__next__
    assert list(Decoder(memoryview(b""), lent.__getitem__)(message)) == [7]
    for tag in ("C", "G"):
        with pytest.raises(NotPlain):
            decoded([tag, 0])
