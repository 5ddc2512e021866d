"""Plain data between the judge and a student's process: JSON for the shape, one buffer for bytes.

Nothing is pickled, no name that came across is looked up outside the tables below, and no text is
evaluated. A value is None, a truth, a number, a string, or a list whose first entry is its tag:

=====  ==========================================================================
``f``  list of floats; ``L`` of other plain numbers, None and truths
``l``  list; ``t`` tuple, ``s`` set, ``z`` frozenset, ``d`` dict, each with values
``r``  the same list, dict, set or array as an earlier one of this message
``I``  integer beyond 64 bits; ``c`` complex, ``F`` Fraction, ``D`` Decimal
``u``  string with half characters; ``b`` bytes
``n``  NumPy scalar; ``a`` array, with its strides where they matter; ``o`` array of objects
``y``  a type: NumPy's, Python's, or a dtype
``T``  tensor, with ``requires_grad`` and ``grad``
``S``  sympy expression, as a tree of known heads; ``M`` mpmath number
``R``  range; ``i`` iterator, read to its end
``g``  generator of random numbers, with its state
``C``  function, by a number or a name: see ``loans``; ``G`` generator, read as it is asked
=====  ==========================================================================

Instances of subclasses cross as what they are made of: what comes out has no methods of its own.
"""

from __future__ import annotations

import collections
import ctypes
import decimal
import json
import math
import re
import sys
import types
from array import array
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np

MOST_BYTES = 64 * 2**20  # of one message's buffer, and of an array that is made from it
MOST_TEXT = 16 * 2**20  # of one message's JSON
MOST_ITEMS = 10**6  # that are read from an iterator, or that a range may have
DEEPEST = 100
INT64 = 2**63
NUMBERS = {type(None), bool, int, float}
DTYPE = re.compile(r"[<>|=]?(?:[biufcSU][0-9]+|[mM]8(?:\[[0-9]*[a-zA-Z]+\])?|\?)")
BUILTIN: dict[str, type] = {kind.__name__: kind for kind in (bool, int, float, complex, str)}
EMPTY: tuple[Any, ...] = ([], (), {}, set(), range(0), "")
ITERATORS: tuple[Any, ...] = (
    *(types.GeneratorType, map, zip, filter, enumerate, reversed),
    *(type(iter(empty)) for empty in EMPTY),
)
KEYS: dict[Any, Any] = {}
VIEWS: tuple[Any, ...] = (*map(type, (KEYS.keys(), KEYS.values(), KEYS.items())), collections.deque)
# What an instance of a subclass is made of, without asking its own methods.
BARE: dict[type, Callable[[Any], Any]] = {
    int: int.__pos__, float: float.__pos__, complex: complex.__pos__, str: str.__str__,
    bytes: lambda value: bytes.__getitem__(value, slice(None)),
    Fraction: lambda value: Fraction(*(getattr(value, name) for name in Fraction.__slots__)),
}  # fmt: skip
LIKE: tuple[Any, ...] = (list, tuple, set, frozenset, dict)
HEADS = frozenset({
    "Abs", "Add", "And", "Max", "Min", "Mul", "Not", "Or", "Piecewise", "Pow", "Tuple", "acos",
    "asin", "atan", "beta", "binomial", "ceiling", "conjugate", "cos", "cosh", "digamma",
    "erf", "exp", "factorial", "floor", "gamma", "im", "log", "loggamma", "polygamma", "re",
    "sign", "sin", "sinh", "tan", "tanh", "ExprCondPair", "Equality", "Unequality",
    "StrictLessThan", "StrictGreaterThan", "LessThan", "GreaterThan",
})  # fmt: skip
EVALUATE = frozenset({"Add", "And", "Mul", "Not", "Or", "Pow", "exp", "log"})  # as written
CONSTANTS = {
    "Pi": "pi", "Exp1": "E", "ImaginaryUnit": "I", "Infinity": "oo", "ComplexInfinity": "zoo",
    "NaN": "nan", "BooleanTrue": "true", "BooleanFalse": "false", "EulerGamma": "EulerGamma",
}  # fmt: skip


class NotPlain(TypeError):
    """A value that cannot cross, or a message that cannot be read."""


class Encoder:
    """Turn the values of one message into JSON's types and a buffer.

    Parameters
    ----------
    alias : bool
        Whether a list, dict, set or array that occurs twice stays one object.
    most : int
        Bytes of the buffer.
    lend : Callable, optional
        Returns the number or name of a function that may cross, or raises NotPlain.
    lazy : bool
        Whether a generator is lent as well: the other side asks for one entry after the other.
        If not, it is read to its end.
    """

    def __init__(
        self,
        alias: bool = False,
        most: int = MOST_BYTES,
        lend: Callable[[Any], int | str] | None = None,
        lazy: bool = False,
    ) -> None:
        self.alias, self.most, self.lend, self.lazy = alias, most, lend, lazy
        self.clear()

    def clear(self) -> None:
        """Forget what was encoded so far."""
        self.buffers: list[Any] = []
        self.size = 0
        self._seen: dict[int, int] = {}
        self._kept: list[Any] = []  # an id is free again when its object is gone

    def __call__(self, value: Any, depth: int = 0) -> Any:
        """Return a value as JSON's types.

        Raises
        ------
        NotPlain
            If there is something in it that cannot cross.
        """
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is str:
            return self._text(value)
        if kind is int:
            return value if -INT64 < value < INT64 else ["I", hex(value)]
        if depth > DEEPEST:
            raise NotPlain("this is nested too deeply")
        if self.alias and kind in (list, dict, set, np.ndarray):
            if id(value) in self._seen:
                return ["r", self._seen[id(value)]]
            self._seen[id(value)] = len(self._seen)
            self._kept.append(value)
        encode = EXACT.get(kind)
        if encode is not None:
            return encode(self, value, depth + 1)
        return self._other(value, depth + 1)

    def _all(self, values: Iterable[Any], depth: int) -> list[Any]:
        return [self(value, depth) for value in values]

    def _text(self, value: str) -> Any:
        try:
            value.encode()
        except UnicodeEncodeError:
            return ["u", self._buffer(value.encode("utf-8", "surrogatepass"))]
        return value

    def _list(self, value: list[Any], depth: int) -> Any:
        kinds = set(map(type, value))
        if kinds == {float}:
            return ["f", self._buffer(array("d", value).tobytes())]
        if kinds <= NUMBERS and (int not in kinds or all(map(_is_short, value))):
            return ["L", value]
        return ["l", self._all(value, depth)]

    def _dict(self, value: dict[Any, Any], depth: int) -> Any:
        return ["d", [[self(k, depth), self(v, depth)] for k, v in value.items()]]

    def _buffer(self, data: Any) -> list[int]:
        at, length = self.size, len(data)
        self.size += length
        if self.size > self.most:
            raise NotPlain(f"this holds more than {self.most // 2**20} MiB")
        self.buffers.append(data)
        return [at, length]

    def _scalar(self, value: np.generic) -> Any:
        if not DTYPE.fullmatch(value.dtype.str):
            raise NotPlain(f"a {value.dtype} is no plain value")
        return ["n", value.dtype.str, self._buffer(value.tobytes())]

    def _array(self, value: np.ndarray[Any, Any], depth: int = 0) -> Any:
        if value.dtype.hasobject:
            return ["o", list(value.shape), self._all(value.ravel().tolist(), depth)]
        name, shape = value.dtype.str, list(value.shape)
        if not DTYPE.fullmatch(name):
            raise NotPlain(f"an array of {value.dtype} is no plain value")
        if value.nbytes > self.most:
            raise NotPlain(f"this array has more than {self.most // 2**20} MiB")
        if value.flags.c_contiguous or 0 in value.strides or not value.size:
            if value.flags.c_contiguous and value.nbytes > 4096 and value.dtype.kind not in "mM":
                return ["a", name, shape, self._buffer(value.reshape(-1).view(np.uint8).data), None]
            return ["a", name, shape, self._buffer(value.tobytes()), None]
        # The layout in memory as well, gaps included: an answer may depend on it.
        low, high = np.lib.array_utils.byte_bounds(value)
        start = value.__array_interface__["data"][0] - low
        data = ctypes.string_at(low, high - low)
        return ["a", name, shape, self._buffer(data), [start, list(value.strides)]]

    def _tensor(self, value: Any, torch: Any) -> Any:
        if value.layout is not torch.strided or value.device.type != "cpu" or value.is_quantized:
            raise NotPlain("only a dense tensor on the processor is a plain value")
        plain = value.detach().resolve_conj().resolve_neg()
        if plain.numel() * plain.element_size() > self.most:
            raise NotPlain(f"this tensor has more than {self.most // 2**20} MiB")
        if plain.dtype is torch.bfloat16:
            data = plain.contiguous().view(torch.int16).numpy().tobytes()
        else:
            data = plain.contiguous().numpy().tobytes()
        grad = None
        if value.is_leaf and value.grad is not None:
            grad = self._tensor(value.grad, torch)
        name = str(plain.dtype).removeprefix("torch.")
        where = self._buffer(data)
        return ["T", name, list(plain.shape), where, bool(value.requires_grad), grad]

    def _tree(self, value: Any, sp: Any, depth: int = 0) -> Any:
        if depth > DEEPEST:
            raise NotPlain("this expression is nested too deeply")
        if isinstance(value, sp.Integer):
            return ["Integer", hex(int(value))]
        if isinstance(value, sp.Rational):
            return ["Rational", hex(int(value.p)), hex(int(value.q))]
        if isinstance(value, sp.Float):
            sign, mantissa, exponent, bits = map(int, value._mpf_)
            return ["Float", [sign, hex(mantissa), exponent, bits], int(value._prec)]
        if isinstance(value, sp.Symbol):
            assumed = {str(k): bool(v) for k, v in value._assumptions_orig.items()}
            if isinstance(value, sp.Dummy):
                return ["Dummy", str(value.name), assumed, int(value.dummy_index)]
            return ["Symbol", str(value.name), assumed]
        if isinstance(value, sp.core.numbers.NegativeInfinity):
            return ["NegativeInfinity"]
        name = type(value).__name__
        if name not in HEADS and name not in CONSTANTS:
            raise NotPlain(f"sympy's {name} is no plain value here")
        return [name, *(self._tree(a, sp, depth + 1) for a in value.args)]

    def _other(self, value: Any, depth: int) -> Any:
        """Encode what has no entry in the table: by what it is an instance of."""
        if isinstance(value, np.generic):
            return self._scalar(value)
        torch, sp, mp = (sys.modules.get(name) for name in ("torch", "sympy", "mpmath"))
        if torch is not None and isinstance(value, torch.Tensor):
            return self._tensor(value, torch)
        if sp is not None and isinstance(value, sp.Basic):
            return ["S", self._tree(value, sp)]
        if mp is not None and isinstance(value, mp.mpf):
            sign, mantissa, exponent, bits = map(int, value._mpf_)
            return ["M", [sign, hex(mantissa), exponent, bits]]
        if isinstance(value, np.random.Generator):
            return self._generator(value)
        if isinstance(value, np.dtype) and DTYPE.fullmatch(value.str):
            return ["y", "dtype", value.str]
        if isinstance(value, type):
            name = value.__name__
            if issubclass(value, np.generic) and getattr(np, name, None) is value:
                return ["y", "numpy", name]
            if BUILTIN.get(name) is value:
                return ["y", "builtin", name]
        for plain, bare in BARE.items():
            if isinstance(value, plain):
                return self(bare(value), depth)
        for many in LIKE:
            if isinstance(value, many):
                items = dict.items(value) if many is dict else many.__iter__(value)
                return self(many(items), depth)
        if isinstance(value, np.ma.MaskedArray):
            raise NotPlain("a masked array is no plain value")
        if isinstance(value, np.ndarray):
            return self(np.asarray(value), depth)
        if self.lazy and self.lend is not None and isinstance(value, types.GeneratorType):
            return ["G", self.lend(value.__next__)]
        if isinstance(value, ITERATORS):
            return ["i", self._all(_some(value), depth)]
        if isinstance(value, VIEWS):
            return self(list(_some(value)), depth)
        if self.lend is not None and callable(value):
            return ["C", self.lend(value)]
        raise NotPlain(f"a {type(value).__name__} is no plain value")

    def _generator(self, value: np.random.Generator) -> Any:
        bits = value.bit_generator
        seed = getattr(bits, "seed_seq", None)
        if type(bits) is not np.random.PCG64 or type(seed) is not np.random.SeedSequence:
            raise NotPlain("only numpy.random.default_rng(integer) can cross")
        if not isinstance(seed.entropy, int):  # the hidden stream's is a list of integers
            raise NotPlain("the generator of the hidden inputs stays here: make another one")
        words = json.dumps(bits.state, default=int)
        spawned = [*map(int, seed.spawn_key)], int(seed.n_children_spawned)
        return ["g", words, hex(seed.entropy), *spawned]


def _is_short(value: Any) -> bool:
    return type(value) is not int or -INT64 < value < INT64


def _some(values: Iterable[Any]) -> Iterable[Any]:
    for count, value in enumerate(values):
        if count >= MOST_ITEMS:
            raise NotPlain(f"this iterator has more than {MOST_ITEMS:,} entries")
        yield value


EXACT: dict[type, Callable[[Encoder, Any, int], Any]] = {
    list: Encoder._list,
    tuple: lambda e, v, d: ["t", e._all(v, d)],
    set: lambda e, v, d: ["s", e._all(v, d)],
    frozenset: lambda e, v, d: ["z", e._all(v, d)],
    dict: Encoder._dict,
    np.ndarray: Encoder._array,
    complex: lambda e, v, d: ["c", v.real, v.imag],
    bytes: lambda e, v, d: ["b", e._buffer(v)],
    bytearray: lambda e, v, d: ["b", e._buffer(bytes(v))],
    Fraction: lambda e, v, d: ["F", hex(v.numerator), hex(v.denominator)],
    decimal.Decimal: lambda e, v, d: ["D", str(v)],
    range: lambda e, v, d: ["R", e(v.start), e(v.stop), e(v.step)],
}


class Decoder:
    """Turn JSON's types and a buffer into values.

    Parameters
    ----------
    data : memoryview
        The buffer.
    borrow : Callable, optional
        Returns the function that has such a number or name.

    Raises
    ------
    NotPlain
        By every method, if the message is not as an `Encoder` writes it.
    """

    def __init__(
        self, data: memoryview, borrow: Callable[[int | str], Callable[..., Any]] | None = None
    ) -> None:
        self.data, self.borrow = data, borrow
        self._seen: list[Any] = []

    def __call__(self, value: Any) -> Any:
        """Return a value from JSON's types."""
        try:
            return self._value(value, 0)
        except NotPlain:
            raise
        except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
            raise NotPlain(f"not a plain value: {type(error).__name__}") from None

    def _value(self, value: Any, depth: int) -> Any:
        if value is None or isinstance(value, bool | int | float | str):
            return value
        if depth > DEEPEST + 5:
            raise NotPlain("this is nested too deeply")
        tag, *rest = value
        return DECODE[tag](self, rest, depth + 1)

    def _all(self, values: Any, depth: int) -> list[Any]:
        return [self._value(value, depth) for value in values]

    def _enter(self, value: Any) -> Any:
        self._seen.append(value)
        return value

    def _list(self, rest: Any, depth: int) -> list[Any]:
        made: list[Any] = self._enter([])
        made.extend(self._all(rest[0], depth))
        return made

    def _numbers(self, rest: Any, depth: int) -> list[Any]:
        if not all(v is None or isinstance(v, bool | int | float) for v in rest[0]):
            raise NotPlain("a list of numbers holds something else")
        numbers: list[Any] = self._enter(list(rest[0]))  # a change must not change the message
        return numbers

    def _floats(self, rest: Any, depth: int) -> list[float]:
        numbers = array("d")
        numbers.frombytes(self._bytes(rest[0]))
        made: list[float] = self._enter(numbers.tolist())
        return made

    def _set(self, rest: Any, depth: int) -> set[Any]:
        made: set[Any] = self._enter(set())
        made.update(self._all(rest[0], depth))
        return made

    def _dict(self, rest: Any, depth: int) -> dict[Any, Any]:
        made: dict[Any, Any] = self._enter({})
        for key, value in rest[0]:
            made[self._value(key, depth)] = self._value(value, depth)
        return made

    def _bytes(self, where: Any) -> memoryview:
        at, length = where
        if not (isinstance(at, int) and isinstance(length, int) and at >= 0 and length >= 0):
            raise NotPlain("a buffer outside the message")
        if at + length > len(self.data):
            raise NotPlain("a buffer outside the message")
        return self.data[at : at + length]

    def _scalar(self, rest: Any, depth: int) -> Any:
        data, dtype = self._bytes(rest[1]), _dtype(rest[0])
        if len(data) != dtype.itemsize:
            raise NotPlain("a scalar of another size")
        return np.frombuffer(data, dtype)[0] if dtype.itemsize else np.zeros((), dtype)[()]

    def _array(self, rest: Any, depth: int) -> Any:
        name, shape, where, layout = rest
        dtype, data = _dtype(name), bytearray(self._bytes(where))
        size = _size(shape) * dtype.itemsize
        if layout is None:
            if len(data) != size:
                raise NotPlain("an array of another size")
            if not size:
                return self._enter(np.empty(shape, dtype))
            return self._enter(np.frombuffer(data, dtype).reshape(shape))
        start, strides = layout
        if len(strides) != len(shape) or 0 in shape or size > len(data):
            raise NotPlain("an array of another size")
        ends = [step * (n - 1) for step, n in zip(strides, shape, strict=True)]
        first = start + sum(end for end in ends if end < 0)
        last = start + sum(end for end in ends if end > 0) + dtype.itemsize
        if first < 0 or last > len(data):
            raise NotPlain("an array outside its buffer")
        return self._enter(np.ndarray(shape, dtype, data, start, tuple(strides)))

    def _objects(self, rest: Any, depth: int) -> Any:
        shape, items = rest
        if _size(shape) != len(items):
            raise NotPlain("an array of another size")
        made = self._enter(np.empty(shape, dtype=object))
        flat = made.reshape(-1)
        for at, item in enumerate(items):
            flat[at] = self._value(item, depth)
        return made

    def _tensor(self, rest: Any, depth: int) -> Any:
        import torch

        name, shape, where, requires_grad, grad = rest
        if name not in TENSORS:
            raise NotPlain("a tensor of another type")
        data = bytearray(self._bytes(where))
        kind = getattr(torch, name)
        base = torch.int16 if kind is torch.bfloat16 else kind
        if len(data) != _size(shape) * base.itemsize:
            raise NotPlain("a tensor of another size")
        flat = torch.frombuffer(data, dtype=base) if data else torch.empty(0, dtype=base)
        made = (flat.view(kind) if base is not kind else flat).reshape(shape).clone()
        if requires_grad:
            made.requires_grad_()
        if grad is not None:
            if depth > DEEPEST:
                raise NotPlain("this is nested too deeply")
            made.grad = self._tensor(grad[1:], depth + 1)
        return made

    def _tree(self, value: Any, depth: int = 0) -> Any:
        import sympy as sp

        if depth > DEEPEST + 5:
            raise NotPlain("this expression is nested too deeply")
        head, *rest = value
        if head == "Integer":
            return sp.Integer(_whole(rest[0]))
        if head == "Rational":
            return sp.Rational(_whole(rest[0]), _whole(rest[1]))
        if head == "Float":
            sign, mantissa, exponent, bits = rest[0]
            number = (int(sign), _whole(mantissa), int(exponent), int(bits))
            return sp.Float._new(number, int(rest[1]))
        if head in ("Symbol", "Dummy"):
            if not isinstance(rest[0], str):
                raise NotPlain("a symbol without a name")
            assumed = {str(k): bool(v) for k, v in rest[1].items()}
            if head == "Symbol":
                return sp.Symbol(rest[0], **assumed)
            return sp.Dummy(rest[0], dummy_index=int(rest[2]), **assumed)
        if head == "NegativeInfinity":
            return -sp.oo
        if head in CONSTANTS:
            return getattr(sp, CONSTANTS[head])
        if head not in HEADS:
            raise NotPlain("an expression of another kind")
        parts = [self._tree(part, depth + 1) for part in rest]
        if head == "ExprCondPair":
            return tuple(parts)
        make = getattr(sp, head)
        return make(*parts, evaluate=False) if head in EVALUATE else make(*parts)

    def _generator(self, rest: Any, depth: int) -> np.random.Generator:
        words, entropy, key, spawned = rest
        seed = np.random.SeedSequence(
            int(entropy, 16), spawn_key=tuple(key), n_children_spawned=int(spawned)
        )
        bits = np.random.PCG64(seed)
        bits.state = json.loads(words)
        return np.random.Generator(bits)

    def _type(self, rest: Any, depth: int) -> Any:
        sort, name = rest
        if sort == "dtype":
            return _dtype(name)
        if sort == "builtin":
            return BUILTIN[name]
        found = getattr(np, name) if isinstance(name, str) and name.isidentifier() else None
        if not (isinstance(found, type) and issubclass(found, np.generic)):
            raise NotPlain("a type of another kind")
        return found

    def _function(self, rest: Any, depth: int) -> Callable[..., Any]:
        if self.borrow is None:
            raise NotPlain("a function is no plain value")
        return self.borrow(rest[0])

    def _range(self, rest: Any, depth: int) -> range:
        made = range(*self._all(rest, depth))
        if not -MOST_ITEMS <= len(made) <= MOST_ITEMS:
            raise NotPlain(f"a range of more than {MOST_ITEMS:,} entries")
        return made

    def _mpf(self, rest: Any, depth: int) -> Any:
        import mpmath

        sign, mantissa, exponent, bits = rest[0]
        return mpmath.mp.make_mpf((int(sign), _whole(mantissa), int(exponent), int(bits)))


TENSORS = frozenset({
    "bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32",
    "float64", "complex64", "complex128",
})  # fmt: skip
DECODE: dict[str, Callable[[Decoder, Any, int], Any]] = {
    "L": Decoder._numbers,
    "f": Decoder._floats,
    "l": Decoder._list,
    "t": lambda d, rest, depth: tuple(d._all(rest[0], depth)),
    "s": Decoder._set,
    "z": lambda d, rest, depth: frozenset(d._all(rest[0], depth)),
    "d": Decoder._dict,
    "r": lambda d, rest, depth: d._seen[rest[0]],
    "I": lambda d, rest, depth: _whole(rest[0]),
    "c": lambda d, rest, depth: complex(rest[0], rest[1]),
    "F": lambda d, rest, depth: Fraction(_whole(rest[0]), _whole(rest[1])),
    "D": lambda d, rest, depth: decimal.Decimal(rest[0]),
    "u": lambda d, rest, depth: bytes(d._bytes(rest[0])).decode("utf-8", "surrogatepass"),
    "b": lambda d, rest, depth: bytes(d._bytes(rest[0])),
    "n": Decoder._scalar,
    "a": Decoder._array,
    "o": Decoder._objects,
    "y": Decoder._type,
    "T": Decoder._tensor,
    "S": lambda d, rest, depth: d._tree(rest[0]),
    "M": Decoder._mpf,
    "R": Decoder._range,
    "i": lambda d, rest, depth: iter(d._all(rest[0], depth)),
    "g": Decoder._generator,
    "C": Decoder._function,
    "G": lambda d, rest, depth: _entries(d._function(rest, depth)),
}


def _entries(following: Callable[[], Any]) -> Iterator[Any]:
    """Yield what a function returns until it raises StopIteration."""
    while True:
        try:
            entry = following()
        except StopIteration:
            return
        yield entry


def _whole(text: str) -> int:
    """Return an integer from its hexadecimal digits."""
    return int(text, 16)


def _dtype(name: Any) -> np.dtype[Any]:
    """Return a type of plain entries; NumPy's own reader of names knows too much."""
    if not (isinstance(name, str) and DTYPE.fullmatch(name)):
        raise NotPlain("an array of another type")
    return np.dtype(name)


def _size(shape: Any) -> int:
    if len(shape) > 32 or not all(isinstance(n, int) and n >= 0 for n in shape):
        raise NotPlain("an array of an impossible shape")
    size: int = math.prod(shape)
    if size > MOST_BYTES:
        raise NotPlain("an array that is too large")
    return size
